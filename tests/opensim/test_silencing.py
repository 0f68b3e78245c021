"""Silent muscles: the leg integrated with activations replayed, against simulations by another integrator."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from swinglever.anatomy.model import Model
from swinglever.arrays import Array, Bools
from swinglever.causes.silencing import silence, silent_cases
from swinglever.dynamics.limb import compute_dynamics
from swinglever.engines.opensim import load_model
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import line_up
from swinglever.motion.swings import find_swings
from swinglever.muscles.forces import LegForces, forces_of_activation
from swinglever.muscles.legs import prepare_muscles
from swinglever.muscles.solvers.least_effort import solve_least_effort
from swinglever.readers.trial import read_trial
from swinglever.records.ablation import Ablation
from swinglever.records.parameters import Parameters
from swinglever.signals import interpolate
from swinglever.synthetic.cause import read_cause
from swinglever.synthetic.motion import simulated_motion
from swinglever.synthetic.simulation import STEP_S, SimulatedSwing, simulate_swing
from swinglever.synthetic.truth import HAMSTRINGS, exact_dynamics
from swinglever.system.resources import model_file

FindFile = Callable[[str], Path]
WALK = "gait2392_walk/"


@pytest.fixture(scope="module")
def runner() -> Model:
    return load_model(model_file("runner.osim"))


@pytest.fixture(scope="module")
def pulled(runner: Model) -> SimulatedSwing:
    return simulate_swing(runner, read_cause("pulled"), 2.5)


@pytest.fixture(scope="module")
def known(runner: Model, pulled: SimulatedSwing) -> LegForces:
    """The simulated pull with the activations that made it: held over each step, so on the mean half a step late."""
    legs = prepare_muscles(exact_dynamics(runner, pulled, simulated_motion(runner, pulled)))
    late_s = legs.dynamics.time_s - 0.5 * STEP_S
    return forces_of_activation(legs, "known", interpolate(late_s, pulled.time_s, pulled.activation))


def test_the_leg_goes_where_the_simulation_goes(runner: Model, pulled: SimulatedSwing, known: LegForces) -> None:
    """Hamstrings silent: hip and knee within half a degree of the simulation until the recorded fold's end.

    The simulation integrates the motion itself, explicitly, in steps of 2 ms; here it is the difference from the
    recording, partly implicitly, in steps of 4 ms.
    """
    again = simulate_swing(runner, pulled.cause, pulled.speed_m_s, replay=pulled.activation, silent=HAMSTRINGS)
    found = _silence(known)["silent_hamstrings"]
    folding = found.time_s <= pulled.time_s[np.argmax(pulled.knee_flexion_rad)]
    for name in ("knee_angle_r", "hip_flexion_r"):
        simulated = np.interp(found.time_s, again.time_s, again.q[:, again.coordinate_names.index(name)])
        difference = np.degrees(found.q[:, found.coordinate_names.index(name)] - simulated)
        assert np.abs(difference[folding]).max() < 0.5, name
    lost = np.degrees(pulled.knee_flexion_rad.max() - found.peak_flexion_rad)
    assert lost > 30.0


def test_nothing_silent_changes_nothing(known: LegForces) -> None:
    found = _silence(known)["silent_nobody"]
    np.testing.assert_allclose(found.knee_flexion_rad, _knee(known), atol=1e-9)
    assert found.stopped_by == ()


def test_forces_that_no_activation_makes_are_replayed(known: LegForces) -> None:
    """Three times the forces of the recording, or none that is known: the rest of the moment is kept over time."""
    strong = replace(known, activation=3.0 * known.activation, active_force_n=3.0 * known.active_force_n)
    unknown = replace(known, activation=np.full_like(known.activation, np.nan))
    for forces in (strong, unknown):
        found = _silence(forces)["silent_nobody"]
        np.testing.assert_allclose(found.knee_flexion_rad, _knee(known), atol=1e-9)


def test_silent_muscles_still_resist_passively(known: LegForces) -> None:
    """Unless passive forces were left out of the solution: then the leg folds further."""
    without = replace(known, passive_included=False, passive_force_n=np.zeros_like(known.passive_force_n))
    resisted, free = (_silence(forces)["silent_knee_extensors"].peak_flexion_rad for forces in (known, without))
    # Left out, the passive moment is part of what is replayed: the same where the leg goes the same way.
    assert resisted == pytest.approx(free, abs=np.radians(2.0))
    assert resisted == pytest.approx(_knee(known).max(), abs=np.radians(2.0))


def test_short_feet_under_fast_fibres_do_not_run_away(data_file: FindFile) -> None:
    """Toes of 0.3 kg have time constants of a quarter millisecond: four times finer steps change the peaks by 0.2°."""
    peaks = []
    for forces in _walk(data_file, 201):
        found = [silence(forces, _cases(forces), steps).records() for steps in (50, 200)]
        peaks.append([[[np.degrees(a.peak_flexion_rad) for a in swing.values()] for swing in each] for each in found])
        for swing, q in zip(found[0], forces.legs.dynamics.q, strict=True):
            np.testing.assert_allclose(swing["silent_nobody"].q, q[:, forces.legs.dynamics.limb.released], atol=1e-8)
    assert len(peaks) == 2
    for coarse, fine in peaks:
        np.testing.assert_allclose(coarse, fine, atol=0.2)


def test_a_leg_that_runs_away_is_given_up(known: LegForces, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here taken to run away at 1 rad/s from the recording: nan from there on, and the others are not touched."""
    monkeypatch.setattr("swinglever.causes.ghosts.FASTEST_RAD_S", 1.0)
    found = _silence(known)
    assert np.isnan(found["silent_hamstrings"].peak_flexion_rad)
    assert np.isfinite(found["silent_hamstrings"].knee_flexion_rad[0])
    assert np.isnan(found["silent_hamstrings"].knee_flexion_rad[-1])
    released = known.legs.dynamics.limb.released
    np.testing.assert_allclose(found["silent_nobody"].q, known.legs.dynamics.q[0][:, released], atol=1e-9)


def _knee(forces: LegForces) -> Array:
    return np.asarray(forces.legs.dynamics.knee_flexion_rad[0])


def _cases(forces: LegForces) -> dict[str, Bools]:
    return silent_cases(forces) | {"silent_nobody": np.zeros(len(forces.legs.names), dtype=bool)}


def _silence(forces: LegForces) -> dict[str, Ablation]:
    """The one swing."""
    (found,) = silence(forces, _cases(forces)).records()
    return found


def _walk(data_file: FindFile, samples: int) -> list[LegForces]:
    """The first two swings, one of each leg."""
    model, parameters = load_model(data_file(WALK + "subject01_simbody.osim")), Parameters(grid_points=samples)
    trial = read_trial(
        data_file(WALK + "subject01_walk1.trc"),
        data_file(WALK + "subject01_walk1_grf.mot"),
        data_file(WALK + "subject01_walk1_grf.xml"),
        data_file(WALK + "subject01_Setup_IK.xml"),
    )
    kinematics = solve_kinematics(Inputs(trial=trial, model=model, parameters=parameters))
    swings = find_swings(trial, model, kinematics, parameters)[:2]
    legs = line_up(Inputs(trial=trial, model=model, parameters=parameters), kinematics, swings)
    return [solve_least_effort(prepare_muscles(compute_dynamics(leg))) for leg in legs]
