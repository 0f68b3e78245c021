"""All paths of a model over one cylinder each, wrapped as one array operation.

What `swinglever.anatomy.paths.wraps` does path by path, for the many that need no going round: their cylinder is tried
on every segment of every path in every frame at once, and each path takes the segment that OpenSim would take.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.multibody.spatial import force_at
from swinglever.anatomy.paths.cylinder import Cylinders, Touch, Wrap, may_touch, pulls, touch_segment
from swinglever.anatomy.paths.records import PlacedPaths, SegmentFamily
from swinglever.arrays import Array, Bools, Ints


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One family's segments that may touch their cylinders: row k (N) is about a frame and a segment.

    ``turn`` (N,3,3) and ``origin`` (N,3) are the cylinders' poses in ground, ``start`` and ``end`` the segments' ends
    in the cylinders' frames, and ``growth`` by how much the path would grow.
    """

    family: SegmentFamily
    frame: Ints
    segment: Ints
    turn: Array
    origin: Array
    start: Array
    end: Array
    sizes: Cylinders
    touch: Touch
    growth: Array


@dataclass(frozen=True, kw_only=True)
class Touched:
    """The paths (N) of one family that touch their cylinders, in ground.

    Frame, muscle, and place in the path of the point before the cylinder; tangent points (N,3), arc and sweep (N).
    """

    frame: Ints
    muscle: Ints
    node: Ints
    first: Array
    last: Array
    arc: Array
    sweep: Array


def wrap_over_one(placed: PlacedPaths, length: Array, forces: Array, wrenches: Array) -> tuple[Touched, ...]:
    """Let paths over one cylinder wrap; what is corrected in place is as in `swinglever.anatomy.paths.wraps.add_wraps`.

    Returns
    -------
    tuple of Touched
        Which paths touch, and where.
    """
    tried = [_try(placed, family) for family in placed.paths.segment_families]
    chosen = _choose(placed.paths.segment_table, tried, len(length))
    return tuple(
        _apply(placed, part, chosen[part.frame, part.family.number[part.segment]], (length, forces, wrenches))
        for part in tried
    )


def _try(placed: PlacedPaths, family: SegmentFamily) -> Tried:
    """Wrap the segments of a family that may touch."""
    carried = placed.rotations[:, family.body]
    turn = carried @ family.rotation
    origin = placed.origins[:, family.body] + (carried @ family.origin[..., None])[..., 0]
    ends = [placed.positions[:, family.muscle, family.node + k] for k in (0, 1)]
    start, end = (((p - origin)[..., None, :] @ turn)[..., 0, :] for p in ends)
    shape = start.shape[:2]
    sizes = family.sizes_of(np.broadcast_to(np.arange(shape[1]), shape).ravel())
    rows = np.flatnonzero(may_touch(sizes, start.reshape(-1, 3), end.reshape(-1, 3)))
    frame, segment = np.unravel_index(rows, shape)
    start, end, sizes = start[frame, segment], end[frame, segment], sizes.of(rows)
    touch = touch_segment(sizes, start, end, geodesic=False)
    path = np.linalg.norm(touch.first_m - start, axis=1) + touch.arc_m + np.linalg.norm(end - touch.last_m, axis=1)
    return Tried(
        family=family,
        frame=frame,
        segment=segment,
        turn=turn[frame, segment],
        origin=origin[frame, segment],
        start=start,
        end=end,
        sizes=sizes,
        touch=touch,
        growth=path - np.linalg.norm(end - start, axis=1),
    )


def _choose(table: Ints, tried: Sequence[Tried], n_frames: int) -> Bools:
    """Which segments (T,P) wrap, of those of each path (M, s) that ``table`` has the numbers of, -1 for none.

    One that runs through the cylinder must wrap, else the one does that lengthens the path least.
    """
    count = int(table.max()) + 1
    kinds = np.full((n_frames, count + 1), int(Wrap.NONE))
    growth = np.full((n_frames, count + 1), np.inf)
    for part in tried:
        number = part.family.number[part.segment]
        kinds[part.frame, number] = part.touch.kind
        growth[part.frame, number] = np.where(part.touch.kind == Wrap.POSSIBLE, part.growth, np.inf)
    of_path, must = kinds[:, table], kinds[:, table] == Wrap.MANDATORY
    best = np.where(must.any(axis=2), must.argmax(axis=2), growth[:, table].argmin(axis=2))
    frame, path = np.nonzero((of_path >= Wrap.POSSIBLE).any(axis=2))
    chosen = np.zeros((n_frames, count + 1), dtype=bool)
    chosen[frame, table[path, best[frame, path]]] = True
    return chosen


def _apply(placed: PlacedPaths, tried: Tried, rows: Bools, results: tuple[Array, Array, Array]) -> Touched:
    """Replace the pull of the straight segments that wrap by that of the wrapped ones, and their length.

    The line of action of a gradient runs through the end of the segment that it belongs to, so the cylinder's body
    takes it there.
    """
    length, forces, wrenches = results
    family, frame, segment = tried.family, tried.frame[rows], tried.segment[rows]
    muscle, node, turn, touch = family.muscle[segment], family.node[segment], tried.turn[rows], tried.touch
    found = pulls(
        tried.sizes.of(np.flatnonzero(rows)), tried.start[rows], tried.end[rows], touch.turn[:, rows], touch.long[rows]
    )
    pull = (turn @ found[..., None])[..., 0]
    before, after = (placed.positions[frame, muscle, node + k] for k in (0, 1))
    straight = (after - before) / np.linalg.norm(after - before, axis=-1, keepdims=True)
    length[frame, muscle] += tried.growth[rows]
    forces[frame, muscle, node] -= straight + pull[0]
    forces[frame, muscle, node + 1] += straight - pull[1]
    wrenches[frame, muscle, placed.slots[family.body[segment]]] += force_at(before, pull[0]) + force_at(after, pull[1])
    first, last = ((turn @ p[rows][..., None])[..., 0] + tried.origin[rows] for p in (touch.first_m, touch.last_m))
    return Touched(
        frame=frame,
        muscle=muscle,
        node=node,
        first=first,
        last=last,
        arc=touch.arc_m[rows],
        sweep=touch.sweep_rad[rows],
    )
