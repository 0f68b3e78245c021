"""Result files: everything comes back, half a file never stands there, and what is not ours is refused."""

import os
import warnings
from dataclasses import dataclass, replace
from typing import Annotated

import h5py
import numpy as np
import pytest
import xarray
from tests.unit.keeping import assert_kept
from tests.unit.motions import write_planar_trial

from swinglever.arrays import Array
from swinglever.engines.planar import planar_model
from swinglever.errors import InputError, MissingFileError, OutputError
from swinglever.output.export_csv import export_csv
from swinglever.output.hdf5 import read_groups, write_groups
from swinglever.output.stack import stack_records
from swinglever.output.store import SCHEMA, read_report, write_report
from swinglever.output.unstack import unstack
from swinglever.pipeline import analyse
from swinglever.records.fields import described, held, labels
from swinglever.records.parameters import Parameters
from swinglever.records.record import Record
from swinglever.records.report import Swing, SwingReport

MODEL = planar_model()


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A whole analysis without OpenSim: the planar runner, from a table of coordinates."""
    motion, forces = write_planar_trial(tmp_path_factory.mktemp("trial"), MODEL)
    return analyse(motion, MODEL, grf=forces, parameters=Parameters(filter_hz=25.0))


def test_the_whole_job_runs_without_opensim(report):
    assert len(report.swings) >= 3
    for swing in report.swings:
        assert np.degrees(swing.attribution["leg"].closure_rad) < 0.1


def test_everything_comes_back_from_the_file(report, tmp_path):
    """A bone's turn is rounded too, and it moves the next ones: their places are off by several steps."""
    assert_kept(report, read_report(write_report(report, tmp_path / "r.h5")))


def test_what_is_read_and_written_again_is_the_same(report, tmp_path):
    """What was rounded once stays as it is; the poses of bodies are turned into numbers anew."""
    once = read_report(write_report(report, tmp_path / "r.h5"))
    twice = read_report(write_report(once, tmp_path / "r.h5"))
    assert replace(twice, playback=None) == replace(once, playback=None)


def test_the_numbers_that_a_verdict_rests_on_lose_nothing(report, tmp_path):
    back = read_report(write_report(report, tmp_path / "r.h5"))
    assert back.kinematics == report.kinematics
    for old, new in zip(report.swings, back.swings, strict=True):
        assert new.moments == old.moments
        assert new.metrics == old.metrics
        assert np.array_equal(new.knee_flexion_rad, old.knee_flexion_rad)


def test_a_result_is_written_through_a_link(report, tmp_path):
    (tmp_path / "far").mkdir()
    link, target = tmp_path / "r.h5", tmp_path / "far" / "kept.h5"
    link.symlink_to(target)
    for _ in range(2):  # the link dangles at first
        write_report(report, link)
        assert link.is_symlink()
        assert read_report(target).provenance == report.provenance
        assert sorted(path.name for path in tmp_path.rglob("*")) == ["far", "kept.h5", "r.h5"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a named pipe")
def test_what_is_no_ordinary_file_is_not_replaced(report, tmp_path):
    pipe = tmp_path / "r.h5"
    os.mkfifo(pipe)
    with pytest.raises(OutputError, match=r"expected an ordinary file to write, got '.*r\.h5'"):
        write_report(report, pipe)
    assert pipe.is_fifo()


def test_an_export_that_is_stopped_names_the_tables_that_are_finished(report, tmp_path):
    """The second table's place is a folder, so the first one stands there whole."""
    name = report.provenance.trial_name
    (tmp_path / f"{name}_shares.csv").mkdir()
    with pytest.raises(OutputError) as stop:
        export_csv(report, tmp_path)
    assert stop.value.__notes__ == [f"finished before, and whole: {tmp_path / f'{name}_metrics.csv'}"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{name}_metrics.csv", f"{name}_shares.csv"]


def test_xarray_opens_the_whole_file_with_labels(report, tmp_path):
    path = write_report(report, tmp_path / "r.h5")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with xarray.open_datatree(path, engine="h5netcdf") as tree:
            assert tree["swings"].sel(swing="r_2").ds.verdict.item() == report.swing("r_2").verdict
            chosen = tree["attribution"].to_dataset().sel(swing="r_2", scope="leg")
            assert chosen.knee_flexion_rad.dims == ("source", "percent")
            assert (chosen.knee_flexion_rad.units, chosen.percent.units) == ("rad", "%")
            total = chosen.knee_flexion_rad.sum("source").to_numpy()
            group = chosen.group.sel(source="proximal_acceleration").item()
            by_group = np.degrees(
                chosen.knee_flexion_rad.groupby(chosen.group).sum().sel(group="hip_moment").max()
            ).item()
            peak = tree["ablation"].to_dataset().peak_flexion_rad.sel(swing="r_2", case="ballistic").item()
            femur = tree["playback"].to_dataset().body_pose.sel(body="femur_r", twist="move_x")
    swing = report.swing("r_2")
    assert total == pytest.approx(swing.knee_flexion_rad - swing.knee_flexion_rad[0], abs=1e-3)
    assert group == "proximal"
    curve = swing.attribution["leg"].knee_flexion_rad[:, [g == "hip_moment" for g in swing.attribution["leg"].groups]]
    assert by_group == pytest.approx(np.degrees(curve.sum(axis=1).max()), abs=1e-3)
    assert peak == swing.ablation["ballistic"].peak_flexion_rad
    assert femur.dims == ("frame",)


def test_every_group_knows_the_swings_by_name(report, tmp_path):
    with xarray.open_datatree(write_report(report, tmp_path / "r.h5"), engine="h5netcdf") as tree:
        stacked = {node.path for node in tree.subtree if "swing" in node.dims}
        for path in stacked - {"/"}:
            assert tree[path].to_dataset().sel(swing="l_1").coords["swing"].item() == "l_1", path
    assert {"/swings", "/attribution", "/ablation", "/metrics", "/lever", "/motion", "/playback/ghosts"} <= stacked


def test_every_dimension_of_every_group_has_a_name(report, tmp_path):
    """The viewers' arrays too; xarray calls a dimension without a scale phony_dim_0, and warns."""
    path = write_report(report, tmp_path / "r.h5")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with xarray.open_datatree(path, engine="h5netcdf") as tree:
            names = {str(dimension) for node in tree.subtree for dimension in node.dims}
    assert {"twist", "percent", "frame", "point"} <= names
    assert not [name for name in names if name.startswith("phony")]


def test_the_number_of_arrays_does_not_depend_on_the_number_of_swings(report, tmp_path):
    def count(some):
        found: list[str] = []
        with h5py.File(write_report(some, tmp_path / "r.h5")) as file:
            file.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) else None)
        return len(found)

    assert count(report) <= 150
    assert count(replace(report, swings=report.swings[:2], playback=None)) < count(report)
    many = tuple(replace(s, id=f"{s.id}{k}") for k in range(20) for s in report.swings)
    assert count(replace(report, swings=many, playback=None)) == count(replace(report, playback=None))


def test_a_report_without_swings_comes_back(report, tmp_path):
    none = replace(report, swings=(), playback=None)
    assert read_report(write_report(none, tmp_path / "r.h5")) == none


def test_a_record_that_is_new_in_a_swing_gets_its_group_without_more_code(report, tmp_path):
    """Bounds of a swing, say: two levels, three groups of muscles."""

    @dataclass(frozen=True, kw_only=True)
    class Bounds(Record):
        levels: Annotated[tuple[str, ...], labels("level", "what is assumed")]
        low_rad: Annotated[Array, described("level", "rad", "least share of the fold")]

    @dataclass(frozen=True, kw_only=True)
    class BoundedSwing(Swing):
        limits: Annotated[Bounds | None, held("limits of the shares")] = None

    @dataclass(frozen=True, kw_only=True)
    class BoundedReport(SwingReport):
        swings: Annotated[tuple[BoundedSwing, ...], held("the swings", by="swing", key="id")]

    bounds = [Bounds(levels=("moments", "emg")[: 1 + k % 2], low_rad=[0.5, 0.25][: 1 + k % 2]) for k in range(2)]
    swings = tuple(
        BoundedSwing(**vars(swing), limits=b) for swing, b in zip(report.swings, (*bounds, None, None), strict=True)
    )
    whole = BoundedReport(**{**vars(report), "swings": swings, "playback": None, "metrics": {}})
    groups = stack_records(whole, {swing.id: swing for swing in swings})
    with h5py.File(tmp_path / "r.h5", "w") as file:
        write_groups(file, groups)
        read = read_groups(file)
    sides = {swing.id: swing.side for swing in swings}
    given = {name: getattr(whole, name) for name in ("provenance", "warnings", "timing", "metrics")}
    back = unstack(BoundedReport, read, sides, **given)
    assert [swing.limits for swing in back.swings] == [*bounds, None, None]


def test_every_array_says_its_unit(report, tmp_path):
    with h5py.File(write_report(report, tmp_path / "r.h5")) as file:
        silent: list[str] = []
        file.visititems(
            lambda name, item: (
                silent.append(name)
                if isinstance(item, h5py.Dataset) and not {"units", "long_name"} <= set(item.attrs)
                else None
            )
        )
    assert silent == []


def test_a_failed_write_leaves_the_old_file_and_no_other(report, tmp_path):
    path = write_report(report, tmp_path / "r.h5")
    before = path.read_bytes()
    broken = replace(report, swings=(*report.swings, replace(report.swings[0], id="x_1", metrics={"bad": None})))
    with pytest.raises(AttributeError):
        write_report(broken, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["r.h5"]


def test_a_folder_that_does_not_exist_is_named(report, tmp_path):
    with pytest.raises(InputError, match="cannot write"):
        write_report(report, tmp_path / "nowhere" / "r.h5")


def test_a_newer_schema_is_refused_and_says_so(report, tmp_path):
    path = write_report(report, tmp_path / "r.h5")
    with h5py.File(path, "r+") as file:
        file.attrs["schema"] = SCHEMA + 1
    with pytest.raises(InputError, match=f"schema {SCHEMA + 1}.*update swinglever"):
        read_report(path)


def test_a_file_of_before_the_first_release_is_refused_in_one_line(report, tmp_path):
    path = write_report(report, tmp_path / "r.h5")
    with h5py.File(path, "r+") as file:
        file.attrs["schema"] = 1
    with pytest.raises(InputError, match=f"schema 1 .*reads {SCHEMA}; analyse the trial again") as refused:
        read_report(path)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("schema", [np.inf, np.nan, "one", [3, 4]])
def test_a_schema_that_is_no_number_is_refused_in_one_line(report, tmp_path, schema):
    path = write_report(report, tmp_path / "r.h5")
    with h5py.File(path, "r+") as file:
        file.attrs["schema"] = schema
    with pytest.raises(InputError, match="expected a whole swinglever result"):
        read_report(path)


@pytest.mark.parametrize("kind", ["soft", "external", "stored elsewhere"])
def test_a_file_that_sends_its_reader_elsewhere_is_refused(report, tmp_path, kind):
    path = write_report(report, tmp_path / "r.h5")
    with h5py.File(path, "r+") as file:
        del file["moments/net_moment_nm"]
        if kind == "stored elsewhere":
            raw = [(str(tmp_path / "raw.bin"), 0, h5py.h5f.UNLIMITED)]
            file["moments"].create_dataset("net_moment_nm", (4,), "f8", external=raw)
        else:
            there = h5py.SoftLink("/swings/time_s") if kind == "soft" else h5py.ExternalLink("other.h5", "/x")
            file["moments/net_moment_nm"] = there
    with pytest.raises(InputError, match="points to another place"):
        read_report(path)


@pytest.mark.parametrize("kept", [0, 100, 3000, 0.5, 0.98])
def test_a_truncated_file_is_refused(report, tmp_path, kept):
    path = write_report(report, tmp_path / "r.h5")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else kept])
    with pytest.raises(InputError, match="expected a"):
        read_report(path)


def test_another_hdf5_file_is_refused(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = [1.0]
    with pytest.raises(InputError, match="another kind of HDF5"):
        read_report(tmp_path / "other.h5")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MissingFileError, match=r"none\.h5"):
        read_report(tmp_path / "none.h5")
