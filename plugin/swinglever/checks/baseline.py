"""Takes off what a plate reads while nobody stands on it, where that is steady or drifts slowly."""

from dataclasses import replace

import numpy as np
from scipy.ndimage import minimum_filter1d

from swinglever.arrays import Array, Bools, runs_of
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
_STRIDE_S, _FLIGHT_S = 1.5, 0.03
"""A belt of its own is left once in so long a time by whoever is not slower than a slow walker; and for this at least,
or it is no flight."""


def take_baselines_off(trial: Trial) -> tuple[Trial, list[Fault]]:
    """Give the trial with every plate zeroed that reads a force while nobody stands on it, and what was taken off."""
    zeroed = [_zeroed(force) for force in trial.ground_forces]
    faults = [fault for _, fault in zeroed if fault is not None]
    return (replace(trial, ground_forces=tuple(force for force, _ in zeroed)), faults) if faults else (trial, [])


def _zeroed(force: GroundForce) -> tuple[GroundForce, Fault | None]:
    up = force.force_n[:, 1]
    if len(up) < 2 or not np.isfinite(force.force_n).all():
        return force, None
    low, high = np.percentile(up, [1.0, 99.5])
    step_s = float(np.median(np.diff(force.time_s)))
    lowest = minimum_filter1d(up, max(round(_STRIDE_S / step_s), 1), mode="nearest")
    idle = up <= lowest + _IDLE_SHARE * (high - low)
    level_n, said = _level(force, idle)
    near = np.abs(up - level_n[:, 1])[idle] < _SPREAD_N
    unsteady = near.mean() < _STEADY_SHARE or idle.sum() * step_s < _IDLE_S
    if unsteady or np.abs(level_n).max() <= _LEAST_N or np.abs(level_n[:, 1]).max() >= _MOST_SHARE * high:
        return force, None
    told = Fault(
        code="force-zero",
        severity="mended",
        place=f"ground force {force.name!r}",
        expected="no force while the foot is in the air",
        got=said,
        mend="taken off; points of application and moments stay as they are",
    )
    return replace(force, force_n=force.force_n - level_n), told


def _level(force: GroundForce, idle: Bools) -> tuple[Array, str]:
    """What a plate reads by itself (T,3), and in words: one level, or a line from flight to flight where it drifts."""
    time_s, force_n = force.time_s, force.force_n
    flights = [slice(a, b) for a, b in runs_of(idle) if time_s[b - 1] - time_s[a] >= _FLIGHT_S]
    steady = np.median(force_n[idle], axis=0)
    levels = np.array([np.median(force_n[flight], axis=0) for flight in flights]).reshape(-1, 3)
    if len(levels) < 2 or np.ptp(levels, axis=0).max() <= _SPREAD_N:
        axis = 1 if abs(steady[1]) > _LEAST_N else int(np.argmax(np.abs(steady)))
        along = "" if axis == 1 else f" along {'xyz'[axis]}"
        return np.broadcast_to(steady, force_n.shape), f"a steady {steady[axis]:.0f} N{along}"
    middle_s = [float(time_s[flight].mean()) for flight in flights]
    level_n = np.stack([np.interp(time_s, middle_s, levels[:, k]) for k in range(3)], axis=1)
    axis = int(np.argmax(np.ptp(levels, axis=0)))
    return level_n, f"{levels[0, axis]:.0f} to {levels[-1, axis]:.0f} N along {'xyz'[axis]}, a baseline that drifts"
