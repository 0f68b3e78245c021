"""Find a result again in a scene, after reopening too: everything needed is kept on the empty that carries it."""

from dataclasses import dataclass
from typing import Any

import bpy

from .nodes import get_input
from .summary import from_text
from .timing import TimeMap

ROOT_KEY = "swinglever"
_PARSED: dict[int, dict[str, Any]] = {}
ROLES = ("bodies", "muscles", "measured", "swing", "ghosts", "stage", "captions", "strobe")


@dataclass(frozen=True, kw_only=True)
class Look:
    """What to build and how it looks.

    Parameters
    ----------
    swing
        Identifier of the swing to dwell on; the first one if empty.
    speed
        Share of real speed.
    theme
        'light' or 'dark'.
    colour_by
        'activation', 'power' or 'contribution'; falls back to what the result has.
    ghost
        Ablation case shown, or 'none'.
    overground
        Carry a treadmill runner forward at the speed of the belt.
    captions
        Whether title, legend and plots hang before the camera.
    opacity
        Of bones or skin, beside what the model says; lower it to see muscles through a skin.
    measured
        Whether markers and ground forces are shown.
    second
        Whether this is the second of two results, which has colours of its own.
    """

    swing: str = ""
    speed: float = 0.25
    theme: str = "dark"
    colour_by: str = "contribution"
    ghost: str = ""
    overground: bool = False
    captions: bool = True
    opacity: float = 1.0
    measured: bool = False
    second: bool = False


def list_roots(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """List the results that a scene holds."""
    return [item for item in scene.objects if ROOT_KEY in item]


def folder_of(root: bpy.types.Object, role: str) -> bpy.types.Collection:
    """Find the collection of a result by what it holds."""
    return next(child for child in root.users_collection[0].children if child.get("role") == role)


def bodies_of(root: bpy.types.Object) -> dict[str, bpy.types.Object]:
    """Give body name to object."""
    return {item.data.name.partition(".")[0]: item for item in folder_of(root, "bodies").objects}


def muscles_of(root: bpy.types.Object) -> bpy.types.Object | None:
    """Find the muscles, if the result has any."""
    return next(iter(folder_of(root, "muscles").objects), None)


def colour_ways(root: bpy.types.Object) -> list[str]:
    """List the ways to colour the muscles that the result allows."""
    muscles = muscles_of(root)
    names = [] if muscles is None else get_input(muscles.modifiers[0], "Colours").data.attributes.keys()
    return [name for name in ("activation", "power", "contribution") if name in names]


def read_look(root: bpy.types.Object) -> Look:
    """Read how a result was built."""
    state, muscles = root[ROOT_KEY], muscles_of(root)
    colour_by = get_input(muscles.modifiers[0], "Colour by") if muscles is not None else "contribution"
    kept: dict[str, Any] = {name: state[name] for name in ("swing", "speed", "theme", "ghost", "opacity")}
    kept |= {name: bool(state[name]) for name in ("overground", "captions", "measured", "second")}
    return Look(colour_by=colour_by, **kept)


def read_time_map(root: bpy.types.Object) -> TimeMap:
    """Read when what happens."""
    state = root[ROOT_KEY]
    return TimeMap(times_s=tuple(state["times_s"]), frames=tuple(state["frames"]))


def read_summary(root: bpy.types.Object) -> dict[str, Any]:
    """Read what the panel says; it is drawn at every frame, so the text is parsed once."""
    text = bpy.data.texts[root[ROOT_KEY]["text"]]
    if text.session_uid not in _PARSED:
        _PARSED.clear()
        _PARSED[text.session_uid] = from_text(text.as_string())
    return _PARSED[text.session_uid]


def root_of_camera(scene: bpy.types.Scene) -> bpy.types.Object | None:
    """Find the result whose camera the scene looks through."""
    for root in list_roots(scene):
        if scene.camera is not None and scene.camera.name in folder_of(root, "stage").objects:
            return root
    return None
