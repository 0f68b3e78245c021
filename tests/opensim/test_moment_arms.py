"""Path lengths and moment arms against OpenSim's, muscle by muscle, at random poses."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import opensim
import pytest

from swinglever.anatomy.model import Model
from swinglever.anatomy.paths.geometry import evaluate_paths_at
from swinglever.anatomy.paths.records import PathSet
from swinglever.arrays import Array
from swinglever.engines.opensim import load_model

FindFile = Callable[[str], Path]
UNWRAPPED = (
    "models/gait2392_millard2012muscle.osim",
    "models/gait10dof18musc.osim",
    "hamner2010_run/subject02_registered.osim",
)
WRAPPED = ("models/Rajagopal2016.osim", "models/RajagopalLaiUhlrich2023.osim")


def random_poses(model: Model, n: int, seed: int = 0) -> Array:
    rng = np.random.default_rng(seed)
    low = np.array([max(c.minimum, -1.4) for c in model.coordinates])
    high = np.array([min(c.maximum, 1.8) for c in model.coordinates])
    return np.asarray(rng.uniform(low, high, (n, len(low))) * 0.85)


class Native:
    """OpenSim's own evaluation of the same model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.native = opensim.Model(str(model.file))
        self.state = self.native.initSystem()
        self.coordinates = self.native.getCoordinateSet()
        for i in range(self.coordinates.getSize()):
            self.coordinates.get(i).setLocked(self.state, False)

    def pose(self, q: Array) -> None:
        # every coordinate is set, those that follow others too, so that no assembly moves the free ones
        for name, value in zip(self.model.all_coordinate_names, self.model.all_coordinates(q), strict=True):
            self.coordinates.get(name).setValue(self.state, float(value), False)
        self.native.realizePosition(self.state)

    def length(self, muscle: str) -> float:
        return float(self.native.getMuscles().get(muscle).getLength(self.state))

    def moment_arm(self, muscle: str, coordinate: str) -> float:
        path: Any = self.native.getMuscles().get(muscle).getGeometryPath()
        return float(path.computeMomentArm(self.state, self.coordinates.get(coordinate)))


def wraps_over_two(paths: PathSet) -> set[str]:
    return {path.name for path in paths.paths if len(path.wraps) > 1}


@pytest.mark.parametrize("name", UNWRAPPED)
def test_moment_arms_equal_opensims_without_wrapping(data_file: FindFile, name: str) -> None:
    """Straight, conditional and moving points: every muscle and coordinate it spans, and some that it does not."""
    model = load_model(data_file(name))
    paths = model.require_muscles().paths
    native, q = Native(model), random_poses(model, 3)
    states = evaluate_paths_at(paths, model.tree, q)
    rng = np.random.default_rng(1)
    compared = 0
    for t in range(len(q)):
        native.pose(q[t])
        for m, muscle in enumerate(paths.names):
            assert states.length_m[t, m] == pytest.approx(native.length(muscle), abs=1e-12)
            for c, coordinate in enumerate(model.coordinate_names):
                if abs(states.moment_arm_m[t, m, c]) > 1e-9 or rng.random() < 0.03:
                    compared += 1
                    # the promise is 1e-6 m; the two agree to rounding
                    assert states.moment_arm_m[t, m, c] == pytest.approx(
                        native.moment_arm(muscle, coordinate), abs=1e-10
                    ), (muscle, coordinate)
    assert compared > 4 * len(paths.names)


@pytest.mark.parametrize("name", WRAPPED)
def test_lengths_over_one_cylinder_equal_opensims(data_file: FindFile, name: str) -> None:
    model = load_model(data_file(name))
    paths = model.require_muscles().paths
    native, q = Native(model), random_poses(model, 12)
    states = evaluate_paths_at(paths, model.tree, q)
    for t in range(len(q)):
        native.pose(q[t])
        for m, muscle in enumerate(paths.names):
            if muscle not in wraps_over_two(paths):
                assert states.length_m[t, m] == pytest.approx(native.length(muscle), abs=1e-12), muscle


@pytest.mark.parametrize("name", WRAPPED)
def test_wrapped_moment_arms_are_the_derivative_of_opensims_length_along_the_constraint(
    data_file: FindFile, name: str
) -> None:
    """The patella follows the knee while the knee moves.

    OpenSim's computeMomentArm itself is off there, by up to a millimetre: over one cylinder its path is not quite
    a geodesic, so its tension's torque is not the derivative of its length.
    """
    model = load_model(data_file(name))
    paths = model.require_muscles().paths
    native, q = Native(model), random_poses(model, 3, seed=5)
    states = evaluate_paths_at(paths, model.tree, q)
    step = 1e-6
    for c in [model.coordinate(n) for n in ("hip_flexion_r", "hip_adduction_r", "hip_rotation_r", "knee_angle_r")]:
        for t in range(len(q)):
            lengths = []
            for sign in (1, -1):
                moved = q[t].copy()
                moved[c] += sign * step
                native.pose(moved)
                lengths.append({n: native.length(n) for n in paths.names})
            for m, muscle in enumerate(paths.names):
                if muscle not in wraps_over_two(paths):
                    slope = (lengths[0][muscle] - lengths[1][muscle]) / (2 * step)
                    # rounding of a length (1e-16 m) over the step
                    assert states.moment_arm_m[t, m, c] == pytest.approx(-slope, abs=2e-9), muscle


@pytest.mark.parametrize("name", WRAPPED)
def test_moment_arms_are_the_derivative_of_our_own_length(data_file: FindFile, name: str) -> None:
    """Over two cylinders too, where OpenSim's own length jumps (see the next test)."""
    model = load_model(data_file(name))
    paths = model.require_muscles().paths
    q = random_poses(model, 12, seed=7)
    states = evaluate_paths_at(paths, model.tree, q)
    step = 1e-5
    for c in range(len(model.coordinates)):
        ahead, behind = q.copy(), q.copy()
        ahead[:, c] += step
        behind[:, c] -= step
        slope = (
            evaluate_paths_at(paths, model.tree, ahead).length_m - evaluate_paths_at(paths, model.tree, behind).length_m
        ) / (2 * step)
        # second order in the step
        np.testing.assert_allclose(states.moment_arm_m[:, :, c], -slope, atol=1e-8)


def test_over_two_cylinders_opensim_measures_from_where_the_path_was_first_tried(data_file: FindFile) -> None:
    """Where the gastrocnemius touches condyles and shank, OpenSim 4.6 keeps the tangent points of its first try.

    Its arcs are those of the last try, so that its length is too short, here by more than a millimetre; a straight line
    from a point to a tangent point of ours is never longer than one that misses the surface.
    """
    model = load_model(data_file("models/Rajagopal2016.osim"))
    paths = model.require_muscles().paths.select(["gasmed_l"])
    native = Native(model)
    q = np.array([[c.default for c in model.coordinates]])
    q[0, model.coordinate("knee_angle_l")] = 0.07
    q[0, model.coordinate("ankle_angle_l")] = 0.1
    native.pose(q[0])
    ours = evaluate_paths_at(paths, model.tree, q).length_m[0, 0]
    assert ours - native.length("gasmed_l") > 1e-3
    q[0, model.coordinate("knee_angle_l")] = 1.2  # only the shank's cylinder is touched: both agree
    native.pose(q[0])
    # OpenSim slides the tangent points until they are within 0.1 degree
    assert evaluate_paths_at(paths, model.tree, q).length_m[0, 0] == pytest.approx(native.length("gasmed_l"), abs=2e-6)


def test_lengthening_speed_equals_opensims(data_file: FindFile) -> None:
    model = load_model(data_file("hamner2010_run/subject02_registered.osim"))
    paths = model.require_muscles().paths
    native, q = Native(model), random_poses(model, 1)
    u = np.random.default_rng(2).normal(size=q.shape)
    native.pose(q[0])
    for name, speed in zip(model.coordinate_names, u[0], strict=True):
        native.coordinates.get(name).setSpeedValue(native.state, float(speed))
    native.native.realizeVelocity(native.state)
    ours = evaluate_paths_at(paths, model.tree, q).lengthening_speed(u)[0]
    theirs = [native.native.getMuscles().get(n).getLengtheningSpeed(native.state) for n in paths.names]
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_drawn_points_lie_on_the_path(data_file: FindFile) -> None:
    """Fixed number of points, from origin to insertion, and as long as the path but for the arcs' chords."""
    model = load_model(data_file("models/Rajagopal2016.osim"))
    paths = model.require_muscles().paths
    states = evaluate_paths_at(paths, model.tree, random_poses(model, 4), n_points=40)
    assert states.points_m is not None
    assert states.points_m.shape == (4, 80, 40, 3)
    drawn = np.linalg.norm(np.diff(states.points_m, axis=2), axis=3).sum(axis=2)
    assert (drawn <= states.length_m + 1e-9).all()
    # 40 points cut the corners of a path and the chords of an arc: never more than 1 % of its length
    np.testing.assert_allclose(drawn, states.length_m, rtol=0.01)


@pytest.mark.parametrize("kind", ["WrapSphere", "WrapEllipsoid"])
def test_over_other_surfaces_opensim_finds_the_path(data_file: FindFile, tmp_path: Path, kind: str) -> None:
    """A ball behind the knee for the lumped hamstrings: length and moment arms are what OpenSim makes of it."""
    native = opensim.Model(str(data_file("models/gait10dof18musc.osim")))
    surface = getattr(opensim, kind)()
    surface.setName("ball")
    if kind == "WrapSphere":
        surface.set_radius(0.035)
    else:
        surface.set_dimensions(opensim.Vec3(0.035, 0.03, 0.05))
    surface.set_translation(opensim.Vec3(-0.02, -0.36, 0))
    native.updBodySet().get("femur_r").addWrapObject(surface)
    hamstrings = opensim.GeometryPath.safeDownCast(native.updMuscles().get("hamstrings_r").updPath())
    native.finalizeConnections()
    hamstrings.addPathWrap(native.getBodySet().get("femur_r").getWrapObject("ball"))
    native.finalizeConnections()
    path = tmp_path / "ball.osim"
    native.printToXML(str(path))
    model = load_model(path)
    paths = model.require_muscles().paths
    assert paths.finder is not None
    assert paths.finder.names == ("hamstrings_r",)
    theirs, q = Native(model), random_poses(model, 8)
    states = evaluate_paths_at(paths, model.tree, q)
    plain = evaluate_paths_at(
        load_model(data_file("models/gait10dof18musc.osim")).require_muscles().paths, model.tree, q
    )
    m = paths.names.index("hamstrings_r")
    assert np.abs(states.length_m[:, m] - plain.length_m[:, m]).max() > 1e-3, "the ball is touched"
    for t in range(len(q)):
        theirs.pose(q[t])
        assert states.length_m[t, m] == pytest.approx(theirs.length("hamstrings_r"), abs=1e-12)
        for c in ("hip_flexion_r", "knee_angle_r"):
            arm = states.moment_arm_m[t, m, model.coordinate(c)]
            assert arm == pytest.approx(theirs.moment_arm("hamstrings_r", c), abs=1e-10)
    others = [k for k in range(len(paths.names)) if k != m]
    np.testing.assert_array_equal(states.length_m[:, others], plain.length_m[:, others])
