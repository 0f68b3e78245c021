"""Which activations make the net joint moments at the least cost: all frames solved at once.

In each frame

    minimise   sum_m w_m (a_m - e_m)^2 + sum_c (r_c / s_c)^2
    subject to sum_m G_cm a_m + r_c = b_c,    l <= a_m <= 1

with G the moment of each muscle at full activation, b the moment to be made, l the lowest activation (zero unless told
otherwise), r the reserves and s what one unit of reserve costs as much as one full activation. Activations are wanted
at e, each with a weight w; where nothing is known of a muscle, e = 0 and w = 1, which is the least sum of squares.
Because reserves are free in sign, there is always a solution; because they are dear, they stay small where muscles can
do the work.

Notes
-----
For multipliers y (one a coordinate) the best activations are a(y) = clip(e + G^T y / 2w, l, 1) and the best reserves
r(y) = s^2 y / 2, so the problem is the root of the piecewise linear, monotone function

    h(y) = G a(y) + s^2 y / 2 - b,

the gradient of the (convex, once differentiable) dual. Semismooth Newton with an exact line search on the dual ends
after finitely many steps (Qi & Sun 1993, *A nonsmooth version of Newton's method*, Math. Program. 58:353). Each step
solves one small linear system a frame, which numpy does for all frames in one call.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from swinglever.arrays import Array, Ints, check_shapes, freeze_fields
from swinglever.errors import EngineError

CHEAPER = (100.0, 10.0, 1.0)
"""Reserves are made cheaper by these factors in turn: each solution is a good start for the next, dearer one."""
EARLY_STEPS, MAX_STEPS = 12, 400
"""Newton steps on the way, and at the end; 5 to 15 are usual, many only where muscles are far too weak."""
FARTHEST = 1e15
"""Longest Newton step that is looked at, in steps."""
WHOLE_STEPS, WELL = 20, 0.3
"""For so many steps, a whole Newton step is taken where it leaves this share of h(y) or less. After them each step's
length is searched, with which the method is sure to end."""
AT_ONCE = 1024
"""Frames solved together: their gains stay in the processor's cache from step to step."""
CLOSED = 1e-10
"""Relative size of h(y), against the moments, at which a frame is solved."""


@dataclass(frozen=True, kw_only=True)
class Activations:
    """The solution of every frame.

    Attributes
    ----------
    activation
        Activations, 0 to 1, shape (T, m).
    reserve_nm
        Moment (N for a sliding coordinate) that the muscles did not make, shape (T, c).
    multiplier
        Change of the least cost with the moment asked for, shape (T, c).
    steps
        Newton steps that were taken.
    """

    activation: Array
    reserve_nm: Array
    multiplier: Array
    steps: int

    def __post_init__(self) -> None:
        freeze_fields(self, "activation", "reserve_nm", "multiplier")
        check_shapes(self, activation=("T", "m"), reserve_nm=("T", "c"), multiplier=("T", "c"))


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Moments to be made, in units of the reserves, which makes the numbers of all rows alike; see `pose`.

    Attributes
    ----------
    gain, target
        Generalised force of each muscle at full activation, (T, c, m), and the one to be made, (T, c).
    optimal_nm
        What one unit is, (c).
    """

    gain: Array
    target: Array
    optimal_nm: Array

    @cached_property
    def size(self) -> Array:
        """Largest moment to be made, (T)."""
        return _largest(self.target)

    @cached_property
    def rounding(self) -> Array:
        """How far h(y) may be off by rounding of the activations, (T), for each unit of y."""
        return np.asarray(np.finfo(float).eps * np.abs(self.gain).max(axis=(1, 2), initial=0.0) ** 2)


@dataclass(frozen=True, kw_only=True)
class _Frames:
    """Frames to be solved: gains (T, c, m), moments (T, c), wanted (T, m).

    ``softness`` (m) and ``reserve`` are what one unit of y does: by how much it raises the activation of a muscle of
    gain one, 1/2w, and what reserve it makes, more than 1/2 where reserves are cheaper.
    """

    gain: Array
    target: Array
    wanted: Array
    softness: Array
    lowest: float
    reserve: float

    def of(self, rows: Ints) -> "_Frames":
        """Give some of the frames."""
        return replace(self, gain=self.gain[rows], target=self.target[rows], wanted=self.wanted[rows])

    def raised(self, y: Array) -> Array:
        """How far multipliers (T, c) move each activation (T, m) from what is wanted, bounds aside."""
        return np.asarray((y[:, None, :] @ self.gain)[:, 0] * self.softness)

    def at(self, y: Array) -> "_Point":
        """What multipliers (T, c) lead to."""
        free = self.wanted + self.raised(y)
        made = (self.gain @ np.clip(free, self.lowest, 1.0)[..., None])[..., 0]
        residual = made + self.reserve * y - self.target
        return _Point(y=y, free=free, residual=residual, excess=_largest(residual))


@dataclass(frozen=True, kw_only=True)
class _Point:
    """Multipliers y (T, c), best activations (T, m) with bounds aside, and moments (T, c) made in excess: h(y).

    ``excess`` (T) is the largest of these moments.
    """

    y: Array
    free: Array
    residual: Array
    excess: Array

    def of(self, rows: Ints) -> "_Point":
        """Give some of the frames."""
        return _Point(**{name: values[rows] for name, values in vars(self).items()})

    def put(self, rows: Ints, other: "_Point") -> None:
        """Overwrite some of the frames."""
        for name, values in vars(self).items():
            values[rows] = getattr(other, name)


def _largest(values: Array) -> Array:
    """Largest size (T) in each row of (T, c)."""
    return np.asarray(np.abs(values).max(axis=1, initial=0.0))


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Activations to stay near, as EMG asks for them.

    Attributes
    ----------
    wanted
        Shape (T, m); zero when not given.
    weight
        What a squared distance from them costs, shape (m,); one when not given.
    """

    wanted: Array | None = None
    weight: Array | None = None


def solve_activations(
    gain_nm: Array,
    moment_nm: Array,
    reserve_optimal_nm: Array | float,
    *,
    lowest: float = 0.0,
    wish: Wish | None = None,
    start: Array | None = None,
) -> Activations:
    """Find the activations of all frames.

    Parameters
    ----------
    gain_nm
        Generalised force of each muscle at full activation, shape (T, c, m).
    moment_nm
        Generalised force to be made, shape (T, c).
    reserve_optimal_nm
        Reserve that costs as much as one muscle's full activation, shape (c,) or one number; OpenSim calls it the
        optimal force of a reserve actuator.
    lowest
        Lowest activation; OpenSim's StaticOptimization keeps every muscle at 0.01 or more.
    wish
        Activations to stay near; least activations when not given.
    start
        Multipliers of a problem nearby, shape (T, c), from which the search begins.

    Returns
    -------
    Activations
        Activations, reserves, multipliers.

    Raises
    ------
    ValueError
        When the shapes do not agree, or a number is not finite.
    EngineError
        When a frame cannot be solved in floating point, which badly scaled input can do.
    """
    problem = pose(gain_nm, moment_nm, reserve_optimal_nm)
    return solve(problem, lowest=lowest, wish=wish, start=start)


def pose(gain_nm: Array, moment_nm: Array, reserve_optimal_nm: Array | float) -> Problem:
    """Prepare what `solve` may be asked several times about; arguments and errors as of `solve_activations`."""
    optimal = np.broadcast_to(np.asarray(reserve_optimal_nm, dtype=float), moment_nm.shape[1:])
    _check(gain_nm, moment_nm, optimal)
    return Problem(gain=gain_nm / optimal[:, None], target=moment_nm / optimal, optimal_nm=optimal)


def solve(
    problem: Problem,
    *,
    rows: Ints | None = None,
    lowest: float = 0.0,
    wish: Wish | None = None,
    start: Array | None = None,
) -> Activations:
    """Find the activations of some frames of a problem, all when ``rows`` does not tell which, in any order.

    Other arguments and errors are those of `solve_activations`, with a line for each of these rows.
    """
    rows = np.arange(len(problem.target)) if rows is None else rows
    wish, shape = wish or Wish(), (len(rows), problem.gain.shape[2])
    wanted = np.zeros(shape) if wish.wanted is None else wish.wanted
    weight = np.ones(shape[1]) if wish.weight is None else wish.weight
    _check_wish(wanted, weight, shape)
    asked = _Asked(problem=problem, rows=rows, wanted=wanted, softness=0.5 / weight, lowest=lowest)
    y, steps = np.zeros((len(rows), len(problem.optimal_nm))) if start is None else start * problem.optimal_nm, 0
    for cheaper in CHEAPER if start is None else CHEAPER[-1:]:
        found, taken = _newton(asked, y, cheaper)
        y, steps = found.y, steps + taken
    return Activations(
        activation=np.clip(found.free, lowest, 1.0),
        reserve_nm=y / 2 * problem.optimal_nm,
        multiplier=y / problem.optimal_nm,
        steps=steps,
    )


def _check(gain: Array, moment: Array, optimal: Array) -> None:
    if gain.ndim != 3 or moment.shape != gain.shape[:2]:
        raise ValueError(f"expected gains (T, c, m) and moments (T, c), got {gain.shape} and {moment.shape}")
    if not (np.isfinite(gain).all() and np.isfinite(moment).all()):
        raise ValueError("expected finite gains and moments, got nan or infinity")
    if not (optimal > 0).all():
        raise ValueError(f"a reserve's optimal force must be positive, got {optimal}")


def _check_wish(wanted: Array, weight: Array, shape: tuple[int, int]) -> None:
    if wanted.shape != shape or weight.shape != shape[1:]:
        raise ValueError(f"expected wanted {shape} and weights {shape[1:]}, got {wanted.shape} and {weight.shape}")
    if not (np.isfinite(wanted).all() and (weight > 0).all()):
        raise ValueError("expected finite activations to stay near and weights above zero")


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """Which frames of a problem are to be solved, a line (T) each; the rest as `_Frames` has it."""

    problem: Problem
    rows: Ints
    wanted: Array
    softness: Array
    lowest: float

    def frames(self, lines: Ints, cheaper: float) -> Iterator[tuple[Ints, _Frames]]:
        """Give lines, some at a time, and their frames, where reserves are cheaper by a factor."""
        for k in range(0, len(lines), AT_ONCE):
            some = lines[k : k + AT_ONCE]
            gain, target = self.problem.gain[self.rows[some]], self.problem.target[self.rows[some]]
            yield (
                some,
                _Frames(
                    gain=gain,
                    target=target,
                    wanted=self.wanted[some],
                    softness=self.softness,
                    lowest=self.lowest,
                    reserve=cheaper**2 / 2,
                ),
            )


def _newton(asked: _Asked, start: Array, cheaper: float) -> tuple[_Point, int]:
    """Solve h(y) = 0 in all frames, where reserves are cheaper by a factor; those that are solved drop out.

    Returns the multipliers with what they lead to, and how many steps the slowest frame took.
    """
    most = MAX_STEPS if cheaper == CHEAPER[-1] else EARLY_STEPS
    size, rounding = asked.problem.size[asked.rows], asked.problem.rounding[asked.rows]
    tolerance, before = CLOSED * (cheaper + size), np.full(len(start), np.inf)
    now = _Point(
        y=start.copy(), free=np.empty_like(asked.wanted), residual=np.empty_like(start), excess=np.empty(len(start))
    )
    left = np.arange(len(start))
    for some, frames in asked.frames(left, cheaper):
        now.put(some, frames.at(start[some]))
    for step in range(most):
        left = left[now.excess[left] > tolerance[left]]
        # Where gains are huge beside a reserve, rounding of the activations keeps h(y) from closing any further.
        still = np.flatnonzero(now.excess[left] >= before[left])
        stalled = now.excess[left[still]] <= rounding[left[still]] * _largest(now.y[left[still]])
        left = np.delete(left, still[stalled])
        before[left] = now.excess[left]
        if not len(left):
            return now, step
        for some, frames in asked.frames(left, cheaper):
            now.put(some, _step(frames, now.of(some), whole=step < WHOLE_STEPS))
    if most < MAX_STEPS:
        return now, most
    raise EngineError(
        f"static optimization did not converge in {len(left)} of {len(start)} frames after {MAX_STEPS} steps, the "
        f"first of them {asked.rows[left[0]]}; look for moments or muscle forces of absurd size there"
    )


def _step(frames: _Frames, now: _Point, *, whole: bool) -> _Point:
    """Take one Newton step a frame: a whole one where that closes h(y) well, else as long as makes the dual largest."""
    gain, free = frames.gain, now.free
    between = ((free > frames.lowest) & (free < 1)) * (2 * frames.softness)
    system = (gain * between[:, None, :]) @ np.swapaxes(gain, 1, 2) + 2 * frames.reserve * np.eye(gain.shape[1])
    direction = np.linalg.solve(system, -2 * now.residual[..., None])[..., 0]
    then = frames.at(now.y + direction)
    enough = WELL * now.excess if whole else np.zeros(len(gain))
    far = np.flatnonzero(~(then.excess <= enough))
    if len(far):
        some, along = frames.of(far), direction[far]
        length = _best_length(some, free[far], along, -(now.residual[far] * along).sum(1))
        then.put(far, some.at(now.y[far] + length[:, None] * along))
    return then


def _best_length(frames: _Frames, free: Array, direction: Array, slope: Array) -> Array:
    """Find where the dual stops growing along a direction (T).

    Its slope falls piecewise linearly: steeper while more activations ``free + t * rate`` lie between their bounds. So
    the root is found by walking over the sorted places where one starts or stops to count.
    """
    rate = frames.raised(direction)
    with np.errstate(divide="ignore", invalid="ignore"):
        at_lowest, at_one = (frames.lowest - free) / rate, (1 - free) / rate
    steepness = rate**2 / frames.softness
    starts = np.where(rate > 0, at_lowest, np.where(rate < 0, at_one, np.inf))
    ends = np.where(rate > 0, at_one, np.where(rate < 0, at_lowest, np.inf))
    counts = (starts <= 0) & (ends > 0)
    steep = frames.reserve * (direction**2).sum(1) + (steepness * counts).sum(1)
    places = np.concatenate([starts, ends], axis=1)
    changes = np.where(places > 0, np.concatenate([steepness, -steepness], axis=1), 0.0)
    places = np.where((places > 0) & np.isfinite(places), places, np.inf)
    order = np.argsort(places, axis=1)
    places, changes = np.take_along_axis(places, order, 1), np.take_along_axis(changes, order, 1)
    return _walk(np.minimum(places, FARTHEST), changes, steep, slope)


def _walk(places: Array, changes: Array, steep: Array, slope: Array) -> Array:
    """Root of a slope that starts at ``slope``, falls at ``steep``, and changes its fall at each place."""
    begin = np.concatenate([np.zeros((len(places), 1)), places], axis=1)
    fall = steep[:, None] + np.concatenate([np.zeros((len(places), 1)), np.cumsum(changes, axis=1)], axis=1)
    fall = np.maximum(fall, np.finfo(float).tiny)
    lost = np.concatenate(
        [np.zeros((len(places), 1)), np.cumsum(np.diff(begin, axis=1) * fall[:, :-1], axis=1)], axis=1
    )
    piece = np.maximum((lost <= slope[:, None]).sum(1) - 1, 0)
    rows = np.arange(len(places))
    return np.asarray(begin[rows, piece] + (slope - lost[rows, piece]) / fall[rows, piece])
