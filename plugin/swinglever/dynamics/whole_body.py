"""The whole body along the swings of one leg: its equation of motion, and what the ground holds of it in stance."""

from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.anatomy.multibody.configuration import Configuration
from swinglever.anatomy.multibody.equation import body_inertias, inverse_dynamics, mass_matrix
from swinglever.anatomy.multibody.spatial import cross
from swinglever.arrays import Array, Bools, Ints, unwritable
from swinglever.dynamics.contact import Contacts, find_contacts, in_swing_of
from swinglever.dynamics.limb import Dynamics, bilinear_columns


@dataclass(frozen=True, kw_only=True)
class BodyDynamics:
    """The whole body along the swings of one leg, free coordinates only (n): M udot + c = g + joints + ground.

    Parameters
    ----------
    leg
        The swing leg's own equation, with the swings (S,K).
    free
        (n) indices of the free coordinates in the model.
    mass_matrix, bilinear
        (S,K,n,n) M, and B(u, .), whose product with u is c.
    gravity, external
        (S,K,n) g, and the measured ground force.
    u, udot
        (S,K,n).
    held
        (S,K,4 c,n) Jacobian of what the ground holds, by each of its forces; rows of zeros where it does not act.
    touches
        (S,K,c) whether each force acts.
    """

    leg: Dynamics
    free: Ints
    mass_matrix: Array
    bilinear: Array
    gravity: Array
    external: Array
    u: Array
    udot: Array
    held: Array
    touches: Bools

    def __post_init__(self) -> None:
        unwritable(self)

    @property
    def model(self) -> Model:
        """The whole model."""
        return self.leg.swings.inputs.model

    @property
    def velocity_terms(self) -> Array:
        """(S,K,n) c."""
        return np.asarray((self.bilinear @ self.u[..., None])[..., 0])

    @property
    def net_force(self) -> Array:
        """(S,K,n) what joints (and residuals at the pelvis) deliver."""
        needed = (self.mass_matrix @ self.udot[..., None])[..., 0] + self.velocity_terms
        return np.asarray(needed - self.gravity - self.external)

    @property
    def carries_everything(self) -> Bools:
        """(n) coordinates of the pelvis in space: a force there is a residual, no joint's."""
        tree, pelvis = self.model.tree, self.model.legs[self.leg.limb.leg.side].pelvis_body
        return np.asarray((tree.body_ancestors[pelvis] @ tree.drives)[self.free] > 0)


def compute_body_dynamics(leg: Dynamics) -> BodyDynamics:
    """Compute the equation of motion of the whole body along the swings of one leg.

    Notes
    -----
    A foot counts as held from the contact threshold on: a foot that is held stands still, and one that is just leaving
    does not.
    """
    swings = leg.swings
    model, parameters = swings.inputs.model, swings.inputs.parameters
    free = np.array([k for k, c in enumerate(model.coordinates) if not c.locked])
    placed = model.place(swings.q)
    inertias = body_inertias(placed, model.masses)
    still = np.zeros_like(swings.u)
    forces = in_swing_of(leg.limb.leg, leg.limb.model.body_names, swings.inputs.trial.ground_forces)
    contacts = find_contacts(model, swings.time_s, forces, parameters.force_threshold_n)
    external = placed.generalised_force(contacts.on_bodies(len(model.body_names)))
    return BodyDynamics(
        leg=leg,
        free=free,
        mass_matrix=mass_matrix(placed, inertias)[..., free][..., free, :],
        bilinear=bilinear_columns(placed, inertias, swings.u, free.tolist())[..., free, :],
        gravity=-inverse_dynamics(placed, inertias, still, still, model.gravity)[..., free],
        external=external[..., free],
        u=swings.u[..., free],
        udot=swings.udot[..., free],
        held=_held(placed, contacts)[..., free],
        touches=contacts.acts,
    )


def _held(placed: Configuration, contacts: Contacts) -> Array:
    """Jacobian (..., 4 c, n): motion of the point under the centre of pressure, and spin about the vertical."""
    rows = []
    for k, body in enumerate(contacts.bodies):
        carries = placed.tree.body_ancestors[body][:, None] * placed.tree.drives
        along = placed.axes[..., 3:] + cross(placed.axes[..., :3], contacts.point_m[..., k, None, :])
        motion = np.concatenate([along, placed.axes[..., 1:2]], axis=-1)
        rows.append(np.swapaxes(motion, -1, -2) @ carries * contacts.acts[..., k, None, None])
    return np.concatenate([np.zeros((*contacts.acts.shape[:-1], 0, placed.tree.n_coordinates)), *rows], axis=-2)


def projections(body: BodyDynamics) -> tuple[Array, Array]:
    """P (S,K,n,n) and X (S,K,n,4 c): accelerations by forces with the feet held, and by the feet's own."""
    inverse = np.linalg.inv(body.mass_matrix)
    spread = inverse @ np.swapaxes(body.held, -1, -2)
    # A foot that does not touch has rows of zeros: the pseudo-inverse leaves it out. What is held has numbers of the
    # size of one over a mass; below 1e-10 of the largest they are rounding.
    answer = spread @ np.linalg.pinv(body.held @ spread, rcond=1e-10, hermitian=True)
    return inverse - answer @ (body.held @ inverse), answer
