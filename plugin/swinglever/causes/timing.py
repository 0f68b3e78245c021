"""What EMG leaves of a group's part: muscles are no more active than their EMG is large, and activation takes its time.

How large a channel is in what its own peak is, or by timing alone when it is off, needs no gain and no maximal
contraction. It limits the muscles beneath it (`OffWindows.most`): an analysis goes by size, and where only timing
counts, a muscle whose channel is off is activated to a twentieth at most. No activation rises or falls faster than its
time constants let it, which ties the frames together: one sparse linear program for a swing, solved by HiGHS (Huangfu &
Hall 2018, *Math. Program. Comput.* 10:119).

Noise can make moments jump faster than activation can follow, without any EMG. Then every moment may be missed, by half
as much again as one of them must be. When no activations are left then, EMG, model and moments contradict each other.
The program is solved again with every channel allowed to be wrong by some activation, as little as makes it solvable:
the channels that must be wrong are named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_diag, csr_array, eye_array, hstack, vstack

from swinglever.arrays import Array, Bools, Ints, check_shapes, freeze_fields
from swinglever.causes.effort import Sharing
from swinglever.emg.activation import ACTIVATION_S, DEACTIVATION_S
from swinglever.errors import EngineError

OFF = 0.05
"""Activation of a muscle whose channel is off, at most."""
UNSTEADY = 1.5
"""An envelope of raw EMG swings about its mean by a fifth or so (10 Hz of low-pass), at its peak too."""
WRONG = 0.01
"""A channel that must be wrong by less activation than this is not named."""
MISSED, SLACK = 1e-7, 1.5
"""A moment missed by less, as a share of its largest gain, is met; and how far each may be missed, in units of the
least that one of them must be. At the least itself hardly any activations would be left, whatever the muscles did.
"""


@dataclass(frozen=True, kw_only=True)
class OffWindows:
    """Which muscles are off when, and by which channel.

    Attributes
    ----------
    channels
        Names (c).
    off
        Whether a channel is off, (K, c).
    drives
        Whether a channel tells of a muscle, (m, c). A muscle of several channels is off when all of them are.
    size
        How large a channel was lately, as a share of its peak, (K, c); all ones where sizes shall not count.
    """

    channels: tuple[str, ...]
    off: Bools
    drives: Bools
    size: Array

    def __post_init__(self) -> None:
        freeze_fields(self, "off", "drives", dtype=bool)
        freeze_fields(self, "size")
        c = len(self.channels)
        check_shapes(self, off=("K", c), drives=("m", c), size=("K", c))

    @property
    def muscles_off(self) -> Bools:
        """Whether a muscle is off, (K, m)."""
        told = self.drives.any(axis=1)
        still_on = (~self.off).astype(int) @ self.drives.T.astype(int)
        return np.asarray(told & (still_on == 0))

    @property
    def most(self) -> Array:
        """Largest activation that each muscle may have, (K, m).

        The largest EMG of a recording belongs to full activation at most, so a muscle is no more active than its EMG is
        large, in what its peak is: no gain is needed for that. A muscle of several channels goes with the largest.
        """
        told = self.drives.any(axis=1)
        largest = np.max(np.where(self.drives, self.size[:, None, :], 0.0), axis=2, initial=0.0)
        by_size = np.where(told, np.clip(UNSTEADY * largest, OFF, 1.0), 1.0)
        return np.where(self.muscles_off, OFF, by_size)

    def without(self, channels: tuple[str, ...]) -> "OffWindows":
        """The same with some channels never off, and of any size."""
        trusted = np.array([name not in channels for name in self.channels])
        return replace(self, off=self.off & trusted, size=np.where(trusted, self.size, 1.0))

    def until(self, count: int) -> "OffWindows":
        """The same for the first so many samples."""
        return replace(self, off=self.off[:count], size=self.size[:count])

    def by_size(self) -> "OffWindows":
        """What sizes alone tell: no channel is off."""
        return replace(self, off=np.zeros_like(self.off))

    def by_timing(self) -> "OffWindows":
        """What timing alone tells: sizes do not count."""
        return replace(self, size=np.ones_like(self.size))


def off_windows(time_s: Array, emg_time_s: Array, on: Bools, before_s: Array, after_s: Array) -> Bools:
    """Whether channels are off, (K, c), at some times (K) of a recording that says at (T) when they are on, (T, c).

    Parameters
    ----------
    time_s, emg_time_s, on
        Where it is asked, and when EMG was on; within the slack of the recording's ends nothing is off.
    before_s, after_s
        How much earlier than its EMG, and how long after it, a muscle may still be active (c).
    """
    counts = np.concatenate([np.zeros((1, on.shape[1]), dtype=int), np.cumsum(on, axis=0)])
    columns = []
    for channel, (before, after) in enumerate(zip(before_s, after_s, strict=True)):
        begin, end, inside = _around(time_s, emg_time_s, before, after)
        columns.append(inside & (counts[end, channel] == counts[begin, channel]))
    return np.stack(columns, axis=1) if columns else np.zeros((len(time_s), 0), dtype=bool)


def recent_size(time_s: Array, emg_time_s: Array, share: Array, before_s: Array, after_s: Array) -> Array:
    """Largest share of its peak that each channel had about then, (K, c); one near the recording's ends.

    Parameters
    ----------
    time_s, emg_time_s, share
        Where it is asked (K), and each channel's envelope as a share of its peak (T, c).
    before_s, after_s
        How far ahead and how far back EMG still tells (c).
    """
    found = np.ones((len(time_s), share.shape[1]))
    for channel, (before, after) in enumerate(zip(before_s, after_s, strict=True)):
        begin, end, inside = _around(time_s, emg_time_s, before, after)
        for k in np.flatnonzero(inside):
            found[k, channel] = share[begin[k] : end[k], channel].max()
    return found


def _around(time_s: Array, emg_time_s: Array, before_s: float, after_s: float) -> tuple[Ints, Ints, Bools]:
    """First sample of EMG that counts at each time (K), the one behind the last, and whether EMG has them all."""
    first_s, last_s = time_s - after_s, time_s + before_s
    begin = np.searchsorted(emg_time_s, first_s, side="left")
    end = np.searchsorted(emg_time_s, last_s, side="right")
    return begin, end, (first_s >= emg_time_s[0]) & (last_s <= emg_time_s[-1])


def least_by_rates(sharing: Sharing, step_s: float) -> float | None:
    """Least part (rad) that moments and rates of activation allow together; None where nothing is allowed."""
    effect, most = sharing.effect_rad.ravel(), np.ones(sharing.activation.size)
    program = _program(sharing, step_s)
    found = _least(effect, program, most)
    if found is None and (missing := _missing(program)) is not None:
        found = _least(effect, missing, most)
    return None if found is None else float(found @ effect)


def range_by_timing(
    sharing: Sharing, step_s: float, windows: OffWindows | None = None
) -> tuple[tuple[float, float] | None, Mapping[str, float]]:
    """Least and largest part (rad) that moments, rates of activation and EMG's timing allow together.

    Parameters
    ----------
    sharing
        Until the instant asked about.
    step_s
        Time from sample to sample.
    windows
        What EMG says is off; rates alone when not given.

    Returns
    -------
    range, contradictions
        None where nothing is allowed; then by channel the least activation beyond `OFF` that would be needed in its
        off windows.
    """
    most = np.ones_like(sharing.activation).ravel() if windows is None else windows.most.ravel()
    program = _program(sharing, step_s)
    ends = _ends(sharing, program, most)
    if ends is None and (missing := _missing(program)) is not None:
        program, ends = missing, _ends(sharing, missing, most)
    if ends is None:
        return None, {} if windows is None else _contradictions(program, windows)
    return ends, {}


def range_without_contradicting(
    sharing: Sharing, step_s: float, windows: OffWindows
) -> tuple[tuple[float, float] | None, tuple[str, ...]]:
    """`range_by_timing`, where channels that contradict are named, left out, and the others asked again."""
    ends, against = range_by_timing(sharing, step_s, windows)
    if against:
        ends, _ = range_by_timing(sharing, step_s, windows.without(tuple(against)))
    return ends, tuple(against)


def _ends(sharing: Sharing, program: "_Program", most: Array) -> tuple[float, float] | None:
    """Least and largest part; None where no activations are left."""
    effect = sharing.effect_rad.ravel()
    low = _least(effect, program, most)
    high = None if low is None else _least(-effect, program, most)
    return None if low is None or high is None else (float(low @ effect), float(high @ effect))


@dataclass(frozen=True, kw_only=True)
class _Program:
    """Rows that hold all frames together: ``low <= matrix @ x <= high``; the first ``n_moments`` are joint moments."""

    matrix: csr_array
    low: Array
    high: Array
    n_moments: int

    def missing(self, miss: float) -> "_Program":
        """The same, where each moment may be missed by a share of its largest gain."""
        room = np.where(np.arange(len(self.low)) < self.n_moments, miss, 0.0)
        return replace(self, low=self.low - room, high=self.high + room)

    def with_columns(self, columns: csr_array) -> "_Program":
        """The same with further variables."""
        return replace(self, matrix=csr_array(hstack([self.matrix, columns])))

    def with_rows(self, rows: csr_array, high: Array) -> "_Program":
        """The same with further rows that have an upper bound."""
        return replace(
            self,
            matrix=csr_array(vstack([self.matrix, rows])),
            low=np.concatenate([self.low, np.full(len(high), -np.inf)]),
            high=np.concatenate([self.high, high]),
        )


def _program(sharing: Sharing, step_s: float) -> _Program:
    """Joint moments, each in units of its largest gain; and rates, as `_rates` has them."""
    size = np.abs(sharing.gain_nm).max(axis=2)
    size = np.where(size > 0.0, size, 1.0)
    moment = (sharing.moment_nm / size).ravel()
    moments = block_diag([csr_array(gain) for gain in sharing.gain_nm / size[..., None]])
    n_frames, n_muscles = sharing.activation.shape
    rates, room = _rates(n_frames, n_muscles, step_s)
    return _Program(
        matrix=csr_array(vstack([moments, rates])),
        low=np.concatenate([moment, np.full(len(room), -np.inf)]),
        high=np.concatenate([moment, room]),
        n_moments=len(moment),
    )


def _rates(n_frames: int, n_muscles: int, step_s: float) -> tuple[csr_array, Array]:
    """Inequalities: after full excitation 1 - a falls as fast as it can, after none a does."""
    each = csr_array(eye_array(n_frames * n_muscles))
    now, then = each[:-n_muscles], each[n_muscles:]
    up, down = np.exp(-step_s / ACTIVATION_S), np.exp(-step_s / DEACTIVATION_S)
    count = (n_frames - 1) * n_muscles
    room = np.concatenate([np.full(count, 1.0 - up), np.zeros(count)])
    return csr_array(vstack([then - up * now, down * now - then])), room


def _least(cost: Array, program: _Program, most: Array) -> Array | None:
    """Variables from 0 to ``most`` at least cost; None where there are none."""
    found = milp(
        cost,
        constraints=LinearConstraint(program.matrix, program.low, program.high),
        bounds=Bounds(np.zeros_like(most), most),
    )
    if found.status == _INFEASIBLE:
        return None
    if found.x is None:
        raise EngineError(f"the linear program of EMG's timing was not solved: {found.message}")
    return np.asarray(found.x)


_INFEASIBLE = 2
"""Of scipy's codes."""


def _missing(program: _Program) -> _Program | None:
    """The program with as much room for its moments as rates of activation ask for; None where they ask for none."""
    miss = _least_miss(program)
    return program.missing(SLACK * miss) if miss > MISSED else None


def _least_miss(program: _Program) -> float:
    """Share of the largest gain by which moments must be missed at least, for activations that change no faster."""
    n = program.matrix.shape[1]
    missed = (np.arange(len(program.low)) < program.n_moments).astype(float)[:, None]
    above = csr_array(program.matrix[: program.n_moments]), csr_array(-missed[: program.n_moments])
    below = csr_array(-program.matrix[: program.n_moments]), csr_array(-missed[: program.n_moments])
    target = program.high[: program.n_moments]
    rates = replace(
        program,
        matrix=program.matrix[program.n_moments :],
        low=program.low[program.n_moments :],
        high=program.high[program.n_moments :],
        n_moments=0,
    )
    wider = rates.with_columns(csr_array((rates.matrix.shape[0], 1)))
    wider = wider.with_rows(csr_array(hstack(above)), target).with_rows(csr_array(hstack(below)), -target)
    found = _least(np.repeat([0.0, 1.0], [n, 1]), wider, np.ones(n + 1))
    return 0.0 if found is None else float(found[-1])


def _contradictions(program: _Program, windows: OffWindows) -> dict[str, float]:
    """How wrong (in activation) each channel must be for activations to exist, least in sum; all where none exist."""
    most, count = windows.most, len(windows.channels)
    cells = np.flatnonzero(most.ravel() < 1.0)
    below = csr_array(eye_array(most.size))[cells], csr_array(-windows.drives[cells % most.shape[1]].astype(float))
    elastic = program.with_columns(csr_array((program.matrix.shape[0], count)))
    elastic = elastic.with_rows(csr_array(hstack(below)), most.ravel()[cells])
    found = _least(np.repeat([0.0, 1.0], [most.size, count]), elastic, np.ones(most.size + count))
    if found is None:  # moments that no activations make, whatever EMG says
        return dict.fromkeys(windows.channels, 1.0)
    return {name: float(x) for name, x in zip(windows.channels, found[most.size :], strict=True) if x > WRONG}
