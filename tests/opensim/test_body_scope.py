"""Scope ``body``: laws of the free body in flight and with one foot held, on running."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.causes.attribution import share_out
from swinglever.causes.body import body_equation, body_moment_sources, body_sources
from swinglever.causes.induced import induced_accelerations
from swinglever.causes.sources import muscle_sources
from swinglever.dynamics.limb import compute_dynamics
from swinglever.dynamics.whole_body import BodyDynamics, compute_body_dynamics, projections
from swinglever.engines.opensim import load_model
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import LegSwings, line_up
from swinglever.motion.swings import find_swings
from swinglever.muscles.forces import LegForces
from swinglever.muscles.legs import prepare_muscles
from swinglever.muscles.solvers.least_effort import solve_least_effort
from swinglever.pipeline import analyse
from swinglever.readers.storage import read_storage, write_storage
from swinglever.readers.trial import read_trial
from swinglever.records.parameters import Parameters
from swinglever.synthetic.trials import bundled_trial
from swinglever.synthetic.truth import HAMSTRINGS
from swinglever.system.resources import model_file

FindFile = Callable[[str], Path]
PARAMETERS = Parameters(start_s=0.6, end_s=2.6)


@pytest.fixture(scope="module")
def model(data_file: FindFile) -> Model:
    return load_model(data_file("hamner2010_run/subject02_registered.osim"))


@pytest.fixture(scope="module")
def inputs(model: Model, data_file: FindFile) -> Inputs:
    trial = read_trial(
        data_file("hamner2010_run/subject02_running.trc"),
        data_file("hamner2010_run/subject02_running_grf.mot"),
        data_file("hamner2010_run/External_Loads.xml"),
        data_file("hamner2010_run/Setup_IK.xml"),
    )
    return Inputs(trial=trial, model=model, parameters=PARAMETERS)


@pytest.fixture(scope="module")
def legs(inputs: Inputs) -> tuple[LegSwings, ...]:
    """The first two swings of each leg."""
    kinematics = solve_kinematics(inputs)
    swings = find_swings(inputs.trial, inputs.model, kinematics, PARAMETERS)
    return line_up(inputs, kinematics, swings[:4])


@pytest.fixture(scope="module")
def bodies(legs: tuple[LegSwings, ...]) -> list[BodyDynamics]:
    return [compute_body_dynamics(compute_dynamics(leg)) for leg in legs]


@pytest.fixture(scope="module")
def forces(bodies: list[BodyDynamics]) -> list[LegForces]:
    return [solve_least_effort(prepare_muscles(body.leg)) for body in bodies]


def test_all_causes_together_are_the_recorded_swing(bodies: list[BodyDynamics], forces: list[LegForces]) -> None:
    for body, muscles in zip(bodies, forces, strict=True):
        by_muscle = share_out(body_equation(body, body_sources(body, muscles))).records()
        by_moment = share_out(body_equation(body, body_moment_sources(body))).records()
        for ours, theirs in zip(by_muscle, by_moment, strict=True):
            assert len(ours.sources) > 100
            for result in (ours, theirs):
                # what is promised: 0.1 degrees from toe-off to peak
                assert np.degrees(result.closure_rad) < 0.1
            shares, by_joint = ours.degrees_by_group(), theirs.degrees_by_group()
            for cause in ("initial", "gravity", "ground_contact"):
                assert shares[cause] == pytest.approx(by_joint[cause], abs=1e-9)
            # Hip flexors drive the fold, and the knee's muscles together hold it back; means of 26 runners at 3.5 m/s,
            # velocity terms apart: +555 and -56 degrees.
            assert by_joint["hip_moment"] > 200
            assert by_joint["knee_moment"] < 0


def test_sources_are_the_net_forces(bodies: list[BodyDynamics], forces: list[LegForces]) -> None:
    for sources in (body_sources(bodies[0], forces[0]), body_moment_sources(bodies[0])):
        np.testing.assert_allclose(sources.force.sum(axis=-1), bodies[0].net_force, atol=1e-8)


def test_a_muscle_of_the_swing_leg_pulls_alike_in_every_scope(
    bodies: list[BodyDynamics], forces: list[LegForces]
) -> None:
    """With forces that no solver would find: a half of the least effort's."""
    for body, least in zip(bodies, forces, strict=True):
        muscles = replace(least, activation=0.5 * least.activation, active_force_n=0.5 * least.active_force_n)
        in_leg, in_body = muscle_sources(muscles), body_sources(body, muscles)
        limb = body.leg.limb
        mine = [int(np.flatnonzero(body.free == k)[0]) for k in limb.released_in_whole]
        for name in muscles.legs.names:
            there = in_body.force[:, :, mine, in_body.names.index(name)]
            here = in_leg.force[:, :, limb.released, in_leg.names.index(name)]
            np.testing.assert_allclose(there, here, atol=1e-8, err_msg=name)


def test_no_cause_moves_the_held_foot_but_its_own_motion(bodies: list[BodyDynamics]) -> None:
    for body in bodies:
        free_motion, answer = projections(body)
        stance = body.touches.any(axis=-1).sum(axis=1)
        assert (stance > 30).all()
        assert (stance < 90).all()
        size = np.abs(body.held).max() * np.abs(free_motion).max()
        np.testing.assert_allclose(body.held @ free_motion, 0, atol=1e-9 * size)
        recorded = body.held @ body.udot[..., None]
        np.testing.assert_allclose(body.held @ (answer @ recorded), recorded, atol=1e-8 * np.abs(recorded).max())


def test_the_measured_ground_force_drops_out_where_the_foot_is_held(bodies: list[BodyDynamics]) -> None:
    """Neither a push at the centre of pressure nor a moment about the vertical accelerates anything."""
    for body in bodies:
        free_motion, _ = projections(body)
        stance = body.touches.any(axis=-1)
        by_ground = (free_motion @ body.external[..., None])[stance][..., 0]
        freely = np.linalg.solve(body.mass_matrix, body.external[..., None])[stance][..., 0]
        # what is left is the horizontal part of the recorded free moments, which a held point does not take up
        assert np.abs(by_ground).max() < 1e-3 * np.abs(freely).max()


def test_in_flight_the_shares_are_opensims_induced_accelerations(
    model: Model, bodies: list[BodyDynamics], forces: list[LegForces]
) -> None:
    """The same accelerations a newton that test_induced_accelerations compares with OpenSim's tool."""
    body, sources = bodies[0], body_sources(bodies[0], forces[0])
    flight = np.flatnonzero(~body.touches[0].any(axis=1))[:5]
    q = body.leg.swings.q[0, flight]
    potentials = induced_accelerations(model, model.require_muscles().paths, q, body.free.tolist())
    (result, *_) = share_out(body_equation(body, sources)).records()
    knee = potentials.coordinates.index(model.coordinate_names[model.legs[body.leg.swings.side].knee])
    arms = body.mass_matrix[0, flight] @ np.swapaxes(potentials.per_newton, 1, 2)
    free_motion = projections(body)[0][0, flight]
    for m, name in enumerate(potentials.muscles):
        force = sources.force[0, flight][..., sources.names.index(name)]
        tension = (force * arms[:, :, m]).sum(axis=1) / (arms[:, :, m] ** 2).sum(axis=1)
        np.testing.assert_allclose(force, tension[:, None] * arms[:, :, m], atol=1e-8)
        by_muscle = (free_motion @ force[..., None])[:, knee, 0]
        np.testing.assert_allclose(by_muscle, tension * potentials.per_newton[:, m, knee], atol=1e-7)
    assert {"semimem_r", "semimem_l"} <= set(result.sources)


def centre_jacobian(model: Model, q: Array) -> Array:
    """Jacobian (T,3,n) of the centre of mass."""
    placed, masses = model.place(q), model.masses
    parts = [m * placed.station_jacobian(b, masses.centre_m[b]) for b, m in enumerate(masses.mass_kg)]
    return np.asarray(sum(parts) / masses.mass_kg.sum())


def test_in_flight_no_muscle_moves_the_centre_of_mass(model: Model, bodies: list[BodyDynamics]) -> None:
    """Newton's third law: inner forces move no centre of mass, whatever they do to the joints."""
    body = bodies[0]
    q = body.leg.swings.q[0, :3]
    potentials = induced_accelerations(model, model.require_muscles().paths, q, body.free.tolist())
    moved = centre_jacobian(model, q)[:, :, body.free] @ np.swapaxes(potentials.per_newton, 1, 2)
    assert np.abs(potentials.per_newton).max() > 0.1
    np.testing.assert_allclose(moved, 0, atol=1e-12)


def test_the_scope_is_there_when_asked_for(data_file: FindFile) -> None:
    inputs = {
        "trial": data_file("hamner2010_run/subject02_running.trc"),
        "model": data_file("hamner2010_run/subject02_registered.osim"),
        "grf": data_file("hamner2010_run/subject02_running_grf.mot"),
        "external_loads": data_file("hamner2010_run/External_Loads.xml"),
        "ik_setup": data_file("hamner2010_run/Setup_IK.xml"),
    }
    report = analyse(**inputs, parameters=Parameters(start_s=0.6, end_s=1.9, body_scope=True))
    for swing in report.swings:
        assert set(swing.attribution) == {"shank", "leg", "body"}
        assert "hamstrings_other_side" in swing.attribution["body"].groups


def test_forces_from_a_file_are_the_forces_of_scope_body_too(tmp_path: Path) -> None:
    """Hamstrings that pull with nothing fold nothing, though least effort would have them fold a part."""
    bundled = bundled_trial("pulled")
    assert bundled.known_forces is not None
    table, files = read_storage(bundled.known_forces), bundled.files
    ours = [any(muscle in name for muscle in HAMSTRINGS) for name in table.names]
    assert sum(ours) == len(HAMSTRINGS)
    silent = tmp_path / "silent.sto"
    write_storage(silent, table.time_s, table.names, np.where(ours, 0.0, table.values))
    least, given = (
        analyse(
            files.trial,
            model_file("runner.osim"),
            grf=files.grf,
            external_loads=files.external_loads,
            ik_setup=files.ik_setup,
            forces=forces,
            parameters=Parameters(body_scope=True),
        ).swings[0]
        for forces in (None, silent)
    )
    for scope in ("leg", "body"):
        assert abs(least.attribution[scope].degrees_by_group()["hamstrings"]) > 5.0
        assert given.attribution[scope].degrees_by_group().get("hamstrings", 0.0) == 0.0
