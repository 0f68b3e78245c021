"""What may be wrong with a whole motion, and what undoes it: legs exchanged, a sign turned, a joint that comes late."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from swinglever.anatomy.model import Leg, Model, Side
from swinglever.arrays import Array, Bools, Ints
from swinglever.records.kinematics import Kinematics

SHIFT_S = 0.04
"""Most by which a joint is made earlier or later."""
_LATE_S, _LEG_LATE_S = 0.006, 0.01
"""In public trials feet slide no more than 1.14 times less with any joint or leg shifted, whatever the shift. Bundled
runners, whose stances are made of means, have 1.1 too, a whole leg aside: 1.5 times with one 5 ms later."""


@dataclass(frozen=True, kw_only=True)
class Undo:
    """What undoes a fault of the coordinates.

    Attributes
    ----------
    what
        In words, as after "with".
    order, sign
        Of the columns (n): which each is taken from, and with which sign.
    side_of
        Which leg stands when the motion as it came says that a leg does.
    """

    what: str
    order: Ints
    sign: Array
    side_of: Mapping[Side, Side]

    def of(self, q: Array) -> Array:
        """Coordinates (..., n) without the fault."""
        return np.asarray((q * self.sign)[..., self.order])


@dataclass(frozen=True, kw_only=True)
class Joint:
    """Coordinates that a table may have some frames late, all together.

    Attributes
    ----------
    what, side
        In words, and the leg that they move.
    coordinates
        Which they are.
    least_s
        Lateness that is less is not told.
    """

    what: str
    side: Side
    coordinates: tuple[int, ...]
    least_s: float = _LATE_S

    def earlier(self, kinematics: Kinematics, time_s: Array, by_s: float) -> Array:
        """Coordinates (..., n) at any times, with these as they are ``by_s`` later: undoes that they come late."""
        q, k = kinematics.curve(time_s), list(self.coordinates)
        q[..., k] = kinematics.curve(time_s + by_s)[..., k]
        return np.asarray(q)


def exchanges_and_signs(model: Model) -> Iterator[Undo]:
    """Legs exchanged, two coordinates of the root exchanged, and signs of root and hips."""
    moves = _moves(model)
    legs, n = list(model.legs.values()), len(model.coordinates)
    root = moves[legs[0].pelvis_body]
    own, as_it_came = [_below(leg, moves, root) for leg in legs], {leg.side: leg.side for leg in legs}
    if len(own[0]) == len(own[1]):
        order = np.arange(n)
        order[own[0]], order[own[1]] = own[1], own[0]
        other = {legs[0].side: legs[1].side, legs[1].side: legs[0].side}
        yield Undo(what="left and right leg exchanged", order=order, sign=np.ones(n), side_of=other)
    for a, b in combinations(np.flatnonzero(root), 2):
        if model.coordinates[a].turns == model.coordinates[b].turns:
            order = np.arange(n)
            order[[a, b]] = b, a
            names = f"{model.coordinates[a].name!r} and {model.coordinates[b].name!r}"
            yield Undo(what=f"{names} exchanged", order=order, sign=np.ones(n), side_of=as_it_came)
    hips = [tuple(leg.hip) for leg in legs]
    both = list(zip(*hips, strict=True)) if len(hips[0]) == len(hips[1]) else []
    for turned in [*[(int(k),) for k in np.flatnonzero(root)], *[(k,) for hip in hips for k in hip], *both]:
        sign = np.ones(n)
        sign[list(turned)] = -1.0
        names = " and ".join(repr(model.coordinates[k].name) for k in turned)
        yield Undo(what=f"the sign of {names} reversed", order=np.arange(n), sign=sign, side_of=as_it_came)


def joints_of_legs(model: Model) -> Iterator[Joint]:
    """Hip flexion, knee and ankle of each leg, its whole hip, and the whole leg."""
    moves = _moves(model)
    for side, leg in model.legs.items():
        below = _below(leg, moves, moves[leg.pelvis_body])
        ankle = np.flatnonzero(moves[leg.ankle_body] & ~moves[leg.shank])
        for k in (leg.hip_flexion, leg.knee, *ankle[:1]):
            if not model.coordinates[k].locked:
                yield Joint(what=repr(model.coordinates[k].name), side=side, coordinates=(int(k),))
        yield Joint(what=f"the whole hip of leg {side}", side=side, coordinates=tuple(leg.hip))
        whole = tuple(below.tolist())
        yield Joint(what=f"the whole leg {side}", side=side, coordinates=whole, least_s=_LEG_LATE_S)


def _moves(model: Model) -> Bools:
    """Which bodies (rows) which coordinates move."""
    return np.asarray((model.tree.body_ancestors @ model.tree.drives) > 0)


def _below(leg: Leg, moves: Bools, root: Bools) -> Ints:
    """Coordinates of a leg from the hip down."""
    return np.flatnonzero(moves[list(leg.bodies)].any(axis=0) & ~root)
