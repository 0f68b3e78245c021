"""A result as a scene: skeleton, muscles, lever, ghosts, stage and captions."""

from dataclasses import replace

import bpy
import numpy as np

from . import stage
from .axes import ROOT_ROTATION
from .bodies import add_bodies
from .build import new_collection, new_object, paint
from .captions import add_captions
from .course import find_course
from .events import mark_events
from .ghosts import add_ghosts
from .keys import Track
from .lever import add_lever
from .lookup import ROLES, ROOT_KEY, Look, bodies_of, colour_ways, folder_of, read_look, read_time_map, root_of_camera
from .measured import add_measured
from .muscles import add_muscles
from .nodes import set_input
from .page import lay_out
from .palette import THEMES
from .remove import remove_collection
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
    """Build a whole result in a scene; gives the empty that carries it.

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
    root = _make_root(scene, result, look, time_map)
    folders = {role: folder_of(root, role) for role in ROLES}
    add_bodies(result, time_map, folders["bodies"], root)
    add_measured(result, time_map, folders["measured"], root)
    muscles = add_muscles(result, time_map, folders["muscles"], root)
    if muscles is not None and look.colour_by in colour_ways(root):
        set_input(muscles.modifiers[0], "Colour by", look.colour_by)
    if way is None and look.overground and result.belt_speed_m_s > 0:
        ends = result.time_s[[0, -1]]
        carried = result.belt_speed_m_s * (ends - ends[0])
        way = time_map.to_frames(ends), np.column_stack([carried, np.zeros((2, 2))])
    if way is not None:
        Track(f"{root.name} way").key(root, "location", *way)
    show_swing(scene, root, result, key)
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
    root.rotation_euler = (*ROOT_ROTATION[:2], course.turn_rad)
    root.empty_display_size = 0.2
    folders = {role: new_collection(f"{main.name} {role}", main) for role in ROLES}
    for role, folder in folders.items():
        folder["role"] = role
    text = bpy.data.texts.new(f"{main.name}.json")
    text.from_string(to_text(summarise(result)))
    text.use_fake_user = True
    root[ROOT_KEY] = {
        "path": result.path,
        "text": text.name,
        "times_s": list(time_map.times_s),
        "frames": list(time_map.frames),
        "speed": look.speed,
        "swing": "",
        "theme": look.theme,
        "ghost": look.ghost,
        "overground": look.overground,
        "captions": look.captions,
        "opacity": look.opacity,
        "measured": look.measured,
        "second": look.second,
        "floor_m": stage.find_floor(result),
        "course": vars(course),
    }
    return root


def known_swing(result: Result, asked: str) -> str:
    """Give the swing asked for, or the first one; empty where the result has none."""
    if asked and asked not in result.swings:
        raise ResultError(f"the result has no swing '{asked}'; it has {list(result.swings)}")
    return asked or next(iter(result.swings), "")


def show_swing(scene: bpy.types.Scene, root: bpy.types.Object, result: Result, key: str) -> None:
    """Dwell on a swing: its lever, ghosts, stage, captions, markers and frame range."""
    look, time_map = read_look(root), read_time_map(root)
    for role in ("swing", "ghosts", "stage", "captions", "strobe"):
        remove_collection(folder_of(root, role), keep=True)
    state = root[ROOT_KEY]
    state["swing"] = key
    measured = folder_of(root, "measured")
    measured.hide_viewport = measured.hide_render = not look.measured
    swing = result.swings.get(key)
    look = replace(look, ghost=choose_ghost(swing, look.ghost))
    side = swing.side if swing else "r"
    colour_leg(root, side, look)
    if swing is not None:
        _add_swing(root, swing, look, time_map)
    if root_of_camera(scene) in (None, root):  # a second result leaves stage, markers and range to the first
        _set_range(scene, result, swing, time_map)
        _add_stage(scene, root, result, swing, look, time_map)
        mark_events(scene, {name: other.events_s for name, other in result.swings.items()}, key, time_map)


def choose_ghost(swing: Swing | None, asked: str) -> str:
    """Give the ghost asked for if the swing has it, else the one that takes least away; 'none' stays none."""
    ghosts = {} if swing is None else swing.ghosts
    likely = [case for case in (asked, *_LIKELY_GHOSTS) if case in ghosts]
    return "none" if asked == "none" else (likely or list(ghosts) or ["none"])[0]


def _add_swing(root: bpy.types.Object, swing: Swing, look: Look, time_map: TimeMap) -> None:
    if swing.lever is not None:
        colour = THEMES[look.theme]["lever"]
        add_lever(swing.lever, time_map, folder_of(root, "swing"), root, colour, swing.side)
    add_ghosts(swing.ghosts, bodies_of(root), time_map, folder_of(root, "ghosts"), root, look.ghost)


def _set_range(scene: bpy.types.Scene, result: Result, swing: Swing | None, time_map: TimeMap) -> None:
    first, last = time_map.to_frames(result.time_s[[0, -1]])
    scene.frame_start = (
        min(scene.frame_start, max(int(np.floor(first)), 0)) if scene.frame_start > 1 else max(int(first), 0)
    )
    scene.frame_end = max(int(np.ceil(last)), 1)
    if swing is not None:
        start, end = time_map.to_frames(swing.time_s[[0, -1]])
        scene.use_preview_range = True
        scene.frame_preview_start, scene.frame_preview_end = max(int(start), 0), int(np.ceil(end))
        scene.frame_set(int(np.ceil(start)))


def _add_stage(
    scene: bpy.types.Scene, root: bpy.types.Object, result: Result, swing: Swing | None, look: Look, time_map: TimeMap
) -> None:
    folder, side = folder_of(root, "stage"), swing.side if swing else "r"
    stage.set_theme(scene, look.theme)
    stage.add_ground(result, time_map, folder, look.theme, overground=look.overground)
    page = lay_out(scene.render.resolution_x, scene.render.resolution_y)
    ways = {"overground": look.overground, "captions": look.captions}
    camera = stage.add_camera(result, time_map, folder, side, page, **ways)
    scene.camera = camera
    stage.set_up_views()
    if look.captions and swing is not None:
        add_captions(scene, root, result, swing, look, time_map, camera)


def colour_leg(root: bpy.types.Object, side: str, look: Look) -> None:
    """Tell the swing leg from the rest of the body by its colour, and a second figure from the first."""
    arms, colours = ("humerus", "ulna", "radius", "hand"), THEMES["second" if look.second else look.theme]
    for name, item in bodies_of(root).items():
        on_leg = name.endswith(f"_{side}") and not name.startswith(arms)
        paint(item, colours["leg" if on_leg else "bone"], item["opacity"] * look.opacity)
