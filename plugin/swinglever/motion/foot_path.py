"""How the feet of a recording move: the few points of each leg that tell when it meets and leaves the ground."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import Model, Side
from swinglever.anatomy.multibody.configuration import Configuration
from swinglever.arrays import Array, Ints, check_shapes, freeze_fields
from swinglever.motion.soles import sole_points
from swinglever.records.foot_event import Gait
from swinglever.records.kinematics import Kinematics
from swinglever.signals import find_peaks, interpolate

_RATE_HZ = 250.0
_SHORTEST_STRIDE_S = 0.4
_SHORTEST_STEP_M = 0.2
_LOOKS = 10_000
_SPAN_LOOKS = 20
_STRIDE_S, _TURNS_RAD = 0.9, np.radians(25.0)
"""The pelvis turns to and fro once a stride; without that, public runners and walkers turn by 1 to 10 degrees."""

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
        The moving body. Of one that turns, forward is where it faces at each time.
    """
    begin, end = kinematics.time_s[0], kinematics.time_s[-1]
    time_s = np.linspace(begin, end, int((end - begin) * _RATE_HZ) + 1)
    facing, *points = model.place_in_turn(kinematics.curve(time_s), lambda placed: _look(model, placed))
    up = model.up
    travel = _travel(model, time_s, facing)
    if travel.time_s is not None:
        points = _beside_pelvis(points, up)
    names = ("pelvis_m", "hip_m", "heel_m", "ball_m", "toe_tip_m")
    flat = [np.stack([(place * travel.ahead).sum(axis=1), place @ up], axis=1) for place in points]
    return {
        side: FootPath(
            time_s=time_s,
            **dict(zip(names, flat[k * len(names) :], strict=False)),
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


def _beside_pelvis(points: Sequence[Array], up: Array) -> list[Array]:
    """Give points (T,3) against the pelvis, the first of them, with their own heights: a turning frame has no way."""
    level = points[0] - np.outer(points[0] @ up, up)
    return [place - level for place in points]


def travel_direction(model: Model, kinematics: Kinematics) -> Array:
    """Horizontal unit vector (3) in which the body faces: the pelvis's forward axis, averaged over the frames.

    Of a long trial, some ten thousand frames are looked at.
    """
    return _level(model, _facing_of(model, kinematics)[1])


@dataclass(frozen=True, kw_only=True)
class Travel:
    """Where a body goes: one horizontal direction ``ahead`` (3); on a bend those (T,3) at some times (T)."""

    ahead: Array
    time_s: Array | None = None

    def at(self, time_s: Array) -> Array:
        """Horizontal unit vectors (k,3) at some times (k)."""
        if self.time_s is None:
            return np.tile(self.ahead, (len(time_s), 1))
        near = interpolate(time_s, self.time_s, self.ahead)
        return np.asarray(near / np.linalg.norm(near, axis=1, keepdims=True))

    def over(self, span_s: Array) -> Array:
        """Mean direction (3) from the begin to the end of a span (2)."""
        if self.time_s is None:
            return self.ahead
        mean = self.at(np.linspace(span_s[0], span_s[1], _SPAN_LOOKS)).mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean))


def travel_of(model: Model, kinematics: Kinematics) -> Travel:
    """Follow where a body goes, which is where it faces, without the pelvis's swing to and fro in each stride."""
    return _travel(model, *_facing_of(model, kinematics))


def _travel(model: Model, time_s: Array, facing: Array) -> Travel:
    """Follow it from the pelvis's forward axis (T,3)."""
    heading = _headings(model, time_s, facing)
    if np.ptp(heading) > _TURNS_RAD:
        return Travel(ahead=_along(model, heading), time_s=time_s)
    return Travel(ahead=_level(model, facing))


def _facing_of(model: Model, kinematics: Kinematics) -> tuple[Array, Array]:
    """Times (T), and the pelvis's forward axis (T,3)."""
    every = -(-len(kinematics.q) // _LOOKS)
    return kinematics.time_s[::every], _facing(model, model.place(kinematics.q[::every]))


def _headings(model: Model, time_s: Array, facing: Array) -> Array:
    """How far the body (T) is turned about the vertical, rad, without the pelvis's swing to and fro in each stride."""
    east, north = _horizon(model)
    turned = np.unwrap(np.arctan2(facing @ north, facing @ east))
    half = int(0.5 * _STRIDE_S * (len(time_s) - 1) / max(time_s[-1] - time_s[0], 1e-9))
    if half >= len(time_s):
        return np.full(len(time_s), turned.mean())
    # Reflected with the sign turned, so that a steady turn is one up to both ends.
    whole = np.pad(turned, half, mode="reflect", reflect_type="odd")
    return np.convolve(whole, np.full(2 * half + 1, 1.0 / (2 * half + 1)), mode="valid")


def _along(model: Model, heading_rad: Array) -> Array:
    """Horizontal unit vectors (T,3) at some headings (T)."""
    east, north = _horizon(model)
    return np.asarray(np.outer(np.cos(heading_rad), east) + np.outer(np.sin(heading_rad), north))


def _horizon(model: Model) -> tuple[Array, Array]:
    """Two horizontal unit vectors (3) at right angles; the second is the first turned about the vertical."""
    up = model.up
    first = np.cross(np.eye(3)[int(np.argmin(np.abs(up)))], up)
    first = first / np.linalg.norm(first)
    return first, np.cross(up, first)


def _facing(model: Model, placed: Configuration) -> Array:
    """Forward axis (T,3) of the pelvis."""
    return placed.body_rotation[:, next(iter(model.legs.values())).pelvis_body, :, 0]


def _level(model: Model, forward: Array) -> Array:
    """Horizontal unit vector (3) along the mean of axes (T,3)."""
    up, mean = model.up, forward.mean(axis=0)
    level = mean - (mean @ up) * up
    return np.asarray(level / np.linalg.norm(level))


def gait_of(path: FootPath) -> Gait:
    """Tell running from walking: only a runner falls freely between the steps."""
    up = np.gradient(np.gradient(path.pelvis_m[:, 1], path.time_s), path.time_s)
    return "running" if np.percentile(up, 5.0) < -_FREE_FALL_SHARE * 9.81 else "walking"
