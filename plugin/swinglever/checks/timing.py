"""Checks of sampling and time ranges, the same for markers and coordinates."""

from dataclasses import replace

import numpy as np

from swinglever.arrays import Array
from swinglever.records.faults import Fault, error, warning
from swinglever.records.parameters import Parameters
from swinglever.records.trial import Markers, Trial

FEWEST_FRAMES = 20
"""Below this neither filter nor spline has anything to hold on to."""


_COARSE, _FINE = 2.5, 4.0
"""Sampling rates in cut-offs of the filter. At the first the single pass of `signals.low_pass` reaches half the rate
and cannot be designed; below the second, less than four samples a period leave accelerations coarse."""
_SLOWEST_HZ = 10.0
"""No camera that follows a runner is slower: such times are in another unit."""
_CLOSE = 0.1
"""No camera takes frames so unevenly; times that are rounded to a millisecond differ by less."""
_ALIKE = 1e-6
"""Metres, radians or degrees by which frames that repeat each other differ at most."""


def leave_repeats_out(trial: Trial) -> tuple[Trial, list[Fault]]:
    """Leave out frames that say what the one before them says, at the same time, as OpenSim's tools end their tables.

    Two that differ stay, for `check_timing` to name.
    """
    time_s, held = trial.time_s, trial.markers or trial.angles
    if len(time_s) < FEWEST_FRAMES or held is None:
        return trial, []
    values = (held.position_m if isinstance(held, Markers) else held.q).reshape(len(time_s), -1)
    step = np.diff(time_s)
    close = np.flatnonzero(step < _CLOSE * np.median(step))
    again = np.array([k + 1 for k in close if np.allclose(values[k], values[k + 1], 0.0, _ALIKE, equal_nan=True)], int)
    if not len(again):
        return trial, []
    got = f"{len(again)} of them twice, the first at {time_s[again[0]]:.3f} s"
    fault = Fault(
        code="time-close", severity="mended", place=trial.place, expected="each frame once", got=got, mend="left out"
    )
    time_s = np.delete(time_s, again)
    if isinstance(held, Markers):
        position_m = np.delete(held.position_m, again, axis=0)
        return replace(trial, markers=replace(held, time_s=time_s, position_m=position_m)), [fault]
    return replace(trial, angles=replace(held, time_s=time_s, q=np.delete(held.q, again, axis=0))), [fault]


def check_timing(place: str, time_s: Array, parameters: Parameters) -> list[Fault]:
    """Is the recording long enough, fast enough for the filter, and does it cover the range that was asked for."""
    faults = []
    if len(time_s) < FEWEST_FRAMES:
        faults.append(error("too-short", place, f"{FEWEST_FRAMES} frames or more", f"{len(time_s)}"))
        return faults
    faults += _check_rate(place, time_s, parameters.filter_hz)
    first, last = float(time_s[0]), float(time_s[-1])
    start = first if parameters.start_s is None else parameters.start_s
    end = last if parameters.end_s is None else parameters.end_s
    if start < first - 1e-6 or end > last + 1e-6:
        got = f"{start:g} to {end:g} s"
        faults.append(error("range", place, f"--start and --end inside {first:g} to {last:g} s", got))
    elif (count := np.count_nonzero((time_s >= start - 1e-9) & (time_s <= end + 1e-9))) < FEWEST_FRAMES:
        expected, got = f"{FEWEST_FRAMES} frames or more in {start:g} to {end:g} s", f"{count}"
        faults.append(error("too-short", place, expected, got, "choose a longer part with --start and --end"))
    return faults


def _check_rate(place: str, time_s: Array, filter_hz: float) -> list[Fault]:
    """Compare the sampling rate with the filter's cut-off; jumps in time count as the slowest sampling."""
    step = np.diff(time_s)
    rate_hz = float(1.0 / np.median(step))
    faults = []
    if rate_hz < _SLOWEST_HZ:
        unit = "the numbers of frames" if np.allclose(step, 1.0) else "ms"
        mend = f"look at the unit of its times: these may be {unit}"
        faults.append(error("time-unit", place, "times in s", f"one row in {np.median(step):g} s", mend))
    elif rate_hz <= _COARSE * filter_hz:
        expected = f"more than {_COARSE * filter_hz:g} Hz for a cut-off of {filter_hz:g} Hz"
        faults.append(error("rate", place, expected, f"{rate_hz:g} Hz", "lower filter_hz (--filter-hz)"))
    elif rate_hz < _FINE * filter_hz:
        expected = f"{_FINE * filter_hz:g} Hz or more for a cut-off of {filter_hz:g} Hz"
        faults.append(warning("rate", place, expected, f"{rate_hz:g} Hz", "accelerations are coarse"))
    if (shortest := float(step.min())) < _CLOSE * np.median(step):
        got = f"two frames {shortest:.3g} s apart at {time_s[int(np.argmin(step))]:.3f} s"
        faults.append(error("time-close", place, "even times", got, "one frame stands there twice: leave one out"))
    longest = float(step.max())
    if longest > 1.5 * np.median(step):
        at = float(time_s[int(np.argmax(step))])
        got = f"a step of {longest:g} s at {at:.3f} s where others are {np.median(step):g} s"
        faults.append(warning("time-jump", place, "even times", got, "what lies between is interpolated"))
    return faults
