"""Do the steps that forces or labels tell fall where the feet's motion has them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import Side
from swinglever.causes.reliance import reliance_limits
from swinglever.checks.newton import acceleration_of_centre, push_lateness
from swinglever.checks.step_lags import Lags, measure_lags, tell_apart, tell_drift
from swinglever.motion.foot_events import find_contact_times
from swinglever.motion.foot_path import FootPath, gait_of
from swinglever.motion.foot_strike import find_foot_strikes
from swinglever.motion.inputs import Inputs
from swinglever.motion.toe_off import find_toe_offs
from swinglever.records.faults import Fault, error, warning
from swinglever.records.foot_event import FootEvent
from swinglever.records.kinematics import Kinematics

_REACH_S = 0.2
"""An event of the motion that is farther away is another's."""
_FEWEST = 2
_STEP_LATE_S = 0.06
"""One event of a single step may be off by more than the median of all: public ones are by 19 ms at most, a simulated
stance that no ground stops by 31 ms."""

_OFF, _STRIKE, _PUSH = 0.5, 0.2, 0.3
"""What toe-offs, foot strikes and the body's acceleration count for in one lateness: toe-offs tell it best."""
_LATE_S, _LATE_BY_STEPS_S = 0.009, 0.012
"""That of all three is -4 to 4 ms in public and bundled trials, that of steps alone -5 to 4 ms
(``scripts/develop/fall_of_runners.py``); toe-offs by force are known to 3 ms."""
_FOOT_LATE_S = 0.015
"""That of steps of one foot alone is -11 to 4 ms in those trials, and -4 to 4 ms in all but one of them."""
_LASTS_S = 0.03
"""Contacts last from 12 ms less to 14 ms more by the forces than by the feet of those trials, in the median."""


@dataclass(frozen=True, kw_only=True)
class EventTimes:
    """Times (s) of events that forces tell, or labels where no force does, and how much later each is than by motion.

    ``place`` is where the labels come from; ``push_late_s`` is how much later forces come than the body is pushed, nan
    where that cannot be told, and ``lags`` how that differs from step to step, None where they are too few.
    ``strange_labels_s`` are labels near which the foot's motion has no such event, ``unlabelled_s`` toe-offs of the
    motion of a foot that has labels, which none of them is near.
    """

    place: str
    toe_offs: tuple[tuple[float, float], ...] = ()
    foot_strikes: tuple[tuple[float, float], ...] = ()
    labels: tuple[tuple[float, float], ...] = ()
    strange_labels_s: tuple[float, ...] = ()
    unlabelled_s: tuple[float, ...] = ()
    push_late_s: float = float("nan")
    feet_late: tuple[tuple[Side, float], ...] = ()
    lags: Lags | None = None

    @property
    def forces(self) -> tuple[tuple[float, float], ...]:
        """Those of forces, of either kind."""
        return (*self.toe_offs, *self.foot_strikes)


def compare_event_times(inputs: Inputs, kinematics: Kinematics, paths: Mapping[Side, FootPath]) -> EventTimes:
    """Set the events that forces or labels tell beside those of the feet's motion, which moved along paths."""
    trial, threshold_n = inputs.trial, inputs.parameters.force_threshold_n
    place = f"{trial.place}, its foot events"
    if not (trial.ground_forces or trial.events):
        return EventTimes(place=place)
    contacts = find_contact_times(inputs.model, kinematics, trial.ground_forces, threshold_n)
    told: dict[Side, _Told] = {side: ([off for _, off in own], [on for on, _ in own]) for side, own in contacts.items()}
    moved = {side: _events_of_motion(path) for side, path in paths.items()}
    offs, strikes = _beside(moved, told)
    if offs or strikes:
        moved_s, upwards = kinematics.time_s, acceleration_of_centre(inputs.model, kinematics)[:, 1]
        push_late_s = push_lateness(moved_s, upwards, trial.ground_forces)
        feet = tuple((side, _late_by_steps(*_beside(moved, {side: own}))) for side, own in told.items())
        lags = measure_lags(moved_s, upwards, trial.ground_forces, contacts)
        return EventTimes(
            place=place, toe_offs=offs, foot_strikes=strikes, push_late_s=push_late_s, feet_late=feet, lags=lags
        )
    told = {side: labels for side in moved if any(labels := _labelled(trial.events, side))}
    offs, strikes = _beside(moved, told)
    strange, without = _unpaired(moved, told)
    return EventTimes(place=place, labels=(*offs, *strikes), strange_labels_s=strange, unlabelled_s=without)


def force_lateness(found: EventTimes) -> float:
    """How much later the ground forces come than the feet move, s: the median over all events; nan where none tell."""
    late = [late for _, late in found.forces]
    return float(np.median(late)) if len(late) >= _FEWEST else float("nan")


def lateness_of_all(found: EventTimes) -> float:
    """How much later the forces come than the motion, s: by toe-offs, foot strikes and the body's acceleration.

    nan where either kind of event is told by fewer than two steps. Without the acceleration, by the steps alone.
    """
    by_steps = _late_by_steps(found.toe_offs, found.foot_strikes)
    if np.isnan(found.push_late_s):
        return by_steps
    return (_OFF + _STRIKE) * by_steps + _PUSH * found.push_late_s


def _late_by_steps(toe_offs: "_Late", foot_strikes: "_Late") -> float:
    return (_OFF * _median(toe_offs) + _STRIKE * _median(foot_strikes)) / (_OFF + _STRIKE)


def _median(events: "_Late") -> float:
    """Lateness of events, s; nan where they are too few."""
    return float(np.median([late for _, late in events])) if len(events) >= _FEWEST else float("nan")


def check_event_times(found: EventTimes) -> list[Fault]:
    """Name forces, or labels of the file, that come earlier or later than the feet move, all or in some steps."""
    told = (
        tell_drift(found.lags)
        or _tell("force-late", "ground forces", found.forces)
        or _tell_lasting(found)
        or tell_apart(found.lags)
        or _tell_feet(found)
        or _tell_all(found)
    )
    return [*told, *(_tell_strange(found) or _tell("label-late", found.place, found.labels)), *_tell_unlabelled(found)]


def _tell_strange(found: EventTimes) -> list[Fault]:
    """Labels of steps that the feet do not make: those of the other foot, or of another recording."""
    strange, count = found.strange_labels_s, len(found.strange_labels_s) + len(found.labels)
    if len(strange) < _FEWEST or 2 * len(strange) <= count:
        return []
    expected = f"labels within {1e3 * _REACH_S:.0f} ms of the same event of that foot's motion"
    got = f"none for {len(strange)} of {count}, the first at {strange[0]:.3f} s"
    return [error("label-strange", found.place, expected, got, "look at the sides of the labels, and at their times")]


def _tell_unlabelled(found: EventTimes) -> list[Fault]:
    """Steps that are left out, for a foot with labels has its events from these alone."""
    if not found.unlabelled_s or not (found.labels or found.strange_labels_s):
        return []
    got = f"none for {len(found.unlabelled_s)} toe-offs of the motion, the first at {found.unlabelled_s[0]:.3f} s"
    mend = "the swings after these are left out: label every step, or none"
    return [warning("label-missing", found.place, "a label for every step of a foot that has labels", got, mend)]


def _tell_all(found: EventTimes) -> list[Fault]:
    """Forces that come somewhat late, by all that tells it together."""
    late_s = lateness_of_all(found)
    alone = np.isnan(found.push_late_s)
    limit_s = _LATE_BY_STEPS_S if alone else _LATE_S
    if not abs(late_s) > limit_s:
        return []
    by = "by steps" if alone else "by steps and by the body's acceleration"
    expected = f"forces within {1e3 * limit_s:.0f} ms of the motion, {by}"
    got, mend = f"ones that come {_said(late_s)}", "shift one of them in time by that"
    return [warning("force-late", "ground forces", expected, got, mend)]


def _tell_feet(found: EventTimes) -> list[Fault]:
    """Forces of one foot that come earlier or later than it moves, while those of the other do not."""
    expected = f"forces of each foot within {1e3 * _FOOT_LATE_S:.0f} ms of its motion, by steps"
    odd = [f"{_said(late_s)} under leg {side}" for side, late_s in found.feet_late if abs(late_s) > _FOOT_LATE_S]
    got, mend = f"ones that come {' and '.join(odd)}", "look whether one plate is late against the other"
    return [warning("force-late", "ground forces", expected, got, mend)] if 0 < len(odd) < len(found.feet_late) else []


def _tell_lasting(found: EventTimes) -> list[Fault]:
    """Forces that bear the feet for longer, or shorter, than these stand: smoothed, or with another zero."""
    longer_s = _median(found.toe_offs) - _median(found.foot_strikes)
    if not abs(longer_s) > _LASTS_S:
        return []
    expected = f"forces that last as long as the feet's contacts, within {1e3 * _LASTS_S:.0f} ms"
    got = f"ones that last {1e3 * abs(longer_s):.0f} ms {'longer' if longer_s > 0 else 'shorter'}"
    mend = "look whether they were smoothed, at their zero and at the contact threshold (force_threshold_n)"
    return [warning("force-lasting", "ground forces", expected, got, mend)]


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


_Moved = tuple[Sequence[float], Sequence[float]]
"""Toe-offs and foot strikes of a foot by its motion, s."""
_Late = tuple[tuple[float, float], ...]
"""Times of events, and how much later each is than by motion, s."""


def _beside(moved: Mapping[Side, _Moved], told: Mapping[Side, _Told]) -> tuple[_Late, _Late]:
    """Pair toe-offs and foot strikes with those of the feet's motion."""
    found: tuple[list[tuple[float, float]], ...] = ([], [])
    for side, events in told.items():
        for kind, times, own in zip(found, events, moved[side], strict=True):
            near = [(time, min((time - other for other in own), key=abs)) for time in times if own]
            kind += [(time, late) for time, late in near if abs(late) < _REACH_S]
    return tuple(found[0]), tuple(found[1])


def _unpaired(moved: Mapping[Side, _Moved], told: Mapping[Side, _Told]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Labels without an event of the motion beside them, and toe-offs of the motion without a label."""
    strange, without = list[float](), list[float]()
    for side, labels in told.items():
        offs, _ = moved[side]
        for times, own in zip(labels, moved[side], strict=True):
            strange += [t for t in times if own and min(abs(t - other) for other in own) >= _REACH_S]
        without += [t for t in offs if min((abs(t - other) for other in labels[0]), default=np.inf) >= _REACH_S]
    return tuple(sorted(strange)), tuple(sorted(without))


def _events_of_motion(path: FootPath) -> _Moved:
    return find_toe_offs(path, gait_of(path)), find_foot_strikes(path)
