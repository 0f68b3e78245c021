"""Folders of pose estimators: the trial and the model that are meant, or one line that says what there is."""

from pathlib import Path

import pytest

from swinglever.errors import InputError
from swinglever.readers.session import open_session


def lay(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


OPENCAP = (
    "MarkerData/run.trc",
    "MarkerData/neutral.trc",
    "OpenSimData/Kinematics/run.mot",
    "OpenSimData/Kinematics/neutral.mot",
    "OpenSimData/Model/LaiUhlrich2022_scaled.osim",
    "OpenSimData/Model/Geometry/bone.vtp",
)
OLD_OPENCAP = (
    "MarkerData/OpenPose_default/run.trc",
    "OpenSimData/OpenPose_default/2-cameras/Kinematics/run.mot",
    "OpenSimData/OpenPose_default/2-cameras/Model/LaiArnoldModified2017_scaled.osim",
)
ADD_BIOMECHANICS = (
    "MarkerData/run_segment_0.trc",
    "IK/run_segment_0_ik.mot",
    "Models/match_markers_but_ignore_physics.osim",
    "Models/unscaled_generic.osim",
)
POSE2SIM = ("pose-3d/run_filt.trc", "kinematics/run.osim", "kinematics/run.mot")


@pytest.mark.parametrize(
    ("names", "trial", "model"),
    [
        (OPENCAP, "OpenSimData/Kinematics/run.mot", "OpenSimData/Model/LaiUhlrich2022_scaled.osim"),
        (OLD_OPENCAP, *OLD_OPENCAP[1:]),
        (POSE2SIM, "kinematics/run.mot", "kinematics/run.osim"),
        (ADD_BIOMECHANICS, *ADD_BIOMECHANICS[1:3]),
    ],
    ids=["OpenCap", "OpenCap, old", "Pose2Sim", "AddBiomechanics"],
)
def test_a_session_gives_its_trial_and_its_model(
    tmp_path: Path, names: tuple[str, ...], trial: str, model: str
) -> None:
    folder = lay(tmp_path, *names)
    assert open_session(folder, None) == (folder / trial, folder / model)
    assert open_session(folder / trial, None) == (folder / trial, folder / model)


def test_what_the_user_says_goes_before(tmp_path: Path) -> None:
    folder = lay(tmp_path, *OPENCAP)
    trial, model = folder / "MarkerData" / "run.trc", Path("other.osim")
    assert open_session(trial, model) == (trial, model)
    assert open_session(Path("a.trc"), model) == (Path("a.trc"), model)


def test_markers_serve_where_there_are_no_angles(tmp_path: Path) -> None:
    folder = lay(tmp_path, "MarkerData/run.trc", "OpenSimData/Model/a_scaled.osim", "OpenSimData/Model/a.osim")
    assert open_session(folder, None) == (folder / "MarkerData/run.trc", folder / "OpenSimData/Model/a_scaled.osim")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((*OPENCAP, "OpenSimData/Kinematics/run2.mot"), r"one trial, got .*run\.mot, .*run2\.mot; give one of these"),
        (
            ("kinematics/a.mot", "kinematics/a.osim", "kinematics/b.osim"),
            r"one model, got .*a\.osim, .*b\.osim; say which",
        ),
        (("MarkerData/run.trc",), "expected --model, got none"),
        (("a.trc", "b.c3d"), r"no session .*; it has a\.trc, b\.c3d; give one of these files"),
        (
            ("OpenSim/IK/shifted/run_ik.mot",),
            r"no session .*; it has OpenSim/IK/shifted/run_ik\.mot; give one of these",
        ),
        ((), r"no session of OpenCap, Pose2Sim or AddBiomechanics; give a \.trc"),
    ],
    ids=["two trials", "two models", "no model", "a plain folder", "another session", "an empty folder"],
)
def test_what_is_not_one_trial_and_one_model_is_one_line(tmp_path: Path, names: tuple[str, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        open_session(lay(tmp_path, *names), None)
