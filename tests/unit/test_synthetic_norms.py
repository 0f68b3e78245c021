"""The mean runner: its curves against the published means, its symmetry, its derivatives."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from swinglever.errors import UnknownNameError
from swinglever.synthetic.norms import mean_runner, norm_speeds

COLUMNS = {
    "pelvis_tilt": "pelvis_tilt",
    "pelvis_list": "pelvis_list",
    "pelvis_rotation": "pelvis_rotation",
    "hip_flexion_r": "hip_flexion",
    "hip_adduction_r": "hip_adduction",
    "hip_rotation_r": "hip_rotation",
    "knee_angle_r": "knee_flexion",
    "ankle_angle_r": "ankle_dorsiflexion",
}


@pytest.mark.parametrize("speed", [2.5, 3.5, 4.5])
def test_the_curves_are_the_published_means(speed: float, data_file: Callable[[str], Path]) -> None:
    """Within 0.06°: what eight harmonics leave of the means."""
    path = data_file(f"norms/running_kinematics_{round(speed * 10)}.csv")
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    runner = mean_runner(speed)
    time_s = np.array([float(row["percent_stride"]) for row in rows]) / 100.0 * runner.stride_time_s
    for coordinate, column in COLUMNS.items():
        published = np.array([float(row[f"{column}_mean"]) for row in rows])
        np.testing.assert_allclose(np.degrees(runner.coordinate(coordinate, time_s)), published, atol=0.08)


@pytest.mark.parametrize("speed", [2.5, 3.5, 4.5])
def test_the_swing_has_the_published_peaks(speed: float) -> None:
    """Within one standard deviation between runners."""
    runner = mean_runner(speed)
    swing = np.linspace(runner.toe_off_s("r"), runner.stride_time_s, 501)
    knee = np.degrees(runner.coordinate("knee_angle_r", swing))
    norms = runner.norms
    assert knee.max() == pytest.approx(
        norms["peak_swing_knee_flexion_deg"].mean, abs=norms["peak_swing_knee_flexion_deg"].sd
    )
    when = norms["peak_swing_knee_flexion_percent_swing"]
    assert knee.argmax() / 5.0 == pytest.approx(when.mean, abs=when.sd)


def test_the_left_leg_does_half_a_stride_later_what_the_right_leg_does() -> None:
    runner = mean_runner(3.5)
    time_s = np.linspace(0.0, 2.0, 77)
    for joint in ("hip_flexion", "hip_adduction", "knee_angle", "ankle_angle"):
        right = runner.coordinate(f"{joint}_r", time_s)
        left = runner.coordinate(f"{joint}_l", time_s + 0.5 * runner.stride_time_s)
        np.testing.assert_allclose(left, right, atol=1e-12)


@pytest.mark.parametrize("name", ["pelvis_ty", "hip_rotation_l", "lumbar_extension"])
@pytest.mark.parametrize("order", [1, 2])
def test_derivatives_are_those_of_the_curve(name: str, order: int) -> None:
    runner, step = mean_runner(4.5), 1e-4
    time_s = np.linspace(0.0, 0.65, 31)
    below = [runner.coordinate(name, time_s + shift, order - 1) for shift in (step, -step)]
    found = runner.coordinate(name, time_s, order)
    # Error of the central difference: step²/6 times the third derivative, below 1e-5 of the largest value.
    np.testing.assert_allclose(found, (below[0] - below[1]) / (2 * step), atol=1e-4 * np.abs(found).max())


def test_the_trunk_leans_and_faces_forward_whatever_the_pelvis_does() -> None:
    runner, time_s = mean_runner(2.5), np.linspace(0.0, 0.7, 9)
    together = runner.coordinate("pelvis_tilt", time_s) + runner.coordinate("lumbar_extension", time_s)
    np.testing.assert_allclose(together, -np.deg2rad(7.0), atol=1e-12)


def test_an_unknown_speed_or_coordinate_is_named() -> None:
    with pytest.raises(UnknownNameError, match=r"no norms at 9 m/s; there are 2.5, 3.5 and 4.5 m/s"):
        mean_runner(9.0)
    with pytest.raises(UnknownNameError, match="no coordinate 'elbow_r'"):
        mean_runner(2.5).coordinate("elbow_r", np.zeros(1))
    assert norm_speeds() == [2.5, 3.5, 4.5]
