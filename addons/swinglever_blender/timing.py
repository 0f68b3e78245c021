"""Seconds of a trial to frames of a scene, and back."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class TimeMap:
    """A piecewise linear map from trial time to scene frames.

    Parameters
    ----------
    times_s
        (n,) increasing anchors in the trial, at least two.
    frames
        (n,) increasing frames that they fall on.
    """

    times_s: tuple[float, ...]
    frames: tuple[float, ...]

    def __post_init__(self) -> None:
        pairs_match = len(self.times_s) == len(self.frames) >= 2
        if not pairs_match or min(np.diff(self.times_s)) <= 0 or min(np.diff(self.frames)) <= 0:
            raise ValueError(f"a time map needs two or more increasing anchors, got {self.times_s} -> {self.frames}")

    def to_frames(self, time_s: np.ndarray | float) -> np.ndarray:
        """Give the frames of times; beyond the anchors the first and last stretch go on."""
        return _interpolate(np.asarray(time_s, dtype=float), np.array(self.times_s), np.array(self.frames))

    def to_seconds(self, frames: np.ndarray | float) -> np.ndarray:
        """Give the times of frames."""
        return _interpolate(np.asarray(frames, dtype=float), np.array(self.frames), np.array(self.times_s))


def _interpolate(x: np.ndarray, known_x: np.ndarray, known_y: np.ndarray) -> np.ndarray:
    segment = np.clip(np.searchsorted(known_x, x, side="right") - 1, 0, len(known_x) - 2)
    slope = np.diff(known_y) / np.diff(known_x)
    return known_y[segment] + slope[segment] * (x - known_x[segment])


def map_at_speed(start_s: float, *, fps: float, speed: float, first_frame: float = 1.0) -> TimeMap:
    """Put a time on a frame and run at a share of real speed from there; 0.25 is four times slowed."""
    return TimeMap(times_s=(start_s, start_s + 1.0), frames=(first_frame, first_frame + fps / speed))


def map_by_events(own_s: list[float], other_s: list[float], other: TimeMap) -> TimeMap:
    """Lay a trial's events on the frames of another trial's events, and stretch the time between them."""
    return TimeMap(times_s=tuple(own_s), frames=tuple(float(frame) for frame in other.to_frames(np.array(other_s))))
