"""Ghosts of several analyses of one leg, sent together, go where each goes alone."""

import numpy as np
import pytest

from swinglever.causes.ghosts import GhostPaths
from swinglever.causes.replay import moment_cases, muscle_cases, replay, replay_together
from swinglever.causes.silencing import silence, silence_together, silent_cases
from swinglever.certainty.variation import vary
from swinglever.dynamics.limb import compute_dynamics
from swinglever.engines.opensim import load_model
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import line_up
from swinglever.motion.swings import find_swings
from swinglever.muscles.forces import LegForces
from swinglever.muscles.legs import prepare_muscles
from swinglever.muscles.solvers.least_effort import solve_least_effort
from swinglever.readers.trial import read_trial
from swinglever.records.parameters import Parameters
from swinglever.synthetic.trials import bundled_trial
from swinglever.system.resources import model_file


@pytest.fixture(scope="module")
def repeats() -> list[LegForces]:
    """A swing with varied inputs, three times: other masses, strengths, leverages and moments of toe-off."""
    files = bundled_trial("passive").files
    model, parameters = load_model(model_file("runner.osim")), Parameters()
    trial = read_trial(files.trial, files.grf, files.external_loads, files.ik_setup)
    inputs = Inputs(trial=trial, model=model, parameters=parameters)
    kinematics = solve_kinematics(inputs)
    legs = line_up(inputs, kinematics, find_swings(trial, model, kinematics, parameters))
    varied = [vary(legs, np.random.default_rng([7, number]))[0] for number in range(3)]
    return [solve_least_effort(prepare_muscles(compute_dynamics(each))) for each in varied]


def assert_same(together: tuple[GhostPaths, ...], alone: list[GhostPaths]) -> None:
    """Knees within a millionth of a degree: sums of more numbers may round otherwise."""
    peaks = []
    for shared, own in zip(together, alone, strict=True):
        for mine, theirs in zip(shared.records(), own.records(), strict=True):
            assert list(mine) == list(theirs)
            for case, ablation in theirs.items():
                np.testing.assert_allclose(mine[case].knee_flexion_rad, ablation.knee_flexion_rad, atol=1e-8)
                peaks.append(ablation.peak_flexion_rad)
    assert len(set(np.round(peaks, 4))) > len(peaks) // 2, "the repeats differ from each other"


def test_replayed_together(repeats: list[LegForces]) -> None:
    cases = [moment_cases(forces.legs.dynamics) | muscle_cases(forces) for forces in repeats]
    dynamics = [forces.legs.dynamics for forces in repeats]
    assert_same(replay_together(dynamics, cases), [replay(d, c) for d, c in zip(dynamics, cases, strict=True)])


def test_silenced_together(repeats: list[LegForces]) -> None:
    cases = [silent_cases(forces) for forces in repeats]
    assert_same(silence_together(repeats, cases), [silence(f, c) for f, c in zip(repeats, cases, strict=True)])
