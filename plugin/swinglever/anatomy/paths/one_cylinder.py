"""All paths of a model over one cylinder each, wrapped as one array operation.

What `swinglever.anatomy.paths.wraps` does path by path, for the many that need no going round: their cylinder is tried
on every span of every path in every frame at once, and each path takes the span that OpenSim would take.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.multibody.configuration import Bodies
from swinglever.anatomy.multibody.frames_last import some, times, times_back
from swinglever.anatomy.paths.cylinder import Cylinders, Touch, Wrap, find_kinds, touch_segment
from swinglever.anatomy.paths.spans import SpanFamily, Spans
from swinglever.arrays import Array, Bools, Ints


@dataclass(frozen=True, kw_only=True)
class Touched:
    """Spans of one family that touch their cylinders: row k (N) is about a frame and a span of the family.

    ``turn`` (3,3,N) and ``origin`` (3,N) are the cylinders' poses in ground, ``start`` and ``end`` (3,N) the ends
    of the spans in the cylinders' frames.
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

    def of(self, rows: Ints) -> "Touched":
        """Give some of the rows."""
        return Touched(
            family=self.family,
            frame=self.frame[rows],
            span=self.span[rows],
            turn=some(self.turn, rows),
            origin=some(self.origin, rows),
            start=some(self.start, rows),
            end=some(self.end, rows),
            sizes=self.sizes.of(rows),
            touch=self.touch.of(rows),
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
        """First and last point (3,N) on the cylinder, in ground."""
        first, last = (times(self.turn, p) + self.origin for p in (self.touch.first_m, self.touch.last_m))
        return first, last

    def pulls(self) -> tuple[Array, Array]:
        """Derivative (3,N) of the length with respect to both ends of the span, in ground."""
        assert self.touch.pulls is not None
        return times(self.turn, self.touch.pulls[0]), times(self.turn, self.touch.pulls[1])


def wrap_over_one(spans: Spans, points: Array, bodies: Bodies) -> tuple[Touched, ...]:
    """Let paths over one cylinder wrap.

    Parameters
    ----------
    spans
        How the paths are laid out.
    points
        Their points (3,p,T) in ground.
    bodies
        Where the bodies are.

    Returns
    -------
    tuple of Touched
        Which spans touch, and where.
    """
    tried = [_try(family, points, bodies) for family in spans.families]
    if not tried:
        return ()
    chosen = _choose(spans.table, tried, points.shape[-1])
    mine = [chosen[part.family.number[part.span], part.frame] for part in tried]
    return tuple(
        part if taken.all() else part.of(np.flatnonzero(taken)) for part, taken in zip(tried, mine, strict=True)
    )


def _try(family: SpanFamily, points: Array, bodies: Bodies) -> Touched:
    """Wrap the spans of a family that may touch."""
    turn, origin = _poses(family, bodies)
    of_span = some(turn, family.surface, axis=2), some(origin, family.surface, axis=1)
    start, end = (times_back(of_span[0], some(points, at, axis=1) - of_span[1]) for at in (family.start, family.end))
    kind = find_kinds(family.sizes.of(np.s_[:, None]), start, end)
    rows = np.flatnonzero(kind >= Wrap.POSSIBLE)
    span, frame = np.unravel_index(rows, kind.shape)
    pose = family.surface[span] * kind.shape[1] + frame
    start, end = _rows(start, rows), _rows(end, rows)
    sizes = family.sizes.of(span)
    return Touched(
        family=family,
        frame=frame,
        span=span,
        turn=_rows(turn, pose),
        origin=_rows(origin, pose),
        start=start,
        end=end,
        sizes=sizes,
        touch=touch_segment(sizes, start, end, geodesic=False, kind=kind.ravel()[rows]),
    )


def _poses(family: SpanFamily, bodies: Bodies) -> tuple[Array, Array]:
    """Where the family's cylinders are in ground, (3,3,c,T) and (3,c,T)."""
    carried = some(bodies.rotation, family.body, axis=2)
    turn = np.empty_like(carried)
    for axis in range(3):
        times(carried, family.rotation[:, axis, :, None], out=turn[:, axis])
    return turn, times(carried, family.origin[..., None]) + some(bodies.origin, family.body, axis=1)


def _rows(values: Array, rows: Ints) -> Array:
    """Some rows of values (..., P, T), as (..., N)."""
    return some(values.reshape(*values.shape[:-2], -1), rows)


def _choose(table: Ints, tried: Sequence[Touched], n_frames: int) -> Bools:
    """Which spans (P,T) wrap, of those of each path (M, s) that ``table`` has the numbers of, -1 for none.

    One that runs through the cylinder must wrap, else the one does that lengthens the path least.
    """
    cost = np.full((int(table.max()) + 2, n_frames), np.inf)
    for part in tried:
        cost[part.family.number[part.span], part.frame] = part.touch.cost
    least = cost[table].min(axis=1)
    left = least < np.inf
    chosen = np.zeros(cost.shape, dtype=bool)
    for number in table.T:
        chosen[number] = left & (cost[number] == least)
        left &= ~chosen[number]
    return chosen
