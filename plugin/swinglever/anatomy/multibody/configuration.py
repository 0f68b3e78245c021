"""A tree whose bodies have their places: forward kinematics of any number of frames at once.

Only the placing of joints is a loop, from each joint to those that it carries. It has frames as the last axis
(`swinglever.anatomy.multibody.frames_last`); what is asked of a placed tree has them first, as everywhere else.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from swinglever.anatomy.multibody.frames_last import cross as cross_abreast
from swinglever.anatomy.multibody.frames_last import product, times
from swinglever.anatomy.multibody.joint_functions import Mapped
from swinglever.anatomy.multibody.spatial import cross, cross_motion
from swinglever.anatomy.multibody.tree import Tree
from swinglever.arrays import Array, Ints


@dataclass(frozen=True, kw_only=True)
class Bodies:
    """Rotations (3,3,b+1,R) and origins (3,b+1,R) of bodies in ground, and of ground after them, so that it is -1."""

    rotation: Array
    origin: Array


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """A tree that has been placed: holding one means that the forward kinematics has run.

    Parameters
    ----------
    tree, q
        The tree, and its free coordinates (..., n).
    frames
        (3,4,j+1,R) rotations and origins in ground, m, of what joints carry, and of ground after them, so that it is
        -1; R frames one after the other.
    slope, curvature
        (..., j) dr/dq, and d2r/dq2, which makes the acceleration that goes with u^2.
    """

    tree: Tree
    q: Array
    frames: Array
    slope: Array
    curvature: Array

    def part(self, frames: slice) -> "Configuration":
        """Give some frames of a tree placed at q (R, n)."""
        cut = {name: getattr(self, name)[frames] for name in ("q", "slope", "curvature")}
        return replace(self, frames=self.frames[..., frames], **cut)

    @cached_property
    def coordinates(self) -> Mapped:
        """All coordinates of the model (..., all), those that follow others included."""
        return self.tree.couplers.evaluate(self.q)

    @cached_property
    def bodies(self) -> Bodies:
        """Where the bodies are, with frames as the last axis."""
        joint, rotation, origin = self.tree.stands
        carrier = np.take(self.frames, joint, axis=2)
        turn = carrier[:, :3]
        return Bodies(rotation=product(turn, rotation), origin=times(turn, origin) + carrier[:, 3])

    @cached_property
    def body_rotation(self) -> Array:
        """Rotations (..., b, 3, 3) of the bodies in ground."""
        return self._frames_first(self.bodies.rotation[:, :, :-1].transpose(3, 2, 0, 1))

    @cached_property
    def body_position(self) -> Array:
        """Origins (..., b, 3) of the bodies in ground, m."""
        return self._frames_first(self.bodies.origin[:, :-1].transpose(2, 1, 0))

    @cached_property
    def units_abreast(self) -> Array:
        """Unit motion vector (6,j,R) of each joint in ground."""
        return joint_units(self.tree, self.frames)

    @cached_property
    def axes_abreast(self) -> Array:
        """The same scaled by dr/dq: columns of the Jacobian."""
        return self.units_abreast * self.slope.reshape(-1, len(self.tree.parent)).T

    @cached_property
    def units(self) -> Array:
        """Unit motion vectors, (..., j, 6)."""
        return self._frames_first(self.units_abreast.transpose(2, 1, 0))

    @cached_property
    def axes(self) -> Array:
        """Columns of the Jacobian, (..., j, 6)."""
        return self._frames_first(self.axes_abreast.transpose(2, 1, 0))

    def _frames_first(self, values: Array) -> Array:
        """Values (R, ...) as (..., ...), next to each other in memory."""
        return np.ascontiguousarray(values).reshape(*self.q.shape[:-1], *values.shape[1:])

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
    mapped = tree.place_joints(q)
    value = mapped.value.reshape(-1, len(tree.parent))
    frames = carry(tree, np.ascontiguousarray(value.T))
    return Configuration(tree=tree, q=q, frames=frames, slope=mapped.slope, curvature=mapped.curvature)


def carry(tree: Tree, value: Array) -> Array:
    """Rotations and origins (3,4,j+1,R) in ground of what joints at ``value`` (j,R) carry, and of ground after them."""
    slides = tree.slides[:, None]
    turn, slide = np.where(slides, 0.0, value), np.where(slides, value, 0.0)
    still, first, second, along = tree.turned
    frames = np.empty((3, 4, len(value) + 1, value.shape[1]))
    rotation, origin = frames[:, :3, :-1], frames[:, 3, :-1]
    np.multiply(np.sin(turn), first, out=rotation)
    rotation += still
    rotation += (1.0 - np.cos(turn)) * second
    np.multiply(slide, along, out=origin)
    origin += tree.fixed_position.T[..., None]
    frames[:, :, -1] = np.eye(3, 4)[..., None]
    for joint, before in enumerate(tree.parent):
        frames[:, :, joint] = product(frames[:, :3, before], frames[:, :, joint])
        frames[:, 3, joint] += frames[:, 3, before]
    return frames


def joint_units(tree: Tree, frames: Array) -> Array:
    """Unit motion vectors (6,j,R) in ground of the joints that carry ``frames`` (3,4,j+1,R)."""
    axis, slides = times(frames[:, :3, :-1], tree.axis.T[..., None]), tree.slides[:, None]
    along = np.where(slides, axis, cross_abreast(frames[:, 3, :-1], axis))
    return np.concatenate([np.where(slides, 0.0, axis), along])
