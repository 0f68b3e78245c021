"""Accelerations by one newton of every muscle, and static optimization, against OpenSim's own tools on running."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from swinglever.anatomy.fibres.states import fibre_states
from swinglever.anatomy.model import Model
from swinglever.anatomy.musculature import Musculature
from swinglever.anatomy.paths.geometry import evaluate_paths_at
from swinglever.arrays import Array
from swinglever.causes.induced import induced_accelerations
from swinglever.engines.opensim import load_model
from swinglever.engines.opensim.analyses import MovingModel, muscle_analysis, static_optimization
from swinglever.engines.opensim.analyses import induced_accelerations as opensims_induced
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.muscles.static_optimization import solve_activations
from swinglever.readers.storage import Storage
from swinglever.readers.trial import read_trial
from swinglever.records.kinematics import Kinematics
from swinglever.records.parameters import Parameters

FindFile = Callable[[str], Path]
FLIGHT_S = (1.03, 1.06)
"""Both feet off the ground: after the left toe-off at 0.999 s, before the right strike at 1.104 s."""
OPENSIMS_LOWEST = 0.01


@pytest.fixture(scope="module")
def model(data_file: FindFile) -> Model:
    return load_model(data_file("hamner2010_run/subject02_registered.osim"))


@pytest.fixture(scope="module")
def kinematics(model: Model, data_file: FindFile) -> Kinematics:
    trial = read_trial(
        data_file("hamner2010_run/subject02_running.trc"), ik_setup=data_file("hamner2010_run/Setup_IK.xml")
    )
    return solve_kinematics(Inputs(trial=trial, model=model, parameters=Parameters(start_s=0.6, end_s=2.0)))


@pytest.fixture(scope="module")
def musculature(model: Model) -> Musculature:
    return model.require_muscles()


def unlocked(model: Model) -> list[int]:
    return [k for k, c in enumerate(model.coordinates) if not c.locked]


def columns(table: Storage, names: tuple[str, ...]) -> Array:
    return table.values[:, [table.names.index(n) for n in names]]


@pytest.mark.parametrize("scope", ["body", "leg"])
def test_induced_accelerations_equal_opensims_in_flight(
    scope: str, model: Model, kinematics: Kinematics, musculature: Musculature
) -> None:
    """Every muscle, knee and hip; for scope ``leg`` with everything locked that the scope prescribes."""
    time_s = np.linspace(*FLIGHT_S, 6)
    q, _, _ = kinematics.at(time_s)
    released = unlocked(model) if scope == "body" else list(model.legs["l"].released)
    locked = [c.name for k, c in enumerate(model.coordinates) if k not in released and not c.locked]
    ours = induced_accelerations(model, musculature.paths, q, released)
    theirs = opensims_induced(model, time_s, q, ["knee_angle_l", "hip_flexion_l"], locked=locked)
    for name, table in theirs.items():
        mine = ours.per_newton[:, :, ours.coordinates.index(name)]
        assert np.abs(mine).max() > 0.1
        # the promise is 1e-6 of the largest; both invert the same matrix, so they agree to its rounding
        np.testing.assert_allclose(mine, columns(table, ours.muscles), atol=1e-9 * np.abs(mine).max())


def test_induced_accelerations_are_the_accelerations(model: Model, musculature: Musculature) -> None:
    """The law behind them: with udot from one newton, inverse dynamics returns that newton's moments."""
    q = np.array([[c.default for c in model.coordinates]])
    free = unlocked(model)
    induced = induced_accelerations(model, musculature.paths, q, free)
    arms = evaluate_paths_at(musculature.paths, model.tree, q).moment_arm_m
    udot = np.zeros_like(q)
    m = induced.muscles.index("semimem_r")
    udot[:, free] = induced.per_newton[:, m]
    still = np.zeros_like(q)
    force = model.net_forces(q, still, udot) - model.net_forces(q, still, still)
    np.testing.assert_allclose(force[:, free], arms[:, m][:, free], atol=1e-10)


def test_lengths_and_moment_arms_equal_muscle_analysis(
    model: Model, kinematics: Kinematics, musculature: Musculature
) -> None:
    time_s = np.linspace(1.0, 1.3, 12)
    q, _, _ = kinematics.at(time_s)
    tables = muscle_analysis(model, time_s, q, ["knee_angle_l"])
    states = evaluate_paths_at(musculature.paths, model.tree, q)
    np.testing.assert_allclose(states.length_m, columns(tables["Length"], states.names), atol=1e-9)
    knee = states.moment_arm_m[:, :, model.coordinate("knee_angle_l")]
    np.testing.assert_allclose(knee, columns(tables["knee_angle_l"], states.names), atol=1e-6)


def test_activations_equal_opensims_static_optimization(
    model: Model, kinematics: Kinematics, musculature: Musculature
) -> None:
    """30 frames, all 92 muscles, no passive force, the same reserves, and OpenSim's lowest activation of 0.01."""
    time_s = np.arange(0.9, 1.4, 0.005)
    q, u, udot = kinematics.at(time_s)
    free = unlocked(model)
    legs = {k for leg in model.legs.values() for k in leg.released}
    reserves = {model.coordinate_names[k]: 1.0 if k in legs else 1000.0 for k in free}
    table, _ = static_optimization(
        MovingModel(model=model, time_s=time_s, q=q, window=(float(time_s[40]), float(time_s[69]))), reserves
    )
    assert len(table.time_s) == 30
    states = evaluate_paths_at(musculature.paths, model.tree, q)
    fibres = fibre_states(musculature.muscles, states.length_m, states.lengthening_speed(u))
    ours = solve_activations(
        np.swapaxes(states.moment_arm_m[:, :, free] * fibres.active_force_n[..., None], 1, 2),
        model.net_forces(q, u, udot)[:, free],
        np.array(list(reserves.values())),
        lowest=OPENSIMS_LOWEST,
    )
    mine = ours.activation[40:70]
    assert mine.max() > 0.3
    # the promise; measured: 0.001, what OpenSim's optimiser leaves at its convergence criterion
    np.testing.assert_allclose(mine, columns(table, states.names), atol=0.01)
