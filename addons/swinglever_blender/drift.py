"""What stays on the ground while a figure is carried over it: paths and areas that the swing leaves behind.

A figure that is carried has the keys of its way on its own empty. What it leaves behind hangs on a second empty, turned
alike, that stands still.
"""

import bpy
import numpy as np

from .build import Spot, new_object
from .keys import curves_of
from .lookup import PART, find_part
from .owned import is_marked


def is_carried(root: bpy.types.Object) -> bool:
    """Tell whether a figure has a way of its own over the ground."""
    return bool(root.animation_data and is_marked(root.animation_data.action))


def find_ground(root: bpy.types.Object) -> bpy.types.Object:
    """Give the empty that stands still: the figure's own where it is not carried."""
    if not is_carried(root):
        return root
    found = find_part(root, "ground frame")
    if found is None:
        found = new_object(f"{root.name} ground", None, root.swinglever.main or root.users_collection[0])
        found.rotation_euler, found.empty_display_size, found[PART] = root.rotation_euler, 0.1, "ground frame"
    return found


def spot_on(
    collection: bpy.types.Collection, root: bpy.types.Object, ground: bpy.types.Object, frames: np.ndarray
) -> Spot:
    """Say where and when something of a swing moves, and how far the figure is carried meanwhile."""
    drift = np.zeros((len(frames), 3))
    for curve in curves_of(root) if is_carried(root) else ():
        if curve.data_path == "location":
            drift[:, curve.array_index] = [curve.evaluate(frame) for frame in frames]
    turn = np.array(root.rotation_euler.to_matrix())
    return Spot(collection=collection, root=root, frames=frames, ground=ground, drift_m=drift @ turn)
