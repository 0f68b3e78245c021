"""Do recorded coordinates move as a body can: no whole turns, no leaps, no pelvis that flies."""

from dataclasses import replace

import numpy as np

from swinglever.anatomy.model import Coordinate, Model
from swinglever.arrays import Array, Ints
from swinglever.records.faults import Fault, error, warning
from swinglever.records.trial import Trial

_TURN_RAD, _NEAR_RAD = 2 * np.pi, 0.5
"""A leap by a whole turn, to within what a joint turns in a frame, is the same pose under another number."""
_MOST_TURNS = 2
"""Of a leap; one of thousands of degrees is a slip of the pen, which may lie near so many turns by chance."""
_LEAP_RAD, _FASTEST_RAD_S = 0.5, 50.0
"""Twice and more what the knee of a sprinter turns, about 20 rad/s; at 100 Hz that is a fifth of a rad a frame."""
_FASTEST_M_S = 30.0
"""No part of a runner is faster (see `checks.markers.FASTEST_M_S`)."""


def unwrap_turns(trial: Trial, model: Model) -> tuple[Trial, list[Fault]]:
    """Take whole turns out of angles that leap by one, as a heading does that is kept within half a turn."""
    assert trial.angles is not None
    turning = {c.name for c in model.coordinates if c.turns}
    q, faults = trial.angles.q.copy(), list[Fault]()
    for k, name in enumerate(trial.angles.names):
        leaps = np.diff(q[:, k]) if name in turning else np.empty(0)
        turns = np.rint(leaps / _TURN_RAD)
        turns *= (np.abs(turns) <= _MOST_TURNS) & (np.abs(leaps - turns * _TURN_RAD) < _NEAR_RAD)
        if not np.isfinite(leaps).all() or not turns.any():
            continue
        q[1:, k] -= np.cumsum(turns) * _TURN_RAD
        got = f"{name!r} leaps by whole turns {np.count_nonzero(turns)} times"
        mend = "turned back, which leaves every pose as it is"
        told = Fault(code="coordinate-turns", severity="mended", place=trial.place, got=got, mend=mend)
        faults.append(told)
    return (replace(trial, angles=replace(trial.angles, q=q)), faults) if faults else (trial, [])


def check_jumps(trial: Trial, model: Model) -> list[Fault]:
    """Coordinates that move faster than a body can: cells mistyped, units that change, translations in mm."""
    assert trial.angles is not None
    legs = {k for leg in model.legs.values() for k in (leg.knee, leg.hip_flexion, *leg.distal)}
    faults = list[Fault]()
    for k, coordinate in enumerate(model.coordinates):
        values = trial.angles.columns().get(coordinate.name)
        if values is None or not np.isfinite(values).all():
            continue
        leaps = _leaps(trial.time_s, values, coordinate)
        if not leaps.size:
            continue
        got = f"{coordinate.name!r} leaps {leaps.size} times, the first at {trial.time_s[leaps[0]]:.3f} s"
        expected = "joints that turn by less than half a rad a frame" if coordinate.turns else "metres"
        mend = "look at these rows" if coordinate.turns else "its speed says that it is in another unit: write it in m"
        make = error if not coordinate.turns or k in legs else warning
        faults.append(make("coordinate-jump", trial.place, expected, got, mend))
    return faults


def _leaps(time_s: Array, values: Array, coordinate: Coordinate) -> Ints:
    """Frames before which a coordinate leaps."""
    change = np.abs(np.diff(values))
    with np.errstate(over="ignore", invalid="ignore"):
        speed = change / np.diff(time_s)
    too_fast = speed > (_FASTEST_RAD_S if coordinate.turns else _FASTEST_M_S)
    return np.flatnonzero(too_fast & (change > _LEAP_RAD) if coordinate.turns else too_fast)
