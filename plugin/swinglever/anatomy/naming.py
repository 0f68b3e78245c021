"""What is what in a model whose names no table has: what a user says of its legs and muscles."""

from collections.abc import Collection
from dataclasses import replace

from swinglever.anatomy.groups import muscle_table
from swinglever.anatomy.legs import find_legs
from swinglever.anatomy.model import Leg, Model
from swinglever.errors import InputError, named
from swinglever.records.names import BONES, Names


def names_of(model: Model, leg: Leg) -> dict[str, str]:
    """Names of the parts of a leg in its model, by what they are."""
    bodies = (leg.pelvis_body, leg.thigh, leg.shank, leg.ankle_body, leg.foot, leg.toes)
    bones = {kind: model.body_names[b] for kind, b in zip(BONES, bodies, strict=True) if b >= 0}
    return {
        "knee": model.coordinate_names[leg.knee],
        "hip_flexion": model.coordinate_names[leg.hip_flexion],
        **bones,
    }


def name_parts(model: Model, names: Names) -> Model:
    """Give the model with its legs and groups of muscles as a user names them.

    Raises
    ------
    InputError
        When the model has no such coordinate, body or muscle, or there is no such group.
    """
    for side, parts in names.legs.items():
        for kind, name in parts.items():
            there = model.body_names if kind in BONES else model.coordinate_names
            _require(names.place, f"[{side}] {kind}", name, there)
    legs = find_legs(model.tree, model.coordinates, model.body_names, names.legs)
    doubts = tuple(d for d in model.doubts if not (names.legs and d.startswith("found by how")))
    model = replace(model, legs=legs, doubts=doubts)
    if not names.muscles:
        return model
    own = model.require_muscles()
    for muscle, group in names.muscles.items():
        _require(names.place, f"[muscles] {group}", muscle, own.names)
        _require(names.place, "[muscles]", group, muscle_table()["muscle_groups"], "a group of muscles")
    return replace(model, musculature=replace(own, known_groups={**own.known_groups, **names.muscles}))


def _require(place: str, where: str, name: str, there: Collection[str], what: str = "a name of the model") -> None:
    if name not in there:
        raise InputError(f"{place} {where}: expected {what}, got {name!r}; there are {named(sorted(there), 99)}")
