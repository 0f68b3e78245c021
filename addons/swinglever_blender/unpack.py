"""Poses and muscle paths out of the few numbers that a result file keeps of them; nothing here knows Blender."""

from dataclasses import dataclass

import numpy as np

_MOVING, _BETWEEN = -1, -2


@dataclass(frozen=True, kw_only=True, eq=False)
class Strands:
    """Lines in the ground frame, and the fewer vectors that place them.

    A point is its first vector plus its place along the three behind it; then, if it lies between two others, it goes
    there.

    Parameters
    ----------
    path_m
        (T, m, k, 3) the lines.
    vector_m
        (T, n, 3) points that move, then an origin and three axes of each body that carries points.
    row
        (m, k) first vector of a point.
    place_m
        (m, k, 3) where it is along the three behind that one; nothing for a point that is a vector itself.
    before, behind
        (m, k) numbers, over all lines, of the points that it lies between; its own number where it does not.
    share
        (m, k) how far it is from the one to the other.
    """

    path_m: np.ndarray
    vector_m: np.ndarray
    row: np.ndarray
    place_m: np.ndarray
    before: np.ndarray
    behind: np.ndarray
    share: np.ndarray


def plain_strands(path_m: np.ndarray) -> Strands:
    """Give lines (T, m, k, 3) of which every point moves by itself."""
    own = np.arange(path_m[0, ..., 0].size).reshape(path_m.shape[1:3])
    return Strands(
        path_m=path_m,
        vector_m=path_m.reshape(len(path_m), -1, 3),
        row=own,
        place_m=np.zeros((*own.shape, 3)),
        before=own,
        behind=own,
        share=np.zeros(own.shape),
    )


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
) -> Strands:
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
    numbers, free = np.arange(kind.shape[1]), kind != _BETWEEN
    before = np.maximum.accumulate(np.where(free, numbers, 0), axis=1)
    behind = np.minimum.accumulate(np.where(free, numbers, len(numbers))[:, ::-1], axis=1)[:, ::-1]
    first, carriers = kind.shape[1] * np.arange(len(kind))[:, np.newaxis], np.unique(kind[kind >= 0])
    row = np.zeros(kind.shape, int)
    row[kind == _MOVING] = np.arange(moving.shape[1])
    row[kind >= 0] = moving.shape[1] + 4 * np.searchsorted(carriers, kind[kind >= 0])
    frame = np.swapaxes(body_pose[:, carriers, :3][..., [3, 0, 1, 2]], -1, -2).reshape(len(body_pose), -1, 3)
    return Strands(
        path_m=_paths(kind, place, share, moving, body_pose, before, behind),
        vector_m=np.concatenate([moving, frame], axis=1, dtype=np.float32),
        row=row,
        place_m=np.where((kind >= 0)[..., np.newaxis], place, 0.0),
        before=first + before,
        behind=first + behind,
        share=np.where(free, 0.0, share),
    )


def _paths(
    kind: np.ndarray,
    place: np.ndarray,
    share: np.ndarray,
    moving: np.ndarray,
    body_pose: np.ndarray,
    before: np.ndarray,
    behind: np.ndarray,
) -> np.ndarray:
    path = np.empty((len(body_pose), *kind.shape, 3), np.float32)
    for body in np.unique(kind[kind >= 0]):
        at = kind == body
        turn, origin = body_pose[:, body, :3, :3], body_pose[:, body, :3, 3]
        path[:, at] = place[at] @ np.swapaxes(turn, -1, -2) + origin[:, None]
    path[:, kind == _MOVING] = moving
    muscle, point = np.nonzero(kind == _BETWEEN)
    way = share[muscle, point, None].astype(np.float32)
    start, end = path[:, muscle, before[muscle, point]], path[:, muscle, behind[muscle, point]]
    path[:, muscle, point] = start + way * (end - start)
    return path
