"""What a viewer is given stands where OpenSim puts it, and the shares that it is coloured by add up."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import opensim
import pytest
from tests.unit.keeping import assert_kept

from swinglever import pipeline
from swinglever.engines.opensim.geometry import list_geometry_folders, read_bone_meshes
from swinglever.engines.opensim.load import load_model
from swinglever.engines.opensim.session import open_model
from swinglever.output.playback_build import split_folding, trace_at_fixed_count
from swinglever.output.store import read_report, write_report
from swinglever.records.attribution import Attribution
from swinglever.records.parameters import Parameters
from swinglever.records.report import SwingReport

FRAMES = (5, 33, 60)


@pytest.fixture(scope="module")
def report(data_file: Callable[[str], Path]) -> SwingReport:
    """One second of Hamner's run, from its reference coordinates."""
    return pipeline.analyse(
        data_file("hamner2010_run/reference/subject02_running_ik.mot"),
        data_file("hamner2010_run/subject02_registered.osim"),
        external_loads=data_file("hamner2010_run/External_Loads.xml"),
        grf=data_file("hamner2010_run/subject02_running_grf.mot"),
        parameters=Parameters(start_s=0.4, end_s=1.6),
    )


@pytest.fixture(scope="module")
def posed(
    data_file: Callable[[str], Path], report: SwingReport
) -> Callable[[int], tuple[opensim.Model, opensim.State]]:
    """Give OpenSim's model, posed at a frame of the report's kinematics."""
    model = open_model(data_file("hamner2010_run/subject02_registered.osim"))
    state = model.initSystem()

    def pose(frame: int) -> tuple[opensim.Model, opensim.State]:
        for name, value in zip(report.kinematics.coordinate_names, report.kinematics.q[frame], strict=True):
            model.getCoordinateSet().get(name).setValue(state, float(value), False)
        model.realizePosition(state)
        return model, state

    return pose


def distance_to_path(points: np.ndarray, path: np.ndarray) -> np.ndarray:
    """Distances of points (n, 3) from a polyline (p, 3)."""
    start, way = path[:-1], np.diff(path, axis=0)
    along = np.einsum("nsk,sk->ns", points[:, None] - start, way) / np.maximum((way**2).sum(axis=1), 1e-18)
    nearest = start + np.clip(along, 0, 1)[..., None] * way
    return np.linalg.norm(points[:, None] - nearest, axis=2).min(axis=1)


def test_bodies_are_where_opensim_puts_them(report: SwingReport, posed) -> None:
    playback = report.playback
    assert len(playback.body_names) == 20
    for frame in FRAMES:
        model, state = posed(frame)
        for index, name in enumerate(playback.body_names):
            transform = model.getBodySet().get(name).getTransformInGround(state)
            expected = [[transform.R().get(i, j) for j in range(3)] + [transform.p().get(i)] for i in range(3)]
            # Two ways through the same tree: a few roundings of 1e-16 m, joint functions as splines.
            np.testing.assert_allclose(playback.body_pose[frame, index, :3], expected, atol=1e-9)


def test_muscle_paths_run_where_opensim_runs_them(report: SwingReport, posed) -> None:
    playback = report.playback
    for frame in FRAMES:
        model, state = posed(frame)
        for name, path in zip(playback.muscle_names, playback.muscle_path_m[frame].astype(float), strict=True):
            points = model.getMuscles().get(name).getGeometryPath().getCurrentPath(state)
            places = [points.get(i).getLocationInGround(state) for i in range(points.getSize())]
            expected = np.array([[p.get(0), p.get(1), p.get(2)] for p in places])
            # Paths are kept in single precision: 1e-7 of a metre.
            assert distance_to_path(expected, path).max() < 1e-6
            assert distance_to_path(path, expected).max() < 1e-6


def test_paths_over_cylinders_touch_them_where_opensim_says(data_file: Callable[[str], Path]) -> None:
    """Rajagopal's model wraps its muscles; every point that OpenSim has on a path, tangent points too, is on ours."""
    path = data_file("models/Rajagopal2016.osim")
    model, native = load_model(path), open_model(path)
    state = native.initSystem()
    q = np.array([c.default for c in model.coordinates])
    q[[model.coordinate(f"knee_angle_{side}") for side in "rl"]] = 1.2
    for coordinate, value in zip(model.coordinates, q, strict=True):
        native.getCoordinateSet().get(coordinate.name).setValue(state, float(value), False)
    native.assemble(state)
    native.realizePosition(state)
    paths = model.require_muscles().paths
    traced = trace_at_fixed_count(model.place(q[np.newaxis]), paths)[0].astype(float)
    n_wrapped = 0
    for name, line in zip(paths.names, traced, strict=True):
        points = native.getMuscles().get(name).getGeometryPath().getCurrentPath(state)
        places = [points.get(i).getLocationInGround(state) for i in range(points.getSize())]
        kinds = [points.get(i).getConcreteClassName() for i in range(points.getSize())]
        n_wrapped += "PathWrapPoint" in kinds
        expected = np.array([[p.get(0), p.get(1), p.get(2)] for p in places])
        # OpenSim finds its tangent points iteratively; ours are exact.
        assert distance_to_path(expected, line).max() < 1e-4, name
    assert n_wrapped > 10


def test_the_belt_runs_about_as_fast_as_the_man(report: SwingReport) -> None:
    # Hamner 2010: 3.96 m/s. The heel's origin rolls forward over the sole by some decimetres a second in stance.
    assert report.playback.belt_speed_m_s == pytest.approx(3.96, abs=0.4)


def test_every_swing_has_its_lever_and_a_ghost_for_each_case(report: SwingReport) -> None:
    for swing in report.swings:
        shown = report.playback.swings[swing.id]
        assert shown.ghosts.keys() == swing.ablation.keys() - {"none"}
        np.testing.assert_array_equal(shown.radius_of_gyration_m, swing.lever["radius_of_gyration_m"])
        shortest = np.linalg.norm(shown.heel_m - shown.hip_m, axis=1)
        # The leg is shortest within a tenth of a second of its deepest fold.
        assert abs(shown.time_s[np.argmin(shortest)] - swing.peak_flexion_s) < 0.1


def test_ghosts_leave_from_the_leg_at_toe_off_and_part_from_it(report: SwingReport) -> None:
    for swing in report.swings:
        shown = report.playback.swings[swing.id]
        for case in ("no_knee_muscles", "ballistic"):
            ghost = shown.ghosts[case]
            np.testing.assert_allclose(ghost.heel_m[0], shown.heel_m[0], atol=1e-9)
            assert np.linalg.norm(ghost.heel_m - shown.heel_m, axis=1).max() > 0.1
            # Hip and pelvis: the ghost's hip centre is carried by the recorded pelvis.
            np.testing.assert_allclose(ghost.hip_m, shown.hip_m, atol=1e-9)


def test_pull_momentum_and_the_rest_make_the_knees_velocity() -> None:
    groups = ("initial", "hamstrings", "hamstrings_passive", "knee_extensors", "hip_flexors", "unexplained")
    velocity = np.array([[2.0, 1.0, 0.5, -4.0, 3.0, 0.25]])
    attribution = Attribution(
        scope="leg",
        released=("knee",),
        time_s=np.zeros(1),
        sources=tuple(f"{group}_source" for group in groups),
        groups=groups,
        knee_flexion_rad=velocity,
        knee_flexion_velocity_rad_s=velocity,
        knee_flexion_acceleration_rad_s2=velocity,
        closure_rad=0.0,
        peak_index=0,
    )
    # Pull 1 + 0.5; momentum 2 + 3; extensors and what is open are neither.
    np.testing.assert_allclose(split_folding(attribution, 1), [[1.5, 5.0]])
    assert np.isnan(split_folding(None, 3)).all()


def test_playback_survives_the_result_file(report: SwingReport, tmp_path: Path) -> None:
    again = read_report(write_report(report, tmp_path / "r.h5")).playback
    assert_kept(report.playback, again)


def test_bones_found_beside_the_model_are_scaled_and_placed(data_file: Callable[[str], Path]) -> None:
    path = data_file("hamner2010_run/subject02_registered.osim")
    meshes, missing = read_bone_meshes(open_model(path), list_geometry_folders(path))
    assert not missing
    femur = next(mesh for mesh in meshes if mesh.name == "femur_r_geom_1")
    # The model scales the femur by 1.057 and puts the knee 0.3957 m below the hip.
    assert 0.38 < np.ptp(femur.vertices_m[:, 1]) < 0.50
    assert femur.body == "femur_r"


def test_bones_that_are_not_there_become_plain_ones(data_file: Callable[[str], Path], tmp_path: Path) -> None:
    model = open_model(data_file("hamner2010_run/subject02_registered.osim"))
    meshes, missing = read_bone_meshes(model, [tmp_path])
    assert "femur_r.vtp" in missing
    bodies = model.getBodySet()
    assert {mesh.body for mesh in meshes} == {bodies.get(i).getName() for i in range(bodies.getSize())}
    shank = next(mesh for mesh in meshes if mesh.body == "tibia_r")
    ankle = model.getJointSet().get("ankle_r").getParentFrame().findTransformInBaseFrame().p()
    assert shank.vertices_m[:, 1].min() == pytest.approx(ankle.get(1), abs=1e-9)


def test_a_stand_in_reaches_the_next_body_where_a_joint_function_carries_it(
    data_file: Callable[[str], Path], tmp_path: Path
) -> None:
    """Hamner's knee hangs on the thigh by functions of its angle; its offset frame says 0."""
    model = open_model(data_file("hamner2010_run/subject02_registered.osim"))
    meshes, _ = read_bone_meshes(model, [tmp_path])
    thigh = next(mesh for mesh in meshes if mesh.body == "femur_r")
    assert -0.43 < thigh.vertices_m[:, 1].min() < -0.40


@pytest.mark.parametrize(
    "file", ["hamner2010_run/subject02_registered.osim", "fukuchi2017_run/RBDS020/RBDS020_scaledAdjusted_complex.osim"]
)
def test_a_pelvis_that_is_not_there_spans_the_hips(data_file: Callable[[str], Path], tmp_path: Path, file: str) -> None:
    """That of our own runner, whose pelvis is 336 mm wide about hips 173 mm apart, a ratio of 1.94."""
    model = open_model(data_file(file))
    state = model.initSystem()
    meshes, _ = read_bone_meshes(model, [tmp_path])
    (pelvis,) = (mesh for mesh in meshes if mesh.body == "pelvis")
    bodies = model.getBodySet()
    hips = np.array(
        [
            bodies.get(f"femur_{side}")
            .findStationLocationInAnotherFrame(state, opensim.Vec3(0), bodies.get("pelvis"))
            .to_numpy()
            for side in "rl"
        ]
    )
    low, high = pelvis.vertices_m.min(axis=0), pelvis.vertices_m.max(axis=0)
    assert (low < hips.min(axis=0)).all()
    assert (high > hips.max(axis=0)).all()
    assert (high - low)[2] / np.ptp(hips[:, 2]) == pytest.approx(1.94, abs=0.03)
    np.testing.assert_allclose((low + high)[2] / 2, hips[:, 2].mean(), atol=0.005)


def test_colour_and_opacity_come_from_the_model(tmp_path: Path) -> None:
    model = opensim.Model()
    body = opensim.Body("bar", 2.0, opensim.Vec3(0), opensim.Inertia(1, 1, 1))
    brick = opensim.Brick(opensim.Vec3(0.1, 0.2, 0.3))
    brick.setColor(opensim.Vec3(0.2, 0.4, 0.6))
    brick.setOpacity(0.35)
    body.attachGeometry(brick)
    model.addBody(body)
    model.addJoint(opensim.FreeJoint("free", model.getGround(), body))
    model.finalizeConnections()
    (mesh,), missing = read_bone_meshes(model, [tmp_path])
    assert not missing
    np.testing.assert_allclose(mesh.colour, [0.2, 0.4, 0.6, 0.35])
    np.testing.assert_allclose(np.abs(mesh.vertices_m).max(axis=0), [0.1, 0.2, 0.3])
