"""What is ours of signal processing is scipy's, which takes long to import."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from swinglever.signals import TWO_PASSES, find_peaks, low_pass

WHOLE = st.lists(st.integers(min_value=-6, max_value=6), min_size=3, max_size=60)
"""Few levels, so that there are plateaus and ties."""


@pytest.mark.parametrize(("count", "rate_hz", "cut_off_hz"), [(600, 60.0, 15.0), (40, 100.0, 2.0), (5000, 2000.0, 6.0)])
def test_a_filtered_curve_is_scipys(count: int, rate_hz: float, cut_off_hz: float) -> None:
    """Butterworth of second order forwards and backwards, the second case shorter than its padding."""
    values = np.random.default_rng(1).normal(size=(count, 2, 3)).cumsum(axis=0)
    sections = signal.butter(2, cut_off_hz / TWO_PASSES / (0.5 * rate_hz), output="sos")
    padding = min(count - 1, max(12, round(rate_hz / cut_off_hz) * 3))
    theirs = signal.sosfiltfilt(sections, values, axis=0, padlen=padding)
    # Slow filters lose digits in their recursion, ours and theirs: poles lie within a cut-off's angle of one.
    np.testing.assert_allclose(low_pass(values, rate_hz, cut_off_hz), theirs, atol=1e-9 * np.abs(values).max())


@given(WHOLE)
def test_peaks_are_scipys(levels: list[int]) -> None:
    values = np.array(levels, dtype=float)
    np.testing.assert_array_equal(find_peaks(values), signal.find_peaks(values)[0])


@given(st.integers(0, 10_000), st.integers(1, 12), st.floats(0.01, 2.0))
def test_far_and_prominent_peaks_are_scipys(seed: int, distance: int, prominence: float) -> None:
    """Of ties, either may stay: values are drawn without."""
    values = np.random.default_rng(seed).normal(size=50).cumsum()
    theirs = signal.find_peaks(values, distance=distance, prominence=prominence)[0]
    np.testing.assert_array_equal(find_peaks(values, distance, prominence), theirs)


def test_an_analysis_without_emg_loads_no_statistics() -> None:
    code = "import sys, swinglever.pipeline; print(*[m for m in sys.modules if m in ('scipy.stats', 'scipy.signal')])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
