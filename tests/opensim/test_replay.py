"""What the steps of a replay cost: little, but where the knee meets its stop."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from swinglever.causes.replay import moment_cases, replay
from swinglever.dynamics.limb import compute_dynamics
from swinglever.engines.opensim import load_model
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import line_up
from swinglever.motion.swings import find_swings
from swinglever.readers.trial import read_trial
from swinglever.records.parameters import Parameters


def test_finer_steps_move_a_peak_by_little_and_one_after_a_stop_by_a_degree(data_file: Callable[[str], Path]) -> None:
    folder, parameters = "hamner2010_run/", Parameters(start_s=0.6, end_s=4.4)
    model = load_model(data_file(folder + "subject02_registered.osim"))
    trial = read_trial(data_file(folder + "subject02_running.trc"), ik_setup=data_file(folder + "Setup_IK.xml"))
    inputs = Inputs(trial=trial, model=model, parameters=parameters)
    kinematics = solve_kinematics(inputs)
    moved: dict[bool, list[float]] = {True: [], False: []}
    for swings in line_up(inputs, kinematics, find_swings(trial, model, kinematics, parameters)):
        dynamics = compute_dynamics(swings)
        cases = moment_cases(dynamics)
        for ours, finer in zip(
            replay(dynamics, cases).records(), replay(dynamics, cases, finer=4).records(), strict=True
        ):
            for case, found in ours.items():
                away_deg = np.degrees(abs(found.peak_flexion_rad - finer[case].peak_flexion_rad))
                moved[bool(found.stopped_by or finer[case].stopped_by)].append(float(away_deg))
    assert len(moved[False]) > 10
    assert len(moved[True]) > 5
    assert max(moved[False]) < 0.01
    assert max(moved[True]) < 1.5
