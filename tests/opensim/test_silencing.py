"""Silent muscles: the leg integrated with activations replayed, against simulations by another integrator."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.causes.ghosts import STEPS
from swinglever.causes.muscle_sources import Selection, of_group
from swinglever.causes.silencing import silence, silent_cases
from swinglever.dynamics.limb import Dynamics, compute_dynamics
from swinglever.engines.opensim import load_model
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.swings import find_swings
from swinglever.muscles.legs import leave_out_overstretched, prepare_muscles
from swinglever.muscles.solve import muscle_forces, solve_muscles
from swinglever.readers.trial import read_trial
from swinglever.records.parameters import Parameters
from swinglever.records.results import Ablation, Kinematics, MuscleForces
from swinglever.synthetic.motion import simulated_motion
from swinglever.synthetic.simulation import STEP_S, SimulatedSwing, read_cause, simulate_swing
from swinglever.synthetic.truth import HAMSTRINGS, exact_dynamics, exact_kinematics
from swinglever.system.resources import model_file

FindFile = Callable[[str], Path]
WALK = "gait2392_walk/"
NOBODY: dict[str, Selection] = {"silent_nobody": lambda _, __: []}


class Moving(NamedTuple):
    """A model along some swings, with muscle forces by the id of the swing."""

    model: Model
    kinematics: Kinematics
    dynamics: tuple[Dynamics, ...]
    forces: dict[str, MuscleForces]


@pytest.fixture(scope="module")
def runner() -> Model:
    return load_model(model_file("runner.osim"))


@pytest.fixture(scope="module")
def pulled(runner: Model) -> SimulatedSwing:
    return simulate_swing(runner, read_cause("pulled"), 2.5)


@pytest.fixture(scope="module")
def known(runner: Model, pulled: SimulatedSwing) -> Moving:
    """The simulated pull with the activations that made it: held over each step, so on the mean half a step late."""
    motion = simulated_motion(runner, pulled)
    kinematics, dynamics = exact_kinematics(runner, pulled, motion), exact_dynamics(runner, pulled, motion)
    leg = prepare_muscles(runner, kinematics, [dynamics])[0]
    late_s = dynamics.time_s - 0.5 * STEP_S
    activation = np.stack([np.interp(late_s, pulled.time_s, a) for a in pulled.activation.T], axis=1)
    forces = muscle_forces(
        leg,
        "known",
        activation=activation,
        active_force_n=activation * leg.fibres.active_force_n,
        passive_force_n=leg.fibres.passive_force_n,
        passive_included=True,
    )
    return Moving(runner, kinematics, (dynamics,), {dynamics.events.id: forces})


def test_the_leg_goes_where_the_simulation_goes(runner: Model, pulled: SimulatedSwing, known: Moving) -> None:
    """Hamstrings silent: hip and knee within half a degree of the simulation until the recorded fold's end.

    The simulation integrates the motion itself, explicitly, in steps of 2 ms; here it is the difference from the
    recording, partly implicitly, in steps of 4 ms.
    """
    again = simulate_swing(runner, pulled.cause, pulled.speed_m_s, replay=pulled.activation, silent=HAMSTRINGS)
    found = _silence(known, silent_cases())["silent_hamstrings"]
    folding = found.time_s <= pulled.time_s[np.argmax(pulled.knee_flexion_rad)]
    for name in ("knee_angle_r", "hip_flexion_r"):
        simulated = np.interp(found.time_s, again.time_s, again.q[:, again.coordinate_names.index(name)])
        difference = np.degrees(found.q[:, found.coordinate_names.index(name)] - simulated)
        assert np.abs(difference[folding]).max() < 0.5, name
    lost = np.degrees(pulled.knee_flexion_rad.max() - found.peak_flexion_rad)
    assert lost > 30.0


def test_nothing_silent_changes_nothing(known: Moving) -> None:
    found = _silence(known, NOBODY)["silent_nobody"]
    np.testing.assert_allclose(found.knee_flexion_rad, known.dynamics[0].knee_flexion_rad, atol=1e-9)
    assert found.stopped_by == ()


def test_forces_that_no_activation_makes_are_replayed(known: Moving) -> None:
    """Three times the forces of the recording, or none that is known: the rest of the moment is kept over time."""
    (name, mine), dynamics = next(iter(known.forces.items())), known.dynamics
    strong = replace(
        mine,
        activation=3.0 * mine.activation,
        active_force_n=3.0 * mine.active_force_n,
        force_n=3.0 * mine.active_force_n + mine.passive_force_n,
    )
    unknown = replace(mine, activation=np.full_like(mine.activation, np.nan))
    for forces in (strong, unknown):
        found = _silence(known._replace(forces={name: forces}), NOBODY)["silent_nobody"]
        np.testing.assert_allclose(found.knee_flexion_rad, dynamics[0].knee_flexion_rad, atol=1e-9)


def test_silent_muscles_still_resist_passively(known: Moving) -> None:
    """Unless passive forces were left out of the solution: then the leg folds further."""
    (name, mine), chosen = next(iter(known.forces.items())), {"silent": of_group("knee_extensors")}
    without = replace(
        mine,
        passive_included=False,
        passive_force_n=np.zeros_like(mine.passive_force_n),
        force_n=mine.active_force_n,
    )
    resisted = _silence(known, chosen)["silent"].peak_flexion_rad
    free = _silence(known._replace(forces={name: without}), chosen)["silent"].peak_flexion_rad
    # Left out, the passive moment is part of what is replayed: the same where the leg goes the same way.
    assert resisted == pytest.approx(free, abs=np.radians(2.0))
    assert resisted == pytest.approx(known.dynamics[0].knee_flexion_rad.max(), abs=np.radians(2.0))


def test_short_feet_under_fast_fibres_do_not_run_away(data_file: FindFile) -> None:
    """Toes of 0.3 kg have time constants of a quarter millisecond: four times finer steps change the peaks by 0.2°."""
    peaks, moving = [], _walk(data_file, 201)
    for steps in (50, 200):
        found = [_silence(moving._replace(dynamics=(d,)), silent_cases() | NOBODY, steps) for d in moving.dynamics[:2]]
        peaks.append([[np.degrees(a.peak_flexion_rad) for a in ablations.values()] for ablations in found])
        for d, ablations in zip(moving.dynamics, found, strict=False):
            np.testing.assert_allclose(ablations["silent_nobody"].q, _released(d), atol=1e-8)
    np.testing.assert_allclose(peaks[0], peaks[1], atol=0.2)


def test_a_leg_that_runs_away_is_given_up(known: Moving, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here taken to run away at 1 rad/s from the recording: nan from there on, and the others are not touched."""
    monkeypatch.setattr("swinglever.causes.silencing._FASTEST_RAD_S", 1.0)
    found = _silence(known, silent_cases() | NOBODY)
    assert np.isnan(found["silent_hamstrings"].peak_flexion_rad)
    assert np.isfinite(found["silent_hamstrings"].knee_flexion_rad[0])
    assert np.isnan(found["silent_hamstrings"].knee_flexion_rad[-1])
    np.testing.assert_allclose(found["silent_nobody"].q, _released(known.dynamics[0]), atol=1e-9)


def _released(dynamics: Dynamics) -> Array:
    return np.asarray(dynamics.q[:, list(dynamics.limb.leg.released)])


def _silence(moving: Moving, cases: dict[str, Selection], steps: int = STEPS) -> dict[str, Ablation]:
    return silence(moving.model, moving.kinematics, moving.dynamics, moving.forces, cases, Parameters(), steps)[0]


def _walk(data_file: FindFile, samples: int) -> Moving:
    model, parameters = load_model(data_file(WALK + "subject01_simbody.osim")), Parameters(grid_points=samples)
    trial = read_trial(
        data_file(WALK + "subject01_walk1.trc"),
        data_file(WALK + "subject01_walk1_grf.mot"),
        data_file(WALK + "subject01_walk1_grf.xml"),
        data_file(WALK + "subject01_Setup_IK.xml"),
    )
    kinematics = solve_kinematics(Inputs(trial=trial, model=model, parameters=parameters))
    swings = find_swings(trial, model, kinematics, parameters)[:2]
    dynamics = compute_dynamics(model, kinematics, swings, trial.ground_forces, parameters)
    legs, _ = leave_out_overstretched(prepare_muscles(model, kinematics, dynamics))
    forces = {d.events.id: f for d, f in zip(dynamics, solve_muscles(legs), strict=True)}
    return Moving(model, kinematics, dynamics, forces)
