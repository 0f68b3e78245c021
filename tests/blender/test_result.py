"""The add-on reads a result file by itself, and finds what the library finds in it."""

from pathlib import Path

import numpy as np
import pytest

import swinglever as sl
from swinglever.testing import example_report
from swinglever_blender.result import Result, read_result


@pytest.fixture(scope="module")
def files(result_file: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A run with muscles and bones; and one without, whose swings have what the lever repeats."""
    planar = tmp_path_factory.mktemp("planar") / "run.h5"
    return [result_file, sl.write_report(example_report(parameters=sl.Parameters(grid_points=21)), planar)]


def assert_equal(ours: object, theirs: object) -> None:
    if isinstance(theirs, np.ndarray):
        np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=1e-6, atol=1e-6)
    else:
        assert ours == (list(theirs) if isinstance(theirs, tuple) else theirs)


@pytest.mark.parametrize("which", [0, 1])
def test_the_add_on_finds_what_the_library_finds(files: list[Path], which: int) -> None:
    result, report = read_result(files[which]), sl.read_report(files[which])
    assert list(result.swings) == [swing.id for swing in report.swings]
    for name in ("time_s", "body_names", "body_pose", "muscle_names", "muscle_path_m", "muscle_activation"):
        assert_equal(getattr(result, name), getattr(report.playback, name))
    for name in ("marker_names", "marker_position_m", "force_n", "force_point_m", "belt_speed_m_s"):
        assert_equal(getattr(result, name), getattr(report.playback, name))
    for swing in report.swings:
        assert_swing(result, report, swing)


def assert_swing(result: Result, report: sl.SwingReport, swing: sl.Swing) -> None:
    seen, shown = result.swings[swing.id], report.playback.swings[swing.id]
    assert (seen.side, seen.verdict, seen.verdict_reason) == (swing.side, swing.verdict, swing.verdict_reason)
    assert_equal(np.radians(seen.knee_flexion_deg), swing.knee_flexion_rad)
    assert {event: getattr(swing, f"{event}_s") for event in seen.events_s} == seen.events_s
    for scope, attribution in swing.attribution.items():
        found = {group: curve[attribution.peak_index] for group, curve in seen.contributions_deg[scope].items()}
        assert found == pytest.approx(attribution.degrees_by_group(), abs=1e-2)
    peaks = {case: np.degrees(ablation.peak_flexion_rad) for case, ablation in swing.ablation.items()}
    assert seen.ablation_peak_deg == pytest.approx(peaks)
    assert {m.name: m.unit for m in seen.metrics} == {name: m.unit for name, m in swing.metrics.items()}
    assert [m.value for m in seen.metrics] == pytest.approx([m.value for m in swing.metrics.values()], nan_ok=True)
    for name in ("time_s", "hip_m", "heel_m", "radius_of_gyration_m", "folding_rad_s"):
        assert_equal(getattr(seen.lever, name), getattr(shown, name))
    assert list(seen.ghosts) == list(shown.ghosts)
    for case, ghost in shown.ghosts.items():
        for name in ("time_s", "body_names", "body_pose", "hip_m", "heel_m"):
            assert_equal(getattr(seen.ghosts[case], name), getattr(ghost, name))


def test_meshes_are_cut_where_they_end(data_folder: Path, tmp_path: Path) -> None:
    from blender_sample import write_sample

    path = write_sample(tmp_path / "run.h5", data_folder, range(40, 70), meshes=True)
    ours, theirs = read_result(path).meshes, sl.read_report(path).playback.meshes
    assert len(ours) == len(theirs) > 10
    for one, other in zip(ours, theirs, strict=True):
        for name in ("body", "vertices_m", "loop_vertex", "loop_start", "colour"):
            assert_equal(getattr(one, name), getattr(other, name))
