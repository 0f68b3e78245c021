"""A model made in memory, muscles included, goes through the whole analysis: no engine is asked again."""

from pathlib import Path

import numpy as np
import pytest

import swinglever as sl
from swinglever.anatomy.model import Model
from swinglever.anatomy.paths.geometry import evaluate_paths_at
from swinglever.errors import ModelError
from swinglever.synthetic.planar_muscles import with_muscles
from swinglever.synthetic.planar_runner import planar_runner, running_coordinates
from swinglever.testing import write_example_trial

_RUNNING = running_coordinates()[1]


@pytest.fixture(scope="module")
def runner() -> Model:
    return with_muscles(planar_runner(), _RUNNING)


def test_each_muscle_pulls_the_way_its_name_says(runner: Model) -> None:
    """Moment arms of both signs about hip, knee and ankle, the same all through running."""
    paths = runner.require_muscles().paths
    arms = evaluate_paths_at(paths, runner.tree, _RUNNING).moment_arm_m
    leg = runner.legs["r"]
    for muscle, coordinate, sign in (
        ("semimem_r", leg.knee, leg.knee_sign),
        ("bfsh_r", leg.knee, leg.knee_sign),
        ("vasint_r", leg.knee, -leg.knee_sign),
        ("semimem_r", leg.hip_flexion, -1.0),
        ("psoas_r", leg.hip_flexion, 1.0),
        ("glmax1_r", leg.hip_flexion, -1.0),
        ("soleus_r", leg.distal[0], -1.0),
        ("tibant_r", leg.distal[0], 1.0),
    ):
        arm = sign * arms[:, paths.names.index(muscle), coordinate]
        assert arm.min() > 0.005, muscle
        assert arm.max() < 0.15, muscle


def test_a_planar_engine_with_two_muscles_goes_through_the_whole_pipeline(tmp_path: Path) -> None:
    two = with_muscles(planar_runner(), _RUNNING, ("semimem", "vasint"))
    report = sl.analyse(write_example_trial(tmp_path), two, parameters=sl.Parameters(body_scope=True))
    swing = report.swing("r_1")
    assert swing.muscles is not None
    assert swing.muscles.names == ("semimem_r", "vasint_r")
    assert "hamstrings" in swing.attribution["leg"].groups
    assert "hamstrings" in swing.attribution["body"].groups
    assert {"silent_hamstrings", "no_hamstrings", "silent_knee_crossing_muscles"} <= set(swing.ablation)
    assert report.playback.muscle_names == ("semimem_r", "vasint_r", "semimem_l", "vasint_l")


def test_muscles_that_span_every_joint_leave_no_large_reserve(tmp_path: Path, runner: Model) -> None:
    swing = sl.analyse(write_example_trial(tmp_path), runner).swing("r_1")
    assert swing.muscles is not None
    assert swing.muscles.reserve_flags == ()
    assert np.isfinite(swing.ablation["silent_hamstrings"].peak_flexion_rad)


def test_tools_that_read_files_say_that_a_model_in_memory_has_none(tmp_path: Path, runner: Model) -> None:
    with pytest.raises(ModelError, match="'planar runner' was made in memory"):
        sl.analyse(write_example_trial(tmp_path), runner, parameters=sl.Parameters(muscle_solver="opensim"))
