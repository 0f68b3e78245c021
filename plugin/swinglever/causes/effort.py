"""What it would have cost the runner to share the load otherwise: least effort for every part of a group in the fold.

Effort is the sum of squared activations from toe-off until the instant asked about. The part of a group is linear in
its activations, so the least effort for each part is found with one multiplier μ for all frames,

    minimise   sum a² − μ · part     subject to   the joint moments,  0 <= a <= 1,

which is static optimization with the wanted activations μ/2 · effect. μ is then what one more radian costs, the slope
of effort over part: a curve that is convex and smooth.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import CubicHermiteSpline

from swinglever.arrays import Array, Bools, Ints, check_shapes, freeze_fields
from swinglever.muscles.load_sharing import most_of
from swinglever.muscles.static_optimization import Problem, Wish, pose, solve

RESERVE_NM = 1e-3
"""A reserve that costs as much as a full activation: so dear that it stays below a thousandth of a N m."""
DOUBLINGS = range(-5, 9)
"""Multipliers are so many doublings away from twice the least effort over the range of the part."""
DEAREST = 6.0
"""No curve is followed beyond this many times the least effort, in either direction."""
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
    return _range_by_moments(_stacked(sharings))


def _range_by_moments(frames: "_Frames") -> Array:
    both_ways = np.array([-1.0, 1.0])[:, None, None] * frames.effect_rad
    activations = most_of(frames.gain_nm, frames.moment_nm, both_ways, frames.place)
    return np.stack([frames.sums(frames.effect_rad * activation) for activation in activations], axis=1)


def follow_effort(
    sharings: Sequence[Sharing], dearest: tuple[float, float] = (DEAREST, DEAREST)
) -> tuple[EffortCurve, ...]:
    """Follow the least effort away from its own part, in both directions, of every sharing at once.

    Parameters
    ----------
    sharings
        How the muscles shared the load.
    dearest
        Extra efforts up to which costs are wanted, of smaller and of larger parts. Up to there a curve is the same
        however far it is followed.
    """
    frames = _stacked(sharings)
    ends, least = _range_by_moments(frames), np.array([s.effort for s in sharings])
    rows = _follow(_both_ways(frames, least, ends, dearest))
    down, up = rows[: len(sharings)], rows[len(sharings) :]
    return tuple(
        _curve(sharing, rows_down, rows_up, end)
        for sharing, rows_down, rows_up, end in zip(sharings, down, up, ends, strict=True)
    )


@dataclass(frozen=True, kw_only=True)
class _Frames:
    """The frames (T) of several sharings, one after the other, and to which of them each belongs.

    ``multiplier`` (T, c) is the change of the least effort with the moment asked for.
    """

    whose: Ints
    gain_nm: Array
    moment_nm: Array
    effect_rad: Array
    multiplier: Array

    @property
    def place(self) -> Ints:
        """Number (T) of each frame in its sharing."""
        return np.arange(len(self.whose)) - np.searchsorted(self.whose, self.whose)

    def sums(self, values: Array) -> Array:
        """Sum (P) of rows (T, m) over the frames of each sharing."""
        return np.bincount(self.whose, values.sum(axis=1))


def _stacked(sharings: Sequence[Sharing]) -> _Frames:
    """Put frames one after the other, in memory too: products of what lies apart are rounded otherwise."""
    return _Frames(
        whose=np.repeat(np.arange(len(sharings)), [len(s.activation) for s in sharings]),
        gain_nm=np.ascontiguousarray(np.concatenate([s.gain_nm for s in sharings])),
        moment_nm=np.concatenate([s.moment_nm for s in sharings]),
        effect_rad=np.concatenate([s.effect_rad for s in sharings]),
        multiplier=np.concatenate([_multiplier(s) for s in sharings]),
    )


def _multiplier(sharing: Sharing) -> Array:
    """Change (K, c) of the least effort with the moment asked for, from which `solve_activations` may begin.

    A muscle between rest and full activation has half of what its gain makes of this as its activation. Where too few
    are, it is known in part only.
    """
    gain, a = sharing.gain_nm, sharing.activation
    between = gain * ((a > 0.0) & (a < 1.0))[:, None, :]
    system = between @ np.swapaxes(gain, 1, 2) + RESERVE_NM**2 * np.eye(gain.shape[1])
    return np.asarray(np.linalg.solve(system, 2.0 * between @ a[..., None])[..., 0])


@dataclass(frozen=True, kw_only=True)
class _Ways:
    """Ways (W) away from the least effort, each of a sharing in one direction, and a line (L) for each of their frames.

    Attributes
    ----------
    problem, frame
        The moments of all frames, and which frame each line is.
    whose
        To which way each line belongs.
    push_rad, farthest_rad
        What each full activation adds in the way's direction, (L, m); and what all that add, add together, (L).
    multiplier
        Of the frames' moments, with the least effort, (L, c).
    sign, unit
        The direction, and what one more radian costs at the doubling of zero, (W).
    least, dearest
        The least effort, and the extra effort up to which costs are wanted, (W).
    open_
        Whether there is anything to follow, (W).
    """

    problem: Problem
    frame: Ints
    whose: Ints
    push_rad: Array
    farthest_rad: Array
    multiplier: Array
    sign: Array
    unit: Array
    least: Array
    dearest: Array
    open_: Bools


def _both_ways(frames: _Frames, least: Array, ends: Array, dearest: tuple[float, float]) -> _Ways:
    """Lay out the ways to smaller parts (P), and after them those to larger ones."""
    sign, effort, span = np.repeat([-1.0, 1.0], len(least)), np.tile(least, 2), np.tile(ends[:, 1] - ends[:, 0], 2)
    # Where nothing can change there is nothing to follow; the same holds for a leg without any effort.
    open_ = (span > 1e-9) & (effort > 0.0)
    push = np.concatenate([-frames.effect_rad, frames.effect_rad])
    return _Ways(
        problem=pose(frames.gain_nm, frames.moment_nm, RESERVE_NM),
        frame=np.tile(np.arange(len(frames.whose)), 2),
        whose=np.concatenate([frames.whose, frames.whose + len(least)]),
        push_rad=push,
        farthest_rad=np.maximum(push, 0.0).sum(axis=1),
        multiplier=np.tile(frames.multiplier, (2, 1)),
        sign=sign,
        unit=2.0 * np.divide(effort, span, out=np.zeros_like(span), where=open_),
        least=np.where(open_, effort, 1.0),
        dearest=np.repeat(dearest, len(least)),
        open_=open_,
    )


def _follow(ways: _Ways) -> list[list[_Row]]:
    """Part, extra effort and slope at growing multipliers, of each way.

    While the same muscles are between rest and full activation, the multipliers of moments are linear in the part's,
    which tells where to begin. A frame whose group can do no more stays as it is.
    """
    rows: list[list[_Row]] = [[] for _ in ways.unit]
    parts, efforts = np.zeros((2, len(ways.whose)))
    open_, left = ways.open_, np.flatnonzero(ways.open_[ways.whose])
    multiplier, rate, before = ways.multiplier.copy(), np.zeros_like(ways.multiplier), np.zeros_like(ways.unit)
    for doubling in DOUBLINGS:
        if not len(left):
            break
        price = ways.unit * 2.0**doubling
        whose, further = ways.whose[left], (price - before)[ways.whose[left], None]
        wish = Wish(wanted=0.5 * price[whose, None] * ways.push_rad[left])
        start = multiplier[left] + rate[left] * further
        solved = solve(ways.problem, rows=ways.frame[left], wish=wish, start=start)
        rate[left] = (solved.multiplier - multiplier[left]) / further
        multiplier[left], before = solved.multiplier, price
        parts[left] = (ways.push_rad[left] * solved.activation).sum(axis=1)
        efforts[left] = (solved.activation**2).sum(axis=1)
        part = ways.sign * np.bincount(ways.whose, parts)
        extra = np.bincount(ways.whose, efforts) / ways.least - 1.0
        for way in np.flatnonzero(open_):
            rows[way].append((float(part[way]), float(extra[way]), float((ways.sign * price / ways.least)[way])))
        open_ = open_ & (extra < ways.dearest)
        left = left[open_[whose] & (parts[left] < ways.farthest_rad[left])]
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
    least, most = float(ends[0]), float(ends[1])
    kept = [(float(middle[0, 0]), 0.0, 0.0)]
    for part, extra, slope in rows:
        # Reserves, however dear, let a part pass the end by a hair.
        away = min(max(part, least), most) - kept[-1][0]
        if abs(away) < LEAST_AWAY * (most - least) or extra <= kept[-1][1]:
            continue
        secant = (extra - kept[-1][1]) / away
        kept.append((kept[-1][0] + away, extra, math.copysign(min(abs(slope), 3.0 * abs(secant)), secant)))
    return np.array(kept[1:]).reshape(-1, 3)
