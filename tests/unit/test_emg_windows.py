"""What channels tell of a leg over a swing: one function for verdicts and for their calibration."""

from dataclasses import replace

import numpy as np

from swinglever.arrays import Array
from swinglever.causes.emg_windows import windows_of
from swinglever.emg.channels import read_channels
from swinglever.emg.envelopes import EmgSignals

NAMES = ("BF_R", "RF_R", "BF_L")
MUSCLES = ("bflh_r", "recfem_r", "soleus_r")
AT_S = np.array([0.2, 0.45, 0.75])
"""Before a burst from 0.4 to 0.5 s, in it, and more than a tenth of a second behind it."""


def signals(**changed: Array) -> EmgSignals:
    """Every channel at full size from 0.4 to 0.5 s, else at a tenth; 1000 Hz."""
    envelope, none = np.full((1001, len(NAMES)), 0.1), np.zeros(len(NAMES), dtype=bool)
    envelope[400:501] = 1.0
    same = EmgSignals(
        source="e.sto",
        kind="raw",
        channels=read_channels(NAMES, ()),
        units=("",) * len(NAMES),
        time_s=np.arange(1001) / 1000,
        envelope=envelope,
        peak=envelope.max(axis=0),
        noise=np.zeros(len(NAMES)),
        silent=none,
        unmeasured=none,
    )
    return replace(same, **changed)


def test_channels_of_this_leg_are_on_in_their_burst_and_as_large_as_they_were() -> None:
    windows, on = windows_of(signals(), MUSCLES, "r", AT_S, 0.2)
    assert windows.channels == ("BF_R", "RF_R")
    assert on.tolist() == [[False, False], [True, True], [False, False]]
    assert windows.off.tolist() == [[True, True], [False, False], [True, True]]
    np.testing.assert_allclose(windows.size, [[0.1, 0.1], [1.0, 1.0], [0.1, 0.1]])
    assert windows.drives.tolist() == [[True, False], [False, True], [False, False]]


def test_a_silent_channel_is_never_on_and_an_unmeasured_one_limits_no_muscle() -> None:
    told = signals(silent=np.array([True, False, False]), unmeasured=np.array([False, True, False]))
    windows, on = windows_of(told, MUSCLES, "r", AT_S, 0.2)
    assert not on[:, 0].any()
    assert windows.off[:, 0].all()
    assert (windows.size[:, 1] == 1.0).all()
    assert not windows.drives[:, 1].any()


def test_sizes_and_timing_are_told_apart() -> None:
    windows, _ = windows_of(signals(), MUSCLES, "r", AT_S, 0.2)
    assert not windows.by_size().off.any()
    assert (windows.by_timing().size == 1.0).all()
    assert windows.until(1).size.shape == (1, 2)
