"""Tangent points on a cylinder about the z axis, the arc between them, and how the whole length changes with the ends.

Ends, and rows of everything else, are (N,3) in the cylinder's frame; its radius is one for all, or (N).
"""

from dataclasses import dataclass

import numpy as np

from swinglever.arrays import Array, Bools, Ints

REACH_M = 10.0
"""OpenSim slides a tangent point at most this far along the axis."""
PARALLEL = 1e-5 / (2 * REACH_M)
"""Below this axial part of a unit normal OpenSim takes a plane as parallel to the axis, and does not slide."""


def sign(value: Array) -> Ints:
    """+1 for zero and above, else -1."""
    return np.where(value >= 0, 1, -1)


def radial(radius: float | Array, point: Array, turn: Ints) -> Array:
    """Tangent point (N,2) seen from a point, a quarter turn ahead (+1) or behind (-1)."""
    square = point[:, 0] ** 2 + point[:, 1] ** 2
    inward = radius**2 / square
    across = turn * radius * np.sqrt(1 - inward) / np.sqrt(square)
    return np.stack([inward * point[:, 0] - across * point[:, 1], inward * point[:, 1] + across * point[:, 0]], axis=1)


def tangent_points(radius: float | Array, start: Array, end: Array, turn: Ints) -> tuple[Array, Array]:
    """Place the tangent points along the axis as OpenSim does."""
    first, last = radial(radius, start, turn[0]), radial(radius, end, turn[1])
    plane = _Plane.through(start, end)
    first_z = start[:, 2] + plane.lift(first, start, end)[1]
    last_z = end[:, 2] + plane.lift(last, end, start)[1]
    return np.column_stack([first, first_z]), np.column_stack([last, last_z])


@dataclass(frozen=True, kw_only=True)
class _Plane:
    """The plane through both ends of a segment and the radius that meets it, row by row.

    OpenSim takes the plane through both ends and an apex on the surface, near or far; as the apex lies on the radius
    that meets the segment, that is this plane. Its normal is (-run_z middle_y, run_z middle_x, area): the segment's run
    (N,3), the point (N,2) where it meets that radius, the share (N) of the run before it, and twice the area (N) that
    the run spans with the axis.
    """

    run: Array
    share: Array
    middle: Array
    area: Array
    steep: Bools

    @classmethod
    def through(cls, start: Array, end: Array) -> "_Plane":
        run = end - start
        away = [np.sqrt(p[:, 0] ** 2 + p[:, 1] ** 2) for p in (start, end)]
        share = away[0] / (away[0] + away[1])
        middle = start[:, :2] + share[:, None] * run[:, :2]
        area = run[:, 0] * start[:, 1] - run[:, 1] * start[:, 0]
        across = run[:, 2] ** 2 * (middle[:, 0] ** 2 + middle[:, 1] ** 2)
        steep = np.abs(area) >= PARALLEL * np.sqrt(across + area**2)
        return cls(run=run, share=share, middle=middle, area=area, steep=steep)

    def lift(self, tangent: Array, own_end: Array, other_end: Array) -> tuple[Bools, Array]:
        """Whether (N) tangent points (N,2) leave their own ends' level for the plane, and by how much.

        They do where that brings them nearer the other end.
        """
        lift = -self.run[:, 2] * self.turned(tangent - own_end[:, :2]) / self.area
        gap = other_end[:, 2] - own_end[:, 2]
        slides = self.steep & (np.abs(lift) <= REACH_M) & (np.abs(gap - lift) < np.abs(gap))
        return slides, np.where(slides, lift, 0.0)

    def back(self, start: Array, end: Array, by_lift: list[Array], offsets: tuple[Array, Array]) -> "_Back":
        """What both lifts mean for the ends and, in the plane across the axis, for the tangent points.

        Parameters
        ----------
        start, end
            Ends (N,3) of the segment.
        by_lift
            Derivative (N) of the length with respect to each lift.
        offsets
            Tangent points, as seen from their own ends (N,2).
        """
        by = [_over(d, self.area) for d in by_lift]
        turned = by[0] * self.turned(offsets[0]) + by[1] * self.turned(offsets[1])
        by_area = _over(self.run[:, 2] * turned, self.area)
        x, y = (-self.run[:, 2] * (by[0] * offsets[0][:, k] + by[1] * offsets[1][:, k]) for k in (0, 1))
        by_middle = np.stack([y, -x], axis=1)
        by_run = np.empty_like(self.run)
        by_run[:, 0] = by_area * start[:, 1] + self.share * by_middle[:, 0]
        by_run[:, 1] = -by_area * start[:, 0] + self.share * by_middle[:, 1]
        by_run[:, 2] = -turned
        by_share = by_middle[:, 0] * self.run[:, 0] + by_middle[:, 1] * self.run[:, 1]
        away = [np.sqrt(p[:, 0] ** 2 + p[:, 1] ** 2) for p in (start, end)]
        both = by_share / (away[0] + away[1]) ** 2
        by_start, by_end = -by_run, by_run.copy()
        by_start[:, 0] += by_middle[:, 0] - by_area * self.run[:, 1]
        by_start[:, 1] += by_middle[:, 1] + by_area * self.run[:, 0]
        by_start[:, :2] += (both * away[1] / away[0])[:, None] * start[:, :2]
        by_end[:, :2] -= (both * away[0] / away[1])[:, None] * end[:, :2]
        tangents = [
            (-self.run[:, 2] * d)[:, None] * np.column_stack([-self.middle[:, 1], self.middle[:, 0]]) for d in by
        ]
        return _Back(start=by_start, end=by_end, tangents=(tangents[0], tangents[1]))

    def turned(self, offset: Array) -> Array:
        """Vector product (N) of the middle and offsets (N,2)."""
        return np.asarray(self.middle[:, 0] * offset[:, 1] - self.middle[:, 1] * offset[:, 0])


def _over(a: Array, b: Array) -> Array:
    """Ratio, zero wherever the numerator is: of ends level with each other, whose plane may be any."""
    return np.divide(a, b, out=np.zeros_like(a), where=a != 0)


@dataclass(frozen=True, kw_only=True)
class _Back:
    """Derivatives with respect to both ends (N,3), and to the tangent points across the axis (N,2) of both."""

    start: Array
    end: Array
    tangents: tuple[Array, Array]


def angle_between(first: Array, last: Array, long: Bools) -> Array:
    """Angle between two radii, 0 to 2 pi."""
    across = first[:, 0] * last[:, 1] - first[:, 1] * last[:, 0]
    angle = np.arctan2(np.abs(across), first[:, 0] * last[:, 0] + first[:, 1] * last[:, 1])
    return np.where(long, 2 * np.pi - angle, angle)


def sense_of(first: Array, last: Array, long: Bools) -> Ints:
    """Sense (N) in which the arc turns about the axis: the short way round, or the long way where it is long."""
    short = sign(first[:, 0] * last[:, 1] - first[:, 1] * last[:, 0])
    return np.where(long, -short, short)


def sweep_between(first: Array, last: Array, long: Bools) -> Array:
    """Signed angle (N) about the axis."""
    return np.asarray(sense_of(first, last, long) * angle_between(first, last, long))


def arc_length(radius: float | Array, first: Array, last: Array, long: Bools) -> Array:
    """Length of the helix between two points on the surface."""
    around = radius * angle_between(first, last, long)
    return np.asarray(np.sqrt(around**2 + (last[:, 2] - first[:, 2]) ** 2))


def slide_to_geodesic(
    radius: float | Array, start: Array, end: Array, first: Array, last: Array, long: Bools
) -> tuple[Array, Array]:
    """Move the tangent points along the axis so that the path is straight on the unrolled cylinder."""
    before = np.linalg.norm(first[:, :2] - start[:, :2], axis=1)
    after = np.linalg.norm(end[:, :2] - last[:, :2], axis=1)
    around = radius * angle_between(first, last, long)
    slope = (end[:, 2] - start[:, 2]) / (before + around + after)
    first, last = first.copy(), last.copy()
    first[:, 2] = start[:, 2] + slope * before
    last[:, 2] = end[:, 2] - slope * after
    return first, last


def pulls_geodesic(start_m: Array, end_m: Array, first_m: Array, last_m: Array) -> Array:
    """Derivative (2, N, 3) of the shortest path's length with respect to its ends (N, 3), by its tangent points."""
    away = np.stack([start_m - first_m, end_m - last_m])
    return np.asarray(away / np.linalg.norm(away, axis=-1, keepdims=True))


def pulls(radius: float | Array, start: Array, end: Array, turn: Ints, long: Bools) -> Array:
    """Derivative (2, N, 3) of OpenSim's wrapped length with respect to both ends.

    Notes
    -----
    Worked out backwards, from the length to the ends: what a small change of each quantity on the way does to the
    length. The angles of the tangent points follow their own ends alone; their places along the axis follow the plane
    through both ends.
    """
    plane, far = _Plane.through(start, end), (_Far.of(radius, start, turn[0]), _Far.of(radius, end, turn[1]))
    first, last = (radial(radius, p, t) for p, t in zip((start, end), turn, strict=True))
    lifts = plane.lift(first, start, end), plane.lift(last, end, start)
    drop = (end[:, 2] + lifts[1][1]) - (start[:, 2] + lifts[0][1])
    around = radius * angle_between(first, last, long)
    arc = np.sqrt(around**2 + drop**2)
    free = [np.sqrt(f.tangent**2 + lift**2) for f, (_, lift) in zip(far, lifts, strict=True)]
    turns = sense_of(first, last, long) * radius * around / arc
    steep = drop / arc
    by_level = lifts[0][1] / free[0] - steep, lifts[1][1] / free[1] + steep
    by_lift = [np.where(slides, by, 0.0) for (slides, _), by in zip(lifts, by_level, strict=True)]
    # without the plane: along the tangents, around the axis, and up with the ends
    found = np.empty((2, len(start), 3))
    offsets = first - start[:, :2], last - end[:, :2]
    through = plane.back(start, end, by_lift, offsets)
    for k, tangent in enumerate((first, last)):
        moved = through.tangents[k]
        by_angle = (-turns, turns)[k] + tangent[:, 0] * moved[:, 1] - tangent[:, 1] * moved[:, 0]
        found[k, :, :2] = far[k].back(by_angle, far[k].tangent / free[k]) - moved
        found[k, :, 2] = (-steep, steep)[k]
    found[0] += through.start
    found[1] += through.end
    return found


@dataclass(frozen=True, kw_only=True)
class _Far:
    """An end as seen from the axis: direction (N,2), distance, length of its tangent, and the tangent's side (N)."""

    outward: Array
    away: Array
    tangent: Array
    lean: Array

    @classmethod
    def of(cls, radius: float | Array, end: Array, turn: Ints) -> "_Far":
        away = np.sqrt(end[:, 0] ** 2 + end[:, 1] ** 2)
        tangent = np.sqrt(away**2 - radius**2)
        return cls(
            outward=end[:, :2] / away[:, None], away=away, tangent=tangent, lean=np.asarray(turn * radius, dtype=float)
        )

    def back(self, by_angle: Array, by_tangent: Array) -> Array:
        """Derivative (N,2) with respect to the end, of what depends on its tangent point's angle and tangent's length.

        The tangent point is ahead of the end by arccos(radius / away).
        """
        out = (self.lean * by_angle / self.away + by_tangent * self.away) / self.tangent
        along = by_angle / self.away
        x, y = self.outward[:, 0], self.outward[:, 1]
        return np.stack([out * x - along * y, out * y + along * x], axis=1)
