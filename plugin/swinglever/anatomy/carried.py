"""What a body carries, in that body's own frame: the dynamics of a leg on a pelvis whose motion is given.

Everything is expressed in the frame of the base as it is at the instant, which counts as ground: there the joints up to
the base need not be placed. That the base moves is one velocity and one acceleration more, the same for all its joints.
"""

from dataclasses import dataclass, replace

import numpy as np

from swinglever.anatomy.model import Model, restrict
from swinglever.anatomy.multibody.abreast import equation_abreast, mass_matrix_abreast
from swinglever.anatomy.multibody.configuration import Configuration
from swinglever.anatomy.multibody.held import hold
from swinglever.anatomy.multibody.spatial import cross
from swinglever.anatomy.multibody.tree import MassProperties, Tree
from swinglever.arrays import Array, Bools, Ints


@dataclass(frozen=True, kw_only=True)
class BaseMotion:
    """How a base moves: spatial velocity and acceleration less gravity (..., 6), about its origin and in its axes."""

    velocity: Array
    acceleration: Array

    def at(self, index: tuple[slice | Ints | int | None, ...]) -> "BaseMotion":
        """Give some of the leading places."""
        return BaseMotion(velocity=self.velocity[index], acceleration=self.acceleration[index])


@dataclass(frozen=True, kw_only=True)
class Carried:
    """The part of a model that one of its bodies carries, as a tree of its own.

    Parameters
    ----------
    tree, masses
        Joints and bodies beyond the base.
    coordinates
        (n') where the part's coordinates stand among those of the model.
    base
        Index of the body that carries it; -1 for ground, when nothing can be left out.
    """

    tree: Tree
    masses: MassProperties
    coordinates: Ints
    base: int

    def of(self, swings: Ints) -> "Carried":
        """Give the same for some swings, where each (S,1,b) has masses of its own."""
        own = {name: v[swings] for name, v in vars(self.masses).items()} if self.masses.mass_kg.ndim > 1 else None
        return self if own is None else replace(self, masses=MassProperties(**own))

    def held(self, still: Bools, q: Array) -> "Carried":
        """Give the same with some of its coordinates (n') held at their values among q (n')."""
        joints = self.tree.drives[:, still].any(axis=1)
        tree, masses = hold(self.tree, self.masses, joints, q)
        return replace(self, tree=tree, masses=masses, coordinates=self.coordinates[~still])

    def motion_of_base(self, model: Model, q: Array, u: Array, udot: Array) -> BaseMotion:
        """How the base moves when the whole model moves with q, u and udot (..., n)."""
        if self.base < 0:
            still = np.zeros((*q.shape[:-1], 6))
            return BaseMotion(velocity=still, acceleration=still - np.append(np.zeros(3), model.gravity))
        way, own = restrict(model, (self.base,))
        placed = way.place(q[..., own])
        acceleration = placed.body_accelerations(u[..., own], udot[..., own])[..., 0, :]
        acceleration[..., 3:] -= model.gravity
        velocity = placed.body_velocities(u[..., own])[..., 0, :]
        turn, origin = _frame_carried(placed)
        return BaseMotion(velocity=_seen(velocity, turn, origin), acceleration=_seen(acceleration, turn, origin))

    def equation(self, q: Array, u: Array, udot: Array, base: BaseMotion) -> tuple[Array, Array]:
        """Mass matrix (..., n', n') and generalised forces (..., n') that accelerations udot need besides gravity."""
        *frames, n = q.shape
        motion, moved = (
            [np.broadcast_to(x, (*frames, x.shape[-1])).reshape(-1, x.shape[-1]) for x in some]
            for some in ((q, u, udot), (base.velocity, base.acceleration))
        )
        matrix, force = equation_abreast(self.tree, self.masses.of_frames(tuple(frames)), motion, moved)
        return matrix.reshape(*frames, n, n), force.reshape(*frames, n)

    def mass_matrix(self, q: Array) -> Array:
        """Mass matrix (..., n', n') for coordinates q (..., n')."""
        *frames, n = q.shape
        matrix = mass_matrix_abreast(self.tree, self.masses.of_frames(tuple(frames)), q.reshape(-1, n))
        return matrix.reshape(*frames, n, n)


def _frame_carried(placed: Configuration) -> tuple[Array, Array]:
    """Rotation (..., 3, 3) and origin (..., 3) of the frame that the joint of the one body carries."""
    turn = placed.body_rotation[..., 0, :, :] @ placed.tree.body_rotation[0].T
    return turn, placed.body_position[..., 0, :] - turn @ placed.tree.body_position[0]


def _seen(vector: Array, turn: Array, origin: Array) -> Array:
    """Motion vector (..., 6) about the ground's origin, in ground, as one about another origin in other axes."""
    about, along = vector[..., :3], vector[..., 3:] + cross(vector[..., :3], origin)
    return np.concatenate([(x[..., None, :] @ turn)[..., 0, :] for x in (about, along)], axis=-1)


def carried_by(model: Model, base: int) -> Carried:
    """Take what a body carries out of a model; the whole model, on ground, where it cannot be taken apart there."""
    tree = model.tree
    joint = int(tree.body_joint[base])
    own = np.arange(len(tree.parent)) if joint < 0 else np.flatnonzero(tree.ancestors[joint] == 0.0)
    parents = [int(p) for p in tree.parent[own] if p not in own]
    mine, others = (tree.drives[rows].any(axis=0) for rows in (own, np.setdiff1d(np.arange(len(tree.parent)), own)))
    if joint < 0 or any(p != joint for p in parents) or (mine & others).any():
        return _take(model, np.arange(len(tree.parent)), -1)
    return _take(model, own, base)


def _take(model: Model, joints: Ints, base: int) -> Carried:
    tree = model.tree
    bodies = np.flatnonzero(np.isin(tree.body_joint, joints))  # what is fixed to ground moves nothing
    coordinates, _ = tree.coordinates_of(joints)
    return Carried(tree=tree.part(joints, bodies), masses=model.masses.of(bodies), coordinates=coordinates, base=base)
