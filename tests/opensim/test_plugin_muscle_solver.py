"""A muscle solver from a plugin: asked for by name, checked, and named when it fails."""

import re

import numpy as np
import pytest

import swinglever as sl
from swinglever.errors import EngineError, InputError, PluginError
from swinglever.plugins.manager import load_plugins

WALK = "gait2392_walk/"
SOLVER = """
from dataclasses import replace
import swinglever as sl
from swinglever.muscles.forces import forces_of_activation
from swinglever.muscles.static_optimization import solve_activations

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
    body = """gain, moment = legs.demand(passive=True)
    found = solve_activations(gain.reshape(-1, *gain.shape[2:]), moment.reshape(-1, moment.shape[2]), 50.0)
    return forces_of_activation(legs, "lab", found.activation.reshape(legs.length_m.shape))"""
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
        ("return []", "expected LegForces .* 'stronger_reserves', got list"),
        ("return forces_of_activation(legs, 'lab', legs.length_m[:1])", "expected shape"),
    ],
)
def test_a_solver_that_fails_is_named(data_file, tmp_path, body, says):
    with pytest.raises(EngineError, match=says):
        _analyse(data_file, tmp_path, body)


def test_a_solver_that_nobody_offers_is_unknown(data_file, tmp_path):
    with pytest.raises(InputError, match=r"expected one of .*stronger_reserves, got 'cmc'"):
        _analyse(data_file, tmp_path, "return []", "cmc")


def test_a_solver_that_leaves_the_muscles_unknown_gives_net_moments(data_file, tmp_path):
    report = _analyse(data_file, tmp_path, "return None")
    for swing in report.swings:
        assert swing.muscles is None
        assert "hip_moment" in swing.attribution["leg"].groups


@pytest.mark.parametrize("name", ["static_optimization", "static_optimization+emg", "opensim", "file", "none"])
def test_a_plugin_that_offers_a_name_of_ours_is_an_error_that_names_both(data_file, tmp_path, name):
    text = SOLVER.format(body="return None").replace('{"stronger_reserves":', f'{{"{name}":')
    (tmp_path / "lab.py").write_text(text)
    with pytest.raises(PluginError, match=rf"plugins 'swinglever' and 'lab' both offer '{re.escape(name)}'"):
        sl.analyse(
            data_file(WALK + "subject01_walk1.trc"),
            data_file(WALK + "subject01_simbody.osim"),
            plugins=load_plugins([tmp_path]),
        )
