"""Numerical tools: zero-lag low-pass filter, peaks, splines, interpolation, and a step of an integration over time.

`scipy.signal` would bring all of `scipy.stats` along for one function that nobody here calls, a third of a second of
processor: it is imported without, by what filters, when it does.
"""

import importlib
from collections.abc import Callable
from functools import cache
from types import ModuleType

import numpy as np
from scipy.interpolate import BSpline, make_interp_spline

from swinglever.arrays import Array, Floats, Ints
from swinglever.errors import InputError
from swinglever.system.late import imported_late

TWO_PASSES = 0.802
"""Cut-off of two passes of second order, in cut-offs of one (Winter 2009, eq. 3.9)."""
_FEWEST_VALUES, _MULTIPLE = 5, 1e-3
"""Different values that tell a step, and how near to whole numbers of it they are."""


@cache
def filters() -> ModuleType:
    """Give `scipy.signal`, which is imported when it is first asked for."""
    with imported_late("scipy.stats", "scoreatpercentile"):
        return importlib.import_module("scipy.signal")


def import_filters() -> None:
    """Import what filters, ahead of the first curve."""
    filters()


@cache
def _second_order(cut_off_hz: float, rate_hz: float) -> Array:
    """Sections of a Butterworth low-pass filter of second order."""
    return np.asarray(filters().butter(2, cut_off_hz, fs=rate_hz, output="sos"))


def low_pass(values: Array, rate_hz: float, cut_off_hz: float) -> Array:
    """Filter columns with a Butterworth of second order run forwards and backwards.

    Parameters
    ----------
    values
        (T, ...) evenly sampled.
    rate_hz
        Sampling rate.
    cut_off_hz
        Where the *two* passes together halve the power; the single pass is designed for a higher one (Winter 2009,
        *Biomechanics and Motor Control of Human Movement*, eq. 3.9: a factor of 0.802 for two passes of second order).

    Raises
    ------
    InputError
        When the sampling is too slow for the cut-off.
    """
    design = cut_off_hz / TWO_PASSES
    if design >= 0.5 * rate_hz:
        most = 0.5 * TWO_PASSES * rate_hz
        raise InputError(f"filter_hz: expected less than {most:.1f} Hz for {rate_hz:g} Hz sampling, got {cut_off_hz:g}")
    padding = min(len(values) - 1, max(12, round(rate_hz / cut_off_hz) * 3))
    sections = _second_order(float(design), float(rate_hz))
    # Both ends go on as they would turned about their last sample by half a turn, so that slopes last.
    return np.asarray(filters().sosfiltfilt(sections, values, axis=0, padtype="odd", padlen=padding))


def highest_cut_off(time_s: Array) -> float:
    """Highest cut-off, Hz, that `low_pass` takes for samples at these times (T)."""
    return float(0.499 * TWO_PASSES * (len(time_s) - 1) / (time_s[-1] - time_s[0]))


def low_pass_at(time_s: Array, values: Array, cut_off_hz: float) -> Array:
    """Filter columns at even times (T), at the highest cut-off that `low_pass` takes where that is lower."""
    rate_hz = (len(time_s) - 1) / (time_s[-1] - time_s[0])
    return low_pass(values, rate_hz, min(cut_off_hz, highest_cut_off(time_s)))


def find_peaks(values: Array, distance: int = 1, prominence: float = 0.0) -> Ints:
    """Find samples of values (T) that are above their neighbours, by `scipy.signal.find_peaks`."""
    return np.asarray(filters().find_peaks(values, distance=distance, prominence=prominence)[0], dtype=np.int64)


def interpolate(time_s: Array, known_s: Array, values: Array, outside: float | None = None) -> Array:
    """Columns (T, c) known at some times, at other times (...): straight between them.

    Parameters
    ----------
    time_s, known_s, values
        Where they are wanted (...), where they are known (T, rising), and what they are there (T, c).
    outside
        Value before the first and after the last known time; the first and the last value when not given.
    """
    near = _around(time_s, known_s)
    known_s, values = known_s[near], values[near]
    return np.stack([np.interp(time_s, known_s, c, left=outside, right=outside) for c in values.T], axis=-1)


def _around(time_s: Array, known_s: Array) -> slice:
    """Give the part of rising times that some times lie in, one more at either end: a moment of a long trial is short.

    All of them where a time is nan, or before or after all that are known.
    """
    if not time_s.size or not known_s[0] <= (first := time_s.min()) <= (last := time_s.max()) <= known_s[-1]:
        return slice(None)
    return slice(int(np.searchsorted(known_s, first, "right")) - 1, int(np.searchsorted(known_s, last)) + 1)


def smooth_curve(time_s: Array, values: Array) -> BSpline:
    """Quintic spline through samples (T, ...): its second derivative is smooth, as forces need it."""
    return make_interp_spline(time_s, values, k=5)


def resample_evenly(time_s: Array, values: Array) -> tuple[Array, Array]:
    """Give evenly sampled time and values; samples that are even to a millisecond keep their values.

    Notes
    -----
    Times are often rounded to the millisecond in files, which would put noise into every derivative.
    """
    n = len(time_s)
    even = np.linspace(time_s[0], time_s[-1], n)
    if np.abs(even - time_s).max() <= 1.001e-3:
        return even, values
    step = float(np.median(np.diff(time_s)))
    dense = time_s[0] + step * np.arange(int((time_s[-1] - time_s[0]) / step + 1e-9) + 1)
    return dense, make_interp_spline(time_s, values, k=3)(dense)


def runge_kutta_step(
    acceleration: Callable[[float, Array, Array], Array], step_s: Array | float, q: Array, v: Array
) -> tuple[Array, Array]:
    """Take one step of q'' = acceleration(share of the step, q, q'), of fourth order (Nystrom's form).

    Parameters
    ----------
    acceleration
        Of the coordinates, at a share of 0, 0.5 or 1 of the step.
    step_s
        How long the step is; an array that goes with q.
    q, v
        Coordinates and speeds at its beginning, of any shape.

    Returns
    -------
    tuple of Array
        The same at its end.
    """
    h = step_s
    a1 = acceleration(0.0, q, v)
    a2 = acceleration(0.5, q + h / 2.0 * v, v + h / 2.0 * a1)
    a3 = acceleration(0.5, q + h / 2.0 * v + h**2 / 4.0 * a1, v + h / 2.0 * a2)
    a4 = acceleration(1.0, q + h * v + h**2 / 2.0 * a2, v + h * a3)
    return q + h * v + h**2 / 6.0 * (a1 + a2 + a3), v + h / 6.0 * (a1 + 2.0 * a2 + 2.0 * a3 + a4)


def turning_time(time_s: Array, values: Array, k: int) -> float:
    """Time between even samples (T) at which values turn near sample k: a parabola's; nan where k is at an end.

    Examples
    --------
    >>> time_s = np.array([0.0, 0.1, 0.2, 0.3])
    >>> round(turning_time(time_s, -((time_s - 0.13) ** 2), 1), 6)
    0.13
    """
    if not 0 < k < len(values) - 1:
        return float("nan")
    before, here, after = values[k - 1 : k + 2]
    bend = before - 2.0 * here + after
    return float(time_s[k] + (0.5 * (before - after) / bend if bend else 0.0) * (time_s[k + 1] - time_s[k]))


def spread_evenly(lines: Floats, n_points: int) -> Array:
    """Give points (..., n_points, d) at equal distances along polylines (..., k, d); the ends stay."""
    steps = np.linalg.norm(np.diff(lines, axis=-2), axis=-1)
    travelled = np.concatenate([np.zeros((*steps.shape[:-1], 1)), np.cumsum(steps, axis=-1)], axis=-1)
    wanted = travelled[..., -1:] * np.linspace(0.0, 1.0, n_points)
    piece = np.clip((wanted[..., None] >= travelled[..., None, :]).sum(axis=-1) - 1, 0, steps.shape[-1] - 1)
    before, length = (np.take_along_axis(x, piece, axis=-1) for x in (travelled, steps))
    share = np.divide(wanted - before, length, out=np.zeros_like(wanted), where=length > 0.0)
    first, second = (np.take_along_axis(lines, (piece + k)[..., None], axis=-2) for k in (0, 1))
    return np.asarray(first + share[..., None] * (second - first))


def step_of(values: Array) -> float:
    """Step of which all values (n) are multiples, beside one of them; 0 where they are too few to tell.

    Examples
    --------
    >>> step_of(np.round(np.linspace(0.0, 3.0, 100), 1)).round(9)
    np.float64(0.1)
    >>> step_of(np.linspace(0.0, 3.0, 4) ** 2)
    0.0
    """
    different = np.unique(values)
    if len(different) < _FEWEST_VALUES:
        return 0.0
    steps = np.diff(different)
    least = steps.min()
    count = steps / least
    return least if np.abs(count - np.rint(count)).max() < _MULTIPLE else 0.0
