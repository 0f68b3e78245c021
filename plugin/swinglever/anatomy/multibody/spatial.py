"""Spatial algebra in the ground frame, about the ground origin, for any leading batch shape.

A motion vector is (angular velocity, velocity of the body-fixed point now at the ground origin); a force vector is
(moment about the ground origin, force). Everything is expressed in ground axes, so inertias of bodies simply add.

Notes
-----
After Featherstone, *Rigid Body Dynamics Algorithms* (2008), chapter 2, with one common frame.
"""

import math

import numpy as np

from swinglever.arrays import Array


def cross(a: Array, b: Array) -> Array:
    """Vector product along the last axis; faster than numpy's for many short vectors."""
    out = np.empty(np.broadcast_shapes(a.shape, b.shape))
    a0, a1, a2 = a[..., 0], a[..., 1], a[..., 2]
    b0, b1, b2 = b[..., 0], b[..., 1], b[..., 2]
    out[..., 0] = a1 * b2 - a2 * b1
    out[..., 1] = a2 * b0 - a0 * b2
    out[..., 2] = a0 * b1 - a1 * b0
    return out


def skew(a: Array) -> Array:
    """Matrix of the vector product, so that ``skew(a) @ b`` is ``cross(a, b)``."""
    out = np.zeros((*a.shape, 3))
    out[..., 0, 1], out[..., 0, 2], out[..., 1, 2] = -a[..., 2], a[..., 1], -a[..., 0]
    out[..., 1, 0], out[..., 2, 0], out[..., 2, 1] = a[..., 2], -a[..., 1], a[..., 0]
    return out


def cross_motion(v: Array, m: Array) -> Array:
    """Rate of a motion vector ``m`` that is carried along with velocity ``v`` (Featherstone 2.31)."""
    out = np.empty(np.broadcast_shapes(v.shape, m.shape))
    out[..., :3] = cross(v[..., :3], m[..., :3])
    out[..., 3:] = cross(v[..., :3], m[..., 3:]) + cross(v[..., 3:], m[..., :3])
    return out


def cross_force(v: Array, f: Array) -> Array:
    """Rate of a force vector ``f`` that is carried along with velocity ``v`` (Featherstone 2.32)."""
    out = np.empty(np.broadcast_shapes(v.shape, f.shape))
    out[..., :3] = cross(v[..., :3], f[..., :3]) + cross(v[..., 3:], f[..., 3:])
    out[..., 3:] = cross(v[..., :3], f[..., 3:])
    return out


def spatial_inertia(mass: Array, centre: Array, central_inertia: Array) -> Array:
    """Spatial inertia (..., 6, 6) about the ground origin.

    Parameters
    ----------
    mass
        (...) kg.
    centre
        (..., 3) centre of mass in ground, m.
    central_inertia
        (..., 3, 3) about the centre of mass, in ground axes, kg m2.
    """
    mass = np.broadcast_to(mass, centre.shape[:-1])
    out = np.zeros((*centre.shape[:-1], 6, 6))
    first_moment = skew(mass[..., None] * centre)
    squared = (centre * centre).sum(-1)
    out[..., :3, :3] = central_inertia - mass[..., None, None] * centre[..., :, None] * centre[..., None, :]
    for axis in range(3):
        out[..., axis, axis] += mass * squared
        out[..., 3 + axis, 3 + axis] = mass
    out[..., :3, 3:] = first_moment
    out[..., 3:, :3] = -first_moment
    return out


def force_at(point: Array, force: Array) -> Array:
    """Force vector (..., 6) of a force (..., 3) in N that acts at a point (..., 3) in ground, m."""
    return np.concatenate([cross(point, force), force], axis=-1)


def rotation(axis: Array, angle: Array) -> Array:
    """Rotation matrices (..., 3, 3) about fixed unit axes (..., 3) by angles (...) in rad (Rodrigues)."""
    k = skew(axis)
    s, c = np.sin(angle)[..., None, None], np.cos(angle)[..., None, None]
    return np.eye(3) + s * k + (1.0 - c) * (k @ k)


def turned_about_own_axes(angles: Array) -> Array:
    """Rotation matrix (3, 3) of turns by three angles (rad) about x, then the turned y, then the turned z.

    Notes
    -----
    By way of quaternions and in the order of scipy's `Rotation.from_euler`, whose numbers these are.
    """
    x, y, z, w = 0.0, 0.0, 0.0, 1.0
    for axis, half in enumerate(np.asarray(angles, dtype=float) / 2):
        turn, still = np.eye(3)[axis] * math.sin(half), math.cos(half)
        a, b, c = (float(part) for part in turn)
        x, y, z, w = (
            w * a + still * x + (y * c - z * b),
            w * b + still * y + (z * a - x * c),
            w * c + still * z + (x * b - y * a),
            w * still - x * a - y * b - z * c,
        )
    return np.array(
        [
            [x * x - y * y - z * z + w * w, 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), -x * x + y * y - z * z + w * w, 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), -x * x - y * y + z * z + w * w],
        ]
    )
