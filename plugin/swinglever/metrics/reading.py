"""What several metrics read off a swing: its motion, moments in time, phases, muscles of a group."""

from typing import TYPE_CHECKING, Any

import numpy as np

from swinglever.arrays import Array, Bools
from swinglever.errors import UndefinedError
from swinglever.records.segments import SwingMotion

if TYPE_CHECKING:
    from swinglever.records.report import Swing

EVENT_NAMES = {
    "thigh_reversal_s": "the thigh does not turn in this swing",
    "peak_flexion_s": "the knee has no flexion peak in this swing",
    "pass_s": "the ankle does not pass under the hip in this swing",
}


def motion_of(swing: "Swing") -> SwingMotion:
    """Give the motion of the segments."""
    if swing.motion is None:
        raise UndefinedError("no segment motion in this result")
    return swing.motion


def muscles_of(swing: "Swing") -> Any:
    """Give the muscle forces."""
    if swing.muscles is None:
        raise UndefinedError("no muscle forces")
    return swing.muscles


def in_group(swing: "Swing", group: str) -> list[int]:
    """Columns of the muscles of a group."""
    columns = [k for k, name in enumerate(muscles_of(swing).groups) if name == group]
    if not columns:
        raise UndefinedError(f"the model has no muscles of the group {group!r}")
    return columns


def instant(swing: "Swing", event: str) -> float:
    """Time of an event, s."""
    time_s = float(getattr(swing, event))
    if not np.isfinite(time_s):
        raise UndefinedError(EVENT_NAMES.get(event, f"the swing has no {event}"))
    return time_s


def at(swing: "Swing", event: str, curve: Array) -> float:
    """Value of a curve (K) at an event; the event must lie inside the swing."""
    time_s = instant(swing, event)
    if not swing.time_s[0] <= time_s <= swing.time_s[-1]:
        raise UndefinedError(f"{event.removesuffix('_s').replace('_', ' ')} lies outside the swing")
    return float(np.interp(time_s, swing.time_s, curve))


def percent(swing: "Swing", time_s: float) -> float:
    """Time in percent of the swing: 0 at toe-off, 100 at foot strike."""
    return float(100.0 * (time_s - swing.toe_off_s) / (swing.foot_strike_s - swing.toe_off_s))


def folding(swing: "Swing") -> Bools:
    """(K) whether a sample lies between toe-off and peak flexion."""
    return np.asarray(swing.time_s <= instant(swing, "peak_flexion_s"))


def integral(swing: "Swing", curve: Array, when: Bools | None = None) -> float:
    """Integral of a curve (K) over the swing, or over the samples of a phase; trapezoids."""
    chosen = np.ones(len(swing.time_s), bool) if when is None else when
    if chosen.sum() < 2:
        raise UndefinedError("the phase has fewer than two samples")
    return float(np.trapezoid(curve[chosen], swing.time_s[chosen]))
