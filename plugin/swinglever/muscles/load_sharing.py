"""How far a sum over activations can go while the muscles still make the joint moments: one linear program a frame.

In each frame

    maximise   sum_m v_m a_m     subject to   sum_m G_cm a_m = b_c,    0 <= a_m <= 1

with G the moment of each muscle at full activation and b the moment that activation makes. More muscles than moments
leave the sharing of the load among them open; this says how open.

Notes
-----
The dual simplex method for bounded variables, with the ratio test that passes every bound that still pays (Maros 2003,
*Eur. J. Oper. Res.* 149:35). Any basis is feasible for the dual when variables are bounded on both sides, so it begins
with a basis of variables that may only be zero, one a row, and needs no first phase. For the same reason a frame may
begin with the basis of a frame nearby: one frame in sixteen is solved from the beginning, then those halfway between
them, and so on. All frames take a step at once, as one array operation; a frame that is solved drops out.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from swinglever.arrays import Array, Bools, Ints
from swinglever.errors import EngineError

MAX_STEPS = 200
"""Steps of the simplex method; 10 to 25 are usual for 7 moments and 43 muscles, and 2 or 3 from a frame nearby."""
TURNS = ((0, 16), (8, 16), (4, 8), (2, 4), (1, 2))
"""First frame, and distance from one to the next, of those that are solved in turn: all of them once."""
AT_ONCE = 1024
"""Problems solved together: their gains stay in the processor's cache from step to step."""
FEASIBLE = 1e-9
"""Activations may lie this far outside of 0 to 1, and neither a pivot nor a basis's determinant is smaller."""
PREFERENCE = 1e-8
"""Share of the largest value by which activations are preferred, each a little differently: without, muscles of no
value would tie, and ties can make the method go in circles."""


@dataclass(frozen=True, kw_only=True)
class _Program:
    """Problems, each of a frame: columns (N,c,m+c) of the muscles and of one variable a row that may only be zero.

    Rows are of size one. There may be more costs than frames: several problems of the first frame to the last in turn.
    """

    columns: Array
    target: Array
    cost: Array
    upper: Array

    def of(self, rows: Ints) -> "_Program":
        """Give some of the problems, each with a frame of its own."""
        frame = rows % len(self.target)
        return _Program(columns=self.columns[frame], target=self.target[frame], cost=self.cost[rows], upper=self.upper)


def most_of(gain_nm: Array, moment_nm: Array, value: Array, place: Ints | None = None) -> Array:
    """Find the activations that make a weighted sum of them largest, in all frames.

    Parameters
    ----------
    gain_nm
        Generalised force of each muscle at full activation, shape (N, c, m).
    moment_nm
        Generalised force that activation makes, shape (N, c): some activations from 0 to 1 must make it.
    value
        Of each muscle's full activation, shape (N, m), or (V, N, m) for several sums; what is least is the most of
        ``-value``.
    place
        Number (N) of each frame in its motion, where there are several: a frame begins near one of its own motion, so
        that what is found does not depend on the others, to the last bit.

    Returns
    -------
    Array
        Activations, in the shape of the values.

    Raises
    ------
    EngineError
        When a frame is not solved, because no activation makes its moment.
    """
    program = _program(gain_nm, moment_nm, value)
    n_frames, n_rows, n_columns = program.columns.shape
    rows_of = np.arange(len(program.cost)).reshape(math.prod(value.shape[:-2]), n_frames)
    basis = np.tile(np.arange(n_columns - n_rows, n_columns), (len(program.cost), 1))
    x = np.empty_like(program.cost)
    place = np.arange(n_frames) if place is None else place
    for frames, nearby in _in_turn(place, max(1, AT_ONCE // max(1, len(rows_of)))):
        rows = rows_of[:, frames].ravel()
        x[rows], basis[rows], left = _solve(program.of(rows), basis[rows_of[:, nearby].ravel()])
        if len(left):
            raise EngineError(
                f"expected activations that make the joint moments in each of {n_frames} frames, {len(left)} of "
                f"{len(rows)} problems were not solved in {MAX_STEPS} steps, the first in frame "
                f"{rows[left[0]] % n_frames}: give moments that some activations from 0 to 1 make"
            )
    return np.clip(x[:, : n_columns - n_rows], 0.0, 1.0).reshape(value.shape)


def _in_turn(place: Ints, at_once: int) -> Iterator[tuple[Ints, Ints]]:
    """Give frames, so many at once, and beside each a frame nearby that was solved before; itself in the first turn."""
    for first, apart in TURNS:
        frames = np.flatnonzero(place % apart == first)
        for k in range(0, len(frames), at_once):
            some = frames[k : k + at_once]
            yield some, some - first


@np.errstate(divide="ignore", invalid="ignore", over="ignore")
def _solve(program: _Program, basis: Ints) -> tuple[Array, Ints, Ints]:
    """Solve problems (N) from a basis each (N,c).

    Returns the variables (N,m+c), the bases at the end, and which problems were not solved. Where nothing can enter a
    basis, there is no solution, and what is not a number stays unsolved.
    """
    found, last = np.empty_like(program.cost), np.empty_like(basis)
    left = np.arange(len(basis))
    basis, inverse = _begin(program, basis)
    for _ in range(MAX_STEPS):
        reduced, x = _vertex(program, basis, inverse)
        within = np.take_along_axis(x, basis, axis=1)
        beyond = np.maximum(-within, within - program.upper[basis])
        found[left], last[left] = x, basis
        open_ = np.flatnonzero(~(beyond.max(axis=1) <= FEASIBLE))
        left = left[open_]
        if not len(left):
            break
        program = program.of(open_)
        basis, inverse = _exchange(program, basis[open_], inverse[open_], reduced[open_], within[open_])
    return found, last, left


def _begin(program: _Program, basis: Ints) -> tuple[Ints, Array]:
    """Give bases (N,c) and their inverses; where a basis of a frame nearby is none here, the one to begin with."""
    matrix = np.take_along_axis(program.columns, basis[:, None, :], axis=2)
    n_rows, n_columns = program.columns.shape[1:]
    usable = np.abs(np.linalg.det(matrix)) > FEASIBLE
    basis = np.where(usable[:, None], basis, np.arange(n_columns - n_rows, n_columns))
    return basis, np.linalg.inv(np.where(usable[:, None, None], matrix, np.eye(n_rows)))


def _program(gain: Array, moment: Array, value: Array) -> _Program:
    if gain.ndim != 3 or moment.shape != gain.shape[:2] or value.shape[-2:] != (len(gain), gain.shape[2]):
        raise ValueError(
            f"expected gains (N, c, m), moments (N, c), values (N, m), got {gain.shape}, {moment.shape}, {value.shape}"
        )
    n_frames, n_rows, n_muscles = gain.shape
    size = np.abs(gain).max(axis=2)
    size = np.where(size > 0.0, size, 1.0)
    columns = np.empty((n_frames, n_rows, n_muscles + n_rows))
    np.divide(gain, size[..., None], out=columns[..., :n_muscles])
    columns[..., n_muscles:] = np.eye(n_rows)
    value = value.reshape(-1, n_muscles)
    largest = np.abs(value).max(axis=1, keepdims=True)
    # Distances of the golden ratio's multiples: even, and no two alike.
    uneven = 1.0 + np.modf(0.5 * (1.0 + np.sqrt(5.0)) * np.arange(1, n_muscles + 1))[0]
    cost = PREFERENCE * uneven - value / np.where(largest > 0.0, largest, 1.0)
    return _Program(
        columns=columns,
        target=moment / size,
        cost=np.concatenate([cost, np.zeros((len(cost), n_rows))], axis=1),
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


def _exchange(program: _Program, basis: Ints, inverse: Array, reduced: Array, within: Array) -> tuple[Ints, Array]:
    """Let the variable that is farthest outside of its bounds leave the basis, and the one enter that pays most.

    Returns the bases and their inverses.
    """
    rows = np.arange(len(basis))
    over = within - program.upper[basis]
    leaving = np.argmax(np.maximum(-within, over), axis=1)
    too_high = over[rows, leaving] > 0.0
    excess = np.where(too_high, over[rows, leaving], -within[rows, leaving])
    pivots = (inverse[rows, leaving][:, None, :] @ program.columns)[:, 0] * np.where(too_high, 1.0, -1.0)[:, None]
    np.put_along_axis(pivots, basis, 0.0, axis=1)
    entering = _ratio_test(pivots, reduced, program.upper > 0.0, excess)
    basis[rows, leaving] = entering
    # The product form of the inverse: the row of the one that leaves, cleared from the others.
    column = (inverse @ program.columns[rows, :, entering][..., None])[..., 0]
    row = inverse[rows, leaving] / column[rows, leaving][:, None]
    inverse = inverse - column[..., None] * row[:, None, :]
    inverse[rows, leaving] = row
    return basis, inverse


def _ratio_test(pivots: Array, reduced: Array, may_move: Bools, excess: Array) -> Ints:
    """Which variable (N) enters: the last whose bound can be passed before what is outside has come inside."""
    counts = may_move & (np.abs(pivots) > FEASIBLE) & ((pivots > 0.0) == (reduced >= 0.0))
    ratio = np.where(counts, reduced / pivots, np.inf)
    order = np.argsort(ratio, axis=1)
    passed = np.cumsum(np.take_along_axis(np.where(counts, np.abs(pivots), 0.0), order, axis=1), axis=1)
    enough = (passed < excess[:, None]).sum(axis=1)
    # Where rounding leaves a hair outside that nothing can bring inside, the last that can move enters.
    enough = np.minimum(enough, np.maximum(counts.sum(axis=1) - 1, 0))
    return np.asarray(np.take_along_axis(order, enough[:, None], axis=1)[:, 0])
