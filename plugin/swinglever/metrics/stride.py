"""The stride and the two sides: rate, speed, leg length, left-right differences. Claims 10 and 12."""

from typing import TYPE_CHECKING

import numpy as np

from swinglever.errors import UndefinedError
from swinglever.metrics.base import metric
from swinglever.metrics.lever import leg_length_m
from swinglever.metrics.reading import motion_of

if TYPE_CHECKING:
    from swinglever.records.report import Swing, SwingReport

_OWN = "no published definition; defined here"
_BASE = (
    "base rates of 26 trained runners at 2.5, 3.5 and 4.5 m/s, from the data of Fukuchi et al. 2017, PeerJ 5: e3298: "
    "left-right difference of peak knee flexion 2.5, 3.6 and 2.7 degrees in the mean, up to 10, 13 and 13"
)
_STANDING_M = 0.015
"""The stance foot's toes count as standing within this height of their lowest: what a shoe's sole gives and IK errs."""


@metric(unit="m", citation=_OWN, claim=10, meaning="How long the leg is.")
def leg_length(swing: "Swing") -> float:
    """Distance from hip centre to knee centre and on to the heel."""
    return leg_length_m(motion_of(swing))


@metric(
    unit="m/s",
    citation=_OWN,
    claim=10,
    meaning="How fast the runner runs, over ground or on the belt.",
)
def running_speed(swing: "Swing") -> float:
    """Forward speed of the pelvis, mean of the stride, less that of the other foot while it stands (the belt's)."""
    motion = motion_of(swing)
    toes = motion.stance_toes_m
    if not np.isfinite(toes).all():
        raise UndefinedError("the model has no other leg to stand on")
    height = toes @ motion.up
    standing = height < height.min() + _STANDING_M
    if standing.sum() < 5:
        raise UndefinedError("the other foot does not stand during this swing")
    foot_speed = np.gradient(toes @ motion.forward, swing.time_s, edge_order=2)
    return float(motion.pelvis_speed_m_s - np.median(foot_speed[standing]))


@metric(
    unit="Hz",
    scope="trial",
    citation=_OWN,
    claim=10,
    meaning="How many strides (of both legs together) the runner takes a second; twice as many steps.",
)
def stride_rate(report: "SwingReport") -> float:
    """Inverse of the median time from toe-off to the next toe-off of the same leg."""
    strides = [s.motion.stride_s for s in report.swings if s.motion is not None and np.isfinite(s.motion.stride_s)]
    if not strides:
        raise UndefinedError("no leg has two swings in a row")
    return float(1.0 / np.median(strides))


@metric(
    unit="deg",
    scope="trial",
    citation=_BASE,
    claim=12,
    meaning="How much further one knee bends than the other; trained runners differ by 3 degrees, some by 13.",
)
def peak_knee_flexion_left_right_difference(report: "SwingReport") -> float:
    """Mean peak knee flexion of the right swings less that of the left."""
    return _difference(report, "peak_knee_flexion")


@metric(
    unit="1",
    scope="trial",
    citation=_OWN,
    claim=12,
    meaning="How much shorter one leg gets than the other; 0 is even.",
)
def hip_heel_share_left_right_difference(report: "SwingReport") -> float:
    """Mean smallest hip-heel share of the right swings less that of the left."""
    return _difference(report, "hip_heel_share_minimum")


@metric(
    unit="deg",
    scope="trial",
    citation=_OWN,
    claim=12,
    meaning="How much more one hip moves than the other; 0 is even.",
)
def hip_flexion_range_left_right_difference(report: "SwingReport") -> float:
    """Mean range of hip flexion in the right swings less that in the left."""
    return _difference(report, "hip_flexion_range")


def _difference(report: "SwingReport", name: str) -> float:
    means = {}
    for side in ("r", "l"):
        values = [s.metrics[name].value for s in report.swings if s.side == side and name in s.metrics]
        values = [v for v in values if np.isfinite(v)]
        if not values:
            raise UndefinedError(f"no {'right' if side == 'r' else 'left'} swing has {name.replace('_', ' ')}")
        means[side] = float(np.mean(values))
    return means["r"] - means["l"]


METRICS = (
    leg_length,
    running_speed,
    stride_rate,
    peak_knee_flexion_left_right_difference,
    hip_heel_share_left_right_difference,
    hip_flexion_range_left_right_difference,
)
