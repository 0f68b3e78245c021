"""Paths that wrap over cylinders: which segment wraps over what, and what that does to length and forces.

As in OpenSim, each cylinder is tried on every segment of the current path between its two points; a segment that runs
through it must wrap, else the one that lengthens the path least does. With several cylinders this goes round until
the path rests. OpenSim stops within 0.5 mm of rest and 0.1 degree of tangency; here it goes on to rounding, since the
moment arm is the derivative of the length only at rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from swinglever.anatomy.multibody.frames_last import force_at, some, times
from swinglever.anatomy.paths.cylinder import Touch, Wrap, find_kinds, slide_tangents, touch_segment
from swinglever.anatomy.paths.one_cylinder import Touched, wrap_over_one
from swinglever.anatomy.paths.pairs import settle_pair
from swinglever.anatomy.paths.records import PlacedPaths
from swinglever.anatomy.paths.straight import place_spans
from swinglever.anatomy.paths.tangents import pulls, pulls_geodesic, size_of
from swinglever.anatomy.paths.wrapped import ARC_POINTS, Chain, Contact, Rows, WrappedPaths, as_rows
from swinglever.arrays import Array, Bools, Ints

MAX_SWEEPS = 60
REST_M = 1e-11
"""Movement of the tangent points under which a path over several cylinders has come to rest."""


@dataclass(frozen=True, kw_only=True)
class Wraps:
    """The paths that have cylinders: those that had to settle, and where those over one touch it."""

    settled: tuple[WrappedPaths, ...]
    over_one: tuple[int, ...]
    touched: tuple[Touched, ...]

    def line(self, placed: PlacedPaths, m: int) -> Array | None:
        """Points along a muscle's path (T, k, 3), arcs included; None where it has no cylinder."""
        size = placed.positions.shape[2] + ARC_POINTS * len(placed.paths.paths[m].wraps)
        if m in self.over_one:
            return self._over_one(placed, m).line(m, size)
        return next((wrapped.line(m, size) for wrapped in self.settled if m in wrapped.rows.muscle), None)

    def _over_one(self, placed: PlacedPaths, m: int) -> WrappedPaths:
        path, n_frames = placed.paths.paths[m], len(placed.positions)
        bare = tuple(range(len(path.points)))
        contact, number = Contact.none(n_frames), np.zeros(n_frames, dtype=np.int64)
        wrapped = WrappedPaths(rows=as_rows(placed, [m]), contacts=(contact,), chains=[bare], number=number)
        for part in self.touched:
            mine = part.of(np.flatnonzero(part.muscle == m))
            contact.record(mine.frame, mine.tangent_points(), mine.touch)
            for node in np.unique(mine.node):
                chain = (*bare[: node + 1], -1, *bare[node + 1 :])
                wrapped.set(mine.frame[mine.node == node], chain)
        return wrapped


def find_wraps(placed: PlacedPaths) -> Wraps:
    """Where every path touches its cylinders, for drawing."""
    spans, bodies = placed.paths.spans, placed.configuration.bodies
    touched = wrap_over_one(spans, place_spans(spans, bodies), bodies)
    return Wraps(settled=settle_paths(placed), over_one=placed.paths.over_one, touched=touched)


def settle_paths(placed: PlacedPaths) -> tuple[WrappedPaths, ...]:
    """Let the paths that are not `over_one` wrap, those of one build together."""
    over_one = set(placed.paths.over_one)
    builds: dict[Any, list[int]] = {}
    for m, path in enumerate(placed.paths.paths):
        if path.wraps and m not in over_one:
            sides = tuple((w.first, w.last, w.cylinder.side, w.cylinder.side_axis) for w in path.wraps)
            builds.setdefault((len(path.points), sides), []).append(m)
    return tuple(_settle(as_rows(placed, muscles)) for muscles in builds.values())


def add_wraps(
    placed: PlacedPaths, settled: Sequence[WrappedPaths], length: Array, forces: Array, wrenches: Array
) -> None:
    """Correct, in place, lengths, point forces, and spatial forces on the cylinders' bodies, by settled paths.

    Parameters
    ----------
    placed, settled
        The path points, and the paths that wrap.
    length, forces
        Lengths (T, m) and forces of unit tension on the points (T, m, k, 3), as of straight paths.
    wrenches
        Spatial forces (T, m, t+1, 6) on the bodies that count; gains those that act on the cylinders.
    """
    for wrapped in settled:
        for chain, rows in wrapped.groups(wrapped.every):
            if min(chain) < 0:
                length[wrapped.rows.frame[rows], wrapped.rows.muscle[rows]] = wrapped.length(chain, rows)
                _add_forces(placed, wrapped, chain, rows, forces, wrenches)


def _settle(rows: Rows) -> WrappedPaths:
    """Find each row's chain of points and cylinders."""
    kinds, number = _patterns(rows.active)
    wrapped = WrappedPaths(
        rows=rows,
        contacts=tuple(Contact.none(len(rows.frame)) for _ in rows.spans),
        chains=[tuple(int(k) for k in np.flatnonzero(kind)) for kind in kinds],
        number=number,
    )
    moving, tried_once = wrapped.every, False
    for _ in range(MAX_SWEEPS):
        before = wrapped.touching(moving)
        for w in range(len(rows.spans)):
            for chain, mine in wrapped.groups(moving):
                _rewrap(wrapped, w, chain, mine)
        rests = _moved(wrapped.touching(moving), before) <= REST_M
        if not tried_once:  # without a later cylinder, the first one was tried on the very path that came out
            rests |= np.array([min(chain) >= -1 for chain in wrapped.chains])[wrapped.number[moving]]
        moving, tried_once = moving[~rests], True
        if not len(moving):
            break
        for chain, mine in wrapped.groups(moving):
            _slide(wrapped, chain, mine)
    return wrapped


def _patterns(active: Bools) -> tuple[Bools, Ints]:
    """Distinct rows of flags (N,k), and which of them each row is (N)."""
    if active.all():
        return active[:1], np.zeros(len(active), dtype=np.int64)
    kinds, number = np.unique(active, axis=0, return_inverse=True)
    return kinds, number.reshape(-1)


def _moved(now: Array, before: Array) -> Array:
    """By how much (n) the points (..., n) of each row moved at most."""
    return np.abs(now - before).reshape(-1, now.shape[-1]).max(axis=0)


def _slide(wrapped: WrappedPaths, chain: Chain, rows: Ints) -> None:
    """Let the tangent points slide until the path rests, where cylinders follow one another on it.

    Which cylinders are touched, and on which side, stays; `_rewrap` has the last word on that. The path rests when the
    points do where it arrives at a cylinder from another one.
    """
    touched = [i for i, node in enumerate(chain) if node < 0]
    later = [j for i, j in pairwise(touched) if j == i + 1]
    if not later:
        return
    for j in later:
        if chain[j - 2] >= 0 and chain[j + 1] >= 0:
            settle_pair(wrapped, chain[j - 2 : j + 2], rows)
    moving = rows
    for _ in range(MAX_SWEEPS):
        before = np.array([wrapped.ends(chain[j], moving)[0] for j in later])
        for i in touched:
            _slide_over(wrapped, chain[i - 1 : i + 2], moving)
        moved = _moved(np.array([wrapped.ends(chain[j], moving)[0] for j in later]), before)
        moving = moving[~(moved <= REST_M)]
        if not len(moving):
            return


def _slide_over(wrapped: WrappedPaths, around: Chain, rows: Ints) -> None:
    """Move the tangent points on a cylinder to where the path from the node before to the one after is shortest."""
    before, node, after = around
    contact, w = wrapped.contacts[-1 - node], -1 - node
    start, end = wrapped.rows.into(w, rows, wrapped.ends(before, rows)[1], wrapped.ends(after, rows)[0])
    first, last, contact.arc[rows] = slide_tangents(
        wrapped.rows.sizes[w].of(rows), start, end, contact.turn[:, rows], contact.long[rows]
    )
    contact.first[:, rows], contact.last[:, rows] = wrapped.rows.out_of(w, rows, first, last)


def _rewrap(wrapped: WrappedPaths, w: int, chain: Chain, rows: Ints) -> None:
    """Take one cylinder off the path and put it where it belongs now: it must wrap, or lengthens the path least."""
    bare = tuple(node for node in chain if node != -1 - w)
    wrapped.set(rows, bare)
    segments = _segments(bare, wrapped.rows.spans[w])
    if not segments:
        return
    which, may, touch = _try(wrapped, w, [bare[s : s + 2] for s in segments], rows)
    cost = np.full((1 + len(segments), len(rows)), np.inf)  # the first, which wins among equals, is to touch nowhere
    cost[1 + which, may] = touch.cost
    mine = np.flatnonzero(cost.argmin(axis=0)[may] == 1 + which)
    if not len(mine):
        return
    chosen, taken, touch = rows[may[mine]], which[mine], touch.of(mine)
    wrapped.contacts[w].record(chosen, wrapped.rows.out_of(w, chosen, touch.first_m, touch.last_m), touch)
    for i, segment in enumerate(segments):
        if (taken == i).any():
            wrapped.set(chosen[taken == i], (*bare[: segment + 1], -1 - w, *bare[segment + 1 :]))


def _segments(bare: Chain, span: tuple[int, int]) -> list[int]:
    """Places in the chain whose segment to the next node may wrap: within the allowed points of the path."""
    within = [i for i, node in enumerate(bare) if span[0] <= node <= span[1]]
    return list(range(within[0], within[-1])) if within else []


def _try(wrapped: WrappedPaths, w: int, segments: Sequence[Chain], rows: Ints) -> tuple[Ints, Ints, Touch]:
    """Wrap segments: which of them, and which of the rows (n), may touch, and how, in the cylinder's frame."""
    start = np.concatenate([wrapped.ends(before, rows)[1] for before, _ in segments], axis=1)
    end = np.concatenate([wrapped.ends(after, rows)[0] for _, after in segments], axis=1)
    each = np.tile(rows, len(segments))
    sizes, geodesic = wrapped.rows.sizes[w].of(each), len(wrapped.contacts) > 1
    start, end = wrapped.rows.into(w, each, start, end)
    kind = find_kinds(sizes, start, end)
    may = np.flatnonzero(kind >= Wrap.POSSIBLE)
    touch = touch_segment(sizes.of(may), some(start, may), some(end, may), geodesic=geodesic, kind=kind[may])
    return may // len(rows), may % len(rows), touch


def _add_forces(
    placed: PlacedPaths, wrapped: WrappedPaths, chain: Chain, rows: Ints, forces: Array, wrenches: Array
) -> None:
    """Replace the pull of each straight run that wraps by that of the wrapped one.

    The line of action of a gradient runs through the end of the segment that it belongs to, so the cylinder's body
    takes it there.
    """
    frames, m = wrapped.rows.frame[rows], wrapped.rows.muscle[rows]
    points = [i for i, node in enumerate(chain) if node >= 0]
    for start, end in pairwise(points):
        if end == start + 1:
            continue
        before, after = (wrapped.ends(chain[i], rows)[0] for i in (start, end))
        straight = (after - before) / size_of(after - before)
        found = [_pull(wrapped, chain[i - 1 : i + 2], rows) for i in range(start + 1, end)]
        forces[frames, m, chain[start]] -= (straight + found[0][1][0]).T
        forces[frames, m, chain[end]] += (straight - found[-1][1][1]).T
        for node, (ends, pull) in zip(chain[start + 1 : end], found, strict=True):
            slot = placed.slots[wrapped.rows.bodies[-1 - node, rows]]
            wrenches[frames, m, slot] += (force_at(ends[0], pull[0]) + force_at(ends[1], pull[1])).T


def _pull(wrapped: WrappedPaths, around: Chain, rows: Ints) -> tuple[list[Array], Array]:
    """Where the path leaves the node before a cylinder and arrives at the one after, and the length's derivative there.

    In ground: two points (3,n), and (2,3,n).
    """
    before, node, after = around
    contact, w = wrapped.contacts[-1 - node], -1 - node
    ends = [wrapped.ends(before, rows)[1], wrapped.ends(after, rows)[0]]
    if len(wrapped.contacts) > 1:
        return ends, pulls_geodesic(ends[0], ends[1], contact.first[:, rows], contact.last[:, rows])
    start, end = wrapped.rows.into(w, rows, *ends)
    found = pulls(wrapped.rows.sizes[w].radius_m[rows], start, end, contact.turn[:, rows], contact.long[rows])
    turn = wrapped.rows.turn[w][..., rows]
    return ends, np.stack([times(turn, pull) for pull in found])
