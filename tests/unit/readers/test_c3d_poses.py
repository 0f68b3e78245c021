"""Segment poses of a C3D file come in metres and OpenSim's axes; what is no pose of one person is refused."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from swinglever.errors import InputError
from swinglever.readers.c3d import read_c3d
from swinglever.readers.trial import read_recording

LABELS = ["worldbody_4X4", "pelvis_4X4", "r_thigh_4X4", "l_thigh_4X4", "r_foot_4X4", "l_foot_4X4", "head_4X4"]
# Where they are in a laboratory with x to the right, y forward and z up, in mm; all stand upright.
PLACES = np.array([[0, 0, 0], [0, 0, 950], [90, 0, 900], [-90, 0, 900], [90, 0, 80], [-90, 0, 80], [0, 0, 1700]])


def standing(n_frames: int = 20) -> np.ndarray:
    """Poses (T, s, 4, 4) that move forward by 1 mm a frame."""
    poses = np.tile(np.eye(4), (n_frames, len(LABELS), 1, 1))
    poses[..., :3, 3] = PLACES
    poses[..., 1, 3] += np.arange(n_frames)[:, None]
    return poses


def write(path: Path, poses: np.ndarray, labels: list[str] = LABELS, *, per_point: int = 1, **given: object) -> Path:
    names, extra = given.get("names", []), given.get("extra", [])
    points = np.zeros((len(poses) // per_point, len(names), 3)) + np.arange(1.0, 1.0 + len(names))[:, None]
    call = (str(path), points, names, [], given.get("units", "mm"), 50, extra, None, (labels, poses), 100.0)
    writer = Path(__file__).with_name("c3d_writer.py")
    subprocess.run([sys.executable, writer], input=pickle.dumps(call), check=True, timeout=600)
    return path


def test_poses_come_in_metres_and_turned_to_opensims_axes_on_the_clock_of_the_file(tmp_path):
    recording = read_c3d(write(tmp_path / "a.c3d", standing()))
    poses = recording.poses
    assert poses is not None
    assert poses.names == ("pelvis", "r_thigh", "l_thigh", "r_foot", "l_foot")
    # x forward, y up, z to the right; 32-bit numbers of mm.
    assert poses.origin("r_thigh")[3] == pytest.approx([0.003, 0.9, 0.09], abs=1e-6)
    assert poses.turn("pelvis")[0] == pytest.approx(np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]]), abs=1e-6)
    assert poses.time_s[:2] == pytest.approx([0.50, 0.51])
    assert (
        "turned to OpenSim's axes: +z is up (by the poses of segments), +y is forward" in recording.markers.warnings[0]
    )
    assert "poses of segments that are not used: worldbody_4X4 and head_4X4" in poses.warnings[0]


def test_a_recording_of_poses_alone_has_no_markers(tmp_path):
    trial = read_recording(write(tmp_path / "a.c3d", standing()))
    assert (trial.markers, trial.angles) == (None, None)
    assert len(trial.time_s) == 20


def test_poses_taken_twice_as_often_as_points_have_their_own_clock(tmp_path):
    poses = read_c3d(write(tmp_path / "a.c3d", standing(40), per_point=2)).poses
    assert poses is not None
    assert poses.time_s[:3] == pytest.approx([0.5, 0.505, 0.51])
    assert len(poses.time_s) == 40


def test_rates_that_contradict_each_other_are_refused(tmp_path):
    path = write(tmp_path / "a.c3d", standing(), extra=[("ROTATION", "RATE", [250.0])])
    with pytest.raises(InputError, match=r"one rate of the poses in Hz, got 100 by .* and 250 in ROTATION:RATE"):
        read_c3d(path)


@pytest.mark.parametrize("blank", [np.full((4, 4), np.nan), np.zeros((4, 4)), np.eye(4)], ids=["nan", "0", "unit"])
def test_a_pose_that_is_empty_zero_or_nowhere_is_missing(tmp_path, blank):
    odd = standing()
    odd[4:7, LABELS.index("r_foot_4X4")] = blank
    poses = read_c3d(write(tmp_path / "a.c3d", odd)).poses
    assert poses is not None
    assert np.isnan(poses.origin("r_foot")).all(axis=1).nonzero()[0].tolist() == [4, 5, 6]
    assert np.isnan(poses.turn("r_foot")[4:7]).all()
    assert np.isfinite(poses.origin("l_foot")).all()


def test_poses_that_were_stored_row_by_row_are_turned_over_and_that_is_said(tmp_path):
    straight = read_c3d(write(tmp_path / "a.c3d", standing())).poses
    over = read_c3d(write(tmp_path / "b.c3d", np.swapaxes(standing(), -1, -2))).poses
    assert straight is not None
    assert over is not None
    assert over.origin_m == pytest.approx(straight.origin_m, abs=0)
    assert any("stored row by row" in text for text in over.warnings)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda poses: poses[..., 3, :3].__iadd__(0.5), "last row is 0, 0, 0, 1, got 0.5, 0.5, 0.5, 1"),
        (lambda poses: poses[..., 0, 0].__imul__(-1.0), "right-handed rotations of segments, got 100 that are none"),
        (lambda poses: poses[..., :3, :3].__imul__(2.0), "right-handed rotations of segments, got 100 that are none"),
    ],
    ids=["no pose", "mirrored", "stretched"],
)
def test_what_is_no_pose_is_refused(tmp_path, spoil, words):
    poses = standing()
    spoil(poses)
    with pytest.raises(InputError, match=words):
        read_c3d(write(tmp_path / "a.c3d", poses))


def test_a_single_pose_that_is_no_rotation_is_missing_and_told(tmp_path):
    odd = standing(50)
    odd[7, LABELS.index("l_foot_4X4"), 0, 0] = 0.3
    poses = read_c3d(write(tmp_path / "a.c3d", odd)).poses
    assert poses is not None
    assert np.isnan(poses.origin("l_foot")).all(axis=1).nonzero()[0].tolist() == [7]
    assert "got 1 that are none, the first of l_foot in frame 8; treated as missing" in poses.warnings[-1]


@pytest.mark.parametrize("other", ["Bob:l_foot_4X4", "r_foot_4X4"])
def test_two_persons_are_refused(tmp_path, other):
    path = write(tmp_path / "a.c3d", standing(), [*LABELS[:5], other, LABELS[6]])
    with pytest.raises(InputError, match=r"poses of one person, got .*export one person at a time"):
        read_c3d(path)


def test_poses_that_cannot_be_used_leave_the_markers_beside_them(tmp_path):
    mirrored = standing()
    mirrored[..., 0, 0] *= -1.0
    up = [("POINT", "Y_SCREEN", ["+Z"])]
    recording = read_c3d(write(tmp_path / "a.c3d", mirrored, names=["M1", "M2"], extra=up))
    assert recording.poses is None
    assert recording.markers.names == ("M1", "M2")
    assert any(
        "its poses of segments are left out: expected right-handed" in text for text in recording.markers.warnings
    )


def test_where_no_segment_is_known_the_labels_are_named(tmp_path):
    with pytest.raises(InputError, match="2 rotations of segments none can be followed: box_4X4 and ball_4X4"):
        read_c3d(write(tmp_path / "a.c3d", standing()[:, :2], ["box_4X4", "ball_4X4"]))
