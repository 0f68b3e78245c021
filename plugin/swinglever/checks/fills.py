"""Gaps that somebody filled: rows that lie on one polynomial, in a recording that trembles everywhere else."""

from dataclasses import dataclass

import numpy as np

from swinglever.arrays import Array, runs_of

_DEGREES = {1: (3, 1.0), 3: (4, 0.25), 5: (4, 0.5)}
"""Straight lines, cubics (splines, and those that keep the shape), quintics: how many differences of one order more
have to vanish one after the other, and how large a corner, in medians, ends them. In every column of the public and
bundled recordings three of the third and fifth degree do at most, and one of a line between two corners."""
_ALONE = 1
"""So many more for one column alone, where three of a marker have to agree: four vanish in some joint angles that are
smoothed at 3 to 12 Hz."""
_NOTHING, _LEAST_S = 0.02, 0.03
"""Differences below 0.02 of their median are none; what is filled in less time is no more than motion may do."""
_UNEVEN = 0.05
"""Of the median step, the usual departure from it; times rounded to a millisecond have less at any rate of cameras."""
_WORDS = {1: "a straight line", 3: "one cubic", 5: "one polynomial of degree 5"}


@dataclass(frozen=True, kw_only=True)
class Fill:
    """Rows that are drawn, not measured.

    Attributes
    ----------
    first, rows
        The first row, and how many.
    degree
        Of the polynomial that they lie on.
    """

    first: int
    rows: int
    degree: int

    @property
    def curve(self) -> str:
        """What they lie on, in words."""
        return _WORDS[self.degree]


def find_fill(time_s: Array, values: Array) -> Fill | None:
    """Find the longest run of rows that lie on a polynomial of low degree, where the digits can tell one.

    Parameters
    ----------
    time_s
        (T). Of steps that an integrator chose, nothing is found: only even ones have differences.
    values
        (T,d): what is measured together, as one angle or the three places of a marker; a gap fills all of it.

    Notes
    -----
    The differences of order ``k + 1`` of a polynomial of degree ``k`` vanish to rounding. Measured ones do not: they
    hold what noise and motion there is beyond the curve, and a spline that goes on elsewhere bends where it is joined.
    A smooth curve has small differences too, but no such corners beside them.
    """
    step_s = np.diff(time_s)
    if len(step_s) < 2 or np.median(np.abs(step_s - np.median(step_s))) > _UNEVEN * np.median(step_s):
        return None
    found = [fill for degree in _DEGREES for fill in _fills(time_s, values, degree)]
    return max(found, key=lambda fill: fill.rows - 2 * fill.degree, default=None)  # a cubic is a quintic too


def _fills(time_s: Array, values: Array, degree: int) -> list[Fill]:
    """Every such run of one degree."""
    order, (least, bent) = degree + 1, _DEGREES[degree]
    least += _ALONE if degree > 1 and values.shape[1] == 1 else 0
    if len(values) <= 2 * order:
        return []
    bend = np.abs(np.diff(values, order, axis=0))
    seen = bend[np.isfinite(bend).all(axis=1)]
    usual = np.median(seen, axis=0) if len(seen) else np.zeros(values.shape[1])
    if any(_step(column) > _NOTHING * much for column, much in zip(seen.T, usual, strict=True)):
        return []
    flat, corner = (bend < _NOTHING * usual).all(axis=1), (bend > bent * usual).any(axis=1)
    reach = 1 if degree == 1 else order  # a spline's corner is in its last derivative, and shows some rows later
    return [
        Fill(first=int(a), rows=int(b - a) + order, degree=degree)
        for a, b in runs_of(flat)
        if b - a >= least
        and time_s[b + degree] - time_s[a] >= _LEAST_S
        and corner[max(a - reach, 0) : a].any()
        and corner[b : b + reach].any()
    ]


def _step(values: Array) -> float:
    """Least step between values: of few digits, which make lines of anything, it is large."""
    return float(np.diff(np.unique(values.round(9))).min(initial=np.inf))
