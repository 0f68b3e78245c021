"""How straight paths are laid out for numpy: spans from point to point, and what each depends on.

A span between two points of one body keeps its length and has no moment arm, so it is added up once. The others pull on
two bodies along one line, and turn only the joints between the two: spans between the same bodies share one Jacobian.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.paths.cylinder import Cylinders
from swinglever.anatomy.paths.points import MusclePath, PathPoint
from swinglever.arrays import Array, Bools, Ints

ON_START, ON_END, ELSEWHERE = range(3)
"""Where a span's cylinder is: on the body where the span starts, on the one where it ends, or on a third."""


@dataclass(frozen=True, kw_only=True)
class SpanFamily:
    """Spans (P) that may each wrap over one cylinder, of cylinders with the same allowed side.

    Attributes
    ----------
    number
        (P) number of each among those of all families.
    surface
        (P) its cylinder, among those of the family (c).
    muscle, node
        (P) whose path, and the place in it of the point where the span begins.
    span, start, end
        (P) column of the span, and the points that it runs between.
    body, rotation, origin
        (c) the cylinder's body, (3,3,c) and (3,c) its pose there.
    place, extra
        (P) where its body is, and the column of the span from it to the start's body, if it is a third one.
    sizes
        (P) of the cylinders.
    """

    number: Ints
    surface: Ints
    muscle: Ints
    node: Ints
    span: Ints
    start: Ints
    end: Ints
    body: Ints
    rotation: Array
    origin: Array
    place: Ints
    extra: Ints
    sizes: Cylinders


@dataclass(frozen=True, kw_only=True)
class SpanGroup:
    """Spans (g) from one body to another, at most one a muscle; index -1 is ground."""

    bodies: tuple[int, int]
    spans: Ints
    muscles: Ints


@dataclass(frozen=True, kw_only=True)
class Gate:
    """A span that counts only while some `conditions` hold, and others do not."""

    span: int
    conditions: Ints
    wanted: Bools


@dataclass(frozen=True, kw_only=True, eq=False)
class Spans:
    """The paths of some muscles as spans (S), by muscle, in the order of the muscles.

    Attributes
    ----------
    muscles
        Those muscles (m'), by index among all.
    constant_m
        (m') length of what never changes.
    ranks
        Places among those muscles of the ones that have a first, second, ... span, and these spans.
    muscle, start, end
        (S) whose path, and the points (p) that the span runs between.
    points
        Bodies, and the points on each (3,k), one body's after the other's.
    n_columns
        Spans, and after them those that lead from a cylinder on a third body.
    groups
        The spans between different bodies.
    conditions, gates
        Coordinate, lowest and highest value; and the spans that depend on them.
    families, table
        The spans that may wrap; and by path over a cylinder (M,s) their numbers, -1 where it has fewer.
    """

    muscles: Ints
    constant_m: Array
    ranks: tuple[tuple[Ints, Ints], ...]
    muscle: Ints
    start: Ints
    end: Ints
    points: tuple[tuple[int, Array], ...]
    n_columns: int
    groups: tuple[SpanGroup, ...]
    conditions: tuple[tuple[int, float, float], ...]
    gates: tuple[Gate, ...]
    families: tuple[SpanFamily, ...]
    table: Ints


@dataclass(frozen=True, kw_only=True)
class _Span:
    """One span: whose, between which places of its path, and whether it may wrap."""

    muscle: int
    path: MusclePath
    start: int
    end: int

    @property
    def bodies(self) -> tuple[int, int]:
        return self.path.points[self.start].body, self.path.points[self.end].body

    @property
    def wraps(self) -> bool:
        return bool(self.path.wraps) and self.path.wraps[0].first <= self.start < self.path.wraps[0].last

    @property
    def gate(self) -> list[tuple[PathPoint, bool]]:
        """Points on which it depends, and whether each has to count."""
        named = [(self.path.points[k], k in (self.start, self.end)) for k in range(self.start, self.end + 1)]
        return [(point, wanted) for point, wanted in named if point.coordinate >= 0]

    @property
    def still(self) -> bool:
        return self.bodies[0] == self.bodies[1] and not self.gate and not self.wraps

    @property
    def length_m(self) -> float:
        ends = [self.path.points[k].location_m for k in (self.start, self.end)]
        return float(np.linalg.norm(ends[1] - ends[0]))


def _spans_of(muscle: int, path: MusclePath) -> Iterator[_Span]:
    """Every span that a path may have: from each point to the next, and over those that count only at times."""
    for start in range(len(path.points)):
        for end in range(start + 1, len(path.points)):
            yield _Span(muscle=muscle, path=path, start=start, end=end)
            if path.points[end].coordinate < 0:
                break


def lay_out_spans(paths: Sequence[MusclePath], muscles: Sequence[int]) -> Spans:
    """Lay out the paths of some muscles, whose points are fixed and which wrap over one cylinder at most."""
    every = [[*_spans_of(m, paths[m])] for m in muscles]
    spans = [[span for span in of_one if not span.still] for of_one in every]
    flat = [span for of_one in spans for span in of_one]
    bodies = sorted({body for span in flat for body in span.bodies})
    on = {body: [*dict.fromkeys(_places(flat, body))] for body in bodies}
    number = {place: k for k, place in enumerate(place for body in bodies for place in on[body])}
    conditions = [*dict.fromkeys(_condition(point) for span in flat for point, _ in span.gate)]
    families, pairs = _families(flat, number)
    lead = [(span.muscle, span.bodies) for span in flat] + pairs
    counts = np.array([len(of_one) for of_one in spans], dtype=np.int64)
    return Spans(
        muscles=np.array(muscles, dtype=np.int64),
        constant_m=np.array([sum(span.length_m for span in of_one if span.still) for of_one in every], dtype=float),
        ranks=tuple(_ranks(counts)),
        muscle=np.array([span.muscle for span in flat], dtype=np.int64),
        start=np.array([number[span.muscle, span.start] for span in flat], dtype=np.int64),
        end=np.array([number[span.muscle, span.end] for span in flat], dtype=np.int64),
        points=tuple((b, np.array([paths[m].points[k].location_m for m, k in on[b]]).T) for b in bodies),
        n_columns=len(lead),
        groups=tuple(_groups(lead)),
        conditions=tuple(conditions),
        gates=tuple(_gate(s, span, conditions) for s, span in enumerate(flat) if span.gate),
        families=families,
        table=_table(flat),
    )


def _ranks(counts: Ints) -> Iterator[tuple[Ints, Ints]]:
    """By rank of a span among those of its muscle: the muscles that have one, and its column."""
    first = np.cumsum(counts) - counts
    for rank in range(int(counts.max(initial=0))):
        muscles = np.flatnonzero(counts > rank)
        yield muscles, first[muscles] + rank


def _places(spans: Sequence[_Span], body: int) -> Iterator[tuple[int, int]]:
    for span in spans:
        for own, node in zip(span.bodies, (span.start, span.end), strict=True):
            if own == body:
                yield span.muscle, node


def _condition(point: PathPoint) -> tuple[int, float, float]:
    return (point.coordinate, *point.active_range)


def _gate(column: int, span: _Span, conditions: Sequence[tuple[int, float, float]]) -> Gate:
    return Gate(
        span=column,
        conditions=np.array([conditions.index(_condition(point)) for point, _ in span.gate]),
        wanted=np.array([wanted for _, wanted in span.gate]),
    )


def _groups(lead: Sequence[tuple[int, tuple[int, int]]]) -> Iterator[SpanGroup]:
    """Collect the columns that lead from one body to another; a muscle's second one opens a group of its own."""
    groups: dict[tuple[tuple[int, int], int], list[int]] = {}
    seen: dict[tuple[int, tuple[int, int]], int] = {}
    for column, (muscle, pair) in enumerate(lead):
        if pair[0] != pair[1]:
            rank = seen[muscle, pair] = seen.get((muscle, pair), -1) + 1
            groups.setdefault((pair, rank), []).append(column)
    for (pair, _), columns in groups.items():
        yield SpanGroup(bodies=pair, spans=np.array(columns), muscles=np.array([lead[c][0] for c in columns]))


def _table(spans: Sequence[_Span]) -> Ints:
    """By path over a cylinder, the numbers of its spans that may wrap, -1 where it has fewer than others."""
    whose = [span.muscle for span in spans if span.wraps]
    of_path = [[k for k, muscle in enumerate(whose) if muscle == m] for m in dict.fromkeys(whose)]
    size = max((len(numbers) for numbers in of_path), default=0)
    return np.array([[*numbers, *[-1] * (size - len(numbers))] for numbers in of_path], dtype=np.int64)


def _families(
    spans: Sequence[_Span], number: dict[tuple[int, int], int]
) -> tuple[tuple[SpanFamily, ...], list[tuple[int, tuple[int, int]]]]:
    """Sort the spans that may wrap by the allowed side of their cylinders.

    Also gives, by muscle and pair of bodies, the spans from cylinders on third bodies to where their spans start.
    """
    families: dict[tuple[int, int], list[tuple[int, int, _Span, int]]] = {}
    pairs: list[tuple[int, tuple[int, int]]] = []
    for order, (column, span) in enumerate((c, s) for c, s in enumerate(spans) if s.wraps):
        cylinder = span.path.wraps[0].cylinder
        extra = -1
        if cylinder.body not in span.bodies:
            extra = len(spans) + len(pairs)
            pairs.append((span.muscle, (cylinder.body, span.bodies[0])))
        families.setdefault((cylinder.side, cylinder.side_axis), []).append((order, column, span, extra))
    return tuple(_family(members, number) for members in families.values()), pairs


def _family(members: Sequence[tuple[int, int, _Span, int]], number: dict[tuple[int, int], int]) -> SpanFamily:
    orders, columns, spans, extras = zip(*members, strict=True)
    cylinders = [span.path.wraps[0].cylinder for span in spans]
    poses = [(c.body, c.pose.tobytes()) for c in cylinders]
    distinct = [poses.index(pose) for pose in dict.fromkeys(poses)]
    places = [
        ON_START if c.body == s.bodies[0] else ON_END if c.body == s.bodies[1] else ELSEWHERE
        for c, s in zip(cylinders, spans, strict=True)
    ]
    return SpanFamily(
        number=np.array(orders),
        surface=np.array([[poses[k] for k in distinct].index(pose) for pose in poses]),
        muscle=np.array([span.muscle for span in spans]),
        node=np.array([span.start for span in spans]),
        span=np.array(columns),
        start=np.array([number[span.muscle, span.start] for span in spans]),
        end=np.array([number[span.muscle, span.end] for span in spans]),
        body=np.array([cylinders[k].body for k in distinct]),
        rotation=np.stack([cylinders[k].pose[:3, :3] for k in distinct], axis=-1),
        origin=np.stack([cylinders[k].pose[:3, 3] for k in distinct], axis=-1),
        place=np.array(places),
        extra=np.array(extras),
        sizes=Cylinders(
            radius_m=np.array([c.radius_m for c in cylinders]),
            length_m=np.array([c.length_m for c in cylinders]),
            side=cylinders[0].side,
            side_axis=cylinders[0].side_axis,
        ),
    )
