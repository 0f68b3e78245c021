"""The equation of motion of many frames abreast: frames are the last axis, so that each operation runs along them.

`swinglever.anatomy.multibody.equation` has a matrix for each frame, and numpy a loop over small matrices. Here
components come first, then joints or bodies, then frames (R), as `swinglever.anatomy.multibody.frames_last` has them:
for a few hundred frames that is more than twice as quick.
"""

from collections.abc import Sequence

import numpy as np

from swinglever.anatomy.multibody.configuration import carry, joint_units
from swinglever.anatomy.multibody.frames_last import cross, dot, product, times
from swinglever.anatomy.multibody.tree import MassProperties, Tree
from swinglever.arrays import Array


def mass_matrix_abreast(tree: Tree, masses: MassProperties, q: Array) -> Array:
    """Mass matrix (R,n,n) of frames (R) at coordinates q (R,n); as `equation_abreast` has it."""
    frames, units, slope, _ = _placed(tree, q)
    return _mass_matrix(tree, units * slope, _gathered(tree, _bodies(tree, masses, frames)))


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
    frames, units, slope, curvature = _placed(tree, motion[0])
    speed, gain = (x.T[tree.driver] for x in motion[1:])
    axes = units * slope
    moving = axes * speed
    velocity = _summed(tree, moving, base[0].T)
    # A joint's own motion is carried along by the joints before it; its product with itself vanishes.
    rate = axes * gain + units * (curvature * speed**2) + _carried_along(velocity, moving)
    inertia = _bodies(tree, masses, frames)
    fast, faster = (x[:, tree.body_joint] for x in (velocity, _summed(tree, rate, base[1].T)))
    force = _momentum(inertia, faster) + _force_carried_along(fast, _momentum(inertia, fast))
    needed = dot(axes, _gathered(tree, force))
    return _mass_matrix(tree, axes, _gathered(tree, inertia)), _by_coordinate(tree, needed).T.copy()


def _placed(tree: Tree, q: Array) -> tuple[Array, Array, Array, Array]:
    """What joints carry (3,4,j+1,R), their unit motion vectors (6,j,R), and dr/dq and d2r/dq2 (j,R)."""
    mapped = tree.place_joints(q)
    value, slope, curvature = (np.ascontiguousarray(x.T) for x in (mapped.value, mapped.slope, mapped.curvature))
    frames = carry(tree, value)
    return frames, joint_units(tree, frames), slope, curvature


def _momentum(inertia: Array, motion: Array) -> Array:
    """Force vectors (6,b,R) of motion vectors (6,b,R) of what has inertias (13,b,R)."""
    mass, first, second = _parts(inertia)
    about, along = motion[:3], motion[3:]
    out = np.empty_like(motion)
    times(second, about, out=out[:3])
    out[:3] += cross(first, along)
    np.multiply(mass, along, out=out[3:])
    out[3:] -= cross(first, about)
    return out


def _parts(inertia: Array) -> tuple[Array, Array, Array]:
    """Mass (b,R) and its moments (3,b,R) and (3,3,b,R), about the base's origin in its axes, of inertias (13,b,R)."""
    return inertia[0], inertia[1:4], inertia[4:].reshape(3, 3, *inertia.shape[1:])


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


def _bodies(tree: Tree, masses: MassProperties, frames: Array) -> Array:
    """Inertias (13,b,R) of the bodies, as `_parts` takes them apart."""
    turn, origin = tree.body_rotation, tree.body_position
    own_mass = _frames_last(masses.mass_kg, 0)
    own_centre = _frames_last((turn @ masses.centre_m[..., None])[..., 0] + origin, 1)
    own_central = _frames_last(turn @ masses.inertia_kg_m2 @ np.swapaxes(turn, 1, 2), 2)
    carrier = np.take(frames, tree.body_joint, axis=2)
    rotation = carrier[:, :3]
    centre = times(rotation, own_centre) + carrier[:, 3]
    inertia = np.empty((13, *centre.shape[1:]))
    mass, first, second = _parts(inertia)
    mass[:] = own_mass
    np.multiply(own_mass, centre, out=first)
    product(product(rotation, own_central), rotation.swapaxes(0, 1), out=second)
    second -= first[:, None] * centre[None]
    squared = dot(first, centre)
    for axis in range(3):
        second[axis, axis] += squared
    return inertia


def _frames_last(values: Array, n_axes: int) -> Array:
    """Values (R,b, ...) with so many axes of components, as (..., b,R); R is 1 where all frames have the same."""
    each = values if values.ndim > n_axes + 1 else values[None]
    return np.ascontiguousarray(np.moveaxis(each, (0, 1), (-1, -2)))


def _mass_matrix(tree: Tree, axes: Array, carried: Array) -> Array:
    """Mass matrix (R,n,n) of joints that move along axes (6,j,R), each with the inertia (13,j,R) that it carries."""
    ancestors = tree.ancestors[..., None]
    below = dot(_momentum(carried, axes)[:, :, None], axes[:, None]) * ancestors
    rows = _by_coordinate(tree, np.where(ancestors > 0.0, below, below.swapaxes(0, 1)))
    return np.ascontiguousarray(_by_coordinate(tree, rows.swapaxes(0, 1)).transpose(2, 1, 0))


def _by_coordinate(tree: Tree, values: Array) -> Array:
    """Sums (n, ...) of values (j, ...) over the joints that each coordinate drives."""
    total = np.zeros((tree.n_coordinates, *values.shape[1:]))
    for joint, coordinate in enumerate(tree.driver):
        total[coordinate] += values[joint]
    return total


def _carried_along(velocity: Array, motion: Array) -> Array:
    """Rate of motion vectors (6,b,R) that are carried along with a velocity (Featherstone 2.31)."""
    out = _crossed(velocity[:3], motion)
    out[3:] += cross(velocity[3:], motion[:3])
    return out


def _force_carried_along(velocity: Array, force: Array) -> Array:
    """Rate of force vectors (6,b,R) that are carried along with a velocity (Featherstone 2.32)."""
    out = _crossed(velocity[:3], force)
    out[:3] += cross(velocity[3:], force[3:])
    return out


def _crossed(about: Array, vectors: Array) -> Array:
    """Products (6,b,R) of a vector (3,b,R) with both halves of others (6,b,R)."""
    halves = vectors.reshape(2, 3, *vectors.shape[1:]).swapaxes(0, 1)
    return cross(about[:, None], halves).swapaxes(0, 1).reshape(vectors.shape)
