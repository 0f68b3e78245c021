"""From raw EMG to activation: envelopes of known noise, activation dynamics, which channel tells of which muscle."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.signal import butter, sosfiltfilt

from swinglever.anatomy.groups import OTHER, group_of
from swinglever.arrays import Array
from swinglever.emg.activation import ACTIVATION_S, DEACTIVATION_S, activate, excite
from swinglever.emg.channels import drive_shares, read_channels
from swinglever.emg.envelopes import ENVELOPE, RAW, envelope_of, process_emg
from swinglever.emg.labels import names_of, places
from swinglever.emg.noise import noise_ratio
from swinglever.errors import InputError
from swinglever.records.emg import EmgRecord
from swinglever.records.parameters import Parameters
from swinglever.records.trial import EmgRecording

RATE_HZ = 1000.0
OURS = ("bflh", "bfsh", "semimem", "semiten", "recfem", "vasint", "vaslat", "vasmed", "gasmed", "gaslat", "glmax2")
LEG = tuple(f"{name}_r" for name in OURS)


def recording(values: Array, names: tuple[str, ...], rate_hz: float = RATE_HZ) -> EmgRecording:
    time_s = np.arange(len(values)) / rate_hz
    return EmgRecording(path=Path("emg.sto"), time_s=time_s, names=names, units=("V",) * len(names), values=values)


def test_the_envelope_of_modulated_noise_is_its_modulation() -> None:
    """Mean of |N(0, s)| is s √(2/π); 200 channels, modulated once a second, so that 10 Hz lets it pass."""
    time_s = np.arange(3000) / RATE_HZ
    size = 1.0 + 0.8 * np.sin(2 * np.pi * time_s)
    noise = np.random.default_rng(1).normal(size=(3000, 200)) * size[:, None]
    envelope = envelope_of(noise, RATE_HZ, 30.0, 10.0).mean(axis=1)
    inside = slice(200, -200)
    # The high-pass takes away 30 of 500 Hz, 3 % of the amplitude of white noise, put back here.
    expected = np.sqrt(2 / np.pi * (1 - 30 / 500)) * size
    np.testing.assert_allclose(envelope[inside], expected[inside], rtol=0.04, atol=0.02)


def test_an_offset_and_a_swaying_cable_do_not_show() -> None:
    time_s = np.arange(3000) / RATE_HZ
    noise = np.random.default_rng(2).normal(size=(3000, 1))
    swaying = noise + 5.0 + 3.0 * np.sin(2 * np.pi * 2 * time_s)[:, None]
    clean, swayed = (envelope_of(x, RATE_HZ, 30.0, 10.0) for x in (noise, swaying))
    # Not at the ends, where the filter starts.
    np.testing.assert_allclose(swayed[300:-300], clean[300:-300], atol=0.02)


def test_noise_is_subtracted_and_a_channel_of_nothing_else_is_silent() -> None:
    random, burst = np.random.default_rng(3), np.zeros((2000, 1))
    burst[800:1200] = 1.0
    values = np.hstack([burst, np.zeros((2000, 1))]) * random.normal(size=(2000, 2)) + 0.05 * random.normal(
        size=(2000, 2)
    )
    names = ("R BF", "R RF")
    found = process_emg(recording(1e-4 * values, names), read_channels(names, LEG), Parameters())
    assert found.kind == RAW
    assert found.silent.tolist() == [False, True]
    assert not found.envelope[:, 1].any()
    quiet = found.envelope[found.time_s < 0.6, 0]
    assert quiet.mean() < 0.5 * np.sqrt(2 / np.pi) * 5e-6  # less than half of the noise is left
    assert found.activation(np.array([0.7, 0.0]))[:, 0].max() == pytest.approx(0.7, abs=0.03)


@pytest.mark.parametrize("rate_hz", [240.0, 500.0, 1000.0, 2000.0])
@pytest.mark.parametrize("length_s", [1.0, 10.0])
def test_noise_stays_within_its_ratio(rate_hz: float, length_s: float) -> None:
    """In more than 95 of 100 channels, whatever rate and length; and is not far above any."""
    white = np.random.default_rng(5).normal(size=(int(rate_hz * length_s), 100))
    if rate_hz >= 1000:
        white = sosfiltfilt(butter(2, [20, 400], btype="bandpass", fs=rate_hz, output="sos"), white, axis=0)
    envelope = envelope_of(white, rate_hz, 30.0, 10.0)
    ratio = envelope.max(axis=0) / np.percentile(envelope, 5.0, axis=0)
    most = noise_ratio(rate_hz, length_s, 30.0, 10.0)
    assert np.mean(ratio < most) > 0.95
    assert ratio.max() > most / 1.4


@pytest.mark.parametrize(
    ("unit", "level", "silent"), [("V", 4e-6, True), ("mV", 4e-3, True), ("V", 5e-4, False), ("", 4e-6, False)]
)
def test_a_flat_channel_is_silent_only_where_it_is_known_to_be_low(unit: str, level: float, silent: bool) -> None:
    noise = level * np.random.default_rng(6).normal(size=(2000, 2))
    noise[800:1200, 1] *= 50.0
    raw = replace(recording(noise, ("R BF", "R RF")), units=(unit, unit))
    found = process_emg(raw, read_channels(raw.names, LEG), Parameters())
    assert found.silent.tolist() == [silent, False]
    assert found.unmeasured.tolist() == [not silent, False]
    assert ["one level all along in R BF" in told for told in found.warnings] == ([] if silent else [True])


def test_a_clipped_channel_is_told() -> None:
    """At two deviations: 5 % of the samples; and two extremes of a sound one are not told."""
    random, size = np.random.default_rng(7), np.full((2000, 1), 0.01)
    size[800:1400] = 1.0
    values = size * random.normal(size=(2000, 2))
    values[:, 0] = np.clip(values[:, 0], -2.0, 2.0)
    found = process_emg(recording(values, ("R BF", "R RF")), read_channels(("R BF", "R RF"), LEG), Parameters())
    (told,) = found.warnings
    assert "at the ends of the range in R BF: clipped" in told


def test_given_shares_are_not_volts() -> None:
    values = 1e-3 * np.abs(np.sin(np.linspace(0, 9, 2000)))[:, None]
    raw = replace(recording(values, ("R BF",)), units=("",))
    given = Parameters(emg_gain="given")
    channels = read_channels(raw.names, LEG)
    assert "no share of a maximal contraction above 0.001" in process_emg(raw, channels, given).warnings[0]
    assert process_emg(raw, channels, Parameters()).warnings == ()


def test_a_delay_shifts_all_of_emg() -> None:
    values = np.abs(np.sin(np.linspace(0, 9, 2000)))[:, None]
    made = [
        process_emg(recording(values, ("R BF",)), read_channels(("R BF",), LEG), Parameters(emg_delay_s=delay))
        for delay in (0.0, 0.03)
    ]
    np.testing.assert_allclose(made[1].time_s, made[0].time_s + 0.03)
    np.testing.assert_allclose(made[1].envelope, made[0].envelope, atol=1e-9)
    assert made[0].covers(0.0, 1.9)
    assert not made[1].covers(0.0, 1.9)
    assert made[1].covers(0.03, 2.0)
    assert not made[0].covers(0.03, 2.0)
    with pytest.raises(InputError, match="emg_delay_s"):
        Parameters(emg_delay_s=-0.01)


def test_a_spike_is_no_burst() -> None:
    """10 ms of thirty times a burst's size, in silence: neither the burst nor its peak change."""
    random, size = np.random.default_rng(4), np.full(3000, 0.01)
    size[1500:1900] = 1.0
    clean = (size * random.normal(size=3000))[:, None]
    spiked = clean.copy()
    spiked[500:510, 0] += 30.0 * np.array([1, -1] * 5)
    found = [process_emg(recording(x, ("BF_R",)), read_channels(("BF_R",), LEG), Parameters()) for x in (clean, spiked)]
    np.testing.assert_allclose(found[1].envelope, found[0].envelope, atol=0.02 * found[0].peak[0])
    assert found[1].peak == pytest.approx(found[0].peak, rel=0.01)
    # The cut takes next to nothing from the burst itself: 1 of 20 000 samples of Gaussian noise.
    assert found[0].envelope.max() == pytest.approx(np.sqrt(2 / np.pi), rel=0.15)


def test_the_peak_is_not_that_of_a_tug_at_the_cable() -> None:
    """A tenth of a second in ten, ten times as high as the bursts of every stride."""
    time_s = np.arange(0, 10, 1 / RATE_HZ)
    strides = np.maximum(np.sin(2 * np.pi * 1.4 * time_s), 0.0)[:, None]
    strides[5000:5100] = 10.0
    found = process_emg(recording(strides, ("BF_R",)), read_channels(("BF_R",), LEG), Parameters())
    assert found.peak[0] == pytest.approx(1.0, abs=0.01)


def test_an_envelope_is_taken_as_it_is() -> None:
    time_s = np.arange(2000) / RATE_HZ
    values = (0.3 + 0.2 * np.sin(2 * np.pi * 2 * time_s))[:, None]
    found = process_emg(recording(values, ("BF_R",)), read_channels(("BF_R",), LEG), Parameters())
    assert found.kind == ENVELOPE
    np.testing.assert_allclose(found.envelope[:, 0], np.interp(found.time_s, time_s, values[:, 0]), atol=1e-4)


def test_activation_follows_the_differential_equation() -> None:
    """Against a general integrator: a rise, a hold and a fall."""

    def excitation(time_s: float) -> float:
        return float(np.interp(time_s, [0.0, 0.05, 0.1, 0.2, 0.25, 0.5], [0.05, 0.05, 0.9, 0.9, 0.1, 0.1]))

    def rate(time_s: float, a: Array) -> Array:
        u = excitation(time_s)
        pace = 0.5 + 1.5 * a
        return np.where(u > a, (u - a) / (ACTIVATION_S * pace), (u - a) * pace / DEACTIVATION_S)

    time_s = np.arange(251) / 500
    known = solve_ivp(rate, (0.0, 0.5), [0.05], t_eval=time_s, max_step=1e-3, rtol=1e-8).y[0]
    found = activate(np.array([[excitation(t)] for t in time_s]), 1 / 500)[:, 0]
    np.testing.assert_allclose(found, known, atol=0.02)  # the pace is that at the start of each 2 ms


def test_activation_rises_faster_than_it_falls() -> None:
    step = np.concatenate([np.zeros(10), np.ones(200), np.zeros(200)])[:, None]
    a = activate(step, 1e-3)[:, 0]
    assert np.argmax(a > 0.5) - 10 < 0.5 * (np.argmax(a[210:] < 0.5))


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6), step_s=st.sampled_from([1e-4, 2e-3, 0.05]))
def test_activation_stays_between_zero_and_one(seed: int, step_s: float) -> None:
    a = activate(np.random.default_rng(seed).integers(0, 2, (50, 3)).astype(float), step_s)
    assert (a >= 0).all()
    assert (a <= 1).all()


def test_the_excitation_of_a_smooth_activation_leads_back_to_it() -> None:
    time_s = np.arange(1000) / 1000
    activation = (0.3 + 0.2 * np.sin(2 * np.pi * time_s))[:, None]  # falls slowly enough for an excitation above zero
    again = activate(excite(activation, 1e-3), 1e-3)
    np.testing.assert_allclose(again[50:], activation[50:], atol=2e-3)  # it starts where excitation is


def test_every_name_of_a_place_is_its_own_and_its_muscles_are_of_one_group() -> None:
    """A name that stood for two places would be taken for the last."""
    names = [name for key in places() for name in names_of(key)]
    assert len(set(names)) == len(names), sorted(n for n in set(names) if names.count(n) > 1)
    for place in places().values():
        assert len({group_of(m) for m in (*place.muscles, *place.follow)}) == 1, place.name
    assert {group_of(place.muscles[0]) for place in places().values()} >= {"hamstrings", "knee_extensors", OTHER}


def test_muscles_without_a_channel_follow_their_neighbours() -> None:
    """Short head with long head, semimembranosus with semitendinosus, vastus intermedius the mean of the others."""
    names = ("BF_R", "ST_R", "VL_R", "VM_R", "VL_L")
    shares = drive_shares(read_channels(names, LEG), LEG, "r")
    told = {m: row.tolist() for m, row in zip(OURS, shares, strict=True)}
    assert told["bflh"] == told["bfsh"] == [1, 0, 0, 0, 0]
    assert told["semiten"] == told["semimem"] == [0, 1, 0, 0, 0]
    assert told["vasint"] == [0, 0, 0.5, 0.5, 0]
    assert told["vaslat"] == [0, 0, 1, 0, 0]
    assert told["recfem"] == told["glmax2"] == [0, 0, 0, 0, 0]


def test_a_channel_of_its_own_goes_before_a_neighbours() -> None:
    names = ("BF_R", "/forceset/bfsh_r", "ST_R", "SM_R")
    shares = drive_shares(read_channels(names, LEG), LEG, "r")
    told = {m: row.tolist() for m, row in zip(OURS, shares, strict=True)}
    assert told["bflh"] == [1, 0, 0, 0]
    assert told["bfsh"] == [0, 1, 0, 0]
    assert told["semimem"] == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("muscles", "driven"),
    [
        (("bifemlh_r", "bifemsh_r", "semimem_r", "semiten_r", "rect_fem_r", "vas_int_r"), 6),  # gait2392, Hamner
        (("hamstrings_r", "bifemsh_r", "rect_fem_r", "vasti_r", "gastroc_r", "iliopsoas_r"), 5),  # gait10dof18musc
    ],
)
def test_other_families_of_models_are_known(muscles: tuple[str, ...], driven: int) -> None:
    names = ("BF_R", "ST_R", "RF_R", "VL_R", "VM_R", "MG_R")
    shares = drive_shares(read_channels(names, muscles), muscles, "r")
    assert shares.any(axis=1).sum() == driven
    np.testing.assert_allclose(shares.sum(axis=1)[shares.any(axis=1)], 1.0)


def test_a_record_tells_when_a_group_is_on() -> None:
    on = np.zeros((101, 3), dtype=bool)
    on[10:21, 0] = on[15:31, 1] = on[90:, 1] = True
    record = record_of(on)
    assert record.spans_by_group() == {"hamstrings": [(10.0, 30.0), (90.0, 100.0)], "knee_extensors": []}
    assert record.spans()["ST"] == [(15.0, 30.0), (90.0, 100.0)]
    with pytest.raises(ValueError, match="expected shape"):
        replace(record, gain=np.ones(2))


def test_a_record_names_channels_that_muscles_do_not_follow() -> None:
    """Beyond a tenth, or with the gain at its bound; nothing is said of a channel that drives no muscle."""
    record = record_of(np.zeros((101, 3), dtype=bool))
    assert record.contradicted() == ()
    assert replace(record, misfit=np.array([0.09, 0.11, np.nan])).contradicted() == ("ST",)
    unmeasured = replace(record, measured=np.array([True, True, False]))
    assert list(unmeasured.spans_by_group()) == ["hamstrings"]
    assert replace(record, bounded=np.array([False, False, True])).contradicted() == ("RF",)


def record_of(on: Array) -> EmgRecord:
    blank = np.zeros((101, 3))
    return EmgRecord(
        source="emg.sto",
        kind=RAW,
        drives=True,
        names=("BF", "ST", "RF"),
        units=("V",) * 3,
        groups=("hamstrings", "hamstrings", "knee_extensors"),
        muscles=(("bflh_r",), ("semiten_r",), ("recfem_r",)),
        envelope=blank,
        activation=blank,
        gain=np.ones(3),
        on=on,
        on_share=0.2,
        measured=np.ones(3, dtype=bool),
        misfit=np.zeros(3),
        bounded=np.zeros(3, dtype=bool),
    )


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("BFR", "BFL", "STR", "STL", "SOR", "SOL"), "rlrlrl"),
        (("RGAS", "LGAS", "RBF"), "rlr"),
        (("BF", "ST", "SOL", "LG", "BFL"), "-----"),  # the long head, beside names without a side
        (("BFL",), "?"),
        (("RBF", "BF", "SOL"), "r-?"),
        (("R_BF", "SOL"), "r?"),
        (("R_BFL", "L_BFL", "LVL_L", "R_LG"), "rllr"),
        (("LGL", "VLL", "VMR"), "llr"),
    ],
)
def test_a_letter_is_a_side_where_the_other_names_tell_so(names: tuple[str, ...], told: str) -> None:
    """A dash has no side, a question mark one that cannot be known."""
    found = read_channels(names, ())
    assert "".join(c.side or ("?" if c.perhaps else "-") for c in found) == told


@pytest.mark.parametrize("names", [("RG", "LG"), ("RH", "LH"), ("RBF", "LH"), ("L BF R",), ("R_BFL_L",), ("RBF", "GM")])
def test_names_that_may_mean_another_muscle_or_both_sides_are_not_known(names: tuple[str, ...]) -> None:
    assert [c.name for c in read_channels(names, ()) if not c.may_be] in ([], ["RBF"])


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("BFR", "r biceps_femoris"),
        ("VMR", "r vastus_medialis"),
        ("Ultium EMG.RT RECTUS FEM.", "r rectus_femoris"),
        ("Dynamic.BF_L", "l biceps_femoris"),
        ("Delsys.RBF", "r biceps_femoris"),
        ("R RECTUS FEMORIS: EMG.A 1", "r rectus_femoris"),
        ("L TIBIALIS ANTERIOR: EMG 5 (IM)", "l tibialis_anterior"),
        ("R RECTUS FEMORIS: ACC.X 1", ""),
        ("BF_R Mini sensor 3: EMG 3", "r biceps_femoris"),
        ("R_BF_uV", "r biceps_femoris"),
        ("R BF \u03bcV", "r biceps_femoris"),
        ("R BF µV", "r biceps_femoris"),
        ("BF_R_filt", "r biceps_femoris"),
        ("BF_R_norm", "r biceps_femoris"),
        ("R VMed", "r vastus_medialis"),
        ("R VLat", "r vastus_lateralis"),
        ("M. biceps femoris R", "r biceps_femoris"),
        ("semiten_r/activation", "r semiten"),
        ("/forceset/semiten_r/activation", "r semiten"),
        ("/forceset/semiten_r/fiber_length", ""),
    ],
)
def test_names_of_laboratories_and_of_recording_systems_are_known(name: str, told: str) -> None:
    found = [f"{c.side} {c.site.name}" for c in read_channels((name,), LEG)]
    assert found == ([told] if told else [])
