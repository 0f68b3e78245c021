"""Where the ground pushes: measured forces as wrenches on the bodies, and when each of them acts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import Leg, Model
from swinglever.anatomy.multibody.spatial import force_at
from swinglever.arrays import Array, Bools
from swinglever.records.trial import GroundForce


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """The ground forces (c) on the bodies of a model, at some instants (...).

    Parameters
    ----------
    bodies
        (c) the body that each acts on, by index.
    acts
        (..., c) whether it acts.
    point_m
        (..., c, 3) where; zero while it does not act.
    wrench
        (..., c, 6) its moment about the ground's origin, N m, and its force, N; zero while it does not act.
    """

    bodies: tuple[int, ...]
    acts: Bools
    point_m: Array
    wrench: Array

    def on_bodies(self, n_bodies: int) -> Array:
        """Wrenches (..., b, 6) on every body."""
        total = np.zeros((*self.acts.shape[:-1], n_bodies, 6))
        for k, body in enumerate(self.bodies):
            total[..., body, :] += self.wrench[..., k, :]
        return total


def find_contacts(model: Model, time_s: Array, forces: tuple[GroundForce, ...], least_n: float) -> Contacts:
    """Find when each ground force acts, and its wrench.

    Parameters
    ----------
    model
        Whose bodies they may act on; a force on any other body has no say.
    time_s
        (...).
    forces
        The measured forces.
    least_n
        Vertical force above which one acts, where its point is measured: a smaller one is a plate's noise, with a
        meaningless centre of pressure.
    """
    mine = [force for force in forces if force.body in model.body_names]
    acts = np.zeros((*time_s.shape, len(mine)), dtype=bool)
    points, wrenches = np.zeros((*acts.shape, 3)), np.zeros((*acts.shape, 6))
    for k, force in enumerate(mine):
        push, point, moment = force.at(time_s)
        acts[..., k] = (push[..., 1] > least_n) & np.isfinite(point).all(axis=-1)
        points[..., k, :] = np.where(acts[..., k, None], point, 0.0)
        wrench = force_at(points[..., k, :], push)
        wrench[..., :3] += np.nan_to_num(moment)
        wrenches[..., k, :] = np.where(acts[..., k, None], wrench, 0.0)
    bodies = tuple(model.body_names.index(force.body) for force in mine)
    return Contacts(bodies=bodies, acts=acts, point_m=points, wrench=wrenches)


def in_swing_of(leg: Leg, bodies: Sequence[str], forces: Sequence[GroundForce]) -> tuple[GroundForce, ...]:
    """Leave out what a plate still tells of a leg's own foot while that leg swings.

    Parameters
    ----------
    leg
        The leg that swings: its foot is off the ground from toe-off to foot strike.
    bodies
        Names of the model's bodies.
    forces
        The measured forces.

    Notes
    -----
    Toe-off is where the vertical force falls below the contact threshold. What is left fades within 10 to 30 ms, and
    its centre of pressure, a quotient of two small numbers, leaps by half a metre: in two runners it moved the net
    moments at knee and hip by up to 40 N m from one sample to the next, where the motion asks for none of it.
    """
    foot = {bodies[body] for body in leg.segments["foot"]}
    return tuple(force for force in forces if force.body not in foot)
