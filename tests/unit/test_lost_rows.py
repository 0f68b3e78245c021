"""A body goes on between two rows as before and after them, unless rows were lost."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.motions import running_like

from swinglever.anatomy.model import Model
from swinglever.checks.lost_rows import check_lost_rows
from swinglever.readers.trial import read_trial
from swinglever.records.trial import Angles, Trial
from swinglever.synthetic.planar_runner import planar_runner

PUBLIC = (
    "hamner2010_run/subject02_running.trc",
    "gait2392_walk/subject01_walk1.trc",
    *(f"fukuchi2017_run/{who}/{who}runT{pace}.c3d" for who in ("RBDS020", "RBDS03") for pace in (25, 35, 45)),
)


@pytest.fixture(scope="module")
def model() -> Model:
    return planar_runner()


def lost(trial: Trial, rows: np.ndarray) -> Trial:
    """Return the trial without some rows, with its times going on."""
    markers = trial.markers
    assert markers is not None
    position_m = np.delete(markers.position_m, rows, axis=0)
    return replace(trial, markers=replace(markers, time_s=markers.time_s[: len(position_m)], position_m=position_m))


@pytest.mark.parametrize("name", PUBLIC)
def test_public_trials_have_lost_nothing_and_one_row_in_ten_would_be_told(
    data_file: Callable[[str], Path], model: Model, name: str
) -> None:
    trial = read_trial(data_file(name))
    assert check_lost_rows(trial, model) == []
    (told,) = check_lost_rows(lost(trial, np.arange(9, len(trial.time_s), 10)), model)
    assert (told.code, told.severity) == ("rows-lost", "warning")


def test_a_row_lost_is_told_where_it_was_and_one_lost_with_its_time_is_not(
    data_file: Callable[[str], Path], model: Model
) -> None:
    trial = read_trial(data_file(PUBLIC[0]))
    markers = trial.markers
    assert markers is not None
    (told,) = check_lost_rows(lost(trial, np.array([100])), model)
    assert f"got 1 after which it is further on, the first at {markers.time_s[99]:.3f} s" in str(told)
    keep = np.delete(np.arange(len(markers.time_s)), 100)
    kept = replace(markers, time_s=markers.time_s[keep], position_m=markers.position_m[keep])
    assert check_lost_rows(replace(trial, markers=kept), model) == []


def test_angles_that_go_on_steadily_have_lost_nothing_and_those_with_a_row_less_have(model: Model) -> None:
    time_s = np.arange(200) / 100.0
    q = running_like(time_s, model)
    for rows, told in ((0, 0), (1, 1)):
        few = np.delete(q, np.arange(90, 90 + rows), axis=0)
        angles = Angles(names=model.coordinate_names, time_s=time_s[: len(few)], q=few)
        assert len(check_lost_rows(Trial(name="run.mot", angles=angles), model)) == told


def test_one_marker_that_leaps_is_no_lost_row(data_file: Callable[[str], Path], model: Model) -> None:
    trial = read_trial(data_file(PUBLIC[0]))
    assert trial.markers is not None
    position_m = trial.markers.position_m.copy()
    position_m[200:, 3] += 0.5
    assert check_lost_rows(replace(trial, markers=replace(trial.markers, position_m=position_m)), model) == []
