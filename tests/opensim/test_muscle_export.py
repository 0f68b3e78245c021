"""Tables in OpenSim's file style: OpenSim reads them, and they hold what the report holds."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import opensim
import pytest

from swinglever.errors import InputError
from swinglever.output.export_sto import export_sto
from swinglever.pipeline import analyse
from swinglever.records.parameters import Parameters
from swinglever.records.report import SwingReport

FindFile = Callable[[str], Path]


@pytest.fixture(scope="module")
def report(data_file: FindFile) -> SwingReport:
    return analyse(
        data_file("hamner2010_run/subject02_running.trc"),
        data_file("hamner2010_run/subject02_registered.osim"),
        grf=data_file("hamner2010_run/subject02_running_grf.mot"),
        external_loads=data_file("hamner2010_run/External_Loads.xml"),
        ik_setup=data_file("hamner2010_run/Setup_IK.xml"),
        parameters=Parameters(start_s=0.6, end_s=1.9),
    )


def test_opensim_reads_every_table_and_finds_what_the_report_holds(report: SwingReport, tmp_path: Path) -> None:
    paths = export_sto(report, tmp_path / "out")
    assert {p for p in (tmp_path / "out").rglob("*.*") if p.is_file()} == set(paths)
    folders = {f"subject02_running_{s.id}" for s in report.swings}
    assert {p.name for p in (tmp_path / "out").iterdir()} == folders | {"subject02_running_motion.mot"}
    tables = {(p.parent.name, p.name): opensim.TimeSeriesTable(str(p)) for p in paths}
    motion = tables["out", "subject02_running_motion.mot"]
    assert list(motion.getIndependentColumn()) == pytest.approx(list(report.kinematics.time_s))
    for swing in report.swings:
        assert swing.muscles is not None
        column = swing.muscles.of(f"semimem_{swing.side}")
        for name, expected in (
            ("StaticOptimization_activation", swing.muscles.activation),
            ("StaticOptimization_force", swing.muscles.force_n),
            ("MuscleAnalysis_Length", swing.muscles.length_m),
            (f"MuscleAnalysis_MomentArm_knee_angle_{swing.side}", swing.muscles.moment_arm_m[:, :, 3]),
        ):
            table = tables[f"subject02_running_{swing.id}", f"subject02_running_{name}.sto"]
            assert list(table.getIndependentColumn()) == pytest.approx(list(swing.time_s))
            values = table.getDependentColumn(f"semimem_{swing.side}").to_numpy()
            np.testing.assert_allclose(values, expected[:, column], atol=1e-12)


def test_induced_accelerations_sum_to_the_knees_own(report: SwingReport, tmp_path: Path) -> None:
    """Every cause and the velocity terms together: the recorded acceleration of the knee, in its own sign."""
    export_sto(report, tmp_path)
    for swing in report.swings:
        table = opensim.TimeSeriesTable(
            str(
                tmp_path
                / f"subject02_running_{swing.id}"
                / f"subject02_running_InducedAccelerations_knee_angle_{swing.side}.sto"
            )
        )
        assert table.getTableMetaDataString("inDegrees") == "yes"
        assert {"gravity", "velocity", f"semimem_{swing.side}"} <= set(table.getColumnLabels())
        k = report.kinematics.coordinate_names.index(f"knee_angle_{swing.side}")
        recorded = np.degrees(report.kinematics.at(swing.time_s)[2][:, k])
        total = table.getDependentColumn("total").to_numpy()
        np.testing.assert_allclose(total, recorded, atol=1e-6 * np.abs(recorded).max())


def test_coordinates_and_net_moments_are_what_the_report_holds(report: SwingReport, tmp_path: Path) -> None:
    export_sto(report, tmp_path)
    for swing in report.swings:
        knee = swing.knee_coordinate
        angles, moments = (
            opensim.TimeSeriesTable(str(tmp_path / f"subject02_running_{swing.id}" / f"subject02_running_{name}.sto"))
            for name in ("ik", "inverse_dynamics")
        )
        assert angles.getTableMetaDataString("inDegrees") == "no"
        assert list(angles.getColumnLabels()) == list(report.kinematics.coordinate_names)
        flexion = swing.knee_sign * angles.getDependentColumn(knee).to_numpy()
        np.testing.assert_allclose(flexion, swing.knee_flexion_rad, atol=1e-9)
        moment = moments.getDependentColumn(f"{knee}_moment").to_numpy()
        np.testing.assert_allclose(moment, swing.moments.of(knee), atol=1e-9)


def test_a_result_without_muscles_has_its_joints(report: SwingReport, tmp_path: Path) -> None:
    bare = replace(report, swings=tuple(replace(s, muscles=None, classical={}) for s in report.swings))
    names = {path.name for path in export_sto(bare, tmp_path)}
    assert names == {f"subject02_running_{n}" for n in ("motion.mot", "ik.sto", "inverse_dynamics.sto")}


def test_a_result_without_swings_is_refused(report: SwingReport, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a result with swings"):
        export_sto(replace(report, swings=()), tmp_path)
