"""Ghost legs: the swing leg as it would have moved without some of its forces."""

import bpy
import numpy as np

from .bodies import key_pose
from .build import Spot, new_collection, new_object, paint
from .drift import spot_on
from .keys import Track
from .lever import add_trace
from .lookup import bodies_of, folder_of
from .palette import GHOSTS, linear
from .result import Ghost
from .timing import TimeMap

_SPARE = "#C9B458"
#: A ghost stays behind the leg that was measured; one of flesh lies over its muscles too, and is clearer still.
_CLEAR = 0.25


def add_ghosts(
    ghosts: dict[str, Ghost], root: bpy.types.Object, ground: bpy.types.Object, time_map: TimeMap, shown: str
) -> None:
    """Add a leg for every case, one of them shown; each in a collection of its own name."""
    folder = folder_of(root, "ghosts")
    for case, ghost in ghosts.items():
        inner = new_collection(f"{folder.name} {case}", folder)
        inner["case"] = case
        _add_ghost(case, ghost, spot_on(inner, root, ground, time_map.to_frames(ghost.time_s)))
        inner.hide_viewport = inner.hide_render = case != shown


def colour_of_case(case: str) -> str:
    """Name the colour of an ablation case."""
    return GHOSTS.get(case, _SPARE)


def _add_ghost(case: str, ghost: Ghost, spot: Spot) -> None:
    track, bodies = Track(f"{spot.collection.name} ghost"), bodies_of(spot.root)
    for index, name in enumerate(ghost.body_names):
        if name in bodies:
            item = new_object(f"{name} {case}", bodies[name].data, spot.collection, spot.root)
            paint(item, colour_of_case(case), _CLEAR * bodies[name].get("glass", 1.0))
            key_pose(track, item, spot.frames, ghost.body_pose[:, index])
            track.show_between(item, spot.frames[0], spot.frames[-1])
    colours = np.broadcast_to(linear(colour_of_case(case)), (len(spot.frames), 4))
    add_trace(f"Heel path {case}", ghost.heel_m, colours, spot, dashed=True)
