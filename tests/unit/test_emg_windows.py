"""What channels tell of a leg over a swing: one function for verdicts and for their calibration."""

from dataclasses import replace

import numpy as np
import pytest

from swinglever.arrays import Array
from swinglever.causes.emg_windows import slack_by_group, windows_of
from swinglever.emg.channels import read_channels
from swinglever.emg.envelopes import EmgSignals, process_emg
from swinglever.readers.emg import EmgRecording, read_emg
from swinglever.records.parameters import Parameters
from swinglever.synthetic.trials import bundled_trial

NAMES = ("BF_R", "RF_R", "BF_L")
MUSCLES = ("bflh_r", "recfem_r", "soleus_r")
AT_S = np.array([0.2, 0.45, 0.75])
"""Before a burst from 0.4 to 0.5 s, in it, and more than a tenth of a second behind it."""
CAUSES = ("passive", "pulled", "braked")


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
    windows, on = windows_of(signals(), MUSCLES, "r", AT_S, Parameters())
    assert windows.channels == ("BF_R", "RF_R")
    assert on.tolist() == [[False, False], [True, True], [False, False]]
    assert windows.off.tolist() == [[True, True], [False, False], [True, True]]
    np.testing.assert_allclose(windows.size, [[0.1, 0.1], [1.0, 1.0], [0.1, 0.1]])
    assert windows.drives.tolist() == [[True, False], [False, True], [False, False]]


def test_a_silent_channel_is_never_on_and_an_unmeasured_one_limits_no_muscle() -> None:
    told = signals(silent=np.array([True, False, False]), unmeasured=np.array([False, True, False]))
    windows, on = windows_of(told, MUSCLES, "r", AT_S, Parameters())
    assert not on[:, 0].any()
    assert windows.off[:, 0].all()
    assert (windows.size[:, 1] == 1.0).all()
    assert not windows.drives[:, 1].any()


def test_sizes_and_timing_are_told_apart() -> None:
    windows, _ = windows_of(signals(), MUSCLES, "r", AT_S, Parameters())
    assert not windows.by_size().off.any()
    assert (windows.by_timing().size == 1.0).all()
    assert windows.until(1).size.shape == (1, 2)


def test_force_outlasts_emg_by_the_slack_of_its_group() -> None:
    """A burst from 0.4 to 0.5 s counts from 0.37 s, until 0.60 s for hamstrings and 0.62 s for the slower soleus."""
    table, names = slack_by_group(), ("BF_R", "SOL_R")
    assert (table["hamstrings"].after_s, table["ankle_muscles"].after_s) == (0.10, 0.12)
    at_s = np.array([0.368, 0.372, 0.598, 0.602, 0.618, 0.622])
    told = signals(channels=read_channels((*names, "BF_L"), ()))
    for slack_s, soleus in ((0.0, [0, 1, 1, 1, 1, 0]), (-0.02, [0, 1, 1, 0, 0, 0])):
        windows, _ = windows_of(told, ("bflh_r", "soleus_r"), "r", at_s, Parameters(emg_slack_s=slack_s))
        np.testing.assert_array_equal(~windows.off[:, 1], np.array(soleus, dtype=bool))
        np.testing.assert_allclose(windows.size[:, 1], np.where(soleus, 1.0, 0.1))
        np.testing.assert_array_equal(~windows.off[:, 0], np.array([0, 1, slack_s == 0.0, 0, 0, 0], dtype=bool))


@pytest.mark.parametrize("cause", CAUSES)
def test_gains_in_the_file_change_nothing(cause: str) -> None:
    """Twenty draws of a gain a channel, from a hundredth to a hundred: sizes are shares of a channel's own peak."""
    path = bundled_trial(cause).emg
    assert path is not None
    recording, at_s = read_emg(path), np.linspace(0.27, 0.5, 50)
    muscles = ("bflh_r", "semiten_r", "recfem_r", "vaslat_r", "gasmed_r")
    plain = _windows(recording, muscles, at_s)
    for seed in range(20):
        gain = 10 ** np.random.default_rng(seed).uniform(-2, 2, len(recording.names))
        told = _windows(replace(recording, values=recording.values * gain), muscles, at_s)
        np.testing.assert_allclose(told, plain, atol=1e-9)


def _windows(recording: EmgRecording, muscles: tuple[str, ...], at_s: Array) -> Array:
    found = process_emg(recording, read_channels(recording.names, muscles), Parameters())
    return windows_of(found, muscles, "r", at_s, Parameters())[0].most
