"""Our inverse kinematics against the truth, and against OpenSim's own tool at accuracy 1e-6."""

from dataclasses import replace

import numpy as np
import pytest

from swinglever.anatomy.model import widen_knees
from swinglever.anatomy.multibody.equation import pulled_matrix
from swinglever.anatomy.multibody.spatial import force_at
from swinglever.engines.opensim import load_model
from swinglever.motion.inputs import Inputs
from swinglever.motion.inverse_kinematics import fit_markers
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.marker_distances import CoordinateTarget, MarkersToFit, marker_cost
from swinglever.readers.trial import read_trial
from swinglever.records.parameters import Parameters


@pytest.fixture(scope="module")
def hamner(data_file):
    return load_model(data_file("hamner2010_run/subject02_registered.osim"))


@pytest.fixture(scope="module")
def rajagopal(data_file):
    return load_model(data_file("models/Rajagopal2016.osim"))


def random_motion(model, n_frames, seed=0):
    """Smooth coordinates well inside the ranges of everything that is free to move."""
    rng = np.random.default_rng(seed)
    time = np.linspace(0, 1, n_frames)[:, None]
    low = np.array([max(c.minimum, -0.8) for c in model.coordinates])
    high = np.array([min(c.maximum, 0.8) for c in model.coordinates])
    middle, reach = 0.5 * (low + high), 0.35 * (high - low)
    q = middle + reach * np.sin(2 * np.pi * time + rng.uniform(0, 6, len(low)))
    locked = np.array([c.locked for c in model.coordinates])
    q[:, locked] = [c.default for c in model.coordinates if c.locked]
    return q


def markers_of(model, q):
    body = np.array([s.body for s in model.markers])
    location = np.array([s.location_m for s in model.markers])
    return [s.name for s in model.markers], model.place(q).stations(body, location)


def asked_of(model, names, position, targets=()):
    return MarkersToFit(model=model, names=names, position_m=position, weights=[1.0] * len(names), targets=targets)


@pytest.mark.parametrize("fixture", ["hamner", "rajagopal"])
def test_markers_made_from_a_motion_give_that_motion_back(fixture, request):
    model = request.getfixturevalue(fixture)
    q = random_motion(model, 25)
    names, position = markers_of(model, q)
    fit = fit_markers(asked_of(model, names, position))
    assert fit.converged.all()
    # Stops at steps of 1e-7 rad; the last step halves what is left many times over.
    assert np.abs(fit.q - q).max() < 1e-6
    assert np.nanmax(fit.error_m) < 1e-7


@pytest.mark.parametrize("fixture", ["hamner", "rajagopal"])
def test_pulled_joints_stiffen_as_finite_differences_say(fixture, request):
    """Constant forces at points of the bodies, knees that slide as they bend and patellas that follow among them."""
    model, step = request.getfixturevalue(fixture), 1e-6
    body = np.array([s.body for s in model.markers])
    location = np.array([s.location_m for s in model.markers])
    owner = (body[:, None] == np.arange(len(model.body_names))).astype(float)
    pull = np.random.default_rng(2).normal(size=(len(body), 3))

    def forces(q):
        placed = model.place(q)
        points = placed.stations(body, location)
        return placed, points, owner.T @ force_at(points, np.broadcast_to(pull, points.shape))

    def moments(q):
        placed, _, acting = forces(q)
        return placed.generalised_force(acting)

    q = random_motion(model, 1)
    placed, points, acting = forces(q)
    pulls = np.einsum("mb,tmi,mj->tbij", owner, points, pull)
    each = step * np.eye(q.shape[1])
    slope = np.stack([(moments(q + d) - moments(q - d))[0] / (2 * step) for d in each], axis=-1)
    # Central differences of moments of some N m: 1e-9 of rounding over a step of 1e-6.
    np.testing.assert_allclose(pulled_matrix(placed, acting, pulls)[0], -slope, atol=1e-6 * np.abs(slope).max())


def test_any_heading_of_the_runner_is_found(hamner):
    q = random_motion(hamner, 25)
    for heading in np.radians([90.0, 180.0, 250.0]):
        turned = q.copy()
        turned[:, hamner.coordinate("pelvis_rotation")] = heading
        names, position = markers_of(hamner, turned)
        free = tuple(replace(c, clamped=c.clamped and "pelvis" not in c.name) for c in hamner.coordinates)
        fit = fit_markers(asked_of(replace(hamner, coordinates=free), names, position))
        assert np.nanmax(fit.error_m) < 1e-6
        assert np.abs(np.diff(fit.q, axis=0)).max() < 0.5, "a coordinate jumps to another branch of the same pose"


def test_missing_markers_leave_the_others_in_charge(hamner):
    q = random_motion(hamner, 12)
    names, position = markers_of(hamner, q)
    position[3:6, 4] = np.nan
    position[7, [10, 20]] = np.nan
    fit = fit_markers(asked_of(hamner, names, position))
    assert np.abs(fit.q - q).max() < 1e-6
    assert np.isnan(fit.error_m[4, 4])


def test_a_clamped_coordinate_stops_at_its_range_and_the_rest_is_optimal_there(rajagopal):
    q = random_motion(rajagopal, 9)
    knee = rajagopal.coordinate("knee_angle_r")
    q[:, knee] = np.radians(np.linspace(100.0, 130.0, 9))
    names, position = markers_of(rajagopal, q)
    asked = asked_of(rajagopal, names, position)
    fit = fit_markers(asked)
    limit = rajagopal.coordinates[knee].maximum
    assert fit.q[:, knee].max() <= limit
    assert fit.q[-1, knee] == pytest.approx(limit, abs=1e-12)
    rng = np.random.default_rng(2)
    for step in 1e-3 * rng.normal(size=(20, q.shape[1])):
        step[[c.locked for c in rajagopal.coordinates]] = 0.0
        step[knee] = -abs(step[knee])
        assert (marker_cost(asked, fit.q + step) >= fit.cost - 1e-12).all()


def test_a_widened_knee_follows_the_markers_beyond_the_models_range(rajagopal):
    q = random_motion(rajagopal, 9)
    knee = rajagopal.coordinate("knee_angle_r")
    q[:, knee] = np.radians(np.linspace(100.0, 150.0, 9))
    names, position = markers_of(rajagopal, q)
    fit = fit_markers(asked_of(widen_knees(rajagopal, np.radians(160.0)), names, position))
    assert np.abs(fit.q - q).max() < 1e-6


def test_a_coordinate_task_pulls(hamner):
    q = random_motion(hamner, 6)
    names, position = markers_of(hamner, q)
    hip = hamner.coordinate("hip_flexion_r")
    target = CoordinateTarget(index=hip, weight=1e6, value=q[:, hip] + 0.1)
    fit = fit_markers(asked_of(hamner, names, position, targets=(target,)))
    assert np.abs(fit.q[:, hip] - q[:, hip] - 0.1).max() < 1e-3


def test_the_coupled_patella_keeps_its_constraint(rajagopal):
    q = random_motion(rajagopal, 30, seed=4)
    names, position = markers_of(rajagopal, q)
    position += np.random.default_rng(0).normal(0, 0.005, position.shape)
    fit = fit_markers(asked_of(rajagopal, names, position))
    everything = rajagopal.all_coordinates(fit.q)
    for side in "rl":
        knee, patella = (rajagopal.all_coordinate_names.index(f"knee_angle_{side}{end}") for end in ("", "_beta"))
        assert np.abs(everything[:, patella] - everything[:, knee]).max() < 1e-8


def test_no_frame_of_running_fits_worse_than_opensims_at_1e_6(data_file, hamner):
    trial = read_trial(
        data_file("hamner2010_run/subject02_running.trc"), ik_setup=data_file("hamner2010_run/Setup_IK.xml")
    )
    part = Parameters(start_s=1.0, end_s=1.8)
    ours, theirs = (
        solve_kinematics(Inputs(trial=trial, model=hamner, parameters=replace(part, ik_engine=engine)))
        for engine in ("swinglever", "opensim")
    )
    weights = trial.tasks.marker_weights
    names = [n for n in trial.markers.names if weights.get(n, 0) > 0 and n in {s.name for s in hamner.markers}]
    assert len(names) > 30
    # Filtered alike, so what is left between the two is what OpenSim stops short of.
    for side in "rl":
        knee = hamner.coordinate(f"knee_angle_{side}")
        assert np.degrees(np.abs(ours.q[:, knee] - theirs.q[:, knee])).max() < 0.1


def test_weighted_error_of_every_frame_is_at_most_opensims(data_file, hamner):
    from swinglever.engines.opensim.tools import solve_ik
    from swinglever.motion.kinematics import OPENSIM_ACCURACY

    trial = read_trial(
        data_file("hamner2010_run/subject02_running.trc"), ik_setup=data_file("hamner2010_run/Setup_IK.xml")
    )
    weights = trial.tasks.marker_weights
    names = [n for n in trial.markers.names if weights.get(n, 0) > 0 and n in {s.name for s in hamner.markers}]
    columns = [trial.markers.names.index(n) for n in names]
    chosen = replace(
        trial.markers,
        time_s=trial.markers.time_s[60:90],
        names=tuple(names),
        position_m=trial.markers.position_m[60:90][:, columns],
    )
    each = [weights[n] for n in names]
    asked = MarkersToFit(model=hamner, names=names, position_m=chosen.position_m, weights=each)
    fit = fit_markers(asked)
    theirs = solve_ik(hamner, chosen, each, {}, OPENSIM_ACCURACY)
    cost = marker_cost(asked, theirs)
    assert (fit.cost <= 1.001 * cost).all()
    knees = [hamner.coordinate(f"knee_angle_{side}") for side in "rl"]
    assert np.degrees(np.abs(fit.q - theirs)[:, knees]).max() < 0.1
