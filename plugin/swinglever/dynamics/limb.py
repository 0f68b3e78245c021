"""The swing leg as arrays: mass matrix, velocity terms and their bilinear form, gravity and net joint moments."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.legs import find_legs
from swinglever.anatomy.model import Leg, Model, Side, restrict
from swinglever.anatomy.multibody.spatial import force_at
from swinglever.anatomy.multibody.tree import Configuration, body_inertias, inverse_dynamics, mass_matrix
from swinglever.arrays import Array, Ints, unwritable
from swinglever.motion.swings import SwingEvents
from swinglever.readers.trial import GroundForce
from swinglever.records.parameters import Parameters
from swinglever.records.results import Kinematics

_NOISE_SHARE = 0.2
"""A vertical force below this share of the contact threshold is a plate's noise, with a meaningless centre of
pressure.
"""


@dataclass(frozen=True, kw_only=True)
class Limb:
    """The part of a model that carries one leg: what the dynamics of its swing depend on.

    Parameters
    ----------
    model
        Pelvis and leg only.
    leg
        Its coordinates and bodies, by index into ``model``.
    coordinates
        (n) where its coordinates stand in the whole model.
    """

    model: Model
    leg: Leg
    coordinates: Ints


@dataclass(frozen=True, kw_only=True)
class Dynamics:
    """Equation of motion M udot + c = g + net moment + external, along one swing, for pelvis and swing leg.

    Parameters
    ----------
    events, limb
        Which swing, of what.
    time_s
        (K) from toe-off to foot strike.
    q, u, udot
        (K,n) coordinates of the limb's model, speeds, accelerations.
    mass_matrix
        (K,n,n).
    velocity_terms, gravity, external, net_moment
        (K,n) c(q,u), g(q), ground force on the swing foot, and what the joints deliver, N m or N; the model's signs.
    bilinear
        (K,n,f) B(u, e_j) for the released coordinates j, so that ``bilinear @ u_f`` is their part of c.
    """

    events: SwingEvents
    limb: Limb
    time_s: Array
    q: Array
    u: Array
    udot: Array
    mass_matrix: Array
    velocity_terms: Array
    gravity: Array
    external: Array
    net_moment: Array
    bilinear: Array

    def __post_init__(self) -> None:
        unwritable(self)

    @property
    def knee_flexion_rad(self) -> Array:
        """(K) knee angle, flexion positive."""
        return self.limb.leg.knee_sign * self.q[:, self.limb.leg.knee]

    def released_column(self, coordinate: int) -> int:
        """Column of ``bilinear`` that belongs to a released coordinate."""
        return self.limb.leg.released.index(coordinate)


def take_limb(model: Model, side: Side) -> Limb:
    """Take the pelvis and one leg out of a model."""
    leg = model.legs[side]
    part, coordinates = restrict(model, (leg.pelvis_body, *leg.bodies))
    return Limb(model=part, leg=find_legs(part.tree, part.coordinates, part.body_names)[side], coordinates=coordinates)


def compute_dynamics(
    model: Model,
    kinematics: Kinematics,
    swings: Sequence[SwingEvents],
    forces: tuple[GroundForce, ...],
    parameters: Parameters,
) -> tuple[Dynamics, ...]:
    """Compute the equation of motion along swings of any sides, those of one side all at once.

    Parameters
    ----------
    model, kinematics
        The moving body.
    swings
        Where to compute.
    forces
        Ground forces; those on the swing foot enter (its last contact may reach into the swing).
    parameters
        Number of samples a swing, contact threshold.
    """
    found: dict[str, Dynamics] = {}
    for side in model.legs:
        mine = [s for s in swings if s.side == side]
        if mine:
            limb = take_limb(model, side)
            found |= {d.events.id: d for d in _of_one_side(limb, kinematics, mine, forces, parameters)}
    return tuple(found[s.id] for s in swings)


def _of_one_side(
    limb: Limb,
    kinematics: Kinematics,
    swings: Sequence[SwingEvents],
    forces: tuple[GroundForce, ...],
    parameters: Parameters,
) -> list[Dynamics]:
    time_s = np.stack([s.grid(parameters.grid_points) for s in swings])
    q, u, udot = (x[..., limb.coordinates] for x in kinematics.at(time_s))
    placed = limb.model.place(q)
    inertias = body_inertias(placed, limb.model.masses)
    zero, no_gravity = np.zeros_like(q), np.zeros(3)
    velocity_terms = inverse_dynamics(placed, inertias, u, zero, no_gravity)
    gravity = -inverse_dynamics(placed, inertias, zero, zero, limb.model.gravity)
    matrix = mass_matrix(placed, inertias)
    external = _external(limb, placed, time_s, forces, _NOISE_SHARE * parameters.force_threshold_n)
    net = np.einsum("...ij,...j->...i", matrix, udot) + velocity_terms - gravity - external
    bilinear = np.stack([bilinear_terms(placed, inertias, u, _unit(u, j)) for j in limb.leg.released], axis=-1)
    return [
        Dynamics(
            events=swing,
            limb=limb,
            time_s=time_s[k],
            q=q[k],
            u=u[k],
            udot=udot[k],
            mass_matrix=matrix[k],
            velocity_terms=velocity_terms[k],
            gravity=gravity[k],
            external=external[k],
            net_moment=net[k],
            bilinear=bilinear[k],
        )
        for k, swing in enumerate(swings)
    ]


def bilinear_terms(placed: Configuration, inertias: Array, v: Array, w: Array) -> Array:
    """Symmetric bilinear form B(v, w) (..., n) of the velocity terms, with c(u) = B(u, u).

    Notes
    -----
    By polarisation: B(v, w) = (c(v + w) - c(v - w)) / 4.
    """
    zero, no_gravity = np.zeros_like(v), np.zeros(3)
    together = inverse_dynamics(placed, inertias, v + w, zero, no_gravity)
    apart = inverse_dynamics(placed, inertias, v - w, zero, no_gravity)
    return 0.25 * (together - apart)


def _unit(like: Array, k: int) -> Array:
    out = np.zeros_like(like)
    out[..., k] = 1.0
    return out


def _external(
    limb: Limb, placed: Configuration, time_s: Array, forces: tuple[GroundForce, ...], noise_n: float
) -> Array:
    """Generalised force (..., n) of the ground on the swing leg; nothing where its point is not measured."""
    return placed.generalised_force(_wrenches(limb, time_s, forces, noise_n))


def foot_wrench(limb: Limb, time_s: Array, forces: tuple[GroundForce, ...], parameters: Parameters) -> Array:
    """Ground force on the swing leg (..., 6): moment about the ground's origin, N m, and force, N."""
    wrenches = _wrenches(limb, time_s, forces, _NOISE_SHARE * parameters.force_threshold_n)
    return np.asarray(wrenches.sum(axis=-2))


def _wrenches(limb: Limb, time_s: Array, forces: tuple[GroundForce, ...], noise_n: float) -> Array:
    """Ground forces (..., b, 6) on every body; nothing where the point is not measured."""
    total = np.zeros((*time_s.shape, len(limb.model.body_names), 6))
    for force in forces:
        if force.body not in limb.model.body_names:
            continue
        push, point, moment = force.at(time_s)
        counts = (push[..., 1] > noise_n) & np.isfinite(point).all(axis=-1) & np.isfinite(moment).all(axis=-1)
        wrench = force_at(np.where(counts[..., None], point, 0.0), push)
        wrench[..., :3] += moment
        total[..., limb.model.body_names.index(force.body), :] += np.where(counts[..., None], wrench, 0.0)
    return total
