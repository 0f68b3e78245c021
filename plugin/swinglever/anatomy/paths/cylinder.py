"""How a straight muscle segment wraps over a cylinder: the tangent points, the length, and how the length changes.

The rules that decide *whether* and *on which side* a segment wraps are those of OpenSim's ``WrapCylinder`` (release
4.6), so that a model behaves as its author saw it. Where the tangent points sit *along the axis* is offered twice:

- as OpenSim places them for a path with one wrapping surface (in the plane through both ends and an apex), which gives
  OpenSim's length to rounding; the path is then not quite a geodesic, so its moment arm is not a tension's torque but
  the derivative of the length, which `swinglever.anatomy.paths.tangents.pulls` gives;
- as the geodesic has them (a straight line on the unrolled cylinder), for paths over several surfaces.
"""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from swinglever.anatomy.paths.tangents import (
    arc_length,
    radial,
    sign,
    slide_to_geodesic,
    sweep_between,
    tangent_points,
)
from swinglever.arrays import Array, Bools, Ints, freeze_fields
from swinglever.errors import ModelError


class Wrap(IntEnum):
    """What a cylinder does to a segment."""

    NONE = 0
    INSIDE = 1
    POSSIBLE = 2
    MANDATORY = 3


@dataclass(frozen=True, kw_only=True)
class Cylinder:
    """A wrapping cylinder; its axis is the z axis of its own frame.

    Parameters
    ----------
    body
        Index of the body that carries it.
    pose
        Pose of the cylinder in that body, shape (4, 4).
    radius_m, length_m
        Its size.
    side
        -1 or +1 where only that side of ``side_axis`` may be wrapped; 0 where all around is allowed.
    side_axis
        0, 1 or 2: the axis that ``side`` speaks of.
    """

    body: int
    pose: Array
    radius_m: float
    length_m: float
    side: int = 0
    side_axis: int = 0

    def __post_init__(self) -> None:
        freeze_fields(self, "pose")
        if self.radius_m <= 0 or self.length_m < 0:
            raise ModelError(f"a wrapping cylinder needs a positive radius, got {self.radius_m} m")
        if self.side not in (-1, 0, 1) or self.side_axis not in (0, 1, 2):
            raise ModelError(f"a cylinder's side is -1, 0 or 1 of axis 0, 1 or 2, got {self.side} of {self.side_axis}")


@dataclass(frozen=True, kw_only=True)
class Cylinders:
    """Sizes of one cylinder a row (N), all with the same allowed side, so that many wrap as one array operation."""

    radius_m: Array
    length_m: Array
    side: int = 0
    side_axis: int = 0

    def of(self, rows: Ints) -> "Cylinders":
        """Give some of the rows."""
        return replace(self, radius_m=self.radius_m[rows], length_m=self.length_m[rows])


@dataclass(frozen=True, kw_only=True)
class Touch:
    """Where a segment meets the cylinder, in the cylinder's frame, row by row; without the length's derivative.

    Attributes
    ----------
    kind
        A ``Wrap`` a row (N).
    first_m, last_m
        Tangent points (N, 3) beside the first and the last end; meaningless where nothing wraps.
    arc_m
        Length (N) on the surface.
    sweep_rad
        Angle (N) from the first to the last tangent point about the cylinder's axis, signed.
    turn
        (2, N) on which side each end is left, +1 or -1.
    long
        (N) whether the arc is more than half a turn.
    """

    kind: Ints
    first_m: Array
    last_m: Array
    arc_m: Array
    sweep_rad: Array
    turn: Ints
    long: Bools

    def of(self, rows: Ints) -> "Touch":
        """Give some of the rows."""
        parts = {
            name: getattr(self, name)[rows] for name in ("kind", "first_m", "last_m", "arc_m", "sweep_rad", "long")
        }
        return Touch(**parts, turn=self.turn[:, rows])


def touch_segment(cylinder: Cylinder | Cylinders, start_m: Array, end_m: Array, *, geodesic: bool) -> Touch:
    """Find where the segments between two points touch a cylinder.

    Parameters
    ----------
    cylinder
        The surface; of `Cylinders`, row k of the ends is about row k of the sizes.
    start_m, end_m
        Ends of the segments (N, 3) in the cylinder's frame.
    geodesic
        True for the shortest path, False for OpenSim's own placing of the tangent points.
    """
    with np.errstate(invalid="ignore", divide="ignore"):  # ends inside or on the axis: marked, never used
        kind = _kind(cylinder, start_m, end_m)
        turn, long = _sides(cylinder, start_m, end_m)
        first, last = tangent_points(cylinder.radius_m, start_m, end_m, turn)
        half = cylinder.length_m / 2
        kind[(kind >= Wrap.POSSIBLE) & (np.abs(first[:, 2]) > half) & (np.abs(last[:, 2]) > half)] = Wrap.NONE
        if geodesic:
            first, last = slide_to_geodesic(cylinder.radius_m, start_m, end_m, first, last, long)
        arc, sweep = arc_length(cylinder.radius_m, first, last, long), sweep_between(first, last, long)
    return Touch(kind=kind, first_m=first, last_m=last, arc_m=arc, sweep_rad=sweep, turn=turn, long=long)


def _kind(cylinder: Cylinder | Cylinders, start: Array, end: Array) -> Ints:
    """Decide whether each segment is touched at all (before the cylinder's length is looked at)."""
    along = end[:, :2] - start[:, :2]
    t = -np.sum(start[:, :2] * along, axis=1) / np.sum(along**2, axis=1)
    near = start + t[:, None] * (end - start)
    hits = (np.sum(near[:, :2] ** 2, axis=1) < cylinder.radius_m**2) & (t > 0) & (t < 1)
    kind = np.where(hits, Wrap.MANDATORY, Wrap.NONE)
    if cylinder.side:
        a, side = cylinder.side_axis, cylinder.side
        start_side, end_side = sign(start[:, a]), sign(end[:, a])
        crosses = (start_side != end_side) & (sign(near[:, a]) != side)
        neither = (start_side != side) & (end_side != side)
        kind = np.where(neither | (~hits & crosses), Wrap.POSSIBLE, kind)
    inside = np.minimum(np.sum(start[:, :2] ** 2, axis=1), np.sum(end[:, :2] ** 2, axis=1)) < cylinder.radius_m**2
    return np.asarray(np.where(inside, Wrap.INSIDE, kind), dtype=np.int64)


def _sides(cylinder: Cylinder | Cylinders, start: Array, end: Array) -> tuple[Ints, Bools]:
    """Choose among the four pairs of tangent points: turn (2, T), and more than half a turn (T,)."""
    ahead, behind = np.ones(len(start), dtype=np.int64), -np.ones(len(start), dtype=np.int64)
    points = [[radial(cylinder.radius_m, p, turn) for turn in (ahead, behind)] for p in (start, end)]
    if not cylinder.side:
        cosines = np.stack([np.sum(a * b, axis=1) for a in points[0] for b in points[1]])
        # OpenSim's order of comparison: the first pair must win strictly, ties go to the later ones
        best = 3 - np.argmax(cosines[::-1], axis=0)
        turn = np.stack([np.where(best < 2, 1, -1), np.where(best % 2 == 0, 1, -1)])
        no = np.zeros(len(start), dtype=bool)
        return turn, no
    return _sides_by_quadrant(cylinder, start, end, points)


def _sides_by_quadrant(
    cylinder: Cylinder | Cylinders, start: Array, end: Array, points: list[list[Array]]
) -> tuple[Ints, Bools]:
    """Choose the pair of tangent points on the allowed side of a cylinder that may be wrapped on one side only."""
    (start_ahead, start_behind), (end_ahead, end_behind) = points
    a, side = cylinder.side_axis, cylinder.side
    if a == 2:
        allowed = [sign(p[:, 2]) == side for p in (start, start, end, end)]
    else:
        allowed = [sign(p[:, a]) == side for p in (start_ahead, start_behind, end_ahead, end_behind)]
    r_squared = cylinder.radius_m**2
    ahead_angle = np.arccos(np.clip(np.sum(start_ahead * end_behind, axis=1) / r_squared, -1, 1))
    behind_angle = np.arccos(np.clip(np.sum(start_behind * end_ahead, axis=1) / r_squared, -1, 1))
    wider = ahead_angle > behind_angle
    nowhere = ~allowed[0] & ~allowed[1] & ~allowed[2] & ~allowed[3]
    ahead = np.select(
        [allowed[0] & allowed[1], allowed[0], allowed[1], ~nowhere],
        [~allowed[2], np.ones_like(wider), np.zeros_like(wider), ~allowed[2]],
        default=wider,
    )
    turn = np.stack([np.where(ahead, 1, -1), np.where(ahead, -1, 1)])
    first, last = radial(cylinder.radius_m, start, turn[0]), radial(cylinder.radius_m, end, turn[1])
    pull = (first - start[:, :2]) + (last - end[:, :2])
    return turn, np.sum((first + last) * pull, axis=1) < 0


def slide_tangents(
    cylinder: Cylinder | Cylinders, start: Array, end: Array, turn: Ints, long: Bools
) -> tuple[Array, Array, Array, Array]:
    """Geodesic tangent points (N,3), arc (N) and sweep (N) on sides (2,N) that are known already."""
    first, last = np.empty_like(start), np.empty_like(end)
    first[:, :2], last[:, :2] = radial(cylinder.radius_m, start, turn[0]), radial(cylinder.radius_m, end, turn[1])
    first, last = slide_to_geodesic(cylinder.radius_m, start, end, first, last, long)
    return first, last, arc_length(cylinder.radius_m, first, last, long), sweep_between(first, last, long)


def may_touch(cylinder: Cylinder | Cylinders, start: Array, end: Array) -> Bools:
    """Whether segments (N) may touch, whatever the cylinder's length."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(_kind(cylinder, start, end) >= Wrap.POSSIBLE)
