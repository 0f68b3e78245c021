"""Timeline markers at the events of a swing, and jumps between them."""

import bpy

from .timing import TimeMap

_LABELS = {"toe_off": "Toe-off", "thigh_reversal": "Thigh reversal", "peak_flexion": "Peak flexion"}
_LABELS |= {"pass": "Foot passes", "foot_strike": "Foot strike"}


def label_event(name: str) -> str:
    """Name an event for people."""
    return _LABELS.get(name, name.replace("_", " ").capitalize())


def mark_events(scene: bpy.types.Scene, swings: dict[str, dict[str, float]], chosen: str, time_map: TimeMap) -> None:
    """Mark every event of the chosen swing, and the toe-off of each other one."""
    clear_events(scene)
    for key, events in swings.items():
        for name, time_s in events.items():
            if key == chosen or name == "toe_off":
                frame = round(float(time_map.to_frames(time_s)))
                scene.timeline_markers.new(f"{label_event(name)} {key}", frame=frame)


def clear_events(scene: bpy.types.Scene) -> None:
    """Remove the markers that `mark_events` made; other people's stay."""
    labels = tuple(_LABELS.values())
    for marker in [m for m in scene.timeline_markers if m.name.startswith(labels)]:
        scene.timeline_markers.remove(marker)


def find_next_event(frames: list[float], now: float, direction: int) -> float | None:
    """Find the next event frame after (1) or before (-1) now; none at the end."""
    ahead = [frame for frame in frames if (frame - now) * direction > 0.5]
    return min(ahead, key=lambda frame: abs(frame - now)) if ahead else None
