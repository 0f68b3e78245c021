"""A result as a scene: skeleton, muscles, lever, ghosts, stage and captions."""

from dataclasses import asdict

import bpy
import numpy as np

from . import looks, ownscene, plots, stage
from .axes import ROOT_ROTATION
from .bodies import add_bodies
from .build import Spot, new_collection, new_object
from .captions import add_captions
from .course import Course, find_course
from .drift import find_ground, spot_on
from .events import place_events
from .ghosts import add_ghosts
from .keys import Track
from .lever import add_label, add_lever
from .lookup import (
    ROLES,
    ROOT_KEY,
    Look,
    chosen_entry,
    find_part,
    folder_of,
    list_roots,
    new_folder,
    read_look,
    read_time_map,
)
from .measured import add_measured
from .muscles import add_muscles
from .owned import building, claim, clear_folder
from .page import lay_out
from .palette import THEMES
from .render import pixels_of
from .result import Result, ResultError, Swing
from .summary import summarise, to_text
from .timing import TimeMap, map_at_speed

#: Blender's MAXFRAME.
_LAST_FRAME = 1048574
_LIKELY_GHOSTS = ("silent_hamstrings", "no_hamstrings", "no_knee_flexor_moment")
"""What is shown when nothing was asked for: the first of these that a swing has."""


def build_scene(
    scene: bpy.types.Scene,
    result: Result,
    look: Look,
    time_map: TimeMap | None = None,
    way: tuple[np.ndarray, np.ndarray] | None = None,
) -> bpy.types.Object:
    """Build a whole result in a scene, or nothing of it; gives the empty that carries it.

    Range, markers, camera and world of the scene change only where the scene is one of ours.

    Parameters
    ----------
    time_map
        When what happens; from frame 1 at the look's speed unless told.
    way
        How the figure is moved, for comparing: frames (n,) and shifts (n, 3) in m; as the look says unless told.
    """
    key = known_swing(result, look.swing)
    fps = scene.render.fps / scene.render.fps_base
    if time_map is None:
        _check_length(float(np.ptp(result.time_s)), fps, look.speed)
        time_map = map_at_speed(float(result.time_s[0]), fps=fps, speed=look.speed)
    with building():
        with building() as made:
            root = _make_root(scene, result, look, time_map)
            _add_figure(root, result, time_map, way)
            if not look.second and _needs_stage(scene, root):
                _add_stage(scene, root, result, time_map)
        claim(root, made)
        show_swing(scene, root, result, key)
    root.swinglever.ready = True
    return root


def _check_length(duration_s: float, fps: float, speed: float) -> None:
    """Refuse a speed at which the trial has more frames than Blender counts: the end would be cut off in silence."""
    slowest = duration_s * fps / (_LAST_FRAME - 2)
    if speed < slowest:
        enough = 1.05 * slowest  # rounding to two digits takes up to 5 %
        raise ResultError(
            f"expected a speed of {enough:.2g} or more for a trial of {duration_s:.3g} s (Blender counts to frame "
            f"{_LAST_FRAME}), got {speed:g}; choose a higher speed"
        )


def _make_root(scene: bpy.types.Scene, result: Result, look: Look, time_map: TimeMap) -> bpy.types.Object:
    """Make the empty that carries a result, its collections, and all that must be found again after reopening."""
    main = new_collection(f"Swinglever {result.trial_name}", scene.collection)
    root = new_object(main.name, None, main)
    course = find_course(result, overground=look.overground)
    root.rotation_euler, root.empty_display_size = (*ROOT_ROTATION[:2], course.turn_rad), 0.2
    state = root.swinglever
    state.main, state.text = main, bpy.data.texts.new(f"{main.name}.json")
    state.text.from_string(to_text(summarise(result)))
    for name, value in asdict(look).items():
        setattr(state, name, value)
    state.path = result.path
    main[ROOT_KEY] = root
    root[ROOT_KEY] = {
        "times_s": list(time_map.times_s),
        "frames": list(time_map.frames),
        "speed": state.speed,
        "floor_m": stage.find_floor(result),
        "course": asdict(course),
    }
    for role in ROLES:
        state.own.add().block = new_folder(role, main)
    return root


def _add_figure(
    root: bpy.types.Object, result: Result, time_map: TimeMap, way: tuple[np.ndarray, np.ndarray] | None
) -> None:
    frames = time_map.to_frames(result.time_s)
    spots = {role: Spot(collection=folder_of(root, role), root=root, frames=frames) for role in ROLES}
    add_bodies(result, spots["bodies"])
    add_measured(result, spots["measured"])
    add_muscles(result, spots["muscles"])
    if way is None and root.swinglever.overground and result.belt_speed_m_s > 0:
        carried = result.belt_speed_m_s * np.array([0.0, np.ptp(result.time_s)])
        way = frames[[0, -1]], np.column_stack([carried, np.zeros((2, 2))])
    if way is not None:
        Track(f"{root.name} way").key(root, "location", *way)


def known_swing(result: Result, asked: str) -> str:
    """Give the swing asked for, or the first one; empty where the result has none."""
    if asked and asked not in result.swings:
        raise ResultError(f"the result has no swing '{asked}'; it has {list(result.swings)}")
    return asked or next(iter(result.swings), "")


def _needs_stage(scene: bpy.types.Scene, root: bpy.types.Object) -> bool:
    """Tell whether no other result has a stage in this scene."""
    return not any(find_part(other, "camera") for other in list_roots(scene) if other is not root)


def _add_stage(scene: bpy.types.Scene, root: bpy.types.Object, result: Result, time_map: TimeMap) -> None:
    """Add ground and camera, and in a scene of ours lamps; a user's scene has a light and a camera of its own."""
    numbers, look = root[ROOT_KEY], read_look(root)
    frames = time_map.to_frames(result.time_s)
    spot = Spot(collection=folder_of(root, "stage"), root=root, frames=frames)
    course = find_course(result, overground=False)
    stage.add_ground(result, spot, course, numbers["floor_m"], look.theme, overground=look.overground)
    camera = stage.add_camera(spot, Course(**numbers["course"]), result.time_s, *_extent(result, numbers["floor_m"]))
    if ownscene.is_ours(scene):
        scene.camera = camera
        stage.add_lamps(spot.collection, camera.parent)


def _extent(result: Result, floor_m: float) -> tuple[float, float]:
    return floor_m, stage.find_height(result, floor_m)


def show_swing(scene: bpy.types.Scene, root: bpy.types.Object, result: Result, key: str) -> None:
    """Dwell on a swing: its lever, ghosts, captions, markers and frame range."""
    time_map, swing, state = read_time_map(root), result.swings.get(key), root.swinglever
    for role in ("swing", "ghosts", "captions", "strobe"):
        clear_folder(root, folder_of(root, role))
    state.swing, state.ghost = key, choose_ghost(swing, state.ghost)
    with building() as made:
        page = lay_out(*pixels_of(scene))
        stage.frame_figure(root, page, swing.side if swing else "r")
        if swing is not None:
            _add_swing(root, swing, time_map)
            add_captions(root, swing, page, time_map)
    claim(root, made)
    plots.keep_curves(root, result.path, swing)
    looks.apply_all(root)
    plots.apply_quantity(root)
    if not state.second:
        _tell_scene(scene, result, key, time_map)


def choose_ghost(swing: Swing | None, asked: str) -> str:
    """Give the ghost asked for if the swing has it, else the one that takes least away; 'none' stays none."""
    ghosts = {} if swing is None else swing.ghosts
    likely = [case for case in (asked, *_LIKELY_GHOSTS) if case in ghosts]
    return "none" if asked == "none" else (likely or list(ghosts) or ["none"])[0]


def _add_swing(root: bpy.types.Object, swing: Swing, time_map: TimeMap) -> None:
    state, ground = root.swinglever, find_ground(root)
    if swing.lever is not None:
        spot = spot_on(folder_of(root, "swing"), root, ground, time_map.to_frames(swing.lever.time_s))
        side = seen_from(root) or swing.side
        add_lever(swing.lever, spot, state.theme, side, swing.events_s["peak_flexion"])
        ink = THEMES["second"]["leg"] if state.second else "lever"
        add_label(swing.lever, spot, state.theme, side, stage.scale_of(root), ink)
    add_ghosts(swing.ghosts, root, ground, time_map, state.ghost)


def seen_from(root: bpy.types.Object) -> str:
    """Give the side at which the camera stands: that of the first result's swing; empty where nothing is known yet."""
    first = next(
        (other for scene in root.users_scene for other in list_roots(scene) if not other.swinglever.second), root
    )
    return str(chosen_entry(first).get("side", ""))


def _tell_scene(scene: bpy.types.Scene, result: Result, key: str, time_map: TimeMap) -> None:
    """Set range and markers of a scene of ours."""
    swing = result.swings.get(key)
    first, last = time_map.to_frames(result.time_s[[0, -1]])
    part = None if swing is None else tuple(time_map.to_frames(swing.time_s[[0, -1]]))
    ownscene.set_range(scene, (float(first), float(last)), part)
    events = {name: other.events_s for name, other in result.swings.items()}
    ownscene.mark_events(scene, place_events(events, key, time_map))
