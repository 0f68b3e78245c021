"""The equation of motion of many frames abreast: frames are the last axis, so that each operation runs along them.

`swinglever.anatomy.multibody.equation` has a matrix for each frame, and numpy a loop over small matrices. Here
components come first, then joints or bodies, then frames (R), as `swinglever.anatomy.multibody.frames_last` has them:
for a few hundred frames that is more than twice as quick.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.multibody.configuration import carry, joint_units
from swinglever.anatomy.multibody.frames_last import cross, dot, product, times
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
    frames = carry(tree, value)
    units = joint_units(tree, frames)
    axes = units * slope
    moving = axes * speed
    velocity = _summed(tree, moving, base[0].T)
    # A joint's own motion is carried along by the joints before it; its product with itself vanishes.
    rate = axes * gain + units * (curvature * speed**2) + _carried_along(velocity, moving)
    inertia = _bodies(tree, masses, frames)
    fast, faster = (x[:, tree.body_joint] for x in (velocity, _summed(tree, rate, base[1].T)))
    force = inertia.momentum(faster) + _force_carried_along(fast, inertia.momentum(fast))
    momentum = inertia.gathered(tree).momentum(axes)
    needed = dot(axes, _gathered(tree, force))
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
        moment = times(self.second, about) + cross(self.first, along)
        return np.concatenate([moment, self.mass * along - cross(self.first, about)])

    def gathered(self, tree: Tree) -> "_Inertia":
        """Give the inertia (j) of all that each joint carries."""
        mass, first = _gathered(tree, self.mass[None])[0], _gathered(tree, self.first)
        second = _gathered(tree, self.second.reshape(9, *self.mass.shape))
        return _Inertia(mass=mass, first=first, second=second.reshape(3, 3, *mass.shape))


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
    centre = times(rotation, own_centre) + carrier[:, 3]
    turned = product(rotation, own_central)
    first = mass * centre
    second = product(turned, rotation.swapaxes(0, 1)) - first[:, None] * centre[None]
    squared = dot(first, centre)
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
        mine = dot(axes[:, before], momentum[:, joint, None])
        matrix[joint, before] = matrix[before, joint] = mine
    rows = _by_coordinate(tree, matrix)
    return np.ascontiguousarray(_by_coordinate(tree, rows.swapaxes(0, 1)).transpose(2, 1, 0))


def _by_coordinate(tree: Tree, values: Array) -> Array:
    """Sums (n, ...) of values (j, ...) over the joints that each coordinate drives."""
    total = np.zeros((tree.n_coordinates, *values.shape[1:]))
    for joint, coordinate in enumerate(tree.driver):
        total[coordinate] += values[joint]
    return total


def _carried_along(velocity: Array, motion: Array) -> Array:
    """Rate of motion vectors (6,b,R) that are carried along with a velocity (Featherstone 2.31)."""
    about, along = velocity[:3], velocity[3:]
    return np.concatenate([cross(about, motion[:3]), cross(about, motion[3:]) + cross(along, motion[:3])])


def _force_carried_along(velocity: Array, force: Array) -> Array:
    """Rate of force vectors (6,b,R) that are carried along with a velocity (Featherstone 2.32)."""
    about, along = velocity[:3], velocity[3:]
    return np.concatenate([cross(about, force[:3]) + cross(along, force[3:]), cross(about, force[3:])])
