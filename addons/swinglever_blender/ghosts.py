"""Ghost legs: the swing leg as it would have moved without some of its forces."""

import bpy
import numpy as np

from .bodies import key_pose
from .build import new_collection, new_object, paint
from .keys import Track
from .lever import add_trace
from .palette import GHOSTS, linear
from .result import Ghost
from .timing import TimeMap

_SPARE = "#C9B458"


def add_ghosts(
    ghosts: dict[str, Ghost],
    bodies: dict[str, bpy.types.Object],
    time_map: TimeMap,
    collection: bpy.types.Collection,
    root: bpy.types.Object,
    shown: str,
) -> None:
    """Add a leg for every case, one of them shown; each in a collection of its own name."""
    for case, ghost in ghosts.items():
        folder = new_collection(f"{collection.name} {case}", collection)
        folder["case"] = case
        _add_ghost(case, ghost, bodies, time_map, folder, root)
        show_collection(folder, visible=case == shown)


def show_collection(collection: bpy.types.Collection, *, visible: bool) -> None:
    """Show or hide a collection on screen and in renders."""
    collection.hide_viewport = collection.hide_render = not visible


def colour_of_case(case: str) -> str:
    """Name the colour of an ablation case."""
    return GHOSTS.get(case, _SPARE)


def _add_ghost(
    case: str,
    ghost: Ghost,
    bodies: dict[str, bpy.types.Object],
    time_map: TimeMap,
    collection: bpy.types.Collection,
    root: bpy.types.Object,
) -> None:
    frames = time_map.to_frames(ghost.time_s)
    track = Track(f"{collection.name} ghost")
    for index, name in enumerate(ghost.body_names):
        if name in bodies:
            item = new_object(f"{name} {case}", bodies[name].data, collection, root)
            paint(item, colour_of_case(case), 0.5)
            key_pose(track, item, frames, ghost.body_pose[:, index])
            track.show_between(item, frames[0], frames[-1])
    colours = np.broadcast_to(linear(colour_of_case(case)), (len(frames), 4))
    add_trace(f"Heel path {case}", ghost.heel_m, colours, frames, collection, root)
