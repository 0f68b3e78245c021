"""Do the steps that forces or labels tell fall where the feet's motion has them."""

from collections.abc import Iterable, Sequence

import numpy as np

from swinglever.causes.reliance import reliance_limits
from swinglever.motion.foot_events import find_contact_times
from swinglever.motion.foot_path import FootPath, follow_feet, gait_of
from swinglever.motion.foot_strike import find_foot_strikes
from swinglever.motion.inputs import Inputs
from swinglever.motion.toe_off import find_toe_offs
from swinglever.records.faults import Fault, warning
from swinglever.records.kinematics import Kinematics

_REACH_S = 0.2
"""An event of the motion that is farther away is another's."""
_FEWEST = 2
_STEP_LATE_S = 0.06
"""One event of a single step may be off by more than the median of all: public ones are by 19 ms at most, a simulated
stance that no ground stops by 31 ms."""


def force_lateness(inputs: Inputs, kinematics: Kinematics) -> float:
    """How much later the ground forces come than the feet move, s: the median over all events; nan where none tell."""
    late = [late for _, late in _of_forces(inputs, kinematics)]
    return float(np.median(late)) if len(late) >= _FEWEST else float("nan")


def check_event_times(inputs: Inputs, kinematics: Kinematics) -> list[Fault]:
    """Name forces, or labels of the file, that come earlier or later than the feet move, all or in some steps."""
    forces, labels = _of_forces(inputs, kinematics), _of_labels(inputs, kinematics)
    told = _tell("force-late", "ground forces", forces)
    return told + ([] if forces else _tell("label-late", f"{inputs.trial.place}, its foot events", labels))


def _tell(code: str, place: str, events: Sequence[tuple[float, float]]) -> list[Fault]:
    limit_s, late = reliance_limits().force_late_s, np.array([late for _, late in events])
    expected = f"steps within {1e3 * limit_s:.0f} ms of the feet's own motion"
    if len(late) >= _FEWEST and abs(np.median(late)) > limit_s:
        got = f"steps {_said(float(np.median(late)))} (median of {len(late)} events)"
        return [warning(code, place, expected, got, "shift one of them in time by that")]
    odd = [(time, by) for time, by in events if abs(by) > _STEP_LATE_S]
    if not odd:
        return []
    got = ", ".join(f"{_said(by)} at {time:.3f} s" for time, by in odd[:5])
    return [warning(code, place, expected, got, "look at these steps")]


def _said(late_s: float) -> str:
    return f"{1e3 * abs(late_s):.0f} ms {'later' if late_s > 0 else 'earlier'}"


def _of_forces(inputs: Inputs, kinematics: Kinematics) -> list[tuple[float, float]]:
    """Times of events by force, and how much later each is than by motion."""
    trial, threshold_n = inputs.trial, inputs.parameters.force_threshold_n
    contacts = find_contact_times(inputs.model, kinematics, trial.ground_forces, threshold_n)
    return [
        pair
        for side, path in follow_feet(inputs.model, kinematics).items()
        for pair in _beside(path, [off for _, off in contacts[side]], [on for on, _ in contacts[side]])
    ]


def _of_labels(inputs: Inputs, kinematics: Kinematics) -> list[tuple[float, float]]:
    labels = inputs.trial.events
    return [
        pair
        for side, path in follow_feet(inputs.model, kinematics).items()
        for pair in _beside(
            path,
            [e.time_s for e in labels if (e.side, e.kind) == (side, "toe_off")],
            [e.time_s for e in labels if (e.side, e.kind) == (side, "foot_strike")],
        )
    ]


def _beside(path: FootPath, offs: Iterable[float], strikes: Iterable[float]) -> list[tuple[float, float]]:
    """Pair events of one foot with those of its motion."""
    kinds = ((offs, find_toe_offs(path, gait_of(path))), (strikes, find_foot_strikes(path)))
    pairs = [(time, min((time - own for own in moved), key=abs)) for times, moved in kinds if moved for time in times]
    return [(time, late) for time, late in pairs if abs(late) < _REACH_S]
