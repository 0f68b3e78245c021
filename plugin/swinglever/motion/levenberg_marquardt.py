"""Levenberg-Marquardt of every frame on its own, within the coordinates' ranges.

Near the solution the whole second derivative is used: with soft tissue's centimetres left over, Gauss-Newton's steps
shrink by a half each time, Newton's are squared.
"""

import numpy as np

from swinglever.arrays import Array, Bools
from swinglever.motion.marker_distances import LocalCost, MarkerProblem, evaluate

_MAX_ITERATIONS = 200
"""Of the 600 frames of the Hamner 2010 run, 574 settle within 25 and all within 50; one that has not is told."""
_LARGEST_TURN = 0.5
"""A step never turns a joint by more (rad): the linear model does not reach further."""

_NEAR = 0.1
"""From a step that moves no coordinate by more (rad or m) on, the whole second derivative is used."""
_SQUARED = 1000.0
"""With it a step is no longer than so many times the square of the one before: 10 to 30 times were seen."""


def minimise(problem: MarkerProblem, start: Array, tolerance: float) -> tuple[Array, Bools]:
    """Levenberg-Marquardt of every frame on its own, within bounds, some frames at a time."""
    found = [_minimise_block(problem.frames(rows), start[rows], tolerance) for rows in problem.blocks()]
    q, converged = (np.concatenate(part) for part in zip(*found, strict=True))
    return q, converged


def _minimise_block(problem: MarkerProblem, start: Array, tolerance: float) -> tuple[Array, Bools]:
    """Do so for frames whose arrays fit the processor's cache; finished frames leave the work."""
    q = np.clip(start, problem.low, problem.high)
    q[:, ~problem.movable] = [c.default for c in problem.model.coordinates if c.locked]
    open_frames = np.arange(len(q))
    damping, near = np.full(len(q), 1e-4), np.zeros(len(q), bool)
    state = evaluate(problem, q)
    for _ in range(_MAX_ITERATIONS):
        step, longest = _step(problem, q[open_frames], state, damping[open_frames], near[open_frames])
        going = longest >= tolerance
        # What the next step would be is known before: such a frame is done with this one.
        last = going & near[open_frames] & (_SQUARED * longest**2 < tolerance)
        done = open_frames[last]
        q[done] = np.clip(q[done] + step[last], problem.low, problem.high)
        going &= ~last
        near[open_frames] = longest < _NEAR
        open_frames, step, state = open_frames[going], step[going], state.of(going)
        if not open_frames.size:
            break
        part = problem.frames(open_frames)
        trial = np.clip(q[open_frames] + step, problem.low, problem.high)
        new = evaluate(part, trial)
        better = new.cost <= state.cost
        q[open_frames[better]] = trial[better]
        damping[open_frames] *= np.where(better, 0.1, 10.0)
        damping[open_frames] = np.clip(damping[open_frames], 1e-12, 1e12)
        near[open_frames] &= better
        state = new.or_else(better, state)
    return q, ~np.isin(np.arange(len(q)), open_frames)


def _step(problem: MarkerProblem, q: Array, state: LocalCost, damping: Array, near: Bools) -> tuple[Array, Array]:
    """Damped step (T,n) of the coordinates that may move, and by how much (T) it moves one at most, within bounds.

    It is Newton's in frames (T) that are ``near`` their solution, else Gauss and Newton's.
    """
    descent, matrix = state.descent, state.matrix + np.where(near[:, None, None], state.rest, 0.0)
    stuck = ((q <= problem.low) & (descent < 0)) | ((q >= problem.high) & (descent > 0)) | ~problem.movable
    diagonal = np.einsum("tii->ti", state.matrix)
    # A coordinate that no marker sees gets a floor, so that it stays where it is.
    floor = 1e-9 * np.maximum(diagonal.max(axis=1, keepdims=True), 1e-9)
    damped = matrix * ~(stuck[:, :, None] | stuck[:, None, :])
    index = np.arange(q.shape[1])
    damped[:, index, index] += damping[:, None] * diagonal + floor + stuck
    step = np.linalg.solve(damped, np.where(stuck, 0.0, descent)[..., None])[..., 0]
    turns = np.array([c.turns for c in problem.model.coordinates])
    largest = np.abs(np.where(turns, step, 0.0)).max(axis=1, keepdims=True)
    step *= np.minimum(1.0, _LARGEST_TURN / np.maximum(largest, 1e-300))
    reached = np.clip(q + step, problem.low, problem.high) - q
    return step, np.asarray(np.abs(reached).max(axis=1))
