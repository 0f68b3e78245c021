"""OpenSim's axes (x forward, y up, z right) to Blender's (x forward, y left, z up), and back.

Animation keeps OpenSim's own numbers: everything of a trial hangs on one empty that is turned by `ROOT_ROTATION`.
Only what stands in the world by itself (camera, ground, captions) passes through the two functions here.
"""

import math

import numpy as np

#: Euler angles of the empty that carries a trial: a quarter turn about x takes y up to z up.
ROOT_ROTATION = (math.pi / 2.0, 0.0, 0.0)


def opensim_to_blender(points: np.ndarray) -> np.ndarray:
    """Turn (..., 3) points or vectors from OpenSim's axes to Blender's."""
    points = np.asarray(points, dtype=float)
    return np.stack([points[..., 0], -points[..., 2], points[..., 1]], axis=-1)


def blender_to_opensim(points: np.ndarray) -> np.ndarray:
    """Turn (..., 3) points or vectors from Blender's axes to OpenSim's."""
    points = np.asarray(points, dtype=float)
    return np.stack([points[..., 0], points[..., 2], -points[..., 1]], axis=-1)


def quaternions_from_poses(pose: np.ndarray) -> np.ndarray:
    """Turn (T, 4, 4) poses into (T, 4) unit quaternions (w first) without a jump of sign in time."""
    turn = pose[:, :3, :3]
    diagonal = np.stack([turn[:, 0, 0], turn[:, 1, 1], turn[:, 2, 2]], axis=1)
    # 4 w w, 4 x x, 4 y y and 4 z z; starting from the largest keeps full precision at every angle.
    squares = 1.0 + np.stack([diagonal @ signs for signs in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))], axis=1)
    product = np.empty((len(turn), 4, 4))
    product[:, range(4), range(4)] = squares
    skew = (turn[:, 2, 1] - turn[:, 1, 2], turn[:, 0, 2] - turn[:, 2, 0], turn[:, 1, 0] - turn[:, 0, 1])
    for axis, value in enumerate(skew, start=1):
        product[:, 0, axis] = product[:, axis, 0] = value
    for a, b in ((0, 1), (0, 2), (1, 2)):
        product[:, a + 1, b + 1] = product[:, b + 1, a + 1] = turn[:, a, b] + turn[:, b, a]
    chosen = product[np.arange(len(turn)), np.argmax(squares, axis=1)]
    quaternion = chosen / np.linalg.norm(chosen, axis=1, keepdims=True)
    flips = np.where((quaternion[1:] * quaternion[:-1]).sum(axis=1) < 0, -1.0, 1.0)
    quaternion[1:] *= np.cumprod(flips)[:, np.newaxis]
    return quaternion
