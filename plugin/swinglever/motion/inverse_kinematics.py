"""Inverse kinematics to convergence, all frames at once.

Weighted least squares of marker distances (and of coordinate tasks), frame by frame, each begun from its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from swinglever.arrays import Array, Bools
from swinglever.motion.levenberg_marquardt import minimise
from swinglever.motion.marker_distances import (
    MarkerProblem,
    MarkersToFit,
    costs,
    evaluate,
    join_problems,
    problem_of,
    residuals,
)
from swinglever.signals import interpolate

_NEAR_FRAMES = 8
"""Frames further apart are not interpolated between: they may lie on different branches of the same pose."""

_JUMP_RAD = 1.0
"""No joint of a runner turns by more between two frames."""


@dataclass(frozen=True, kw_only=True)
class MarkerFit:
    """What inverse kinematics found.

    Parameters
    ----------
    q
        (T,n) free coordinates, rad and m.
    error_m
        (T,m) distance of each marker from its site on the model, nan where the marker is missing.
    cost
        (T) weighted squared error, m2 (and rad2 for coordinate tasks).
    converged
        (T) whether the last step was below the tolerance.
    """

    q: Array
    error_m: Array
    cost: Array
    converged: Bools


def fit_markers(asked: MarkersToFit, tolerance: float = 1e-7) -> MarkerFit:
    """Find the coordinates whose markers lie nearest to the measured ones, frame by frame.

    Parameters
    ----------
    asked
        The markers, and the model that they belong to.
    tolerance
        A frame is done when its next step moves no coordinate by more (rad or m).
    """
    problem = problem_of(asked)
    return _fit(problem, asked.position_m, *_coarse_to_fine(problem, tolerance))


def fit_markers_near(
    tasks: Sequence[MarkersToFit], near: Sequence[Array], tolerance: float, *, in_a_row: bool = True
) -> tuple[MarkerFit, ...]:
    """Fit several recordings of the same markers and one runner, whose motion is known to be close, in one iteration.

    Parameters
    ----------
    tasks
        As of one recording with other noise; markers may sit elsewhere in each model.
    near
        Coordinates (T,n) at which the frames of each recording start.
    tolerance
        A frame is done when its next step moves no coordinate by more (rad or m).
    in_a_row
        Whether frames follow one another, so that one which leaps away from the one before is solved again from there.
    """
    problems = [problem_of(task) for task in tasks]
    q, converged = minimise(join_problems(problems), np.concatenate(near), tolerance)
    found = []
    spans = pairwise(np.cumsum([0, *map(len, near)]))
    for task, problem, (a, b) in zip(tasks, problems, spans, strict=True):
        if in_a_row:
            _follow(problem, q[a:b], converged[a:b], tolerance)
        found.append(_fit(problem, task.position_m, q[a:b], converged[a:b]))
    return tuple(found)


def _fit(problem: MarkerProblem, position_m: Array, q: Array, converged: Bools) -> MarkerFit:
    """Measure a solution."""
    away = residuals(problem, q)
    error_m = np.where(np.isfinite(position_m).all(axis=-1), np.linalg.norm(away, axis=-1), np.nan)
    return MarkerFit(q=q, error_m=error_m, cost=costs(problem, q, away), converged=converged)


def _coarse_to_fine(problem: MarkerProblem, tolerance: float) -> tuple[Array, Bools]:
    """Solve the first frame from several headings, then ever denser frames from their solved neighbours."""
    n_frames = len(problem.target)
    q = np.zeros((n_frames, problem.model.tree.n_coordinates))
    converged = np.zeros(n_frames, bool)
    q[0], converged[0] = _first_frame(problem.frames(np.array([0])), tolerance)
    done = np.array([0])
    step = 1 << max(n_frames - 1, 1).bit_length()
    while step >= 1:
        fresh = np.setdiff1d(np.arange(0, n_frames, step), done)
        if fresh.size:
            start = interpolate(fresh, done, q[done])
            if step > _NEAR_FRAMES:
                start[:] = q[0]
            q[fresh], converged[fresh] = minimise(problem.frames(fresh), start, tolerance)
            done = np.union1d(done, fresh)
        step //= 2
    _follow(problem, q, converged, tolerance)
    return q, converged


def _follow(problem: MarkerProblem, q: Array, converged: Bools, tolerance: float) -> None:
    """Solve frames that jump away from the one before again, starting there.

    A jump is another branch of the same pose (angles that differ by whole turns, or an Euler flip), or a poor local
    minimum; either would be a spike in the speeds.
    """
    turns = np.array([c.turns for c in problem.model.coordinates])
    for k in range(1, len(q)):
        if np.abs(q[k] - q[k - 1])[turns].max() < _JUMP_RAD:
            continue
        frame = problem.frames(np.array([k]))
        again, settled = minimise(frame, q[[k - 1]], tolerance)
        if evaluate(frame, again).cost[0] <= 1.001 * evaluate(frame, q[[k]]).cost[0] + 1e-12:
            q[k], converged[k] = again[0], settled[0]


def _first_frame(problem: MarkerProblem, tolerance: float) -> tuple[Array, bool]:
    """Try every quarter turn of the root, so that no heading of the runner is taken for another."""
    model = problem.model
    default = np.clip([c.default for c in model.coordinates], problem.low, problem.high)
    root = int(np.argmax(model.tree.body_joint >= 0))
    moves_root = (model.tree.body_ancestors @ model.tree.drives)[root] > 0
    starts = [default]
    for k in np.flatnonzero(moves_root & [c.turns for c in model.coordinates] & problem.movable):
        for quarter in (0.5 * np.pi, np.pi, -0.5 * np.pi):
            turned = default.copy()
            turned[k] += quarter
            starts.append(turned)
    many = problem.frames(np.zeros(len(starts), int))
    q, converged = minimise(many, np.array(starts), tolerance)
    best = int(np.argmin(evaluate(many, q).cost))
    return q[best], bool(converged[best])
