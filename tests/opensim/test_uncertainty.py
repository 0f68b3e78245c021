"""Bands: what varied inputs do to the numbers of a swing, and to its verdict."""

import json
import subprocess
import sys
import tomllib
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

import swinglever as sl
from swinglever.anatomy.model import Model
from swinglever.certainty import repeats
from swinglever.engines.opensim import load_model
from swinglever.errors import InputError, SwingleverError
from swinglever.output.json_object import as_json
from swinglever.output.tables import share_table
from swinglever.plugins.manager import load_plugins
from swinglever.readers.storage import write_storage
from swinglever.records.report import Swing, SwingReport
from swinglever.records.spread import InputSpread as Sizes
from swinglever.synthetic.trials import bundled_trial
from swinglever.system.resources import model_file

REPEATS = 20
NOTHING = Sizes(**dict.fromkeys(asdict(Sizes()), 0.0))

WEAK_SOLVER = """
import swinglever as sl
from swinglever.errors import EngineError
from swinglever.muscles.solvers.least_effort import solve_least_effort

calls = []

def moody(legs):
    calls.append(1)
    if len(calls) % {every} == 0:
        raise EngineError("not today")
    return solve_least_effort(legs)

@sl.hookimpl
def swinglever_muscle_solvers():
    return {{"moody": moody}}
"""


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(model_file("runner.osim"))


@pytest.fixture(scope="module")
def passive(model: Model) -> SwingReport:
    return _analyse(model, "passive")


@pytest.fixture(scope="module")
def pulled(model: Model) -> SwingReport:
    return _analyse(model, "pulled")


_SOLVED_DEG = 2e-5
"""Inverse kinematics stops within 1e-7 rad (6e-6 degrees) of its solution, and a repeat starts from the recording's."""


def test_inputs_that_are_known_exactly_leave_no_band(model: Model) -> None:
    swing = _analyse(model, "passive", sizes=NOTHING).swings[0]
    nominal = _analyse(model, "passive", repeats=0).swings[0]
    shares = nominal.attribution["shank"].degrees_by_group()
    for group, degrees in shares.items():
        assert swing.bands.degrees(f"shares/shank/{group}") == pytest.approx((degrees, degrees), abs=_SOLVED_DEG), group
        for end in swing.bands.curve("shank", group):
            flexion = nominal.attribution["shank"].flexion_of_group(group)
            np.testing.assert_allclose(end, flexion, rtol=0.0, atol=np.radians(_SOLVED_DEG), err_msg=group)
    for case, ablation in nominal.ablation.items():
        peak = np.degrees(ablation.peak_flexion_rad)
        assert swing.bands.degrees(f"ablation/{case}") == pytest.approx((peak, peak), abs=_SOLVED_DEG), case
    for name, measured in swing.metrics.items():
        if np.isfinite(measured.value):
            assert (measured.p05, measured.p95) == pytest.approx((measured.value,) * 2, rel=1e-5, abs=1e-5), name
    assert swing.bands.verdicts == {nominal.verdict: REPEATS}
    assert (swing.verdict, swing.evidence) == (nominal.verdict, nominal.evidence)


def test_the_same_seed_gives_the_same_bands(model: Model, passive: SwingReport) -> None:
    again, other = _analyse(model, "passive").swings[0], _analyse(model, "passive", seed=2).swings[0]
    bands = passive.swings[0].bands
    np.testing.assert_array_equal(bands.p05_rad, again.bands.p05_rad)
    assert not np.array_equal(bands.p05_rad, other.bands.p05_rad)


def test_processes_share_the_repeats(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """And give the same bands as one alone."""
    monkeypatch.setattr(repeats, "_MOST_TOGETHER", 5)  # four portions
    made, make = list[range](), repeats._make_portion
    monkeypatch.setattr(repeats, "_make_portion", lambda *given: (made.append(given[-1]), make(*given))[1])
    alone, shared = (_analyse(model, "passive", jobs=jobs) for jobs in (1, 3))
    assert [portion[0] for portion in made] == [0, 5, 10, 15, 0, 15]  # the others were made elsewhere
    np.testing.assert_array_equal(shared.swings[0].bands.p05_rad, alone.swings[0].bands.p05_rad)
    for name, measured in alone.swings[0].metrics.items():
        other = shared.swings[0].metrics[name]
        np.testing.assert_array_equal((other.p05, other.p95), (measured.p05, measured.p95), err_msg=name)


def test_bands_lie_around_what_was_imposed(passive: SwingReport, pulled: SwingReport) -> None:
    """Peak flexion as simulated, before markers and noise; without EMG a pull's band begins farther up."""
    for report, peak_deg in ((passive, 96.68), (pulled, 131.66)):
        low, high = _metric_band(report.swings[0], "peak_knee_flexion")
        assert low < peak_deg < high
        # Soft tissue and misplaced markers of millimetres are a degree or two at a knee between long segments.
        assert 1.0 < high - low < 8.0
    with_pull, without = (r.swings[0].bands.degrees("shares/shank/hamstrings") for r in (pulled, passive))
    assert without[0] < 5.0 < 30.0 < with_pull[0]


def test_the_truth_lies_in_the_band_which_emg_narrows(model: Model, pulled: SwingReport) -> None:
    """The pull made 70° of the fold; static optimization alone gives a part of it to other muscles.

    The end of a band wanders with 20 repeats by as much as the truth lies inside it; with 60 it does not.
    """
    truth = tomllib.loads(bundled_trial("pulled").known.read_text(encoding="utf-8"))
    swing = _analyse(model, "pulled", repeats=60, jobs=2, emg=True).swings[0]
    low, high = swing.bands.degrees("shares/shank/hamstrings")
    assert low < truth["shank"]["hamstrings|active"] < high
    low, high = swing.bands.degrees("ablation/silent_hamstrings")
    assert low < truth["peak_without_hamstrings_deg"] < high
    without = pulled.swings[0].bands.degrees("shares/shank/hamstrings")
    assert without[0] < truth["shank"]["hamstrings|active"] < without[1]
    assert _width(swing.bands.degrees("shares/shank/hamstrings")) < _width(without)


def test_without_emg_hardly_a_repeat_says_who_pulled(pulled: SwingReport) -> None:
    """Of twenty, one at most has muscles of other strength that leave hamstrings alone to have pulled."""
    swing = pulled.swings[0]
    assert swing.verdict == "undecided"
    assert swing.bands.verdicts["undecided"] >= 0.95 * REPEATS
    assert f"of {REPEATS} repeats" in swing.verdict_reason


MOVES = {  # what each input certainly moves
    "marker_noise_m": "peak_knee_flexion",
    "soft_tissue_thigh_m": "peak_knee_flexion",
    "soft_tissue_shank_m": "peak_knee_flexion",
    "soft_tissue_foot_m": "hip_heel_share_minimum",
    "soft_tissue_trunk_m": "hip_extension_peak",
    "misplacement_m": "peak_knee_flexion",
    "filter_share": "knee_flexion_speed_at_toe_off",
    "segment_mass_share": "late_knee_flexor_moment_peak",
    "segment_centre_share": "late_knee_flexor_moment_peak",
    "gyration_share": "late_knee_flexor_moment_peak",
    "strength_share": "hamstring_force_peak",
    "moment_arm_share": "hamstring_force_peak",
    "load_sharing": "hamstring_force_peak",
    "toe_off_force_s": "swing_duration",
}


@pytest.mark.parametrize("size", MOVES)
def test_every_input_moves_what_hangs_on_it(model: Model, size: str) -> None:
    swing = _analyse(model, "passive", sizes=replace(NOTHING, **{size: getattr(Sizes(), size)})).swings[0]
    assert _width(_metric_band(swing, MOVES[size])) > 1e-4


@pytest.mark.parametrize(
    ("size", "metric"),
    [("coordinate_rad", "peak_knee_flexion"), ("filter_share", "peak_knee_flexion"), ("toe_off_kinematics_s", "")],
)
def test_a_trial_of_coordinates_has_bands_too(model: Model, tmp_path: Path, size: str, metric: str) -> None:
    moved = _analyse(model, "passive", repeats=0).kinematics
    write_storage(tmp_path / "run.mot", moved.time_s, moved.coordinate_names, moved.q, in_degrees=False)
    sizes = replace(NOTHING, **{size: getattr(Sizes(), size)})
    chosen = sl.Parameters(uncertainty=REPEATS, sizes=sizes, muscle_solver="none")
    swing = sl.analyse(tmp_path / "run.mot", model, parameters=chosen).swings[0]
    width = _width(_metric_band(swing, metric or "swing_duration"))
    assert width > 1e-4
    if size == "coordinate_rad":  # one degree, 1.64 of them either way
        assert 1.5 < width < 5.5


def test_scope_body_hangs_on_strength_too(model: Model) -> None:
    swing = _analyse(model, "passive", sizes=replace(NOTHING, strength_share=0.18), body_scope=True).swings[0]
    assert _width(swing.bands.degrees("shares/body/hamstrings")) > 0.1


def test_jobs_find_files_that_were_named_from_here(tmp_path: Path) -> None:
    """A child works in a folder of its own."""
    pulled = bundled_trial("pulled")
    trial, grf, forces = pulled.files.trial, pulled.files.grf, pulled.known_forces
    assert grf is not None
    assert forces is not None
    for path in (pulled.model, trial, grf, forces):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    asked = ["analyse", trial.name, "--model", pulled.model.name, "--grf", grf.name, "--forces", forces.name]
    asked += ["--uncertainty", "20", "--jobs", "2", "--json", "--out", "r.h5"]
    done = subprocess.run(
        [sys.executable, "-m", "swinglever", *asked], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert sum(json.loads(done.stdout)["swings"][0]["bands"]["verdicts"].values()) == 20


def test_strength_changes_muscles_and_not_moments(model: Model) -> None:
    """Each input moves what hangs on it, and nothing else."""
    swing = _analyse(model, "passive", sizes=replace(NOTHING, strength_share=0.18)).swings[0]
    assert _width(_metric_band(swing, "early_knee_moment")) == pytest.approx(0.0, abs=1e-9)
    assert _width(swing.bands.degrees("ablation/no_knee_muscles")) == pytest.approx(0.0, abs=1e-6)
    assert _width(swing.bands.degrees("shares/shank/hamstrings")) > 0.3
    assert _width(swing.bands.degrees("ablation/silent_knee_extensors")) > 1.0


def test_moment_arms_change_muscles_and_not_moments(model: Model) -> None:
    swing = _analyse(model, "passive", sizes=replace(NOTHING, moment_arm_share=0.10)).swings[0]
    assert _width(_metric_band(swing, "early_knee_moment")) == pytest.approx(0.0, abs=1e-9)
    assert _width(swing.bands.degrees("shares/shank/hamstrings")) > 0.3


def test_masses_change_moments_and_not_angles(model: Model) -> None:
    sizes = replace(NOTHING, segment_mass_share=0.1, segment_centre_share=0.07, gyration_share=0.06)
    swing = _analyse(model, "passive", sizes=sizes).swings[0]
    assert _width(_metric_band(swing, "peak_knee_flexion")) == pytest.approx(0.0, abs=1e-9)
    low, high = _metric_band(swing, "late_knee_flexor_moment_peak")
    # A tenth on mass and a tenth or so on inertia are a tenth or two on a moment that swings them.
    assert 0.1 < (high - low) / swing.metrics["late_knee_flexor_moment_peak"].value < 0.8


def test_when_emg_comes_changes_who_pulled_and_nothing_else(model: Model) -> None:
    swing = _analyse(model, "pulled", sizes=replace(NOTHING, emg_time_s=0.02), emg=True).swings[0]
    assert _width(swing.bands.degrees("shares/shank/hamstrings")) > 5.0
    assert _width(_metric_band(swing, "early_knee_moment")) == pytest.approx(0.0, abs=1e-9)
    assert _width(_metric_band(swing, "swing_duration")) == pytest.approx(0.0, abs=1e-9)


def test_toe_off_changes_when_the_swing_begins(model: Model) -> None:
    swing = _analyse(model, "passive", sizes=replace(NOTHING, toe_off_force_s=0.003)).swings[0]
    low, high = _metric_band(swing, "swing_duration")
    # 90 % of a normal distribution lie within 1.64 standard deviations; 20 draws scatter.
    assert 0.004 < high - low < 0.018


def test_a_verdict_that_hangs_on_the_inputs_is_none(model: Model) -> None:
    """Muscles of any strength between a fourth and four times: the pulled swing, with EMG, is called other things."""
    sizes = replace(Sizes(), strength_share=0.9, moment_arm_share=0.5)
    swing = _analyse(model, "pulled", sizes=sizes, emg=True).swings[0]
    assert len(swing.bands.verdicts) > 1
    assert sum(swing.bands.verdicts.values()) == REPEATS
    assert (swing.verdict, swing.evidence) == ("undecided", "undecided")
    assert "as measured hamstring-initiated" in swing.verdict_reason


def test_bands_are_kept_in_the_file_and_shown(passive: SwingReport, tmp_path: Path) -> None:
    sl.write_report(passive, tmp_path / "r.h5")
    swing, read = passive.swings[0], sl.read_report(tmp_path / "r.h5").swings[0]
    assert read.bands.names == swing.bands.names
    assert read.bands.verdicts == swing.bands.verdicts
    np.testing.assert_array_equal(read.bands.p95_rad, swing.bands.p95_rad)
    for kept, band in zip(read.bands.curve("leg", "hamstrings"), swing.bands.curve("leg", "hamstrings"), strict=True):
        np.testing.assert_allclose(kept, band, rtol=0.0, atol=1e-5)
    assert read.metrics["peak_knee_flexion"].p05 == swing.metrics["peak_knee_flexion"].p05
    shown = as_json(passive)["swings"][0]
    assert shown["bands"]["shares"]["shank"]["hamstrings"] == list(swing.bands.degrees("shares/shank/hamstrings"))
    assert shown["bands"]["ablation"]["none"][0] < shown["peak_flexion_deg"] < shown["bands"]["ablation"]["none"][1]
    assert shown["metrics"]["peak_knee_flexion"]["p05"] == swing.metrics["peak_knee_flexion"].p05
    _, rows = share_table(passive)
    assert all("[" in row[1] for row in rows if row[0] in ("hamstrings", "proximal"))


def test_a_repeat_that_fails_is_told(model: Model, tmp_path: Path) -> None:
    (tmp_path / "lab.py").write_text(WEAK_SOLVER.format(every=15))
    report = _analyse(model, "passive", folder=tmp_path)
    assert any("1 of 20 repeats with varied inputs failed, the first with: not today" in w for w in report.warnings)
    assert sum(report.swings[0].bands.verdicts.values()) == REPEATS - 1


def test_many_repeats_that_fail_are_an_error(model: Model, tmp_path: Path) -> None:
    (tmp_path / "lab.py").write_text(WEAK_SOLVER.format(every=3))
    with pytest.raises(SwingleverError, match="7 of 20 repeats with varied inputs failed, the first with: not today"):
        _analyse(model, "passive", folder=tmp_path)


def test_choices_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="uncertainty: expected 0 or at least 20 repeats, got 3"):
        sl.Parameters(uncertainty=3)
    with pytest.raises(InputError, match="uncertainty: expected swinglever's own solvers"):
        sl.Parameters(uncertainty=20, muscle_solver="opensim")
    with pytest.raises(InputError, match=r"seed: expected a whole number, got 1.5"):
        sl.Parameters(seed=1.5)
    with pytest.raises(InputError, match=r"sizes: expected a table of sizes, got 'big'"):
        sl.Parameters.from_table({"sizes": "big"})
    with pytest.raises(InputError, match="there is no size 'luck'; there are"):
        sl.Parameters.from_table({"sizes": {"luck": 0.1}})
    with pytest.raises(InputError, match=r"sizes\.strength_share: expected a number from 0 up and below 1, got -0.1"):
        Sizes(strength_share=-0.1)
    with pytest.raises(InputError, match=r"sizes\.strength_share: expected a number from 0 up and below 1, got 1.0"):
        Sizes(strength_share=1.0)
    with pytest.raises(InputError, match=r"sizes\.load_sharing: expected a number from 0 to 1, got True"):
        Sizes(load_sharing=True)
    assert sl.Parameters.from_table({"sizes": {"strength_share": 0.3}}).sizes.strength_share == 0.3


def _analyse(
    model: Model,
    cause: str,
    *,
    repeats: int = REPEATS,
    seed: int = 1,
    jobs: int = 1,
    sizes: Sizes | None = None,
    folder: Path | None = None,
    emg: bool = False,
    body_scope: bool = False,
) -> SwingReport:
    files = bundled_trial(cause).files
    solver = {} if folder is None else {"muscle_solver": "moody"}
    return sl.analyse(
        files.trial,
        model,
        grf=files.grf,
        external_loads=files.external_loads,
        ik_setup=files.ik_setup,
        emg=model_file(f"runners/synthetic_{cause}_emg.sto") if emg else None,
        parameters=sl.Parameters(
            uncertainty=repeats, seed=seed, sizes=sizes or Sizes(), body_scope=body_scope, **solver
        ),
        jobs=jobs,
        plugins=load_plugins([] if folder is None else [folder]),
    )


def _metric_band(swing: Swing, name: str) -> tuple[float, float]:
    return swing.metrics[name].p05, swing.metrics[name].p95


def _width(band: tuple[float, float]) -> float:
    return band[1] - band[0]
