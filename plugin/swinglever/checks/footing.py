"""Do the feet rest while they bear the body, or would they with something undone; is the ground level.

No force is asked. A foot that stands moves with the ground, a floor or a belt; that of a body whose legs are exchanged,
one of whose coordinates has its sign reversed, or one of whose joints comes late, slides to and fro.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import Model, Side
from swinglever.arrays import Array, Bools, Ints
from swinglever.checks.undoing import SHIFT_S, Joint, exchanges_and_signs, joints_of_legs
from swinglever.motion.foot_events import FootEvents
from swinglever.motion.foot_path import travel_direction
from swinglever.motion.soles import sole_points
from swinglever.records.faults import Fault, error, warning
from swinglever.records.kinematics import Kinematics

_INSTANTS = np.linspace(0.3, 0.7, 5)
"""Shares of a contact at which the whole foot, or its ball, is on the ground."""
_LONGEST_S, _STEP_S = 1.5, 0.002
_RATHER, _PLAINLY, _LEAST_M_S = 1.2, 2.0, 0.02
"""How much less feet slide when a fault is undone: 1.07 times at most in public and bundled trials, whatever is undone
(``scripts/develop/fall_of_runners.py``). When legs were exchanged it is 5 times and more."""
_SLIDES_M_S, _SLIDES_SHARE = 0.1, 0.05
"""Feet of those trials slide by 0.02 to 0.23 m/s, at 1 to 4.6 m/s over the ground."""
_STEEPEST_DEG = 4.0
"""Ground of those trials, all of it level, slopes by up to 2.4 degrees as markers and model have it."""
_SLOWEST_M_S = 0.5
_FORWARDS = 0.7
"""Share of its speed over the ground with which a body goes forwards: 0.996 and more in those trials."""
_PROBE_S = 0.02
"""Joints are tried so much earlier and later."""
_FEWEST = 2
"""Contacts of one foot beside which the other has to have one."""
_FEWEST_BESIDE_FORCES = 5
"""Pairs of foot strikes: of three steps of a walk, noise of 3 mm hides every toe-off, and forces tell them."""

Stance = tuple[Side, float, float]
"""One contact: the leg, its begin and its end, s."""


@dataclass(frozen=True, kw_only=True)
class _Instants:
    """Times (i) at which a foot stands, s, with the number of the contact (i) and its leg."""

    time_s: Array
    contact: Ints
    side: tuple[Side, ...]

    def place(self, of: Callable[[Array], Array]) -> tuple[Array, Array]:
        """Coordinates (i,n) shortly before and after, from a curve over time."""
        return of(self.time_s - _STEP_S), of(self.time_s + _STEP_S)


@dataclass(frozen=True, kw_only=True)
class Shift:
    """How feet slide, m/s, as the motion came and with a joint so much earlier (s; less than zero: later)."""

    joint: Joint
    by_s: float
    before_m_s: float
    slide_m_s: float

    def __str__(self) -> str:
        return f"{self.joint.what} {1e3 * abs(self.by_s):.0f} ms {'earlier' if self.by_s > 0 else 'later'}"


@dataclass(frozen=True, kw_only=True)
class Footing:
    """How the feet rest.

    Attributes
    ----------
    slide_m_s
        Speed of the standing feet against the ground, root mean square.
    undone
        The same where one thing is undone, by what it is.
    shifts
        Each joint earlier or later by as much as makes the feet rest best.
    speed_m_s, aside_m_s, slope_deg
        Of the body over the ground, forwards as it faces and to its right; and how far the ground rises where it goes.
    """

    slide_m_s: float
    undone: Mapping[str, float]
    shifts: tuple[Shift, ...]
    speed_m_s: float
    aside_m_s: float
    slope_deg: float


def check_footing(
    place: str,
    model: Model,
    kinematics: Kinematics,
    events: Mapping[Side, FootEvents],
    by_force: Mapping[Side, FootEvents] | None,
) -> list[Fault]:
    """Name motions in which the feet slide on the ground that bears them, and ground that slopes.

    Parameters
    ----------
    place
        Where the motion comes from.
    model, kinematics
        The solved motion.
    events
        Of each leg, by its motion.
    by_force
        As ground forces tell them; None without any. They serve where the motion has no contact.
    """
    found, turns = measure_footing(model, kinematics, events), _check_turns(place, events, by_force is not None)
    if by_force is not None and (found is None or turns):
        found = measure_footing(model, kinematics, by_force)
    if found is None or (turns and by_force is None):
        return turns
    if turns:
        return _check_way(place, found) or turns
    return _check_slide(place, found) or _check_way(place, found) or _check_slope(place, found)


def stances_of(events: Mapping[Side, FootEvents]) -> list[Stance]:
    """Whole contacts of both feet, in the order in which they begin."""
    whole = [
        (side, on, min(offs))
        for side, own in events.items()
        for on in own.foot_strike_s
        if (offs := [off for off in own.toe_off_s if on < off < on + _LONGEST_S])
    ]
    return sorted(whole, key=lambda stance: stance[1])


def measure_footing(model: Model, kinematics: Kinematics, events: Mapping[Side, FootEvents]) -> Footing | None:
    """Measure how the feet rest; None where no whole contact was seen, or the model has one leg.

    Joints are shifted in contacts that the recording cuts too: a foot may have no other. Exchanges and signs are told
    better by whole ones alone: one contact has no other ground beside it.
    """
    whole = stances_of(events)
    if len(model.legs) < 2 or not whole:
        return None
    standing = _instants(kinematics, whole)
    before, after = standing.place(kinematics.curve)
    speed = _feet(model, before, after, standing.side)
    undone = {
        undo.what: _slide(
            _feet(model, undo.of(before), undo.of(after), [undo.side_of[side] for side in standing.side]), standing
        )
        for undo in exchanges_and_signs(model)
    }
    ahead, up = travel_direction(model, kinematics), model.up
    going = _going(model, kinematics, whole) - speed.mean(axis=0)
    return Footing(
        slide_m_s=_slide(speed, standing),
        undone=undone,
        shifts=tuple(_shifted(model, kinematics, [*whole, *_cut_stances(events)])),
        speed_m_s=float(going @ ahead),
        aside_m_s=float(going @ np.cross(ahead, up)),
        slope_deg=float(np.degrees(np.arctan2(going @ up, abs(going @ ahead)))),
    )


def _instants(kinematics: Kinematics, stances: Sequence[Stance], room_s: float = _STEP_S) -> _Instants:
    """Instants of some contacts, as far as they have so much room inside the recording."""
    stances = sorted(stances, key=lambda stance: stance[1])
    begin, end = kinematics.time_s[[0, -1]] + [room_s, -room_s]
    time_s = np.concatenate([on + _INSTANTS * (off - on) for _, on, off in stances])
    contact = np.repeat(np.arange(len(stances)), len(_INSTANTS))
    inside = (time_s >= begin) & (time_s <= end)
    _, contact = np.unique(contact[inside], return_inverse=True)
    side = np.repeat([side for side, _, _ in stances], len(_INSTANTS))[inside]
    return _Instants(time_s=time_s[inside], contact=contact, side=tuple(side.tolist()))


def _cut_stances(events: Mapping[Side, FootEvents]) -> list[Stance]:
    """Contacts that begin before the recording does, or end after it, as long as the whole ones are."""
    lasting = float(np.median([off - on for _, on, off in stances_of(events)]))
    cut = list[Stance]()
    for side, own in events.items():
        cut += [(side, t - lasting, t) for t in own.toe_off_s[:1] if t < min(own.foot_strike_s, default=np.inf)]
        cut += [(side, t, t + lasting) for t in own.foot_strike_s[-1:] if t > max(own.toe_off_s, default=-np.inf)]
    return cut


def _shifted(model: Model, kinematics: Kinematics, stances: Sequence[Stance]) -> Iterator[Shift]:
    """How feet slide with each joint of the legs as much earlier or later as makes them rest best.

    The square of the sliding is a parabola over a small shift: three points tell its lowest.
    """
    standing = _instants(kinematics, stances, SHIFT_S + _STEP_S)
    if not standing.side:
        return
    speed = _feet(model, *standing.place(kinematics.curve), standing.side)
    before_m_s = _slide(speed, standing)
    for joint in joints_of_legs(model):
        own = np.array([side == joint.side for side in standing.side])
        if not own.any():
            continue
        squares = [_slide_with(model, kinematics, standing, speed, own, joint, by) ** 2 for by in (-_PROBE_S, _PROBE_S)]
        bent = sum(squares) - 2.0 * before_m_s**2
        by_s = float(np.clip(0.5 * _PROBE_S * (squares[0] - squares[1]) / max(bent, 1e-12), -SHIFT_S, SHIFT_S))
        slide_m_s = _slide_with(model, kinematics, standing, speed, own, joint, by_s)
        yield Shift(joint=joint, by_s=by_s, before_m_s=before_m_s, slide_m_s=slide_m_s)


def _slide_with(
    model: Model, kinematics: Kinematics, standing: _Instants, speed: Array, own: Bools, joint: Joint, by_s: float
) -> float:
    """How feet slide with a joint so much earlier: only its own leg's (``own``) move otherwise."""
    mine = _Instants(time_s=standing.time_s[own], contact=standing.contact[own], side=(joint.side,) * int(own.sum()))
    changed = speed.copy()
    changed[own] = _feet(model, *mine.place(lambda time_s: joint.earlier(kinematics, time_s, by_s)), mine.side)
    return _slide(changed, standing)


def _check_turns(place: str, events: Mapping[Side, FootEvents], forces_tell: bool) -> list[Fault]:
    """A foot that never stands while the other does, or strikes the ground and does not leave it."""
    whole = Counter(side for side, _, _ in stances_of(events))
    most = max(whole.values(), default=0)
    if most >= _FEWEST and (idle := [side for side in events if not whole[side]]):
        got, mend = f"none of leg {idle[0]} beside {most} of the other", "the signs and units of this leg's angles"
        return [warning("footing", place, "contacts of both feet", got, f"look at {mend}")]
    strikes = np.sort(np.concatenate([own.foot_strike_s for own in events.values()]))
    offs = np.sort(np.concatenate([own.toe_off_s for own in events.values()]))
    # Whichever feet strike one after the other, one of them left the ground in between.
    between = np.diff(np.searchsorted(offs, strikes)) > 0
    if 2 * between.sum() >= len(between) or len(between) < (_FEWEST_BESIDE_FORCES if forces_tell else 1):
        return []
    got = f"none in {len(between) - between.sum()} of {len(between)}"
    mend = "look at axes that are tilted, noise, and the signs of pelvis and ankles"
    return [warning("footing", place, "a toe-off between any two foot strikes", got, mend)]


def _check_slide(place: str, found: Footing) -> list[Fault]:
    most = _SLIDES_M_S + _SLIDES_SHARE * abs(found.speed_m_s)
    undone = [(found.slide_m_s, least, what) for what, least in found.undone.items()]
    shifted = [(s.before_m_s, s.slide_m_s, str(s)) for s in found.shifts if abs(s.by_s) >= s.joint.least_s]
    expected = "feet that rest on the ground while they bear the body"
    for slide, least, what in (min(tried, key=lambda one: one[1]) for tried in (undone, shifted) if tried):
        ratio, gained = slide / max(least, 1e-9), slide - least
        # What leaves them sliding is not what is wrong.
        if gained > _LEAST_M_S and (ratio > _PLAINLY or (ratio > _RATHER and least < most)):
            make = error if ratio > _PLAINLY and what in found.undone else warning
            got = f"ones that slide at {slide:.2f} m/s, at {least:.2f} m/s with {what}"
            return [make("footing", place, expected, got, "look whether it has to be")]
    if found.slide_m_s < most:
        return []
    got = f"ones that slide at {found.slide_m_s:.2f} m/s"
    return [warning("footing", place, expected, got, "look at signs, units and sides of pelvis and legs")]


def _check_way(place: str, found: Footing) -> list[Fault]:
    """A body that goes where it does not face: backwards, or sideways."""
    speed_m_s = float(np.hypot(found.speed_m_s, found.aside_m_s))
    if speed_m_s < _SLOWEST_M_S or found.speed_m_s > _FORWARDS * speed_m_s:
        return []
    way = "sideways" if abs(found.aside_m_s) > abs(found.speed_m_s) else "backwards"
    mend = "phases and claims are those of going forwards; look at axes and signs, unless the person went so"
    return [warning("way", place, "a body that goes forwards", f"one that goes {way} at {speed_m_s:.2g} m/s", mend)]


def _check_slope(place: str, found: Footing) -> list[Fault]:
    if abs(found.slope_deg) < _STEEPEST_DEG or abs(found.speed_m_s) < _SLOWEST_M_S:
        return []
    got = (
        f"one that {'rises' if found.slope_deg > 0 else 'falls'} by {abs(found.slope_deg):.0f} deg where the body goes"
    )
    mend = "turn the axes so that gravity is along the second, unless the ground slopes"
    return [warning("slope", place, "level ground under the feet", got, mend)]


def _feet(model: Model, before: Array, after: Array, sides: Sequence[Side]) -> Array:
    """Speed (i,3) of the ball of the standing foot at each instant, from coordinates shortly before and after."""
    legs = model.legs.values()
    places = [
        model.place_in_turn(q, lambda placed: [sole_points(leg, placed)[1] for leg in legs]) for q in (before, after)
    ]
    balls = np.array(places)  # before and after, leg, instant, 3
    speed = (balls[1] - balls[0]) / (2.0 * _STEP_S)
    stands = [list(model.legs).index(side) for side in sides]
    return np.asarray(speed[stands, np.arange(len(stands))])


def _slide(speed: Array, standing: _Instants) -> float:
    """Speed of feet (i,3) against the ground: that of the contact itself and those beside it, root mean square."""
    mean = np.array([speed[standing.contact == s].mean(axis=0) for s in range(standing.contact[-1] + 1)])
    ground = np.array([np.median(mean[max(s - 1, 0) : s + 2], axis=0) for s in range(len(mean))])
    return float(np.sqrt(((speed - ground[standing.contact]) ** 2).sum(axis=-1).mean()))


def _going(model: Model, kinematics: Kinematics, stances: Sequence[Stance]) -> Array:
    """Mean velocity (3) of the pelvis from the middle of the first contact to that of the last."""
    middles = [0.5 * (on + off) for _, on, off in stances]
    first, last = (middles[0], middles[-1]) if len(middles) > 1 else kinematics.time_s[[0, -1]]
    placed = model.place(kinematics.curve(np.array([first, last])))
    start, end = placed.body_position[:, next(iter(model.legs.values())).pelvis_body]
    return np.asarray((end - start) / (last - first))
