"""Swings in which a knee or a hip moves as in no other of that leg: often a gap that was drawn through."""

from collections.abc import Sequence

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.motion.swings import SwingEvents
from swinglever.records.faults import Fault, warning
from swinglever.records.kinematics import Kinematics

_LEAST_SWINGS, _PHASES = 5, 101
_UNLIKE, _OF_PEAK = 6.0, 0.5
"""How far the acceleration of a joint is from the median of the leg's swings at the same percent: in so many times what
is usual there, and as a share of that median's peak. The 1 120 knees and hips of seven public runs reach 4.9 times.
"""


def check_unlike(model: Model, kinematics: Kinematics, swings: Sequence[SwingEvents]) -> list[Fault]:
    """Warn of swings whose knee or hip jerks as in no other swing of that leg; a leg of less than five has no usual."""
    faults = list[Fault]()
    for side, leg in model.legs.items():
        mine = [swing for swing in swings if swing.side == side]
        if len(mine) < _LEAST_SWINGS:
            continue
        times_s = np.array([swing.grid(_PHASES) for swing in mine])
        udot = kinematics.at(times_s)[2]
        for joint, k in (("knee", leg.knee), ("hip", leg.hip_flexion)):
            apart, peak = _departures(udot[..., k])
            largest = apart.max(axis=1)
            usual = np.median(largest)
            faults += [
                _fault(mine[n], joint, times_s[n, np.argmax(apart[n])], largest[n] / usual)
                for n in np.flatnonzero((largest > _UNLIKE * usual) & (largest > _OF_PEAK * peak))
            ]
    return faults


def _departures(accelerations: Array) -> tuple[Array, float]:
    """How far swings (s,p) are from their median at each percent, (s,p), and the peak of that median."""
    usual = np.median(accelerations, axis=0)
    return np.abs(accelerations - usual), float(np.abs(usual).max())


def _fault(swing: SwingEvents, joint: str, time_s: float, times: float) -> Fault:
    got = f"an acceleration at {time_s:.3f} s that is {times:.1f} times as far from theirs as is usual"
    mend = "look for a gap that was drawn through there, or leave the swing out"
    return warning("swing-unlike", swing.place, f"a {joint} that moves as in the leg's other swings", got, mend)
