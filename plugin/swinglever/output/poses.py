"""Poses of bodies in few numbers: how each is turned, and where it stands in the frame of the body before it.

Along a leg most of the second hardly changes, so that it packs well. Nothing is lost but rounding.
"""

import numpy as np

from swinglever.arrays import Array, Floats


def twists_of(pose: Floats) -> Array:
    """Give twists (T, b, 6) of homogeneous matrices (T, b, 4, 4).

    A twist is a rotation vector (rad) in ground axes, and the origin (m) in the frame of the body before; that of the
    first body in ground.

    Examples
    --------
    >>> pose = np.tile(np.eye(4), (1, 2, 1, 1))
    >>> pose[0, :, :2, :2], pose[0, :, 0, 3] = [[0, -1], [1, 0]], [1.0, 2.0]
    >>> twists_of(pose).round(3).tolist()
    [[[0.0, 0.0, 1.571, 1.0, 0.0, 0.0], [0.0, 0.0, 1.571, 0.0, -1.0, 0.0]]]
    >>> bool(np.allclose(poses_of(twists_of(pose)), pose))
    True
    """
    turn, origin = np.asarray(pose[..., :3, :3], float), np.asarray(pose[..., :3, 3], float)
    moved = origin.copy()
    away = origin[:, 1:] - origin[:, :-1]
    moved[:, 1:] = (turn[:, :-1] * away[..., None]).sum(axis=-2)
    return np.concatenate([_rotation_vectors(turn), moved], axis=-1)


def poses_of(twist: Floats) -> Floats:
    """Give homogeneous matrices (T, b, 4, 4) of twists (T, b, 6), in their precision."""
    pose = np.zeros((*twist.shape[:-1], 4, 4), twist.dtype)
    pose[..., :3, :3], pose[..., :3, 3], pose[..., 3, 3] = _rotations(twist[..., :3]), twist[..., 3:], 1.0
    for b in range(1, twist.shape[1]):
        before = pose[:, b - 1]
        pose[:, b, :3, 3] = before[:, :3, 3] + (before[:, :3, :3] * twist[:, b, None, 3:]).sum(axis=-1)
    return pose


def _rotation_vectors(turn: Array) -> Array:
    """Give rotation vectors (..., 3) of matrices (..., 3, 3): the skew part has the axis, and the trace the angle."""
    skew = 0.5 * np.stack(
        [turn[..., 2, 1] - turn[..., 1, 2], turn[..., 0, 2] - turn[..., 2, 0], turn[..., 1, 0] - turn[..., 0, 1]], -1
    )
    sine, cosine = np.linalg.norm(skew, axis=-1), 0.5 * (np.trace(turn, axis1=-2, axis2=-1) - 1.0)
    angle = np.arctan2(sine, cosine)
    vector = skew * np.divide(angle, sine, out=np.ones_like(sine), where=sine > 1e-9)[..., None]
    about_half = cosine < -0.9  # there the skew part vanishes, and the symmetric part has the axis
    if about_half.any():
        vector[about_half] = angle[about_half, None] * _axes(turn[about_half], cosine[about_half], skew[about_half])
    return np.asarray(vector)


def _axes(turn: Array, cosine: Array, skew: Array) -> Array:
    """Axes (n, 3) of turns by about half a circle: R + R' = 2 cos I + 2 (1 - cos) a a'."""
    square = 0.5 * (turn + np.swapaxes(turn, -1, -2)) - cosine[:, None, None] * np.eye(3)
    column = np.argmax(np.diagonal(square, axis1=-2, axis2=-1), axis=-1)
    axis = square[np.arange(len(turn)), :, column]
    axis = axis / np.linalg.norm(axis, axis=-1, keepdims=True)
    return np.asarray(np.where((axis * skew).sum(-1, keepdims=True) < 0, -axis, axis))


def _rotations(vector: Floats) -> Floats:
    """Give matrices (..., 3, 3) of rotation vectors (..., 3), by Rodrigues' formula: I + sin K + (1 - cos) K K."""
    x, y, z = np.moveaxis(vector, -1, 0)
    nothing = np.zeros_like(x)
    skew = np.stack([nothing, -z, y, z, nothing, -x, -y, x, nothing], axis=-1).reshape(*vector.shape[:-1], 3, 3)
    angle = np.sqrt((vector**2).sum(axis=-1))[..., None, None] / np.pi
    square = vector[..., :, None] * vector[..., None, :] - (vector**2).sum(axis=-1)[..., None, None] * np.eye(
        3, dtype=vector.dtype
    )
    return np.asarray(
        np.eye(3, dtype=vector.dtype) + np.sinc(angle) * skew + 0.5 * np.sinc(angle / 2) ** 2 * square, vector.dtype
    )
