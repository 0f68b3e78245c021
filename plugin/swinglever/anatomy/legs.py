"""Finds the legs in a model: by names from a table, else by how it is built; everything else from the tree."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np

from swinglever.anatomy.leg_parts import LegParts, find_parts
from swinglever.anatomy.model import Coordinate, Leg, Side
from swinglever.anatomy.multibody.tree import Tree
from swinglever.records.names import BONES
from swinglever.system.resources import model_table


@cache
def family_names() -> Mapping[str, Any]:
    """Read the table of names by model family."""
    return model_table("families.toml")


Named = Mapping[Side, Mapping[str, str]]
"""Names of the parts of each leg: ``knee`` and ``hip_flexion`` (coordinates), and ``BONES`` (bodies)."""


def find_legs(
    tree: Tree, coordinates: Sequence[Coordinate], bodies: Sequence[str], named: Named = MappingProxyType({})
) -> dict[Side, Leg]:
    """Find the legs that the model has; a side whose knee or bones are not there is left out.

    Parameters
    ----------
    tree
        The bodies and what moves them.
    coordinates
        The free coordinates.
    bodies
        Names of the bodies.
    named
        What is known to be what, before all tables; only names that the model has.
    """
    legs: dict[Side, Leg] = {}
    sides: tuple[Side, Side] = ("r", "l")
    for side in sides:
        leg = _find_leg(tree, coordinates, bodies, side, named.get(side, {}))
        if leg is not None:
            legs[side] = leg
    return legs


def _find_leg(
    tree: Tree, coordinates: Sequence[Coordinate], bodies: Sequence[str], side: Side, named: Mapping[str, str]
) -> Leg | None:
    found = _named_parts(coordinates, bodies, side, named)
    if found is None and (named or _names_knee(coordinates, side) or not _names_any(coordinates)):
        by_structure = find_parts(tree, np.array([c.default for c in coordinates])).get(side)
        found = None if by_structure is None else _renamed(by_structure, coordinates, bodies, named)
    if found is None:
        return None
    knee, hip_flexion, parts = found.knee, found.hip_flexion, found.bodies
    moves = (tree.body_ancestors @ tree.drives) > 0
    below_pelvis = ~moves[parts["pelvis"]]
    hip = moves[parts["thigh"]] & below_pelvis
    distal = (moves[parts["foot"]] | moves[parts["toes"]]) & ~moves[parts["shank"]]
    whole = hip | distal | (moves[parts["shank"]] & below_pelvis)
    free = np.array([not c.locked for c in coordinates])
    return Leg(
        side=side,
        knee=knee,
        knee_sign=knee_flexion_sign(coordinates[knee]),
        hip_flexion=hip_flexion,
        hip=_indices(hip),
        distal=_indices(distal),
        pelvis_body=parts["pelvis"],
        thigh=parts["thigh"],
        shank=parts["shank"],
        ankle_body=parts["ankle"],
        foot=parts["foot"],
        toes=parts["toes"],
        bodies=_indices((moves[:, hip]).any(axis=1)),
        released=_indices(whole & free),
    )


def _named_parts(
    coordinates: Sequence[Coordinate],
    bodies: Sequence[str],
    side: Side,
    named: Mapping[str, str] = MappingProxyType({}),
) -> LegParts | None:
    """Parts of a leg by what is known and by the table of names; None where one is not there."""
    names = [c.name for c in coordinates]
    knee, hip_flexion = (_first(kind, "coordinates", names, side) for kind in ("knee", "hip_flexion"))
    parts = {kind: _first(kind, "bodies", bodies, side) for kind in family_names()["bodies"]}
    found = _renamed(LegParts(knee=knee, hip_flexion=hip_flexion, bodies=parts), coordinates, bodies, named)
    needed = [found.knee, found.hip_flexion, *(found.bodies[k] for k in BONES if k != "toes")]
    return None if -1 in needed else found


def _renamed(
    parts: LegParts, coordinates: Sequence[Coordinate], bodies: Sequence[str], named: Mapping[str, str]
) -> LegParts:
    """Parts of a leg with those that are known by name in place of what was found."""
    names = [c.name for c in coordinates]
    turning = {kind: names.index(named[kind]) for kind in ("knee", "hip_flexion") if kind in named}
    bones = {kind: bodies.index(named[kind]) for kind in BONES if kind in named}
    return replace(parts, **turning, bodies={**parts.bodies, **bones})


def _names_any(coordinates: Sequence[Coordinate]) -> bool:
    """Whether the table knows a knee of the model: then a leg whose knee it does not know is not there."""
    return any(_names_knee(coordinates, side) for side in ("r", "l"))


def _names_knee(coordinates: Sequence[Coordinate], side: str) -> bool:
    """Whether the table knows the knee of a leg: then the leg is there, under whatever names its bodies have."""
    return _first("knee", "coordinates", [c.name for c in coordinates], side) >= 0


def told_by_structure(
    legs: Mapping[Side, Leg], coordinates: Sequence[Coordinate], bodies: Sequence[str]
) -> tuple[str, ...]:
    """Say which legs were found by how the model is built, and what was taken for what."""
    told = [
        f"leg {side}: {coordinates[leg.knee].name!r} taken for the knee, {coordinates[leg.hip_flexion].name!r} for hip "
        f"flexion, {bodies[leg.foot]!r} for the foot"
        for side, leg in legs.items()
        if _named_parts(coordinates, bodies, side) is None
    ]
    return (f"found by how the model is built, as no table has its names: {'; '.join(told)}",) if told else ()


def knee_flexion_sign(knee: Coordinate) -> float:
    """Tell whether the model's knee angle grows (+1) or falls (-1) with flexion: knees bend further one way."""
    return 1.0 if abs(knee.maximum) >= abs(knee.minimum) else -1.0


def _first(kind: str, table: str, available: Sequence[str], side: str) -> int:
    for template in family_names()[table][kind]:
        if template.format(side=side) in available:
            return available.index(template.format(side=side))
    return -1


def _indices(mask: np.ndarray[Any, np.dtype[np.bool_]]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.flatnonzero(mask))
