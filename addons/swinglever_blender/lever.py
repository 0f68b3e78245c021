"""The lever of a swing: the line from hip to heel, its shrinking disc, what it has swept, and who folds the knee."""

import bpy
import numpy as np

from .build import attribute_material, fill_mesh, fill_polyline, new_object, paint, plain_material, set_attribute
from .keys import Track
from .muscles import add_strands
from .nodes import add_modifier, input_path, reveal_group
from .palette import colour_folder, linear
from .result import Lever
from .timing import TimeMap


def add_lever(
    lever: Lever, time_map: TimeMap, collection: bpy.types.Collection, root: bpy.types.Object, colour: str, side: str
) -> dict[str, bpy.types.Object]:
    """Add line, disc, swept area and heel path of one swing, visible while the swing lasts."""
    frames = time_map.to_frames(lever.time_s)
    items = {
        "line": _add_line(lever, frames, collection, root, colour),
        "swept": _add_swept(lever, frames, collection, root, colour, side),
        "heel_path": add_trace("Heel path", lever.heel_m, colour_folder(lever.folding_rad_s), frames, collection, root),
    }
    passing = [items["line"]]
    if np.isfinite(lever.radius_of_gyration_m).any():
        items["disc"] = _add_disc(lever, frames, collection, root, colour, side)
        items["reach"] = _add_reach(lever, frames, collection, root, colour)
        passing += [items["disc"], items["reach"]]
    track = Track(f"{collection.name} lever shown")
    for item in passing:
        track.show_between(item, frames[0], frames[-1])
    return items


def add_trace(
    name: str,
    points_m: np.ndarray,
    colours: np.ndarray,
    frames: np.ndarray,
    collection: bpy.types.Collection,
    root: bpy.types.Object,
) -> bpy.types.Object:
    """Add a coloured path (K, 3) that is drawn as time goes on."""
    n_points = len(points_m)
    edges = np.stack([np.arange(n_points - 1), np.arange(1, n_points)], axis=1)
    mesh = fill_polyline(bpy.data.meshes.new(name), points_m, edges)
    set_attribute(mesh, "colour", colours)
    mesh.attributes.active_color_name = "colour"
    item = new_object(name, mesh, collection, root)
    _reveal(item, np.arange(n_points), frames, collection, radius=0.008, material=attribute_material())
    return item


def _reveal(
    item: bpy.types.Object,
    born: np.ndarray,
    frames: np.ndarray,
    collection: bpy.types.Collection,
    *,
    radius: float,
    material: bpy.types.Material,
) -> None:
    set_attribute(item.data, "born", born.astype(float))
    modifier = add_modifier(item, reveal_group(), Whole=False, Radius=radius, Material=material)
    samples = np.arange(len(frames), dtype=float)
    Track(f"{collection.name} {item.name}").key(item, input_path(modifier, "Sample"), frames, samples)


def _add_line(
    lever: Lever, frames: np.ndarray, collection: bpy.types.Collection, root: bpy.types.Object, colour: str
) -> bpy.types.Object:
    ends = np.stack([lever.hip_m, lever.heel_m], axis=1)[:, np.newaxis]
    colours = np.broadcast_to(linear(colour), (len(frames), 1, 4))
    return add_strands("Lever", ends, {"lever": colours}, frames, 0.011, collection, root, colour_by="lever")


def _add_disc(
    lever: Lever, frames: np.ndarray, collection: bpy.types.Collection, root: bpy.types.Object, colour: str, side: str
) -> bpy.types.Object:
    """Add the disc whose radius is the leg's radius of gyration about the hip."""
    disc = paint(new_object("Radius of gyration", _disc_mesh(side), collection, root), colour, 0.16)
    track = Track(f"{collection.name} disc")
    track.key(disc, "location", frames, lever.hip_m)
    radius = np.maximum(np.nan_to_num(lever.radius_of_gyration_m), 1e-4)[:, np.newaxis]
    track.key(disc, "scale", frames, np.repeat(radius, 3, axis=1))
    return disc


def _add_reach(
    lever: Lever, frames: np.ndarray, collection: bpy.types.Collection, root: bpy.types.Object, colour: str
) -> bpy.types.Object:
    """Add the ring that the disc filled at its largest, so that its shrinking shows."""
    largest = float(np.nanmax(lever.radius_of_gyration_m))
    ring = paint(new_object("Largest radius", _ring_mesh(), collection, root), colour)
    ring.scale = (largest,) * 3
    Track(f"{collection.name} ring").key(ring, "location", frames, lever.hip_m)
    return ring


def _add_swept(
    lever: Lever, frames: np.ndarray, collection: bpy.types.Collection, root: bpy.types.Object, colour: str, side: str
) -> bpy.types.Object:
    """Add the area that the lever has swept."""
    n_times = len(frames)
    low = np.arange(n_times - 1)
    quads = np.stack([low, low + 1, n_times + low + 1, n_times + low], axis=1)
    vertices = np.concatenate([lever.hip_m, lever.heel_m])
    corners = vertices[quads]
    across = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])[:, 2]
    away = across < 0 if side == "r" else across > 0  # from the camera, which stands at the leg's side
    quads[away] = quads[away, ::-1]
    mesh = fill_mesh(bpy.data.meshes.new("Swept by the lever"), vertices, quads.ravel(), np.arange(0, quads.size, 4))
    item = paint(new_object("Swept by the lever", mesh, collection, root), colour, 0.10)
    clear = plain_material(linear(colour, 0.10))
    _reveal(item, np.tile(np.arange(n_times), 2), frames, collection, radius=0.0, material=clear)
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
