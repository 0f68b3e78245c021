"""The parts of a leg by how a model is built, for models whose names no table has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.multibody.configuration import Configuration, place
from swinglever.anatomy.multibody.tree import Tree
from swinglever.arrays import Array

_LEAST_DROP_M = 0.5
"""A leg reaches so far down below the pelvis, in the model's default pose: the arms that hang beside it do not."""
_ALIGNED = np.cos(np.pi / 4)
"""Knees and hips flex about the pelvis's sideways axis, to within 45 degrees."""
_LEAST_BODIES = 3
"""Thigh, shank and foot."""


@dataclass(frozen=True, kw_only=True)
class LegParts:
    """Indices of coordinates and bodies of one leg; ``toes`` is -1 where there are none."""

    knee: int
    hip_flexion: int
    bodies: Mapping[str, int]


def find_parts(tree: Tree, defaults: Array) -> dict[str, LegParts]:
    """Find the legs of a model: the chains below the pelvis that reach the ground, one to its right, one to its left.

    Parameters
    ----------
    tree, defaults
        The bodies and what moves them; the default coordinates (n), in which a model stands.
    """
    placed, parent = place(tree, defaults), _parents(tree)
    roots = [b for b, above in enumerate(parent) if above < 0]
    if not roots:
        return {}
    pelvis = max(roots, key=lambda b: len(_below(parent, b)))
    found: dict[str, LegParts] = {}
    for thigh in (b for b, above in enumerate(parent) if above == pelvis):
        chain = _chain(parent, placed.body_position, thigh)
        drop = placed.body_position[pelvis, 1] - placed.body_position[chain, 1].min()
        aside = float((placed.body_position[thigh] - placed.body_position[pelvis]) @ placed.body_rotation[pelvis][:, 2])
        if len(chain) < _LEAST_BODIES or drop < _LEAST_DROP_M or aside == 0.0:
            continue
        parts = _parts(tree, placed, pelvis, chain)
        if parts is not None:
            found["r" if aside > 0 else "l"] = parts
    return found


def _parents(tree: Tree) -> list[int]:
    """The body that carries each body; -1 for one that the ground carries.

    Of bodies that are welded to one another the one nearest to their joint carries the next.
    """
    carried_by = tree.body_ancestors[:, tree.body_joint] > 0
    order = [(depth, off) for depth, off in zip(tree.body_ancestors.sum(axis=1), _offsets(tree), strict=True)]
    parents = []
    for b in range(len(order)):
        above = [a for a in np.flatnonzero(carried_by[b]) if order[a] < order[b] and tree.body_joint[a] >= 0]
        parents.append(max(above, key=lambda a: order[a], default=-1))
    return [int(p) for p in parents]


def _offsets(tree: Tree) -> Array:
    """Distance (b) of each body's frame from that of its joint."""
    return np.asarray(np.linalg.norm(tree.body_position, axis=1))


def _below(parent: Sequence[int], body: int) -> list[int]:
    """Every body that a body carries."""
    own = [b for b, above in enumerate(parent) if above == body]
    return own + [c for b in own for c in _below(parent, b)]


def _chain(parent: Sequence[int], position_m: Array, body: int) -> list[int]:
    """A body and what it carries, at every fork the branch that carries most, then the one that reaches furthest."""
    own = [b for b, above in enumerate(parent) if above == body]
    if not own:
        return [body]
    following = max(own, key=lambda b: (len(_below(parent, b)), np.linalg.norm(position_m[b] - position_m[body])))
    return [body, *_chain(parent, position_m, following)]


def _parts(tree: Tree, placed: Configuration, pelvis: int, chain: Sequence[int]) -> LegParts | None:
    thigh, shank, *feet = chain
    moves = (tree.body_ancestors @ tree.drives) > 0
    sideways = placed.body_rotation[pelvis][:, 2]
    knee = _about(tree, placed, np.flatnonzero(moves[shank] & ~moves[thigh]), sideways, either=True)
    hip = _about(tree, placed, np.flatnonzero(moves[thigh] & ~moves[pelvis]), sideways, either=False)
    if knee < 0 or hip < 0:
        return None
    foot = feet[1] if len(feet) > 2 else feet[0]
    toes = feet[2] if len(feet) > 2 else feet[1] if len(feet) == 2 else -1
    bodies = {"pelvis": pelvis, "thigh": thigh, "shank": shank, "ankle": feet[0], "foot": foot, "toes": toes}
    return LegParts(knee=knee, hip_flexion=hip, bodies=bodies)


def _about(tree: Tree, placed: Configuration, coordinates: Iterable[np.intp], axis: Array, *, either: bool) -> int:
    """Coordinate that turns most nearly about an axis, in its sense unless ``either`` serves; -1 where none does."""
    best, found = _ALIGNED, -1
    for k in coordinates:
        turning = [j for j in np.flatnonzero(tree.drives[:, k]) if not tree.slides[j]]
        if not turning:
            continue
        along = float(placed.units[turning[0], :3] @ axis)
        if (abs(along) if either else along) > best:
            best, found = abs(along), int(k)
    return found
