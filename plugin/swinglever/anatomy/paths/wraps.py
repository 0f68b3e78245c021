"""Paths that wrap over cylinders: which segment wraps over what, and what that does to length and forces.

As in OpenSim, each cylinder is tried on every segment of the current path between its two points; a segment that runs
through it must wrap, else the one that lengthens the path least does. With several cylinders this goes round until
the path rests. OpenSim stops within 0.5 mm of rest and 0.1 degree of tangency; here it goes on to rounding, since the
moment arm is the derivative of the length only at rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np

from swinglever.anatomy.multibody.spatial import force_at, rotation
from swinglever.anatomy.paths.cylinder import Wrap, pulls, pulls_geodesic, slide_tangents, touch_segment
from swinglever.anatomy.paths.one_cylinder import Touched, wrap_over_one
from swinglever.anatomy.paths.points import MusclePath, PathWrap
from swinglever.anatomy.paths.records import PlacedPaths
from swinglever.anatomy.paths.straight import place_spans
from swinglever.arrays import Array, Bools, Ints

MAX_SWEEPS = 60
REST_M = 1e-11
"""Movement of the tangent points under which a path over several cylinders has come to rest."""
ARC_POINTS = 7
"""Points drawn along the arc on a cylinder."""

Chain = tuple[int, ...]
"""What follows one another along a path: points of the path (0, 1, ...) and cylinders (-1 for the first, -2, ...)."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Where one cylinder touches one path, frame by frame, in ground; filled as the path settles.

    Tangent points (T, 3), length of the arc (T), angle about the cylinder's axis (T), on which side each end is left
    (2, T), and whether the arc is more than half a turn (T).
    """

    first: Array
    last: Array
    arc: Array
    sweep: Array
    turn: Ints
    long: Bools

    @classmethod
    def none(cls, n: int) -> Self:
        """No contact in any frame."""
        point, number = np.full((n, 3), np.nan), np.full(n, np.nan)
        turn, long = np.ones((2, n), dtype=np.int64), np.zeros(n, dtype=bool)
        return cls(first=point, last=point.copy(), arc=number, sweep=number.copy(), turn=turn, long=long)

    def record(self, new: Self, rows: Bools, frames: Ints) -> None:
        """Take over the rows of a newly found contact, of which row i speaks of frame ``frames[i]``."""
        chosen = frames[rows]
        for name in ("first", "last", "arc", "sweep", "long"):
            getattr(self, name)[chosen] = getattr(new, name)[rows]
        self.turn[:, chosen] = new.turn[:, rows]


@dataclass(frozen=True, kw_only=True)
class WrappedPath:
    """One muscle's path with its cylinders: chains, which of them each frame has (T), and where cylinders touch."""

    muscle: int
    path: MusclePath
    contacts: tuple[Contact, ...]
    chains: list[Chain]
    number: Ints

    def groups(self, frames: Ints) -> list[tuple[Chain, Ints]]:
        """Frames that share one chain, so that each group is one array operation."""
        mine = self.number[frames]
        return [(self.chains[k], frames[mine == k]) for k in np.unique(mine)]

    def set(self, frames: Ints, chain: Chain) -> None:
        """Let some frames have a chain."""
        if chain not in self.chains:
            self.chains.append(chain)
        self.number[frames] = self.chains.index(chain)

    def ends(self, placed: PlacedPaths, node: int, frames: Ints) -> tuple[Array, Array]:
        """Where the path arrives at a node and where it leaves it, in ground."""
        if node >= 0:
            point = placed.positions[frames, self.muscle, node]
            return point, point
        contact = self.contacts[-1 - node]
        return contact.first[frames], contact.last[frames]

    def touching(self, frames: Ints) -> Array:
        """All tangent points (T, 2 w, 3) of some frames, zero where a cylinder is not touched."""
        known = np.array([[-1 - w in chain for w in range(len(self.contacts))] for chain in self.chains])
        on = known[self.number[frames]]
        points = np.stack([p[frames] for c in self.contacts for p in (c.first, c.last)], axis=1)
        return np.where(np.repeat(on, 2, axis=1)[..., None], points, 0.0)

    def length(self, placed: PlacedPaths, chain: Chain, frames: Ints) -> Array:
        """Length (T): straight between the nodes, arcs on the cylinders."""
        length = np.zeros(len(frames))
        for node, following in pairwise(chain):
            leaves, arrives = self.ends(placed, node, frames)[1], self.ends(placed, following, frames)[0]
            length = length + np.linalg.norm(arrives - leaves, axis=1)
        for node in chain:
            if node < 0:
                length += self.contacts[-1 - node].arc[frames]
        return length

    def line(self, placed: PlacedPaths) -> Array:
        """Points along the path (T, k, 3), arcs included, padded with the last one."""
        size = placed.positions.shape[2] + ARC_POINTS * len(self.contacts)
        lines = np.empty((len(self.number), size, 3))
        for chain, frames in self.groups(np.arange(len(self.number))):
            parts = [self._drawn(placed, node, frames) for node in chain]
            line = np.concatenate(parts, axis=1)
            lines[frames, : line.shape[1]] = line
            lines[frames, line.shape[1] :] = line[:, -1:]
        return lines

    def _drawn(self, placed: PlacedPaths, node: int, frames: Ints) -> Array:
        if node >= 0:
            return np.asarray(placed.positions[frames, self.muscle, node][:, None])
        contact = self.contacts[-1 - node]
        turn, origin = _cylinder_pose(placed, self.path.wraps[-1 - node], frames)
        axis = turn[:, :, 2]
        start, end = contact.first[frames] - origin, contact.last[frames] - origin
        heights = (start * axis).sum(1), (end * axis).sum(1)
        radial = start - heights[0][:, None] * axis
        share = np.linspace(0, 1, ARC_POINTS)
        turned = rotation(axis[:, None], contact.sweep[frames][:, None] * share) @ radial[:, None, :, None]
        height = heights[0][:, None] + share * (heights[1] - heights[0])[:, None]
        return np.asarray(turned[..., 0] + height[..., None] * axis[:, None] + origin[:, None])


@dataclass(frozen=True, kw_only=True)
class Wraps:
    """The paths that have cylinders: those over several, by muscle, and where those over one touch it."""

    settled: Mapping[int, WrappedPath]
    over_one: tuple[int, ...]
    touched: tuple[Touched, ...]

    def line(self, placed: PlacedPaths, m: int) -> Array | None:
        """Points along a muscle's path (T, k, 3), arcs included; None where it has no cylinder."""
        if m in self.over_one:
            return self._over_one(placed, m).line(placed)
        return self.settled[m].line(placed) if m in self.settled else None

    def _over_one(self, placed: PlacedPaths, m: int) -> WrappedPath:
        path, n_frames = placed.paths.paths[m], len(placed.positions)
        bare = tuple(range(len(path.points)))
        contact, number = Contact.none(n_frames), np.zeros(n_frames, dtype=np.int64)
        wrapped = WrappedPath(muscle=m, path=path, contacts=(contact,), chains=[bare], number=number)
        for part in self.touched:
            rows = np.flatnonzero(part.muscle == m)
            mine, frames = part.of(rows), part.frame[rows]
            contact.first[frames], contact.last[frames] = (
                mine.in_ground(p) for p in (mine.touch.first_m, mine.touch.last_m)
            )
            contact.arc[frames], contact.sweep[frames] = mine.touch.arc_m, mine.touch.sweep_rad
            for node in np.unique(part.node[rows]):
                chain = (*bare[: node + 1], -1, *bare[node + 1 :])
                wrapped.set(part.frame[rows[part.node[rows] == node]], chain)
        return wrapped


def _cylinder_pose(placed: PlacedPaths, wrap: PathWrap, frames: Ints) -> tuple[Array, Array]:
    body, pose = wrap.cylinder.body, wrap.cylinder.pose
    turned = placed.rotations[frames, body]
    return turned @ pose[:3, :3], placed.origins[frames, body] + turned @ pose[:3, 3]


def find_wraps(placed: PlacedPaths) -> Wraps:
    """Where every path touches its cylinders, for drawing."""
    spans, frames = placed.paths.spans, (placed.rotations, placed.origins)
    touched = wrap_over_one(spans, place_spans(spans, *frames), *frames)
    return Wraps(settled=settle_paths(placed), over_one=placed.paths.over_one, touched=touched)


def settle_paths(placed: PlacedPaths) -> Mapping[int, WrappedPath]:
    """Let the paths that are not `over_one` wrap, by muscle."""
    over_one = set(placed.paths.over_one)
    paths = enumerate(placed.paths.paths)
    return {m: _settle(placed, m, path) for m, path in paths if path.wraps and m not in over_one}


def add_wraps(
    placed: PlacedPaths, settled: Mapping[int, WrappedPath], length: Array, forces: Array, wrenches: Array
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
    for m, wrapped in settled.items():
        for chain, frames in wrapped.groups(np.arange(len(length))):
            if min(chain) < 0:
                length[frames, m] = wrapped.length(placed, chain, frames)
                _add_forces(placed, wrapped, chain, frames, forces, wrenches)


def _settle(placed: PlacedPaths, m: int, path: MusclePath) -> WrappedPath:
    """Find each frame's chain of points and cylinders."""
    active = placed.active[:, m]
    rows, number = np.unique(active, axis=0, return_inverse=True)
    wrapped = WrappedPath(
        muscle=m,
        path=path,
        contacts=tuple(Contact.none(len(active)) for _ in path.wraps),
        chains=[tuple(int(k) for k in np.flatnonzero(row)) for row in rows],
        number=number.reshape(-1),
    )
    moving = np.arange(len(active))
    for _ in range(MAX_SWEEPS if len(path.wraps) > 1 else 1):
        before = wrapped.touching(moving)
        for w in range(len(path.wraps)):
            for chain, frames in wrapped.groups(moving):
                _rewrap(placed, wrapped, w, chain, frames)
        for chain, frames in wrapped.groups(moving):
            _slide(placed, wrapped, chain, frames)
        moved = np.abs(wrapped.touching(moving) - before).max(axis=(1, 2))
        moving = moving[~(moved <= REST_M)]
        if not len(moving):
            break
    return wrapped


def _slide(placed: PlacedPaths, wrapped: WrappedPath, chain: Chain, frames: Ints) -> None:
    """Let the tangent points slide until the path rests, where cylinders follow one another on it.

    Which cylinders are touched, and on which side, stays; `_rewrap` has the last word on that.
    """
    touched = [i for i, node in enumerate(chain) if node < 0]
    if not any(j == i + 1 for i, j in pairwise(touched)):
        return
    moving = frames
    for _ in range(MAX_SWEEPS):
        before = wrapped.touching(moving)
        for i in touched:
            _slide_over(placed, wrapped, chain[i - 1 : i + 2], moving)
        moved = np.abs(wrapped.touching(moving) - before).max(axis=(1, 2))
        moving = moving[~(moved <= REST_M)]
        if not len(moving):
            return


def _slide_over(placed: PlacedPaths, wrapped: WrappedPath, around: Chain, frames: Ints) -> None:
    """Move the tangent points on a cylinder to where the path from the node before to the one after is shortest."""
    before, node, after = around
    contact, wrap = wrapped.contacts[-1 - node], wrapped.path.wraps[-1 - node]
    turn, origin = _cylinder_pose(placed, wrap, frames)
    start, end = wrapped.ends(placed, before, frames)[1], wrapped.ends(placed, after, frames)[0]
    local_start, local_end = (((p - origin)[:, None, :] @ turn)[:, 0] for p in (start, end))
    first, last, contact.arc[frames], contact.sweep[frames] = slide_tangents(
        wrap.cylinder, local_start, local_end, contact.turn[:, frames], contact.long[frames]
    )
    contact.first[frames] = (turn @ first[..., None])[..., 0] + origin
    contact.last[frames] = (turn @ last[..., None])[..., 0] + origin


def _rewrap(placed: PlacedPaths, wrapped: WrappedPath, w: int, chain: Chain, frames: Ints) -> None:
    """Take one cylinder off the path and put it where it belongs now."""
    bare = tuple(node for node in chain if node != -1 - w)
    segments = _segments(bare, wrapped.path.wraps[w])
    tried = [_try(placed, wrapped, w, bare[s : s + 2], frames) for s in segments]
    if not tried:
        return
    kinds = np.array([kind for kind, _, _ in tried])
    growth = np.where(kinds == Wrap.POSSIBLE, np.array([grown for _, _, grown in tried]), np.inf)
    must = kinds == Wrap.MANDATORY
    best = np.where(must.any(axis=0), must.argmax(axis=0), growth.argmin(axis=0))
    touches = (kinds >= Wrap.POSSIBLE).any(axis=0)
    for i, segment in enumerate(segments):
        wrapped.contacts[w].record(tried[i][1], touches & (best == i), frames)
        wrapped.set(frames[touches & (best == i)], (*bare[: segment + 1], -1 - w, *bare[segment + 1 :]))
    wrapped.set(frames[~touches], bare)


def _segments(bare: Chain, wrap: PathWrap) -> list[int]:
    """Places in the chain whose segment to the next node may wrap: within the allowed points of the path."""
    within = [i for i, node in enumerate(bare) if wrap.first <= node <= wrap.last]
    return list(range(within[0], within[-1])) if within else []


def _try(
    placed: PlacedPaths, wrapped: WrappedPath, w: int, segment: Chain, frames: Ints
) -> tuple[Ints, Contact, Array]:
    """Wrap one segment: what kind of wrap (T), where in ground, and by how much the path grows (T)."""
    start, end = wrapped.ends(placed, segment[0], frames)[1], wrapped.ends(placed, segment[1], frames)[0]
    wrap = wrapped.path.wraps[w]
    turn, origin = _cylinder_pose(placed, wrap, frames)
    local = [((p - origin)[:, None, :] @ turn)[:, 0] for p in (start, end)]
    found = touch_segment(wrap.cylinder, *local, geodesic=len(wrapped.path.wraps) > 1)
    contact = Contact(
        first=(turn @ found.first_m[..., None])[..., 0] + origin,
        last=(turn @ found.last_m[..., None])[..., 0] + origin,
        arc=found.arc_m,
        sweep=found.sweep_rad,
        turn=found.turn,
        long=found.long,
    )
    path = np.linalg.norm(contact.first - start, axis=1) + contact.arc + np.linalg.norm(end - contact.last, axis=1)
    return found.kind, contact, path - np.linalg.norm(end - start, axis=1)


def _add_forces(
    placed: PlacedPaths, wrapped: WrappedPath, chain: Chain, frames: Ints, forces: Array, wrenches: Array
) -> None:
    """Replace the pull of each straight run that wraps by that of the wrapped one.

    The line of action of a gradient runs through the end of the segment that it belongs to, so the cylinder's body
    takes it there.
    """
    m = wrapped.muscle
    points = [i for i, node in enumerate(chain) if node >= 0]
    for start, end in pairwise(points):
        if end == start + 1:
            continue
        before, after = (placed.positions[frames, m, chain[i]] for i in (start, end))
        straight = (after - before) / np.linalg.norm(after - before, axis=-1, keepdims=True)
        found = [_pull(placed, wrapped, chain[i - 1 : i + 2], frames) for i in range(start + 1, end)]
        forces[frames, m, chain[start]] -= straight + found[0][1][0]
        forces[frames, m, chain[end]] += straight - found[-1][1][1]
        for node, (ends, pull) in zip(chain[start + 1 : end], found, strict=True):
            body = placed.slots[wrapped.path.wraps[-1 - node].cylinder.body]
            wrenches[frames, m, body] += force_at(ends[0], pull[0]) + force_at(ends[1], pull[1])


def _pull(placed: PlacedPaths, wrapped: WrappedPath, around: Chain, frames: Ints) -> tuple[list[Array], Array]:
    """Where the path leaves the node before a cylinder and arrives at the one after, and the length's derivative there.

    In ground: two points (T,3), and (2,T,3).
    """
    before, node, after = around
    contact, wrap = wrapped.contacts[-1 - node], wrapped.path.wraps[-1 - node]
    ends = [wrapped.ends(placed, before, frames)[1], wrapped.ends(placed, after, frames)[0]]
    if len(wrapped.path.wraps) > 1:
        return ends, pulls_geodesic(ends[0], ends[1], contact.first[frames], contact.last[frames])
    turn, origin = _cylinder_pose(placed, wrap, frames)
    start, end = (((p - origin)[:, None, :] @ turn)[:, 0] for p in ends)
    found = pulls(wrap.cylinder, start, end, contact.turn[:, frames], contact.long[frames])
    return ends, (turn @ found[..., None])[..., 0]
