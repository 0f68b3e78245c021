"""The lever of a swing: the line from hip to heel, the weight on it, what it has swept, and what folds the knee."""

import bpy
import numpy as np
from mathutils import Euler, Vector

from .build import Spot, attribute_material, fill_mesh, fill_polyline, new_object, set_attribute
from .ink import paint_ink
from .keys import Track
from .lookup import PART
from .muscles import add_strands
from .nodes import add_modifier, input_path, player_of, reveal_group, set_input
from .palette import THEMES, colour_folder, linear
from .readout import Place, add_readout
from .result import Lever
from .unpack import plain_strands

#: Size of the label, how far it stands behind the lever's middle, and how far towards the camera.
_LABEL_M, _BESIDE_M, _BEFORE_M = 0.105, 0.06, 0.25
_BOB_M = 0.042
#: Length of a dash, and of the gap behind it.
_DASH_M = 0.05
_LEAST_M = 1e-6


def add_lever(lever: Lever, spot: Spot, theme: str, side: str, peak_s: float) -> None:
    """Add line, weight, swept area and heel path of one swing, most bent at `peak_s`, visible while the swing lasts."""
    passing = [_add_line(lever, spot, theme), _add_lost(lever, spot, theme)]
    _add_swept(lever, spot, theme, side)
    colours = colour_folder(lever.folding_rad_s, folds=lever.time_s <= peak_s)
    add_trace("Heel path", lever.heel_m, colours, spot)[PART] = "heel path"
    if np.isfinite(lever.radius_of_gyration_m).any():
        passing += _add_bobs(lever, spot, theme)
    track = Track(f"{spot.collection.name} lever shown")
    for item in passing:
        track.show_between(item, spot.frames[0], spot.frames[-1])


def add_trace(
    name: str, points_m: np.ndarray, colours: np.ndarray, spot: Spot, *, dashed: bool = False
) -> bpy.types.Object:
    """Add a coloured path (K, 3) over the ground that is drawn as time goes on; dashed for what was not so."""
    n_points = len(points_m)
    edges = np.stack([np.arange(n_points - 1), np.arange(1, n_points)], axis=1)
    if dashed:
        edges = edges[_dashes(points_m)]
    mesh = fill_polyline(bpy.data.meshes.new(name), points_m + spot.drift_m, edges)
    set_attribute(mesh, "colour", colours)
    mesh.attributes.active_color_name = "colour"
    item = new_object(name, mesh, spot.collection, spot.ground)
    reveal(item, np.arange(n_points), spot, radius=0.008, material=attribute_material())
    return item


def _dashes(points_m: np.ndarray) -> np.ndarray:
    """Tell the stretches (K - 1,) between points that are drawn, where dash and gap take turns along the path."""
    steps = np.linalg.norm(np.diff(points_m, axis=0), axis=1)
    return (np.cumsum(steps) - steps / 2) // _DASH_M % 2 == 0


def reveal(
    item: bpy.types.Object, born: np.ndarray, spot: Spot, *, radius: float, material: bpy.types.Material
) -> None:
    """Show a mesh as far as time has gone: each vertex from the sample at which it is born."""
    set_attribute(item.data, "born", born.astype(float))
    modifier = add_modifier(item, reveal_group(), Whole=False, Radius=radius, Material=material)
    samples = np.arange(len(spot.frames), dtype=float)
    Track(f"{spot.collection.name} {item.name}").key(item, input_path(modifier, "Sample"), spot.frames, samples)


def _add_line(lever: Lever, spot: Spot, theme: str) -> bpy.types.Object:
    """Add the line from hip to heel, in a colour for each theme."""
    ends = np.stack([lever.hip_m, lever.heel_m], axis=1)[:, np.newaxis]
    inks = {name: linear(THEMES[name]["lever"]) for name in ("dark", "light")}
    colours = {name: np.broadcast_to(ink, (len(ends), 1, 4)) for name, ink in inks.items()}
    line = add_strands("Lever", plain_strands(ends), colours, spot, radius_m=0.011, colour_by=theme)
    line[PART] = "lever"
    line.show_in_front = True  # where the engine can: with the leg straight, the lever lies inside it
    return line


def _add_lost(lever: Lever, spot: Spot, theme: str) -> bpy.types.Object:
    """Add, faint and along the lever, the straight one of toe-off: what stands out beyond the heel is lost."""
    way = lever.heel_m - lever.hip_m
    length = np.linalg.norm(way, axis=1, keepdims=True)
    end = lever.hip_m + way / np.maximum(length, _LEAST_M) * np.maximum(length, length[0])
    ends = np.stack([lever.heel_m, end], axis=1)[:, np.newaxis]
    inks = {name: linear(THEMES[name]["faint"]) for name in ("dark", "light")}
    colours = {name: np.broadcast_to(ink, (len(ends), 1, 4)) for name, ink in inks.items()}
    lost = add_strands("Lever lost", plain_strands(ends), colours, spot, radius_m=0.006, colour_by=theme)
    lost[PART] = "lever lost"
    return lost


def add_label(lever: Lever, spot: Spot, theme: str, side: str, scale: float, ink: str) -> None:
    """Count the lever's length beside its middle, from toe-off's, upright and towards the camera at a side.

    `scale` is how tall the figure is beside a grown runner: what is framed larger has smaller words.
    """
    length_cm = 100.0 * np.linalg.norm(lever.heel_m - lever.hip_m, axis=1)
    behind = np.array(spot.root.rotation_euler.to_matrix()).T @ [-1.0, 0.0, 0.6]
    at = (lever.hip_m + lever.heel_m) / 2 + _BESIDE_M * behind
    place = Place(
        collection=spot.collection,
        holder=spot.root,
        at=(0.0, 0.0, 0.0),
        size=scale * _LABEL_M,
        ink=ink,
        theme=theme,
    )
    counted = dict(zip(spot.frames, length_cm, strict=True))
    label = add_readout("Lever length", counted, place, before=f"{length_cm[0]:.0f} → ", after=" cm")
    label[PART] = "lever label"
    face_label(label, spot.root, side)
    track = Track(f"{spot.collection.name} label")
    track.key(label, "location", spot.frames, at)
    track.show_between(label, spot.frames[0], spot.frames[-1])


def face_label(label: bpy.types.Object, root: bpy.types.Object, side: str) -> None:
    """Turn a label of a lever to the camera at the right or the left of the runner, and bring it before the figure."""
    upright = root.rotation_euler.to_matrix().transposed()
    label.rotation_euler = (upright @ Euler((np.pi / 2, 0.0, 0.0 if side == "r" else np.pi)).to_matrix()).to_euler()
    label.delta_location = upright @ Vector((0.0, -_BEFORE_M if side == "r" else _BEFORE_M, 0.0))
    player = player_of(label)
    if player is not None:
        set_input(player, "Align", 1.0 if side == "r" else 0.0)


def _add_bobs(lever: Lever, spot: Spot, theme: str) -> list[bpy.types.Object]:
    """Add a weight on the lever, as far from the hip as all the leg would be to turn as hard; and where it was.

    The radius of gyration is that distance. What is left of it shows how much easier the leg turns.
    """
    way = lever.heel_m - lever.hip_m
    along = way / np.maximum(np.linalg.norm(way, axis=1, keepdims=True), _LEAST_M)
    radius = np.nan_to_num(lever.radius_of_gyration_m)[:, np.newaxis]
    bobs = []
    for name, reach, size, ink in (
        ("Radius of gyration", radius, _BOB_M, "bob"),
        ("Radius at toe-off", np.broadcast_to(radius[0], radius.shape), 0.8 * _BOB_M, "faint"),
    ):
        bob = new_object(name, _ball_mesh(size), spot.collection, spot.root)
        paint_ink(bob, ink, theme, flat=False).show_in_front = ink == "bob"
        Track(f"{spot.collection.name} {name}").key(bob, "location", spot.frames, lever.hip_m + reach * along)
        bobs.append(bob)
    return bobs


def _ball_mesh(radius_m: float, n_around: int = 24, n_up: int = 12) -> bpy.types.Mesh:
    """Make a ball from rings, closed by the collapsed first and last."""
    up, around = np.linspace(0, np.pi, n_up + 1), 2 * np.pi * np.arange(n_around) / n_around
    x, y = np.sin(up)[:, None] * np.cos(around), np.sin(up)[:, None] * np.sin(around)
    points = radius_m * np.stack([x, y, np.broadcast_to(np.cos(up)[:, None], x.shape)], axis=-1).reshape(-1, 3)
    ring, place = np.meshgrid(np.arange(n_up), np.arange(n_around), indexing="ij")
    here, there = ring * n_around + place, ring * n_around + (place + 1) % n_around
    quads = np.stack([here, here + n_around, there + n_around, there], axis=-1).reshape(-1, 4)
    mesh = fill_mesh(bpy.data.meshes.new("Ball"), points, quads.ravel(), np.arange(0, quads.size, 4))
    mesh.shade_smooth()
    return mesh


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
    paint_ink(item, "lever", theme, 0.07, flat=False)
    clear = item.material_slots[0].material
    reveal(item, np.tile(np.arange(n_times), 2), spot, radius=0.0, material=clear)
    return item
