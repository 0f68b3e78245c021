"""Does a plate say where the foot presses: without that, its force tells when a foot stands, and nothing more."""

from dataclasses import replace

import numpy as np

from swinglever.arrays import Array
from swinglever.checks.ranges import LOADED_N
from swinglever.records.faults import Fault, warning
from swinglever.records.trial import GroundForce, Trial

_MOST = 0.5
"""Share of the loaded rows at exactly 0, 0, 0 beyond which a plate has no points: no foot stands there for long."""

_FEWEST = 20
"""Rows; below this a foot has hardly rolled."""


def settle_points(trial: Trial) -> tuple[Trial, list[Fault]]:
    """Give the trial without points of application where a plate has none, and tell of it.

    Notes
    -----
    A table without points holds zeros; a force at the ground's origin would turn every joint of the leg.
    """
    settled = [_settled(force) for force in trial.ground_forces]
    faults = [fault for _, fault in settled if fault is not None]
    return (replace(trial, ground_forces=tuple(force for force, _ in settled)), faults) if faults else (trial, [])


def _settled(force: GroundForce) -> tuple[GroundForce, Fault | None]:
    loaded = force.force_n[:, 1] > LOADED_N
    blank = ~np.isfinite(force.point_m).any()
    if not loaded.any() or (blank and not force.body):
        return force, None
    nowhere = (np.nan_to_num(force.point_m) == 0.0).all(axis=1)[loaded].mean()
    if not (blank or (nowhere > _MOST and np.isfinite(force.point_m[loaded]).all())):
        return force, _held(force, force.point_m[loaded, 0])
    got = "none" if blank else f"0, 0, 0 in {100 * nowhere:.0f} % of the rows under load"
    mend = "name its columns in point_identifier; till then the force only tells when a foot stands"
    told = warning("force-point", f"ground force {force.name!r}", "centres of pressure", got, mend)
    return replace(force, point_m=np.full_like(force.point_m, np.nan)), told


def _held(force: GroundForce, forward_m: Array) -> Fault | None:
    """A column that never changes under load, in which a foot rolls from heel to toes."""
    if len(forward_m) < _FEWEST or np.ptp(forward_m) > 0.0:
        return None
    got, mend = f"{forward_m[0]:g} m along x in every row under load", "look at that column of its point_identifier"
    return warning("force-point", f"ground force {force.name!r}", "centres of pressure that move", got, mend)
