"""Poses and muscle paths out of the few numbers that a result file keeps of them; nothing here knows Blender."""

import numpy as np

_MOVING, _BETWEEN = -1, -2


def poses_of(twist: np.ndarray) -> np.ndarray:
    """Give homogeneous matrices (T, b, 4, 4) of twists (T, b, 6).

    A twist is a rotation vector in ground axes, and the origin in the frame of the body before; that of the first body
    in ground.
    """
    pose = np.zeros((*twist.shape[:-1], 4, 4), twist.dtype)
    pose[..., :3, :3], pose[..., :3, 3], pose[..., 3, 3] = _rotations(twist[..., :3]), twist[..., 3:], 1.0
    for b in range(1, twist.shape[1]):
        before = pose[:, b - 1]
        pose[:, b, :3, 3] = before[:, :3, 3] + (before[:, :3, :3] * twist[:, b, None, 3:]).sum(axis=-1)
    return pose


def _rotations(vector: np.ndarray) -> np.ndarray:
    """Give matrices (..., 3, 3) of rotation vectors (..., 3), by Rodrigues' formula: I + sin K + (1 - cos) K K."""
    x, y, z = np.moveaxis(vector, -1, 0)
    nothing = np.zeros_like(x)
    skew = np.stack([nothing, -z, y, z, nothing, -x, -y, x, nothing], axis=-1).reshape(*vector.shape[:-1], 3, 3)
    angle = np.linalg.norm(vector, axis=-1)[..., None, None] / np.pi
    return np.eye(3) + np.sinc(angle) * skew + 0.5 * np.sinc(angle / 2) ** 2 * (skew @ skew)


def unpack_paths(
    kind: np.ndarray, place: np.ndarray, share: np.ndarray, moving: np.ndarray, body_pose: np.ndarray
) -> np.ndarray:
    """Give muscle paths (T, m, k, 3) in the ground frame.

    Parameters
    ----------
    kind
        (m, k) body that a point does not move in; -1 for a point that moves, -2 for one between its neighbours.
    place
        (m, k, 3) where it is in that body.
    share
        (m, k) how far it is from the nearest point before to the nearest behind that are not between others.
    moving
        (T, j, 3) the points that move.
    body_pose
        (T, b, 4, 4) poses of the bodies.
    """
    path = np.empty((len(body_pose), *kind.shape, 3), np.float32)
    for body in np.unique(kind[kind >= 0]):
        at = kind == body
        turn, origin = body_pose[:, body, :3, :3], body_pose[:, body, :3, 3]
        path[:, at] = place[at] @ np.swapaxes(turn, -1, -2) + origin[:, None]
    path[:, kind == _MOVING] = moving
    muscle, point = np.nonzero(kind == _BETWEEN)
    numbers, free = np.arange(kind.shape[1]), kind != _BETWEEN
    before = np.maximum.accumulate(np.where(free, numbers, 0), axis=1)[muscle, point]
    behind = np.minimum.accumulate(np.where(free, numbers, len(numbers))[:, ::-1], axis=1)[:, ::-1][muscle, point]
    way = share[muscle, point, None]
    path[:, muscle, point] = (1 - way) * path[:, muscle, before] + way * path[:, muscle, behind]
    return path
