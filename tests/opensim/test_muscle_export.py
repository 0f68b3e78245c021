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
    assert {p.name for p in (tmp_path / "out").iterdir()} == {p.name for p in paths}
    tables = {p.name: opensim.TimeSeriesTable(str(p)) for p in paths}
    for swing in report.swings:
        assert swing.muscles is not None
        start = f"subject02_running_{swing.id}_"
        column = swing.muscles.of(f"semimem_{swing.side}")
        for name, expected in (
            ("StaticOptimization_activation", swing.muscles.activation),
            ("StaticOptimization_force", swing.muscles.force_n),
            ("MuscleAnalysis_Length", swing.muscles.length_m),
            (f"MuscleAnalysis_MomentArm_knee_angle_{swing.side}", swing.muscles.moment_arm_m[:, :, 3]),
        ):
            table = tables[f"{start}{name}.sto"]
            assert list(table.getIndependentColumn()) == pytest.approx(list(swing.time_s))
            values = table.getDependentColumn(f"semimem_{swing.side}").to_numpy()
            np.testing.assert_allclose(values, expected[:, column], atol=1e-12)


def test_induced_accelerations_sum_to_the_knees_own(report: SwingReport, tmp_path: Path) -> None:
    """Every cause and the velocity terms together: the recorded acceleration of the knee, in its own sign."""
    export_sto(report, tmp_path)
    for swing in report.swings:
        table = opensim.TimeSeriesTable(
            str(tmp_path / f"subject02_running_{swing.id}_InducedAccelerations_knee_angle_{swing.side}.sto")
        )
        assert table.getTableMetaDataString("inDegrees") == "yes"
        assert {"gravity", "velocity", f"semimem_{swing.side}"} <= set(table.getColumnLabels())
        k = report.kinematics.coordinate_names.index(f"knee_angle_{swing.side}")
        recorded = np.degrees(report.kinematics.at(swing.time_s)[2][:, k])
        total = table.getDependentColumn("total").to_numpy()
        np.testing.assert_allclose(total, recorded, atol=1e-6 * np.abs(recorded).max())


def test_a_result_without_muscles_is_refused(report: SwingReport, tmp_path: Path) -> None:
    bare = replace(report, swings=tuple(replace(s, muscles=None) for s in report.swings))
    with pytest.raises(InputError, match="with muscle forces"):
        export_sto(bare, tmp_path)
