"""Do the feet of recorded joint angles go where the ground is: columns exchanged between legs, signs reversed."""

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.checks.feet import soles_of
from swinglever.records.faults import Fault, warning
from swinglever.records.trial import Trial

_DEEP_M, _HIGH_M = 0.035, 0.07
"""Of the lower sole, frame by frame: its least height below its usual one, and what it rises to in flight. Public and
bundled runners and a walker: 9 to 25 mm, and 23 to 58 mm. Knees or hips exchanged between the legs, a reversed hip or
ankle make one of them 40 to 150 mm."""
_USUAL, _FLIGHT = 30.0, 90.0
"""Percentiles: in stance, which takes a third of the time or more; and in flight."""


def check_ground(trial: Trial, model: Model) -> list[Fault]:
    """Tell of feet that sink into the ground, or leave it by more than a runner's do, on level ground."""
    if trial.angles is None or not np.isfinite(trial.angles.q).all():
        return []
    soles = soles_of(trial, model)
    if len(soles) < 2:
        return []
    lower = np.min([sole.points_m[..., 1].min(axis=1) for sole in soles.values()], axis=0)
    usual, flight = np.percentile(lower, [_USUAL, _FLIGHT])
    deep_m, high_m = usual - lower.min(), flight - usual
    if deep_m <= _DEEP_M and high_m <= _HIGH_M:
        return []
    got = f"feet that sink {1e3 * deep_m:.0f} mm and are both {1e3 * high_m:.0f} mm above it"
    expected = f"feet on level ground, within {1e3 * _DEEP_M:.0f} and {1e3 * _HIGH_M:.0f} mm"
    mend = "look for columns exchanged between the legs, reversed signs and another model, unless it is a slope"
    return [warning("feet-ground", trial.place, expected, got, mend)]
