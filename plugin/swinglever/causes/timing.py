"""What EMG's timing leaves of a group's part: muscles whose channel is off stay off, and activation takes its time.

When a channel is off needs no gain and no maximal contraction. The muscles beneath it are then activated to a twentieth
at most; and no activation rises or falls faster than its time constants let it, which ties the frames together: one
sparse linear program for a swing, solved by HiGHS (Huangfu & Hall 2018, *Math. Program. Comput.* 10:119).

When no activations are left, EMG, model and moments contradict each other. The program is then solved again with every
channel allowed to be wrong by some activation, as little as makes it solvable: the channels that must be wrong are
named.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import block_diag, csr_array, eye_array, hstack, vstack

from swinglever.arrays import Array, Bools, check_shapes, freeze_fields
from swinglever.causes.effort import Sharing
from swinglever.emg.activation import ACTIVATION_S, DEACTIVATION_S
from swinglever.errors import EngineError

OFF = 0.05
"""Activation of a muscle whose channel is off, at most."""
ON_AFTER_S = 0.1
"""A muscle's force outlasts its EMG by 30 to 100 ms: electromechanical delay and relaxation (Cavanagh & Komi 1979,
*Eur. J. Appl. Physiol.* 42:159)."""
WRONG = 0.01
"""A channel that must be wrong by less activation than this is not named."""


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
    """

    channels: tuple[str, ...]
    off: Bools
    drives: Bools

    def __post_init__(self) -> None:
        freeze_fields(self, "off", "drives", dtype=bool)
        c = len(self.channels)
        check_shapes(self, off=("K", c), drives=("m", c))

    @property
    def muscles_off(self) -> Bools:
        """Whether a muscle is off, (K, m)."""
        told = self.drives.any(axis=1)
        still_on = (~self.off).astype(int) @ self.drives.T.astype(int)
        return np.asarray(told & (still_on == 0))

    def without(self, channels: tuple[str, ...]) -> "OffWindows":
        """The same with some channels never off."""
        trusted = np.array([name not in channels for name in self.channels])
        return OffWindows(channels=self.channels, off=self.off & trusted, drives=self.drives)


def off_windows(time_s: Array, emg_time_s: Array, on: Bools, on_after_s: Array | float = ON_AFTER_S) -> Bools:
    """Whether channels are off, (K, c), at some times (K) of a recording that says at (T) when they are on, (T, c).

    Parameters
    ----------
    time_s, emg_time_s, on
        Where it is asked, and when EMG was on; outside of the recording nothing is off.
    on_after_s
        How long after its EMG a muscle may still be active, (c) or one for all.
    """
    after = np.broadcast_to(on_after_s, on.shape[1:])
    inside = (time_s >= emg_time_s[0] + after.max(initial=0.0)) & (time_s <= emg_time_s[-1])
    counts = np.concatenate([np.zeros((1, on.shape[1])), np.cumsum(on, axis=0)])
    until = np.searchsorted(emg_time_s, time_s, side="right")
    columns = []
    for channel, slack in enumerate(after):
        since = np.searchsorted(emg_time_s, time_s - slack, side="left")
        columns.append(inside & (counts[until, channel] == counts[since, channel]))
    return np.stack(columns, axis=1)


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
        off windows. The name is empty where rates and moments alone contradict each other.
    """
    off = np.zeros_like(sharing.activation, dtype=bool) if windows is None else windows.muscles_off
    bounds = np.stack([np.zeros(off.size), np.where(off, OFF, 1.0).ravel()], axis=1)
    equal, moment = _moments(sharing)
    rates, room = _rates(*off.shape, step_s)
    ends = []
    for sign in (1.0, -1.0):
        cost = sign * sharing.effect_rad.ravel()
        found = linprog(cost, A_ub=rates, b_ub=room, A_eq=equal, b_eq=moment, bounds=bounds, method="highs")
        if found.status == _INFEASIBLE:
            return None, _contradictions(sharing, step_s, windows)
        if found.status != 0:
            raise EngineError(f"the linear program of EMG's timing was not solved: {found.message}")
        ends.append(sign * float(found.fun))
    return (ends[0], ends[1]), {}


_INFEASIBLE = 2


def _moments(sharing: Sharing) -> tuple[csr_array, Array]:
    """Equations of all frames, each row in units of its largest gain."""
    size = np.abs(sharing.gain_nm).max(axis=2)
    size = np.where(size > 0.0, size, 1.0)
    blocks = [csr_array(gain) for gain in sharing.gain_nm / size[..., None]]
    return csr_array(block_diag(blocks)), (sharing.moment_nm / size).ravel()


def _rates(n_frames: int, n_muscles: int, step_s: float) -> tuple[csr_array, Array]:
    """Inequalities: after full excitation 1 - a falls as fast as it can, after none a does."""
    each = csr_array(eye_array(n_frames * n_muscles))
    now, then = each[:-n_muscles], each[n_muscles:]
    up, down = np.exp(-step_s / ACTIVATION_S), np.exp(-step_s / DEACTIVATION_S)
    count = (n_frames - 1) * n_muscles
    return csr_array(vstack([then - up * now, down * now - then])), np.concatenate(
        [np.full(count, 1.0 - up), np.zeros(count)]
    )


def _contradictions(sharing: Sharing, step_s: float, windows: OffWindows | None) -> dict[str, float]:
    """How wrong (in activation) each channel must be for activations to exist; least in sum."""
    if windows is None:
        return {"": float("nan")}
    off = windows.muscles_off
    equal, moment = _moments(sharing)
    rates, room = _rates(*off.shape, step_s)
    cells = np.flatnonzero(off.ravel())
    of_channel = windows.drives[cells % off.shape[1]].astype(float)
    n, c = off.size, len(windows.channels)
    below = hstack([csr_array(eye_array(n))[cells], csr_array(-of_channel)])
    nothing = csr_array((rates.shape[0], c)), csr_array((equal.shape[0], c))
    found = linprog(
        np.concatenate([np.zeros(n), np.ones(c)]),
        A_ub=csr_array(vstack([hstack([rates, nothing[0]]), below])),
        b_ub=np.concatenate([room, np.full(len(cells), OFF)]),
        A_eq=csr_array(hstack([equal, nothing[1]])),
        b_eq=moment,
        bounds=np.stack([np.zeros(n + c), np.ones(n + c)], axis=1),
        method="highs",
    )
    if found.status != 0:
        return {"": float("nan")}
    wrong = found.x[n:]
    return {name: float(x) for name, x in zip(windows.channels, wrong, strict=True) if x > WRONG}
