"""The load shared otherwise: same moments, the part that was asked for, nothing beyond what a muscle can do."""

import numpy as np
import pytest

from swinglever.causes.bounds import Shares as Limits
from swinglever.causes.bounds import ask, find_bounds, sharings_until
from swinglever.causes.effort import RESERVE_NM
from swinglever.causes.other_sharing import share_otherwise, sharing_errors, shift_part
from swinglever.causes.proof import prove
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
from swinglever.records.parameters import Parameters
from swinglever.synthetic.trials import bundled_trial
from swinglever.system.resources import model_file


@pytest.fixture(scope="module")
def passive() -> LegForces:
    files, model = bundled_trial("passive").files, load_model(model_file("runner.osim"))
    trial = read_trial(files.trial, files.grf, files.external_loads, files.ik_setup)
    inputs = Inputs(trial=trial, model=model, parameters=Parameters())
    kinematics = solve_kinematics(inputs)
    (swings,) = line_up(inputs, kinematics, find_swings(trial, model, kinematics, inputs.parameters))
    return solve_least_effort(prepare_muscles(compute_dynamics(swings)))


def part_deg(forces: LegForces) -> float:
    peak = int(forces.legs.dynamics.knee_flexion_rad[0].argmax())
    (sharing,) = sharings_until(forces, ask(forces.legs, "hamstrings", "shank", "peak", (peak,)))
    return float(np.degrees(sharing.part_rad))


@pytest.mark.parametrize("by_deg", [-2.0, 5.0, 40.0, 120.0])
def test_the_part_is_the_one_asked_for_and_the_moments_stay(passive: LegForces, by_deg: float) -> None:
    peak = int(passive.legs.dynamics.knee_flexion_rad[0].argmax())
    asked = ask(passive.legs, "hamstrings", "shank", "peak", (peak,))
    shifted = shift_part(passive, asked, np.radians([by_deg]))
    assert part_deg(shifted) - part_deg(passive) == pytest.approx(by_deg, abs=0.05)
    np.testing.assert_allclose(shifted.reserve_nm, passive.reserve_nm, atol=10 * RESERVE_NM)
    assert shifted.activation.min() >= 0.0
    assert shifted.activation.max() <= 1.0
    np.testing.assert_array_equal(shifted.activation[0, peak + 1 :], passive.activation[0, peak + 1 :])


def test_what_the_moments_do_not_allow_is_not_reached(passive: LegForces) -> None:
    peak = int(passive.legs.dynamics.knee_flexion_rad[0].argmax())
    asked = ask(passive.legs, "hamstrings", "shank", "peak", (peak,))
    ((found,),) = find_bounds(passive, [asked], Limits(pull=0.25, driven=0.1))
    for by_deg in (-400.0, 400.0):
        low, high = np.degrees(found.moments_rad)
        assert low - 0.1 <= part_deg(shift_part(passive, asked, np.radians([by_deg]))) <= high + 0.1


def test_it_costs_hardly_more_than_the_least_that_buys_the_part(passive: LegForces) -> None:
    """The frontier of effort over part is convex; the mean of two of its points lies close above it."""
    peak = int(passive.legs.dynamics.knee_flexion_rad[0].argmax())
    asked = ask(passive.legs, "hamstrings", "shank", "peak", (peak,))
    ((found,),) = find_bounds(passive, [asked], Limits(pull=0.25, driven=0.1))
    half = found.curve_extra.tolist().index(0.5)
    (least,) = sharings_until(passive, asked)
    (there,) = sharings_until(shift_part(passive, asked, found.curve_rad[[half], 1] - found.part_rad), asked)
    assert there.effort / least.effort - 1.0 == pytest.approx(0.5, rel=0.15)


def test_quantiles_go_from_less_to_more_and_no_size_changes_nothing(passive: LegForces) -> None:
    bounds = [proof.bounds for proof in prove(passive)]
    parts = [part_deg(share_otherwise(passive, bounds, q)) for q in (0.05, 0.5, 0.95)]
    assert parts == sorted(parts)
    high = bounds[0].degrees("shank/peak/hamstrings", "plausible")[1]
    errors = sharing_errors()
    top = float(np.interp(0.95, errors.quantile, errors.position))
    assert parts[-1] == pytest.approx(part_deg(passive) + top * (high - part_deg(passive)), abs=0.1)
    assert part_deg(share_otherwise(passive, bounds, 0.95, 0.0)) == part_deg(passive)
    given = forces_of_activation(passive.legs, "file", passive.activation)
    assert share_otherwise(given, bounds, 0.95) is given
