"""The verbs check and scale, as a user meets them."""

import json
import os
import subprocess
import sys
from pathlib import Path


def run(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "swinglever", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_scale_writes_a_model_its_setup_and_nothing_else(data_file, tmp_path):
    generic = data_file("hamner2010_run/FullBodyModel_Hamner2010_v2_0.osim")
    static = data_file("hamner2010_run/subject02_static.trc")
    done = run(tmp_path, "scale", generic, "--static", static, "--mass", 65.9, "--out", "me.osim", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert abs(told["mass_kg"] - 65.9) < 1e-6
    assert told["factors"]["femur_r"][1] > 1.05  # 1.0575 in the published model
    assert told["landmark_error_m"]["R.Knee.Lat"] < 0.02
    assert sorted(os.listdir(tmp_path)) == ["me.osim", "me_Setup_Scale.xml"]  # noqa: PTH208 - hidden files count


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
