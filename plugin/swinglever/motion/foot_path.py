"""How the feet of a recording move: the few points of each leg that tell when it meets and leaves the ground."""

from dataclasses import dataclass

import numpy as np
from scipy.signal import find_peaks

from swinglever.anatomy.model import Model, Side
from swinglever.anatomy.multibody.tree import Configuration
from swinglever.arrays import Array, Ints, check_shapes, freeze_fields
from swinglever.motion.soles import sole_points
from swinglever.records.foot_event import Gait
from swinglever.records.kinematics import Kinematics

_RATE_HZ = 250.0
_SHORTEST_STRIDE_S = 0.4
_SHORTEST_STEP_M = 0.2

_FREE_FALL_SHARE = 0.6
"""A pelvis that falls with more than this share of gravity belongs to a runner: over the public recordings it is 0.9 to
1.5 in running (all speeds), 0.2 to 0.4 in walking."""


@dataclass(frozen=True, kw_only=True)
class FootPath:
    """Where the points of one leg are, in the plane of travel.

    Parameters
    ----------
    time_s
        (T) even.
    pelvis_m, hip_m, heel_m, ball_m, toe_tip_m
        (T,2) forward and up; a belt or a floor may carry the foot, only motion against the body and height are used.
    """

    time_s: Array
    pelvis_m: Array
    hip_m: Array
    heel_m: Array
    ball_m: Array
    toe_tip_m: Array

    def __post_init__(self) -> None:
        points = ("pelvis_m", "hip_m", "heel_m", "ball_m", "toe_tip_m")
        freeze_fields(self, "time_s", *points)
        check_shapes(self, time_s="T", **dict.fromkeys(points, ("T", 2)))

    def frames(self, seconds: float) -> int:
        """Count of frames in some time."""
        return round(float(seconds * (len(self.time_s) - 1) / (self.time_s[-1] - self.time_s[0])))

    def furthest(self, ahead_m: Array) -> Ints:
        """Frames, one a stride, in which a point is furthest ahead (T) of another."""
        peaks, _ = find_peaks(ahead_m, distance=max(self.frames(_SHORTEST_STRIDE_S), 1), prominence=_SHORTEST_STEP_M)
        return np.asarray(peaks)


def follow_feet(model: Model, kinematics: Kinematics) -> dict[Side, FootPath]:
    """Follow the feet of every leg that the model has.

    Parameters
    ----------
    model, kinematics
        The moving body.
    """
    begin, end = kinematics.time_s[0], kinematics.time_s[-1]
    time_s = np.linspace(begin, end, int((end - begin) * _RATE_HZ) + 1)
    placed = model.place(kinematics.at(time_s)[0])
    plane = np.stack([travel_direction(model, placed), -model.gravity / np.linalg.norm(model.gravity)], axis=1)
    paths: dict[Side, FootPath] = {}
    for side, leg in model.legs.items():
        heel, ball, tip = sole_points(leg, placed)
        paths[side] = FootPath(
            time_s=time_s,
            pelvis_m=placed.body_position[:, leg.pelvis_body] @ plane,
            hip_m=placed.body_position[:, leg.thigh] @ plane,
            heel_m=heel @ plane,
            ball_m=ball @ plane,
            toe_tip_m=tip @ plane,
        )
    return paths


def travel_direction(model: Model, configuration: Configuration) -> Array:
    """Horizontal unit vector (3) in which the body faces, averaged over the frames: the pelvis's forward axis."""
    pelvis = next(iter(model.legs.values())).pelvis_body
    up = -model.gravity / np.linalg.norm(model.gravity)
    forward = configuration.body_rotation[..., pelvis, :, 0].reshape(-1, 3).mean(axis=0)
    forward = forward - (forward @ up) * up
    return np.asarray(forward / np.linalg.norm(forward))


def gait_of(path: FootPath) -> Gait:
    """Tell running from walking: only a runner falls freely between the steps."""
    up = np.gradient(np.gradient(path.pelvis_m[:, 1], path.time_s), path.time_s)
    return "running" if np.percentile(up, 5.0) < -_FREE_FALL_SHARE * 9.81 else "walking"
