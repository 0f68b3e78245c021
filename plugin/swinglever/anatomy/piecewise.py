"""Piecewise polynomials side by side, all evaluated in one go; scipy's are asked one by one, slowly."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import comb, perm
from typing import Self

import numpy as np

from swinglever.arrays import Array, Ints

MOST_CELLS = 1 << 18
"""As many cells as the ends of pieces may be looked up in: 2 MB."""


@dataclass(frozen=True, eq=False)
class Polynomial:
    """One piecewise polynomial, with scipy's names: a model is read without `scipy.interpolate`, whose import is slow.

    Parameters
    ----------
    c
        Coefficients (degree + 1, p) of the pieces, highest power first, of the distance from where a piece begins.
    x
        (p + 1) where pieces begin and end, rising; those at the ends go on beyond them.
    """

    c: Array
    x: Array

    def __post_init__(self) -> None:
        """Check that there is a piece, and that each ends after it begins."""
        pieces = len(self.x) - 1
        if pieces < 1 or self.c.shape[1:] != (pieces,) or not (np.diff(self.x) > 0).all():
            raise ValueError(
                f"expected a function's pieces between rising places, got {self.c.shape[1:]} at {len(self.x)} places"
            )


def joined(x: Array, known: Array) -> Polynomial:
    """Join places x (n) where a value and some of its derivatives (n, d) are known, by pieces of degree 2 d - 1.

    Notes
    -----
    By way of Bernstein's basis, in which each end of a piece (p) settles half of the coefficients. In the order of
    scipy's `BPoly.from_derivatives` and `PPoly.from_bernstein_basis`, whose numbers these are to the last digit.
    """
    width, count = np.diff(x), known.shape[1]
    degree = 2 * count - 1
    basis = np.empty((degree + 1, len(width)))
    for q in range(count):
        steepness = perm(degree, q)
        basis[q] = known[:-1, q] / steepness * np.float_power(width, q)
        basis[-q - 1] = known[1:, q] / steepness * (-1) ** q * np.float_power(width, q)
        for j in range(q):
            basis[q] -= (-1) ** (j + q) * comb(q, j) * basis[j]
            basis[-q - 1] -= (-1) ** (j + 1) * comb(q, j + 1) * basis[-q + j]
    powers = np.zeros_like(basis)
    for a in range(degree + 1):
        factor = (-1) ** a * comb(degree, a) * basis[a]
        for s in range(a, degree + 1):
            powers[degree - s] += factor * (comb(degree - a, s - a) * (-1) ** s) / width**s
    return Polynomial(powers, x)


@dataclass(frozen=True, kw_only=True)
class Piecewise:
    """One piecewise polynomial for each column (c) of what it is evaluated on.

    The pieces (p) of all distinct polynomials follow one another as on a single axis: each polynomial has a stretch of
    it of its own, wide enough for all places where pieces meet. So one search finds the pieces of all columns.

    Parameters
    ----------
    low, high
        Ends of such a stretch, beyond all places where pieces meet.
    offset
        (c) where the stretch of the column's polynomial begins on that axis, less ``low``.
    meets
        (p-1) where a piece ends on that axis, rising.
    begin
        (p) where each piece begins in its own polynomial.
    coefficients
        (degree + 1, p), lowest power first.
    """

    low: float
    high: float
    offset: Array
    meets: Array
    begin: Array
    coefficients: Array

    @classmethod
    def of(cls, functions: Sequence[Polynomial]) -> Self:
        """Put polynomials side by side, one a column; the pieces at their ends go on beyond them."""
        distinct = list(dict.fromkeys(functions))
        inner = [f.x[1:-1] for f in distinct]
        low, high = (end([end(x, initial=0.0) for x in inner]) + away for end, away in ((np.min, -1.0), (np.max, 1.0)))
        starts = (high - low) * np.arange(len(distinct))
        meets = [part for x, start in zip(inner, starts, strict=True) for part in (x + start, [high + start])]
        return cls(
            low=float(low),
            high=float(high),
            offset=starts[[distinct.index(f) for f in functions]],
            meets=np.concatenate(meets)[:-1],
            begin=np.concatenate([f.x[:-1] for f in distinct]),
            coefficients=_same_degree([f.c[::-1] for f in distinct]),
        )

    def evaluate(self, x: Array) -> tuple[Array, Array, Array]:
        """Value, slope and curvature at x (..., c)."""
        piece = self._piece(x)
        away = x - self.begin[piece]
        value = self.coefficients[-1][piece]
        slope, half_curvature = np.zeros_like(value), np.zeros_like(value)
        for of_power in self.coefficients[-2::-1]:
            half_curvature = half_curvature * away + slope
            slope = slope * away + value
            value = value * away + of_power[piece]
        return value, slope, 2.0 * half_curvature

    def values(self, x: Array) -> Array:
        """Values alone at x (..., c)."""
        piece = self._piece(x)
        away = x - self.begin.take(piece)
        value = self.coefficients[-1].take(piece)
        for of_power in self.coefficients[-2::-1]:
            value *= away
            value += of_power.take(piece)
        return np.asarray(value)

    @cached_property
    def _cells(self) -> tuple[float, Ints, Array] | None:
        """Width of cells on the axis; pieces that end before each cell; and ends of pieces, with one more at infinity.

        A cell has one end of a piece at most. None where that takes too many.
        """
        if len(self.meets) < 2:
            return None
        width = np.diff(self.meets).min() / 1.1
        reach = self.offset.max() + self.high - self.meets[0]
        if reach > MOST_CELLS * width:
            return None
        cell = ((self.meets - self.meets[0]) / width).astype(np.int64)
        return width, np.searchsorted(cell, np.arange(int(reach / width) + 2)), np.append(self.meets, np.inf)

    def _piece(self, x: Array) -> Ints:
        # Half a unit is left free, so that no x counts as beyond its polynomial's stretch.
        place = np.clip(x, self.low, self.high - 0.5) + self.offset
        if self._cells is None:
            return np.asarray(np.searchsorted(self.meets, place, side="right"), dtype=np.int64)
        width, before, ends = self._cells
        cell = np.fmax(place - self.meets[0], 0.0) / width  # the first for what is no number
        piece = before.take(cell.astype(np.int64))
        piece += ends.take(piece) <= place
        return np.asarray(piece)


def _same_degree(coefficients: Sequence[Array]) -> Array:
    """Coefficients (degree + 1, p) of several polynomials, lowest power first, with zeros for powers that one lacks."""
    most = max(len(c) for c in coefficients)
    return np.concatenate([np.pad(c, ((0, most - len(c)), (0, 0))) for c in coefficients], axis=1)
