"""Takes off what a plate reads while nobody stands on it, where that is steady."""

from dataclasses import replace

import numpy as np

from swinglever.records.faults import Fault
from swinglever.records.trial import GroundForce, Trial

_LEAST_N = 20.0
"""Plates drift and ring by less when nobody stands on them."""
_MOST_SHARE = 0.25
"""A larger part of the highest force is a foot's: the least of a walker who never leaves a belt is more than half."""
_IDLE_SHARE, _IDLE_S = 0.05, 0.1
"""Nobody stands on a plate while it reads within this share of its range of the lowest; and for less time in all than
the least of the flights of some steps, nothing can be told."""
_SPREAD_N, _STEADY_SHARE = 10.0, 0.8
"""A baseline is steady where this share of the idle samples lies so near to their median."""


def take_baselines_off(trial: Trial) -> tuple[Trial, list[Fault]]:
    """Give the trial with every plate zeroed that reads a steady force while nobody stands on it."""
    zeroed = [_zeroed(force) for force in trial.ground_forces]
    faults = [fault for _, fault in zeroed if fault is not None]
    return (replace(trial, ground_forces=tuple(force for force, _ in zeroed)), faults) if faults else (trial, [])


def _zeroed(force: GroundForce) -> tuple[GroundForce, Fault | None]:
    up = force.force_n[:, 1]
    if len(up) < 2 or not np.isfinite(force.force_n).all():
        return force, None
    low, high = np.percentile(up, [1.0, 99.5])
    idle = up <= low + _IDLE_SHARE * (high - low)
    level_n = np.median(force.force_n[idle], axis=0)
    near = np.abs(up[idle] - level_n[1]) < _SPREAD_N
    lasting_s = idle.sum() * float(np.median(np.diff(force.time_s)))
    if not _LEAST_N < abs(level_n[1]) < _MOST_SHARE * high or near.mean() < _STEADY_SHARE or lasting_s < _IDLE_S:
        return force, None
    told = Fault(
        code="force-zero",
        severity="mended",
        place=f"ground force {force.name!r}",
        expected="no force while the foot is in the air",
        got=f"a steady {level_n[1]:.0f} N",
        mend="taken off; points of application and moments stay as they are",
    )
    return replace(force, force_n=force.force_n - level_n), told
