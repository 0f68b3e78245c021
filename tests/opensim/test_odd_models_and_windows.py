"""Models that lack something, and parts of trials: analysed as far as they go, never wrongly."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import swinglever as sl
from swinglever.checks.examination import examine
from swinglever.checks.request import Request
from swinglever.engines.opensim import load_model
from swinglever.errors import InputError
from swinglever.plugins.manager import Plugins
from swinglever.plugins.reading import readers
from swinglever.readers.storage import write_storage
from swinglever.readers.trial import read_trial
from swinglever.synthetic.trials import bundled_trial
from swinglever.system.resources import model_file

FILES = bundled_trial("mean_35").files
INPUTS = {"grf": FILES.grf, "ik_setup": FILES.ik_setup}


def test_a_model_without_muscles_is_analysed_by_moments(tmp_path: Path) -> None:
    text = model_file("runner.osim").read_text(encoding="utf-8")
    bare = re.sub(r"<ForceSet.*</ForceSet>", "<ForceSet><objects /></ForceSet>", text, flags=re.DOTALL)
    assert len(bare) < len(text)
    (tmp_path / "bare.osim").write_text(bare, encoding="utf-8")
    report = sl.analyse(FILES.trial, tmp_path / "bare.osim", **INPUTS)
    assert report.swings[0].muscles is None
    assert "knee_moment" in report.swings[0].attribution["shank"].groups
    (told,) = (w for w in report.warnings if "no muscle forces: expected a model with muscles" in w)
    asked = Request.of(FILES.trial, tmp_path / "bare.osim", sl.Parameters(), **INPUTS)
    assert told in map(str, examine(asked, readers(Plugins())).faults)


@pytest.mark.parametrize("told", [True, False])
def test_the_steps_of_a_leg_that_the_model_lacks_are_not_the_others(told: bool) -> None:
    """Whether the file says whose foot it is, or the centre of pressure has to."""
    model = load_model(model_file("runner.osim"))
    chosen = INPUTS | ({"external_loads": FILES.external_loads} if told else {})
    both = sl.analyse(FILES.trial, model, **chosen)
    right = sl.analyse(FILES.trial, replace(model, legs={"r": model.legs["r"]}), **chosen)
    assert [s.toe_off_s for s in right.swings] == [s.toe_off_s for s in both.swings if s.side == "r"]


def test_a_part_of_a_trial_of_coordinates_is_a_part(tmp_path: Path) -> None:
    model = load_model(model_file("runner.osim"))
    whole = sl.analyse(FILES.trial, model, parameters=sl.Parameters(muscle_solver="none"), **INPUTS)
    moved = whole.kinematics
    write_storage(tmp_path / "run.mot", moved.time_s, moved.coordinate_names, moved.q, in_degrees=False)
    chosen = sl.Parameters(start_s=0.2, end_s=1.3, muscle_solver="none")
    part = sl.analyse(tmp_path / "run.mot", model, grf=FILES.grf, parameters=chosen)
    assert part.kinematics.time_s[0] == pytest.approx(0.2, abs=0.01)
    assert part.kinematics.time_s[-1] == pytest.approx(1.3, abs=0.01)
    assert len(part.swings) < len(whole.swings)
    with pytest.raises(InputError, match="expected --start and --end inside"):
        sl.analyse(tmp_path / "run.mot", model, parameters=replace(chosen, end_s=99.0))


def test_a_runner_who_faces_beyond_the_range_of_the_pelvis_is_turned_and_told() -> None:
    """Models of the Rajagopal family hold the pelvis within a quarter turn; who runs towards -x is beyond it."""
    model, trial = load_model(model_file("runner.osim")), read_trial(FILES.trial, ik_setup=FILES.ik_setup)
    assert trial.markers is not None
    away = replace(trial, markers=replace(trial.markers, position_m=trial.markers.position_m * [-1.0, 1.0, -1.0]))
    chosen = sl.Parameters(muscle_solver="none")
    free = sl.analyse(away, model, parameters=chosen)
    quarter = {"minimum": -np.pi / 2, "maximum": np.pi / 2, "clamped": True}
    held = tuple(replace(c, **quarter) if c.name == "pelvis_rotation" else c for c in model.coordinates)
    turned = sl.analyse(away, replace(model, coordinates=held), parameters=chosen)
    assert [s.peak_flexion_deg for s in turned.swings] == pytest.approx(
        [s.peak_flexion_deg for s in free.swings], abs=1e-3
    )
    assert any("pelvis_rotation" in w for w in turned.warnings)
