"""Tangent points on a cylinder about the z axis, the arc between them, and how the whole length changes with the ends.

Ends are (3,N) in the cylinder's frame, coordinates first, so that arithmetic runs along the rows (N) of everything; the
radius is one for all, or (N).
"""

from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.multibody.frames_last import dot
from swinglever.arrays import Array, Bools, Ints

REACH_M = 10.0
"""OpenSim slides a tangent point at most this far along the axis."""
PARALLEL = 1e-5 / (2 * REACH_M)
"""Below this axial part of a unit normal OpenSim takes a plane as parallel to the axis, and does not slide."""


def sign(value: Array) -> Ints:
    """+1 for zero and above, else -1."""
    return np.where(value >= 0, 1, -1)


def size_of(a: Array) -> Array:
    """Lengths (N) of vectors (2,N) or (3,N)."""
    return np.sqrt(dot(a, a))


def across(a: Array, b: Array) -> Array:
    """Vector products (N) of vectors in the plane across the axis; what they have along it is left out."""
    return np.asarray(a[0] * b[1] - a[1] * b[0])


@dataclass(frozen=True, kw_only=True)
class Seen:
    """An end (3,N) as seen from the axis: its distance (N), and the length (N) of a tangent from it to the cylinder.

    Its two tangent points lie at ``foot`` plus and minus ``aside`` (2,N): a quarter turn ahead of it, and behind.
    """

    end: Array
    away: Array
    tangent: Array
    foot: Array
    aside: Array

    @classmethod
    def of(cls, radius: float | Array, end: Array) -> "Seen":
        """See ends from the axis; not a number where one is inside."""
        square = dot(end[:2], end[:2])
        tangent = np.sqrt(square - radius**2)
        share = radius / square
        aside = np.empty((2, *square.shape))
        beside = share * tangent
        np.multiply(-beside, end[1], out=aside[0])
        np.multiply(beside, end[0], out=aside[1])
        return cls(end=end, away=np.sqrt(square), tangent=tangent, foot=(radius * share) * end[:2], aside=aside)

    def touched(self, turn: Ints) -> Array:
        """Tangent points (2,N), a quarter turn ahead (+1) or behind (-1)."""
        return np.asarray(self.foot + turn * self.aside)

    def back(self, lean: Array, by_angle: Array, by_tangent: Array) -> Array:
        """Derivative (2,N) with respect to the end, of what depends on its tangent point's angle and tangent's length.

        The tangent point is ahead of the end by arccos(radius / away); ``lean`` is the radius, or minus that if behind.
        """
        along = by_angle / self.away
        out = (lean * along + by_tangent * self.away) / self.tangent
        x, y = self.end[:2] / self.away
        return np.stack([out * x - along * y, out * y + along * x])


def radial(radius: float | Array, point: Array, turn: Ints) -> Array:
    """Tangent point (2,N) seen from a point, a quarter turn ahead (+1) or behind (-1)."""
    return Seen.of(radius, point).touched(turn)


@dataclass(frozen=True, kw_only=True)
class Plane:
    """The plane through both ends of a segment and the radius that meets it, row by row.

    OpenSim takes the plane through both ends and an apex on the surface, near or far; as the apex lies on the radius
    that meets the segment, that is this plane. Its normal is (-run_z middle_y, run_z middle_x, area): the segment's run
    (3,N), the point (2,N) where it meets that radius, the share (N) of the run before it, and twice the area (N) that
    the run spans with the axis.
    """

    run: Array
    share: Array
    middle: Array
    area: Array
    steep: Bools

    @classmethod
    def through(cls, start: Seen, end: Seen) -> "Plane":
        """Lay the plane."""
        run = end.end - start.end
        share = start.away / (start.away + end.away)
        middle = start.end[:2] + share * run[:2]
        area = across(run, start.end)
        square = area**2
        steep = square >= PARALLEL**2 * (run[2] ** 2 * dot(middle, middle) + square)
        return cls(run=run, share=share, middle=middle, area=area, steep=steep)

    def lift(self, tangent: Array, own_end: Array, other_end: Array) -> tuple[Bools, Array]:
        """Whether (N) tangent points (2,N) leave their own ends' level for the plane, and by how much.

        They do where that brings them nearer the other end.
        """
        lift = -self.run[2] * across(self.middle, tangent[:2] - own_end[:2]) / self.area
        gap = other_end[2] - own_end[2]
        slides = self.steep & (np.abs(lift) <= REACH_M) & (np.abs(gap - lift) < np.abs(gap))
        return slides, np.where(slides, lift, 0.0)

    def back(self, ends: tuple[Seen, Seen], by_lift: list[Array], offsets: tuple[Array, Array]) -> "_Back":
        """What both lifts mean for the ends and, in the plane across the axis, for the tangent points.

        Parameters
        ----------
        ends
            Of the segment.
        by_lift
            Derivative (N) of the length with respect to each lift.
        offsets
            Tangent points, as seen from their own ends (2,N).
        """
        start, end = ends
        by = [-_over(d, self.area) for d in by_lift]
        leaning = by[0] * offsets[0] + by[1] * offsets[1]
        by_rise = across(self.middle, leaning)
        by_area = -_over(self.run[2] * by_rise, self.area)
        by_middle = self.run[2] * np.stack([leaning[1], -leaning[0]])
        both = dot(by_middle, self.run[:2]) / (start.away + end.away) ** 2
        by_start, by_end = np.empty_like(self.run), np.empty_like(self.run)
        by_end[:2] = self.share * by_middle
        by_end[0] += by_area * start.end[1]
        by_end[1] -= by_area * start.end[0]
        by_end[2] = by_rise
        np.negative(by_end, out=by_start)
        by_start[0] += by_middle[0] - by_area * self.run[1]
        by_start[1] += by_middle[1] + by_area * self.run[0]
        by_start[:2] += (both * end.away / start.away) * start.end[:2]
        by_end[:2] -= (both * start.away / end.away) * end.end[:2]
        normal = self.run[2] * np.stack([-self.middle[1], self.middle[0]])
        return _Back(start=by_start, end=by_end, tangents=(by[0] * normal, by[1] * normal))


def _over(a: Array, b: Array) -> Array:
    """Ratio, zero wherever the numerator is: of ends level with each other, whose plane may be any."""
    return np.divide(a, b, out=np.zeros_like(a), where=a != 0)


@dataclass(frozen=True, kw_only=True)
class _Back:
    """Derivatives with respect to both ends (3,N), and to the tangent points across the axis (2,N) of both."""

    start: Array
    end: Array
    tangents: tuple[Array, Array]


def angle_between(first: Array, last: Array, long: Bools) -> Array:
    """Angle between two radii, 0 to 2 pi."""
    angle = np.arctan2(np.abs(across(first, last)), dot(first[:2], last[:2]))
    return np.where(long, 2 * np.pi - angle, angle)


def sense_of(first: Array, last: Array, long: Bools) -> Ints:
    """Sense (N) in which the arc turns about the axis: the short way round, or the long way where it is long."""
    short = sign(across(first, last))
    return np.where(long, -short, short)


def sweep_between(first: Array, last: Array, long: Bools) -> Array:
    """Signed angle (N) about the axis."""
    return np.asarray(sense_of(first, last, long) * angle_between(first, last, long))


@dataclass(frozen=True, kw_only=True)
class Laid:
    """A wrapped segment with its tangent points (3,N) as OpenSim places them, and the length (N) of the helix between.

    ``lifts`` tells whether each tangent point leaves its own end's level for the plane, and by how much (N); ``around``
    (N) is the helix's length across the axis.
    """

    radius: float | Array
    ends: tuple[Seen, Seen]
    turn: Ints
    long: Bools
    plane: Plane
    lifts: tuple[tuple[Bools, Array], tuple[Bools, Array]]
    first: Array
    last: Array
    around: Array
    arc: Array

    def pulls(self) -> Array:
        """Derivative (2,3,N) of the length from end to end with respect to both ends.

        Notes
        -----
        Worked out backwards, from the length to the ends: what a small change of each quantity on the way does to the
        length. The angles of the tangent points follow their own ends alone; their places along the axis follow the
        plane through both ends.
        """
        start, end = self.ends
        free = [np.sqrt(s.tangent**2 + lift**2) for s, (_, lift) in zip(self.ends, self.lifts, strict=True)]
        turns = sense_of(self.first, self.last, self.long) * self.radius * self.around / self.arc
        steep = (self.last[2] - self.first[2]) / self.arc
        by_level = self.lifts[0][1] / free[0] - steep, self.lifts[1][1] / free[1] + steep
        by_lift = [np.where(slides, by, 0.0) for (slides, _), by in zip(self.lifts, by_level, strict=True)]
        # without the plane: along the tangents, around the axis, and up with the ends
        found = np.empty((2, *start.end.shape))
        offsets = self.first[:2] - start.end[:2], self.last[:2] - end.end[:2]
        through = self.plane.back(self.ends, by_lift, offsets)
        for k, tangent in enumerate((self.first, self.last)):
            moved, seen = through.tangents[k], self.ends[k]
            by_angle = (-turns, turns)[k] + across(tangent, moved)
            found[k, :2] = seen.back(self.turn[k] * self.radius, by_angle, seen.tangent / free[k]) - moved
            found[k, 2] = (-steep, steep)[k]
        found[0] += through.start
        found[1] += through.end
        return found


def lay_as_opensim(radius: float | Array, ends: tuple[Seen, Seen], turn: Ints, long: Bools) -> Laid:
    """Wrap segments as OpenSim does."""
    plane = Plane.through(*ends)
    points = np.empty((2, 3, len(plane.area)))
    for own, side, point in zip(ends, turn, points, strict=True):
        point[:2] = own.touched(side)
    lifts = plane.lift(points[0], ends[0].end, ends[1].end), plane.lift(points[1], ends[1].end, ends[0].end)
    for own, point, (_, lift) in zip(ends, points, lifts, strict=True):
        point[2] = own.end[2] + lift
    first, last = points
    around = radius * angle_between(first, last, long)
    return Laid(
        radius=radius,
        ends=ends,
        turn=turn,
        long=long,
        plane=plane,
        lifts=lifts,
        first=first,
        last=last,
        around=around,
        arc=np.sqrt(around**2 + (last[2] - first[2]) ** 2),
    )


def place_as_geodesic(
    radius: float | Array, ends: tuple[Seen, Seen], turn: Ints, long: Bools
) -> tuple[Array, Array, Array]:
    """Tangent points (3,N) of the path that is straight on the unrolled cylinder, and the length (N) of its helix."""
    start, end = ends
    points = np.empty((2, 3, len(start.away)))
    first, last = points
    first[:2], last[:2] = start.touched(turn[0]), end.touched(turn[1])
    around = radius * angle_between(first, last, long)
    slope = (end.end[2] - start.end[2]) / (start.tangent + around + end.tangent)
    first[2] = start.end[2] + slope * start.tangent
    last[2] = end.end[2] - slope * end.tangent
    return first, last, around * np.sqrt(1 + slope**2)


def pulls_geodesic(start_m: Array, end_m: Array, first_m: Array, last_m: Array) -> Array:
    """Derivative (2,3,N) of the shortest path's length with respect to its ends (3,N), by its tangent points."""
    away = start_m - first_m, end_m - last_m
    return np.stack([a / size_of(a) for a in away])


def pulls(radius: float | Array, start: Array, end: Array, turn: Ints, long: Bools) -> Array:
    """Derivative (2,3,N) of OpenSim's wrapped length with respect to both ends (3,N), on known sides."""
    return lay_as_opensim(radius, (Seen.of(radius, start), Seen.of(radius, end)), turn, long).pulls()
