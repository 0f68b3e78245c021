"""Changes to a scene that holds a result: another swing, another file, a second result, none at all."""

from dataclasses import replace

import bpy
import numpy as np

from . import ownscene, plate
from .captions import name_second
from .checked import open_result
from .course import Course, find_course
from .differences import apply_differences
from .lever import face_label
from .lookup import (
    ROOT_KEY,
    find_part,
    list_roots,
    read_look,
    read_summary,
    read_time_map,
)
from .owned import building, claim, remove_all
from .page import lay_out
from .render import pixels_of
from .result import Result, ResultError
from .scene import build_scene, known_swing, show_swing
from .stage import find_floor, lengthen_ground, widen_camera
from .strobing import chosen, clear_strobe
from .timing import TimeMap, map_by_events

#: Distance between two figures that are compared.
_BESIDE_M = 1.5
#: Share of its opacity that a figure keeps which is laid over another.
_CLEAR = 0.5


def choose_swing(scene: bpy.types.Scene, root: bpy.types.Object, swing: str) -> None:
    """Show another swing; reads the result file again, and changes nothing if that fails."""
    result = open_result(bpy.path.abspath(root.swinglever.path))
    check_same(root, result)
    key = known_swing(result, swing)
    clear_strobe(root)
    show_swing(scene, root, result, key)
    for other in list_roots(scene):
        if other.swinglever.second and not root.swinglever.second:
            with building() as made:
                name_second(root, other, lay_out(*pixels_of(scene)))
            claim(root, made)
            label = find_part(other, "lever label")
            if label is not None:
                face_label(label, other, result.swings[key].side)
            apply_differences(other)


def relocate(root: bpy.types.Object, path: str) -> str:
    """Point a result at its file in a new place; gives the name of the trial."""
    result = open_result(bpy.path.abspath(path))
    check_same(root, result)
    root.swinglever.path = result.path
    return result.trial_name


def check_same(root: bpy.types.Object, result: Result) -> None:
    """Refuse a file that holds another trial than the one that was imported."""
    known = read_summary(root)
    if known["swings"] and (known["trial"], list(known["swings"])) != (result.trial_name, list(result.swings)):
        raise ResultError(
            f"expected the trial '{known['trial']}' with the swings {list(known['swings'])}, got '{result.trial_name}' "
            f"with {list(result.swings)}; choose the file that was imported, or import this one"
        )


def remove_result(scene: bpy.types.Scene, root: bpy.types.Object) -> None:
    """Take a result away; what a user put among it stays, and so does the scene unless it was ours and is empty."""
    main = root.swinglever.main
    home = next((c for c in scene.collection.children_recursive if main in list(c.children)), scene.collection)
    plate.remove_film(scene, root)
    if not root.swinglever.second:
        ownscene.mark_events(scene, [])
    remove_all(root, home)
    ownscene.remove_scene(scene)


def add_comparison(
    scene: bpy.types.Scene, root: bpy.types.Object, other: Result, *, overlaid: bool, lock: str, swing: str = ""
) -> bpy.types.Object:
    """Add a second result behind the first on its way or over it, locked by time since toe-off or by phase.

    It faces the same way, on the same floor, and keeps its distance, wherever its own laboratory has its origin. Unless
    a swing is asked for, it is the first one of the same leg.
    """
    own, look, first_map = chosen(root), read_look(root), read_time_map(root)
    key = known_swing(other, swing or same_leg(other, own["side"]))
    if not key:
        raise ResultError("the second result has no swing to compare")
    second_map = _lock(own["events_s"], other.swings[key].events_s, first_map, lock)
    behind = 0.0 if overlaid else -_BESIDE_M if own["side"] == "r" else _BESIDE_M
    clear = look.opacity * (_CLEAR if overlaid else 1.0)
    seen = replace(look, swing=key, captions=False, second=True, opacity=clear)
    second = build_scene(scene, other, seen, second_map, _follow(root, other, second_map, behind))
    camera = find_part(root, "camera")
    if not overlaid and camera is not None:
        widen_camera(camera, behind)
    with building() as made:
        lengthen_ground(root, behind)
        name_second(root, second, lay_out(*pixels_of(scene)))
    claim(root, made)
    return second


def same_leg(result: Result, side: str) -> str:
    """Give the first swing of a side, or the first of any."""
    return next((key for key, swing in result.swings.items() if swing.side == side), next(iter(result.swings), ""))


def _lock(own_s: dict[str, float], their_s: dict[str, float], first_map: TimeMap, lock: str) -> TimeMap:
    """Lay the second trial's events on the first's: toe-off, peak and foot strike in phase, toe-off alone in time."""
    shared = ["toe_off", "peak_flexion", "foot_strike"] if lock == "phase" else ["toe_off"]
    missing = [name for name in shared if name not in own_s or name not in their_s]
    if missing:
        raise ResultError(f"both swings need the events {shared} to run in step, missing {missing}; lock by time")
    start, target = [their_s[name] for name in shared], [own_s[name] for name in shared]
    if lock != "phase":
        start, target = [*start, start[0] + 1.0], [*target, target[0] + 1.0]
    return map_by_events(start, target, first_map)


def _follow(
    root: bpy.types.Object, other: Result, second_map: TimeMap, behind_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """Give frames and shifts that keep a second figure at a distance along the line that the first one follows."""
    first, second = Course(**root[ROOT_KEY]["course"]), find_course(other, overground=False)
    frames = np.union1d(second_map.frames, second_map.to_frames(other.time_s[[0, -1]]))
    x = first.x_at(read_time_map(root).to_seconds(frames)) - second.x_at(second_map.to_seconds(frames)) + behind_m
    level = root[ROOT_KEY]["floor_m"] - find_floor(other)
    return frames, np.column_stack([x, np.full_like(x, first.y_m - second.y_m), np.full_like(x, level)])
