"""The demo, as a newcomer runs it: one command, nothing else at hand."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import swinglever
from swinglever.demo import DEMO_TRIALS, verdict_table
from swinglever.output.store import read_report

TRIALS = ("mean_35", "passive", "pulled")


class Run:
    """A finished ``swinglever demo``."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        package = str(Path(swinglever.__file__).parent.parent)
        done = subprocess.run(
            [sys.executable, "-m", "swinglever", "demo", *arguments],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": package},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(tmp_path_factory.mktemp("demo"), "--out", "out")


def test_it_prints_the_runners_side_by_side(run: Run) -> None:
    assert run.status == 0, run.err
    for meaning in DEMO_TRIALS.values():
        assert any(line.startswith(meaning) for line in run.out.splitlines())
    assert "ynthetic" in run.out


def test_every_path_that_it_prints_exists_and_it_writes_nothing_else(run: Run) -> None:
    printed = {line.removeprefix("written: ") for line in run.out.splitlines() if line.startswith("written: ")}
    found = {str(path.relative_to(run.folder)) for path in run.folder.rglob("*") if path.is_file()}
    assert printed == found
    assert {f"out/{name}.h5" for name in TRIALS} <= printed


def test_a_scene_is_made_or_its_absence_explained(run: Run) -> None:
    assert (run.folder / "out" / "mean_35.blend").exists() != ("no scene: " in run.out)


def test_the_results_open_and_hold_what_was_printed(run: Run) -> None:
    reports = {name: read_report(run.folder / "out" / f"{name}.h5") for name in TRIALS}
    _, rows = verdict_table(reports)
    for row in rows:
        assert any(line.split() == " ".join(row).split() for line in run.out.splitlines()), row
    assert len(reports["mean_35"].swings) == 5
    assert len(reports["pulled"].swings) == len(reports["passive"].swings) == 1


def test_emg_decides_the_simulated_swings_and_nothing_is_said_of_the_mean_without(run: Run) -> None:
    said = {name: read_report(run.folder / "out" / f"{name}.h5").swings for name in TRIALS}
    assert {(s.verdict, s.evidence) for s in said["passive"]} == {("momentum-driven", "robust")}
    assert {(s.verdict, s.evidence) for s in said["pulled"]} == {("hamstring-initiated", "robust")}
    assert {s.verdict for s in said["mean_35"]} == {"undecided"}


def test_the_knee_muscles_hold_the_mean_runner_back_and_fold_the_pulled_one(run: Run) -> None:
    """Without them the mean runner at 3.5 m/s folds further, by tens of degrees (26 runners: 108° to 147°)."""
    mean, pulled = (read_report(run.folder / "out" / f"{name}.h5") for name in ("mean_35", "pulled"))
    for swing in mean.swings:
        without = np.degrees(swing.ablation["no_knee_muscles"].peak_flexion_rad)
        assert 20.0 < without - swing.peak_flexion_deg < 50.0
    for swing in pulled.swings:
        assert np.degrees(swing.ablation["no_knee_muscles"].peak_flexion_rad) < swing.peak_flexion_deg - 10.0


def test_json_is_one_object_with_every_runner(tmp_path: Path) -> None:
    done = Run(tmp_path, "--out", "out", "--json")
    told = json.loads(done.out)
    assert set(told["runners"]) == set(TRIALS)
    assert all((tmp_path / path).is_file() for path in told["written"])


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_an_interrupted_demo_says_which_results_are_there(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "swinglever", "demo", "--out", "d"]
    child = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first, waited_s = tmp_path / "d" / "mean_35.h5", 0.0
    while not first.exists() and waited_s < 600:
        time.sleep(0.02)
        waited_s += 0.02
    child.send_signal(signal.SIGINT)
    out, told = child.communicate(timeout=600)
    there = ", ".join(f"d/{name}.h5" for name in TRIALS if (tmp_path / f"d/{name}.h5").exists())
    assert (child.returncode, out) == (130, "")
    assert told.strip() == f"error: interrupted; finished before, and whole: {there}"
