"""Does the whole body move as gravity and the ground make it: in flight it falls, and it goes where it is pushed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array, Bools
from swinglever.checks.balance import centre_of_mass
from swinglever.motion.foot_events import FootEvents
from swinglever.records.faults import Fault, error, warning
from swinglever.records.kinematics import Kinematics
from swinglever.records.trial import GroundForce
from swinglever.signals import interpolate, low_pass_at, smooth_curve

_FALLS, _MAY_FALL = (0.75, 1.2), (0.4, 2.5)
"""Mean acceleration downwards in flight, in gravities: public runners 1.02 to 1.06, those of published means 0.84 to
0.89 (``scripts/develop/fall_of_runners.py``). Times that are stretched by two make it a quarter, or four."""
_UNLIKE = 0.2
"""A flight is as long as its body falls: those of one trial differ from their median by 0.09 at most."""
_PULLED, _HARD_PULLED, _LOWEST = 2.0, 2.8, 5.0
"""Fall, in gravities, that the body passes in 5 of 100 frames: at most 1.6 in public and bundled trials, and with their
times halved at least 3.2. Nothing but gravity pulls it down, the motion of its soft parts aside."""
_FLIGHT_S, _EDGE_S, _FEWEST = (0.04, 0.35), 0.01, 3
"""Lasting of a flight; the filter carries the ground's push over its ends; frames that are left."""
_COVERED = 0.9
"""Correlation of the forces with the body's acceleration upwards: 0.92 and more where plates bear every step."""
_AGAINST, _RATHER = -0.1, 0.2
"""Force forwards for each newton that the body's acceleration forwards needs: public trials 0.22 to 0.78. Forces that
are reversed have the same with the other sign, those of exchanged columns have it sideways."""
_SPREAD = (0.86, 1.16)
"""Spread of the forces upwards over that of what the body's acceleration needs: 0.91 to 1.10 in public and bundled
trials, walks too. It grows with the square of the time: 1.2 where times are stretched by a tenth."""
_CUT_OFF_HZ = 12.0
_REACH_S, _STEP_S = 0.08, 0.004
"""How far, and how finely, forces are shifted against the motion."""


def check_fall(place: str, model: Model, kinematics: Kinematics, events: Sequence[FootEvents]) -> list[Fault]:
    """Name times that let a body fall too fast or too slowly.

    Parameters
    ----------
    place
        Where the motion comes from.
    model, kinematics
        The solved motion. Its centre of mass is that of the model.
    events
        Of both feet, by their motion.
    """
    acceleration = acceleration_of_centre(model, kinematics)
    pulled = hardest_fall(model, acceleration)
    falls = falls_in_flight(model, kinematics.time_s, acceleration, events)
    if pulled > _PULLED:
        make = error if pulled > _HARD_PULLED else warning
        return [_fall(make, place, pulled, "for a while")]
    if not falls:
        return []
    fall = float(np.median(falls))
    if _FALLS[0] <= fall <= _FALLS[1]:
        odd = [one / fall for one in falls if abs(one / fall - 1.0) > _UNLIKE]
        return _tell_odd(place, odd, len(falls)) if len(falls) >= _FEWEST else []
    make = warning if _MAY_FALL[0] <= fall <= _MAY_FALL[1] else error
    return [_fall(make, place, fall, f"in {len(falls)} flights")]


def _tell_odd(place: str, odd: Sequence[float], count: int) -> list[Fault]:
    """Flights in which a body falls at another rate than in the others: some times are stretched, others not."""
    if not odd:
        return []
    got = f"{len(odd)} of {count} in which it falls {', '.join(f'{one:.2f}' for one in odd[:5])} times as fast"
    mend = "look for times, or rows, that are missing or repeated there"
    return [warning("fall", place, "flights in which a body falls alike", got, mend)]


def _fall(make: Callable[..., Fault], place: str, fall: float, when: str) -> Fault:
    expected, got = "a body that falls with gravity in flight", f"{fall:.2f} times as fast {when}"
    mend = f"its times look {'stretched' if fall < 1.0 else 'shortened'} by {max(fall, 1e-3) ** -0.5:.2g}"
    return make("fall", place, expected, got, f"{mend}, unless the body is held")


def hardest_fall(model: Model, acceleration: Array) -> float:
    """Acceleration downwards, in gravities, that few frames pass."""
    size = float(np.linalg.norm(model.gravity))
    return float(np.percentile(acceleration @ model.gravity, 100.0 - _LOWEST)) / size**2


def acceleration_of_centre(model: Model, kinematics: Kinematics) -> Array:
    """Acceleration (T,3) of the centre of mass, m/s2."""
    return smooth_curve(kinematics.time_s, centre_of_mass(model, kinematics.q))(kinematics.time_s, 2)


def falls_in_flight(model: Model, time_s: Array, acceleration: Array, events: Sequence[FootEvents]) -> list[float]:
    """Mean acceleration downwards of each flight, in gravities."""
    size = float(np.linalg.norm(model.gravity))
    down = acceleration @ (model.gravity / size)
    inside = [(time_s > begin + _EDGE_S) & (time_s < end - _EDGE_S) for begin, end in _flights(*events)]
    return [float(down[air].mean()) / size for air in inside if air.sum() >= _FEWEST]


def _flights(one: FootEvents, other: FootEvents) -> list[tuple[float, float]]:
    """Spans in which both feet are in the air, s."""
    begins, ends = np.array(_swings_of(other)).reshape(-1, 2).T
    both = [np.stack([np.maximum(begin, begins), np.minimum(end, ends)], axis=1) for begin, end in _swings_of(one)]
    return [(a, b) for spans in both for a, b in spans[_lasts_as_a_flight(spans)].tolist()]


def _swings_of(events: FootEvents) -> list[tuple[float, float]]:
    """Spans from each toe-off to the next foot strike, s."""
    return [(off, min((s for s in events.foot_strike_s if s > off), default=off)) for off in events.toe_off_s]


def _lasts_as_a_flight(spans: Array) -> Bools:
    lasting = spans[:, 1] - spans[:, 0]
    return np.asarray((lasting >= _FLIGHT_S[0]) & (lasting <= _FLIGHT_S[1]))


@dataclass(frozen=True, kw_only=True)
class Pushes:
    """The forces' sum beside what the body's motion needs.

    Attributes
    ----------
    alike
        Correlation of both upwards.
    spread
        How much further the forces go up and down than what is needed.
    forwards, sideways
        Force for each newton that is needed along the way that the body faces; sideways without its sign.
    """

    alike: float
    spread: float
    forwards: float
    sideways: float


def pushes(model: Model, kinematics: Kinematics, acceleration: Array, forces: Sequence[GroundForce]) -> Pushes:
    """Compare the forces' sum with what the body's motion needs."""
    time_s, pelvis = kinematics.time_s, next(iter(model.legs.values())).pelvis_body
    push = low_pass_at(time_s, np.sum([force.at(time_s)[0] for force in forces], axis=0), _CUT_OFF_HZ)
    need = model.mass_kg * (acceleration - model.gravity)
    (facing,) = model.place_in_turn(kinematics.q, lambda placed: [placed.body_rotation[:, pelvis, :, 0]])
    forward = facing.mean(axis=0) * [1.0, 0.0, 1.0]
    forward = forward / max(float(np.linalg.norm(forward)), 1e-9)
    wanted, sideways = need @ forward, np.cross(forward, [0.0, 1.0, 0.0])
    return Pushes(
        alike=_alike(push[:, 1], need[:, 1]),
        spread=float(push[:, 1].std() / max(float(need[:, 1].std()), 1e-9)),
        forwards=_gain(push @ forward, wanted),
        sideways=abs(_gain(push @ sideways, wanted)),
    )


def check_push(place: str, model: Model, kinematics: Kinematics, forces: Sequence[GroundForce]) -> list[Fault]:
    """Name forces of plates that bear every step, and push the body another way than it moves, or otherwise.

    Parameters
    ----------
    place
        Where the motion comes from.
    model, kinematics
        The solved motion.
    forces
        Each under its foot.
    """
    found = pushes(model, kinematics, acceleration_of_centre(model, kinematics), forces)
    expected, got = "forces that push the body as it moves", ""
    if found.forwards < _AGAINST:
        got, mend = "ones that push it back when it is pushed forwards", "turn the sign of the forces along that axis"
    elif found.sideways > max(_RATHER, 2.0 * found.forwards):
        got, mend = "ones that push it sideways when it goes forwards", "exchange the columns of these axes"
    if got:
        return [error("force-push", "ground forces", expected, got, mend)]
    if _SPREAD[0] <= found.spread <= _SPREAD[1]:
        return []
    slower = found.spread > 1.0
    got = f"ones that go up and down {found.spread:.2f} times as far as its acceleration has them"
    times = f"its times look {'stretched' if slower else 'shortened'} by {found.spread**0.5:.2g}"
    mass = f"the model {1.0 / found.spread:.2g} times as heavy as the person"
    return [warning("force-push", place, expected, got, f"{times} or {mass}, unless motion or forces were smoothed")]


def bear_every_step(model: Model, kinematics: Kinematics, forces: Sequence[GroundForce]) -> bool:
    """Whether forces and the body's acceleration upwards go together, as where plates bear every step."""
    if not forces:
        return False
    return pushes(model, kinematics, acceleration_of_centre(model, kinematics), forces).alike >= _COVERED


def push_upwards(forces: Sequence[GroundForce], time_s: Array) -> Array:
    """Sum (...) of the forces upwards at any times, N."""
    ups = [interpolate(time_s, force.time_s, force.force_n[:, 1:2], outside=0.0)[..., 0] for force in forces]
    return np.asarray(np.sum(ups, axis=0))


def push_lateness(time_s: Array, upwards: Array, forces: Sequence[GroundForce]) -> float:
    """How much later the forces come than the body's acceleration upwards (T) needs them, s: where both are most alike.

    Public and bundled trials have -8 to 12 ms. nan where plates do not bear every step.
    """
    if not forces:
        return float("nan")
    late_s = np.arange(-_REACH_S, _REACH_S + 1e-9, _STEP_S)
    inside = (time_s > time_s[0] + _REACH_S) & (time_s < time_s[-1] - _REACH_S)
    ups = (push_upwards(forces, time_s + by) for by in late_s)
    alike = [_alike(low_pass_at(time_s, up, _CUT_OFF_HZ)[inside], upwards[inside]) for up in ups]
    return float(late_s[int(np.argmax(alike))]) if inside.any() and max(alike) >= _COVERED else float("nan")


def _alike(one: Array, other: Array) -> float:
    """Correlation; zero where one of the two never changes."""
    return float(np.corrcoef(one, other)[0, 1]) if one.std() > 1e-9 and other.std() > 1e-9 else 0.0


def _gain(one: Array, other: Array) -> float:
    """How much of one there is for each of the other, their means aside."""
    return float(np.cov(one, other)[0, 1] / max(float(other.var(ddof=1)), 1e-9))
