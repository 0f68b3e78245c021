"""All paths of a model over one cylinder each, wrapped as one array operation.

What `swinglever.anatomy.paths.wraps` does path by path, for the many that need no going round: their cylinder is tried
on every span of every path in every frame at once, and each path takes the span that OpenSim would take.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.paths.cylinder import Cylinders, Touch, Wrap, may_touch, touch_segment
from swinglever.anatomy.paths.spans import SpanFamily, Spans
from swinglever.anatomy.paths.tangents import pulls
from swinglever.arrays import Array, Bools, Ints


@dataclass(frozen=True, kw_only=True)
class Touched:
    """Spans of one family that touch their cylinders: row k (N) is about a frame and a span of the family.

    ``turn`` (N,3,3) and ``origin`` (N,3) are the cylinders' poses in ground, ``start`` and ``end`` (N,3) the ends
    of the spans in the cylinders' frames, and ``growth`` by how much the path grows.
    """

    family: SpanFamily
    frame: Ints
    span: Ints
    turn: Array
    origin: Array
    start: Array
    end: Array
    sizes: Cylinders
    touch: Touch
    growth: Array

    def of(self, rows: Ints) -> "Touched":
        """Give some of the rows."""
        return Touched(
            family=self.family,
            frame=self.frame[rows],
            span=self.span[rows],
            turn=self.turn[rows],
            origin=self.origin[rows],
            start=self.start[rows],
            end=self.end[rows],
            sizes=self.sizes.of(rows),
            touch=self.touch.of(rows),
            growth=self.growth[rows],
        )

    @property
    def muscle(self) -> Ints:
        """Whose paths (N)."""
        return self.family.muscle[self.span]

    @property
    def node(self) -> Ints:
        """Place (N) in the path of the point before the cylinder."""
        return self.family.node[self.span]

    def tangent_points(self) -> tuple[Array, Array]:
        """First and last point (N,3) on the cylinder, in ground."""
        first, last = (
            (self.turn @ p[..., None])[..., 0] + self.origin for p in (self.touch.first_m, self.touch.last_m)
        )
        return first, last

    def pulls(self) -> Array:
        """Derivative (2,N,3) of the length with respect to the ends of the span, in ground."""
        found = pulls(self.sizes.radius_m, self.start, self.end, self.touch.turn, self.touch.long)
        return np.asarray((self.turn @ found[..., None])[..., 0])


def wrap_over_one(spans: Spans, points: Array, rotations: Array, origins: Array) -> tuple[Touched, ...]:
    """Let paths over one cylinder wrap.

    Parameters
    ----------
    spans
        How the paths are laid out.
    points
        Their points (T,3,p) in ground.
    rotations, origins
        Of the bodies, (T,b+1,3,3) and (T,b+1,3), ground last.

    Returns
    -------
    tuple of Touched
        Which spans touch, and where.
    """
    tried = [_try(family, points, rotations, origins) for family in spans.families]
    chosen = _choose(spans.table, tried, len(points)) if tried else np.zeros((0, 0), dtype=bool)
    return tuple(part.of(np.flatnonzero(chosen[part.frame, part.family.number[part.span]])) for part in tried)


def _try(family: SpanFamily, points: Array, rotations: Array, origins: Array) -> Touched:
    """Wrap the spans of a family that may touch."""
    carried = rotations[:, family.body]
    turn = carried @ family.rotation
    origin = origins[:, family.body] + (carried @ family.origin[..., None])[..., 0]
    ends = [np.swapaxes(points[:, :, at], 1, 2) for at in (family.start, family.end)]
    start, end = (((p - origin)[..., None, :] @ turn)[..., 0, :] for p in ends)
    shape = start.shape[:2]
    sizes = family.sizes.of(np.broadcast_to(np.arange(shape[1]), shape).ravel())
    rows = np.flatnonzero(may_touch(sizes, start.reshape(-1, 3), end.reshape(-1, 3)))
    frame, span = np.unravel_index(rows, shape)
    start, end, sizes = start[frame, span], end[frame, span], sizes.of(rows)
    touch = touch_segment(sizes, start, end, geodesic=False)
    path = np.linalg.norm(touch.first_m - start, axis=1) + touch.arc_m + np.linalg.norm(end - touch.last_m, axis=1)
    return Touched(
        family=family,
        frame=frame,
        span=span,
        turn=turn[frame, span],
        origin=origin[frame, span],
        start=start,
        end=end,
        sizes=sizes,
        touch=touch,
        growth=path - np.linalg.norm(end - start, axis=1),
    )


def _choose(table: Ints, tried: Sequence[Touched], n_frames: int) -> Bools:
    """Which spans (T,P) wrap, of those of each path (M, s) that ``table`` has the numbers of, -1 for none.

    One that runs through the cylinder must wrap, else the one does that lengthens the path least.
    """
    count = int(table.max()) + 1
    kinds = np.full((n_frames, count + 1), int(Wrap.NONE))
    growth = np.full((n_frames, count + 1), np.inf)
    for part in tried:
        number = part.family.number[part.span]
        kinds[part.frame, number] = part.touch.kind
        growth[part.frame, number] = np.where(part.touch.kind == Wrap.POSSIBLE, part.growth, np.inf)
    of_path, must = kinds[:, table], kinds[:, table] == Wrap.MANDATORY
    best = np.where(must.any(axis=2), must.argmax(axis=2), growth[:, table].argmin(axis=2))
    frame, path = np.nonzero((of_path >= Wrap.POSSIBLE).any(axis=2))
    chosen = np.zeros((n_frames, count + 1), dtype=bool)
    chosen[frame, table[path, best[frame, path]]] = True
    return chosen
