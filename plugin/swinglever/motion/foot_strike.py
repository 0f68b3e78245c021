"""When a foot meets the ground, from its motion alone."""

import numpy as np

from swinglever.arrays import Array
from swinglever.motion.foot_path import FootPath
from swinglever.signals import find_peaks, turning_time

_BEFORE_FOREMOST_S, _AFTER_FOREMOST_S = 0.03, 0.12
"""The foot strikes 16 to 42 ms after the heel was foremost, over the public recordings."""

_SLOWED_S = 0.003
"""The ground's force passes 50 N this long before it has begun to slow the foot, in the mean."""


def find_foot_strikes(path: FootPath) -> tuple[float, ...]:
    """Find every foot strike of one foot, s, rising: its middle falls fastest there, for the ground slows it then.

    Parameters
    ----------
    path
        How the foot moves.

    Notes
    -----
    O'Connor et al. 2007, *Gait Posture* 25:469, who look at the middle of heel and toes in walking. It serves runners
    who land on heel or toes alike, because the middle is slowed in both; the public runners all land on the heel or the
    whole foot. Against force over the same seven trials: 2 ± 5 ms, Hamner's runner 10 ms late.
    """
    middle = 0.5 * (path.heel_m[:, 1] + path.ball_m[:, 1])
    speed = np.gradient(middle, path.time_s)
    found = [_fastest_fall(path, speed, int(k)) for k in path.furthest((path.heel_m - path.pelvis_m)[:, 0])]
    return tuple(time - _SLOWED_S for time in found if np.isfinite(time))


def _fastest_fall(path: FootPath, speed: Array, foremost: int) -> float:
    first = max(foremost - path.frames(_BEFORE_FOREMOST_S), 0)
    landing = slice(first, foremost + path.frames(_AFTER_FOREMOST_S) + 1)
    falls = find_peaks(-speed[landing])
    if not falls.size:
        return float("nan")
    deepest = falls[np.argmin(speed[landing][falls])]
    return turning_time(path.time_s[landing], speed[landing], int(deepest))
