"""What a swing's moments owe to a plate that the foot has left, and a finding to the moment that turns the hip."""

from dataclasses import replace

import numpy as np
import pytest

from swinglever.causes.bounds import ask, sharings_until, tail_part
from swinglever.causes.hip_turn import new_parts_without_turn, turning_column
from swinglever.dynamics.limb import Dynamics, compute_dynamics
from swinglever.dynamics.whole_body import compute_body_dynamics
from swinglever.engines.opensim import load_model
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import LegSwings, line_up
from swinglever.motion.swings import find_swings
from swinglever.muscles.legs import prepare_muscles
from swinglever.muscles.solvers.least_effort import solve_least_effort
from swinglever.readers.trial import read_trial
from swinglever.records.folding import half_fold
from swinglever.records.parameters import Parameters
from swinglever.records.trial import GroundForce
from swinglever.synthetic.trials import bundled_trial
from swinglever.system.resources import model_file


@pytest.fixture(scope="module")
def swings() -> LegSwings:
    files = bundled_trial("passive").files
    inputs = Inputs(
        trial=read_trial(files.trial, files.grf, files.external_loads, files.ik_setup),
        model=load_model(model_file("runner.osim")),
        parameters=Parameters(),
    )
    kinematics = solve_kinematics(inputs)
    return line_up(inputs, kinematics, find_swings(inputs.trial, inputs.model, kinematics, inputs.parameters))[0]


def _pushed(swings: LegSwings, body: str) -> LegSwings:
    """The same swings while 200 N push upwards on a body, half a metre in front of the origin."""
    time_s = swings.kinematics.time_s
    push = GroundForce(
        name="push",
        body=body,
        time_s=time_s,
        force_n=np.tile([0.0, 200.0, 0.0], (len(time_s), 1)),
        point_m=np.tile([0.5, 0.0, 0.0], (len(time_s), 1)),
        moment_nm=np.zeros((len(time_s), 3)),
    )
    trial = replace(swings.inputs.trial, ground_forces=(*swings.inputs.trial.ground_forces, push))
    return replace(swings, inputs=replace(swings.inputs, trial=trial))


@pytest.mark.parametrize("body", ["calcn", "toes", "talus"])
def test_no_plate_pushes_a_foot_in_its_own_swing(swings: LegSwings, body: str) -> None:
    plain, pushed = (compute_dynamics(each) for each in (swings, _pushed(swings, f"{body}_{swings.side}")))
    np.testing.assert_array_equal(pushed.net_moment, plain.net_moment)
    assert not plain.external.any()
    whole, whole_pushed = compute_body_dynamics(plain), compute_body_dynamics(pushed)
    np.testing.assert_array_equal(whole_pushed.net_force, whole.net_force)


def test_what_pushes_the_shank_or_the_other_foot_counts(swings: LegSwings) -> None:
    plain = compute_dynamics(swings)
    pushed = compute_dynamics(_pushed(swings, f"tibia_{swings.side}"))
    assert np.abs(pushed.net_moment - plain.net_moment).max() > 10.0
    other = compute_dynamics(_pushed(swings, f"calcn_{'l' if swings.side == 'r' else 'r'}"))
    difference = compute_body_dynamics(other).net_force - compute_body_dynamics(plain).net_force
    assert np.abs(difference).max() > 10.0


def _parts(dynamics: Dynamics) -> tuple[float, float]:
    """New part of the hamstrings until half of folding, deg: with all moments, and without the one about the thigh."""
    least = solve_least_effort(prepare_muscles(dynamics))
    asked = ask(least.legs, "hamstrings", "shank", "half", tuple(map(half_fold, dynamics.knee_flexion_rad)))
    sharing, time_s = sharings_until(least, asked)[0], dynamics.time_s[0, : asked.samples[0] + 1]
    without = new_parts_without_turn([least], [asked])
    assert without is not None
    new_rad = sharing.part_rad - tail_part(sharing, time_s - time_s[0])
    return float(np.degrees(new_rad)), float(np.degrees(without[0][0]))


def test_a_moment_about_the_thighs_axis_calls_hamstrings_that_are_not_needed_without_it(swings: LegSwings) -> None:
    """And the answer without it stays the same, whatever that moment is."""
    dynamics = compute_dynamics(swings)
    column = turning_column(dynamics)
    assert column is not None
    assert dynamics.limb.released_names[column] == f"hip_rotation_{swings.side}"
    about_thigh = np.zeros(dynamics.net_moment.shape[-1])
    about_thigh[dynamics.limb.released[column]] = 25.0
    plain = _parts(dynamics)
    found = [_parts(replace(dynamics, net_moment=dynamics.net_moment + sign * about_thigh)) for sign in (-1.0, 1.0)]
    called, without = (np.array(each) for each in zip(*found, strict=True))
    assert called.max() > plain[0] + 5.0
    np.testing.assert_allclose(without, plain[1], atol=1e-6)
