"""Result files: everything comes back, half a file never stands there, and what is not ours is refused."""

import os
import warnings
from dataclasses import replace

import h5py
import numpy as np
import pytest
import xarray
from tests.unit.motions import write_planar_trial

from swinglever.engines.planar import planar_model
from swinglever.errors import InputError, MissingFileError, OutputError
from swinglever.output.export_csv import export_csv
from swinglever.output.store import SCHEMA, read_report, write_report
from swinglever.pipeline import analyse
from swinglever.records.parameters import Parameters

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
    back = read_report(write_report(report, tmp_path / "r.h5"))
    assert back.provenance == report.provenance
    assert back.warnings == report.warnings
    assert back.timing == report.timing
    assert np.array_equal(back.kinematics.udot, report.kinematics.udot)
    for old, new in zip(report.swings, back.swings, strict=True):
        for name in ("id", "side", "toe_off_s", "foot_strike_s", "verdict", "verdict_reason", "knee_sign"):
            assert getattr(new, name) == getattr(old, name)
        for name in ("attribution", "classical"):
            assert getattr(new, name).keys() == getattr(old, name).keys()
            for scope, share in getattr(old, name).items():
                other = getattr(new, name)[scope]
                assert (other.sources, other.groups, other.released) == (share.sources, share.groups, share.released)
                assert np.array_equal(other.knee_flexion_rad, share.knee_flexion_rad)
                assert other.closure_rad == share.closure_rad
        for case, ablation in old.ablation.items():
            assert np.array_equal(new.ablation[case].q, ablation.q)
            assert new.ablation[case].stopped_by == ablation.stopped_by


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


def test_xarray_opens_it_with_named_dimensions(report, tmp_path):
    path = write_report(report, tmp_path / "r.h5")
    swing = report.swings[0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with xarray.open_dataset(path, engine="h5netcdf", group=f"/swings/{swing.id}/attribution/leg") as data:
            assert dict(data.sizes) == {"time_s": len(swing.time_s), "sources": len(swing.attribution["leg"].sources)}
            assert data.knee_flexion_rad.attrs["units"] == "rad"
            assert data.knee_flexion_rad.attrs["long_name"]
            total = data.knee_flexion_rad.sum("sources").to_numpy()
    assert total == pytest.approx(swing.knee_flexion_rad - swing.knee_flexion_rad[0], abs=1e-3)


def test_every_dimension_of_every_group_has_a_name(report, tmp_path):
    """The viewers' arrays too; xarray calls a dimension without a scale phony_dim_0, and warns."""
    path = write_report(report, tmp_path / "r.h5")
    assert report.playback is not None
    groups = ["/"]
    with h5py.File(path) as file:
        file.visititems(lambda name, item: groups.append(f"/{name}") if isinstance(item, h5py.Group) else None)
    assert any("ghosts" in name for name in groups)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in groups:
            with xarray.open_dataset(path, engine="h5netcdf", group=name) as data:
                assert not [d for d in data.dims if str(d).startswith("phony")], name
        with xarray.open_dataset(path, engine="h5netcdf", group="/playback") as data:
            pelvis = data.body_pose.sel(body_names=report.playback.body_names[0])
            assert pelvis.dims == ("time_s", "row", "column")
            np.testing.assert_array_equal(pelvis, report.playback.body_pose[:, 0])
        swing = report.swings[0]
        with xarray.open_dataset(path, engine="h5netcdf", group=f"/swings/{swing.id}/motion") as data:
            np.testing.assert_allclose(data.hip_m.sel(axis="y"), swing.motion.hip_m[:, 1], rtol=1e-6)


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
