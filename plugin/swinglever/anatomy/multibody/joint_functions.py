"""How each elementary joint follows one coordinate: r = f(q), with first and second derivatives.

The functions of OpenSim's custom joints (a knee that slides as it bends) and its coordinate couplers (a patella that
follows the knee) are the same thing: a number that follows another. Maps chain, so both are reduced in one go:
u_r = N u, with N = dr/dq, and the term in u^2 of the acceleration carries the rate of N.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from swinglever.anatomy.piecewise import Piecewise, Polynomial
from swinglever.arrays import Array, Ints


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """Values r (..., r) that follow coordinates q, with ``slope`` = dr/dq and ``curvature`` = d2r/dq2."""

    value: Array
    slope: Array
    curvature: Array


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
    functions: tuple[Polynomial, ...]
    n_sources: int

    @classmethod
    def identity(cls, n: int) -> Self:
        """Give the map that changes nothing."""
        return cls(source=np.arange(n), functions=(straight_line(1.0, 0.0),) * n, n_sources=n)

    @cached_property
    def _lines(self) -> tuple[Array, Array]:
        """Slopes and intercepts (r) of the straight rows; nan for the others."""
        pairs = [
            (f.c[0, 0], f.c[1, 0] - f.c[0, 0] * f.x[0]) if _is_line(f) else (np.nan, np.nan) for f in self.functions
        ]
        return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])

    @cached_property
    def _curves(self) -> tuple[list[int], Piecewise] | None:
        """The other rows, side by side."""
        rows = [k for k, f in enumerate(self.functions) if not _is_line(f)]
        return (rows, Piecewise.of([self.functions[k] for k in rows])) if rows else None

    @cached_property
    def changes_nothing(self) -> bool:
        """Whether each row is the coordinate of its own number."""
        slope, intercept = self._lines
        itself = np.array_equal(self.source, np.arange(self.n_sources))
        return bool(itself and (slope == 1.0).all() and (intercept == 0.0).all())

    def evaluate(self, q: Array) -> Mapped:
        """Give values and derivatives for coordinates (..., n)."""
        slope, intercept = self._lines
        x = q[..., self.source]
        value = slope * x + intercept
        first, second = np.broadcast_to(slope, x.shape).copy(), np.zeros(x.shape)
        if self._curves is not None:
            rows, curves = self._curves
            value[..., rows], first[..., rows], second[..., rows] = curves.evaluate(x[..., rows])
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


def straight_line(slope: float, intercept: float) -> Polynomial:
    """Give the function ``slope * x + intercept``."""
    return Polynomial(np.array([[slope], [intercept]]), np.array([0.0, 1.0]))


def _is_line(function: Polynomial) -> bool:
    return bool(function.c.shape == (2, 1))
