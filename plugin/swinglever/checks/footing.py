"""Do the feet rest while they bear the body, or would they with legs exchanged or a sign turned; is the ground level.

No force is asked. A foot that stands moves with the ground, a floor or a belt; that of a body whose legs are exchanged,
or one of whose coordinates has its sign reversed, slides to and fro.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from swinglever.anatomy.model import Model, Side
from swinglever.arrays import Array, Ints
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
_FEWEST = 2
"""Contacts of one foot beside which the other has to have one."""
_FEWEST_BESIDE_FORCES = 5
"""Pairs of foot strikes: of three steps of a walk, noise of 3 mm hides every toe-off, and forces tell them."""

Stance = tuple[Side, float, float]
"""One contact: the leg, its begin and its end, s."""


@dataclass(frozen=True, kw_only=True)
class _Undo:
    """What undoes a fault: another order (n) of the columns, and signs (n)."""

    order: Ints
    sign: Array

    def of(self, q: Array) -> Array:
        return np.asarray((q * self.sign)[..., self.order])


@dataclass(frozen=True, kw_only=True)
class Footing:
    """How the feet rest.

    Attributes
    ----------
    slide_m_s
        Speed of the standing feet against the ground, root mean square.
    undone
        The same where one thing is undone, by what it is.
    speed_m_s, slope_deg
        Of the body over the ground, and how far the ground rises where it goes.
    """

    slide_m_s: float
    undone: Mapping[str, float]
    speed_m_s: float
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
    if found is None and by_force is not None:
        found = measure_footing(model, kinematics, by_force)
    if found is None or turns:
        return turns
    return _check_slide(place, found) or _check_slope(place, found)


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
    """Measure how the feet rest; None where no whole contact was seen, or the model has one leg."""
    stances = stances_of(events)
    if len(model.legs) < 2 or not stances:
        return None
    sides = [side for side, _, _ in stances]
    time_s = np.array([on + _INSTANTS * (off - on) for _, on, off in stances])
    before, after = (kinematics.curve(time_s + by) for by in (-_STEP_S, _STEP_S))
    slides = {"": _feet(model, before, after, sides)}
    for what, undo, own in _faults(model, sides):
        slides[what] = _feet(model, undo.of(before), undo.of(after), own)
    ahead, up = travel_direction(model, kinematics), model.up
    going = _going(model, kinematics, time_s.mean(axis=1)) - slides[""].mean(axis=(0, 1))
    return Footing(
        slide_m_s=_slide(slides.pop("")),
        undone={what: _slide(speed) for what, speed in slides.items()},
        speed_m_s=float(going @ ahead),
        slope_deg=float(np.degrees(np.arctan2(going @ up, abs(going @ ahead)))),
    )


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
    expected = "feet that rest on the ground while they bear the body"
    what, least = min(found.undone.items(), key=lambda undone: undone[1])
    ratio, gained = found.slide_m_s / max(least, 1e-9), found.slide_m_s - least
    got, most = f"ones that slide at {found.slide_m_s:.2f} m/s", _SLIDES_M_S + _SLIDES_SHARE * abs(found.speed_m_s)
    # What leaves them sliding is not what is wrong.
    if gained > _LEAST_M_S and (ratio > _PLAINLY or (ratio > _RATHER and least < most)):
        make = error if ratio > _PLAINLY else warning
        return [make("footing", place, expected, f"{got}, at {least:.2f} m/s with {what}", "look whether it has to be")]
    if found.slide_m_s < most:
        return []
    return [warning("footing", place, expected, got, "look at signs, units and sides of pelvis and legs")]


def _check_slope(place: str, found: Footing) -> list[Fault]:
    if abs(found.slope_deg) < _STEEPEST_DEG or abs(found.speed_m_s) < _SLOWEST_M_S:
        return []
    got = (
        f"one that {'rises' if found.slope_deg > 0 else 'falls'} by {abs(found.slope_deg):.0f} deg where the body goes"
    )
    mend = "turn the axes so that gravity is along the second, unless the ground slopes"
    return [warning("slope", place, "level ground under the feet", got, mend)]


def _faults(model: Model, sides: Sequence[Side]) -> Iterator[tuple[str, "_Undo", Sequence[Side]]]:
    """What may be undone: in words, how the coordinates (..., n) change, and the leg of each stance then."""
    moves = (model.tree.body_ancestors @ model.tree.drives) > 0
    legs, n = list(model.legs.values()), len(model.coordinates)
    root = moves[legs[0].pelvis_body]
    own = [np.flatnonzero(moves[list(leg.bodies)].any(axis=0) & ~root) for leg in legs]
    if len(own[0]) == len(own[1]):
        order = np.arange(n)
        order[own[0]], order[own[1]] = own[1], own[0]
        other = {legs[0].side: legs[1].side, legs[1].side: legs[0].side}
        yield "left and right leg exchanged", _Undo(order=order, sign=np.ones(n)), [other[side] for side in sides]
    for a, b in combinations(np.flatnonzero(root), 2):
        if model.coordinates[a].turns == model.coordinates[b].turns:
            order = np.arange(n)
            order[[a, b]] = b, a
            names = f"{model.coordinates[a].name!r} and {model.coordinates[b].name!r}"
            yield f"{names} exchanged", _Undo(order=order, sign=np.ones(n)), sides
    hips = [tuple(leg.hip) for leg in legs]
    both = list(zip(*hips, strict=True)) if len(hips[0]) == len(hips[1]) else []
    for turned in [*[(int(k),) for k in np.flatnonzero(root)], *[(k,) for hip in hips for k in hip], *both]:
        sign = np.ones(n)
        sign[list(turned)] = -1.0
        names = " and ".join(repr(model.coordinates[k].name) for k in turned)
        yield f"the sign of {names} reversed", _Undo(order=np.arange(n), sign=sign), sides


def _feet(model: Model, before: Array, after: Array, sides: Sequence[Side]) -> Array:
    """Speed (s,k,3) of the balls of the standing feet, one a stance (s), from coordinates shortly before and after."""
    legs = model.legs.values()
    places = [
        model.place_in_turn(q, lambda placed: [sole_points(leg, placed)[1] for leg in legs]) for q in (before, after)
    ]
    balls = dict(zip(model.legs, zip(*places, strict=True), strict=True))
    return np.stack([(balls[side][1][s] - balls[side][0][s]) / (2.0 * _STEP_S) for s, side in enumerate(sides)])


def _slide(speed: Array) -> float:
    """Speed of feet (s,k,3) against the ground: that of the stance itself and those beside it, root mean square."""
    mean = speed.mean(axis=1)
    ground = np.array([np.median(mean[max(s - 1, 0) : s + 2], axis=0) for s in range(len(mean))])
    return float(np.sqrt(((speed - ground[:, None]) ** 2).sum(axis=-1).mean()))


def _going(model: Model, kinematics: Kinematics, time_s: Array) -> Array:
    """Mean velocity (3) of the pelvis from the first to the last of some times."""
    first, last = (time_s[0], time_s[-1]) if len(time_s) > 1 else kinematics.time_s[[0, -1]]
    placed = model.place(kinematics.curve(np.array([first, last])))
    start, end = placed.body_position[:, next(iter(model.legs.values())).pelvis_body]
    return np.asarray((end - start) / (last - first))
