"""A tree of rigid bodies as arrays: joints, the bodies that they carry, and their masses.

Every joint is a chain of elementary joints, each turning about or sliding along one axis; its functions say how the
model's coordinates drive them. Which joint carries which is a constant 0/1 matrix.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from swinglever.anatomy.multibody.joint_functions import JointFunctions, Mapped
from swinglever.anatomy.multibody.spatial import skew
from swinglever.arrays import Array, Bools, Ints


@dataclass(frozen=True, kw_only=True, eq=False)
class Tree:
    """Elementary joints and the bodies that they carry.

    Parameters
    ----------
    parent
        (j) index of the joint before, -1 for ground; always smaller than the joint's own.
    fixed_rotation, fixed_position
        (j,3,3), (j,3): the joint's frame in the frame that its parent carries, m.
    axis, slides
        (j,3) unit axis in the joint's frame; (j) whether it slides along the axis instead of turning about it.
    body_joint
        (b) the joint that carries the body, -1 for one fixed to ground.
    body_rotation, body_position
        (b,3,3), (b,3): the body's frame in the frame that its joint carries, m.
    couplers, joints
        From free coordinates to all coordinates of the model, and from these to the joints.
    """

    parent: Ints
    fixed_rotation: Array
    fixed_position: Array
    axis: Array
    slides: Bools
    body_joint: Ints
    body_rotation: Array
    body_position: Array
    couplers: JointFunctions
    joints: JointFunctions

    @property
    def n_coordinates(self) -> int:
        """Number of free coordinates."""
        return self.couplers.n_sources

    @cached_property
    def turned(self) -> tuple[Array, Array, Array, Array]:
        """What joint angles multiply (Rodrigues): F, F K and F K K (3,3,j,1), and F times the axis (3,j,1)."""
        fixed, cross_matrix = self.fixed_rotation, skew(self.axis)
        along = (fixed @ self.axis[:, :, None])[..., 0]
        each = (fixed, fixed @ cross_matrix, fixed @ cross_matrix @ cross_matrix, along)
        still, first, second, slides = (np.ascontiguousarray(np.moveaxis(x, 0, -1))[..., None] for x in each)
        return still, first, second, slides

    @cached_property
    def stands(self) -> tuple[Ints, Array, Array]:
        """What carries each body, ground after them (b+1), and rotations (3,3,b+1,1) and origins (3,b+1,1) in it."""
        rotation, position = np.empty((3, 3, len(self.body_joint) + 1, 1)), np.zeros((3, len(self.body_joint) + 1, 1))
        rotation[:, :, :-1, 0], position[:, :-1, 0] = self.body_rotation.transpose(1, 2, 0), self.body_position.T
        rotation[:, :, -1, 0] = np.eye(3)
        return np.append(self.body_joint, -1), rotation, position

    @cached_property
    def ancestors(self) -> Array:
        """(j,j) one where the column's joint carries the row's, itself included."""
        matrix = np.eye(len(self.parent))
        for joint, before in enumerate(self.parent):
            if before >= 0:
                matrix[joint] += matrix[before]
        return matrix

    @cached_property
    def body_ancestors(self) -> Array:
        """(b,j) one where the joint carries the body."""
        return np.array([self.ancestors[j] if j >= 0 else np.zeros(len(self.parent)) for j in self.body_joint])

    @cached_property
    def driver(self) -> Ints:
        """(j) the free coordinate that drives the joint."""
        return self.couplers.source[self.joints.source]

    @cached_property
    def drives(self) -> Array:
        """(j,n) one where the free coordinate drives the joint."""
        matrix = np.zeros((len(self.parent), self.n_coordinates))
        matrix[np.arange(len(self.parent)), self.driver] = 1.0
        return matrix

    def place_joints(self, q: Array) -> Mapped:
        """Give values (..., j) of the joints for free coordinates q (..., n), and how they change with them."""
        return (
            self.joints.evaluate(q) if self.couplers.changes_nothing else self.joints.after(self.couplers.evaluate(q))
        )

    def coordinates_of(self, joints: Ints) -> tuple[Ints, Ints]:
        """Give the free coordinates (n') that drive some joints, and all coordinates (m') that follow those."""
        free = np.flatnonzero(self.drives[joints].any(axis=0))
        return free, np.flatnonzero(np.isin(self.couplers.source, free))

    def part(self, joints: Ints, bodies: Ints) -> "Tree":
        """Give the tree of some joints (rising) and bodies; what carries a part and is none of it counts as ground."""
        free, rows = self.coordinates_of(joints)
        renumber = {int(old): new for new, old in enumerate(joints)}
        return Tree(
            parent=np.array([renumber.get(int(self.parent[j]), -1) for j in joints]),
            fixed_rotation=self.fixed_rotation[joints],
            fixed_position=self.fixed_position[joints],
            axis=self.axis[joints],
            slides=self.slides[joints],
            body_joint=np.array([renumber.get(int(self.body_joint[b]), -1) for b in bodies]),
            body_rotation=self.body_rotation[bodies],
            body_position=self.body_position[bodies],
            couplers=self.couplers.part(rows, free),
            joints=self.joints.part(joints, rows),
        )


@dataclass(frozen=True, kw_only=True)
class MassProperties:
    """Mass (..., b), centre of mass (..., b, 3) and central inertia (..., b, 3, 3) of bodies, in body axes."""

    mass_kg: Array
    centre_m: Array
    inertia_kg_m2: Array

    def of(self, bodies: Ints) -> "MassProperties":
        """Give those of some of the bodies."""
        return MassProperties(
            mass_kg=self.mass_kg[..., bodies],
            centre_m=self.centre_m[..., bodies, :],
            inertia_kg_m2=self.inertia_kg_m2[..., bodies, :, :],
        )

    def of_frames(self, shape: tuple[int, ...]) -> "MassProperties":
        """Give the same for frames (R) one after the other, where some of so many (...) have masses of their own."""
        if self.mass_kg.ndim == 1:
            return self
        n = len(shape)
        each = {name: np.broadcast_to(value, (*shape, *value.shape[n:])) for name, value in vars(self).items()}
        return MassProperties(**{name: value.reshape(-1, *value.shape[n:]) for name, value in each.items()})

    def of_each(self, count: int) -> "MassProperties":
        """Give the same for each of so many swings (S,1, ...)."""
        arrays = {name: np.broadcast_to(value, (count, 1, *value.shape)) for name, value in vars(self).items()}
        return MassProperties(**arrays)


def join_masses(parts: Sequence[MassProperties]) -> MassProperties:
    """Put the mass properties of several sets of swings (S,1, ...) one after the other."""
    names = ("mass_kg", "centre_m", "inertia_kg_m2")
    return MassProperties(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
