"""OpenSim's own tools in child processes: whatever goes wrong is an error with the tool's own words."""

import shutil
from pathlib import Path

import pytest

from swinglever.engines.opensim.tools import run_tool
from swinglever.errors import EngineError
from swinglever.synthetic.trials import bundled_trial


def write_setup(folder: Path, **changes: str) -> Path:
    """Write the setup of an inverse kinematics that names only its model, its markers and when."""
    trial = bundled_trial("mean_35")
    inside = {
        "model_file": str(trial.model.resolve()),
        "marker_file": str(trial.files.trial.resolve()),
        "time_range": "0.1 0.12",
        "output_motion_file": "motion.mot",
    }
    entries = "".join(f"<{name}>{value}</{name}>" for name, value in (inside | changes).items())
    path = folder / "setup.xml"
    head = '<?xml version="1.0" encoding="UTF-8"?><OpenSimDocument Version="40500"><InverseKinematicsTool name="ik">'
    task = '<IKMarkerTask name="RASI"><apply>true</apply><weight>1</weight></IKMarkerTask>'
    tasks = f"<IKTaskSet><objects>{task}</objects></IKTaskSet>"
    path.write_text(f"{head}{entries}{tasks}</InverseKinematicsTool></OpenSimDocument>", encoding="utf-8")
    return path


def test_a_tool_writes_into_the_folder_of_its_setup_and_nowhere_else(tmp_path, monkeypatch):
    """OpenSim goes to the folder of the model and logs there too."""
    folders = {name: tmp_path / name for name in ("here", "models", "run")}
    for folder in folders.values():
        folder.mkdir()
    monkeypatch.chdir(folders["here"])
    model = Path(shutil.copy(bundled_trial("mean_35").model, folders["models"]))
    run_tool("ik", write_setup(folders["run"], model_file=str(model)), [folders["run"] / "motion.mot"])
    left = {name: {path.name for path in folder.iterdir()} for name, folder in folders.items()}
    assert left["here"] == set()
    assert left["models"] == {model.name}
    assert left["run"] == {"setup.xml", "motion.mot", "ik_ik_marker_errors.sto"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"marker_file": "gone.trc"}, r"OpenSim's ik tool failed: .*last words: .*'gone\.trc' does not exist"),
        ({"model_file": "gone.osim"}, r"OpenSim's ik tool crashed \(.*last words: .*Cannot open file gone\.osim"),
        ({"time_range": "90 91"}, r"OpenSim's ik tool failed: .*last words: .*final time .* is before start time"),
        ({"output_motion_file": "elsewhere.mot"}, r"OpenSim's ik tool failed: .*it wrote no motion\.mot"),
    ],
)
def test_what_goes_wrong_is_told_in_the_tools_own_words(tmp_path, changes, said):
    with pytest.raises(EngineError, match=said):
        run_tool("ik", write_setup(tmp_path, **changes), [tmp_path / "motion.mot"])


def test_a_tool_that_takes_too_long_is_ended(tmp_path):
    with pytest.raises(EngineError, match=r"OpenSim's ik tool did not end within 0\.05 s"):
        run_tool("ik", write_setup(tmp_path), [tmp_path / "motion.mot"], timeout_s=0.05)
