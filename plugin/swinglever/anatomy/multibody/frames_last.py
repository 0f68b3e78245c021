"""Arithmetic on small vectors and matrices with frames as the last axis, so that each operation runs along frames.

Components come first, then joints, bodies, points or spans, then frames (R). numpy's loops are long then, which is
quicker than a matrix for each frame. Nothing is summed over frames, and no product is fused with a sum as `einsum` may
do: what comes out for a frame does not depend on which others are beside it, to the last bit.
"""

import numpy as np

from swinglever.arrays import Array, Ints


def some(values: Array, rows: Ints, axis: int = -1) -> Array:
    """Give some rows (n) of an axis; quicker than an index, and always in the order of its axes in memory."""
    return np.take(values, rows, axis=axis)


def times(matrix: Array, vector: Array, out: Array | None = None) -> Array:
    """Products (i, ...) of matrices (i,k, ...) and vectors (k, ...)."""
    return np.asarray(np.add.reduce(matrix * vector, axis=1, out=out))


def times_back(matrix: Array, vector: Array) -> Array:
    """Products (k, ...) of transposed matrices (i,k, ...) and vectors (i, ...)."""
    return times(matrix.swapaxes(0, 1), vector)


def product(first: Array, second: Array, out: Array | None = None) -> Array:
    """Products (i,j, ...) of matrices (i,k, ...) and (k,j, ...)."""
    return np.asarray(np.add.reduce(first[:, :, None] * second, axis=1, out=out))


def dot(a: Array, b: Array, out: Array | None = None) -> Array:
    """Scalar products (...) of vectors (k, ...)."""
    return np.asarray(np.add.reduce(a * b, axis=0, out=out))


def cross(a: Array, b: Array, out: Array | None = None) -> Array:
    """Vector products (3, ...)."""
    first = a[1] * b[2]
    out = np.empty((3, *first.shape)) if out is None else out
    np.subtract(first, a[2] * b[1], out=out[0])
    np.subtract(a[2] * b[0], a[0] * b[2], out=out[1])
    np.subtract(a[0] * b[1], a[1] * b[0], out=out[2])
    return out


def force_at(point: Array, force: Array, out: Array | None = None) -> Array:
    """Force vectors (6, ...) of forces (3, ...) in N that act at points (3, ...) in ground, m."""
    out = np.empty((6, *point.shape[1:])) if out is None else out
    cross(point, force, out=out[:3])
    out[3:] = force
    return out
