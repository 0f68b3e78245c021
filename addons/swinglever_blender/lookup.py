"""Find a result again in a scene, after reopening, renaming, appending or linking: by pointers, never by name."""

from dataclasses import dataclass
from typing import Any

import bpy

from .nodes import get_input, player_of
from .owned import own_blocks
from .summary import EMPTY, from_text
from .timing import TimeMap

#: Custom properties: the numbers of a result, on the empty that carries it; what an object is; which body it is; which
#: role a collection has.
ROOT_KEY, PART, BODY, ROLE = "swinglever_trial", "swinglever_part", "swinglever_body", "role"
ROLES = ("bodies", "muscles", "measured", "swing", "ghosts", "stage", "captions", "strobe", "rig")
FILM_CAMERA = "film camera"
COLOUR_WAYS = ("contribution", "activation", "power")
#: Texts that were parsed, the last few of them.
_PARSED: dict[int, dict[str, Any]] = {}
_KEPT = 6


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
    thickness
        Whether muscles are as thick as they pull.
    quantity
        What is plotted in place of the causes: the name of a metric or of a curve of the file.
    second
        Whether this is the second of two results, which has colours of its own and no stage.
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
    thickness: bool = False
    quantity: str = ""
    second: bool = False


def is_root(item: bpy.types.Object) -> bool:
    """Tell whether an object is the empty that carries a result; a duplicate of one is not."""
    if ROOT_KEY not in item:
        return False
    main = item.swinglever.main
    return main is None or main.get(ROOT_KEY) == item


def list_roots(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """List the results that a scene holds."""
    return [item for item in scene.objects if is_root(item)]


def folder_of(root: bpy.types.Object, role: str) -> bpy.types.Collection:
    """Find the collection of a result by what it holds; one that was deleted is made anew."""
    found = find_folder(root, role)
    if found is None:
        main = root.swinglever.main or root.users_collection[0]
        found = new_folder(role, main)
        root.swinglever.own.add().block = found
    return found


def find_folder(root: bpy.types.Object, role: str) -> bpy.types.Collection | None:
    """Find the collection of a result by what it holds; none if it was deleted."""
    collections = (block for block in own_blocks(root).values() if isinstance(block, bpy.types.Collection))
    return next((folder for folder in collections if folder.get(ROLE) == role), None)


def new_folder(role: str, parent: bpy.types.Collection) -> bpy.types.Collection:
    """Make a collection for things of one role."""
    folder = bpy.data.collections.new(f"{parent.name} {role}")
    folder[ROLE] = role
    parent.children.link(folder)
    return folder


def find_part(root: bpy.types.Object, part: str) -> bpy.types.Object | None:
    """Find an object of a result by what it is; none if there never was one, or a user deleted it."""
    return next((block for block in own_blocks(root).values() if block.get(PART) == part), None)


def camera_of(root: bpy.types.Object) -> bpy.types.Object | None:
    """Find the camera to render a result through: that of the runner's film where the figure stands before one."""
    film = find_part(root, FILM_CAMERA) if root.swinglever.film is not None else None
    return find_part(root, "camera") if film is None or root.swinglever.film_beside else film


def bodies_of(root: bpy.types.Object) -> dict[str, bpy.types.Object]:
    """Give body name to object."""
    return {block[BODY]: block for block in own_blocks(root).values() if BODY in block}


def colour_ways(root: bpy.types.Object) -> list[str]:
    """List the ways to colour the muscles that the result allows."""
    return [name for name in COLOUR_WAYS if name in muscle_columns(root)]


def muscle_columns(root: bpy.types.Object) -> list[str]:
    """List what the scene holds of each muscle at each sample; nothing where a user has taken its motion off."""
    player = player_of(find_part(root, "muscles"))
    cache = None if player is None else get_input(player, "Colours")
    return [] if cache is None else cache.data.attributes.keys()


def list_cases(root: bpy.types.Object) -> list[str]:
    """List the ablation cases whose ghost the scene holds."""
    folder = find_folder(root, "ghosts")
    return [] if folder is None else [child["case"] for child in folder.children if "case" in child]


def read_look(root: bpy.types.Object) -> Look:
    """Read how a result looks now."""
    return Look(**{name: getattr(root.swinglever, name) for name in Look.__dataclass_fields__})


def read_time_map(root: bpy.types.Object) -> TimeMap:
    """Read when what happens."""
    numbers = root[ROOT_KEY]
    return TimeMap(times_s=tuple(numbers["times_s"]), frames=tuple(numbers["frames"]))


def read_summary(root: bpy.types.Object) -> dict[str, Any]:
    """Read what the panel says; it is drawn at every frame, so the text is parsed once."""
    return _parsed(root.swinglever.text, EMPTY)


def read_curves(root: bpy.types.Object) -> dict[str, Any]:
    """Read the curves of the swing that the scene dwells on: name to unit and values over its percent."""
    return _parsed(root.swinglever.curves, {})


def _parsed(text: bpy.types.Text | None, otherwise: dict[str, Any]) -> dict[str, Any]:
    """Parse a text once; one that a user deleted, or wrote over, says nothing."""
    if text is None:
        return otherwise
    if text.session_uid not in _PARSED:
        for other in list(_PARSED)[: -_KEPT + 1]:
            del _PARSED[other]
        _PARSED[text.session_uid] = from_text(text.as_string(), otherwise)
    return _PARSED[text.session_uid]


def chosen_entry(root: bpy.types.Object) -> dict[str, Any]:
    """Read what the panel says of the swing that the scene dwells on; empty where there is none."""
    return read_summary(root)["swings"].get(root.swinglever.swing, {})


def _forget(*_args: object) -> None:
    _PARSED.clear()


#: Forgets what was parsed; Blender calls it before it opens another file.
forget_parsed = bpy.app.handlers.persistent(_forget)
