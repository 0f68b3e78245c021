"""A muscle solver from a plugin: asked for by name, checked, and named when it fails."""

import numpy as np
import pytest

import swinglever as sl
from swinglever.errors import EngineError, UnknownNameError
from swinglever.plugins.manager import load_plugins

WALK = "gait2392_walk/"
SOLVER = """
from dataclasses import replace
import swinglever as sl
from swinglever.muscles.solve import solve_muscles

def stronger_reserves(legs):
    {body}

@sl.hookimpl
def swinglever_muscle_solvers():
    return {{"stronger_reserves": stronger_reserves}}
"""


def _analyse(data_file, tmp_path, body, solver="stronger_reserves"):
    (tmp_path / "lab.py").write_text(SOLVER.format(body=body))
    return sl.analyse(
        data_file(WALK + "subject01_walk1.trc"),
        data_file(WALK + "subject01_simbody.osim"),
        external_loads=data_file(WALK + "subject01_walk1_grf.xml"),
        parameters=sl.Parameters(muscle_solver=solver),
        plugins=load_plugins([tmp_path]),
    )


def test_a_solver_of_a_plugin_is_heard(data_file, tmp_path):
    body = 'return [replace(f, solver="lab") for f in solve_muscles(legs, passive=True, reserve_optimal_nm=50.0)]'
    report = _analyse(data_file, tmp_path, body)
    built_in = _analyse(data_file, tmp_path, body, "static_optimization")
    for swing, other in zip(report.swings, built_in.swings, strict=True):
        assert swing.muscles.solver == "lab"
        # Cheaper reserves take over more of the moments.
        assert np.abs(swing.muscles.reserve_nm).max() > 2.0 * np.abs(other.muscles.reserve_nm).max()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("raise ZeroDivisionError('no strength')", "'stronger_reserves' failed: ZeroDivisionError: no strength"),
        ("return []", "expected MuscleForces of"),
        ("return [None for leg in legs]", "NoneType"),
    ],
)
def test_a_solver_that_fails_is_named(data_file, tmp_path, body, says):
    with pytest.raises(EngineError, match=says):
        _analyse(data_file, tmp_path, body)


def test_a_solver_that_nobody_offers_is_unknown(data_file, tmp_path):
    with pytest.raises(UnknownNameError, match=r"there is no muscle solver 'cmc'.*stronger_reserves"):
        _analyse(data_file, tmp_path, "return []", "cmc")
