"""EMG beside swings of known cause: noisy markers and noisy raw surface EMG in, the cause out; and bad input.

The analysis sees the markers, the ground forces, the model and the EMG file; what was imposed stands in
``synthetic_*_known.toml`` and is read here alone.
"""

import io
import json
import tomllib
from collections.abc import Callable, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import xarray

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.cli.app import main
from swinglever.emg.envelopes import envelope_of
from swinglever.engines.opensim import load_model
from swinglever.errors import InputError
from swinglever.output.export_csv import export_csv
from swinglever.output.export_sto import export_sto
from swinglever.output.json_object import as_json
from swinglever.output.store import read_report, write_report
from swinglever.output.tables import emg_lines, swing_table
from swinglever.pipeline import analyse
from swinglever.readers.storage import read_storage, write_storage
from swinglever.records.parameters import Parameters
from swinglever.records.report import Swing, SwingReport
from swinglever.synthetic.cause import read_cause
from swinglever.synthetic.simulation import SimulatedSwing, simulate_swing
from swinglever.synthetic.surface_emg import AMPLIFIER_V, ELECTRODES, record_emg, write_emg
from swinglever.synthetic.trials import SEED, bundled_trial
from swinglever.system.resources import model_file

CAUSES = ("passive", "pulled", "braked")
VERDICTS = {"passive": "momentum-driven", "pulled": "hamstring-initiated", "braked": "momentum-driven"}
SHARE_DEG, SHARE = 10.0, 0.15
"""What a contribution may be off by: 10° or 15 % of the imposed one, the larger."""


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(model_file("runner.osim"))


@pytest.fixture(scope="module")
def reports(model: Model) -> dict[str, SwingReport]:
    return {cause: report_of(model, cause) for cause in CAUSES}


@pytest.fixture(scope="module")
def pulled(model: Model) -> SimulatedSwing:
    """The pulled swing as it was simulated."""
    return simulate_swing(model, read_cause("pulled"), 2.5)


@pytest.fixture(scope="module")
def plain(model: Model) -> SwingReport:
    """Several swings of both legs, without EMG."""
    return mean_report(model)


@pytest.mark.parametrize("scope", ["shank", "leg"])
@pytest.mark.parametrize("cause", CAUSES)
def test_emg_gives_back_who_folded_the_knee(cause: str, scope: str, reports: dict[str, SwingReport]) -> None:
    """Hamstrings and knee extensors, active, each within 10° or 15 % of what was imposed."""
    known = known_of(cause)[scope]
    shares = reports[cause].swings[0].attribution[scope].degrees_by_group()
    for group in ("hamstrings", "knee_extensors"):
        imposed = known[f"{group}|active"]
        assert shares[group] == pytest.approx(imposed, abs=max(SHARE_DEG, SHARE * abs(imposed))), group


@pytest.mark.parametrize("cause", CAUSES)
def test_the_verdict_is_the_cause(cause: str, reports: dict[str, SwingReport]) -> None:
    swing = reports[cause].swings[0]
    assert swing.verdict == VERDICTS[cause], swing.verdict_reason


def test_without_emg_the_groups_are_not_found(model: Model) -> None:
    """What EMG is for: the same recordings by the joint moments alone miss the bounds above."""
    for cause, group in (("passive", "knee_extensors"), ("pulled", "hamstrings"), ("braked", "knee_extensors")):
        imposed = known_of(cause)["shank"][f"{group}|active"]
        found = report_of(model, cause, emg=None).swings[0].attribution["shank"].degrees_by_group()[group]
        assert abs(found - imposed) > max(SHARE_DEG, SHARE * abs(imposed)), cause


@pytest.mark.parametrize("cause", CAUSES)
def test_silencing_the_hamstrings_costs_what_they_gave(cause: str, reports: dict[str, SwingReport]) -> None:
    """Against the simulation without them: all other moments, or all other activations, as they were; within 5°."""
    ablation, known = reports[cause].swings[0].ablation, known_of(cause)
    for case, peak in (
        ("no_hamstrings", "peak_with_other_moments_replayed_deg"),
        ("silent_hamstrings", "peak_without_hamstrings_deg"),
    ):
        assert np.degrees(ablation[case].peak_flexion_rad) == pytest.approx(known[peak], abs=5.0), case


@pytest.mark.slow
def test_other_noise_gives_the_same_shares(model: Model, pulled: SimulatedSwing, tmp_path: Path) -> None:
    """Five other seeds of all EMG noise for the pulled swing: the bounds hold, and shares move by a few degrees."""
    table = read_storage(emg_file("pulled"))
    begin = float(pulled.time_s[0]) - 0.26
    shares = []
    for seed in range(5):
        write_emg(tmp_path / "emg.sto", pulled, (begin, begin + float(table.time_s[-1])), seed)
        found = report_of(model, "pulled", emg=tmp_path / "emg.sto").swings[0].attribution["shank"].degrees_by_group()
        shares.append(found["hamstrings"])
    imposed = known_of("pulled")["shank"]["hamstrings|active"]
    np.testing.assert_allclose(shares, imposed, atol=max(SHARE_DEG, SHARE * imposed))
    assert np.ptp(shares) < 4.0


@pytest.mark.slow
def test_the_bundled_emg_is_made_again(pulled: SimulatedSwing) -> None:
    """Envelopes within 2 % of each peak, or a tenth of the amplifier's 4 µV where a muscle is silent.

    Activations come from a solver that stops at a tolerance; where it shares a moment among the glutei in another way
    from one step to the next, excitation jumps for some milliseconds.
    """
    table = read_storage(emg_file("pulled"))
    again = record_emg(pulled, float(pulled.time_s[0]) - 0.26, table.time_s, SEED)
    assert table.names == tuple(ELECTRODES)
    made, bundled = (envelope_of(x, 1000.0, 30.0, 10.0) for x in (again, table.values))
    np.testing.assert_array_less(
        np.abs(made - bundled).max(axis=0), np.maximum(0.02 * bundled.max(axis=0), 0.1 * AMPLIFIER_V)
    )
    assert np.mean(np.abs(again - table.values) < 1e-8) > 0.9


def test_the_bundled_emg_is_like_surface_emg() -> None:
    """A millivolt at most, a few microvolts of noise in silence, no offset, 1000 Hz."""
    for cause in CAUSES:
        table = read_storage(emg_file(cause))
        assert 1.0 / np.diff(table.time_s) == pytest.approx(1000.0, rel=1e-3)
        assert table.header["units"] == "V"
        assert np.abs(table.values).max() < 4e-3
        assert np.abs(table.values.mean(axis=0)).max() < 1e-5
        quiet = table.values[table.time_s < 0.1]
        assert quiet.std(axis=0) == pytest.approx(AMPLIFIER_V, rel=0.4)


def test_the_record_says_what_emg_told(reports: dict[str, SwingReport]) -> None:
    """The pull is on from toe-off to 21 % of swing, in the file a burst that ends at 30 %."""
    swing = reports["pulled"].swings[0]
    assert swing.emg is not None
    assert swing.muscles is not None
    assert swing.muscles.solver == "static_optimization+emg"
    assert (swing.emg.kind, swing.emg.drives) == ("raw", True)
    assert swing.emg.names == tuple(ELECTRODES)
    assert swing.emg.muscles[0] == ("bflh_r", "bfsh_r")
    begin, end = swing.emg.spans_by_group()["hamstrings"][0]
    assert begin <= 3.0
    assert 15.0 < end < 30.0
    assert np.isfinite(swing.emg.gain).all()
    assert swing.emg.activation.max() <= 1.0


def test_a_silent_channel_is_told_and_its_muscle_kept_silent(reports: dict[str, SwingReport]) -> None:
    """Soleus, at most 0.01 in the passive swing: nothing that rises out of the amplifier's noise."""
    swing = reports["passive"].swings[0]
    assert swing.emg is not None
    assert swing.muscles is not None
    assert any(w.endswith("nothing but noise in R_Soleus: taken as silent") for w in reports["passive"].warnings)
    assert np.isnan(swing.emg.gain[swing.emg.names.index("R_Soleus")])
    # Not in the first hundredths, where the end of the ground's push is still in the moments.
    assert swing.muscles.activation[3:, swing.muscles.of("soleus_r")].max() < 0.02


def test_measured_muscles_follow_their_emg(reports: dict[str, SwingReport]) -> None:
    swing = reports["pulled"].swings[0]
    assert swing.emg is not None
    assert swing.muscles is not None
    wanted = swing.emg.activation[:, swing.emg.names.index("R_Biceps_Femoris")]
    found = swing.muscles.activation[:, swing.muscles.of("bflh_r")]
    assert np.sqrt(np.mean((found - wanted) ** 2)) < 0.1
    assert np.corrcoef(found, wanted)[0, 1] > 0.95


def test_it_is_shown_and_comes_back_from_the_file(reports: dict[str, SwingReport], tmp_path: Path) -> None:
    report = reports["pulled"]
    path = write_report(report, tmp_path / "r.h5")
    old, new = report.swings[0].emg, read_report(path).swings[0].emg
    assert old is not None
    assert new is not None
    for name in ("source", "kind", "drives", "names", "units", "groups", "muscles", "on_share"):
        assert getattr(new, name) == getattr(old, name)
    for name in ("envelope", "activation", "gain", "on", "measured", "misfit", "bounded"):
        np.testing.assert_array_equal(getattr(new, name), getattr(old, name))
    with xarray.open_datatree(path, engine="h5netcdf") as tree:
        data = tree["emg"].to_dataset().sel(swing="r_1")
        assert dict(data.sizes) == {"percent": 101, "channel": len({n for s in report.swings for n in s.emg.names})}
        assert data.envelope.dims == ("channel", "percent")
        assert data.activation.attrs["units"] == "1"
        assert data.gain.attrs["long_name"]
        assert data.attrs["kind"] == "raw"
    told = as_json(report)["swings"][0]
    assert told["muscle_solver"] == "static_optimization+emg"
    assert told["emg"]["groups_on_percent_of_swing"]["hamstrings"][0][0] <= 3.0
    assert [c["name"] for c in told["emg"]["channels"]] == list(ELECTRODES)
    header, rows = swing_table(report)
    assert header[-1] == "hamstrings' EMG on, % of swing"
    assert rows[0][-1].startswith(("0–", "1–", "2–"))
    assert emg_lines(report)[0].startswith("r_1: EMG, % of swing with muscles on: hamstrings ")


def test_it_is_exported(reports: dict[str, SwingReport], tmp_path: Path) -> None:
    emg = reports["pulled"].swings[0].emg
    assert emg is not None
    export_sto(reports["pulled"], tmp_path)
    for kind, values in (("envelope", emg.envelope), ("activation", emg.activation)):
        table = read_storage(tmp_path / "synthetic_pulled_r_1" / f"synthetic_pulled_EMG_{kind}.sto")
        np.testing.assert_array_equal(table.column("R_Biceps_Femoris"), values[:, 0])
    export_csv(reports["pulled"], tmp_path)
    assert "emg_envelope,R_Biceps_Femoris" in (tmp_path / "synthetic_pulled_curves.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("how", ["forces", "none"])
def test_beside_other_forces_it_is_shown_only(how: str, model: Model) -> None:
    bundled = bundled_trial("pulled")
    forces, solver = (bundled.known_forces, "static_optimization") if how == "forces" else (None, "none")
    swing = report_of(model, "pulled", forces=forces, parameters=Parameters(muscle_solver=solver)).swings[0]
    assert swing.emg is not None
    assert not swing.emg.drives
    assert np.isnan(swing.emg.gain).all()
    assert np.isnan(swing.emg.activation).all()
    assert swing.emg.spans_by_group()["hamstrings"]
    assert (swing.muscles is None) if how == "none" else (swing.muscles is not None and swing.muscles.solver == "file")


def test_with_a_huge_weight_measured_muscles_do_what_emg_says(model: Model) -> None:
    swing = report_of(model, "pulled", parameters=Parameters(emg_weight=1e6)).swings[0]
    assert swing.emg is not None
    assert swing.muscles is not None
    for channel, muscle in (("R_Biceps_Femoris", "bflh_r"), ("R_Soleus", "soleus_r")):
        wanted = swing.emg.activation[:, swing.emg.names.index(channel)]
        np.testing.assert_allclose(swing.muscles.activation[:, swing.muscles.of(muscle)], wanted, atol=2e-3)


def test_the_unit_of_emg_does_not_matter(model: Model, reports: dict[str, SwingReport], tmp_path: Path) -> None:
    """What is claimed of a fitted gain: it takes the unit away. How strong the muscle is, it does not tell."""

    def in_millivolts(values: Array) -> None:
        values *= 1e3

    old = reports["pulled"].swings[0]
    new = report_of(model, "pulled", emg=spoilt(tmp_path, in_millivolts, unit="mV")).swings[0]
    assert old.emg is not None
    assert new.emg is not None
    np.testing.assert_allclose(1e3 * new.emg.gain, old.emg.gain, rtol=0.02)  # sizes are settled to a thousandth
    for group, degrees in old.attribution["shank"].degrees_by_group().items():
        assert new.attribution["shank"].degrees_by_group()[group] == pytest.approx(degrees, abs=0.2), group


def test_on_is_above_the_share_that_was_asked_for(model: Model, reports: dict[str, SwingReport]) -> None:
    old, higher = reports["pulled"].swings[0].emg, Parameters(emg_on_share=0.6, muscle_solver="none")
    new = report_of(model, "pulled", parameters=higher).swings[0].emg
    assert old is not None
    assert new is not None
    peak = old.envelope[:, 0].max()  # the pull is the largest that the recording has
    for record, share in ((old, 0.2), (new, 0.6)):
        seen = record.envelope[record.on[:, 0], 0].min()
        assert 0.8 * share * peak < seen < 1.15 * share * peak


def test_saturated_channels_are_unmeasured_not_silent(model: Model, tmp_path: Path) -> None:
    """Rail to rail in both hamstrings: the same as without the channels, and EMG contradicts nothing."""

    def saturate(values: Array) -> None:
        values[:, :2] = np.where(np.random.default_rng(0).random((len(values), 2)) < 0.5, 5e-3, -5e-3)

    path = spoilt(tmp_path, saturate)
    found = report_of(model, "pulled", emg=path)
    (told,) = [w for w in found.warnings if "one level all along" in w]
    assert "Biceps" in told
    assert "Soleus" not in told
    emg = found.swings[0].emg
    assert emg is not None
    assert emg.muscles[:2] == ((), ())
    assert emg.measured.tolist() == [False, False, *[True] * 8]
    assert "hamstrings" not in emg.spans_by_group()
    assert "EMG contradicts" not in found.swings[0].verdict_reason
    table = read_storage(path)
    write_storage(path, table.time_s, table.names[2:], table.values[:, 2:], header={"units": "V"})
    without = report_of(model, "pulled", emg=path).swings[0]
    for group, degrees in without.attribution["shank"].degrees_by_group().items():
        assert found.swings[0].attribution["shank"].degrees_by_group()[group] == pytest.approx(degrees, abs=0.1), group


def test_a_known_delay_is_taken_away(model: Model, reports: dict[str, SwingReport], tmp_path: Path) -> None:
    """EMG that leads by 50 ms makes 84 of 70°; shifted back it makes what it did."""

    def lead(values: Array) -> None:
        values[:] = np.roll(values, -50, axis=0)

    path = spoilt(tmp_path, lead)
    clean = reports["pulled"].swings[0].attribution["shank"].degrees_by_group()["hamstrings"]
    found = [
        report_of(model, "pulled", emg=path, parameters=Parameters(emg_delay_s=delay))
        .swings[0]
        .attribution["shank"]
        .degrees_by_group()["hamstrings"]
        for delay in (0.0, 0.05)
    ]
    assert found[0] > clean + 10.0
    assert found[1] == pytest.approx(clean, abs=1.0)


def test_an_artefact_outside_of_the_swing_changes_nothing(
    model: Model, reports: dict[str, SwingReport], tmp_path: Path
) -> None:
    """A jolt of 10 ms and a tug of 90 ms, 20 mV each, before toe-off in the hamstrings' channels: within 1°."""

    def jolt(values: Array) -> None:
        values[50:60, :2] += 0.02 * np.array([1, -1] * 5)[:, None]

    def tug(values: Array) -> None:
        values[20:110, :2] += 0.02 * np.array([1, -1] * 45)[:, None]

    clean = reports["pulled"].swings[0].attribution["shank"].degrees_by_group()["hamstrings"]
    for spoil in (jolt, tug):
        found = report_of(model, "pulled", emg=spoilt(tmp_path, spoil))
        shares = found.swings[0].attribution["shank"].degrees_by_group()
        assert shares["hamstrings"] == pytest.approx(clean, abs=1.0), spoil.__name__
        assert not any("contradict" in w for w in found.warnings)


def test_emg_that_contradicts_the_moments_is_told(
    model: Model, reports: dict[str, SwingReport], tmp_path: Path
) -> None:
    """The channels of hamstrings and vasti swapped; all 50 ms late; nothing but noise, which leaves no verdict."""
    for cause in CAUSES:
        assert not any("contradict" in w for w in reports[cause].warnings)
        emg = reports[cause].swings[0].emg
        assert emg is not None
        assert emg.misfit.max() < 0.06

    def swap(values: Array) -> None:
        values[:, [0, 1, 3, 4]] = values[:, [3, 4, 0, 1]]

    def delay(values: Array) -> None:
        values[:] = np.roll(values, 50, axis=0)

    def silence(values: Array) -> None:
        values[:] = AMPLIFIER_V * np.random.default_rng(0).normal(size=values.shape)

    for spoil in (swap, delay, silence):
        found = report_of(model, "pulled", emg=spoilt(tmp_path, spoil))
        told = [w for w in found.warnings if w.startswith("the joint moments contradict EMG")]
        assert len(told) == 1, spoil.__name__
        assert "Semitendinosus by 0.1" in told[0]
    assert found.swings[0].verdict == "undecided"
    assert (
        "EMG contradicts hamstring-initiated: R_Biceps_Femoris off in early folding" in found.swings[0].verdict_reason
    )
    told_of = as_json(found)["swings"][0]["emg"]["channels"][1]
    assert told_of["misfit"] > 0.1


def test_exchanged_channels_are_named_and_right_ones_are_not(
    model: Model, reports: dict[str, SwingReport], tmp_path: Path
) -> None:
    """Semitendinosus with vastus lateralis; biceps with tibialis anterior; none in the bundled recordings."""
    for cause in CAUSES:
        assert not any("exchanged" in w for w in reports[cause].warnings), cause
    for one, other in ((1, 3), (0, 7)):

        def swap(values: Array, pair: tuple[int, int] = (one, other)) -> None:
            values[:, pair] = values[:, pair[::-1]]

        found = report_of(model, "pulled", emg=spoilt(tmp_path, swap))
        (told,) = [w for w in found.warnings if "exchanged" in w]
        names = tuple(ELECTRODES)
        assert told.startswith("EMG channels")
        assert f"{names[one]} and {names[other]}" in told


@pytest.mark.parametrize("sides", ["rl", "r"])
def test_exchanged_legs_are_named(model: Model, plain: SwingReport, tmp_path: Path, sides: str) -> None:
    """Both legs' channels, or those of one leg alone, under the other leg's names."""
    table = read_storage(emg_of(plain, tmp_path / "emg.sto", sides=sides))
    other = tuple(name[:-1] + {"r": "l", "l": "r"}[name[-1]] for name in table.names)
    write_storage(tmp_path / "crossed.sto", table.time_s, other, table.values)
    found = mean_report(model, emg=tmp_path / "crossed.sto")
    assert any(w.startswith("the left and right channels of EMG look exchanged") for w in found.warnings)
    right = mean_report(model, emg=tmp_path / "emg.sto")
    assert not any("exchanged" in w for w in right.warnings)


def test_the_free_body_hears_of_emg_too(model: Model) -> None:
    """Scope body has a static optimization of its own: without EMG it gives the hamstrings two thirds of the pull."""
    parameters = Parameters(body_scope=True)
    shares = [
        report_of(model, "pulled", emg=emg, parameters=parameters).swings[0].attribution["body"].degrees_by_group()
        for emg in ("bundled", None)
    ]
    assert shares[0]["hamstrings"] > 1.2 * shares[1]["hamstrings"]
    # Sartorius, gracilis and gastrocnemius have next to no part in it then; without EMG, a large one.
    assert abs(shares[0]["other_knee_flexors"]) < 0.2 * abs(shares[1]["other_knee_flexors"])


def test_given_gains_are_used_as_they_are(model: Model, tmp_path: Path) -> None:
    """Envelopes in shares of a maximal contraction: gain one, whatever the moments say."""
    path = tmp_path / "mvc.csv"
    time_s = np.arange(0, 1, 0.005)
    share = 0.5 * np.sin(np.pi * np.clip((time_s - 0.25) / 0.15, 0, 1)) ** 2
    rows = [f"{t:.3f},{x:.6f}" for t, x in zip(time_s, share, strict=True)]
    path.write_text("\n".join(["time,BF_R", *rows]) + "\n")
    swing = report_of(model, "pulled", emg=path, parameters=Parameters(emg_gain="given")).swings[0]
    assert swing.emg is not None
    assert swing.emg.kind == "envelope"
    assert swing.emg.gain.tolist() == [1.0]
    assert 0.4 < swing.emg.activation.max() < 0.5


def test_both_legs_and_several_swings(model: Model, plain: SwingReport, tmp_path: Path) -> None:
    """EMG that goes with what static optimization found, in an unknown unit, leaves it nearly as it was."""
    path = emg_of(plain, tmp_path / "emg.sto")
    found = mean_report(model, emg=path)
    assert [s.id for s in found.swings] == [s.id for s in plain.swings]
    assert {s.side for s in found.swings} == {"r", "l"}
    for old, new in zip(plain.swings, found.swings, strict=True):
        assert old.muscles is not None
        assert new.muscles is not None
        assert new.emg is not None
        assert new.muscles.solver == "static_optimization+emg"
        assert {n[-1] for n in new.emg.names} == {new.side}
        difference = new.muscles.activation - old.muscles.activation
        assert np.sqrt(np.mean(difference**2)) < 0.05
    gains = {s.side: s.emg.gain for s in found.swings if s.emg is not None}
    same = [s.emg.gain for s in found.swings if s.emg is not None and s.side == "r"]
    assert all(np.array_equal(g, gains["r"]) for g in same)  # one gain a channel over all swings of a side


def test_swings_that_emg_does_not_reach_over_are_left_out_and_named(
    model: Model, plain: SwingReport, tmp_path: Path
) -> None:
    path = emg_of(plain, tmp_path / "emg.sto", until_s=plain.swings[1].foot_strike_s + 0.05)
    found = mean_report(model, emg=path)
    assert [s.id for s in found.swings] == [s.id for s in plain.swings[:2]]
    missed = ", ".join(s.id for s in plain.swings[2:])
    told = f"emg.sto: expected EMG over a whole swing of its leg, got none over {missed}"
    assert f"{told}; left out" in found.warnings
    shown = mean_report(model, emg=path, parameters=Parameters(muscle_solver="none"))
    assert [s.emg is not None for s in shown.swings] == [True, True, *[False] * len(plain.swings[2:])]
    assert f"{told}; shown without it" in shown.warnings


def test_a_leg_without_channels_is_solved_without(model: Model, plain: SwingReport, tmp_path: Path) -> None:
    found = mean_report(model, emg=emg_of(plain, tmp_path / "emg.sto", sides="r"))
    solvers = {s.side: s.muscles.solver for s in found.swings if s.muscles is not None}
    assert solvers == {"r": "static_optimization+emg", "l": "static_optimization"}
    assert (
        "emg.sto: expected EMG over a whole swing of its leg, got none of the leg l; its swings are solved without"
        in found.warnings
    )
    for old, new in zip(plain.swings, found.swings, strict=True):
        if new.side == "l":
            assert old.muscles is not None
            assert new.muscles is not None
            assert new.emg is None
            np.testing.assert_array_equal(new.muscles.activation, old.muscles.activation)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("unknown", "expected channels named after muscles of the model"),
        ("nan", "1 empty or nan cells in 'R_Biceps_Femoris'"),
        ("flat", "0 all along in 'R_Biceps_Femoris'"),
        ("slow", "expected raw EMG at 240 Hz or more, or envelopes that are not negative, got 100 Hz"),
        ("late", "expected times inside 0 to 0.993333 s, got 50 to 50.995 s"),
        ("part", "bad.sto: expected EMG over a whole swing of its leg, got channels of r from 0.000 to 0.600 s"),
        ("absent", "there is no file bad.sto"),
    ],
)
def test_bad_emg_is_one_line_and_leaves_nothing(change: str, text: str, tmp_path: Path) -> None:
    table = read_storage(emg_file("pulled"))
    time_s, names, values = table.time_s, table.names, table.values.copy()
    if change == "unknown":
        names = tuple(f"Sensor {k}" for k in range(len(names)))
    elif change == "nan":
        values[100] = np.nan
    elif change == "flat":
        values[:] = 0.0
    elif change == "slow":
        time_s, values = time_s[::10], values[::10]
    elif change == "late":
        time_s = np.round(time_s - time_s[0] + 50.0, 3)
    elif change == "part":
        time_s, values = time_s[:601], values[:601]
    if change != "absent":
        write_storage(tmp_path / "bad.sto", time_s, names, values)
    before = sorted(p.name for p in tmp_path.iterdir())
    done = command_line(tmp_path, "analyse", "bad.sto")
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert text in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == before
    if change != "part":  # where the swings are is not known before an analysis
        checked = command_line(tmp_path, "check", "bad.sto")
        assert checked.returncode == 2
        assert text in checked.stdout


def test_left_channels_that_were_not_connected_are_no_hindrance(model: Model, tmp_path: Path) -> None:
    """Nor does an amplifier's offset change anything; the muscles of a channel without a signal are not measured."""
    table = read_storage(emg_file("pulled"))
    values = np.hstack([table.values + 0.05, 0 * table.values[:, :1]])
    values[:, table.names.index("R_Soleus")] = np.nan
    write_storage(tmp_path / "emg.sto", table.time_s, (*table.names, "L Biceps Femoris"), values)
    report = report_of(model, "pulled", emg=tmp_path / "emg.sto", parameters=Parameters(side="r"))
    told = [w for w in report.warnings if "emg.sto" in w]
    assert len(told) == 1
    assert "empty or nan cells in 'R_Soleus'; left out" in told[0]
    emg = report.swings[0].emg
    assert emg is not None
    assert emg.names == tuple(n for n in ELECTRODES if n != "R_Soleus")
    shares = report.swings[0].attribution["shank"].degrees_by_group()
    assert shares["hamstrings"] == pytest.approx(known_of("pulled")["shank"]["hamstrings|active"], abs=10.0)


def test_check_tells_every_warning_of_an_analysis_about_emg(tmp_path: Path) -> None:
    """EMG of nothing but noise, a column twice."""
    table = read_storage(emg_file("pulled"))
    values = AMPLIFIER_V * np.random.default_rng(1).normal(size=(len(table.time_s), 3))
    write_storage(tmp_path / "emg.sto", table.time_s, ("R BF", "BF_R", "VL_R"), values)
    told = command_line(tmp_path, "check", "emg.sto").stdout
    done = command_line(tmp_path, "analyse", "emg.sto", "--json")
    warnings = [w for w in json.loads(done.stdout)["warnings"] if w.startswith("emg.sto")]
    assert len(warnings) == 2
    assert all(f"warning: {w}" in told for w in warnings), told


def test_unknown_channels_are_a_warning_and_check_finds_no_fault_in_good_emg(tmp_path: Path) -> None:
    table = read_storage(emg_file("pulled"))
    names = (*table.names[:-1], "Sync_pulse")
    write_storage(tmp_path / "emg.sto", table.time_s, names, table.values)
    done = command_line(tmp_path, "analyse", "emg.sto", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert any("Sync_pulse" in w and "not used" in w for w in told["warnings"])
    assert told["swings"][0]["emg"]["drives"]
    good = command_line(tmp_path, "check", str(emg_file("pulled")))
    assert (good.returncode, good.stdout) == (0, "no faults found\n")


def test_emg_over_no_swing_is_refused_in_python_too(model: Model, tmp_path: Path) -> None:
    table = read_storage(emg_file("passive"))
    write_storage(tmp_path / "bad.sto", table.time_s[:500], table.names, table.values[:500])
    with pytest.raises(InputError, match="expected EMG over a whole swing"):
        report_of(model, "passive", emg=tmp_path / "bad.sto")


def emg_file(cause: str) -> Path:
    path = bundled_trial(cause).emg
    assert path is not None
    return path


def report_of(model: Model, cause: str, *, emg: Path | str | None = "bundled", **choices: Any) -> SwingReport:
    files = bundled_trial(cause).files
    return analyse(
        files.trial,
        model,
        grf=files.grf,
        external_loads=files.external_loads,
        ik_setup=files.ik_setup,
        emg=emg_file(cause) if emg == "bundled" else emg,
        **choices,
    )


def spoilt(folder: Path, spoil: Callable[[Array], None], *, unit: str = "V") -> Path:
    """The pulled swing's EMG after something was done to its values."""
    table = read_storage(emg_file("pulled"))
    values = table.values.copy()
    spoil(values)
    return write_storage(folder / "spoilt.sto", table.time_s, table.names, values, header={"units": unit})


def mean_report(model: Model, **choices: Any) -> SwingReport:
    files = bundled_trial("mean_35").files
    return analyse(
        files.trial, model, grf=files.grf, external_loads=files.external_loads, ik_setup=files.ik_setup, **choices
    )


def emg_of(report: SwingReport, path: Path, *, sides: str = "rl", until_s: float | None = None) -> Path:
    """Envelopes in an arbitrary unit that go with a report's activations, a column a muscle, zero between swings."""
    bases = ("bflh", "bfsh", "semimem", "semiten", "recfem", "vaslat", "vasmed", "gasmed", "gaslat", "tibant")
    last = report.kinematics.time_s[-1] if until_s is None else until_s
    time_s = np.arange(report.kinematics.time_s[0], last, 0.005)
    names = [f"{base}_{side}" for side in sides for base in bases]
    values = np.stack([_course(report.swings, name, time_s) * (1 + k) for k, name in enumerate(names)], axis=1)
    return write_storage(path, time_s, names, values)


def _course(swings: Sequence[Swing], muscle: str, time_s: Array) -> Array:
    total = np.zeros_like(time_s)
    for swing in swings:
        if swing.muscles is not None and muscle in swing.muscles.names:
            activation = swing.muscles.activation[:, swing.muscles.of(muscle)]
            total += np.interp(time_s, swing.time_s, activation, left=0.0, right=0.0)
    return total


def known_of(cause: str) -> dict[str, Any]:
    path = bundled_trial(cause).known
    assert path is not None
    return tomllib.loads(path.read_text(encoding="utf-8"))


class Done(NamedTuple):
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def command_line(folder: Path, verb: str, emg: str, *more: str) -> Done:
    """Run a verb in a folder, in this process: it is the same function, and OpenSim is loaded already."""
    bundled = bundled_trial("pulled")
    files = bundled.files
    arguments = [verb, files.trial, "--model", bundled.model, "--emg", emg]
    arguments += ["--external-loads", files.external_loads, "--ik-setup", files.ik_setup, *more]
    out, err = io.StringIO(), io.StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
        main([str(a) for a in arguments])
    return Done(int(end.value.code or 0), out.getvalue(), err.getvalue())
