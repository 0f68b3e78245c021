"""Curves that have no closed formula, as piecewise polynomials: those of Millard's muscle.

Value, slope and curvature of the model's own curve are taken at many places and joined by quintics, so that value,
slope and curvature go on unbroken, as in the original.

Notes
-----
Millard et al. 2013, *Flexing computational muscle: modeling and simulation of musculotendon dynamics*, J. Biomech. Eng.
135:021005. The quintics stay within 1e-7 of OpenSim's Bezier curves (tests/opensim/test_muscle_states.py).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from scipy.interpolate import PPoly

from swinglever.arrays import Array, Ints
from swinglever.errors import ModelError

REACH = 1e3
"""How far a curve goes on straight beyond its ends, in its own normalised unit."""


def quintic(x: Array, values: Array) -> PPoly:
    """Join samples, and go on straight beyond both ends.

    Parameters
    ----------
    x
        Where samples were taken, rising, shape (n,).
    values
        Value, slope and curvature there, shape (n, 3).
    """
    if x.ndim != 1 or values.shape != (len(x), 3) or not (np.diff(x) > 0).all():
        raise ModelError(f"expected samples (n, 3) at rising places (n), got {values.shape} at {x.shape}")
    before = [0, 0, 0, 0, values[0, 1], values[0, 0] - REACH * values[0, 1]]
    after = [0, 0, 0, 0, values[-1, 1], values[-1, 0]]
    pieces = np.column_stack([before, _hermite(np.diff(x), values[:-1].T, values[1:].T), after])
    return PPoly(pieces, np.concatenate([[x[0] - REACH], x, [x[-1] + REACH]]))


def _hermite(width: Array, left: Array, right: Array) -> Array:
    """Coefficients (6,n), highest power first, of quintics with value, slope and curvature (3,n) given at both ends."""
    value, slope, half_curvature = left[0], left[1], left[2] / 2
    # what the left end's parabola misses at the right end, in units of the width
    gap = right[0] - value - slope * width - half_curvature * width**2
    lean = (right[1] - slope - left[2] * width) * width
    bend = (right[2] - left[2]) * width**2 / 2
    return np.stack(
        [
            (6 * gap - 3 * lean + bend) / width**5,
            (-15 * gap + 7 * lean - 2 * bend) / width**4,
            (10 * gap - 4 * lean + bend) / width**3,
            half_curvature,
            slope,
            value,
        ]
    )


@dataclass(frozen=True, kw_only=True)
class SampledCurves:
    """Curves of muscles that share them, each a piecewise polynomial.

    Parameters
    ----------
    active, passive
        Force over length, in optimal fibre lengths.
    speed
        Factor over speed, in maximum contraction speeds.
    tendon
        Force over length, in slack lengths.
    """

    active: PPoly
    passive: PPoly
    speed: PPoly
    tendon: PPoly

    def part(self, indices: Ints) -> Self:
        """Give the curves of some of the muscles: all share them."""
        del indices
        return self

    def active_length(self, length: Array) -> Array:
        """Active force over length."""
        return np.asarray(self.active(length))

    def passive_length(self, length: Array) -> Array:
        """Passive force over length."""
        return np.asarray(self.passive(length))

    def velocity(self, speed: Array) -> Array:
        """Force-velocity factor."""
        return np.asarray(self.speed(speed))

    def passive_energy(self, length: Array) -> Array:
        """Integral of the passive force from where it starts."""
        return np.asarray(np.maximum(self._passive_integral(length) - self._passive_integral(self._passive_start), 0.0))

    def tendon_energy(self, force: Array) -> Array:
        """Integral of the tendon's force over its strain, up to the strain at this force."""
        length = np.interp(force, self._tendon_table[1], self._tendon_table[0])
        for _ in range(12):  # Newton; near zero force, where the slope vanishes, each step halves the error
            slope = np.maximum(self.tendon(length, 1), 1e-12)
            length = np.where(force > 0, length - (self.tendon(length) - force) / slope, 1.0)
        return np.asarray(self._tendon_integral(length) - self._tendon_integral(1.0))

    @cached_property
    def _passive_integral(self) -> PPoly:
        return self.passive.antiderivative()

    @cached_property
    def _passive_start(self) -> float:
        return float(self.passive.x[1])

    @cached_property
    def _tendon_integral(self) -> PPoly:
        return self.tendon.antiderivative()

    @cached_property
    def _tendon_table(self) -> tuple[Array, Array]:
        length = np.concatenate([self.tendon.x[1:-1], [self.tendon.x[-2] + 1.0]])
        return length, np.asarray(self.tendon(length))
