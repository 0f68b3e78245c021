"""What it would have cost the runner to share the load otherwise: least effort for every part of a group in the fold.

Effort is the sum of squared activations from toe-off until the instant asked about. The part of a group is linear in
its activations, so the least effort for each part is found with one multiplier μ for all frames,

    minimise   sum a² − μ · part     subject to   the joint moments,  0 <= a <= 1,

which is static optimization with the wanted activations μ/2 · effect. μ is then what one more radian costs, the slope
of effort over part: a curve that is convex and smooth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import CubicHermiteSpline

from swinglever.arrays import Array, check_shapes, freeze_fields
from swinglever.muscles.load_sharing import most_of
from swinglever.muscles.static_optimization import Wish, solve_activations

RESERVE_NM = 1e-3
"""A reserve that costs as much as a full activation: so dear that it stays below a thousandth of a N m."""
DOUBLINGS = range(-5, 9)
"""Multipliers are so many doublings away from twice the least effort over the range of the part."""
DEAREST = 6.0
"""No curve is followed beyond this many times the least effort."""
TOUCH_RAD = 1e-4
"""A part so little beyond what the moments allow is allowed: the reserves may do as much."""
LEAST_AWAY = 1e-6
"""Points of the curve are farther apart than this share of the range that the moments allow."""
FINE = 16
"""Points of the curve between two multipliers, where it is turned round."""

_Row = tuple[float, float, float]
"""Part, extra effort, and its slope."""


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """How the muscles shared the load from toe-off until an instant, and what a group's part in the fold was.

    Attributes
    ----------
    gain_nm
        Generalised force of each muscle at full activation, shape (K, c, m); K samples until the instant.
    activation
        Of least effort, (K, m): what any other sharing has to make the same moments as.
    effect_rad
        Knee flexion that each full activation makes by the instant, (K, m); zero for muscles outside of the group.
    """

    gain_nm: Array
    activation: Array
    effect_rad: Array

    def __post_init__(self) -> None:
        freeze_fields(self, "gain_nm", "activation", "effect_rad")
        check_shapes(self, gain_nm="Kcm", activation="Km", effect_rad="Km")

    @property
    def moment_nm(self) -> Array:
        """What the activations make, (K, c)."""
        return np.asarray((self.gain_nm @ self.activation[..., None])[..., 0])

    @property
    def part_rad(self) -> float:
        """The group's part with the least effort."""
        return float((self.effect_rad * self.activation).sum())

    @property
    def effort(self) -> float:
        """Sum of squared activations."""
        return float((self.activation**2).sum())


@dataclass(frozen=True, kw_only=True)
class EffortCurve:
    """Least effort for every part of a group, as far as the moments allow parts.

    Attributes
    ----------
    part_rad
        (n) rising from the least to the largest part that was looked at; the least effort's is among them.
    extra
        (n) effort beyond the least, as a share of the least; 0 at the least effort's part.
    slope
        (n) of ``extra`` over ``part_rad``.
    least_rad, most_rad
        What the moments allow at any effort.
    """

    part_rad: Array
    extra: Array
    slope: Array
    least_rad: float
    most_rad: float

    def __post_init__(self) -> None:
        freeze_fields(self, "part_rad", "extra", "slope")
        check_shapes(self, part_rad="n", extra="n", slope="n")

    def cost(self, part_rad: float) -> float:
        """Extra effort of a part, as a share of the least; inf where the moments do not allow it.

        Beyond what was looked at, the cost there: it is at least as dear.
        """
        if not self.least_rad - TOUCH_RAD <= part_rad <= self.most_rad + TOUCH_RAD:
            return float("inf")
        parts, extra = self._fine
        return float(np.interp(part_rad, parts, extra))

    def range_at(self, extra: float) -> tuple[float, float]:
        """Least and largest part (rad) that so much extra effort can buy."""
        parts, costs = self._fine
        k = int(np.argmin(costs))
        low = float(np.interp(-extra, -costs[: k + 1], parts[: k + 1]))
        return low, float(np.interp(extra, costs[k:], parts[k:]))

    @cached_property
    def _fine(self) -> tuple[Array, Array]:
        """The curve at many points."""
        if len(self.part_rad) < 2:
            return self.part_rad, self.extra
        curve = CubicHermiteSpline(self.part_rad, self.extra, self.slope)
        share = np.arange(FINE) / FINE
        fine = np.append(
            (self.part_rad[:-1, None] + np.diff(self.part_rad)[:, None] * share).ravel(), self.part_rad[-1]
        )
        return fine, np.maximum(curve(fine), 0.0)


def range_by_moments(sharings: Sequence[Sharing]) -> Array:
    """Least and largest part (P, 2), rad, that the moments alone allow, of every sharing at once."""
    found = []
    for sign in (-1.0, 1.0):
        activation = most_of(*_stacked(sharings), np.concatenate([sign * s.effect_rad for s in sharings]))
        found.append(_sums(sharings, np.concatenate([s.effect_rad for s in sharings]) * activation))
    return np.stack(found, axis=1)


def follow_effort(sharings: Sequence[Sharing]) -> tuple[EffortCurve, ...]:
    """Follow the least effort away from its own part, in both directions, of every sharing at once."""
    ends = range_by_moments(sharings)
    up, down = (_follow(sharings, ends, sign) for sign in (1.0, -1.0))
    return tuple(
        _curve(sharing, rows_down, rows_up, end)
        for sharing, rows_down, rows_up, end in zip(sharings, down, up, ends, strict=True)
    )


def _follow(sharings: Sequence[Sharing], ends: Array, sign: float) -> list[list[_Row]]:
    """Part, extra effort and slope at growing multipliers, of each sharing."""
    least = np.array([s.effort for s in sharings])
    span = ends[:, 1] - ends[:, 0]
    # Where nothing can change there is nothing to follow; the same holds for a leg without any effort.
    open_ = [int(k) for k in np.flatnonzero((span > 1e-9) & (least > 0.0))]
    rows: list[list[_Row]] = [[] for _ in sharings]
    start = None
    for doubling in DOUBLINGS:
        if not open_:
            break
        mine = [sharings[k] for k in open_]
        multiplier = sign * 2.0 * least[open_] / span[open_] * 2.0**doubling
        wanted = np.concatenate([0.5 * mu * s.effect_rad for mu, s in zip(multiplier, mine, strict=True)])
        solved = solve_activations(*_stacked(mine), RESERVE_NM, wish=Wish(wanted=wanted), start=start)
        parts = _sums(mine, np.concatenate([s.effect_rad for s in mine]) * solved.activation)
        extra = _sums(mine, solved.activation**2) / least[open_] - 1.0
        for k, part, more, mu in zip(open_, parts, extra, multiplier, strict=True):
            rows[k].append((float(part), float(more), float(mu / least[k])))
        goes_on = extra < DEAREST
        start = solved.multiplier[np.repeat(goes_on, [len(s.activation) for s in mine])]
        open_ = [k for k, on in zip(open_, goes_on, strict=True) if on]
    return rows


def _curve(sharing: Sharing, down: Sequence[_Row], up: Sequence[_Row], ends: Array) -> EffortCurve:
    middle = np.array([[sharing.part_rad, 0.0, 0.0]])
    below, above = (_outwards(middle, rows, ends) for rows in (down, up))
    table = np.concatenate([below[::-1], middle, above])
    return EffortCurve(
        part_rad=table[:, 0],
        extra=table[:, 1],
        slope=table[:, 2],
        least_rad=float(min(ends[0], sharing.part_rad)),
        most_rad=float(max(ends[1], sharing.part_rad)),
    )


def _outwards(middle: Array, rows: Sequence[_Row], ends: Array) -> Array:
    """Rows that go on from the least effort, each farther away and dearer than the one before.

    A slope is limited to three times the secant's from the row before, with which a cubic does not turn back (Fritsch &
    Carlson 1980, *SIAM J. Numer. Anal.* 17:238): near its end the curve becomes a wall.
    """
    kept = [middle[0]]
    for part, extra, slope in rows:
        # Reserves, however dear, let a part pass the end by a hair.
        away = float(np.clip(part, *ends)) - kept[-1][0]
        if abs(away) < LEAST_AWAY * (ends[1] - ends[0]) or extra <= kept[-1][1]:
            continue
        secant = (extra - kept[-1][1]) / away
        kept.append(np.array([kept[-1][0] + away, extra, np.sign(secant) * min(abs(slope), 3.0 * abs(secant))]))
    return np.array(kept[1:]).reshape(-1, 3)


def _stacked(sharings: Sequence[Sharing]) -> tuple[Array, Array]:
    return np.concatenate([s.gain_nm for s in sharings]), np.concatenate([s.moment_nm for s in sharings])


def _sums(sharings: Sequence[Sharing], values: Array) -> Array:
    """Sum (P) of rows (frames, m) over the frames of each sharing."""
    begins = np.cumsum([0, *(len(s.activation) for s in sharings)])[:-1]
    return np.asarray(np.add.reduceat(values.sum(axis=1), begins))
