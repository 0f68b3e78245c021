"""The events of a swing: their names for people, their places on the timeline, and which comes next."""

from typing import TypeAlias

from .timing import TimeMap

_LABELS = {"toe_off": "Toe-off", "thigh_reversal": "Thigh reversal", "peak_flexion": "Peak flexion"}
_LABELS |= {"pass": "Foot passes", "foot_strike": "Foot strike"}

#: The name and the frame of a marker.
Marked: TypeAlias = tuple[str, int]


def label_event(name: str) -> str:
    """Name an event for people."""
    return _LABELS.get(name, name.replace("_", " ").capitalize())


def name_marker(event: str, swing: str) -> str:
    """Name the marker of an event of a swing."""
    return f"{label_event(event)} {swing}"


def place_events(swings: dict[str, dict[str, float]], chosen: str, time_map: TimeMap) -> list[Marked]:
    """Name and place every event of the chosen swing, and the toe-off of each other one."""
    return [
        (name_marker(name, key), round(float(time_map.to_frames(time_s))))
        for key, events in swings.items()
        for name, time_s in events.items()
        if key == chosen or name == "toe_off"
    ]


def follow_markers(
    events_s: dict[str, float], swing: str, placed: dict[str, int], time_map: TimeMap
) -> dict[str, float]:
    """Give when the events of a swing are to be shown, s: those with a marker to follow, at its frame.

    Parameters
    ----------
    events_s
        Event to its time in the trial, s.
    placed
        Name of a marker to follow to its frame.
    """
    marked = {name: placed[name_marker(name, swing)] for name in events_s if name_marker(name, swing) in placed}
    return events_s | {name: float(time_map.to_seconds(frame)) for name, frame in marked.items()}


def find_next_event(frames: list[float], now: float, direction: int) -> float | None:
    """Find the next event frame after (1) or before (-1) now; none at the end."""
    ahead = [frame for frame in frames if (frame - now) * direction > 0.5]
    return min(ahead, key=lambda frame: abs(frame - now)) if ahead else None
