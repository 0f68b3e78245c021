"""A skeleton of bones out of the poses of bodies: names, parents, a rest pose, and what each bone has to do.

Nothing here knows Blender. Poses are (T, 4, 4) in OpenSim's axes, the trial's own.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .families import part_of

#: Ways to name bones; `model` keeps the names of the bodies.
NAMINGS = ("model", "rigify", "mixamo", "ue")
_ARM = ("upper_arm", "forearm", "radius", "hand")
#: A bone that ends nowhere is so long.
_STUB_M = 0.08


@dataclass(frozen=True, kw_only=True, eq=False)
class Bone:
    """A bone that moves with a body.

    Parameters
    ----------
    body, name
        The body's name, and the bone's.
    parent
        Body of the bone above; none for one that hangs on nothing.
    rest
        (4, 4) pose of the body at rest.
    tail_m
        (3,) where the bone ends at rest.
    """

    body: str
    name: str
    parent: str | None
    rest: np.ndarray
    tail_m: np.ndarray


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).resolve().parent / "bones.toml").read_text(encoding="utf-8"))


def name_bone(body: str, naming: str) -> str:
    """Name the bone of a body as a kind of rig does; as the model does where that kind has none."""
    part, side = part_of(body)
    known = {} if naming == "model" else _table()["names"][naming]
    if part not in known:
        return body
    sides = {"side": side, "SIDE": side.upper(), "Side": {"r": "Right", "l": "Left"}.get(side, "")}
    return str(known[part].format(**sides))


def find_parents(bodies: list[str]) -> dict[str, str | None]:
    """Find the body above each body, parents before children; one that no family knows hangs on nothing."""
    places = {part_of(body): body for body in reversed(bodies)}
    parents: dict[str, str | None] = {}

    def parent_of(body: str) -> str | None:
        part, side = part_of(body)
        above = _table()["parents"].get(part)
        while above is not None:
            found = places.get((above, side)) or places.get((above, ""))
            if found is not None:
                return found
            above = _table()["parents"].get(above)
        return None

    left = {body: parent_of(body) for body in bodies}
    while left:
        ready = [body for body, parent in left.items() if parent is None or parent in parents]
        parents |= {body: left.pop(body) for body in ready}
    return parents


def build_skeleton(poses: Mapping[str, np.ndarray], naming: str) -> list[Bone]:
    """Build bones whose rest pose is the model upright, its arms out to the sides: a T.

    At rest a body is turned as ground is, which is how models of OpenSim stand when all their coordinates are zero; it
    stands off its parent as far as it does on average, and the first of them above the origin.
    """
    parents, rest = find_parents(list(poses)), dict[str, np.ndarray]()
    for body, parent in parents.items():
        pose = np.eye(4)
        pose[:3, :3] = _turn_at_rest(*part_of(body))
        if parent is None:
            pose[1, 3] = poses[body][:, 1, 3].mean()
        else:
            away = (np.linalg.inv(poses[parent]) @ poses[body])[:, :3, 3].mean(axis=0)
            pose[:3, 3] = rest[parent][:3, 3] + rest[parent][:3, :3] @ away
        rest[body] = pose
    names = {body: name_bone(body, naming) for body in parents}
    return [
        Bone(body=body, name=names[body], parent=parent, rest=rest[body], tail_m=_tail_of(body, parents, rest))
        for body, parent in parents.items()
    ]


def _turn_at_rest(part: str, side: str) -> np.ndarray:
    """Turn an arm, which hangs along -y, out to its side: z is to the right."""
    if part not in _ARM:
        return np.eye(3)
    sign = 1.0 if side == "r" else -1.0
    return np.array([[1.0, 0.0, 0.0], [0.0, 0.0, sign], [0.0, -sign, 0.0]])


def _tail_of(body: str, parents: Mapping[str, str | None], rest: Mapping[str, np.ndarray]) -> np.ndarray:
    """End a bone at the joint of the part that goes on from it; else let it go on as its parent does, a little."""
    follow = {"thigh": "shank", "shank": "foot", "foot": "toes", "upper_arm": "forearm", "forearm": "hand"}
    part, side = part_of(body)
    here, parent = rest[body][:3, 3], parents[body]
    child = next((other for other in parents if part_of(other) == (follow.get(part), side)), None)
    if child is not None and np.linalg.norm(rest[child][:3, 3] - here) > _STUB_M / 4:
        return rest[child][:3, 3]
    ways = {"toes": [1.0, 0.0, 0.0], "ankle": [1.0, 0.0, 0.0], "pelvis": [0.0, 1.0, 0.0], "torso": [0.0, 3.0, 0.0]}
    way = np.array(ways.get(part, [0.0, 1.0, 0.0]))
    if part in _ARM and parent is not None:
        way = rest[body][:3, :3] @ np.array([0.0, -1.0, 0.0])
    return here + _STUB_M * way


def basis_of(
    pose: np.ndarray, parent_pose: np.ndarray | None, rest: np.ndarray, parent_rest: np.ndarray | None
) -> np.ndarray:
    """Give what a bone does from its rest, (T, 4, 4), out of its own poses and its parent's: of bones, not bodies."""
    if parent_pose is None or parent_rest is None:
        return np.linalg.inv(rest) @ pose
    held = np.linalg.inv(parent_rest) @ rest
    return np.linalg.inv(held) @ np.linalg.inv(parent_pose) @ pose
