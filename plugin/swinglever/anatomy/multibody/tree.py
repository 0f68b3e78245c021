"""A tree of rigid bodies as arrays: poses, mass matrix, velocity terms and moments of any number of frames at once.

Every joint is a chain of elementary joints, each turning about or sliding along one axis; `motion_map` says how the
model's coordinates drive them. Which joint carries which is a constant 0/1 matrix, so velocities, composite inertias
and joint forces of all frames are single matrix products; only the placing of frames is a loop over joints.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from swinglever.anatomy.multibody.joint_functions import JointFunctions
from swinglever.anatomy.multibody.spatial import cross, cross_force, cross_motion, skew, spatial_inertia
from swinglever.arrays import Array, Bools, Ints


@dataclass(frozen=True, kw_only=True)
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
        """What joint angles multiply (Rodrigues): F, F K and F K K (j,3,3), and F times the axis (j,3)."""
        fixed, cross_matrix = self.fixed_rotation, skew(self.axis)
        along = (fixed @ self.axis[:, :, None])[..., 0]
        return fixed, fixed @ cross_matrix, fixed @ cross_matrix @ cross_matrix, along

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


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """A tree that has been placed: holding one means that the forward kinematics has run.

    ``units`` (..., j, 6) is each joint's unit motion vector in ground and ``axes`` the same scaled by dr/dq, so a
    column of the Jacobian; ``curvature`` (..., j) is d2r/dq2, which makes the acceleration that goes with u^2.
    """

    tree: Tree
    q: Array
    body_rotation: Array
    body_position: Array
    units: Array
    axes: Array
    curvature: Array

    def stations(self, body: Ints, location: Array) -> Array:
        """Positions (..., s, 3) in ground, m, of points of bodies (s): the same (s,3) in each frame, or (..., s, 3)."""
        placed = np.einsum("...sij,...sj->...si", self.body_rotation[..., body, :, :], location)
        return np.asarray(placed + self.body_position[..., body, :])

    def station_velocities(self, u: Array, body: Ints, location: Array) -> Array:
        """Velocities (..., s, 3) in ground, m/s, of points fixed to bodies, at speeds u (..., n)."""
        velocity = self.body_velocities(u)[..., body, :]
        return velocity[..., 3:] + cross(velocity[..., :3], self.stations(body, location))

    def station_jacobian(self, body: int, location: Array) -> Array:
        """Jacobian (..., 3, n) of the velocity of one point fixed to a body, by the free coordinates."""
        point = self.stations(np.array([body]), location[None])[..., 0, :]
        columns = self.axes[..., 3:] + cross(self.axes[..., :3], point[..., None, :])
        mine = columns * self.tree.body_ancestors[body][:, None]
        return np.asarray(np.swapaxes(mine, -1, -2) @ self.tree.drives)

    def joint_speeds(self, u: Array) -> Array:
        """Joint speeds (..., j) over their slopes: the coordinate speed that drives each joint."""
        return u @ self.tree.drives.T

    def body_velocities(self, u: Array) -> Array:
        """Spatial velocities (..., b, 6) of the bodies at speeds u (..., n)."""
        return np.asarray(self.tree.body_ancestors @ (self.axes * self.joint_speeds(u)[..., None]))

    def body_accelerations(self, u: Array, udot: Array) -> Array:
        """Spatial accelerations (..., b, 6) of the bodies, gravity left out."""
        tree = self.tree
        speed = self.joint_speeds(u)
        moving = self.axes * speed[..., None]
        # A joint's own motion is carried along by the joints before it; its product with itself vanishes.
        rate = cross_motion(tree.ancestors @ moving, moving)
        rate += self.axes * self.joint_speeds(udot)[..., None] + self.units * (self.curvature * speed**2)[..., None]
        return tree.body_ancestors @ rate

    def generalised_force(self, body_forces: Array) -> Array:
        """Generalised forces (..., n) of spatial forces (..., b, 6) on the bodies (Jacobian transpose)."""
        along = (self.axes * (self.tree.body_ancestors.T @ body_forces)).sum(-1)
        return np.asarray(along @ self.tree.drives)


def place(tree: Tree, q: Array) -> Configuration:
    """Place every body for free coordinates q (..., n), rad and m."""
    mapped = tree.joints.after(tree.couplers.evaluate(q))
    rotations, positions = _carry(tree, mapped.value)
    axis = (rotations @ tree.axis[:, :, None])[..., 0]
    about = np.where(tree.slides[:, None], 0.0, axis)
    along = np.where(tree.slides[:, None], axis, cross(positions, about))
    axes = np.concatenate([about, along], axis=-1)
    body_rotation, body_position = _place_bodies(tree, rotations, positions)
    return Configuration(
        tree=tree,
        q=q,
        body_rotation=body_rotation,
        body_position=body_position,
        units=axes,
        axes=axes * mapped.slope[..., None],
        curvature=mapped.curvature,
    )


def _carry(tree: Tree, value: Array) -> tuple[Array, Array]:
    """Ground rotations (..., j, 3, 3) and origins (..., j, 3) of the frames that joints at ``value`` (..., j) carry."""
    turn, slide = np.where(tree.slides, 0.0, value), np.where(tree.slides, value, 0.0)
    still, first, second, along = tree.turned
    # Rotation and origin side by side, so that each joint is one product.
    frames = np.empty((*value.shape, 3, 4))
    frames[..., :3] = still + np.sin(turn)[..., None, None] * first + (1.0 - np.cos(turn))[..., None, None] * second
    frames[..., 3] = tree.fixed_position + slide[..., None] * along
    for joint, before in enumerate(tree.parent):
        if before >= 0:
            frames[..., joint, :, :] = frames[..., before, :, :3] @ frames[..., joint, :, :]
            frames[..., joint, :, 3] += frames[..., before, :, 3]
    return frames[..., :3], frames[..., 3]


def _place_bodies(tree: Tree, rotations: Array, positions: Array) -> tuple[Array, Array]:
    carried = tree.body_joint
    grounded = (carried < 0)[:, None]
    carrier = np.where(grounded[..., None], np.eye(3), rotations[..., carried, :, :])
    origin = np.where(grounded, 0.0, positions[..., carried, :])
    position = (carrier @ tree.body_position[..., None])[..., 0] + origin
    return carrier @ tree.body_rotation, position


def body_inertias(configuration: Configuration, masses: MassProperties) -> Array:
    """Spatial inertias (..., b, 6, 6) of the bodies in ground."""
    turned = configuration.body_rotation
    centre = (turned @ masses.centre_m[..., None])[..., 0] + configuration.body_position
    central = turned @ masses.inertia_kg_m2 @ np.swapaxes(turned, -1, -2)
    return spatial_inertia(masses.mass_kg, centre, central)


def mass_matrix(configuration: Configuration, inertias: Array) -> Array:
    """Mass matrix M (..., n, n) by the composite-body method, constraints already reduced.

    Parameters
    ----------
    configuration
        The placed tree.
    inertias
        (..., b, 6, 6) from `body_inertias`; or, in inverse kinematics, of markers taken as masses, when the result is
        the Gauss-Newton matrix.
    """
    tree = configuration.tree
    flat = inertias.reshape(*inertias.shape[:-2], 36)
    composite = (tree.body_ancestors.T @ flat).reshape(*inertias.shape[:-3], len(tree.parent), 6, 6)
    momentum = (composite @ configuration.axes[..., None])[..., 0]
    below = (momentum @ np.swapaxes(configuration.axes, -1, -2)) * tree.ancestors
    joint_matrix = below + np.swapaxes(below, -1, -2) * (1.0 - np.eye(len(tree.parent)))
    return np.asarray(np.swapaxes(np.swapaxes(joint_matrix @ tree.drives, -1, -2) @ tree.drives, -1, -2))


def pulled_matrix(configuration: Configuration, body_forces: Array, pulls: Array) -> Array:
    """How generalised forces (..., n, n) fall with the coordinates when forces keep their size and direction in ground.

    Their negative is the geometric stiffness, and what makes of a Gauss-Newton matrix the second derivative.

    Parameters
    ----------
    configuration
        The placed tree.
    body_forces
        Spatial forces (..., b, 6) on the bodies, the sums of forces at points.
    pulls
        (..., b, 3, 3) sum of point times force over the points of each body, both in ground.

    Notes
    -----
    A point moves by s_k = v_k + w_k x p with joint k; joint i before it turns that by w_i. So the force f at p adds
    w_i . (s_k x f), which is linear in the sums of f and of p f^T over all points that joint k carries.
    """
    tree, axes = configuration.tree, configuration.axes
    force = tree.body_ancestors.T @ body_forces
    flat = pulls.reshape(*pulls.shape[:-2], 9)
    carried = (tree.body_ancestors.T @ flat).reshape(*force.shape[:-1], 3, 3)
    about, along = axes[..., :3], axes[..., 3:]
    turned = cross(along, force[..., 3:]) + (carried @ about[..., None])[..., 0]
    turned -= np.trace(carried, axis1=-2, axis2=-1)[..., None] * about
    below = (turned @ np.swapaxes(about, -1, -2)) * tree.ancestors
    joint_matrix = below + np.swapaxes(below, -1, -2) * (1.0 - np.eye(len(tree.parent)))
    diagonal = np.einsum("...jj->...j", joint_matrix)
    diagonal += (configuration.units * force).sum(-1) * configuration.curvature
    return np.asarray(-np.swapaxes(np.swapaxes(joint_matrix @ tree.drives, -1, -2) @ tree.drives, -1, -2))


def inverse_dynamics(configuration: Configuration, inertias: Array, u: Array, udot: Array, gravity: Array) -> Array:
    """Generalised forces (..., n) that give accelerations udot at speeds u: M udot + c(q, u) - g(q).

    With udot and gravity zero this is c; with u and udot zero it is -g.
    """
    velocity = configuration.body_velocities(u)
    acceleration = configuration.body_accelerations(u, udot)
    acceleration[..., 3:] -= gravity
    momentum = (inertias @ velocity[..., None])[..., 0]
    force = (inertias @ acceleration[..., None])[..., 0] + cross_force(velocity, momentum)
    return configuration.generalised_force(force)
