"""How far a sum over activations can go while the muscles still make the joint moments: one linear program a frame.

In each frame

    maximise   sum_m v_m a_m     subject to   sum_m G_cm a_m = b_c,    0 <= a_m <= 1

with G the moment of each muscle at full activation and b the moment that activation makes. More muscles than moments
leave the sharing of the load among them open; this says how open.

Notes
-----
The dual simplex method for bounded variables, with the ratio test that passes every bound that still pays (Maros 2003,
*Eur. J. Oper. Res.* 149:35). Any basis is feasible for the dual when variables are bounded on both sides, so it begins
with a basis of variables that may only be zero, one a row, and needs no first phase. All frames take a step at once, as
one array operation; a frame that is solved drops out.
"""

from dataclasses import dataclass

import numpy as np

from swinglever.arrays import Array, Bools, Ints
from swinglever.errors import EngineError

MAX_STEPS = 200
"""Steps of the simplex method; 10 to 25 are usual for 7 moments and 43 muscles."""
FEASIBLE = 1e-9
"""Activations may lie this far outside of 0 to 1, and a pivot is no smaller."""
PREFERENCE = 1e-8
"""Share of the largest value by which activations are preferred, each a little differently: without, muscles of no
value would tie, and ties can make the method go in circles."""


@dataclass(frozen=True, kw_only=True)
class _Program:
    """Frames in rows of size one: columns (N,c,m+c) of the muscles and of one variable a row that may only be zero."""

    columns: Array
    target: Array
    cost: Array
    upper: Array

    def of(self, rows: Ints) -> "_Program":
        return _Program(columns=self.columns[rows], target=self.target[rows], cost=self.cost[rows], upper=self.upper)


def most_of(gain_nm: Array, moment_nm: Array, value: Array) -> Array:
    """Find the activations that make a weighted sum of them largest, in all frames.

    Parameters
    ----------
    gain_nm
        Generalised force of each muscle at full activation, shape (N, c, m).
    moment_nm
        Generalised force that activation makes, shape (N, c): some activations from 0 to 1 must make it.
    value
        Of each muscle's full activation, shape (N, m); what is least is the most of ``-value``.

    Returns
    -------
    Array
        Activations (N, m).

    Raises
    ------
    EngineError
        When a frame is not solved, because no activation makes its moment.
    """
    program = _program(gain_nm, moment_nm, value)
    n_frames, n_rows, n_columns = program.columns.shape
    activation = np.zeros((n_frames, n_columns))
    basis = np.tile(np.arange(n_columns - n_rows, n_columns), (n_frames, 1))
    left = np.arange(n_frames)
    for _ in range(MAX_STEPS):
        mine, chosen = program.of(left), basis[left]
        inverse = np.linalg.inv(np.take_along_axis(mine.columns, chosen[:, None, :], axis=2))
        reduced, x = _vertex(mine, chosen, inverse)
        within = np.take_along_axis(x, chosen, axis=1)
        beyond = np.maximum(-within, within - mine.upper[chosen])
        solved = beyond.max(axis=1) <= FEASIBLE
        activation[left[solved]] = x[solved]
        if solved.all():
            return np.clip(activation[:, : n_columns - n_rows], 0.0, 1.0)
        left, open_ = left[~solved], ~solved
        basis[left] = _exchange(mine.of(open_), chosen[open_], inverse[open_], reduced[open_], within[open_])
    raise EngineError(
        f"expected activations that make the joint moments in each of {n_frames} frames, {len(left)} of them were not "
        f"solved in {MAX_STEPS} steps, the first is {left[0]}: give moments that some activations from 0 to 1 make"
    )


def _program(gain: Array, moment: Array, value: Array) -> _Program:
    if gain.ndim != 3 or moment.shape != gain.shape[:2] or value.shape != (len(gain), gain.shape[2]):
        raise ValueError(
            f"expected gains (N, c, m), moments (N, c), values (N, m), got {gain.shape}, {moment.shape}, {value.shape}"
        )
    n_frames, n_rows, n_muscles = gain.shape
    size = np.abs(gain).max(axis=2)
    size = np.where(size > 0.0, size, 1.0)
    zero = np.broadcast_to(np.eye(n_rows), (n_frames, n_rows, n_rows))
    largest = np.abs(value).max(axis=1, keepdims=True)
    # Distances of the golden ratio's multiples: even, and no two alike.
    uneven = 1.0 + np.modf(0.5 * (1.0 + np.sqrt(5.0)) * np.arange(1, n_muscles + 1))[0]
    cost = PREFERENCE * uneven - value / np.where(largest > 0.0, largest, 1.0)
    return _Program(
        columns=np.concatenate([gain / size[..., None], zero], axis=2),
        target=moment / size,
        cost=np.concatenate([cost, np.zeros((n_frames, n_rows))], axis=1),
        upper=np.concatenate([np.ones(n_muscles), np.zeros(n_rows)]),
    )


def _vertex(program: _Program, basis: Ints, inverse: Array) -> tuple[Array, Array]:
    """Reduced costs (N,m+c) of a basis (N,c), and the variables there: outside of the basis at the cheaper bound."""
    dual = (np.take_along_axis(program.cost, basis, axis=1)[:, None, :] @ inverse)[:, 0]
    reduced = program.cost - (dual[:, None, :] @ program.columns)[:, 0]
    np.put_along_axis(reduced, basis, 0.0, axis=1)
    x = np.where(reduced < 0.0, program.upper, 0.0)
    rest = program.target - (program.columns @ x[..., None])[..., 0]
    np.put_along_axis(x, basis, (inverse @ rest[..., None])[..., 0], axis=1)
    return reduced, x


def _exchange(program: _Program, basis: Ints, inverse: Array, reduced: Array, within: Array) -> Ints:
    """Let the variable that is farthest outside of its bounds leave the basis, and the one enter that pays most."""
    rows = np.arange(len(basis))
    over = within - program.upper[basis]
    leaving = np.argmax(np.maximum(-within, over), axis=1)
    too_high = over[rows, leaving] > 0.0
    excess = np.where(too_high, over[rows, leaving], -within[rows, leaving])
    pivots = (inverse[rows, leaving][:, None, :] @ program.columns)[:, 0] * np.where(too_high, 1.0, -1.0)[:, None]
    np.put_along_axis(pivots, basis, 0.0, axis=1)
    entering = _ratio_test(pivots, reduced, program.upper > 0.0, excess)
    changed = basis.copy()
    changed[rows, leaving] = entering
    return changed


def _ratio_test(pivots: Array, reduced: Array, may_move: Bools, excess: Array) -> Ints:
    """Which variable (N) enters: the last whose bound can be passed before what is outside has come inside."""
    counts = may_move & (np.abs(pivots) > FEASIBLE) & ((pivots > 0.0) == (reduced >= 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(counts, reduced / pivots, np.inf)
    order = np.argsort(ratio, axis=1)
    passed = np.cumsum(np.take_along_axis(np.where(counts, np.abs(pivots), 0.0), order, axis=1), axis=1)
    enough = (passed < excess[:, None]).sum(axis=1)
    # Where rounding leaves a hair outside that nothing can bring inside, the last that can move enters.
    enough = np.minimum(enough, np.maximum(counts.sum(axis=1) - 1, 0))
    return np.asarray(np.take_along_axis(order, enough[:, None], axis=1)[:, 0])
