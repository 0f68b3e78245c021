"""When a foot leaves the ground, from its motion alone.

Two things are looked at that err independently of each other: the tip of the toes, which rises from the ground, and the
leg's length from hip to tip, which is greatest a little after the push. Running takes the mean of both, walking the
first alone.
"""

import numpy as np

from swinglever.arrays import Array
from swinglever.motion.foot_path import FootPath
from swinglever.records.foot_event import Gait
from swinglever.signals import turning_time

_RISE_M = 0.02
"""Height above its lowest place at which the tip's rise is extended back to the ground."""

_BEFORE_REARMOST_S, _AFTER_REARMOST_S = 0.30, 0.05
"""The tip is lowest, in late stance, within this time of being rearmost behind the pelvis."""

_SOON_S = 0.15
"""The tip has risen within this time of being rearmost, and the leg is longest within it of the tip's leaving."""

LEG_IS_LATE_S = 0.042
"""In running the leg is longest this long after the force has gone: 37 to 53 ms over the public recordings."""


def find_toe_offs(path: FootPath, gait: Gait) -> tuple[float, ...]:
    """Find every toe-off of one foot, s, rising.

    Parameters
    ----------
    path
        How the foot moves.
    gait
        In walking the other foot is on the ground and the leg is longest at other times, so only the tip is looked at.

    Notes
    -----
    Once a stride the toes are rearmost behind the pelvis (Zeni et al. 2008, *Gait Posture* 27:710), 0.01 to 0.17 s
    after toe-off; the tip's lowest place is looked for around it. Errors are in `records.event_errors`.
    """
    rearmost = path.furthest((path.pelvis_m - path.toe_tip_m)[:, 0])
    found = [_toe_off(path, int(k), gait) for k in rearmost]
    return tuple(sorted({time for time in found if np.isfinite(time)}))


def _toe_off(path: FootPath, rearmost: int, gait: Gait) -> float:
    first = max(rearmost - path.frames(_BEFORE_REARMOST_S), 0)
    lowest = first + int(np.argmin(path.toe_tip_m[first : rearmost + path.frames(_AFTER_REARMOST_S) + 1, 1]))
    if lowest == 0:
        return float("nan")  # the recording begins too late to show the tip on the ground
    rise = slice(lowest, rearmost + path.frames(_SOON_S) + 1)
    tip = tip_rises(path.time_s[rise], path.toe_tip_m[rise, 1])
    if gait == "walking" or np.isnan(tip):
        return tip
    left = int(np.searchsorted(path.time_s, tip))
    after = slice(left, left + path.frames(_SOON_S) + 1)
    leg = leg_is_longest(path.time_s[after], (path.hip_m - path.toe_tip_m)[after])
    return 0.5 * (tip + leg - LEG_IS_LATE_S)


def tip_rises(time_s: Array, height_m: Array) -> float:
    """Time at which a tip (T) that lay at the first height left it; nan where it does not rise, or falls again at once.

    Notes
    -----
    The rise is straight enough: its tangent at 2 cm is carried back to the first height. A threshold of height alone
    is late by what the tip needs to reach it, which is 10 ms in fast running and 40 ms in walking.
    """
    above = height_m - height_m[0] - _RISE_M
    after = np.flatnonzero(above > 0)
    if not after.size:
        return float("nan")
    k = after[0]
    speed = np.gradient(height_m, time_s)
    part = above[k - 1] / (above[k - 1] - above[k])
    crossed = time_s[k - 1] + part * (time_s[k] - time_s[k - 1])
    rises_m_s = speed[k - 1] + part * (speed[k] - speed[k - 1])
    return float(crossed - _RISE_M / rises_m_s) if rises_m_s > 0 else float("nan")


def leg_is_longest(time_s: Array, hip_to_tip_m: Array) -> float:
    """Time at which the leg (T,2), from hip to tip, is longest; nan where it is so at an end."""
    length = np.linalg.norm(hip_to_tip_m, axis=1)
    return turning_time(time_s, length, int(np.argmax(length)))
