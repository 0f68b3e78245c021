"""Playback records: paths of one length, values on the trial's times, and the file they are kept in."""

from dataclasses import fields, replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from swinglever.anatomy.surfaces import build_bone, build_brick
from swinglever.errors import InputError
from swinglever.output.store_playback import read_playback, write_playback
from swinglever.records.playback import (
    GhostPlayback,
    Playback,
    SwingPlayback,
    measure_belt_speed,
    place_on_trial,
    spread_path_points,
)
from swinglever.records.surfaces import BoneMesh

NAN = np.full(3, np.nan)


def small_playback() -> Playback:
    """A femur that moves forward, with one muscle, one marker, one force and one swing with a ghost."""
    time_s, k = np.linspace(0.0, 0.4, 5), 3
    pose = np.tile(np.eye(4), (5, 1, 1, 1))
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
        folding_rad_s=np.array([[0, 1], [1, 2], [np.nan, np.nan]]),
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
        muscle_path_m=np.zeros((5, 1, 4, 3)),
        muscle_activation=np.linspace(0, 1, 5)[:, np.newaxis],
        muscle_crosses_knee=np.array([True]),
        marker_names=("knee",),
        marker_position_m=np.zeros((5, 1, 3)),
        force_bodies=("calcn_r",),
        force_n=np.ones((5, 1, 3)),
        force_point_m=np.zeros((5, 1, 3)),
        belt_speed_m_s=3.5,
        meshes=(mesh,),
        swings={"r_1": swing},
    )


def assert_same(first: object, second: object) -> None:
    """Assert that two records hold the same, to single precision where that is what is stored."""
    for item in fields(first):  # type: ignore[arg-type]
        a, b = getattr(first, item.name), getattr(second, item.name)
        if isinstance(a, np.ndarray):
            np.testing.assert_allclose(a, b, rtol=1e-6)
        elif item.name in ("swings", "ghosts"):
            assert a.keys() == b.keys()
            for key in a:
                assert_same(a[key], b[key])
        elif item.name == "meshes":
            for mesh, other in zip(a, b, strict=True):
                assert_same(mesh, other)
        else:
            assert a == b


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    playback = small_playback()
    with h5py.File(tmp_path / "r.h5", "w") as file:
        write_playback(file.create_group("playback"), playback)
    with h5py.File(tmp_path / "r.h5", "r") as file:
        assert_same(playback, read_playback(file["playback"]))
        assert file["playback/body_pose"].attrs["units"] == "1, m"


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
    with pytest.raises(InputError, match=r"playback\.muscle_activation: expected shape \(5, 1\), got \(4, 1\)"):
        replace(playback, muscle_activation=np.zeros((4, 1)))
    with pytest.raises(InputError, match=r"belongs to body 'femur_r'; there are \['tibia_r'\]"):
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
