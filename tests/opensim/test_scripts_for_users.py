"""The scripts for users run as they stand, are short, and need public names alone."""

import ast
import csv
import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fissix import pygram, pytree
from fissix.pgen2 import driver

import swinglever as sl
from swinglever.synthetic.trials import bundled_trial

FOLDER = Path(__file__).resolve().parents[2] / "scripts"
SCRIPTS = sorted(FOLDER.glob("*.py"))
GUI = FOLDER / "gui_shell_swinglever.py"
BUNDLED = bundled_trial("pulled")
Run = Callable[..., int]

ONLY_IN_3 = (ast.JoinedStr, ast.AnnAssign, ast.AsyncFunctionDef, ast.Await, ast.NamedExpr, ast.Nonlocal, ast.YieldFrom)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a script in this process, as if it were called with these words; gives its exit status."""

    def run_script(name: str, *words: object) -> int:
        monkeypatch.setattr(sys, "argv", [f"{name}.py", *map(str, words)])
        try:
            runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")
        except SystemExit as stop:
            return int(stop.code or 0)
        return 0

    return run_script


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two swings a leg, of the mean runner."""
    files, folder = bundled_trial("mean_35").files, tmp_path_factory.mktemp("results")
    report = sl.analyse(files.trial, BUNDLED.model, external_loads=files.external_loads, ik_setup=files.ik_setup)
    return sl.write_report(report, folder / "mean.h5")


def test_all_that_users_were_promised_are_there() -> None:
    assert {path.stem for path in SCRIPTS} == {
        "analyse_one_trial",
        "batch_a_folder",
        "compare_speeds",
        "custom_metric",
        "film_for_social_media",
        "gui_shell_swinglever",
        "left_against_right",
        "moment_arms_and_forces",
        "opensim_tools_same_numbers",
        "trace_opencap_session",
        "trace_pose2sim_project",
    }


@pytest.mark.parametrize("script", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_a_script_is_short_and_needs_public_names_alone(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 60
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            assert not (node.module or "").startswith("swinglever")
        if isinstance(node, ast.Import):
            assert not any(name.name.startswith("swinglever.") for name in node.names)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sl":
            assert node.attr in sl.__all__


@pytest.mark.parametrize("script", [s for s in SCRIPTS if s != GUI], ids=lambda path: path.stem)
def test_a_script_says_how_it_is_used(script: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(script.stem, "--help") == 0
    assert f"usage: {script.name}" in capsys.readouterr().out


def test_one_trial_is_analysed(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, files = tmp_path / "r.h5", BUNDLED.files
    emg = files.trial.with_name(f"{files.trial.stem}_emg.sto")
    words = ["--external-loads", files.external_loads, "--ik-setup", files.ik_setup, "--emg", emg, "--out", out]
    assert run("analyse_one_trial", files.trial, BUNDLED.model, *words) == 0
    said = capsys.readouterr().out
    assert "r_1: hamstring-initiated (" in said
    assert f"written: {out}" in said
    assert sl.read_report(out).swings[0].id == "r_1"


def test_speeds_are_compared(run: Run, result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("compare_speeds", result, result) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("peak_knee_flexion, deg"))
    assert [float(value) for value in row.split()[-2:]] == pytest.approx([107, 107])


def test_legs_are_compared(run: Run, result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("left_against_right", result, "--rows", 3) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    sizes = [abs(float(line.split("difference")[1].split()[0])) for line in lines]
    assert sizes == sorted(sizes, reverse=True)


def test_a_metric_of_ones_own_is_measured(run: Run, result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("custom_metric", result) == 0
    speeds = [float(line.split()[1]) for line in capsys.readouterr().out.splitlines()]
    assert len(speeds) == len(sl.read_report(result).swings)
    assert all(1 < speed < 6 for speed in speeds)  # half a metre in a fifth of a second


def test_muscles_come_as_arrays(run: Run, result: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("moment_arms_and_forces", result, "--out", tmp_path / "m.npz") == 0
    first = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("l_1    bflh_l"))
    assert float(first.split()[-2]) > 10  # mm: hamstrings flex the knee
    arrays = np.load(tmp_path / "m.npz")
    assert arrays["moment_arm_m"].shape == (101, len(arrays["muscles"]), len(arrays["coordinates"]))


def test_a_folder_is_analysed_and_what_fails_costs_its_own_row(run: Run, tmp_path: Path) -> None:
    files = BUNDLED.files
    for path in (files.trial, files.grf, files.external_loads):
        shutil.copy(path, tmp_path)
    (tmp_path / "broken.trc").write_text("no markers", encoding="utf-8")
    assert run("batch_a_folder", tmp_path, BUNDLED.model, "--out", tmp_path / "out") == 1
    with (tmp_path / "out" / "swings.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["trial"] for row in rows] == ["broken.trc", "synthetic_pulled.trc"]
    assert rows[0]["error"]
    assert float(rows[1]["peak_deg"]) == pytest.approx(131.5, abs=0.5)


def test_opensims_tools_find_the_same(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    files = BUNDLED.files
    words = [files.trial, BUNDLED.model, "--external-loads", files.external_loads, "--frames", 6]
    assert run("opensim_tools_same_numbers", *words) == 0
    said = capsys.readouterr().out
    assert said.count("pass") == 9
    assert "StaticOptimization" in said


@pytest.mark.blender
def test_a_film_is_upright(result: Path, tmp_path: Path) -> None:
    pytest.importorskip("bpy")
    out = tmp_path / "still.png"
    command = [sys.executable, FOLDER / "film_for_social_media.py", result, "--out", out, "--size", "180", "320"]
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
    header = out.read_bytes()[:24]
    assert (int.from_bytes(header[16:20]), int.from_bytes(header[20:24])) == (180, 320)


@pytest.mark.parametrize(
    ("name", "motion", "model"),
    [
        ("trace_opencap_session", "OpenSimData/Kinematics/run.mot", "OpenSimData/Model/runner_scaled.osim"),
        ("trace_pose2sim_project", "kinematics/run.mot", "kinematics/run.osim"),
    ],
)
def test_sessions_of_video_are_traced_to_a_verdict(
    name: str, motion: str, model: str, run: Run, result: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exported = subprocess.run(
        [sys.executable, "-m", "swinglever", "export", result, "--format", "sto", "--out", tmp_path / "sto"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
        capture_output=True,
        text=True,
    )
    source = next(Path(line.removeprefix("written: ")) for line in exported.stdout.splitlines() if ".mot" in line)
    for place, file in ((motion, source), (model, BUNDLED.model)):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, tmp_path / place)
    assert run(name, tmp_path, "--out", tmp_path / "out") == 0
    said = capsys.readouterr().out
    assert "run r_1: undecided; toe-off by kinematics" in said
    assert (tmp_path / "out" / "run.h5").is_file()
    assert run(name, tmp_path / "out") == 2
    assert "expected " in capsys.readouterr().err


def test_the_script_for_opensims_gui_is_python_2_7() -> None:
    text = GUI.read_bytes().decode("ascii")  # Jython takes other signs for an error without a coding line
    parse = driver.Driver(pygram.python_grammar, convert=pytree.convert).parse_string
    parse(text)
    parse("print 2.7\n")
    for node in ast.walk(ast.parse(text)):
        assert not isinstance(node, ONLY_IN_3)
        if isinstance(node, ast.arguments):
            assert not node.kwonlyargs
            assert not any(argument.annotation for argument in node.args)
        if isinstance(node, ast.Call):  # f(*a, b) and [*a] came later
            assert not any(isinstance(given, ast.Starred) for given in node.args[:-1])
        if isinstance(node, ast.List):
            assert not any(isinstance(item, ast.Starred) for item in node.elts)
        if isinstance(node, ast.Raise):
            assert node.cause is None


def test_the_script_for_opensims_gui_gives_the_motion_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Path(shutil.copy(BUNDLED.files.trial, tmp_path))
    starter = tmp_path / ("swinglever.bat" if os.name == "nt" else "swinglever")
    starter.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m swinglever "$@"\n', encoding="utf-8")
    starter.chmod(0o755)
    monkeypatch.setenv("SWINGLEVER", str(starter))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    analyse = runpy.run_path(str(GUI))["analyse"]
    files = analyse(str(trial), str(BUNDLED.model))
    assert Path(files[0]).name == "synthetic_pulled_motion.mot"
    assert any("StaticOptimization_force" in name for name in files)
    with pytest.raises(RuntimeError, match="error: "):
        analyse(str(trial), str(tmp_path / "gone.osim"))
