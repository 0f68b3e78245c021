"""OpenSim's own tools beside ours on a user's trial: what agrees passes, what does not fails."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import swinglever as sl
from swinglever.checks.made_of import files_of
from swinglever.cli.app import cli
from swinglever.errors import InputError, MissingFileError
from swinglever.synthetic.trials import bundled_trial
from swinglever.verification.comparisons import compare_inverse_dynamics, compare_muscle_analysis
from swinglever.verification.sample import Sample, take_sample

FILES = bundled_trial("pulled").files
MODEL = bundled_trial("pulled").model
COMMAND = f"swinglever analyse {FILES.trial} --model {MODEL} --external-loads {FILES.external_loads}"


@pytest.fixture(scope="module")
def report() -> sl.SwingReport:
    return sl.analyse(FILES.trial, MODEL, external_loads=FILES.external_loads, ik_setup=FILES.ik_setup)


@pytest.fixture(scope="module")
def sample(report: sl.SwingReport) -> Sample:
    return take_sample(report, 6, {"trial": FILES.trial, "model": MODEL, "external_loads": FILES.external_loads})


def test_every_tool_of_opensims_agrees_on_a_bundled_runner(report: sl.SwingReport, tmp_path: Path) -> None:
    """As it is called most: with no file named, all of them found by the command that made the result."""
    result = sl.write_report(_made_by(report, COMMAND), tmp_path / "r.h5")
    done = CliRunner().invoke(cli, ["verify", str(result), "--frames", "6", "--json"], standalone_mode=False)
    told = json.loads(done.stdout)
    assert {row["tool"].split(" ")[0] for row in told["rows"]} == {
        "InverseKinematics",
        "InverseDynamics",
        "MuscleAnalysis",
        "StaticOptimization",
        "InducedAccelerations",
    }
    assert told["passes"], [row for row in told["rows"] if not row["passes"]]
    assert done.return_value == 0
    assert all(row["opensim_s"] > row["ours_s"] > 0 for row in told["rows"])


def test_a_wrong_acceleration_fails_in_inverse_dynamics(sample: Sample) -> None:
    assert all(row.passes for row in compare_inverse_dynamics(sample))
    (row,) = compare_inverse_dynamics(replace(sample, udot=1.1 * sample.udot))
    assert not row.passes


def test_a_muscle_that_runs_elsewhere_fails_in_muscle_analysis(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    from swinglever.verification import comparisons

    right = comparisons.evaluate_paths_at

    def wrong(*given: object) -> object:
        found = right(*given)  # type: ignore[arg-type]
        return replace(found, moment_arm_m=found.moment_arm_m + 0.002)

    monkeypatch.setattr(comparisons, "evaluate_paths_at", wrong)
    lengths, _, arms = compare_muscle_analysis(sample)
    assert lengths.passes
    assert not arms.passes


def test_files_come_from_the_command_that_made_the_result(report: sl.SwingReport) -> None:
    files = {"trial": FILES.trial, "model": MODEL, "external_loads": FILES.external_loads}
    assert files_of(_made_by(report, COMMAND)) == files
    # An option that was not given leaves the command's file.
    assert files_of(_made_by(report, COMMAND), {"trial": None, "model": None, "external_loads": None}) == files
    # What stands before the verb does not matter, and what the user names goes before the command.
    assert files_of(_made_by(report, COMMAND.replace("swinglever", "swinglever --debug", 1))) == files
    # Every file that an analysis takes is found again.
    assert files_of(_made_by(report, f"{COMMAND} --names names.toml"))["names"] == Path("names.toml")
    assert files_of(_made_by(report, "swinglever demo"), {"trial": FILES.trial, "model": MODEL, "grf": None}) == {
        "trial": FILES.trial,
        "model": MODEL,
    }
    with pytest.raises(InputError, match="a result that the verb 'analyse' made"):
        files_of(_made_by(report, "swinglever demo"))


def _made_by(report: sl.SwingReport, command: str) -> sl.SwingReport:
    return replace(report, provenance=replace(report.provenance, command=command))


def test_a_trial_that_has_changed_since_is_refused(report: sl.SwingReport, tmp_path: Path) -> None:
    other = tmp_path / "other.trc"
    other.write_bytes(FILES.trial.read_bytes() + b"\n")
    for path in (other, tmp_path / "gone.trc"):
        with pytest.raises(MissingFileError, match="as it was when it was analysed"):
            take_sample(report, 3, {"trial": path, "model": MODEL})
        with pytest.raises(MissingFileError, match="as it was when it was analysed"):
            files_of(_made_by(report, COMMAND), {"trial": path})


def test_the_sample_begins_at_the_first_toe_off_and_has_room_on_both_sides(
    report: sl.SwingReport, sample: Sample
) -> None:
    assert len(sample.time_s) == 6
    assert 0 <= sample.time_s[0] - report.swings[0].toe_off_s < 0.011
    assert np.all(sample.rows[[0, -1]] == [20, 25])
    assert len(sample.padded_s) == 46
