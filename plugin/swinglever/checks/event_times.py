"""Do the steps that forces or labels tell fall where the feet's motion has them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import Side
from swinglever.causes.reliance import reliance_limits
from swinglever.checks.newton import push_lateness
from swinglever.motion.foot_events import find_contact_times
from swinglever.motion.foot_path import FootPath, follow_feet, gait_of
from swinglever.motion.foot_strike import find_foot_strikes
from swinglever.motion.inputs import Inputs
from swinglever.motion.toe_off import find_toe_offs
from swinglever.records.faults import Fault, warning
from swinglever.records.foot_event import FootEvent
from swinglever.records.kinematics import Kinematics

_REACH_S = 0.2
"""An event of the motion that is farther away is another's."""
_FEWEST = 2
_STEP_LATE_S = 0.06
"""One event of a single step may be off by more than the median of all: public ones are by 19 ms at most, a simulated
stance that no ground stops by 31 ms."""

_BOTH_LATE_S = 0.012
"""Mean of the lateness by steps and by the body's acceleration: -5 to 7 ms in public and bundled trials."""


@dataclass(frozen=True, kw_only=True)
class EventTimes:
    """Times (s) of events that forces tell, or labels where no force does, and how much later each is than by motion.

    ``place`` is where the labels come from; ``push_late_s`` is how much later forces come than the body is pushed, nan
    where that cannot be told.
    """

    place: str
    forces: tuple[tuple[float, float], ...] = ()
    labels: tuple[tuple[float, float], ...] = ()
    push_late_s: float = float("nan")


def compare_event_times(inputs: Inputs, kinematics: Kinematics) -> EventTimes:
    """Set the events that forces or labels tell beside those of the feet's motion."""
    trial, threshold_n = inputs.trial, inputs.parameters.force_threshold_n
    place = f"{trial.place}, its foot events"
    if not (trial.ground_forces or trial.events):
        return EventTimes(place=place)
    contacts = find_contact_times(inputs.model, kinematics, trial.ground_forces, threshold_n)
    told: dict[Side, _Told] = {side: ([off for _, off in own], [on for on, _ in own]) for side, own in contacts.items()}
    paths = follow_feet(inputs.model, kinematics)
    if forces := _beside(paths, told):
        push_late_s = push_lateness(inputs.model, kinematics, trial.ground_forces)
        return EventTimes(place=place, forces=forces, push_late_s=push_late_s)
    return EventTimes(place=place, labels=_beside(paths, {side: _labelled(trial.events, side) for side in paths}))


def force_lateness(found: EventTimes) -> float:
    """How much later the ground forces come than the feet move, s: the median over all events; nan where none tell."""
    late = [late for _, late in found.forces]
    return float(np.median(late)) if len(late) >= _FEWEST else float("nan")


def check_event_times(found: EventTimes) -> list[Fault]:
    """Name forces, or labels of the file, that come earlier or later than the feet move, all or in some steps."""
    told = _tell("force-late", "ground forces", found.forces) or _tell_both(found)
    return [*told, *_tell("label-late", found.place, found.labels)]


def _tell_both(found: EventTimes) -> list[Fault]:
    """Forces that come somewhat late by their steps, and by how the body is pushed too."""
    both = np.array([force_lateness(found), found.push_late_s])
    if not (abs(both.mean()) > _BOTH_LATE_S and both.min() * both.max() > 0.0):
        return []
    expected = f"forces within {1e3 * _BOTH_LATE_S:.0f} ms of the motion, by steps and by the body's acceleration"
    got, mend = f"ones that come {_said(float(both.mean()))}", "shift one of them in time by that"
    return [warning("force-late", "ground forces", expected, got, mend)]


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


_Told = tuple[list[float], list[float]]
"""Toe-offs and foot strikes of a foot, s."""


def _labelled(labels: Iterable[FootEvent], side: Side) -> _Told:
    mine = [event for event in labels if event.side == side]
    offs, strikes = ([e.time_s for e in mine if e.kind == kind] for kind in ("toe_off", "foot_strike"))
    return offs, strikes


def _beside(paths: Mapping[Side, FootPath], told: Mapping[Side, _Told]) -> tuple[tuple[float, float], ...]:
    """Pair events of the feet with those of their motion."""
    return tuple(
        (time, late)
        for side, path in paths.items()
        for times, moved in zip(told[side], _events_of_motion(path), strict=True)
        if moved
        for time in times
        if abs(late := min((time - own for own in moved), key=abs)) < _REACH_S
    )


def _events_of_motion(path: FootPath) -> tuple[Sequence[float], Sequence[float]]:
    return find_toe_offs(path, gait_of(path)), find_foot_strikes(path)
