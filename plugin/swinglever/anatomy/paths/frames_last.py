"""Bodies with frames as the last axis, so that arithmetic on paths runs along frames.

Components come first, then bodies, points or spans, then frames (T). Nothing is summed over frames: what comes out for
one does not depend on which others are beside it.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from swinglever.anatomy.multibody.tree import Configuration
from swinglever.arrays import Array, Ints


@dataclass(frozen=True, kw_only=True)
class Bodies:
    """Rotations (3,3,b+1,T) and origins (3,b+1,T) of bodies in ground, and of ground after them, so that it is -1."""

    rotation: Array
    origin: Array

    @classmethod
    def of(cls, configuration: Configuration) -> Self:
        """Give those of a placed model."""
        turn, origin = configuration.body_rotation, configuration.body_position
        rotation = np.empty((3, 3, turn.shape[1] + 1, len(turn)))
        rotation[:, :, :-1] = turn.transpose(2, 3, 1, 0)
        rotation[:, :, -1] = np.eye(3)[..., None]
        position = np.zeros((3, *rotation.shape[2:]))
        position[:, :-1] = origin.transpose(2, 1, 0)
        return cls(rotation=rotation, origin=position)


def some(values: Array, rows: Ints, axis: int = -1) -> Array:
    """Give some rows (n) of an axis; quicker than an index, and always in the order of its axes in memory."""
    return np.take(values, rows, axis=axis)


def times(matrix: Array, vector: Array, out: Array | None = None) -> Array:
    """Products (3, ...) of matrices (3,k, ...) and vectors (k, ...)."""
    shape = len(matrix), *np.broadcast_shapes(matrix.shape[2:], vector.shape[1:])
    total: Array = np.multiply(matrix[:, 0], vector[0], out=np.empty(shape) if out is None else out)
    for column, x in zip(matrix.swapaxes(0, 1)[1:], vector[1:], strict=True):
        total += column * x
    return total


def times_back(matrix: Array, vector: Array) -> Array:
    """Products (3, ...) of transposed matrices (3,3, ...) and vectors (3, ...)."""
    return times(matrix.swapaxes(0, 1), vector)


def force_at(point: Array, force: Array, out: Array | None = None) -> Array:
    """Force vectors (6, ...) of forces (3, ...) in N that act at points (3, ...) in ground, m."""
    out = np.empty((6, *point.shape[1:])) if out is None else out
    for axis, (j, k) in enumerate(((1, 2), (2, 0), (0, 1))):
        np.multiply(point[j], force[k], out=out[axis])
        out[axis] -= point[k] * force[j]
    out[3:] = force
    return out
