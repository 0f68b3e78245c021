"""A knee that moves in one swing as in no other of its leg is told; what differs from stride to stride is not."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.unit.motions import running_like, swing_of

import swinglever as sl
from swinglever.anatomy.model import Model
from swinglever.checks.examination import examine
from swinglever.checks.request import Request
from swinglever.checks.unlike import check_unlike
from swinglever.engines.opensim import load_model
from swinglever.motion.kinematics import kinematics_of
from swinglever.motion.swings import SwingEvents
from swinglever.pipeline import foresee
from swinglever.plugins.manager import Plugins
from swinglever.plugins.reading import readers
from swinglever.readers.storage import read_storage, write_storage
from swinglever.records.kinematics import Kinematics
from swinglever.synthetic.planar_runner import planar_runner

TIME_S = np.arange(0.0, 6.0, 0.005)
BUMP_S, HALF_WIDTH_S = 2.6, 0.02


@pytest.fixture(scope="module")
def model() -> Model:
    return planar_runner()


def bump(time_s: np.ndarray, at_s: float, size_deg: float) -> np.ndarray:
    return np.radians(size_deg) * np.exp(-0.5 * ((time_s - at_s) / HALF_WIDTH_S) ** 2)


def runs(model: Model, size_deg: float) -> Kinematics:
    """Make eight strides that differ in length of swing by a few percent, with a bump in the right knee."""
    q = running_like(TIME_S, model)
    q[:, 3:] *= 1.0 + 0.03 * np.sin(2.0 * TIME_S)[:, None]
    q[:, model.legs["r"].knee] += bump(TIME_S, BUMP_S, size_deg)
    return kinematics_of(model.coordinate_names, TIME_S, q)


def swings(count: int) -> list[SwingEvents]:
    return [swing_of("r", 0.3 + 0.7 * n, 0.75 + 0.7 * n) for n in range(count)]


def test_a_bump_in_one_swing_is_told_with_its_time(model: Model) -> None:
    (told,) = check_unlike(model, runs(model, 15.0), swings(8))
    assert told.place == "swing r_1 (2.400-2.850 s)"
    assert "expected a knee that moves as in the leg's other swings" in str(told)
    assert float(str(told).partition("an acceleration at ")[2].split()[0]) == pytest.approx(BUMP_S, abs=0.03)


@pytest.mark.parametrize(("size_deg", "count"), [(0.0, 8), (1.0, 8), (15.0, 4)])
def test_strides_that_differ_a_little_and_few_strides_are_not_told(model: Model, size_deg: float, count: int) -> None:
    assert check_unlike(model, runs(model, size_deg), swings(count)) == []


def test_both_verbs_tell_of_a_bump_in_a_public_run(data_file: Callable[[str], Path], tmp_path: Path) -> None:
    table = read_storage(data_file("hamner2010_run/reference/subject02_running_ik.mot"))
    model = load_model(data_file("hamner2010_run/subject02_registered.osim"))
    parameters = sl.Parameters(playback="none")

    def both_verbs(values: np.ndarray) -> tuple[list[str], sl.SwingReport]:
        path = write_storage(tmp_path / "run.mot", table.time_s, table.names, values, in_degrees=True)
        report = sl.analyse(path, model, parameters=parameters, plugins=Plugins())
        found = foresee(examine(Request.of(path, model, parameters), readers(Plugins())), Plugins())
        said, of_check = (
            [text for text in texts if "as in the leg's other swings" in text]
            for texts in (report.warnings, map(str, found))
        )
        assert said == of_check
        return said, report

    said, report = both_verbs(table.values)
    assert said == []
    swing = report.swing("r_3")
    values = table.values.copy()
    at_s = 0.5 * (swing.toe_off_s + swing.foot_strike_s)
    values[:, table.names.index("knee_angle_r")] -= np.degrees(bump(table.time_s, at_s, 15.0))
    (told,) = both_verbs(values)[0]
    assert told.startswith(f"swing r_3 ({swing.toe_off_s:.3f}-{swing.foot_strike_s:.3f} s): expected a knee that")
