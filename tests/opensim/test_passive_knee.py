"""Muscles at rest that extend the bent knee: as measured on people, and a model's brought there."""

from dataclasses import replace

import numpy as np
import pytest

from swinglever.anatomy.model import Model
from swinglever.dynamics.limb import compute_dynamics
from swinglever.engines.opensim import load_model
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import line_up
from swinglever.motion.swings import find_swings
from swinglever.muscles.doubts import TOO_STIFF, doubts_of, warn_of_muscles
from swinglever.muscles.legs import LegMuscles, prepare_muscles
from swinglever.muscles.passive_knee import extensors_share, published_extension_nm
from swinglever.muscles.solvers.least_effort import solve_least_effort
from swinglever.readers.trial import read_trial
from swinglever.records.parameters import Parameters
from swinglever.synthetic.trials import bundled_trial
from swinglever.system.resources import model_file


def test_people_resist_the_bent_knee_the_more_the_further_it_bends() -> None:
    """8 N m at 110° with the hip at 20°; at a straight knee the moment flexes, as the hamstrings are stretched."""
    assert published_extension_nm(110.0, 20.0, 0.0) == pytest.approx(8.0, abs=0.1)
    bending = published_extension_nm(np.array([60.0, 80.0, 100.0, 120.0]), 20.0, 0.0)
    assert (np.diff(bending) > 0.0).all()
    assert published_extension_nm(0.0, 60.0, 0.0) < -10.0
    assert published_extension_nm(110.0, -20.0, 0.0) > published_extension_nm(110.0, 40.0, 0.0)  # rectus femoris


def test_extensors_keep_the_share_that_leaves_what_was_published() -> None:
    assert extensors_share(np.array([40.0, 20.0, -10.0]), 8.0) == pytest.approx(18.0 / 60.0)
    assert extensors_share(np.array([5.0, -1.0]), 8.0) == 1.0
    assert extensors_share(np.array([-5.0]), 8.0) == 1.0
    assert extensors_share(np.array([40.0, -1.0]), -5.0) == 0.0


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(model_file("runner.osim"))


def _legs(model: Model, stronger: float, *, soft: bool) -> LegMuscles:
    """Muscles of the passive swing, all of them stronger, which makes their passive fibres stiffer too."""
    assert model.musculature is not None
    muscles = model.musculature.muscles
    strength = replace(muscles.parameters, max_isometric_force_n=stronger * muscles.parameters.max_isometric_force_n)
    musculature = replace(model.musculature, muscles=replace(muscles, parameters=strength))
    files = bundled_trial("passive").files
    inputs = Inputs(
        trial=read_trial(files.trial, files.grf, files.external_loads, files.ik_setup),
        model=replace(model, musculature=musculature),
        parameters=Parameters(soft_quadriceps=soft),
    )
    kinematics = solve_kinematics(inputs)
    (swings,) = line_up(inputs, kinematics, find_swings(inputs.trial, model, kinematics, inputs.parameters))
    return prepare_muscles(compute_dynamics(swings))


def test_a_stiff_model_is_told_of_and_made_as_soft_as_people(model: Model) -> None:
    stiff, soft = (_legs(model, 20.0, soft=each) for each in (False, True))
    knee = stiff.passive_knee
    assert knee.by_muscle_nm.sum() > 2.0 * knee.published_nm
    told = warn_of_muscles(stiff.dynamics.swings.inputs, [doubts_of(solve_least_effort(stiff))], ())
    assert any("muscles at rest extend the knee" in line for line in told)
    quiet = warn_of_muscles(soft.dynamics.swings.inputs, [doubts_of(solve_least_effort(soft))], ())
    assert not any("muscles at rest extend the knee" in line for line in quiet)
    at = int(soft.dynamics.knee_flexion_rad[0].argmax())
    column = soft.dynamics.limb.released.index(soft.dynamics.limb.leg.knee)
    moment = -soft.dynamics.limb.leg.knee_sign * soft.moments(soft.passive_force_n)[0, at, column]
    assert moment == pytest.approx(soft.passive_knee.published_nm, rel=1e-9)
    flexors = knee.by_muscle_nm <= 0.0
    np.testing.assert_array_equal(soft.passive_force_n[..., flexors], stiff.passive_force_n[..., flexors])


def test_a_model_that_is_soft_already_stays_as_it_is(model: Model) -> None:
    plain, soft = (_legs(model, 0.2, soft=each) for each in (False, True))
    assert 0.0 < plain.passive_knee.by_muscle_nm.sum() < plain.passive_knee.published_nm
    np.testing.assert_array_equal(soft.passive_force_n, plain.passive_force_n)


def test_our_own_model_is_not_told_of(model: Model) -> None:
    plain = _legs(model, 1.0, soft=False)
    assert plain.passive_knee.by_muscle_nm.sum() < TOO_STIFF * plain.passive_knee.published_nm
    told = warn_of_muscles(plain.dynamics.swings.inputs, [doubts_of(solve_least_effort(plain))], ())
    assert not any("muscles at rest extend the knee" in line for line in told)
