"""Paths with their cylinders, row by row: which chain of points and cylinders each has, and where it touches them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np

from swinglever.anatomy.multibody.spatial import rotation
from swinglever.anatomy.paths.cylinder import Cylinders
from swinglever.anatomy.paths.records import PlacedPaths
from swinglever.arrays import Array, Bools, Ints

ARC_POINTS = 7
"""Points drawn along the arc on a cylinder."""

Chain = tuple[int, ...]
"""What follows one another along a path: points of the path (0, 1, ...) and cylinders (-1 for the first, -2, ...)."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Where one cylinder touches paths, row by row, in ground; filled as the paths settle.

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

    def record(self, new: Self, which: Bools, rows: Ints) -> None:
        """Take over some of the rows of a newly found contact, of which row i speaks of ``rows[i]``."""
        chosen = rows[which]
        for name in ("first", "last", "arc", "sweep", "long"):
            getattr(self, name)[chosen] = getattr(new, name)[which]
        self.turn[:, chosen] = new.turn[:, which]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Paths of one build, in all frames: row k (N) is about one muscle in one frame.

    Attributes
    ----------
    frame, muscle
        (N) of each row.
    positions, active
        (N,k,3) the path's points in ground, and whether each counts (N,k).
    spans
        First and last point between which each cylinder (w) may be wrapped.
    bodies
        (w,N) body that carries each cylinder.
    turn, origin
        (w,N,3,3) and (w,N,3) pose of each cylinder in ground.
    sizes
        Of each cylinder (w), by row.
    """

    frame: Ints
    muscle: Ints
    positions: Array
    active: Bools
    spans: tuple[tuple[int, int], ...]
    bodies: Ints
    turn: Array
    origin: Array
    sizes: tuple[Cylinders, ...]

    def into(self, w: int, rows: Ints, *points: Array) -> list[Array]:
        """Points (n,3) in ground as the cylinder of each row sees them."""
        turn, origin = self.turn[w, rows], self.origin[w, rows]
        return [((point - origin)[:, None, :] @ turn)[:, 0] for point in points]

    def out_of(self, w: int, rows: Ints, *points: Array) -> list[Array]:
        """Points (n,3) in the cylinders' frames, in ground."""
        turn, origin = self.turn[w, rows], self.origin[w, rows]
        return [(turn @ point[..., None])[..., 0] + origin for point in points]


def as_rows(placed: PlacedPaths, muscles: Sequence[int]) -> Rows:
    """Lay out the paths of muscles of one build (as many points and cylinders), one muscle after another."""
    n_frames, members = len(placed.positions), [placed.paths.paths[m] for m in muscles]
    number = len(members[0].points)
    cylinders = [[path.wraps[w].cylinder for path in members] for w in range(len(members[0].wraps))]
    bodies = np.array([[c.body for c in of_one] for of_one in cylinders])
    carried = np.moveaxis(placed.rotations[:, bodies], 0, 2)  # cylinder, muscle, frame
    pose = np.array([[c.pose for c in of_one] for of_one in cylinders])[:, :, None]
    origin = np.moveaxis(placed.origins[:, bodies], 0, 2) + (carried @ pose[..., :3, 3:])[..., 0]
    count = len(muscles) * n_frames
    return Rows(
        frame=np.tile(np.arange(n_frames), len(muscles)),
        muscle=np.repeat(muscles, n_frames),
        positions=np.concatenate([placed.positions[:, m, :number] for m in muscles]),
        active=np.concatenate([placed.active[:, m, :number] for m in muscles]),
        spans=tuple((wrap.first, wrap.last) for wrap in members[0].wraps),
        bodies=np.repeat(bodies, n_frames, axis=1),
        turn=(carried @ pose[..., :3, :3]).reshape(-1, count, 3, 3),
        origin=origin.reshape(-1, count, 3),
        sizes=tuple(
            Cylinders(
                radius_m=np.repeat([c.radius_m for c in of_one], n_frames),
                length_m=np.repeat([c.length_m for c in of_one], n_frames),
                side=of_one[0].side,
                side_axis=of_one[0].side_axis,
            )
            for of_one in cylinders
        ),
    )


@dataclass(frozen=True, kw_only=True)
class WrappedPaths:
    """Paths of one build with their cylinders: chains, which of them each row has (N), and where cylinders touch."""

    rows: Rows
    contacts: tuple[Contact, ...]
    chains: list[Chain]
    number: Ints

    @property
    def every(self) -> Ints:
        """All rows."""
        return np.arange(len(self.number))

    def groups(self, rows: Ints) -> list[tuple[Chain, Ints]]:
        """Rows that share one chain, so that each group is one array operation."""
        mine = self.number[rows]
        return [(self.chains[k], rows[mine == k]) for k in np.unique(mine)]

    def set(self, rows: Ints, chain: Chain) -> None:
        """Let some rows have a chain."""
        if chain not in self.chains:
            self.chains.append(chain)
        self.number[rows] = self.chains.index(chain)

    def ends(self, node: int, rows: Ints) -> tuple[Array, Array]:
        """Where the path arrives at a node and where it leaves it, in ground."""
        if node >= 0:
            point = self.rows.positions[rows, node]
            return point, point
        contact = self.contacts[-1 - node]
        return contact.first[rows], contact.last[rows]

    def touching(self, rows: Ints) -> Array:
        """All tangent points (n, 2 w, 3) of some rows, zero where a cylinder is not touched."""
        known = np.array([[-1 - w in chain for w in range(len(self.contacts))] for chain in self.chains])
        on = known[self.number[rows]]
        points = np.stack([p[rows] for c in self.contacts for p in (c.first, c.last)], axis=1)
        return np.where(np.repeat(on, 2, axis=1)[..., None], points, 0.0)

    def length(self, chain: Chain, rows: Ints) -> Array:
        """Length (n): straight between the nodes, arcs on the cylinders."""
        length = np.zeros(len(rows))
        for node, following in pairwise(chain):
            leaves, arrives = self.ends(node, rows)[1], self.ends(following, rows)[0]
            length = length + np.linalg.norm(arrives - leaves, axis=1)
        for node in chain:
            if node < 0:
                length += self.contacts[-1 - node].arc[rows]
        return length

    def line(self, muscle: int, size: int) -> Array:
        """Points along a muscle's path (T, size, 3), arcs included, padded with the last one."""
        of_muscle = np.flatnonzero(self.rows.muscle == muscle)
        lines = np.empty((len(of_muscle), size, 3))
        for chain, rows in self.groups(of_muscle):
            line, frames = np.concatenate([self._drawn(node, rows) for node in chain], axis=1), self.rows.frame[rows]
            lines[frames, : line.shape[1]] = line
            lines[frames, line.shape[1] :] = line[:, -1:]
        return lines

    def _drawn(self, node: int, rows: Ints) -> Array:
        if node >= 0:
            return np.asarray(self.rows.positions[rows, node][:, None])
        contact, w = self.contacts[-1 - node], -1 - node
        origin, axis = self.rows.origin[w, rows], self.rows.turn[w, rows, :, 2]
        start, end = contact.first[rows] - origin, contact.last[rows] - origin
        heights = (start * axis).sum(1), (end * axis).sum(1)
        radial = start - heights[0][:, None] * axis
        share = np.linspace(0, 1, ARC_POINTS)
        turned = rotation(axis[:, None], contact.sweep[rows][:, None] * share) @ radial[:, None, :, None]
        height = heights[0][:, None] + share * (heights[1] - heights[0])[:, None]
        return np.asarray(turned[..., 0] + height[..., None] * axis[:, None] + origin[:, None])
