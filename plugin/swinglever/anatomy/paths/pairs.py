"""Paths over two cylinders, one after the other: where the straight run between the two touches them.

Seen from a point beyond it, a cylinder tells where the path leaves it: the tangent point. So a point on the second
cylinder gives one on the first, and this gives one on the second again. The path rests where the two points on the
second are the same, which Newton's method finds in a few steps; to go round and round takes some fifteen.
"""

from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.multibody.frames_last import dot, times, times_back
from swinglever.anatomy.paths.cylinder import Cylinders
from swinglever.anatomy.paths.tangents import Seen, across, angle_between, sense_of
from swinglever.anatomy.paths.wrapped import Chain, WrappedPaths
from swinglever.arrays import Array, Bools, Ints

MAX_STEPS = 8
NEAR_M = 1e-7
"""After a step as short as this the error is of the size of its square, over the radius: less than 1e-12 m."""


@dataclass(frozen=True, kw_only=True)
class _Slope:
    """How angle (N) and height (N) of a tangent point change with what it is seen from: two directions each."""

    angle: tuple[Array, Array]
    height: tuple[Array, Array]


@dataclass(frozen=True, kw_only=True)
class _Half:
    """One of the two cylinders, and what stays: the end (N) of the path on its side, and the tangent point there.

    ``turn`` (N) is the side on which the path leaves it towards the other cylinder, ``long`` (N) whether its arc is
    more than half a turn.
    """

    radius: Array
    outer: Seen
    anchor: Array
    turn: Ints
    long: Bools

    @classmethod
    def of(cls, sizes: Cylinders, outer: Array, turn: Ints, turn_inside: Ints, long: Bools) -> "_Half":
        seen = Seen.of(sizes.radius_m, outer)
        return cls(radius=sizes.radius_m, outer=seen, anchor=seen.touched(turn), turn=turn_inside, long=long)

    def leave(self, point: Array, directions: tuple[Array, Array]) -> tuple[Array, _Slope]:
        """Tangent point (3,N) of a path to a point (3,N), and how it moves when the point does, in two directions."""
        seen = Seen.of(self.radius, point)
        tangent = np.empty_like(point)
        tangent[:2] = seen.touched(self.turn)
        known = self.outer.tangent + self.radius * angle_between(self.anchor, tangent, self.long)
        total = known + seen.tangent
        share, rise = known / total, point[2] - self.outer.end[2]
        tangent[2] = self.outer.end[2] + share * rise
        square, turned = seen.away**2, sense_of(self.anchor, tangent, self.long) * self.radius
        found: list[tuple[Array, Array]] = []
        for d in directions:
            longer = dot(point[:2], d[:2]) / seen.tangent
            angle = (across(point, d) + self.turn * self.radius * longer) / square
            around = turned * angle
            found.append((angle, share * d[2] + rise * (around - share * (around + longer)) / total))
        (first, up), (second, up_too) = found
        return tangent, _Slope(angle=(first, second), height=(up, up_too))


def settle_pair(wrapped: WrappedPaths, chain: Chain, rows: Ints) -> None:
    """Move where the path arrives at the second of two cylinders to where it rests, in place.

    Parameters
    ----------
    wrapped
        The paths; of them only the contact of the second cylinder changes, and of that only the first point.
    chain
        A point, two cylinders, and a point.
    rows
        Whose paths. One that finds no rest keeps the point that it has.
    """
    one, two = (-1 - node for node in chain[1:3])
    start = wrapped.rows.into(one, rows, wrapped.ends(chain[0], rows)[1])[0]
    end, guess = wrapped.rows.into(two, rows, wrapped.ends(chain[3], rows)[0], wrapped.ends(chain[2], rows)[0])
    contacts, sizes = [wrapped.contacts[w] for w in (one, two)], [wrapped.rows.sizes[w].of(rows) for w in (one, two)]
    turns, long = [c.turn[:, rows] for c in contacts], [c.long[rows] for c in contacts]
    halves = (
        _Half.of(sizes[0], start, turns[0][0], turns[0][1], long[0]),
        _Half.of(sizes[1], end, turns[1][1], turns[1][0], long[1]),
    )
    turn = wrapped.rows.turn[two][..., rows]
    between = np.stack(
        wrapped.rows.into(one, rows, *(turn[:, k] + wrapped.rows.origin[one][:, rows] for k in range(3))), 1
    )
    origin = wrapped.rows.into(one, rows, wrapped.rows.origin[two][:, rows])[0]
    found, rests = _find_rest(halves, between, origin, guess)
    contacts[1].first[:, rows[rests]] = wrapped.rows.out_of(two, rows[rests], found[:, rests])[0]


def _find_rest(halves: tuple[_Half, _Half], turn: Array, origin: Array, guess: Array) -> tuple[Array, Bools]:
    """Find points (3,N) on the second cylinder where the path rests, and whether one was found.

    The second cylinder's frame is at ``turn`` (3,3,N) and ``origin`` (3,N) in that of the first.
    """
    point, moving = guess, np.ones(guess.shape[1], dtype=bool)
    for _ in range(MAX_STEPS):
        leaves, by_point = halves[0].leave(times(turn, point) + origin, _on_surface(point, turn))
        arrives, by_leaving = halves[1].leave(
            times_back(turn, leaves - origin), _on_surface(leaves, turn.swapaxes(0, 1))
        )
        angle = across(point, arrives) / halves[1].radius ** 2
        step = _newton(by_leaving, by_point, angle, arrives[2] - point[2])
        point = np.where(moving, _moved(point, *step), point)
        moving &= ~(np.maximum(halves[1].radius * np.abs(step[0]), np.abs(step[1])) <= NEAR_M)
        if not moving.any():
            break
    return point, ~moving


def _on_surface(point: Array, turn: Array) -> tuple[Array, Array]:
    """Directions (3,N) in which a point on a cylinder moves with its angle and its height, as the other sees them."""
    return times(turn[:, :2], np.stack([-point[1], point[0]])), turn[:, 2]


def _newton(outer: _Slope, inner: _Slope, angle: Array, height: Array) -> tuple[Array, Array]:
    """Solve (1 - J) step = (angle, height), J the product of both slopes."""
    a, b = (outer.angle[0] * inner.angle[k] + outer.angle[1] * inner.height[k] for k in (0, 1))
    c, d = (outer.height[0] * inner.angle[k] + outer.height[1] * inner.height[k] for k in (0, 1))
    scale = 1 / ((1 - a) * (1 - d) - b * c)
    return scale * ((1 - d) * angle + b * height), scale * (c * angle + (1 - a) * height)


def _moved(point: Array, angle: Array, height: Array) -> Array:
    """Points (3,N) of a cylinder moved about its axis, by an angle small enough for its tangent, and along it."""
    scale = 1 / np.sqrt(1 + angle**2)
    x, y, z = point
    return np.stack([scale * (x - angle * y), scale * (y + angle * x), z + height])
