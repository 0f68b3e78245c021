"""The whole swing in one picture: frozen poses, pale to strong, that stay when the animation goes on."""

from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from .build import attribute_material, fill_mesh, new_collection, new_object, new_text, paint_linear, set_attribute
from .families import on_leg
from .ink import paint_ink
from .palette import THEMES, linear

#: Custom property of a frozen body: its name.
FROZEN = "swinglever_frozen"

#: Room that a label takes along the run.
_LABEL_M = 0.23


@dataclass(frozen=True, kw_only=True, eq=False)
class Strobe:
    """Poses to freeze side by side.

    Parameters
    ----------
    bodies
        Body name to object.
    extra
        Objects whose shape changes (muscles, lever line), frozen as they are.
    frames, shift_m
        (n,) frames of the poses, and how far each is moved on, m.
    side, theme
        The leg in full colour, and the stage's colours.
    """

    bodies: dict[str, bpy.types.Object]
    extra: list[bpy.types.Object]
    frames: np.ndarray
    shift_m: np.ndarray
    side: str
    theme: str


def freeze_poses(scene: bpy.types.Scene, folder: bpy.types.Collection, strobe: Strobe) -> None:
    """Freeze the skeleton in a folder, a collection a pose; the scene stands at its frame again afterwards."""
    held, n_poses = (scene.frame_current, scene.frame_subframe), len(strobe.frames)
    for index, frame in enumerate(strobe.frames):
        set_frame(scene, frame)
        pose = new_collection(f"{folder.name} pose {index + 1}", folder)
        pose["frame"] = float(frame)
        _freeze_pose(pose, strobe, index, 0.25 + 0.75 * (index + 1) / n_poses)
    scene.frame_set(held[0], subframe=held[1])


def set_frame(scene: bpy.types.Scene, frame: float) -> None:
    """Go to a frame, whole or not."""
    whole = int(np.floor(frame))
    scene.frame_set(whole, subframe=float(frame - whole))


def _freeze_pose(pose: bpy.types.Collection, strobe: Strobe, index: int, strength: float) -> None:
    graph, shift, colours = bpy.context.evaluated_depsgraph_get(), strobe.shift_m[index], THEMES[strobe.theme]
    for name, item in strobe.bodies.items():
        leg = on_leg(name, strobe.side)
        copy = new_object(f"{name} frozen", item.data, pose)
        copy[FROZEN] = name
        _place(copy, item.evaluated_get(graph), shift)
        colour, share = (colours["leg"], strength) if leg else (colours["bone"], 0.45 * strength)
        _fade(copy, colour, share, colours["background"], item.color[3])
    for item in strobe.extra:
        shape = item.evaluated_get(graph)
        mesh = bpy.data.meshes.new_from_object(shape, preserve_all_data_layers=True, depsgraph=graph)
        if "names" in item:
            mesh = keep_strands(mesh, [name.endswith(f"_{strobe.side}") for name in item["names"]])
        _place(new_object(f"{item.name} frozen", mesh, pose), shape, shift)


def keep_strands(mesh: bpy.types.Mesh, wanted: list[bool]) -> bpy.types.Mesh:
    """Keep the tubes of some strands only; gives a new mesh in place of the old one."""
    n_vertices, n_corners = len(mesh.vertices), len(mesh.loops)
    points, colours = np.empty(3 * n_vertices, np.float32), np.empty(4 * n_vertices, np.float32)
    strand, corner, start = (
        np.empty(n_vertices, np.int32),
        np.empty(n_corners, np.int32),
        np.empty(len(mesh.polygons), np.int32),
    )
    mesh.vertices.foreach_get("co", points)
    mesh.attributes["colour"].data.foreach_get("color", colours)
    mesh.attributes["strand"].data.foreach_get("value", strand)
    mesh.loops.foreach_get("vertex_index", corner)
    mesh.polygons.foreach_get("loop_start", start)
    size = np.diff(np.append(start, n_corners))
    face_kept = np.array(wanted)[strand[corner[start]]]
    fresh = bpy.data.meshes.new(mesh.name)
    kept_size, kept_corner = size[face_kept], corner[np.repeat(face_kept, size)]
    used, corners = np.unique(kept_corner, return_inverse=True)
    fill_mesh(fresh, points.reshape(-1, 3)[used], corners, np.cumsum(kept_size) - kept_size)
    set_attribute(fresh, "colour", colours.reshape(-1, 4)[used])
    fresh.attributes.active_color_name = "colour"
    fresh.materials.append(attribute_material())
    bpy.data.meshes.remove(mesh)
    return fresh


def _place(copy: bpy.types.Object, shape: bpy.types.Object, shift: float) -> None:
    matrix = shape.matrix_world.copy()
    matrix.translation.x += shift
    copy.matrix_world = matrix


def _fade(item: bpy.types.Object, colour: str, strength: float, background: str, opacity: float) -> None:
    """Fade towards the background rather than to glass: overlapping poses keep their order in depth."""
    near, far = np.array(linear(colour)), np.array(linear(background))
    mixed = strength * near + (1.0 - strength) * far
    paint_linear(item, (*(float(part) for part in mixed[:3]), opacity))


def label_poses(
    folder: bpy.types.Collection, entry: dict[str, Any], times_s: np.ndarray, floor_m: float, theme: str
) -> None:
    """Write under frozen poses how far the knee is bent and how long after toe-off it is, where there is room."""
    turn = (np.pi / 2, 0.0, 0.0 if entry["side"] == "r" else np.pi)
    knee = np.interp(times_s, entry["time_s"], np.array(entry["knee_deg"], dtype=float))
    poses = [pose for pose in folder.children if "frame" in pose]
    places = [_find_pelvis(pose).matrix_world.translation for pose in poses]
    for index in choose_labels([place.x for place in places], knee):
        place, later_s = places[index], times_s[index] - times_s[0]
        for text, size, below in ((f"{knee[index]:.0f}°", 0.095, 0.14), (f"{1000 * later_s:.0f} ms", 0.06, 0.23)):
            label = new_text("Pose label", text, (0.0, 0.0), size, poses[index])
            label.data.align_x = "CENTER"
            label.rotation_euler, label.location = turn, (place.x, place.y, floor_m - below)
            paint_ink(label, "text", theme)


def _find_pelvis(pose: bpy.types.Collection) -> bpy.types.Object:
    frozen = [item for item in pose.objects if FROZEN in item]
    return next((item for item in frozen if "pelvis" in item[FROZEN].lower()), frozen[0])


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
