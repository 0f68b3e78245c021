"""The whole swing in one picture: frozen poses in rows, that stay when the animation goes on."""

from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np
from mathutils import Vector

from .build import (
    Spot,
    attribute_material,
    fill_mesh,
    fill_polyline,
    new_collection,
    new_object,
    new_rectangle,
    new_text,
    paint_linear,
    read_surface,
    set_attribute,
)
from .families import find_body, on_leg
from .ink import paint_ink
from .nodes import add_modifier, reveal_group
from .palette import THEMES, linear
from .poses import Layout
from .skin import draw_skin

#: Custom property of a frozen body: its name.
FROZEN = "swinglever_frozen"

#: Room that a label takes along the run, and the height of the words under a pose: lever, knee and time.
_LABEL_M = 0.5
_LINES = ((0.185, "lever"), (0.15, "text"), (0.15, "text"))
#: Strength of the first pose's colours; the last has them in full.
_PALE = 0.55
_PATH_M, _FLOOR_M = 0.011, 0.012


@dataclass(frozen=True, kw_only=True, eq=False)
class Strobe:
    """Poses to freeze beside each other.

    Parameters
    ----------
    bodies
        Body name to object.
    extra
        Objects whose shape changes (muscles, lever line), frozen as they are.
    frames, layout
        (n,) frames of the poses, and where each stands.
    side, theme, second
        The leg in full colour, and the colours of the stage or of a second figure.
    skin
        Whether the bodies are drawn under one skin.
    """

    bodies: dict[str, bpy.types.Object]
    extra: list[bpy.types.Object]
    frames: np.ndarray
    layout: Layout
    side: str
    theme: str
    second: bool
    skin: bool


def freeze_poses(scene: bpy.types.Scene, folder: bpy.types.Collection, strobe: Strobe) -> None:
    """Freeze the figure in a folder, a collection a pose; the scene stands at its frame again afterwards."""
    held, n_poses = (scene.frame_current, scene.frame_subframe), len(strobe.frames)
    for index, frame in enumerate(strobe.frames):
        set_frame(scene, frame)
        pose = new_collection(f"{folder.name} pose {index + 1}", folder)
        pose["frame"], pose["place"] = float(frame), _place_of(strobe, index)
        _freeze_pose(pose, strobe, index, _PALE + (1.0 - _PALE) * (index + 1) / n_poses)
    scene.frame_set(held[0], subframe=held[1])


def set_frame(scene: bpy.types.Scene, frame: float) -> None:
    """Go to a frame, whole or not."""
    whole = int(np.floor(frame))
    scene.frame_set(whole, subframe=float(frame - whole))


def _shift_of(strobe: Strobe, index: int) -> tuple[float, float]:
    return float(strobe.layout.shift_m[index]), -float(strobe.layout.drop_m[index])


def _place_of(strobe: Strobe, index: int) -> list[float]:
    """Give where the hips of a pose are, in the picture."""
    (x, y, z), (shift, lift) = hips_of(strobe.bodies), _shift_of(strobe, index)
    return [x + shift, y, z + lift]


def hips_of(bodies: dict[str, bpy.types.Object]) -> Vector:
    """Give where the pelvis is now, in the world."""
    name = [*bodies][find_body([*bodies], "pelvis") or 0]
    return bodies[name].evaluated_get(bpy.context.evaluated_depsgraph_get()).matrix_world.translation.copy()


def _freeze_pose(pose: bpy.types.Collection, strobe: Strobe, index: int, strength: float) -> None:
    graph, shift = bpy.context.evaluated_depsgraph_get(), _shift_of(strobe, index)
    colours = {name: _faded(strobe, name, strength) for name in strobe.bodies}
    if strobe.skin:
        _freeze_skin(pose, strobe, colours, shift)
    for name, item in strobe.bodies.items() if not strobe.skin else ():
        copy = new_object(f"{name} frozen", item.data, pose)
        copy[FROZEN] = name
        _place(copy, item.evaluated_get(graph), shift)
        paint_linear(copy, (*colours[name][:3], item["opacity"]))
    for item in strobe.extra:
        shape = item.evaluated_get(graph)
        mesh = bpy.data.meshes.new_from_object(shape, preserve_all_data_layers=True, depsgraph=graph)
        if "names" in item:
            mesh = keep_strands(mesh, [name.endswith(f"_{strobe.side}") for name in item["names"]])
        copy = new_object(f"{item.name} frozen", mesh, pose)
        copy.show_in_front = item.show_in_front
        _place(copy, shape, shift)


def _freeze_skin(
    pose: bpy.types.Collection, strobe: Strobe, colours: dict[str, tuple[float, ...]], shift: tuple[float, float]
) -> None:
    drawn = {name: item for name, item in strobe.bodies.items() if len(item.data.polygons)}
    tints = [np.array(colours[name]) for name in drawn]
    mesh = draw_skin(f"{pose.name} skin", list(drawn.values()), tints, pose)
    mesh.materials.clear()
    mesh.materials.append(attribute_material())
    item = new_object("Runner frozen", mesh, pose)
    item[FROZEN] = "skin"
    item.location = (shift[0], 0.0, shift[1])


def _faded(strobe: Strobe, body: str, strength: float) -> tuple[float, ...]:
    """Fade towards the background rather than to glass: overlapping poses keep their order in depth."""
    own, leg = THEMES["second" if strobe.second else strobe.theme], on_leg(body, strobe.side)
    near, far = np.array(linear(own["leg" if leg else "bone"])), np.array(linear(THEMES[strobe.theme]["background"]))
    share = strength if leg else 0.6 * strength
    mixed = share * near + (1.0 - share) * far
    return (*(float(part) for part in mixed[:3]), 1.0)


def keep_strands(mesh: bpy.types.Mesh, wanted: list[bool]) -> bpy.types.Mesh:
    """Keep the tubes of some strands only; gives a new mesh in place of the old one."""
    points, corner, start = read_surface(mesh)
    colours, strand = np.empty(4 * len(points), np.float32), np.empty(len(points), np.int32)
    mesh.attributes["colour"].data.foreach_get("color", colours)
    mesh.attributes["strand"].data.foreach_get("value", strand)
    size = np.diff(np.append(start, len(corner)))
    face_kept = np.array(wanted)[strand[corner[start]]]
    fresh = bpy.data.meshes.new(mesh.name)
    kept_size, kept_corner = size[face_kept], corner[np.repeat(face_kept, size)]
    used, corners = np.unique(kept_corner, return_inverse=True)
    fill_mesh(fresh, points[used], corners, np.cumsum(kept_size) - kept_size)
    set_attribute(fresh, "colour", colours.reshape(-1, 4)[used])
    fresh.attributes.active_color_name = "colour"
    fresh.materials.append(attribute_material())
    bpy.data.meshes.remove(mesh)
    return fresh


def _place(copy: bpy.types.Object, shape: bpy.types.Object, shift: tuple[float, float]) -> None:
    matrix = shape.matrix_world.copy()
    matrix.translation.x += shift[0]
    matrix.translation.z += shift[1]
    copy.matrix_world = matrix


def label_poses(
    folder: bpy.types.Collection, entry: dict[str, Any], times_s: np.ndarray, floor_m: float, strobe: Strobe
) -> None:
    """Write under frozen poses the lever's length, the knee's angle and the time, where there is room."""
    turn = (np.pi / 2, 0.0, 0.0 if entry["side"] == "r" else np.pi)
    knee = np.interp(times_s, entry["time_s"], np.array(entry["knee_deg"], dtype=float))
    lengths = np.array([np.nan] if not entry["lever_m"] else entry["lever_m"], dtype=float)
    lever = np.interp(times_s, entry["lever_time_s"] or [0.0], lengths)
    poses, row = [pose for pose in folder.children if "frame" in pose], strobe.layout.row
    places = [tuple(pose["place"]) for pose in poses]
    for index in choose_labels([place[0] + 1e3 * r for place, r in zip(places, row, strict=True)], knee):
        x, y, _ = places[index]
        low = floor_m - strobe.layout.drop_m[index] - 0.03
        said = (f"{100 * lever[index]:.0f} cm", f"{knee[index]:.0f}°", f"{1000 * (times_s[index] - times_s[0]):.0f} ms")
        for text, (size, ink) in zip(said, _LINES, strict=True):
            low -= 1.02 * size
            if text != "nan cm":
                label = new_text("Pose label", text, (0.0, 0.0), size, poses[index])
                label.data.align_x = "CENTER"
                label.rotation_euler, label.location = turn, (x, y, low)
                paint_ink(label, ink, strobe.theme)


def draw_floors(folder: bpy.types.Collection, floor_m: float, strobe: Strobe) -> None:
    """Draw a line under every row of poses."""
    poses = [pose for pose in folder.children if "frame" in pose]
    places, turn = np.array([pose["place"] for pose in poses]), (np.pi / 2, 0.0, 0.0 if strobe.side == "r" else np.pi)
    for row in np.unique(strobe.layout.row):
        x = places[strobe.layout.row == row, 0]
        wide, low = np.ptp(x) + 1.2, floor_m - strobe.layout.drop_m[strobe.layout.row == row][0]
        line = new_rectangle("Floor line", (-wide / 2, -_FLOOR_M), (wide, _FLOOR_M), folder)
        line.rotation_euler, line.location = turn, ((x.max() + x.min()) / 2, places[0, 1], low)
        paint_ink(line, "line", strobe.theme)


def draw_path(folder: bpy.types.Collection, path: bpy.types.Object, spot: Spot, strobe: Strobe) -> None:
    """Draw the heel's path through the poses of each row, in the colours of what folds the knee there.

    Between two poses the path is stretched along the run as they are.
    """
    matrix, n_points = np.array(path.matrix_world), len(path.data.vertices)
    points, colours = np.empty(3 * n_points, np.float32), np.empty(4 * n_points, np.float32)
    path.data.vertices.foreach_get("co", points)
    path.data.attributes["colour"].data.foreach_get("color", colours)
    world = points.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]
    for row in np.unique(strobe.layout.row):
        own = np.flatnonzero(strobe.layout.row == row)
        inside = np.flatnonzero((spot.frames >= strobe.frames[own[0]]) & (spot.frames <= strobe.frames[own[-1]]))
        if len(inside) < 2:
            continue
        placed = world[inside].copy()
        placed[:, 0] += np.interp(spot.frames[inside], strobe.frames[own], strobe.layout.shift_m[own])
        placed[:, 2] -= strobe.layout.drop_m[own[0]]
        edges = np.stack([np.arange(len(inside) - 1), np.arange(1, len(inside))], axis=1)
        mesh = fill_polyline(bpy.data.meshes.new("Heel path frozen"), placed, edges)
        set_attribute(mesh, "colour", colours.reshape(-1, 4)[inside])
        mesh.attributes.active_color_name = "colour"
        item = new_object("Heel path frozen", mesh, folder)
        add_modifier(item, reveal_group(), Whole=True, Radius=_PATH_M, Material=attribute_material())


def choose_labels(places_m: list[float], knee_deg: np.ndarray) -> list[int]:
    """Choose the poses that are labelled so that no two labels overlap.

    The first pose, the last and the most bent come before the others, which come in their order.
    """
    last, bent = len(places_m) - 1, int(np.argmax(knee_deg))
    chosen: list[int] = []
    for index in dict.fromkeys([0, last, bent, *range(last)]):
        if all(abs(places_m[index] - places_m[other]) >= _LABEL_M for other in chosen):
            chosen.append(index)
    return sorted(chosen)
