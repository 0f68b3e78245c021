"""A damaged, crowded or forbidden result file: an error of ours or the right numbers, and nothing lost."""

import os
import random
import threading

import h5py
import numpy as np
import pytest
from tests.unit.motions import write_planar_trial

from swinglever.engines.planar import planar_model
from swinglever.errors import InputError, SwingleverError
from swinglever.output.store import read_report, write_report
from swinglever.pipeline import analyse
from swinglever.records.parameters import Parameters
from swinglever.records.report import SwingReport
from swinglever.testing import example_report


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    model = planar_model()
    motion, forces = write_planar_trial(tmp_path_factory.mktemp("trial"), model)
    return analyse(motion, model, grf=forces, parameters=Parameters(filter_hz=25.0))


@pytest.fixture(scope="module")
def content(report, tmp_path_factory) -> bytes:
    return write_report(report, tmp_path_factory.mktemp("result") / "r.h5").read_bytes()


@pytest.fixture(scope="module")
def whole(content, tmp_path_factory) -> SwingReport:
    path = tmp_path_factory.mktemp("whole") / "r.h5"
    path.write_bytes(content)
    return read_report(path)


def numbers(report: SwingReport) -> list[np.ndarray]:
    """Return every array that a verdict rests on."""
    kinematics = [report.kinematics.time_s, report.kinematics.q, report.kinematics.udot]
    swings = [array for s in report.swings for array in (s.time_s, s.knee_flexion_rad, s.moments.net_moment_nm)]
    shares = [a.knee_flexion_rad for s in report.swings for _, a in sorted(s.attribution.items())]
    return [*kinematics, *swings, *shares]


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_result_is_refused_or_its_numbers_are_the_right_ones(whole, content, tmp_path, seed):
    chance, damaged = random.Random(seed), bytearray(content)
    if seed % 4 == 0:
        damaged = damaged[: chance.randrange(len(damaged))]
    else:
        reach = len(damaged) if seed % 4 == 1 else 20000  # the file's structure lies at its beginning
        for _ in range(chance.randrange(1, 4)):
            damaged[chance.randrange(reach)] = chance.randrange(256)
    path = tmp_path / "r.h5"
    path.write_bytes(damaged)
    try:
        back = read_report(path)
    except InputError as error:
        assert "r.h5" in str(error)
    else:
        for ours, theirs in zip(numbers(back), numbers(whole), strict=True):
            assert np.array_equal(ours, theirs, equal_nan=True)


def test_every_number_and_the_structure_carry_checksums(content, tmp_path):
    (tmp_path / "r.h5").write_bytes(content)
    assert content[8] >= 3  # superblock version of HDF5 1.10: checksums in every header
    bare: list[str] = []
    with h5py.File(tmp_path / "r.h5") as file:
        file.visititems(
            lambda name, item: (
                bare.append(name)
                if isinstance(item, h5py.Dataset)
                and item.ndim
                and item.size
                and item.dtype != object
                and not item.fletcher32
                else None
            )
        )
    assert bare == []


def test_something_else_than_a_result_is_refused(tmp_path):
    for name, raw in (("empty.h5", b""), ("text.h5", b"time,knee\n0,1\n"), ("zeros.h5", bytes(4096))):
        (tmp_path / name).write_bytes(raw)
        with pytest.raises(InputError, match=name):
            read_report(tmp_path / name)


def test_two_runs_that_write_one_file_leave_one_whole_result(report, tmp_path):
    path, failures = tmp_path / "r.h5", list[Exception]()

    def write() -> None:
        try:
            write_report(report, path)
        except Exception as error:  # noqa: BLE001 - whatever a thread raises is looked at below
            failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=600)
    assert failures == []
    assert [p.name for p in tmp_path.iterdir()] == ["r.h5"]
    assert len(read_report(path).swings) == len(report.swings)


def test_a_folder_that_is_not_there_is_named_and_nothing_is_left(report, tmp_path):
    with pytest.raises(SwingleverError, match="cannot write"):
        write_report(report, tmp_path / "no such folder" / "r.h5")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_old_result(report, tmp_path):
    path = write_report(report, tmp_path / "r.h5")
    before = path.read_bytes()
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    import signal

    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that the write fails as on a full disk
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
        with pytest.raises(SwingleverError, match="cannot write"):
            write_report(report, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, old)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["r.h5"]


def test_an_interrupt_leaves_the_old_result_and_nothing_half(report, tmp_path, monkeypatch):
    path = write_report(report, tmp_path / "r.h5")
    before, create = path.read_bytes(), h5py.Group.create_dataset

    def interrupt(self, name, *rest, **options):
        if name == "verdict":
            raise KeyboardInterrupt
        return create(self, name, *rest, **options)

    monkeypatch.setattr(h5py.Group, "create_dataset", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_report(report, path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["r.h5"]  # noqa: PTH208 - hidden files count too


@pytest.mark.parametrize(
    "name",
    ["opensim_version", "command", "trial_name", "mass_kg", "parameters", "plugins", "timing", "metrics", "warnings"],
)
def test_a_result_that_says_of_its_origin_what_is_of_another_kind_is_refused(tmp_path, name):
    path = write_report(example_report(), tmp_path / "r.h5")
    with h5py.File(path, "a") as file:
        is_table = name in ("mass_kg", "parameters", "plugins", "timing", "metrics")
        file.attrs[name] = "[5]" if is_table else "{}" if name == "warnings" else 5
    with pytest.raises(InputError, match=f"'{name}' is no "):
        read_report(path)


def test_numbers_and_texts_over_a_dimension_that_they_do_not_have_are_refused(tmp_path):
    path = write_report(example_report(), tmp_path / "r.h5")
    with h5py.File(path, "a") as file:
        file["swings/side"].attrs["dimensions"] = "other"
    with pytest.raises(InputError, match="expected no 'other' among the dimensions of 'side'"):
        read_report(path)
