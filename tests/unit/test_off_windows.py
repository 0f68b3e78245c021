"""When muscles are surely off: timing alone, whatever the gain; a delay moves it by itself; noise tells nothing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swinglever.arrays import Array
from swinglever.emg.channels import read_channels
from swinglever.emg.envelopes import EmgSignals, process_emg
from swinglever.emg.off_windows import Slack, muscles_of_channels, surely_off, timing_rules
from swinglever.readers.emg import EmgRecording, read_emg
from swinglever.records.parameters import Parameters
from swinglever.synthetic.tables import read_table
from swinglever.synthetic.trials import bundled_trial

NAMES = ("BF_R", "RF_R", "SOL_R")
CAUSES = ("passive", "pulled", "braked")


def signals(envelope: Array, noise: Array | None = None, names: tuple[str, ...] = NAMES) -> EmgSignals:
    """Envelopes (T, c) at 1000 Hz; by default without noise."""
    none = np.zeros(len(names), dtype=bool)
    return EmgSignals(
        source="e.sto",
        kind="raw",
        channels=read_channels(names, ()),
        units=("",) * len(names),
        time_s=np.arange(len(envelope)) / 1000,
        envelope=envelope,
        peak=envelope.max(axis=0),
        noise=np.zeros(len(names)) if noise is None else noise,
        silent=none,
        unmeasured=none,
    )


def bursts(begin: int = 400, end: int = 500) -> Array:
    envelope = np.zeros((1001, 3))
    envelope[begin : end + 1] = 1.0
    return envelope


def bundled(cause: str) -> EmgSignals:
    path = bundled_trial(cause).emg
    assert path is not None
    recording = read_emg(path)
    return process_emg(recording, read_channels(recording.names, ()), Parameters())


def test_a_muscle_is_off_from_its_slack_after_a_burst_to_a_little_before_the_next() -> None:
    """Burst from 0.400 to 0.500 s: not off from 0.370 to 0.600 s (hamstrings) or 0.620 s (soleus), nor at the ends."""
    time_s = np.arange(1001) / 1000
    off = surely_off(signals(bursts()), time_s)
    slack = {name: timing_rules().slack_of(c.group) for name, c in zip(NAMES, read_channels(NAMES, ()), strict=True)}
    assert (slack["BF_R"].after_s, slack["SOL_R"].after_s) == (0.10, 0.12)
    for k, name in enumerate(NAMES):
        before, after = round(1000 * slack[name].before_s), round(1000 * slack[name].after_s)
        # A millisecond of rounding at each edge.
        assert off[after + 1 : 399 - before, k].all()
        assert not off[401 - before : 499 + after, k].any()
        assert off[502 + after : 999 - before, k].all()
        assert not off[: after - 1, k].any()
        assert not off[1002 - before :, k].any()


@settings(max_examples=20, deadline=None)
@given(exponents=st.lists(st.floats(-6, 6), min_size=10, max_size=10), cause=st.sampled_from(CAUSES))
def test_gains_change_nothing(exponents: list[float], cause: str) -> None:
    """Twenty draws of a gain a channel, from a millionth to a million: the same windows to the sample."""
    plain = bundled(cause)
    gain = 10.0 ** np.array(exponents)
    other = replace(plain, envelope=plain.envelope * gain, peak=plain.peak * gain, noise=plain.noise * gain)
    time_s = np.linspace(0.26, 0.735, 101)
    np.testing.assert_array_equal(surely_off(other, time_s), surely_off(plain, time_s))


def test_gains_in_the_file_change_nothing() -> None:
    """Of channels with bursts; a silent one is known to be so by its volts."""
    plain, time_s = bundled("pulled"), np.linspace(0.26, 0.735, 101)
    path = bundled_trial("pulled").emg
    assert path is not None
    recording = read_emg(path)
    for seed in range(20):
        gain = 10 ** np.random.default_rng(seed).uniform(-2, 2, len(recording.names))
        scaled = EmgRecording(
            path=Path("e.sto"),
            time_s=recording.time_s,
            names=recording.names,
            units=recording.units,
            values=recording.values * gain,
        )
        found = process_emg(scaled, read_channels(scaled.names, ()), Parameters())
        np.testing.assert_array_equal(surely_off(found, time_s), surely_off(plain, time_s))


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("late_s", [-0.03, 0.03])
def test_a_delay_moves_windows_by_itself_and_never_into_a_burst(cause: str, late_s: float) -> None:
    """30 ms either way: what the shifted EMG calls off is clear of every burst of the unshifted one."""
    plain = bundled(cause)
    time_s = np.linspace(0.26, 0.735, 101)
    shifted = surely_off(replace(plain, time_s=plain.time_s + late_s), time_s)
    np.testing.assert_array_equal(shifted, surely_off(plain, time_s - late_s))
    bare = replace(timing_rules(), slack={"default": Slack(before_s=0.0, after_s=0.069)})
    quiet = surely_off(plain, time_s, bare)
    assert not (shifted & ~quiet).any()


def test_what_is_imposed_on_the_hamstrings_is_never_called_off() -> None:
    """A burst of 0.9 as a sine squared over known shares of the swing: off is nowhere where it is above a twentieth."""
    cause = read_table("runner_causes.toml")["cause"]["pulled"]
    begin_s, end_s = (0.26 + share * (0.7353 - 0.26) for share in (cause["start"], cause["end"]))
    time_s = np.linspace(0.26, 0.7353, 101)
    activation = 0.9 * np.sin(np.pi * np.clip((time_s - begin_s) / (end_s - begin_s), 0, 1)) ** 2
    for late_s in (-0.03, 0.0, 0.03):
        pulled = bundled("pulled")
        off = surely_off(replace(pulled, time_s=pulled.time_s + late_s), time_s)
        assert not off[activation > 0.05, :2].any()
    for other in ("passive", "braked"):  # hamstrings are silent until the knee has folded
        early = surely_off(bundled(other), time_s)[:40, :2]
        assert early.mean() > 0.9, other


def test_a_small_burst_beside_a_large_one_is_not_off() -> None:
    """A tenth of the peak may be a tenth of full activation."""
    envelope = bursts()
    envelope[700:750] = 0.1
    assert not surely_off(signals(envelope), np.array([0.72])).any()
    envelope[700:750] = 0.04
    assert surely_off(signals(envelope), np.array([0.72])).all()


def test_a_channel_that_hardly_stands_out_of_its_noise_tells_nothing() -> None:
    envelope = bursts() + 0.1
    some = signals(envelope, noise=np.array([0.6, 0.2, 0.0]))
    assert surely_off(some, np.array([0.2])).tolist() == [[False, True, False]]
    silent = replace(some, silent=np.array([True, False, False]), envelope=envelope * [0, 1, 1])
    assert surely_off(silent, np.array([0.2])).tolist() == [[True, True, False]]
    unmeasured = replace(some, unmeasured=np.array([True, True, True]))
    assert not surely_off(unmeasured, np.array([0.2])).any()


def test_followers_are_told_of_only_when_asked() -> None:
    muscles = ("bflh_r", "bfsh_r", "recfem_r", "soleus_r", "bflh_l")
    some = signals(bursts())
    assert muscles_of_channels(some, muscles, "r").tolist() == [
        [True, False, False],
        [True, False, False],
        [False, True, False],
        [False, False, True],
        [False, False, False],
    ]
    assert not muscles_of_channels(some, muscles, "r", followers=False)[1].any()
