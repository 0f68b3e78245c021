"""Paths with their cylinders, row by row: which chain of points and cylinders each has, and where it touches them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np

from swinglever.anatomy.multibody.frames_last import some, times, times_back
from swinglever.anatomy.paths.cylinder import Cylinders, Touch
from swinglever.anatomy.paths.records import PlacedPaths
from swinglever.anatomy.paths.tangents import size_of, sweep_between
from swinglever.arrays import Array, Bools, Ints

ARC_POINTS = 7
"""Points drawn along the arc on a cylinder."""

Chain = tuple[int, ...]
"""What follows one another along a path: points of the path (0, 1, ...) and cylinders (-1 for the first, -2, ...)."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Where one cylinder touches paths, row by row, in ground; filled as the paths settle.

    Tangent points (3, T), length of the arc (T), on which side each end is left (2, T), and whether the arc is more
    than half a turn (T).
    """

    first: Array
    last: Array
    arc: Array
    turn: Ints
    long: Bools

    @classmethod
    def none(cls, n: int) -> Self:
        """No contact in any frame."""
        point, number = np.full((3, n), np.nan), np.full(n, np.nan)
        turn, long = np.ones((2, n), dtype=np.int64), np.zeros(n, dtype=bool)
        return cls(first=point, last=point.copy(), arc=number, turn=turn, long=long)

    def record(self, rows: Ints, points: Sequence[Array], touch: Touch) -> None:
        """Take over newly found touches of some rows, whose tangent points in ground are these."""
        self.first[:, rows], self.last[:, rows] = points
        self.arc[rows], self.turn[:, rows], self.long[rows] = touch.arc_m, touch.turn, touch.long


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Paths of one build, in all frames: row k (N) is about one muscle in one frame.

    Attributes
    ----------
    frame, muscle
        (N) of each row.
    positions, active
        (k,3,N) the path's points in ground, and whether each counts (N,k).
    spans
        First and last point between which each cylinder (w) may be wrapped.
    bodies
        (w,N) body that carries each cylinder.
    turn, origin
        (w,3,3,N) and (w,3,N) pose of each cylinder in ground.
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
        """Points (3,n) in ground as the cylinder of each row sees them."""
        turn, origin = some(self.turn[w], rows), some(self.origin[w], rows)
        return [times_back(turn, point - origin) for point in points]

    def out_of(self, w: int, rows: Ints, *points: Array) -> list[Array]:
        """Points (3,n) in the cylinders' frames, in ground."""
        turn, origin = some(self.turn[w], rows), some(self.origin[w], rows)
        return [times(turn, point) + origin for point in points]


def as_rows(placed: PlacedPaths, muscles: Sequence[int]) -> Rows:
    """Lay out the paths of muscles of one build (as many points and cylinders), one muscle after another."""
    n_frames, members = len(placed.positions), [placed.paths.paths[m] for m in muscles]
    number = len(members[0].points)
    cylinders = [[path.wraps[w].cylinder for path in members] for w in range(len(members[0].wraps))]
    bodies = np.array([[c.body for c in of_one] for of_one in cylinders])
    pose = np.array([[c.pose for c in of_one] for of_one in cylinders]).transpose(2, 3, 0, 1)[..., None]
    carried = np.ascontiguousarray(
        placed.rotations[:, bodies].transpose(3, 4, 1, 2, 0)
    )  # 3, 3, cylinder, muscle, frame
    turn = np.stack([times(carried, pose[:3, axis]) for axis in range(3)], axis=1)
    origin = times(carried, pose[:3, 3]) + placed.origins[:, bodies].transpose(3, 1, 2, 0)
    count = len(muscles) * n_frames
    positions = placed.positions[:, muscles, :number].transpose(2, 3, 1, 0)
    return Rows(
        frame=np.tile(np.arange(n_frames), len(muscles)),
        muscle=np.repeat(muscles, n_frames),
        positions=positions.reshape(number, 3, count),
        active=np.concatenate([placed.active[:, m, :number] for m in muscles]),
        spans=tuple((wrap.first, wrap.last) for wrap in members[0].wraps),
        bodies=np.repeat(bodies, n_frames, axis=1),
        turn=np.moveaxis(turn.reshape(3, 3, -1, count), 2, 0).copy(),
        origin=np.moveaxis(origin.reshape(3, -1, count), 1, 0).copy(),
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
        """Where (3,n) the path arrives at a node and where it leaves it, in ground."""
        if node >= 0:
            point = some(self.rows.positions[node], rows)
            return point, point
        contact = self.contacts[-1 - node]
        return some(contact.first, rows), some(contact.last, rows)

    def touching(self, rows: Ints) -> Array:
        """All tangent points (w, 2, 3, n) of some rows, zero where a cylinder is not touched."""
        known = np.array([[-1 - w in chain for chain in self.chains] for w in range(len(self.contacts))])
        on = known[:, self.number[rows]]
        points = np.array([[some(c.first, rows), some(c.last, rows)] for c in self.contacts])
        return np.where(on[:, None, None], points, 0.0)

    def length(self, chain: Chain, rows: Ints) -> Array:
        """Length (n): straight between the nodes, arcs on the cylinders."""
        length = np.zeros(len(rows))
        for node, following in pairwise(chain):
            length += size_of(self.ends(following, rows)[0] - self.ends(node, rows)[1])
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
        """Points (n,k,3) that a node adds to the drawn line: its own, or some along the arc."""
        if node >= 0:
            return np.asarray(self.rows.positions[node][:, rows].T[:, None])
        contact, w = self.contacts[-1 - node], -1 - node
        first, last = self.rows.into(w, rows, *self.ends(node, rows))
        share = np.linspace(0, 1, ARC_POINTS)[:, None]
        angle = sweep_between(first, last, contact.long[rows]) * share
        sine, cosine = np.sin(angle), np.cos(angle)
        x, y = cosine * first[0] - sine * first[1], sine * first[0] + cosine * first[1]
        along = np.stack([x, y, first[2] + share * (last[2] - first[2])])
        turn, origin = self.rows.turn[w][..., None, rows], self.rows.origin[w][:, None, rows]
        return np.asarray((times(turn, along) + origin).transpose(2, 1, 0))
