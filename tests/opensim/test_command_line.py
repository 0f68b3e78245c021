"""The verbs check and scale, and an analysis that is interrupted or may not write, as a user meets them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


def run(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "swinglever", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)


def test_scale_writes_a_model_its_setup_and_nothing_else(data_file, tmp_path):
    generic = data_file("hamner2010_run/FullBodyModel_Hamner2010_v2_0.osim")
    static = data_file("hamner2010_run/subject02_static.trc")
    done = run(tmp_path, "scale", generic, "--static", static, "--mass", 65.9, "--out", "me.osim", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert abs(told["mass_kg"] - 65.9) < 1e-6
    assert told["factors"]["femur_r"][1] > 1.05  # 1.0575 in the published model
    assert told["landmark_error_m"]["R.Knee.Lat"] < 0.02
    assert sorted(os.listdir(tmp_path)) == ["me.osim", "me_scale_as_run.xml"]  # noqa: PTH208 - hidden files count


def test_scale_refuses_bad_input_in_one_line_and_leaves_nothing(data_file, tmp_path):
    generic = data_file("hamner2010_run/FullBodyModel_Hamner2010_v2_0.osim")
    done = run(tmp_path, "scale", generic, "--static", "none.trc", "--mass", 65.9, "--out", "me.osim")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: there is no file none.trc\n"
    assert list(tmp_path.iterdir()) == []


def test_check_ends_with_2_when_a_fault_forbids_an_analysis_and_0_when_not(data_file, tmp_path):
    trial = data_file("gait2392_walk/subject01_walk1.trc")
    model, loads = data_file("gait2392_walk/subject01_simbody.osim"), data_file("gait2392_walk/subject01_walk1_grf.xml")
    good = run(tmp_path, "check", trial, "--model", model, "--external-loads", loads)
    assert good.returncode == 0, good.stdout
    bad = run(tmp_path, "check", trial, "--model", model, "--end", 90, "--json")
    assert bad.returncode == 2
    told = json.loads(bad.stdout)
    assert not told["can_go_on"]
    assert [fault["code"] for fault in told["faults"] if fault["severity"] == "error"] == ["range"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
@pytest.mark.parametrize("after_s", [0.5, 4.0])
def test_an_interrupted_analysis_says_so_and_leaves_nothing(data_file, tmp_path, after_s):
    trial = data_file("hamner2010_run/subject02_running.trc")
    model = data_file("hamner2010_run/subject02_registered.osim")
    command = [sys.executable, "-m", "swinglever", "analyse", str(trial), "--model", str(model), "--out", "r.h5"]
    child = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(after_s)
    out, told = _interrupt(child)
    assert out == ""
    assert child.returncode != 0
    if after_s > 1:  # earlier the interpreter itself may still be starting, and says it in its own way
        assert (child.returncode, told.strip()) == (130, "error: interrupted")
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - hidden files count


def _interrupt(child):
    """Interrupt until the child ends: Python swallows what falls into a callback, and one presses the keys again."""
    for _ in range(20):
        child.send_signal(signal.SIGINT)
        try:
            return child.communicate(timeout=3)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError("expected the child to end when interrupted")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that nobody may write to")
def test_a_folder_that_cannot_be_written_to_is_named(data_file, tmp_path):
    trial = data_file("gait2392_walk/subject01_walk1.trc")
    model = data_file("gait2392_walk/subject01_simbody.osim")
    done = run(tmp_path, "analyse", trial, "--model", model, "--out", "/proc/self/r.h5")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "cannot write '/proc/self/r.h5'" in done.stderr
    assert list(tmp_path.iterdir()) == []
