"""Is the body over its feet, and does the ground's force pass its centre of mass: in the mean of both feet."""

from collections.abc import Mapping, Sequence

import numpy as np

from swinglever.anatomy.model import Model, Side
from swinglever.arrays import Array
from swinglever.motion.foot_events import FootEvents
from swinglever.motion.foot_path import travel_direction
from swinglever.motion.soles import sole_points
from swinglever.motion.steps import side_of
from swinglever.records.faults import Fault, warning
from swinglever.records.kinematics import Kinematics
from swinglever.records.trial import GroundForce

_BORNE_S = np.linspace(0.0, 0.08, 5)
"""A foot bears the body for so long, at least, after it strikes and before it leaves: sprinters do."""
_LEANS_M = 0.08
"""The body of public and bundled runners and walkers is at most 0.04 m beside its feet, in the mean of left and right
(``scripts/develop/fall_of_runners.py``); one that is tilted by ten degrees is 0.17 m beside."""
_BESIDE_M, _AHEAD_M = 0.06, 0.1
"""The ground's force passes the centre of mass of those at most 0.01 m beside it, 0.07 m before or behind."""
_SOLE = (0.35, 0.9)
"""Place of the mean centre of pressure, from heel to tip of the toes: 0.50 to 0.66 of a foot in those trials. Who lands
on the ball of the foot has it at 0.7 to 0.8, where that is."""
_MOST_OFF = 0.1
"""Share of the load at points that are more than a quarter of a foot before or behind it: 0.01 at most in those
trials."""
_LOADED_N = 100.0


def centre_of_mass(model: Model, q: Array) -> Array:
    """Place (..., 3) of the whole body's centre of mass at coordinates (..., n)."""
    mass, centre_m = model.masses.mass_kg, model.masses.centre_m
    (centre,) = model.place_in_turn(
        q, lambda placed: [np.average(placed.stations(np.arange(len(mass)), centre_m), axis=-2, weights=mass)]
    )
    return centre


def _sole_of(model: Model, side: Side, q: Array) -> tuple[Array, ...]:
    """Heel, ball and tip of the toes (T,3) of a leg at coordinates (T,n)."""
    return model.place_in_turn(q, lambda placed: sole_points(model.legs[side], placed))


def check_lean(place: str, model: Model, kinematics: Kinematics, events: Mapping[Side, FootEvents]) -> list[Fault]:
    """Name a body that is beside its feet all the time: nobody stays up there, so the vertical is not where it is said.

    Parameters
    ----------
    place
        Where the motion comes from.
    model, kinematics
        The solved motion.
    events
        Of each leg, by its motion.
    """
    beside_m = lean_of(model, kinematics, events)
    if not abs(beside_m) > _LEANS_M:
        return []
    got = f"one that is {abs(beside_m):.2f} m to the {'right' if beside_m > 0 else 'left'} of them, mean of both feet"
    mend = "turn the axes so that gravity is along the second"
    return [warning("lean", place, "a body over its feet", got, mend)]


def lean_of(model: Model, kinematics: Kinematics, events: Mapping[Side, FootEvents]) -> float:
    """How far the body is to the right of its feet while they bear it, m; nan without a step of either foot."""
    ahead, up = travel_direction(model, kinematics), model.up
    begin, end = kinematics.time_s[[0, -1]]
    means = list[float]()
    for side, own in events.items():
        time_s = np.concatenate([np.add.outer(own.foot_strike_s, _BORNE_S), np.subtract.outer(own.toe_off_s, _BORNE_S)])
        q = kinematics.curve(time_s[(time_s >= begin) & (time_s <= end)])
        foot = np.mean(_sole_of(model, side, q), axis=0)
        beside_m = (centre_of_mass(model, q) - foot) @ np.cross(ahead, up)
        means.append(float(beside_m.mean()) if len(q) else float("nan"))
    return float(np.mean(means))


def check_pressure(model: Model, kinematics: Kinematics, forces: Sequence[GroundForce]) -> list[Fault]:
    """Name points of application off the foot that stands there, or whose forces would turn the body over.

    Parameters
    ----------
    model, kinematics
        The solved motion.
    forces
        Of plates, each under its foot.
    """
    return [
        *(fault for force in forces for fault in _check_along(model, kinematics, force)),
        *_check_lever(*lever_of(model, kinematics, forces)),
    ]


def _check_along(model: Model, kinematics: Kinematics, force: GroundForce) -> list[Fault]:
    share, off, place = *place_on_sole(model, kinematics, force), f"ground force {force.name!r}"
    if share < _SOLE[0] or share > _SOLE[1]:
        expected = f"a centre of pressure at {_SOLE[0]:g} to {_SOLE[1]:g} of the foot from heel to toes, in the mean"
        mend = "look at the origin and the axes of the points of application"
        return [warning("force-point", place, expected, f"one at {share:.2f}", mend)]
    if off > _MOST_OFF:
        got = f"one that is before or behind it for {100 * off:.0f} % of the load"
        mend = "look at the unit of its moments beside that of its corners, and at its axes"
        return [warning("force-point", place, "a centre of pressure that goes along with the foot", got, mend)]
    return []


def place_on_sole(model: Model, kinematics: Kinematics, force: GroundForce) -> tuple[float, float]:
    """Where the centre of pressure of a plate is along the foot that it is under.

    Returns
    -------
    share, off
        The mean as a share of the foot from its heel; and how much of the load is more than a quarter of a foot before
        or behind it. nan where not measured.
    """
    side, (push, point, _) = side_of(force, model), force.at(kinematics.time_s)
    loaded = (push[:, 1] > _LOADED_N) & np.isfinite(point).all(axis=1) & (np.abs(point).max(axis=1) > 0.0)
    if side is None or not loaded.any():
        return float("nan"), float("nan")
    heel, _, tip = _sole_of(model, side, kinematics.q[loaded])
    along = (tip - heel) * [1.0, 0.0, 1.0]
    share = ((point[loaded] - heel) * along).sum(axis=1) / (along**2).sum(axis=1)
    load = push[loaded, 1]
    return float(np.average(share, weights=load)), float(np.average(np.abs(share - 0.5) > 0.75, weights=load))


def _check_lever(ahead_m: float, beside_m: float) -> list[Fault]:
    off = [
        f"{abs(by):.2f} m {before if by > 0 else behind} it"
        for by, most, before, behind in (
            (ahead_m, _AHEAD_M, "before", "behind"),
            (beside_m, _BESIDE_M, "to the right of", "to the left of"),
        )
        if abs(by) > most
    ]
    if not off:
        return []
    expected, got = (
        "forces that pass the centre of mass, in the mean of both feet",
        f"ones that pass {' and '.join(off)}",
    )
    mend = "look at the origin of their points, and whether forces and motion have one vertical"
    return [warning("force-lever", "ground forces", expected, got, mend)]


def lever_of(model: Model, kinematics: Kinematics, forces: Sequence[GroundForce]) -> tuple[float, float]:
    """How far before, and to the right of, the centre of mass the ground's force passes, m: mean of both feet.

    nan where a foot has no force, or plates tell no points.
    """
    pushes = {side: _push(model, side, kinematics.time_s, forces) for side in model.legs}
    total, turning = (np.sum([push[k] for push in pushes.values()], axis=0) for k in (0, 1))
    loaded = total[:, 1] > _LOADED_N
    along = total[loaded] / total[loaded, 1:2]
    point, centre = turning[loaded] / total[loaded, 1:2], centre_of_mass(model, kinematics.q[loaded])
    passes = point + (centre - point)[:, 1:2] * along - centre
    ahead = travel_direction(model, kinematics)
    level = passes @ np.stack([ahead, np.cross(ahead, [0.0, 1.0, 0.0])], axis=1)
    shares = [push[loaded, 1] / total[loaded, 1] for push, _ in pushes.values()]
    weights = [np.where(share > 0.5, total[loaded, 1], 0.0) for share in shares]
    if not all(weight.any() for weight in weights):
        return float("nan"), float("nan")
    ahead_m, beside_m = np.mean([np.average(level, axis=0, weights=weight) for weight in weights], axis=0)
    return float(ahead_m), float(beside_m)


def _push(model: Model, side: Side, time_s: Array, forces: Sequence[GroundForce]) -> tuple[Array, Array]:
    """Force (T,3) under one foot, and the sum (T,3) of its points, each times the force upwards."""
    own = [force.at(time_s)[:2] for force in forces if side_of(force, model) == side]
    zero = np.zeros((len(time_s), 3))
    return sum((p for p, _ in own), zero), sum((p[:, 1:2] * np.nan_to_num(at) for p, at in own), zero)
