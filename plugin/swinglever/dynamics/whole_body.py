"""The whole body along one swing: its equation of motion, and what the ground holds of it in stance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.anatomy.multibody.spatial import cross, force_at
from swinglever.anatomy.multibody.tree import Configuration, body_inertias, inverse_dynamics, mass_matrix
from swinglever.arrays import Array, Bools, Ints
from swinglever.dynamics.limb import Dynamics, bilinear_terms
from swinglever.records.results import Kinematics
from swinglever.records.trial import GroundForce


@dataclass(frozen=True, kw_only=True)
class BodyDynamics:
    """The whole body along one swing, free coordinates only (n): M udot + c = g + joints + ground.

    Parameters
    ----------
    swing
        The swing, whose leg is looked at.
    free
        (n) indices of the free coordinates in the model.
    mass_matrix, bilinear
        (K,n,n) M, and B(u, .), whose product with u is c.
    gravity, external
        (K,n) g, and the measured ground force.
    u, udot
        (K,n).
    held
        (K,4 f,n) Jacobian of what the ground holds, of each foot; rows of zeros where it does not touch.
    touches
        (K,f) whether each force acts.
    placed
        The model along the swing.
    """

    swing: Dynamics
    free: Ints
    mass_matrix: Array
    bilinear: Array
    gravity: Array
    external: Array
    u: Array
    udot: Array
    held: Array
    touches: Bools
    placed: Configuration

    @property
    def velocity_terms(self) -> Array:
        """C (K,n)."""
        return np.asarray((self.bilinear @ self.u[..., None])[..., 0])

    @property
    def net_force(self) -> Array:
        """What joints (and residuals at the pelvis) deliver (K,n)."""
        needed = (self.mass_matrix @ self.udot[..., None])[..., 0] + self.velocity_terms
        return needed - self.gravity - self.external


def compute_body_dynamics(
    model: Model, kinematics: Kinematics, swing: Dynamics, forces: Sequence[GroundForce], threshold_n: float
) -> BodyDynamics:
    """Compute the equation of motion of the whole body along one swing.

    Parameters
    ----------
    model, kinematics
        The moving body.
    swing
        Which swing.
    forces
        Ground forces.
    threshold_n
        Vertical force from which a foot counts as held by the ground.
    """
    q, u, udot = kinematics.at(swing.time_s)
    free = np.array([k for k, c in enumerate(model.coordinates) if not c.locked])
    placed = model.place(q)
    inertias = body_inertias(placed, model.masses)
    still = np.zeros_like(u)
    columns = [bilinear_terms(placed, inertias, u, _unit(u, k))[:, free] for k in free]
    held, touches, external = _contact(model, placed, swing.time_s, forces, threshold_n)
    return BodyDynamics(
        swing=swing,
        free=free,
        mass_matrix=mass_matrix(placed, inertias)[:, free][:, :, free],
        bilinear=np.stack(columns, axis=-1),
        gravity=-inverse_dynamics(placed, inertias, still, still, model.gravity)[:, free],
        external=external[:, free],
        u=u[:, free],
        udot=udot[:, free],
        held=held[:, :, free],
        touches=touches,
        placed=placed,
    )


def _unit(like: Array, k: int) -> Array:
    out = np.zeros_like(like)
    out[:, k] = 1.0
    return out


def _contact(
    model: Model, placed: Configuration, time_s: Array, forces: Sequence[GroundForce], threshold_n: float
) -> tuple[Array, Bools, Array]:
    """Jacobians of what is held (K,4 f,n), whether each force acts (K,f), and the measured force (K,n)."""
    mine = [f for f in forces if f.body in model.body_names]
    held = np.zeros((len(time_s), 4 * len(mine), len(model.coordinates)))
    touches = np.zeros((len(time_s), len(mine)), dtype=bool)
    wrenches = np.zeros((len(time_s), len(model.body_names), 6))
    for k, force in enumerate(mine):
        push, point, moment = force.at(time_s)
        acts = (push[:, 1] > threshold_n) & np.isfinite(point).all(axis=1)
        point, body = np.where(acts[:, None], point, 0.0), model.body_names.index(force.body)
        wrench = force_at(point, push)
        wrench[:, :3] += np.nan_to_num(moment)
        wrenches[:, body] += np.where(acts[:, None], wrench, 0.0)
        carries = placed.tree.body_ancestors[body][:, None] * placed.tree.drives
        along = placed.axes[..., 3:] + cross(placed.axes[..., :3], point[:, None])
        rows = np.concatenate([along, placed.axes[..., 1:2]], axis=-1)
        held[:, 4 * k : 4 * k + 4] = np.swapaxes(rows, 1, 2) @ carries * acts[:, None, None]
        touches[:, k] = acts
    return held, touches, placed.generalised_force(wrenches)


def projections(body: BodyDynamics) -> tuple[Array, Array]:
    """P (K,n,n) and X (K,n,4 f): accelerations by forces with the feet held, and by the feet's own accelerations."""
    inverse = np.linalg.inv(body.mass_matrix)
    spread = inverse @ np.swapaxes(body.held, 1, 2)
    # A foot that does not touch has rows of zeros: the pseudo-inverse leaves it out.
    answer = spread @ np.linalg.pinv(body.held @ spread, rcond=1e-10, hermitian=True)
    return inverse - answer @ (body.held @ inverse), answer
