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

from dataclasses import dataclass, replace

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
class _Frames:
    """Frames to be solved, in units of the reserves: gains (T, c, m), moments (T, c), wanted (T, m), weights (m)."""

    gain: Array
    target: Array
    wanted: Array
    weight: Array
    lowest: float

    def of(self, rows: Ints) -> "_Frames":
        """Give some of the frames."""
        return replace(self, gain=self.gain[rows], target=self.target[rows], wanted=self.wanted[rows])

    def raised(self, y: Array) -> Array:
        """How far multipliers (T, c) move each activation (T, m) from what is wanted, bounds aside."""
        return np.asarray((y[:, None, :] @ self.gain)[:, 0] / 2 / self.weight)

    def activation(self, y: Array) -> Array:
        """Best activations (T, m) for multipliers (T, c)."""
        return np.clip(self.wanted + self.raised(y), self.lowest, 1.0)

    def residual(self, y: Array) -> Array:
        """Moments (T, c) made in excess: h(y)."""
        return np.asarray((self.gain @ self.activation(y)[..., None])[..., 0] + y / 2 - self.target)


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
    optimal = np.broadcast_to(np.asarray(reserve_optimal_nm, dtype=float), moment_nm.shape[1:])
    _check(gain_nm, moment_nm, optimal)
    n_frames, _, n_muscles = gain_nm.shape
    wish = wish or Wish()
    wanted = np.zeros((n_frames, n_muscles)) if wish.wanted is None else wish.wanted
    weight = np.ones(n_muscles) if wish.weight is None else wish.weight
    _check_wish(wanted, weight, (n_frames, n_muscles))
    multiplier, steps = np.zeros_like(moment_nm) if start is None else start, 0
    for cheaper in CHEAPER if start is None else CHEAPER[-1:]:
        # Rows are scaled by the reserve's cost, which makes the system's diagonal one and the numbers alike.
        scale = optimal * cheaper
        frames = _Frames(
            gain=gain_nm / scale[:, None], target=moment_nm / scale, wanted=wanted, weight=weight, lowest=lowest
        )
        y, taken = _newton(frames, multiplier * scale, MAX_STEPS if cheaper == CHEAPER[-1] else EARLY_STEPS)
        multiplier, steps = y / scale, steps + taken
    return Activations(activation=frames.activation(y), reserve_nm=y / 2 * optimal, multiplier=multiplier, steps=steps)


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


def _newton(frames: _Frames, start: Array, most: int) -> tuple[Array, int]:
    """Solve h(y) = 0 in all frames, some at a time; the steps told are those of the slowest."""
    y, steps = start.copy(), 0
    for begin in range(0, len(y), AT_ONCE):
        rows = np.arange(begin, min(begin + AT_ONCE, len(y)))
        try:
            y[rows], taken = _newton_of(frames.of(rows), y[rows], most)
        except _NotConverged as error:
            raise EngineError(
                f"static optimization did not converge in {len(error.frames)} of {len(rows)} frames after {MAX_STEPS} "
                f"steps, the first of them {begin + error.frames[0]}; look for moments or muscle forces of absurd size "
                "there"
            ) from None
        steps = max(steps, taken)
    return y, steps


class _NotConverged(Exception):
    """Says which frames are left."""

    def __init__(self, frames: Ints) -> None:
        super().__init__()
        self.frames = frames


def _newton_of(frames: _Frames, y: Array, most: int) -> tuple[Array, int]:
    """Solve h(y) = 0 in some frames; those that are solved drop out."""
    y = y.copy()
    tolerance = CLOSED * (1 + np.abs(frames.target).max(axis=1, initial=0.0))
    stiffness = np.finfo(float).eps * np.abs(frames.gain).max(axis=(1, 2), initial=0.0) ** 2
    before = np.full(len(y), np.inf)
    left, mine, residual = np.arange(len(y)), frames, frames.residual(y)
    for step in range(most):
        size = np.abs(residual).max(axis=1, initial=0.0)
        # Where gains are huge beside a reserve, rounding of the activations keeps h(y) from closing any further.
        stalled = (size >= before[left]) & (size <= stiffness[left] * np.abs(y[left]).max(axis=1, initial=0.0))
        unsolved, before[left] = (size > tolerance[left]) & ~stalled, size
        if not unsolved.all():
            left, residual, mine = left[unsolved], residual[unsolved], mine.of(np.flatnonzero(unsolved))
        if not len(left):
            return y, step
        y[left], residual = _step(mine, y[left], residual, whole=step < WHOLE_STEPS)
    if most < MAX_STEPS:
        return y, most
    raise _NotConverged(left)


def _step(frames: _Frames, y: Array, residual: Array, *, whole: bool) -> tuple[Array, Array]:
    """Take one Newton step a frame: a whole one where that closes h(y) well, else as long as makes the dual largest.

    Returns the multipliers and h of them.
    """
    gain, free = frames.gain, frames.wanted + frames.raised(y)
    between = ((free > frames.lowest) & (free < 1)) / frames.weight
    system = (gain * between[:, None, :]) @ np.swapaxes(gain, 1, 2) + np.eye(y.shape[1])
    direction = np.linalg.solve(system, -2 * residual[..., None])[..., 0]
    then = y + direction
    found = frames.residual(then)
    enough = WELL * np.abs(residual).max(axis=1, initial=0.0) if whole else np.zeros(len(y))
    far = np.flatnonzero(~(np.abs(found).max(axis=1, initial=0.0) <= enough))
    if len(far):
        some, along = frames.of(far), direction[far]
        length = _best_length(some, free[far], along, -(residual[far] * along).sum(1))
        then[far] = y[far] + length[:, None] * along
        found[far] = some.residual(then[far])
    return then, found


def _best_length(frames: _Frames, free: Array, direction: Array, slope: Array) -> Array:
    """Find where the dual stops growing along a direction (T).

    Its slope falls piecewise linearly: steeper while more activations ``free + t * rate`` lie between their bounds. So
    the root is found by walking over the sorted places where one starts or stops to count.
    """
    rate = frames.raised(direction)
    with np.errstate(divide="ignore", invalid="ignore"):
        at_lowest, at_one = (frames.lowest - free) / rate, (1 - free) / rate
    steepness = 2 * frames.weight * rate**2
    starts = np.where(rate > 0, at_lowest, np.where(rate < 0, at_one, np.inf))
    ends = np.where(rate > 0, at_one, np.where(rate < 0, at_lowest, np.inf))
    counts = (starts <= 0) & (ends > 0)
    steep = (direction**2).sum(1) / 2 + (steepness * counts).sum(1)
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
