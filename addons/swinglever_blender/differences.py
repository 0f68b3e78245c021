"""How far a second runner's joints are from the first's, pelvis on pelvis: lines at the first figure, and a number."""

import bpy
import numpy as np

from .build import Spot, new_object
from .families import find_body
from .lookup import bodies_of, chosen_entry, find_folder, find_part, folder_of, list_roots
from .muscles import add_strands
from .owned import building, claim, clear_folder
from .palette import THEMES, linear
from .readout import Place, add_readout
from .rig import poses_of, reach_of
from .unpack import plain_strands

_RADIUS_M = 0.007
#: Size of the words, and how far they stand below the title, in caption units.
_WORDS, _BELOW = 0.020, 0.030


def first_of(second: bpy.types.Object) -> bpy.types.Object | None:
    """Find the result that a second one is compared with."""
    roots = (root for scene in second.users_scene for root in list_roots(scene))
    return next((root for root in roots if not root.swinglever.second), None)


def second_of(root: bpy.types.Object) -> bpy.types.Object | None:
    """Find the second result of a scene, for the first or for itself."""
    roots = (other for scene in root.users_scene for other in list_roots(scene))
    return next((other for other in roots if other.swinglever.second), None)


def apply_differences(second: bpy.types.Object) -> None:
    """Draw a line from where each joint of the second runner would be to where the first one has it, or none."""
    clear_folder(second, find_folder(second, "differences"))
    first = first_of(second)
    if not second.swinglever.differences or first is None or not share_leg(first, second):
        return
    if not (bodies_of(first) and bodies_of(second)):  # a user deleted them
        return
    frames, names, ends = compare_poses(first, second)
    if not names:
        return
    with building() as made:
        folder = folder_of(second, "differences")
        holder = new_object("Differences", None, folder)
        holder.empty_display_size = 0.05
        colours = np.broadcast_to(linear(THEMES["second"]["leg"]), (*ends.shape[:2], 4))
        spot = Spot(collection=folder, root=holder, frames=frames)
        add_strands(
            "Differences", plain_strands(ends), {"colour": colours}, spot, radius_m=_RADIUS_M, colour_by="colour"
        )
        _count(first, folder, frames, names, ends)
    claim(second, made)


def share_leg(first: bpy.types.Object, second: bpy.types.Object) -> bool:
    """Tell whether two results show a swing of the same leg: else one swings it while the other stands on it."""
    return chosen_entry(first).get("side") == chosen_entry(second).get("side")


def compare_poses(first: bpy.types.Object, second: bpy.types.Object) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Give the frames that both have (F,), the bodies that both have, and the ends of their lines (F, b, 2, 3), world.

    A line begins where the second runner's body is off his pelvis, at the first one's pelvis, and ends at the first's.
    """
    reach = np.array([reach_of(root) for root in (first, second)])
    frames = np.arange(np.ceil(reach[:, 0].max() - 1e-3), np.floor(reach[:, 1].min() + 1e-3) + 1)
    own, theirs = (poses_of(root, frames) for root in (first, second))
    names = [name for name in own if name in theirs]
    pelvis = find_body(names, "pelvis")
    if len(frames) < 2 or pelvis is None:
        return frames, [], np.empty((len(frames), 0, 2, 3))
    here, there = (np.stack([poses[name][:, :3, 3] for name in names], axis=1) for poses in (own, theirs))
    moved = there + (here - there)[:, pelvis : pelvis + 1]
    return frames, names, np.stack([moved, here], axis=2)


def _count(
    first: bpy.types.Object, folder: bpy.types.Collection, frames: np.ndarray, names: list[str], ends: np.ndarray
) -> None:
    """Count how far the heels of the swing legs are apart, below what the title says of the second runner."""
    plane, heel = find_part(first, "plane"), find_body(names, "foot", chosen_entry(first).get("side", "r"))
    captions = find_folder(first, "captions")
    title = [item.location for item in captions.objects if item.type == "FONT"] if captions is not None else []
    if plane is None or heel is None or not title:
        return
    left, lowest, _ = min(title, key=lambda place: place.y)
    apart_cm = 100.0 * np.linalg.norm(ends[:, heel, 1] - ends[:, heel, 0], axis=1)
    place = Place(
        collection=folder,
        holder=plane,
        at=(left, lowest - _BELOW, 0.0),
        size=_WORDS,
        ink=THEMES["second"]["leg"],
        theme=first.swinglever.theme,
    )
    add_readout("Apart", dict(zip(frames, apart_cm, strict=True)), place, before="heels apart ", after=" cm")
