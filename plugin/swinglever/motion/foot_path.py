"""How the feet of a recording move: the few points of each leg that tell when it meets and leaves the ground."""

from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import Model, Side
from swinglever.anatomy.multibody.tree import Configuration
from swinglever.arrays import Array, Ints, check_shapes, freeze_fields
from swinglever.motion.soles import sole_points
from swinglever.records.foot_event import Gait
from swinglever.records.kinematics import Kinematics
from swinglever.signals import find_peaks

_RATE_HZ = 250.0
_SHORTEST_STRIDE_S = 0.4
_SHORTEST_STEP_M = 0.2
_LOOKS = 10_000

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
        return find_peaks(ahead_m, distance=max(self.frames(_SHORTEST_STRIDE_S), 1), prominence=_SHORTEST_STEP_M)


def follow_feet(model: Model, kinematics: Kinematics) -> dict[Side, FootPath]:
    """Follow the feet of every leg that the model has.

    Parameters
    ----------
    model, kinematics
        The moving body.
    """
    begin, end = kinematics.time_s[0], kinematics.time_s[-1]
    time_s = np.linspace(begin, end, int((end - begin) * _RATE_HZ) + 1)
    forward, *points = model.place_in_turn(kinematics.curve(time_s), lambda placed: _look(model, placed))
    plane = np.stack([_level(model, forward), -model.gravity / np.linalg.norm(model.gravity)], axis=1)
    names = ("pelvis_m", "hip_m", "heel_m", "ball_m", "toe_tip_m")
    return {
        side: FootPath(
            time_s=time_s,
            **{name: own @ plane for name, own in zip(names, points[k * len(names) :], strict=False)},
        )
        for k, side in enumerate(model.legs)
    }


def _look(model: Model, placed: Configuration) -> list[Array]:
    """Where the pelvis faces, and pelvis, hip, heel, ball and tip of the toes of each leg, all (T,3)."""
    found = [_facing(model, placed)]
    for leg in model.legs.values():
        found += [placed.body_position[:, leg.pelvis_body], placed.body_position[:, leg.thigh]]
        found += sole_points(leg, placed)
    return found


def travel_direction(model: Model, kinematics: Kinematics) -> Array:
    """Horizontal unit vector (3) in which the body faces: the pelvis's forward axis, averaged over the frames.

    Of a long trial, some ten thousand frames are looked at.
    """
    every = -(-len(kinematics.q) // _LOOKS)
    return _level(model, _facing(model, model.place(kinematics.q[::every])))


def _facing(model: Model, placed: Configuration) -> Array:
    """Forward axis (T,3) of the pelvis."""
    return placed.body_rotation[:, next(iter(model.legs.values())).pelvis_body, :, 0]


def _level(model: Model, forward: Array) -> Array:
    """Horizontal unit vector (3) along the mean of axes (T,3)."""
    up, mean = -model.gravity / np.linalg.norm(model.gravity), forward.mean(axis=0)
    level = mean - (mean @ up) * up
    return np.asarray(level / np.linalg.norm(level))


def gait_of(path: FootPath) -> Gait:
    """Tell running from walking: only a runner falls freely between the steps."""
    up = np.gradient(np.gradient(path.pelvis_m[:, 1], path.time_s), path.time_s)
    return "running" if np.percentile(up, 5.0) < -_FREE_FALL_SHARE * 9.81 else "walking"
