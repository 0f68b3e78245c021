"""The lever of a swing: the line from hip to heel, its shrinking disc, what it has swept, and who folds the knee."""

import bpy
import numpy as np
from mathutils import Euler

from .build import Spot, attribute_material, fill_mesh, fill_polyline, new_object, new_text, set_attribute
from .ink import paint_ink
from .keys import Track
from .lookup import PART
from .muscles import add_strands
from .nodes import add_modifier, input_path, reveal_group
from .palette import THEMES, colour_folder, linear
from .result import Lever

#: Size of the label, how far it stands behind the lever's middle, and how far towards the camera.
_LABEL_M, _BESIDE_M, _BEFORE_M = 0.085, 0.06, 0.25
_LEAST_M = 1e-6


def add_lever(lever: Lever, spot: Spot, theme: str, side: str) -> None:
    """Add line, disc, swept area and heel path of one swing, visible while the swing lasts."""
    passing = [_add_line(lever, spot, theme), _add_lost(lever, spot, theme)]
    _add_swept(lever, spot, theme, side)
    add_trace("Heel path", lever.heel_m, colour_folder(lever.folding_rad_s), spot)
    if np.isfinite(lever.radius_of_gyration_m).any():
        passing += [_add_disc(lever, spot, theme, side), _add_reach(lever, spot, theme)]
    track = Track(f"{spot.collection.name} lever shown")
    for item in passing:
        track.show_between(item, spot.frames[0], spot.frames[-1])


def add_trace(name: str, points_m: np.ndarray, colours: np.ndarray, spot: Spot) -> bpy.types.Object:
    """Add a coloured path (K, 3) over the ground that is drawn as time goes on."""
    n_points = len(points_m)
    edges = np.stack([np.arange(n_points - 1), np.arange(1, n_points)], axis=1)
    mesh = fill_polyline(bpy.data.meshes.new(name), points_m + spot.drift_m, edges)
    set_attribute(mesh, "colour", colours)
    mesh.attributes.active_color_name = "colour"
    item = new_object(name, mesh, spot.collection, spot.ground)
    _reveal(item, np.arange(n_points), spot, radius=0.008, material=attribute_material())
    return item


def _reveal(
    item: bpy.types.Object, born: np.ndarray, spot: Spot, *, radius: float, material: bpy.types.Material
) -> None:
    set_attribute(item.data, "born", born.astype(float))
    modifier = add_modifier(item, reveal_group(), Whole=False, Radius=radius, Material=material)
    samples = np.arange(len(spot.frames), dtype=float)
    Track(f"{spot.collection.name} {item.name}").key(item, input_path(modifier, "Sample"), spot.frames, samples)


def _add_line(lever: Lever, spot: Spot, theme: str) -> bpy.types.Object:
    """Add the line from hip to heel, in a colour for each theme."""
    ends = np.stack([lever.hip_m, lever.heel_m], axis=1)[:, np.newaxis]
    inks = {name: linear(THEMES[name]["lever"]) for name in ("dark", "light")}
    colours = {name: np.broadcast_to(ink, (len(ends), 1, 4)) for name, ink in inks.items()}
    line = add_strands("Lever", ends, colours, spot, radius_m=0.011, colour_by=theme)
    line[PART] = "lever"
    return line


def _add_lost(lever: Lever, spot: Spot, theme: str) -> bpy.types.Object:
    """Add, faint and beyond the heel, what the lever has lost since toe-off."""
    way = lever.heel_m - lever.hip_m
    length = np.linalg.norm(way, axis=1, keepdims=True)
    end = lever.hip_m + way / np.maximum(length, _LEAST_M) * np.maximum(length, length[0])
    ends = np.stack([lever.heel_m, end], axis=1)[:, np.newaxis]
    inks = {name: _faint(THEMES[name]["lever"], THEMES[name]["background"]) for name in ("dark", "light")}
    colours = {name: np.broadcast_to(ink, (len(ends), 1, 4)) for name, ink in inks.items()}
    lost = add_strands("Lever lost", ends, colours, spot, radius_m=0.006, colour_by=theme)
    lost[PART] = "lever lost"
    return lost


def _faint(colour: str, background: str) -> np.ndarray:
    return 0.3 * np.array(linear(colour)) + 0.7 * np.array(linear(background))


def add_label(lever: Lever, spot: Spot, text: str, theme: str, side: str) -> None:
    """Write a text beside the middle of the lever, upright and towards the camera at the leg's side."""
    label = new_text("Lever length", text, (0.0, 0.0), _LABEL_M, spot.collection, spot.root)
    paint_ink(label, "lever", theme)
    label.data.align_x = "RIGHT" if side == "r" else "LEFT"
    turn = Euler((np.pi / 2, 0.0, 0.0 if side == "r" else np.pi)).to_matrix()
    label.rotation_euler = (spot.root.rotation_euler.to_matrix().transposed() @ turn).to_euler()
    facing = np.array(spot.root.rotation_euler.to_matrix()).T @ [0.0, -1.0 if side == "r" else 1.0, 0.0]
    behind = np.array(spot.root.rotation_euler.to_matrix()).T @ [-1.0, 0.0, 0.6]
    place = (lever.hip_m + lever.heel_m) / 2 + _BESIDE_M * behind + _BEFORE_M * facing
    track = Track(f"{spot.collection.name} label")
    track.key(label, "location", spot.frames, place)
    track.show_between(label, spot.frames[0], spot.frames[-1])


def _add_disc(lever: Lever, spot: Spot, theme: str, side: str) -> bpy.types.Object:
    """Add the disc whose radius is the leg's radius of gyration about the hip."""
    disc = new_object("Radius of gyration", _disc_mesh(side), spot.collection, spot.root)
    paint_ink(disc, "lever", theme, 0.16, flat=False)
    track = Track(f"{spot.collection.name} disc")
    track.key(disc, "location", spot.frames, lever.hip_m)
    radius = np.maximum(np.nan_to_num(lever.radius_of_gyration_m), 1e-4)[:, np.newaxis]
    track.key(disc, "scale", spot.frames, np.repeat(radius, 3, axis=1))
    return disc


def _add_reach(lever: Lever, spot: Spot, theme: str) -> bpy.types.Object:
    """Add the ring that the disc filled at its largest, so that its shrinking shows."""
    largest = float(np.nanmax(lever.radius_of_gyration_m))
    ring = new_object("Largest radius", _ring_mesh(), spot.collection, spot.root)
    paint_ink(ring, "lever", theme, flat=False).scale = (largest,) * 3
    Track(f"{spot.collection.name} ring").key(ring, "location", spot.frames, lever.hip_m)
    return ring


def _add_swept(lever: Lever, spot: Spot, theme: str, side: str) -> bpy.types.Object:
    """Add the area that the lever has swept."""
    n_times = len(spot.frames)
    low = np.arange(n_times - 1)
    quads = np.stack([low, low + 1, n_times + low + 1, n_times + low], axis=1)
    vertices = np.concatenate([lever.hip_m + spot.drift_m, lever.heel_m + spot.drift_m])
    corners = vertices[quads]
    across = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])[:, 2]
    away = across < 0 if side == "r" else across > 0  # from the camera, which stands at the leg's side
    quads[away] = quads[away, ::-1]
    mesh = fill_mesh(bpy.data.meshes.new("Swept by the lever"), vertices, quads.ravel(), np.arange(0, quads.size, 4))
    item = new_object("Swept by the lever", mesh, spot.collection, spot.ground)
    paint_ink(item, "lever", theme, 0.10, flat=False)
    clear = item.material_slots[0].material
    _reveal(item, np.tile(np.arange(n_times), 2), spot, radius=0.0, material=clear)
    return item


def _disc_mesh(side: str, n_sides: int = 64) -> bpy.types.Mesh:
    """Make a disc that faces the camera at its side; Workbench lights the back of a face differently."""
    angle = 2 * np.pi * np.arange(n_sides) / n_sides
    circle = np.stack([np.cos(angle), np.sin(angle), np.zeros(n_sides)], axis=1)
    return fill_mesh(
        bpy.data.meshes.new("Disc"), circle, np.arange(n_sides)[:: 1 if side == "r" else -1], np.array([0])
    )


def _ring_mesh(n_sides: int = 64, width: float = 0.02) -> bpy.types.Mesh:
    angle = 2 * np.pi * np.arange(n_sides) / n_sides
    circle = np.stack([np.cos(angle), np.sin(angle), np.zeros(n_sides)], axis=1)
    here, there = np.arange(n_sides), (np.arange(n_sides) + 1) % n_sides
    quads = np.stack([here, there, n_sides + there, n_sides + here], axis=1)
    rings = np.concatenate([circle, circle * (1 - width)])
    return fill_mesh(bpy.data.meshes.new("Ring"), rings, quads.ravel(), np.arange(0, quads.size, 4))
