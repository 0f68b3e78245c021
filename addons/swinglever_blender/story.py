"""The times that a film shows: once in real time, then slowed round the peak. Nothing here knows Blender."""

from dataclasses import dataclass

import numpy as np

#: Seconds of a film, of the run that it shows before toe-off and after foot strike, and that the peak stands still.
LENGTH_S, _BEFORE_S, _AFTER_S, _HOLD_S = 10.0, 0.35, 0.15, 1.2
#: Share of real speed in the slow part, and round peak and pass; and how far about them that is, s.
_SLOW, SLOWEST, _ABOUT_S = 0.25, 0.125, 0.05
_STEPS = 2000


@dataclass(frozen=True, kw_only=True, eq=False)
class Story:
    """What a film shows, frame by frame.

    Parameters
    ----------
    time_s
        (F,) times of the trial, the same loop as often as there is room for.
    speed
        (F,) share of real speed; 0 while it stands.
    """

    time_s: np.ndarray
    speed: np.ndarray


def tell(events_s: dict[str, float], span_s: tuple[float, float], fps: float) -> Story:
    """Plan a film of a swing: real time, then slowly from toe-off to foot strike, standing at the peak; and once more.

    Parameters
    ----------
    events_s
        Toe-off, peak flexion and foot strike, and the pass where there is one, s.
    span_s
        First and last time of the trial, s.
    fps
        Frames a second of the film.
    """
    toe_off, peak, strike = (events_s[name] for name in ("toe_off", "peak_flexion", "foot_strike"))
    passing = events_s.get("pass", peak)
    start, end = max(toe_off - _BEFORE_S, span_s[0]), min(strike + _AFTER_S, span_s[1])
    n_frames = round(LENGTH_S * fps)
    fast = start + np.arange(int((end - start) * fps)) / fps
    grid = np.linspace(toe_off, strike, _STEPS)
    near = (grid > min(peak, passing) - _ABOUT_S) & (grid < max(peak, passing) + _ABOUT_S)
    spent = np.where(near, 1.0 / SLOWEST, 1.0 / _SLOW) * (grid[1] - grid[0])
    clock = np.concatenate([[0.0], np.cumsum(spent)[:-1]])
    slow = np.interp(np.arange(int(clock[-1] * fps)) / fps, clock, grid)
    n_loops = max(n_frames // (len(fast) + len(slow) + round(_HOLD_S * fps)), 1)
    hold = max(n_frames // n_loops - len(fast) - len(slow), 1)
    at, pace = int(np.searchsorted(slow, peak)), _speeds(slow, fps)
    time_s = np.concatenate([fast, slow[:at], np.full(hold, peak), slow[at:]])
    speed = np.concatenate([np.ones(len(fast)), pace[:at], np.zeros(hold), pace[at:]])
    return Story(time_s=np.tile(time_s, n_loops), speed=np.tile(speed, n_loops))


def _speeds(time_s: np.ndarray, fps: float) -> np.ndarray:
    return np.gradient(time_s) * fps


def name_speed(speed: float, *, at_peak: bool = True) -> str:
    """Say a speed as people do: 'real time', 'slowed 8 times'; where it stands, whether the knee is most bent there."""
    if speed <= 0:
        return "most bent" if at_peak else "standing still"
    slower = round(1.0 / speed)
    return "real time" if slower <= 1 else f"slowed {slower} times"
