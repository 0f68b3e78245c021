"""Ghosts of several analyses of one leg, sent together, go where each goes alone."""

import numpy as np
import pytest

from swinglever.causes.explanation import find_forces, find_shares, send_ghosts
from swinglever.causes.ghosts import GhostPaths
from swinglever.causes.leg_causes import LegCauses
from swinglever.causes.other_sharing import share_all_otherwise
from swinglever.causes.replay import moment_cases, muscle_cases, replay, replay_together
from swinglever.causes.silencing import silence, silence_together, silent_cases
from swinglever.certainty.variation import draw_variation, solve_variations, vary
from swinglever.dynamics.limb import compute_dynamics
from swinglever.engines.opensim import load_model
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import LegSwings, line_up
from swinglever.motion.swings import find_swings
from swinglever.muscles.choice import STATIC_OPTIMIZATION, MuscleSolver
from swinglever.muscles.forces import LegForces
from swinglever.muscles.legs import prepare_muscles
from swinglever.muscles.solvers.least_effort import solve_least_effort
from swinglever.readers.trial import read_trial
from swinglever.records.parameters import Parameters
from swinglever.synthetic.trials import bundled_trial
from swinglever.system.resources import model_file
from swinglever.system.stages import Stages


@pytest.fixture(scope="module")
def legs() -> tuple[LegSwings, ...]:
    files = bundled_trial("passive").files
    model, parameters = load_model(model_file("runner.osim")), Parameters()
    trial = read_trial(files.trial, files.grf, files.external_loads, files.ik_setup)
    inputs = Inputs(trial=trial, model=model, parameters=parameters)
    kinematics = solve_kinematics(inputs)
    return line_up(inputs, kinematics, find_swings(trial, model, kinematics, parameters))


@pytest.fixture(scope="module")
def varied(legs: tuple[LegSwings, ...]) -> list[LegSwings]:
    """A swing with varied inputs, three times: other masses, strengths, leverages and moments of toe-off."""
    return [vary(legs, np.random.default_rng([7, number]))[0] for number in range(3)]


@pytest.fixture(scope="module")
def repeats(varied: list[LegSwings]) -> list[LegForces]:
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


def test_ghosts_that_need_not_go_on_have_the_same_peaks(repeats: list[LegForces]) -> None:
    legs = [(LegCauses(dynamics=forces.legs.dynamics, forces=forces),) for forces in repeats]
    until_peak, to_strike = (send_ghosts(legs, Stages(), whole=whole) for whole in (False, True))
    for (some,), (every,) in zip(until_peak, to_strike, strict=True):
        for ended, gone_on in zip(some.ghosts, every.ghosts, strict=True):
            assert np.isnan(ended.records()[0][ended.cases[0]].q).any(), "it ended early"
            for mine, theirs in zip(ended.records(), gone_on.records(), strict=True):
                assert {c: a.peak_flexion_rad for c, a in mine.items()} == {
                    c: a.peak_flexion_rad for c, a in theirs.items()
                }
                assert {c: a.stopped_by for c, a in mine.items()} == {c: a.stopped_by for c, a in theirs.items()}


def test_joints_move_together_as_alone(legs: tuple[LegSwings, ...]) -> None:
    """Markers sit elsewhere in each draw; a frame settles by itself, whatever the others do."""
    drawn = [draw_variation(legs, np.random.default_rng([7, number])) for number in range(3)]
    together = solve_variations(legs, drawn)
    for found, one in zip(together, drawn, strict=True):
        (alone,) = solve_variations(legs, [one])
        np.testing.assert_allclose(found.q, alone.q, atol=1e-9)
    assert np.abs(together[0].q - together[1].q).max() > 1e-3, "the draws differ from each other"


def test_forces_bounds_and_shares_are_found_together_as_alone(varied: list[LegSwings]) -> None:
    solver, quantiles = MuscleSolver(name=STATIC_OPTIMIZATION, solve=solve_least_effort), [0.1, 0.5, 0.9]

    def found(some: list[LegSwings], mine: list[float]) -> list[LegCauses]:
        forced = find_forces([(swings,) for swings in some], solver, Stages())
        shared = find_shares(forced, Stages(), lambda f, b: share_all_otherwise(f, b, mine), whole=False)
        return [leg for (leg,) in shared]

    together = found(varied, quantiles)
    alone = [found([swings], [quantile])[0] for swings, quantile in zip(varied, quantiles, strict=True)]
    for mine, theirs in zip(together, alone, strict=True):
        assert mine.forces is not None
        assert theirs.forces is not None
        assert mine.dynamics.swings is theirs.dynamics.swings
        # A solution is closed to 1e-10 of the moments; activations that share a load are less sure than what they make.
        np.testing.assert_allclose(mine.forces.activation, theirs.forces.activation, atol=1e-6)
        for scope, shares in theirs.shares.items():
            np.testing.assert_allclose(mine.shares[scope].angle, shares.angle, atol=1e-8)
        for proof, other in zip(mine.proofs, theirs.proofs, strict=True):
            np.testing.assert_allclose(proof.bounds.low_rad, other.bounds.low_rad, atol=1e-6)
            assert proof.judgement.category == other.judgement.category
    assert np.ptp([leg.shares["shank"].angle[0, -1].max() for leg in together]) > 1e-3, "the repeats differ"
