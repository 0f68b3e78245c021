"""The swing leg as arrays: mass matrix, velocity terms and their bilinear form, gravity and net joint moments."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.limb import Limb
from swinglever.anatomy.multibody.configuration import Configuration
from swinglever.anatomy.multibody.equation import body_inertias, inverse_dynamics, mass_matrix
from swinglever.arrays import Array, unwritable
from swinglever.dynamics.contact import find_contacts, in_swing_of
from swinglever.motion.leg_swings import LegSwings


@dataclass(frozen=True, kw_only=True)
class Dynamics:
    """Equation of motion M udot + c = g + net moment + external of pelvis and swing leg, along the swings of one leg.

    Parameters
    ----------
    swings
        Which swings (S), at which instants (K).
    q, u, udot
        (S,K,n) coordinates of the limb's model, speeds, accelerations.
    mass_matrix
        (S,K,n,n).
    velocity_terms, gravity, external, net_moment
        (S,K,n) c(q,u), g(q), measured forces on the limb other than the ground's on its foot, and what the joints
        deliver, N m or N; the model's signs.
    bilinear
        (S,K,n,f) B(u, e_j) for the released coordinates j, so that ``bilinear @ u_f`` is their part of c.
    foot_wrench
        (S,K,6) those forces as a moment about the ground's origin, N m, and a force, N.
    """

    swings: LegSwings
    q: Array
    u: Array
    udot: Array
    mass_matrix: Array
    velocity_terms: Array
    gravity: Array
    external: Array
    net_moment: Array
    bilinear: Array
    foot_wrench: Array

    def __post_init__(self) -> None:
        unwritable(self)

    @property
    def limb(self) -> Limb:
        """Pelvis and swing leg."""
        return self.swings.limb

    @property
    def time_s(self) -> Array:
        """(S,K) from toe-off to foot strike."""
        return self.swings.time_s

    @property
    def knee_flexion_rad(self) -> Array:
        """(S,K) knee angle, flexion positive."""
        return self.limb.leg.knee_sign * self.q[..., self.limb.leg.knee]

    @property
    def released_moment(self) -> Array:
        """(S,K,f) net moments at the leg's free coordinates."""
        return np.asarray(self.net_moment[..., self.limb.released])

    def at_released(self, values: Array) -> Array:
        """Generalised forces (..., n) of the limb that are (..., f) at the leg's free coordinates, zero elsewhere."""
        force = np.zeros((*values.shape[:-1], len(self.limb.coordinates)))
        force[..., self.limb.released] = values
        return force

    def released_columns(self, coordinates: Sequence[int]) -> list[int]:
        """Columns of ``bilinear`` that belong to some released coordinates."""
        return [self.limb.released.index(k) for k in coordinates]


def compute_dynamics(swings: LegSwings) -> Dynamics:
    """Compute the equation of motion along all swings of one leg at once.

    Notes
    -----
    Net moments are what the recorded motion needs besides gravity. The ground has no part in them: the foot is off it.
    """
    limb, parameters = swings.limb, swings.inputs.parameters
    q, u, udot = (x[..., limb.coordinates] for x in (swings.q, swings.u, swings.udot))
    placed = limb.model.place(q)
    inertias = body_inertias(placed, limb.model.masses)
    still, no_gravity = np.zeros_like(q), np.zeros(3)
    velocity_terms = inverse_dynamics(placed, inertias, u, still, no_gravity)
    gravity = -inverse_dynamics(placed, inertias, still, still, limb.model.gravity)
    matrix = mass_matrix(placed, inertias)
    forces = in_swing_of(limb.leg, limb.model.body_names, swings.inputs.trial.ground_forces)
    contacts = find_contacts(limb.model, swings.time_s, forces, parameters.force_threshold_n)
    external = placed.generalised_force(contacts.on_bodies(len(limb.model.body_names)))
    return Dynamics(
        swings=swings,
        q=q,
        u=u,
        udot=udot,
        mass_matrix=matrix,
        velocity_terms=velocity_terms,
        gravity=gravity,
        external=external,
        net_moment=(matrix @ udot[..., None])[..., 0] + velocity_terms - gravity - external,
        bilinear=bilinear_columns(placed, inertias, u, limb.released),
        foot_wrench=contacts.wrench.sum(axis=-2),
    )


def bilinear_columns(placed: Configuration, inertias: Array, u: Array, coordinates: Sequence[int]) -> Array:
    """B(u, e_j) (..., n, f) of the velocity terms for some coordinates j; times their speeds it is their part."""
    columns = []
    for k in coordinates:
        alone = np.zeros_like(u)
        alone[..., k] = 1.0
        columns.append(bilinear_terms(placed, inertias, u, alone))
    return np.stack(columns, axis=-1)


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
