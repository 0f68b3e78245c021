"""How each elementary joint follows one coordinate: r = f(q), with first and second derivatives.

The functions of OpenSim's custom joints (a knee that slides as it bends) and its coordinate couplers (a patella that
follows the knee) are the same thing: a number that follows another. Maps chain, so both are reduced in one go:
u_r = N u, with N = dr/dq, and the term in u^2 of the acceleration carries the rate of N.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from scipy.interpolate import PPoly

from swinglever.arrays import Array, Ints


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """Values r (..., r) that follow coordinates q, with ``slope`` = dr/dq and ``curvature`` = d2r/dq2."""

    value: Array
    slope: Array
    curvature: Array


@dataclass(frozen=True, kw_only=True)
class _Pieces:
    """A piecewise polynomial that gives value, slope and curvature in one go; scipy's asks three times, slowly.

    ``inner`` (p-1) are where pieces meet, ``begin`` (p) where each begins, and ``coefficients`` (p, degree + 1) its
    own, lowest power first.
    """

    inner: Array
    begin: Array
    coefficients: Array

    @classmethod
    def of(cls, function: PPoly) -> Self:
        return cls(inner=function.x[1:-1].copy(), begin=function.x[:-1].copy(), coefficients=function.c[::-1].T.copy())

    def evaluate(self, x: Array) -> tuple[Array, Array, Array]:
        """Value, slope and curvature at any x; the pieces at the ends go on beyond them."""
        piece = np.searchsorted(self.inner, x, side="right")
        away, own = x - self.begin[piece], self.coefficients[piece]
        value = own[..., -1]
        slope, half_curvature = np.zeros_like(value), np.zeros_like(value)
        for power in range(own.shape[-1] - 2, -1, -1):
            half_curvature = half_curvature * away + slope
            slope = slope * away + value
            value = value * away + own[..., power]
        return value, slope, 2.0 * half_curvature


@dataclass(frozen=True, kw_only=True)
class JointFunctions:
    """One function of one coordinate for each row: r_k = f_k(q_source(k)).

    Parameters
    ----------
    source
        (r) index of the coordinate that row k follows.
    functions
        (r) piecewise polynomials; a straight line is one piece.
    n_sources
        Number of coordinates.
    """

    source: Ints
    functions: tuple[PPoly, ...]
    n_sources: int

    @classmethod
    def identity(cls, n: int) -> Self:
        """Give the map that changes nothing."""
        return cls(source=np.arange(n), functions=(straight_line(1.0, 0.0),) * n, n_sources=n)

    @cached_property
    def _lines(self) -> "tuple[Array, Array, list[tuple[int, _Pieces]]]":
        """Slopes and intercepts of the straight rows (nan for the others), and the curved rows."""
        straight = [f.c.shape == (2, 1) for f in self.functions]
        pairs = [
            (f.c[0, 0], f.c[1, 0] - f.c[0, 0] * f.x[0]) if s else (np.nan, np.nan)
            for f, s in zip(self.functions, straight, strict=True)
        ]
        curved = [(k, _Pieces.of(f)) for k, f in enumerate(self.functions) if not straight[k]]
        return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs]), curved

    def evaluate(self, q: Array) -> Mapped:
        """Give values and derivatives for coordinates (..., n)."""
        slope, intercept, curved = self._lines
        x = q[..., self.source]
        value = slope * x + intercept
        first, second = np.broadcast_to(slope, x.shape).copy(), np.zeros(x.shape)
        for k, f in curved:
            value[..., k], first[..., k], second[..., k] = f.evaluate(x[..., k])
        return Mapped(value=value, slope=first, curvature=second)

    def part(self, rows: Ints, sources: Ints) -> "JointFunctions":
        """Give the map of some rows, whose sources are numbered anew by their place in ``sources``."""
        place = {int(old): new for new, old in enumerate(sources)}
        return JointFunctions(
            source=np.array([place[int(self.source[k])] for k in rows]),
            functions=tuple(self.functions[k] for k in rows),
            n_sources=len(sources),
        )

    def after(self, mapped: Mapped) -> Mapped:
        """Evaluate on values that themselves follow other coordinates (chain rule)."""
        outer = self.evaluate(mapped.value)
        slope, curvature = mapped.slope[..., self.source], mapped.curvature[..., self.source]
        return Mapped(
            value=outer.value,
            slope=outer.slope * slope,
            curvature=outer.curvature * slope**2 + outer.slope * curvature,
        )


def straight_line(slope: float, intercept: float) -> PPoly:
    """Give the function ``slope * x + intercept``."""
    return PPoly(np.array([[slope], [intercept]]), np.array([0.0, 1.0]))
