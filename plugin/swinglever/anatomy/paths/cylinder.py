"""How a straight muscle segment wraps over a cylinder: the tangent points, the length, and how the length changes.

The rules that decide *whether* and *on which side* a segment wraps are those of OpenSim's ``WrapCylinder`` (release
4.6), so that a model behaves as its author saw it. Where the tangent points sit *along the axis* is offered twice:

- as OpenSim places them for a path with one wrapping surface (in the plane through both ends and an apex), which gives
  OpenSim's length to rounding; the path is then not quite a geodesic, so its moment arm is not a tension's torque but
  the derivative of the length, which ``gradients`` gives;
- as the geodesic has them (a straight line on the unrolled cylinder), for paths over several surfaces.
"""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from swinglever.arrays import Array, Bools, Ints, freeze_fields
from swinglever.errors import ModelError

REACH_M = 10.0
"""OpenSim slides a tangent point at most this far along the axis."""
PARALLEL = 1e-5 / (2 * REACH_M)
"""Below this axial part of a unit normal OpenSim takes a plane as parallel to the axis, and does not slide."""
COMPLEX_STEP = 1e-30
"""Step of the complex-step derivative: its error is of second order in the step, so none is left."""


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
        first, last = _tangent_points(cylinder, start_m, end_m, turn)
        half = cylinder.length_m / 2
        kind[(kind >= Wrap.POSSIBLE) & (np.abs(first[:, 2]) > half) & (np.abs(last[:, 2]) > half)] = Wrap.NONE
        if geodesic:
            first, last = _slide_to_geodesic(cylinder, start_m, end_m, first, last, long)
        arc, sweep = _arc(cylinder, first, last, long), _sweep(first, last, long)
    return Touch(kind=kind, first_m=first, last_m=last, arc_m=arc, sweep_rad=sweep, turn=turn, long=long)


def pulls_geodesic(start_m: Array, end_m: Array, first_m: Array, last_m: Array) -> Array:
    """Derivative (2, N, 3) of the shortest path's length with respect to its ends (N, 3), by its tangent points."""
    away = np.stack([start_m - first_m, end_m - last_m])
    return np.asarray(away / np.linalg.norm(away, axis=-1, keepdims=True))


def _sign(value: Array) -> Ints:
    return np.where(value >= 0, 1, -1)


def _kind(cylinder: Cylinder | Cylinders, start: Array, end: Array) -> Ints:
    """Decide whether each segment is touched at all (before the cylinder's length is looked at)."""
    along = end[:, :2] - start[:, :2]
    t = -np.sum(start[:, :2] * along, axis=1) / np.sum(along**2, axis=1)
    near = start + t[:, None] * (end - start)
    hits = (np.sum(near[:, :2] ** 2, axis=1) < cylinder.radius_m**2) & (t > 0) & (t < 1)
    kind = np.where(hits, Wrap.MANDATORY, Wrap.NONE)
    if cylinder.side:
        a, side = cylinder.side_axis, cylinder.side
        start_side, end_side = _sign(start[:, a]), _sign(end[:, a])
        crosses = (start_side != end_side) & (_sign(near[:, a]) != side)
        neither = (start_side != side) & (end_side != side)
        kind = np.where(neither | (~hits & crosses), Wrap.POSSIBLE, kind)
    inside = np.minimum(np.sum(start[:, :2] ** 2, axis=1), np.sum(end[:, :2] ** 2, axis=1)) < cylinder.radius_m**2
    return np.asarray(np.where(inside, Wrap.INSIDE, kind), dtype=np.int64)


def _radial(cylinder: Cylinder | Cylinders, point: Array, turn: Ints) -> Array:
    """Tangent point (x, y) seen from a point, a quarter turn ahead (+1) or behind (-1); also for complex points."""
    square = point[..., 0] ** 2 + point[..., 1] ** 2
    inward = cylinder.radius_m**2 / square
    across = turn * cylinder.radius_m * np.sqrt(1 - cylinder.radius_m**2 / square) / np.sqrt(square)
    return np.stack(
        [inward * point[..., 0] - across * point[..., 1], inward * point[..., 1] + across * point[..., 0]], axis=-1
    )


def _sides(cylinder: Cylinder | Cylinders, start: Array, end: Array) -> tuple[Ints, Bools]:
    """Choose among the four pairs of tangent points: turn (2, T), and more than half a turn (T,)."""
    ahead, behind = np.ones(len(start), dtype=np.int64), -np.ones(len(start), dtype=np.int64)
    points = [[_radial(cylinder, p, turn) for turn in (ahead, behind)] for p in (start, end)]
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
        allowed = [_sign(p[:, 2]) == side for p in (start, start, end, end)]
    else:
        allowed = [_sign(p[:, a]) == side for p in (start_ahead, start_behind, end_ahead, end_behind)]
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
    first, last = _radial(cylinder, start, turn[0]), _radial(cylinder, end, turn[1])
    pull = (first - start[:, :2]) + (last - end[:, :2])
    return turn, np.sum((first + last) * pull, axis=1) < 0


def _tangent_points(cylinder: Cylinder | Cylinders, start: Array, end: Array, turn: Ints) -> tuple[Array, Array]:
    """Place the tangent points along the axis as OpenSim does; works for complex ends too."""
    first, last = _radial(cylinder, start, turn[0]), _radial(cylinder, end, turn[1])
    start_away = np.sqrt(start[..., 0] ** 2 + start[..., 1] ** 2)
    end_away = np.sqrt(end[..., 0] ** 2 + end[..., 1] ** 2)
    middle = start + (start_away / (start_away + end_away))[..., None] * (end - start)
    outward = middle[..., :2] / np.sqrt(middle[..., 0] ** 2 + middle[..., 1] ** 2)[..., None]
    # OpenSim takes the plane through both ends and an apex on the surface, near or far; as the apex lies on the radius
    # that meets the segment, that is the plane of the segment and this radius.
    normal = np.cross(end - start, np.concatenate([outward, np.zeros_like(outward[..., :1])], axis=-1))
    normal = normal / np.sqrt(np.sum(normal**2, axis=-1))[..., None]
    return (
        _slide_to_plane(first, start, end, normal),
        _slide_to_plane(last, end, start, normal),
    )


def _slide_to_plane(tangent: Array, own_end: Array, other_end: Array, normal: Array) -> Array:
    """Lift a tangent point (x, y) onto the plane through both ends, if that moves it towards the other end."""
    offset = tangent - own_end[..., :2]
    lift = -(normal[..., 0] * offset[..., 0] + normal[..., 1] * offset[..., 1]) / normal[..., 2]
    z = own_end[..., 2] + lift
    gap = other_end[..., 2] - own_end[..., 2]
    slides = (np.abs(normal[..., 2].real) >= PARALLEL) & (np.abs(lift.real) <= REACH_M)
    slides &= np.abs((other_end[..., 2] - z).real) < np.abs(gap.real)
    z = np.where(slides, z, own_end[..., 2])
    return np.concatenate([tangent, z[..., None]], axis=-1)


def _angle(first: Array, last: Array, long: Bools) -> Array:
    """Angle between two radii, 0 to 2 pi; written with arctangent so that it has a derivative at zero and pi."""
    across = first[..., 0] * last[..., 1] - first[..., 1] * last[..., 0]
    sense = np.where(across.real < 0, -1.0, 1.0)
    along = first[..., 0] * last[..., 0] + first[..., 1] * last[..., 1]
    angle = _arctan2(sense * across, along)
    return np.where(long, 2 * np.pi - angle, angle)


def _sweep(first: Array, last: Array, long: Bools) -> Array:
    """Signed angle about the axis: the short way round, or the long way where the wrap is long."""
    short = _sign(first[:, 0] * last[:, 1] - first[:, 1] * last[:, 0])
    return np.asarray(np.where(long, -short, short) * _angle(first, last, long))


def _arctan2(y: Array, x: Array) -> Array:
    """Arctangent of y/x over the full circle; of complex numbers, with its derivative in the imaginary part."""
    if not np.iscomplexobj(y):
        return np.arctan2(y, x)
    slope = (x.real * y.imag - y.real * x.imag) / (x.real**2 + y.real**2)
    return np.asarray(np.arctan2(y.real, x.real) + 1j * slope)


def _arc(cylinder: Cylinder | Cylinders, first: Array, last: Array, long: Bools) -> Array:
    """Length of the helix between two points on the surface."""
    around = cylinder.radius_m * _angle(first, last, long)
    return np.asarray(np.sqrt(around**2 + (last[..., 2] - first[..., 2]) ** 2))


def _slide_to_geodesic(
    cylinder: Cylinder | Cylinders, start: Array, end: Array, first: Array, last: Array, long: Bools
) -> tuple[Array, Array]:
    """Move the tangent points along the axis so that the path is straight on the unrolled cylinder."""
    before = np.linalg.norm(first[:, :2] - start[:, :2], axis=1)
    after = np.linalg.norm(end[:, :2] - last[:, :2], axis=1)
    around = cylinder.radius_m * _angle(first, last, long)
    slope = (end[:, 2] - start[:, 2]) / (before + around + after)
    first, last = first.copy(), last.copy()
    first[:, 2] = start[:, 2] + slope * before
    last[:, 2] = end[:, 2] - slope * after
    return first, last


def slide_tangents(
    cylinder: Cylinder | Cylinders, start: Array, end: Array, turn: Ints, long: Bools
) -> tuple[Array, Array, Array, Array]:
    """Geodesic tangent points (N,3), arc (N) and sweep (N) on sides (2,N) that are known already."""
    first, last = np.empty_like(start), np.empty_like(end)
    first[:, :2], last[:, :2] = _radial(cylinder, start, turn[0]), _radial(cylinder, end, turn[1])
    first, last = _slide_to_geodesic(cylinder, start, end, first, last, long)
    return first, last, _arc(cylinder, first, last, long), _sweep(first, last, long)


def may_touch(cylinder: Cylinder | Cylinders, start: Array, end: Array) -> Bools:
    """Whether segments (N) may touch, whatever the cylinder's length."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(_kind(cylinder, start, end) >= Wrap.POSSIBLE)


def pulls(
    cylinder: Cylinder | Cylinders,
    start: Array,
    end: Array,
    turn: Ints,
    long: Bools,
) -> Array:
    """Derivative of OpenSim's wrapped length with respect to both ends, by complex steps: shape (2, T, 3)."""
    steps = 1j * COMPLEX_STEP * np.eye(6)
    starts = start + steps[:, None, :3]
    ends = end + steps[:, None, 3:]
    shape = (6, len(start))
    turns = np.broadcast_to(turn[:, None], (2, *shape))
    first, last = _tangent_points(cylinder, starts, ends, turns)
    length = _arc(cylinder, first, last, np.broadcast_to(long, shape))
    length = length + np.sqrt(np.sum((first - starts) ** 2, axis=-1)) + np.sqrt(np.sum((last - ends) ** 2, axis=-1))
    return np.moveaxis((length.imag / COMPLEX_STEP).reshape(2, 3, -1), 1, 2)
