"""Timing: when the thigh turns, the knee folds most, the lever is shortest and the foot passes. Claims 5 and 9."""

from typing import TYPE_CHECKING

import numpy as np

from swinglever.errors import UndefinedError
from swinglever.metrics.base import metric
from swinglever.metrics.reading import instant, percent

if TYPE_CHECKING:
    from swinglever.records.report import Swing

_OWN = "event definitions: docs/glossary.md; norms of the peak's time: Fukuchi et al. 2017, PeerJ 5: e3298"


def shortest_lever_s(swing: "Swing") -> float:
    """Time at which hip and heel are nearest."""
    if "hip_heel_distance_m" not in swing.lever:
        raise UndefinedError("no segment motion in this result")
    return float(swing.time_s[int(np.argmin(swing.lever["hip_heel_distance_m"]))])


@metric(unit="s", citation=_OWN, meaning="How long the foot is off the ground.")
def swing_duration(swing: "Swing") -> float:
    """Time from toe-off to foot strike."""
    return swing.foot_strike_s - swing.toe_off_s


@metric(
    unit="%",
    citation=_OWN,
    claim=5,
    meaning="When the thigh stops going back and starts forward; below 0 is before the toes leave the ground.",
)
def thigh_reversal_percent(swing: "Swing") -> float:
    """Time at which the thigh is furthest back, in percent of the swing."""
    return percent(swing, instant(swing, "thigh_reversal_s"))


@metric(unit="%", citation=_OWN, claim=5, meaning="When the knee is bent most.")
def peak_flexion_percent(swing: "Swing") -> float:
    """Time of peak knee flexion, in percent of the swing."""
    return percent(swing, instant(swing, "peak_flexion_s"))


@metric(unit="%", citation=_OWN, claim=9, meaning="When the leg is shortest.")
def shortest_lever_percent(swing: "Swing") -> float:
    """Time at which hip centre and heel are nearest, in percent of the swing."""
    return percent(swing, shortest_lever_s(swing))


@metric(unit="%", citation=_OWN, claim=9, meaning="When the foot passes under the body.")
def pass_percent(swing: "Swing") -> float:
    """Time at which the ankle passes under the hip, in percent of the swing."""
    return percent(swing, instant(swing, "pass_s"))


@metric(
    unit="s",
    citation=_OWN,
    claim=9,
    meaning="How long after the leg was shortest the foot passes under the body: near 0 is a fold in time.",
)
def pass_after_shortest_lever(swing: "Swing") -> float:
    """Time from the shortest hip-heel distance to the ankle's passing under the hip."""
    return instant(swing, "pass_s") - shortest_lever_s(swing)


METRICS = (
    swing_duration,
    thigh_reversal_percent,
    peak_flexion_percent,
    shortest_lever_percent,
    pass_percent,
    pass_after_shortest_lever,
)
