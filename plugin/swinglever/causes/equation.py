"""The released speeds' equation, which is linear in them because the velocity terms have a bilinear form.

    d/dt v = A v + sum of b_i

Solved once for each source i, with the speeds at toe-off as one more source, its solutions add up to the recorded
motion. One leg's swings are solved at once, in any scope.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy.interpolate import CubicSpline

from swinglever.arrays import Array, Bools, Ints, frozen
from swinglever.dynamics.limb import Dynamics

_SHORTEST_STRETCH = 4
"""Samples that a cubic spline needs."""


@dataclass(frozen=True, kw_only=True)
class SpeedEquation:
    """The equation of the released speeds (f) by source (s), along the swings (S,K) of one leg.

    Parameters
    ----------
    dynamics
        The leg, and its swings.
    scope
        What is released.
    released
        Names of the released coordinates (f).
    knee
        Which of them is the swing knee.
    names, groups
        (s) the sources and their groups.
    matrix, drive
        A (S,K,f,f) and b (S,K,f,s).
    start
        (S,f,s) speeds at toe-off.
    contacts
        (S,K,c) which of the ground's forces hold the body: nothing is smooth across a change of them.
    lasting_s
        (S) duration of each swing.
    """

    dynamics: Dynamics
    scope: str
    released: tuple[str, ...]
    knee: int
    names: tuple[str, ...]
    groups: tuple[str, ...]
    matrix: Array
    drive: Array
    start: Array
    contacts: Bools
    lasting_s: Array


def join_equations(equations: Sequence[SpeedEquation]) -> SpeedEquation:
    """Put the swings of several analyses of one leg, which have the same sources, one after the other."""
    if len(equations) == 1:
        return equations[0]
    return replace(
        equations[0],
        matrix=np.concatenate([e.matrix for e in equations]),
        drive=np.concatenate([e.drive for e in equations]),
        start=np.concatenate([e.start for e in equations]),
        contacts=np.concatenate([e.contacts for e in equations]),
        lasting_s=np.concatenate([e.lasting_s for e in equations]),
    )


def with_velocity_source(equation: SpeedEquation, velocity: Array) -> SpeedEquation:
    """Gather every velocity term of the equation in one source: the classical split.

    Parameters
    ----------
    equation
        With velocity terms shared out by cause; sources of velocity terms have names that end in ``_velocity``.
    velocity
        (S,K,f) accelerations by all velocity terms, those in ``matrix`` too.
    """
    kept = [k for k, name in enumerate(equation.names) if not name.endswith("_velocity")]
    start = equation.start[..., kept]
    return replace(
        equation,
        matrix=np.zeros_like(equation.matrix),
        drive=np.concatenate([equation.drive[..., kept], velocity[..., None]], axis=-1),
        names=(*(equation.names[k] for k in kept), "velocity"),
        groups=(*(equation.groups[k] for k in kept), "velocity"),
        start=np.concatenate([start, np.zeros_like(start[..., :1])], axis=-1),
    )


def superpose(equation: SpeedEquation) -> Array:
    """Solve the equation for every source by fourth-order Runge-Kutta on the samples: speeds (S,K,f,s)."""
    matrix, drive = equation.matrix, equation.drive
    matrix_between, drive_between = (halfway(x, equation.contacts) for x in (matrix, drive))
    step = (equation.lasting_s / (matrix.shape[1] - 1))[:, None, None]
    speeds = np.empty_like(drive)
    speeds[:, 0] = v = equation.start
    for k in range(matrix.shape[1] - 1):
        k1 = matrix[:, k] @ v + drive[:, k]
        k2 = matrix_between[:, k] @ (v + 0.5 * step * k1) + drive_between[:, k]
        k3 = matrix_between[:, k] @ (v + 0.5 * step * k2) + drive_between[:, k]
        k4 = matrix[:, k + 1] @ (v + step * k3) + drive[:, k + 1]
        speeds[:, k + 1] = v = v + step / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return speeds


def integral(values: Array, lasting_s: Array) -> Array:
    """Integral (S,K, ...) over time of even samples, from the first one on, of swings that last so long (S)."""
    step = (lasting_s / (values.shape[1] - 1)).reshape(-1, *[1] * (values.ndim - 1))
    return np.asarray(step * _weighted(spline_integrals(values.shape[1]), values))


def halfway(values: Array, contacts: Bools) -> Array:
    """Values (S,K-1, ...) halfway between even samples (S,K, ...), by a spline through each stretch of equal contacts.

    Across a change of contact, and in stretches too short for a spline, it is the mean of the neighbours.
    """
    middle = _weighted(spline_halfway(values.shape[1]), values)
    changes = (contacts[:, 1:] != contacts[:, :-1]).any(axis=2)
    for swing in np.flatnonzero(changes.any(axis=1)):
        middle[swing] = _halfway_by_stretch(values[swing], (np.flatnonzero(changes[swing]) + 1).astype(np.int64))
    return middle


def _weighted(weights: Array, values: Array) -> Array:
    """Sums (S,J, ...) of the samples of each swing (S,K, ...) by weights (J,K)."""
    flat = weights @ values.reshape(*values.shape[:2], -1)
    return np.asarray(flat.reshape(len(values), len(weights), *values.shape[2:]))


@lru_cache(maxsize=8)
def spline_halfway(count: int) -> Array:
    """What the samples (K) of a curve weigh in its spline halfway between them, (K-1,K)."""
    samples = np.arange(float(count))
    return frozen(CubicSpline(samples, np.eye(count))(samples[:-1] + 0.5))


@lru_cache(maxsize=8)
def spline_integrals(count: int) -> Array:
    """What the samples of a curve weigh in the integral of its spline from the first until each, in steps (K,K)."""
    samples = np.arange(float(count))
    return frozen(CubicSpline(samples, np.eye(count)).antiderivative()(samples))


def _halfway_by_stretch(values: Array, changes: Ints) -> Array:
    """Values (K-1, ...) halfway between samples (K, ...), where stretches begin at some samples."""
    middle = 0.5 * (values[1:] + values[:-1])
    for start, stop in pairwise([0, *changes, len(values)]):
        if stop - start >= _SHORTEST_STRETCH:
            samples = np.arange(start, stop)
            middle[start : stop - 1] = CubicSpline(samples, values[start:stop])(samples[:-1] + 0.5)
    return np.asarray(middle)
