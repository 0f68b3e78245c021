"""The filter: what it lets through, where, and when; what it costs to import."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import signal

from swinglever.errors import InputError
from swinglever.signals import find_peaks, highest_cut_off, low_pass

RATE_HZ = 200.0
TIME_S = np.arange(2000) / RATE_HZ


@pytest.mark.parametrize("cut_off_hz", [3.0, 6.0, 12.0])
def test_the_cut_off_of_both_passes_halves_the_power(cut_off_hz: float) -> None:
    """Winter's factor is for a filter of continuous time: a sixteenth of the sampling rate is a per cent off."""
    wave = np.sin(2.0 * np.pi * cut_off_hz * TIME_S)
    middle = slice(500, -500)
    assert np.std(low_pass(wave, RATE_HZ, cut_off_hz)[middle]) / np.std(wave[middle]) == pytest.approx(
        np.sqrt(0.5), rel=0.01
    )


def test_nothing_is_delayed() -> None:
    wave = np.sin(2.0 * np.pi * 3.0 * TIME_S)
    smooth = low_pass(wave, RATE_HZ, 12.0)
    shifts = range(-5, 6)
    alike = [float(np.corrcoef(np.roll(smooth, k)[100:-100], wave[100:-100])[0, 1]) for k in shifts]
    assert shifts[int(np.argmax(alike))] == 0
    np.testing.assert_allclose(smooth[100:-100], wave[100:-100], atol=0.005)


@pytest.mark.parametrize("count", [40, 400, 2000])
def test_a_straight_line_stays_to_both_ends(count: int) -> None:
    """Columns of any shape; how the filter begins leaves a trace of less than a thousandth."""
    line = TIME_S[:count, None, None] * np.array([[1.0, -2.0, 0.0], [3.0, 5.0, 1.0]]) + 4.0
    np.testing.assert_allclose(low_pass(line, RATE_HZ, 6.0), line, atol=1e-3)


def test_a_cut_off_that_the_sampling_is_too_slow_for_is_refused() -> None:
    highest = highest_cut_off(TIME_S)
    low_pass(TIME_S, RATE_HZ, highest)
    with pytest.raises(InputError, match="filter_hz: expected less than"):
        low_pass(TIME_S, RATE_HZ, 1.01 * highest)


def test_of_near_peaks_the_higher_stays_and_small_ones_go() -> None:
    values = np.array([0.0, 3.0, 2.0, 4.0, 0.0, 0.0, 1.0, 0.9, 1.05, 0.0, 2.0, 2.0, 2.0, 0.0])
    np.testing.assert_array_equal(find_peaks(values), [1, 3, 6, 8, 11])
    np.testing.assert_array_equal(find_peaks(values, distance=3), [3, 8, 11])
    np.testing.assert_array_equal(find_peaks(values, prominence=0.5), [1, 3, 8, 11])


def test_filters_come_when_they_are_asked_for_and_without_statistics() -> None:
    code = (
        "import sys, numpy as np, swinglever.pipeline as _, swinglever.signals as ours\n"
        "print(*[m for m in sys.modules if m in ('scipy.stats', 'scipy.signal')])\n"
        "ours.low_pass(np.arange(99.0), 100.0, 6.0), ours.find_peaks(np.arange(9.0))\n"
        "print(*[m for m in sys.modules if m in ('scipy.stats', 'scipy.signal')])\n"
        "from scipy import signal, stats\n"
        "print(*signal.find_peaks_cwt(np.sin(np.arange(0.0, 9.0, 0.05)), [9]), stats.norm.cdf(0.0))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    before, after, later = done.stdout.splitlines()
    assert (before, after) == ("", "scipy.signal")
    peaks = signal.find_peaks_cwt(np.sin(np.arange(0.0, 9.0, 0.05)), [9])
    assert later == f"{' '.join(map(str, peaks))} 0.5"
