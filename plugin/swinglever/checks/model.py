"""Checks of the model: what it needs for swings, and what its engine doubted."""

from dataclasses import replace

import numpy as np

from swinglever.anatomy.model import Leg, Model, Side
from swinglever.checks.muscles import check_fibres
from swinglever.checks.names import some
from swinglever.checks.ranges import check_model_ranges
from swinglever.records.faults import Fault, error, warning
from swinglever.records.parameters import Parameters

_STEEPEST_RAD = np.radians(25.0)
"""Who runs uphill on a belt may tilt gravity; no belt is steeper."""


def check_model(model: Model) -> list[Fault]:
    """Legs that were not found, and what the user should know of how the model was loaded."""
    place = model.name if model.file is None else str(model.file)
    faults = [Fault(code="model", severity="note", place=place, got=doubt) for doubt in model.doubts]
    absent = [side for side in ("r", "l") if side not in model.legs]
    if absent:
        faults.append(
            Fault(
                code="model-legs",
                severity="warning" if model.legs else "error",
                place=place,
                expected="a knee, hip, thigh, shank and foot on both sides",
                got=f"none on {' and '.join(absent)} (coordinates: {some(model.coordinate_names, 40)})",
                mend="say which is what with --names, or name its parts as model families do: knee_angle_r, femur_r",
            )
        )
    return [*faults, *check_model_ranges(place, model), *_check_gravity(place, model), *check_fibres(model)]


def _check_gravity(place: str, model: Model) -> list[Fault]:
    """Gravity along another axis than the second: feet, forces and markers are looked at with that axis up."""
    if not model.gravity.any() or -model.gravity[1] > np.cos(_STEEPEST_RAD) * np.linalg.norm(model.gravity):
        return []
    got = f"({', '.join(f'{g:g}' for g in model.gravity)}) m/s2"
    return [
        error("model-gravity", place, "gravity along -y, as in OpenSim", got, "turn the model, or mend its gravity")
    ]


def settle_side(model: Model, parameters: Parameters) -> tuple[Parameters, list[Fault]]:
    """Leave out the leg whose knee or hip is locked, and tell of it; an error where no leg is left that was asked for.

    Parameters
    ----------
    model, parameters
        Another joint that the model locks is a warning: the body may move there, the model cannot.
    """
    place, side = model.name if model.file is None else str(model.file), parameters.side
    stiff = {
        s: [c for k in (leg.knee, leg.hip_flexion) if (c := model.coordinates[k]).locked] for s, leg in _legs(model)
    }
    locked = {s: own for s, own in stiff.items() if own}
    free, told = [s for s in model.legs if s not in locked and side in (s, "both")], _tell_locked(place, model)
    if not any(side in (s, "both") for s in locked):
        return parameters, told
    expected = "knees and hips that may bend"
    got = f"{some([c.name for own in locked.values() for c in own])} locked"
    if not free:
        return parameters, [error("model-knee", place, expected, got, "unlock it in the model")]
    mend = f"only leg {free[0]} is analysed; unlock it in the model for both"
    return replace(parameters, side=free[0]), [warning("model-knee", place, expected, got, mend), *told]


def _legs(model: Model) -> list[tuple[Side, Leg]]:
    return list(model.legs.items())


def _tell_locked(place: str, model: Model) -> list[Fault]:
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
    expected, got = "pelvis, hips and ankles that may move", f"{some(stuck)} locked"
    return [
        warning("model-locked", place, expected, got, "unlock them in the model, unless the body cannot move there")
    ]
