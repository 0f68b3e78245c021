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
from typing import Any

import numpy as np

from swinglever.anatomy.multibody.frames_last import dot, some
from swinglever.anatomy.paths.tangents import (
    Seen,
    lay_as_opensim,
    place_as_geodesic,
    sign,
    size_of,
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

    def of(self, rows: Any) -> "Cylinders":
        """Give some of the rows."""
        return replace(self, radius_m=self.radius_m[rows], length_m=self.length_m[rows])


@dataclass(frozen=True, kw_only=True)
class Touch:
    """Where a segment meets the cylinder, in the cylinder's frame, row by row.

    Attributes
    ----------
    kind
        A ``Wrap`` a row (N).
    first_m, last_m
        Tangent points (3, N) beside the first and the last end; meaningless where nothing wraps.
    arc_m
        Length (N) on the surface.
    growth_m
        By how much (N) the way from end to end grows.
    turn
        (2, N) on which side each end is left, +1 or -1.
    long
        (N) whether the arc is more than half a turn.
    pulls
        (2, 3, N) derivative of the length with respect to both ends, as OpenSim places the tangent points; None for the
        shortest path, which may still slide.
    """

    kind: Ints
    first_m: Array
    last_m: Array
    arc_m: Array
    growth_m: Array
    turn: Ints
    long: Bools
    pulls: Array | None = None

    @property
    def cost(self) -> Array:
        """What (N) a touch costs the path, which takes the cheapest: minus infinity where it must, infinity if none."""
        possible = np.where(self.kind == Wrap.POSSIBLE, self.growth_m, np.inf)
        return np.where(self.kind == Wrap.MANDATORY, -np.inf, possible)

    def of(self, rows: Ints) -> "Touch":
        """Give some of the rows."""
        parts: dict[str, Any] = {name: some(part, rows) for name, part in vars(self).items() if part is not None}
        return Touch(**parts)


def touch_segment(
    cylinder: Cylinder | Cylinders, start_m: Array, end_m: Array, *, geodesic: bool, kind: Ints | None = None
) -> Touch:
    """Find where the segments between two points touch a cylinder.

    Parameters
    ----------
    cylinder
        The surface; of `Cylinders`, row k of the ends is about row k of the sizes.
    start_m, end_m
        Ends of the segments (3, N) in the cylinder's frame.
    geodesic
        True for the shortest path, False for OpenSim's own placing of the tangent points.
    kind
        What `find_kinds` says of them (N), where that is known already.
    """
    kind = find_kinds(cylinder, start_m, end_m) if kind is None else kind
    with np.errstate(invalid="ignore", divide="ignore"):  # ends inside or on the axis: marked, never used
        ends = Seen.of(cylinder.radius_m, start_m), Seen.of(cylinder.radius_m, end_m)
        turn, long = _sides(cylinder, ends)
        laid = lay_as_opensim(cylinder.radius_m, ends, turn, long)
        first, last, arc = laid.first, laid.last, laid.arc
        half = cylinder.length_m / 2
        beyond = (np.abs(first[2]) > half) & (np.abs(last[2]) > half)
        kind = np.where((kind >= Wrap.POSSIBLE) & beyond, Wrap.NONE, kind)
        if geodesic:
            first, last, arc = place_as_geodesic(cylinder.radius_m, ends, turn, long)
        growth = size_of(first - start_m) + arc + size_of(end_m - last) - size_of(end_m - start_m)
        pulls = None if geodesic else laid.pulls()
    return Touch(kind=kind, first_m=first, last_m=last, arc_m=arc, growth_m=growth, turn=turn, long=long, pulls=pulls)


def find_kinds(cylinder: Cylinder | Cylinders, start_m: Array, end_m: Array) -> Ints:
    """Decide whether segments (3, ...) are touched at all, as a ``Wrap`` each, whatever the cylinder's length."""
    start, end = start_m[:2], end_m[:2]
    along, square = end - start, cylinder.radius_m**2
    with np.errstate(invalid="ignore", divide="ignore"):  # a segment along the axis
        t = -dot(start, along) / dot(along, along)
        near = start + t * along
        hits = (dot(near, near) < square) & (t > 0) & (t < 1)
        kind = np.where(hits, int(Wrap.MANDATORY), int(Wrap.NONE))
        if cylinder.side:
            a, side = cylinder.side_axis, cylinder.side
            level = near[a] if a < 2 else start_m[2] + t * (end_m[2] - start_m[2])
            start_side, end_side = sign(start_m[a]), sign(end_m[a])
            crosses = (start_side != end_side) & (sign(level) != side)
            neither = (start_side != side) & (end_side != side)
            kind = np.where(neither | (~hits & crosses), int(Wrap.POSSIBLE), kind)
        inside = np.minimum(dot(start, start), dot(end, end)) < square
    return np.where(inside, int(Wrap.INSIDE), kind)


def _sides(cylinder: Cylinder | Cylinders, ends: tuple[Seen, Seen]) -> tuple[Ints, Bools]:
    """Choose among the four pairs of tangent points: turn (2, N), and more than half a turn (N)."""
    ahead, behind = ([s.foot + s.aside for s in ends], [s.foot - s.aside for s in ends])
    if cylinder.side:
        return _sides_by_quadrant(cylinder, ends, ahead, behind)
    cosines = [dot(a, b) for a in (ahead[0], behind[0]) for b in (ahead[1], behind[1])]
    # OpenSim's order of comparison: the first pair must win strictly, ties go to the later ones
    later = [cosines[k + 1] >= cosines[k] for k in (0, 2)]
    best = [np.where(later[k], cosines[2 * k + 1], cosines[2 * k]) for k in (0, 1)]
    start_behind = best[1] >= best[0]
    end_behind = np.where(start_behind, later[1], later[0])
    return 1 - 2 * np.stack([start_behind, end_behind]), np.zeros(len(start_behind), dtype=bool)


def _sides_by_quadrant(
    cylinder: Cylinder | Cylinders, ends: tuple[Seen, Seen], ahead: list[Array], behind: list[Array]
) -> tuple[Ints, Bools]:
    """Choose the pair of tangent points on the allowed side of a cylinder that may be wrapped on one side only."""
    a, side = cylinder.side_axis, cylinder.side
    by_ends = (ends[0].end, ends[0].end, ends[1].end, ends[1].end)
    allowed = [sign(p[a]) == side for p in (by_ends if a == 2 else (ahead[0], behind[0], ahead[1], behind[1]))]
    r_squared = cylinder.radius_m**2
    ahead_cosine = np.clip(dot(ahead[0], behind[1]) / r_squared, -1, 1)
    behind_cosine = np.clip(dot(behind[0], ahead[1]) / r_squared, -1, 1)
    by_end = np.where(allowed[2] | allowed[3], ~allowed[2], ahead_cosine < behind_cosine)
    by_start = np.where(allowed[0], ~allowed[2], by_end)
    goes_ahead = np.where(allowed[0] != allowed[1], allowed[0], by_start)
    turn = np.stack([np.where(goes_ahead, 1, -1), np.where(goes_ahead, -1, 1)])
    first, last = (s.touched(t) for s, t in zip(ends, turn, strict=True))
    pull = (first - ends[0].end[:2]) + (last - ends[1].end[:2])
    return turn, dot(first + last, pull) < 0


def slide_tangents(
    cylinder: Cylinder | Cylinders, start: Array, end: Array, turn: Ints, long: Bools
) -> tuple[Array, Array, Array]:
    """Geodesic tangent points (3,N) and arc (N) on sides (2,N) that are known already."""
    ends = Seen.of(cylinder.radius_m, start), Seen.of(cylinder.radius_m, end)
    return place_as_geodesic(cylinder.radius_m, ends, turn, long)
