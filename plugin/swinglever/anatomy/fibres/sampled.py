"""Curves that have no closed formula, as piecewise polynomials: those of Millard's muscle.

Value, slope and curvature of the model's own curve are taken at many places and joined by quintics, so that value,
slope and curvature go on unbroken, as in the original.

Notes
-----
Millard et al. 2013, *Flexing computational muscle: modeling and simulation of musculotendon dynamics*, J. Biomech. Eng.
135:021005. The quintics stay within 1e-7 of OpenSim's Bezier curves (tests/opensim/test_muscle_states.py).
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from swinglever.anatomy.piecewise import Piecewise, Polynomial
from swinglever.arrays import Array, Ints
from swinglever.errors import ModelError

REACH = 1e3
"""How far a curve goes on straight beyond its ends, in its own normalised unit."""


def quintic(x: Array, values: Array) -> Polynomial:
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
    return Polynomial(pieces, np.concatenate([[x[0] - REACH], x, [x[-1] + REACH]]))


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
    """Curves of muscles (m), each a piecewise polynomial; muscles may share them.

    Parameters
    ----------
    active, passive
        Force over length, in optimal fibre lengths.
    speed
        Factor over speed, in maximum contraction speeds.
    tendon
        Force over length, in slack lengths.
    """

    active: tuple[Polynomial, ...]
    passive: tuple[Polynomial, ...]
    speed: tuple[Polynomial, ...]
    tendon: tuple[Polynomial, ...]

    def part(self, indices: Ints) -> Self:
        """Give the curves of some of the muscles."""
        return replace(self, **{name: tuple(curves[k] for k in indices) for name, curves in _fields(self).items()})

    def active_length(self, length: Array) -> Array:
        """Active force over length."""
        return self._together["active"].values(length)

    def passive_length(self, length: Array) -> Array:
        """Passive force over length."""
        return self._together["passive"].values(length)

    def velocity(self, speed: Array) -> Array:
        """Force-velocity factor."""
        return self._together["speed"].values(speed)

    def passive_energy(self, length: Array) -> Array:
        """Integral of the passive force from where it starts."""
        start = np.array([curve.x[1] for curve in self.passive])
        return np.maximum(self._passive_integral.values(length) - self._passive_integral.values(start), 0.0)

    def tendon_energy(self, force: Array) -> Array:
        """Integral of the tendon's force over its strain, up to the strain at this force."""
        columns = [np.interp(force[..., m], *_by_force(curve)) for m, curve in enumerate(self.tendon)]
        length = np.stack(columns, axis=-1)
        for _ in range(12):  # Newton; near zero force, where the slope vanishes, each step halves the error
            carried, slope, _ = self._together["tendon"].evaluate(length)
            length = np.where(force > 0, length - (carried - force) / np.maximum(slope, 1e-12), 1.0)
        whole = self._tendon_integral
        return whole.values(length) - whole.values(np.ones(len(self.tendon)))

    @cached_property
    def _together(self) -> dict[str, Piecewise]:
        return {name: Piecewise.of(curves) for name, curves in _fields(self).items()}

    @cached_property
    def _passive_integral(self) -> Piecewise:
        return _integrals(self.passive)

    @cached_property
    def _tendon_integral(self) -> Piecewise:
        return _integrals(self.tendon)


def _fields(curves: SampledCurves) -> dict[str, tuple[Polynomial, ...]]:
    return {name: getattr(curves, name) for name in SampledCurves.__dataclass_fields__}


def _integrals(curves: tuple[Polynomial, ...]) -> Piecewise:
    from scipy.interpolate import PPoly  # slow to import, and not needed before somebody asks for energies

    wholes = {curve: PPoly(curve.c, curve.x).antiderivative() for curve in dict.fromkeys(curves)}
    known = {curve: Polynomial(whole.c, whole.x) for curve, whole in wholes.items()}
    return Piecewise.of([known[curve] for curve in curves])


def _by_force(tendon: Polynomial) -> tuple[Array, Array]:
    """Forces of a tendon where its pieces meet, and its lengths there."""
    length = np.concatenate([tendon.x[1:-1], [tendon.x[-2] + 1.0]])
    return Piecewise.of([tendon]).values(length[:, None])[:, 0], length
