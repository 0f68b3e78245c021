"""Muscle lines that follow the bodies: each path point between two bodies, instead of a table of points over time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.arrays import Array, Floats


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
    Linear in the unknowns, so one least-squares solution a pair serves every point. A via point is exact; a point on a
    wrapping surface is carried within some millimetres, which is what a drawing needs.
    """
    frames = np.unique(np.linspace(0, len(points_m) - 1, min(len(points_m), 150)).astype(int))
    target = points_m[frames].transpose(0, 2, 1).reshape(-1, points_m.shape[1])
    best = np.full(points_m.shape[1], np.inf)
    bodies, weights = np.zeros((points_m.shape[1], 2), int), np.zeros((points_m.shape[1], 7))
    for first, second in pairs:
        design, offset = _design(poses[frames, first], poses[frames, second])
        solution = np.linalg.lstsq(design, target - offset, rcond=1e-9)[0]
        error = np.sqrt(((design @ solution + offset - target) ** 2).sum(0) / len(frames))
        # A pair has to be clearly better than the one before: single bodies come first.
        better = error < 0.9 * best - 1e-6
        best = np.where(better, error, best)
        bodies[better], weights[better] = (first, second), solution.T[better]
    return BoundPoints(bodies=bodies, weights=weights, error_m=best)


def _design(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Matrix (3T,7) of the unknowns and the part (3T,1) that does not hang on them."""
    columns = [first[:, :3, :3], second[:, :3, :3], (first[:, :3, 3] - second[:, :3, 3])[..., None]]
    return np.concatenate(columns, axis=2).reshape(-1, 7), second[:, :3, 3].reshape(-1, 1)


def neighbouring_pairs(parents: Sequence[tuple[int, int]], n_bodies: int) -> list[tuple[int, int]]:
    """Each body alone, then each with the one that it hangs on, then with the one beyond that."""
    up = {child: parent for parent, child in parents if parent != child}
    beyond = [(up[up[child]], child) for child in up if up[child] in up]
    return [*((k, k) for k in range(n_bodies)), *((parent, child) for child, parent in up.items()), *beyond]
