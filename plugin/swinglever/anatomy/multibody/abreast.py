"""The equation of motion of many frames abreast: frames are the last axis, so that each operation runs along them.

`swinglever.anatomy.multibody.tree` has a matrix for each frame, and numpy a loop over small matrices. Here components
come first, then joints or bodies, then frames (R): numpy's loops are long, which for a few hundred frames is more than
twice as quick. Nothing is summed over frames: what comes out for one does not depend on which others are beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.multibody.tree import MassProperties, Tree
from swinglever.arrays import Array


def equation_abreast(
    tree: Tree, masses: MassProperties, motion: Sequence[Array], base: Sequence[Array]
) -> tuple[Array, Array]:
    """Set up the equation of motion of frames (R) on a base that moves.

    Parameters
    ----------
    tree, masses
        Joints, and bodies that they carry; masses may be each frame's own, (R,b), (R,b,3) and (R,b,3,3).
    motion
        Coordinates, speeds and accelerations (R,n).
    base
        Spatial velocity, and acceleration less gravity, of what carries the tree, (R,6), about its origin.

    Returns
    -------
    tuple of Array
        Mass matrix (R,n,n), and generalised forces (R,n) that the accelerations need.
    """
    mapped = tree.joints.after(tree.couplers.evaluate(motion[0]))
    value, slope, curvature = (np.ascontiguousarray(x.T) for x in (mapped.value, mapped.slope, mapped.curvature))
    speed, gain = (x.T[tree.driver] for x in motion[1:])
    frames = _carry(tree, value)
    units = _units(tree, frames)
    axes = units * slope
    moving = axes * speed
    velocity = _summed(tree, moving, base[0].T)
    # A joint's own motion is carried along by the joints before it; its product with itself vanishes.
    rate = axes * gain + units * (curvature * speed**2) + _carried_along(velocity, moving)
    inertia = _bodies(tree, masses, frames)
    fast, faster = (x[:, tree.body_joint] for x in (velocity, _summed(tree, rate, base[1].T)))
    force = inertia.momentum(faster) + _force_carried_along(fast, inertia.momentum(fast))
    momentum = inertia.gathered(tree).momentum(axes)
    needed = (axes * _gathered(tree, force)).sum(axis=0)
    return _mass_matrix(tree, axes, momentum), _by_coordinate(tree, needed).T.copy()


@dataclass(frozen=True, kw_only=True)
class _Inertia:
    """Inertias of bodies (b), in the base's axes about its origin: mass (b,R) and its moments (3,b,R), (3,3,b,R)."""

    mass: Array
    first: Array
    second: Array

    def momentum(self, motion: Array) -> Array:
        """Force vectors (6,b,R) of motion vectors (6,b,R)."""
        about, along = motion[:3], motion[3:]
        moment = _times(self.second, about) + _cross(self.first, along)
        return np.concatenate([moment, self.mass * along - _cross(self.first, about)])

    def gathered(self, tree: Tree) -> "_Inertia":
        """Give the inertia (j) of all that each joint carries."""
        mass, first = _gathered(tree, self.mass[None])[0], _gathered(tree, self.first)
        second = _gathered(tree, self.second.reshape(9, *self.mass.shape))
        return _Inertia(mass=mass, first=first, second=second.reshape(3, 3, *mass.shape))


def _carry(tree: Tree, value: Array) -> Array:
    """Rotations and origins (3,4,j,R) of the frames that joints at ``value`` (j,R) carry."""
    slides = tree.slides[:, None]
    turn, slide = np.where(slides, 0.0, value), np.where(slides, value, 0.0)
    still, first, second, along = (np.moveaxis(x, 0, -1)[..., None] for x in tree.turned)
    frames = np.empty((3, 4, *value.shape))
    frames[:, :3] = still + np.sin(turn) * first + (1.0 - np.cos(turn)) * second
    frames[:, 3] = tree.fixed_position.T[..., None] + slide * along
    for joint, parent in enumerate(tree.parent):
        if parent >= 0:
            before = frames[:, :, parent]
            frames[:, :, joint] = (before[:, :3, None] * frames[None, :, :, joint]).sum(axis=1)
            frames[:, 3, joint] += before[:, 3]
    return frames


def _units(tree: Tree, frames: Array) -> Array:
    """Unit motion vectors (6,j,R) of the joints."""
    axis, slides = _times(frames[:, :3], tree.axis.T[..., None]), tree.slides[:, None]
    along = np.where(slides, axis, _cross(frames[:, 3], axis))
    return np.concatenate([np.where(slides, 0.0, axis), along])


def _summed(tree: Tree, own: Array, base: Array) -> Array:
    """Give what each joint (6,j,R) adds to those before it, and to the base's (6,R)."""
    total = own.copy()
    for joint, parent in enumerate(tree.parent):
        total[:, joint] += base if parent < 0 else total[:, parent]
    return total


def _gathered(tree: Tree, own: Array) -> Array:
    """Sums (k,j,R) of what the bodies (k,b,R) have that each joint carries."""
    total = np.zeros((len(own), len(tree.parent), own.shape[2]))
    for body, joint in enumerate(tree.body_joint):
        total[:, joint] += own[:, body]
    for joint in range(len(tree.parent) - 1, -1, -1):
        if (parent := tree.parent[joint]) >= 0:
            total[:, parent] += total[:, joint]
    return total


def _bodies(tree: Tree, masses: MassProperties, frames: Array) -> _Inertia:
    turn, origin = tree.body_rotation, tree.body_position
    mass = _frames_last(masses.mass_kg, 0)
    own_centre = _frames_last((turn @ masses.centre_m[..., None])[..., 0] + origin, 1)
    own_central = _frames_last(turn @ masses.inertia_kg_m2 @ np.swapaxes(turn, 1, 2), 2)
    carrier = frames[:, :, tree.body_joint]
    rotation = carrier[:, :3]
    centre = _times(rotation, own_centre) + carrier[:, 3]
    turned = (rotation[:, :, None] * own_central[None]).sum(axis=1)
    first = mass * centre
    second = (turned[:, None] * rotation[None]).sum(axis=2) - first[:, None] * centre[None]
    squared = (first * centre).sum(axis=0)
    for axis in range(3):
        second[axis, axis] += squared
    return _Inertia(mass=np.broadcast_to(mass, squared.shape), first=first, second=second)


def _frames_last(values: Array, n_axes: int) -> Array:
    """Values (R,b, ...) with so many axes of components, as (..., b,R); R is 1 where all frames have the same."""
    each = values if values.ndim > n_axes + 1 else values[None]
    return np.ascontiguousarray(np.moveaxis(each, (0, 1), (-1, -2)))


def _mass_matrix(tree: Tree, axes: Array, momentum: Array) -> Array:
    """Mass matrix (R,n,n) from the momentum (6,j,R) of what each joint carries when it moves alone."""
    matrix = np.zeros((axes.shape[1], *axes.shape[1:]))
    for joint, carried_by in enumerate(tree.ancestors):
        before = np.flatnonzero(carried_by)
        mine = (axes[:, before] * momentum[:, joint, None]).sum(axis=0)
        matrix[joint, before] = matrix[before, joint] = mine
    rows = _by_coordinate(tree, matrix)
    return np.ascontiguousarray(_by_coordinate(tree, rows.swapaxes(0, 1)).transpose(2, 1, 0))


def _by_coordinate(tree: Tree, values: Array) -> Array:
    """Sums (n, ...) of values (j, ...) over the joints that each coordinate drives."""
    total = np.zeros((tree.n_coordinates, *values.shape[1:]))
    for joint, coordinate in enumerate(tree.driver):
        total[coordinate] += values[joint]
    return total


def _times(matrix: Array, vector: Array) -> Array:
    """Products (3,b,R) of matrices (3,3,b,R) and vectors (3,b,R)."""
    return np.asarray((matrix * vector[None]).sum(axis=1))


def _cross(a: Array, b: Array) -> Array:
    """Vector products (3,b,R)."""
    out = np.empty(np.broadcast_shapes(a.shape, b.shape))
    out[0] = a[1] * b[2] - a[2] * b[1]
    out[1] = a[2] * b[0] - a[0] * b[2]
    out[2] = a[0] * b[1] - a[1] * b[0]
    return out


def _carried_along(velocity: Array, motion: Array) -> Array:
    """Rate of motion vectors (6,b,R) that are carried along with a velocity (Featherstone 2.31)."""
    about, along = velocity[:3], velocity[3:]
    return np.concatenate([_cross(about, motion[:3]), _cross(about, motion[3:]) + _cross(along, motion[:3])])


def _force_carried_along(velocity: Array, force: Array) -> Array:
    """Rate of force vectors (6,b,R) that are carried along with a velocity (Featherstone 2.32)."""
    about, along = velocity[:3], velocity[3:]
    return np.concatenate([_cross(about, force[:3]) + _cross(along, force[3:]), _cross(about, force[3:])])
