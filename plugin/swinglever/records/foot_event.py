"""One contact event of a foot, as a file labels it or as we find it, and how the person went."""

from dataclasses import dataclass
from typing import Literal

Gait = Literal["running", "walking"]

EventSource = Literal["ground_force", "labels", "kinematics"]
"""Where an event comes from: a force plate, the labels of the file, or how the foot moves."""


@dataclass(frozen=True, kw_only=True)
class FootEvent:
    """One contact event.

    Attributes
    ----------
    side
        ``r`` or ``l``.
    kind
        ``foot_strike`` or ``toe_off``.
    time_s
        On the clock of the markers.
    """

    side: str
    kind: str
    time_s: float
