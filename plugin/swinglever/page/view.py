"""The figure's own axes: x forward, y up, z to the runner's right, whatever the model's are."""

from typing import TYPE_CHECKING

import numpy as np

from swinglever.arrays import Array, Floats

if TYPE_CHECKING:
    from swinglever.records.report import SwingReport


def view_axes(report: "SwingReport") -> Array:
    """Rotation (3,3) from ground axes to the figure's; the identity where no swing tells the direction of travel."""
    motion = next((s.motion for s in report.swings if s.motion is not None), None)
    if motion is None:
        return np.eye(3)
    up = np.asarray(motion.up, float)
    forward = motion.forward - (motion.forward @ up) * up
    forward = forward / np.linalg.norm(forward)
    return np.stack([forward, up, np.cross(forward, up)])


def turn_points(points_m: Floats, axes: Array) -> Array:
    """Points (..., 3) in the figure's axes."""
    return np.asarray(points_m @ axes.T)


def turn_poses(poses: Floats, axes: Array) -> tuple[Array, Array]:
    """Positions (..., 3) and quaternions (..., 4; x, y, z, w) of poses (T, b, 4, 4) in the figure's axes.

    Along the first axis a quaternion does not change its sign, so that it can be interpolated.
    """
    from scipy.spatial.transform import Rotation

    turned = axes @ poses[..., :3, :3]
    quaternions = Rotation.from_matrix(turned.reshape(-1, 3, 3)).as_quat().reshape(*turned.shape[:-2], 4)
    same = np.sign((quaternions[1:] * quaternions[:-1]).sum(-1, keepdims=True))
    flips = np.cumprod(np.concatenate([np.ones_like(quaternions[:1, ..., :1]), np.where(same == 0, 1.0, same)]), axis=0)
    return turn_points(poses[..., :3, 3], axes), quaternions * flips
