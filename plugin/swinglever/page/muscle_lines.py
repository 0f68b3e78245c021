"""Muscle lines that follow the bodies: each path point between two bodies, instead of a table of points over time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.arrays import Array, Floats
from swinglever.signals import spread_evenly

_JUMPS_M = 0.003
"""A line whose points are carried worse than this has points that come and go."""

_HARDLY = 1e-2
"""Combinations of motions below this part of the largest are not told apart."""


@dataclass(frozen=True, kw_only=True)
class BoundPoints:
    """Points that follow two bodies each: ``R1 a + R2 b + w p1 + (1 - w) p2``.

    Attributes
    ----------
    bodies
        (n,2) indices of the bodies.
    weights
        (n,7) a, b and w.
    error_m
        (n) root mean square distance from the points that were given.
    """

    bodies: np.ndarray
    weights: Array
    error_m: Array


def bind_lines(lines_m: Floats, poses: Floats, pairs: Sequence[tuple[int, int]]) -> BoundPoints:
    """Bind muscle lines (T,m,k,3) to the bodies, m·k points.

    Parameters
    ----------
    lines_m
        k points of each line, in the ground frame.
    poses, pairs
        As for :func:`bind_points`.

    Notes
    -----
    A via point is exact. The points of a line that winds round a surface appear and vanish, and jump along the line
    when they do; such a line is drawn through as many points at equal distances along it instead, which move steadily:
    for runners with and without surfaces their root mean square distance from where they belong is at most 7 mm.
    """
    frames = _sampled(len(lines_m))
    lines, moved = lines_m[frames].astype(float), poses[frames]
    n_points = lines.shape[2]
    as_given = bind_points(_as_points(lines), moved, pairs)
    evenly = bind_points(_as_points(spread_evenly(lines, n_points)), moved, pairs)
    worst = [bound.error_m.reshape(-1, n_points).max(axis=1) for bound in (as_given, evenly)]
    spread = np.repeat((worst[0] > _JUMPS_M) & (worst[1] < worst[0]), n_points)
    return BoundPoints(
        bodies=np.where(spread[:, None], evenly.bodies, as_given.bodies),
        weights=np.where(spread[:, None], evenly.weights, as_given.weights),
        error_m=np.where(spread, evenly.error_m, as_given.error_m),
    )


def bind_points(points_m: Floats, poses: Floats, pairs: Sequence[tuple[int, int]]) -> BoundPoints:
    """Bind points (T,n,3) to the pair of bodies that carries each best.

    Parameters
    ----------
    points_m
        In the ground frame.
    poses
        (T,b,4,4) body to ground.
    pairs
        Bodies that may share a point; a body with itself for points that it alone carries.

    Notes
    -----
    Linear in the unknowns, so one least-squares solution a pair serves every point. What the motion hardly tells apart
    (two bodies that move almost as one) stays near zero: large weights that cancel would not survive rounding.
    """
    target = points_m.transpose(0, 2, 1).reshape(-1, points_m.shape[1])
    best = np.full(points_m.shape[1], np.inf)
    bodies, weights = np.zeros((points_m.shape[1], 2), int), np.zeros((points_m.shape[1], 7))
    for first, second in pairs:
        design, offset = _design(poses[:, first], poses[:, second])
        solution = np.linalg.pinv(design, rcond=_HARDLY) @ (target - offset)
        error = np.sqrt(((design @ solution + offset - target) ** 2).sum(0) / len(points_m))
        # A pair has to be clearly better than the one before: single bodies come first.
        better = error < 0.9 * best - 1e-6
        best = np.where(better, error, best)
        bodies[better], weights[better] = (first, second), solution.T[better]
    return BoundPoints(bodies=bodies, weights=weights, error_m=best)


def _sampled(n_frames: int) -> Array:
    return np.unique(np.linspace(0, n_frames - 1, min(n_frames, 150)).astype(int))


def _as_points(lines_m: Floats) -> Floats:
    return lines_m.reshape(len(lines_m), -1, 3)


def _design(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Matrix (3T,7) of the unknowns and the part (3T,1) that does not hang on them."""
    columns = [first[:, :3, :3], second[:, :3, :3], (first[:, :3, 3] - second[:, :3, 3])[..., None]]
    return np.concatenate(columns, axis=2).reshape(-1, 7), second[:, :3, 3].reshape(-1, 1)


def neighbouring_pairs(parents: Sequence[tuple[int, int]], n_bodies: int) -> list[tuple[int, int]]:
    """Each body alone, then each with the one that it hangs on, then with the one beyond that."""
    up = {child: parent for parent, child in parents if parent != child}
    beyond = [(up[up[child]], child) for child in up if up[child] in up]
    return [*((k, k) for k in range(n_bodies)), *((parent, child) for child, parent in up.items()), *beyond]
