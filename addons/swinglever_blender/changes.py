"""Changes to a scene that holds a result: another swing, speed, ghosts, strobe, a second result."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from .captions import name_second
from .course import Course, find_course
from .keys import stretch_curves
from .lookup import (
    ROOT_KEY,
    bodies_of,
    colour_ways,
    folder_of,
    list_roots,
    muscles_of,
    read_look,
    read_summary,
    read_time_map,
    root_of_camera,
)
from .nodes import set_input
from .remove import remove_collection
from .result import Result, ResultError, read_result
from .scene import build_scene, known_swing, show_swing
from .stage import aim_camera, find_floor, reset_camera, widen_camera
from .strobe import freeze_poses, label_poses, set_frame
from .timing import TimeMap, map_by_events

#: Distance between two figures that are compared.
_BESIDE_M = 1.5


def rebuild_swing(scene: bpy.types.Scene, root: bpy.types.Object, **changes: Any) -> None:
    """Show another swing or another look; reads the result file again, and changes nothing if that fails."""
    result = read_result(root[ROOT_KEY]["path"])
    clear_strobe(scene, root)
    key = known_swing(result, changes.pop("swing", root[ROOT_KEY]["swing"]))
    for name, value in changes.items():
        root[ROOT_KEY][name] = value
    show_swing(scene, root, result, key)


def set_speed(scene: bpy.types.Scene, speed: float) -> None:
    """Play everything at a share of real speed, without the result file."""
    roots = list_roots(scene)
    ratio = roots[0][ROOT_KEY]["speed"] / speed
    for root in roots:
        state = root[ROOT_KEY]
        stretch_curves(actions_of(root), ratio)
        state["frames"] = [1.0 + (frame - 1.0) * ratio for frame in state["frames"]]
        state["speed"] = speed
    for marker in scene.timeline_markers:
        marker.frame = round(1 + (marker.frame - 1) * ratio)
    scene.frame_end = round(1 + (scene.frame_end - 1) * ratio)
    scene.frame_preview_end = round(1 + (scene.frame_preview_end - 1) * ratio)
    scene.frame_preview_start = round(1 + (scene.frame_preview_start - 1) * ratio)
    scene.frame_set(round(1 + (scene.frame_current - 1) * ratio))


def actions_of(root: bpy.types.Object) -> list[bpy.types.Action]:
    """List the actions that move a result."""
    items = root.users_collection[0].all_objects
    return list({item.animation_data.action for item in items if item.animation_data and item.animation_data.action})


def show_ghost(root: bpy.types.Object, case: str) -> None:
    """Show the ghost leg of one case, or none."""
    for folder in folder_of(root, "ghosts").children:
        folder.hide_viewport = folder.hide_render = folder["case"] != case
    root[ROOT_KEY]["ghost"] = case or "none"


def recolour(scene: bpy.types.Scene, root: bpy.types.Object, colour_by: str) -> None:
    """Colour the muscles in another way, and the legend with them where the result file is still there."""
    muscles, ways = muscles_of(root), colour_ways(root)
    if muscles is None or colour_by not in ways:
        raise ResultError(f"this result cannot colour muscles by {colour_by}; it can by {ways}")
    set_input(muscles.modifiers[0], "Colour by", colour_by)
    if Path(root[ROOT_KEY]["path"]).is_file():
        rebuild_swing(scene, root)


def add_strobe(scene: bpy.types.Scene, root: bpy.types.Object, n_poses: int) -> None:
    """Freeze poses of the chosen swing, spread along the run, and hide the moving figure and the plots."""
    entry, look, time_map = _chosen(root), read_look(root), read_time_map(root)
    clear_strobe(scene, root)
    times = np.linspace(entry["time_s"][0], entry["time_s"][-1], n_poses)
    belt = 0.0 if look.overground else read_summary(root)["belt_speed_m_s"]
    extra = [item for item in folder_of(root, "swing").objects if item.name.startswith("Lever")]
    muscles = muscles_of(root)
    extra += [muscles] if muscles is not None else []
    frames, shift = time_map.to_frames(times), belt * (times - times.mean())
    folder = folder_of(root, "strobe")
    freeze_poses(scene, folder, bodies_of(root), extra, frames, shift, entry["side"], look.theme)
    label_poses(folder, entry, times, root[ROOT_KEY]["floor_m"], look.theme)
    set_frame(scene, float(time_map.to_frames(times.mean())))
    _hide_moving(root, hidden=True)
    if root_of_camera(scene) is root:
        belt_way = read_summary(root)["belt_speed_m_s"] * np.ptp(times) if look.overground else 0.0
        # A little lower than for one figure: the angles and times stand below the floor.
        centre = (0.6 * scene.camera["offset"], scene.camera["middle"], scene.camera["height"] - 0.15)
        aim_camera(scene.camera, entry["side"], centre, max(scene.camera["width"], np.ptp(shift) + belt_way + 2.8))


def clear_strobe(scene: bpy.types.Scene, root: bpy.types.Object) -> None:
    """Remove the frozen poses and show the moving figure again."""
    if not folder_of(root, "strobe").children:
        return
    remove_collection(folder_of(root, "strobe"), keep=True)
    _hide_moving(root, hidden=False)
    if root_of_camera(scene) is root:
        reset_camera(scene.camera)


def _hide_moving(root: bpy.types.Object, *, hidden: bool) -> None:
    folders = [folder_of(root, role) for role in ("bodies", "muscles", "swing", "ghosts", "stage")]
    folders += [folder for folder in folder_of(root, "captions").children if folder["role"] == "column"]
    for folder in folders:
        folder.hide_render = folder.hide_viewport = hidden


def _chosen(root: bpy.types.Object) -> dict[str, Any]:
    swings, key = read_summary(root)["swings"], root[ROOT_KEY]["swing"]
    if key not in swings:
        raise ResultError("this result has no swing to show")
    return swings[key]


def add_comparison(
    scene: bpy.types.Scene, root: bpy.types.Object, other: Result, *, overlaid: bool, lock: str, swing: str = ""
) -> bpy.types.Object:
    """Add a second result behind the first on its way or over it, locked by time since toe-off or by phase.

    It faces the same way, on the same floor, and keeps its distance, wherever its own laboratory has its origin.
    """
    own, look, first_map = _chosen(root), read_look(root), read_time_map(root)
    key = known_swing(other, swing)
    if not key:
        raise ResultError("the second result has no swing to compare")
    theirs = other.swings[key].events_s
    shared = ["toe_off", "peak_flexion", "foot_strike"] if lock == "phase" else ["toe_off"]
    start, target = [theirs[name] for name in shared], [own["events_s"][name] for name in shared]
    if lock != "phase":
        start, target = [*start, start[0] + 1.0], [*target, target[0] + 1.0]
    second_map = map_by_events(start, target, first_map)
    behind = 0.0 if overlaid else -_BESIDE_M if own["side"] == "r" else _BESIDE_M
    if not overlaid and root_of_camera(scene) is root:
        widen_camera(scene.camera, behind)
    seen = replace(look, swing=key, captions=False, second=True)
    second = build_scene(scene, other, seen, second_map, _follow(root, other, second_map, behind))
    name_second(root, second, look.theme)
    return second


def _follow(
    root: bpy.types.Object, other: Result, second_map: TimeMap, behind_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """Give frames and shifts that keep a second figure at a distance along the line that the first one follows."""
    first, second = Course(**root[ROOT_KEY]["course"]), find_course(other, overground=False)
    frames = np.union1d(second_map.frames, second_map.to_frames(other.time_s[[0, -1]]))
    x = first.x_at(read_time_map(root).to_seconds(frames)) - second.x_at(second_map.to_seconds(frames)) + behind_m
    level = root[ROOT_KEY]["floor_m"] - find_floor(other)
    return frames, np.column_stack([x, np.full_like(x, first.y_m - second.y_m), np.full_like(x, level)])
