"""The times that a film shows: once in real time, then slowed round the peak. Nothing here knows Blender."""

from dataclasses import dataclass

import numpy as np

#: Seconds of a film, of the run that it shows before toe-off and after foot strike, and that the peak stands still.
LENGTH_S, _BEFORE_S, _AFTER_S, _HOLD_S = 10.0, 0.35, 0.15, 1.2
#: Share of real speed round peak and pass, and how far about them, s.
SLOWEST, _ABOUT_S = 0.125, 0.05
_STEPS = 2000


@dataclass(frozen=True, kw_only=True, eq=False)
class Story:
    """What a film shows, frame by frame.

    Parameters
    ----------
    time_s
        (F,) times of the trial; they end where they began to be slow, so that the film can be looped.
    speed
        (F,) share of real speed; 0 while it stands.
    """

    time_s: np.ndarray
    speed: np.ndarray


def tell(events_s: dict[str, float], span_s: tuple[float, float], fps: float) -> Story:
    """Plan a film of a swing: real time, then slowly from toe-off to foot strike, standing still at the peak.

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
    hold = round(_HOLD_S * fps)
    grid = np.linspace(toe_off, strike, _STEPS)
    near = (grid > min(peak, passing) - _ABOUT_S) & (grid < max(peak, passing) + _ABOUT_S)
    room_s = (n_frames - len(fast) - hold) / fps
    slow_s = min(float(near.mean()) * (strike - toe_off) / SLOWEST, 0.75 * room_s)
    spent = np.where(near, slow_s / max(int(near.sum()), 1), (room_s - slow_s) / max(int((~near).sum()), 1))
    clock = np.concatenate([[0.0], np.cumsum(spent)[:-1]])
    slow = np.interp(np.arange(n_frames - len(fast) - hold) / fps, clock, grid)
    at = int(np.searchsorted(slow, peak))
    time_s = np.concatenate([fast, slow[:at], np.full(hold, peak), slow[at:]])
    speed = np.concatenate([np.ones(len(fast)), _speeds(slow, fps)[:at], np.zeros(hold), _speeds(slow, fps)[at:]])
    return Story(time_s=time_s, speed=speed)


def _speeds(time_s: np.ndarray, fps: float) -> np.ndarray:
    return np.gradient(time_s) * fps


def name_speed(speed: float) -> str:
    """Say a speed as people do: 'real time', 'slowed 8 times'."""
    if speed <= 0:
        return "most bent"
    slower = round(1.0 / speed)
    return "real time" if slower <= 1 else f"slowed {slower} times"
