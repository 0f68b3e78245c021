"""Checks of the model: what it needs for swings, and what its engine doubted."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from swinglever.anatomy.model import Model, Side
from swinglever.checks.muscle_arms import check_arms
from swinglever.checks.muscles import bare_legs, check_fibres
from swinglever.checks.names import some
from swinglever.checks.ranges import check_model_ranges
from swinglever.records.faults import Fault, error, warning
from swinglever.records.parameters import Parameters

_UNIT = 1e-6
"""What the length of an axis may be off by."""
_STEEPEST_RAD = np.radians(25.0)
"""Who runs uphill on a belt may tilt gravity; no belt is steeper."""


def check_model(model: Model) -> list[Fault]:
    """Legs that were not found, and what the user should know of how the model was loaded."""
    place = model.told_as
    faults = [Fault(code="model", severity="note", place=place, got=doubt) for doubt in model.doubts]
    faults += [*_check_legs(model), *check_model_ranges(place, model), *_check_gravity(place, model)]
    return [*faults, *check_fibres(model), *check_arms(model)]


def _check_legs(model: Model) -> list[Fault]:
    absent = [side for side in ("r", "l") if side not in model.legs]
    if not absent:
        return []
    make = warning if model.legs else error
    expected = "a knee, hip, thigh, shank and foot on both sides"
    got = f"none on {' and '.join(absent)} (coordinates: {some(model.coordinate_names, 40)})"
    mend = "say which is what with --names, or name its parts as model families do: knee_angle_r, femur_r"
    return [make("model-legs", model.told_as, expected, got, mend)]


def check_whole(model: Model) -> list[Fault]:
    """A model without any leg, or without numbers: nothing else of it, and no trial beside it, can be looked at."""
    return _check_numbers(model) or ([] if model.legs else _check_legs(model))


def _check_numbers(model: Model) -> list[Fault]:
    """Joints and bodies that are told without numbers."""
    tree, place = model.tree, model.told_as
    of_bodies = (tree.body_rotation, tree.body_position, model.masses.inertia_kg_m2)
    rows = (tree.fixed_rotation, tree.fixed_position, tree.axis), of_bodies
    joints, bodies = (
        np.any([~np.isfinite(each).reshape(len(each), -1).all(axis=1) for each in some], axis=0) for some in rows
    )
    joints |= ~(np.abs(np.linalg.norm(tree.axis, axis=1) - 1.0) < _UNIT)
    curves = [*tree.joints.functions, *tree.couplers.functions]
    lost = np.flatnonzero(bodies | (tree.body_ancestors @ joints > 0))
    if not len(lost) and all(np.isfinite(curve.c).all() and np.isfinite(curve.x).all() for curve in curves):
        return []
    got = f"some that are none, at {model.body_names[lost[0]]}" if len(lost) else "some that are none"
    expected, mend = "joints, their curves and inertias told in numbers", "look for nan and inf in the model"
    return [error("model-place", place, expected, got, mend)]


def _check_gravity(place: str, model: Model) -> list[Fault]:
    """Gravity along another axis than the second: feet, forces and markers are looked at with that axis up."""
    if not model.gravity.any() or -model.gravity[1] > np.cos(_STEEPEST_RAD) * np.linalg.norm(model.gravity):
        return []
    got = f"({', '.join(f'{g:g}' for g in model.gravity)}) m/s2"
    return [
        error("model-gravity", place, "gravity along -y, as in OpenSim", got, "turn the model, or mend its gravity")
    ]


def settle_side(model: Model, parameters: Parameters) -> tuple[Parameters, list[Fault]]:
    """Leave out a leg that cannot be analysed, and tell of it; an error where no leg is left that was asked for.

    That is one whose knee or hip is locked, or one without muscles beside one that has them.

    Parameters
    ----------
    model, parameters
        Another joint that the model locks is a warning: the body may move there, the model cannot.
    """
    place, told = model.told_as, _tell_locked(model)
    for code, expected, got, told_as, mend in _hindrances(model, parameters):
        out = [side for side in got if parameters.side in (side, "both")]
        free = [side for side in model.legs if side not in got and parameters.side in (side, "both")]
        if not out:
            continue
        what = told_as.format(some([name for names in got.values() for name in names]))
        if not free:
            return parameters, [error(code, place, expected, what, mend)]
        kept = f"only leg {free[0]} is analysed; {mend} for both"
        parameters, told = replace(parameters, side=free[0]), [warning(code, place, expected, what, kept), *told]
    return parameters, told


def _hindrances(model: Model, parameters: Parameters) -> Iterator[tuple[str, str, dict[Side, list[str]], str, str]]:
    """Give a code, what was expected, what came by leg, how to say it, and what to do."""
    stiff = {
        side: [c.name for k in (leg.knee, leg.hip_flexion) if (c := model.coordinates[k]).locked]
        for side, leg in model.legs.items()
    }
    locked = {side: names for side, names in stiff.items() if names}
    yield "model-knee", "knees and hips that may bend", locked, "{} locked", "unlock it in the model"
    bare = {side: [str(side)] for side in (bare_legs(model) if parameters.muscle_solver != "none" else ())}
    mend = "add them to the model, or say --muscle-solver none"
    yield "model-muscles", "muscles across the knee", bare, "none on leg {}", mend


def _tell_locked(model: Model) -> list[Fault]:
    """Coordinates of the pelvis and of hips and ankles that are locked, beside those that are as a rule."""
    if not model.legs:
        return []
    moves = (model.tree.body_ancestors @ model.tree.drives) > 0
    legs = list(model.legs.values())
    needed = set(np.flatnonzero(moves[legs[0].pelvis_body])) | {k for leg in legs for k in leg.hip}
    needed |= {k for leg in legs for k in np.flatnonzero(moves[leg.ankle_body] & ~moves[leg.shank])}
    stuck = [model.coordinates[k].name for k in sorted(needed) if model.coordinates[k].locked]
    stuck = [name for name in stuck if name not in {model.coordinates[leg.hip_flexion].name for leg in legs}]
    if not stuck:
        return []
    place = model.told_as
    expected, got = "pelvis, hips and ankles that may move", f"{some(stuck)} locked"
    return [
        warning("model-locked", place, expected, got, "unlock them in the model, unless the body cannot move there")
    ]
