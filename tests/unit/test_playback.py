"""Playback records: paths of one length, values on the trial's times, and the file they are kept in."""

from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from tests.unit.keeping import assert_kept

import swinglever as sl
from swinglever.anatomy.surfaces import build_bone, build_brick
from swinglever.arrays import Array
from swinglever.errors import InputError
from swinglever.output.paths import TOLERANCE_M, pack_paths, unpack_paths
from swinglever.output.playback_build import choose_playback
from swinglever.output.poses import poses_of, twists_of
from swinglever.records.playback import (
    GhostPlayback,
    Playback,
    SwingPlayback,
    measure_belt_speed,
    place_on_trial,
    spread_path_points,
)
from swinglever.records.surfaces import BoneMesh
from swinglever.testing import example_report

NAN = np.full(3, np.nan)


def small_playback() -> Playback:
    """A femur that moves forward, with one muscle, one marker, one force and one swing with a ghost."""
    time_s, k = np.linspace(0.0, 0.4, 25), 21
    pose = np.tile(np.eye(4), (25, 1, 1, 1))
    pose[:, 0, 0, 3] = time_s
    line = np.zeros((k, 3))
    ghost = GhostPlayback(
        time_s=time_s[:k], body_names=("femur_r",), body_pose=pose[:k], hip_m=line, heel_m=line - [0, 0.5, 0]
    )
    swing = SwingPlayback(
        time_s=time_s[:k],
        hip_m=line,
        heel_m=line - [0, 0.8, 0],
        radius_of_gyration_m=np.full(k, 0.4),
        folding_rad_s=np.array([[0, 1], [1, 2], *[[np.nan, np.nan]] * 19]),
        ghosts={"no_hamstrings": ghost},
    )
    bone = build_bone(np.zeros(3), np.array([0, -0.4, 0]))
    mesh = BoneMesh(
        name="bone",
        body="femur_r",
        vertices_m=bone.vertices,
        loop_vertex=bone.loop_vertex,
        loop_start=bone.loop_start,
        colour=np.array([0.8, 0.8, 0.7, 1.0]),
    )
    return Playback(
        time_s=time_s,
        body_names=("femur_r",),
        body_pose=pose,
        muscle_names=("semimem_r",),
        muscle_path_m=np.zeros((25, 1, 4, 3)),
        muscle_activation=np.linspace(0, 1, 25)[:, np.newaxis],
        muscle_crosses_knee=np.array([True]),
        marker_names=("knee",),
        marker_position_m=np.zeros((25, 1, 3)),
        force_bodies=("calcn_r",),
        force_n=np.ones((25, 1, 3)),
        force_point_m=np.zeros((25, 1, 3)),
        belt_speed_m_s=3.5,
        meshes=(mesh,),
        swings={"r_1": swing},
    )


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    report = replace(example_report(parameters=sl.Parameters(grid_points=21)), playback=small_playback())
    sl.write_report(report, tmp_path / "r.h5")
    assert_kept(small_playback(), sl.read_report(tmp_path / "r.h5").playback)
    with h5py.File(tmp_path / "r.h5", "r") as file:
        assert file["playback/body_pose"].attrs["units"] == "1 or m"


def turned(rotation: Array, origin: Array) -> Array:
    pose = np.zeros((*rotation.shape[:-2], 4, 4))
    pose[..., :3, :3], pose[..., :3, 3], pose[..., 3, 3] = rotation, origin, 1.0
    return pose


@given(st.integers(0, 2**32 - 1), st.floats(0.0, np.pi))
def test_poses_come_back_from_twists_whatever_their_turn(seed: int, angle: float) -> None:
    """Half a turn included, where the skew part of a rotation matrix has lost the axis."""
    chance = np.random.default_rng(seed)
    axes = chance.normal(size=(4, 3, 3))
    vectors = angle * axes / np.linalg.norm(axes, axis=-1, keepdims=True)
    pose = turned(
        Rotation.from_rotvec(vectors.reshape(-1, 3)).as_matrix().reshape(4, 3, 3, 3), chance.normal(size=(4, 3, 3))
    )
    np.testing.assert_allclose(poses_of(twists_of(pose)), pose, atol=1e-7)


def test_a_path_is_kept_as_what_moves_of_it() -> None:
    """Two bones; a muscle with a point on each, one that slides along the first, two laid on the last piece.

    Kept are two places in bodies, two shares, and one point frame by frame.
    """
    time_s = np.linspace(0.0, 1.0, 50)
    turns = Rotation.from_euler("z", np.outer(time_s, [0.5, -1.5]).reshape(-1, 1)).as_matrix().reshape(50, 2, 3, 3)
    origins = np.stack([np.outer(time_s, [3.0, 0.0, 0.0]), np.outer(time_s, [3.0, 0.5, 0.1])], axis=1)
    pose = turned(turns, origins)
    start = turns[:, 0] @ [0.0, -0.1, 0.02] + origins[:, 0]
    slides = (turns[:, 0] @ np.stack([0.02 * time_s, -0.2 - 0.05 * time_s**2, 0 * time_s], -1)[..., None])[..., 0]
    slides = slides + origins[:, 0]
    end = turns[:, 1] @ [0.01, 0.05, 0.0] + origins[:, 1]
    line = [start, slides, *(slides + share * (end - slides) for share in (0.25, 0.7)), end]
    path = np.stack(line, axis=1)[:, np.newaxis].astype(np.float32)
    packed = pack_paths(path, pose)
    assert packed.point_body.tolist() == [[0, -1, -2, -2, 1]]
    assert packed.point_share[0, 2:4] == pytest.approx([0.25, 0.7], abs=1e-5)
    assert packed.moving_m.shape == (50, 1, 3)
    np.testing.assert_allclose(unpack_paths(packed, pose), path, atol=TOLERANCE_M)


def test_a_path_that_loses_a_point_keeps_its_shape() -> None:
    """Corners (0,0), (1,0), (1,1) while the middle point is on; a straight line while it is off."""
    with_corner = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0]], dtype=float)
    points = np.stack([with_corner, np.where([[False], [True], [False]], np.nan, with_corner)])
    spread = spread_path_points(points, 5)
    assert spread.shape == (2, 5, 3)
    # Two spare points: one on each of the two equal segments.
    np.testing.assert_allclose(spread[0], [[0, 0, 0], [0.5, 0, 0], [1, 0, 0], [1, 0.5, 0], [1, 1, 0]])
    np.testing.assert_allclose(spread[1], np.linspace([0, 0, 0], [1, 1, 0], 5))


def test_a_path_needs_room_for_all_its_points() -> None:
    with pytest.raises(InputError, match="needs 2 to 2 points; it has 3 to 3"):
        spread_path_points(np.zeros((1, 3, 3)), 2)
    with pytest.raises(InputError, match="it has 1 to 1"):
        spread_path_points(np.array([[[0.0, 0, 0], NAN]]), 4)


def test_values_of_a_swing_are_unknown_outside_it() -> None:
    placed = place_on_trial(np.arange(5.0), np.array([1.0, 3.0]), np.array([[0.0], [4.0]]))
    np.testing.assert_array_equal(placed[:, 0], [np.nan, 0, 2, 4, np.nan])


def test_a_belt_runs_as_fast_as_the_standing_foot_goes_back() -> None:
    """A foot that stands still for 0.3 s while the belt carries it back at 3 m/s, then swings forward."""
    time_s = np.arange(0, 0.9, 0.01)
    stance = time_s % 0.9 < 0.3
    x = np.where(stance, -3.0 * time_s, -0.9 + 1.5 * (time_s - 0.3))
    y = np.where(stance, 0.05, 0.05 + 0.4 * np.sin(np.pi * (time_s - 0.3) / 0.6))
    foot = np.stack([x, y, np.zeros_like(x)], axis=1)[:, np.newaxis]
    assert measure_belt_speed(time_s, foot) == pytest.approx(3.0)
    assert measure_belt_speed(time_s, foot + [1, 0, 0] * (3.0 * time_s[:, np.newaxis, np.newaxis])) == 0.0


def test_arrays_of_the_wrong_shape_are_named() -> None:
    playback = small_playback()
    with pytest.raises(
        InputError, match=r"Playback\.muscle_activation: expected shape \(.frame., 1\) = \(25, 1\), got \(4, 1\)"
    ):
        replace(playback, muscle_activation=np.zeros((4, 1)))
    with pytest.raises(InputError, match=r"belongs to body 'femur_r'; there are tibia_r"):
        replace(playback, body_names=("tibia_r",))


def test_a_record_cannot_be_changed_afterwards() -> None:
    playback = small_playback()
    with pytest.raises(ValueError, match="read-only"):
        playback.body_pose[0, 0, 0, 3] = 1.0
    with pytest.raises(TypeError):
        playback.swings["l_1"] = playback.swings["r_1"]  # type: ignore[index]


def test_a_bone_reaches_from_joint_to_joint() -> None:
    start, end = np.array([0.1, 0.2, 0.3]), np.array([0.1, -0.2, 0.4])
    along = (build_bone(start, end).vertices - start) @ (end - start) / np.sum((end - start) ** 2)
    assert along.min() == pytest.approx(0.0, abs=1e-12)
    assert along.max() == pytest.approx(1.0)


def test_a_brick_is_closed_and_faces_outwards() -> None:
    brick = build_brick(np.array([1.0, 2.0, 3.0]))
    quads = brick.vertices[brick.loop_vertex].reshape(-1, 4, 3)
    normals = np.cross(quads[:, 1] - quads[:, 0], quads[:, 2] - quads[:, 0])
    # Divergence theorem: the outward flux of r/3 through the faces is the volume, 2 * 4 * 6 = 48.
    flux = (quads.mean(axis=1) * normals).sum() / 3
    assert flux == pytest.approx(48.0)


@pytest.fixture(scope="module")
def by_playback() -> dict[str, sl.SwingReport]:
    return {
        k: example_report(parameters=sl.Parameters(grid_points=21, playback=k)) for k in ("", "full", "thin", "none")
    }


def test_no_number_depends_on_the_playback(by_playback: dict[str, sl.SwingReport]) -> None:
    for report in by_playback.values():
        assert report.swings == by_playback["full"].swings
        assert report.metrics == by_playback["full"].metrics


def test_a_result_says_what_playback_it_keeps(by_playback: dict[str, sl.SwingReport], tmp_path: Path) -> None:
    kept = {
        asked: sl.read_report(sl.write_report(report, tmp_path / f"{asked}.h5"))
        for asked, report in by_playback.items()
    }
    said = {asked: report.provenance.parameters["playback"] for asked, report in kept.items()}
    assert said == {"": "full", "full": "full", "thin": "thin", "none": "none"}
    assert kept["none"].playback is None
    with pytest.raises(InputError, match=r"holds no playback .* with playback full"):
        kept["none"].require_playback()


def test_a_thin_playback_has_60_poses_a_second_at_most_of_those_of_the_full_one(
    by_playback: dict[str, sl.SwingReport],
) -> None:
    full, thin = (by_playback[kept].require_playback() for kept in ("full", "thin"))
    assert 1 / np.diff(full.time_s).max() > 61  # else there is nothing to thin
    assert 1 / np.diff(thin.time_s).min() < 60.7
    at = np.searchsorted(full.time_s, thin.time_s)
    np.testing.assert_array_equal(full.body_pose[at], thin.body_pose)
    for name, swing in thin.swings.items():
        assert set(swing.ghosts) < set(full.swings[name].ghosts)
        assert "no_knee_flexor_moment" in swing.ghosts


def test_a_trial_of_more_than_a_minute_is_thinned_and_that_is_said() -> None:
    assert choose_playback("", np.array([3.0, 63.0])) == ("full", ())
    kept, (told,) = choose_playback("", np.array([3.0, 78.0]))
    assert kept == "thin"
    assert told.startswith("the trial lasts 75 s, above 60 s: its playback is thinned")
    assert choose_playback("full", np.array([0.0, 1800.0])) == ("full", ())
    kept, (told,) = choose_playback("", np.array([0.0, 301.0]))
    assert kept == "none"
    assert "--playback thin" in told


def test_an_unknown_playback_is_refused() -> None:
    with pytest.raises(InputError, match="playback: expected 'full', 'thin' or 'none', got half"):
        sl.Parameters(playback="half")
