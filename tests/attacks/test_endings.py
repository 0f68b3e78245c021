"""Whatever ends a run, it ends at once: no process goes on, no folder stays."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.unit.processes import PATIENCE_S, is_alive, until

from swinglever.cli import targets
from swinglever.cli.targets import staged
from swinglever.errors import OutputError
from swinglever.output.store import write_report
from swinglever.study.store import alone_in, part_of, sweep_parts
from swinglever.system import scratch, whole_files
from swinglever.system.locks import at_work
from swinglever.testing import example_report

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and locks of POSIX")


def start(way: str, folder: Path, n_children: int) -> "subprocess.Popen[bytes]":
    """Start the endless program, and wait until it has its children."""
    (folder / "temporary").mkdir()
    program = [sys.executable, str(Path(__file__).with_name("endless.py")), way, str(folder)]
    with (folder / "told").open("wb") as told:
        child = subprocess.Popen(program, env=os.environ | {"TMPDIR": str(folder / "temporary")}, stderr=told)
    until(lambda: len(list(folder.glob("*.child"))) >= n_children)
    return child


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_program_ends_its_children_and_starts_no_more(tmp_path: Path, number: signal.Signals) -> None:
    child = start("children", tmp_path, 3)
    child.send_signal(number)
    assert child.wait(PATIENCE_S) == 130
    processes = [int(path.stem) for path in tmp_path.glob("*.child")]
    assert len(processes) == 3  # of nine calls
    assert not any(map(is_alive, processes))
    assert not list((tmp_path / "temporary").iterdir())


def test_no_child_outlives_a_killed_program(tmp_path: Path) -> None:
    child = start("children", tmp_path, 3)
    child.kill()
    child.wait(PATIENCE_S)
    processes = [int(path.stem) for path in tmp_path.glob("*.child")]
    until(lambda: not any(map(is_alive, processes)))


def test_a_program_that_drops_the_interrupt_ends_all_the_same_and_leaves_no_folder(tmp_path: Path) -> None:
    child = start("deaf", tmp_path, 1)
    child.send_signal(signal.SIGTERM)
    assert child.wait(PATIENCE_S) == 130
    assert not list((tmp_path / "temporary").iterdir())


def test_an_interrupt_that_falls_into_a_callback_comes_again_and_nothing_is_told_of_it(tmp_path: Path) -> None:
    child = start("calling_back", tmp_path, 1)
    child.send_signal(signal.SIGINT)
    assert child.wait(PATIENCE_S) == 130
    assert (tmp_path / "told").read_bytes() == b""  # the watchman, who comes last, would tell


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_program_that_only_begins_ends_at_once_in_one_line(tmp_path: Path, number: signal.Signals) -> None:
    child = start("beginning", tmp_path, 1)
    child.send_signal(number)
    assert child.wait(PATIENCE_S) == 130
    assert (tmp_path / "told").read_bytes() == b"error: interrupted\n"


def test_an_interrupt_that_falls_into_a_text_that_is_run_ends_with_the_status_of_all(tmp_path: Path) -> None:
    """Python would end itself by SIGINT, which a scheduler takes for a crash."""
    child = start("executing", tmp_path, 1)
    child.send_signal(signal.SIGTERM)
    assert child.wait(PATIENCE_S) == 130


def test_the_next_run_sweeps_the_folders_that_a_killed_one_left_and_no_others(tmp_path: Path) -> None:
    left, used, new, other = (tmp_path / f"{begin}{k}" for k, begin in enumerate([scratch.PREFIX] * 3 + ["mine-"]))
    for folder in (left, used, new, other):
        folder.mkdir()
        (folder / "call").write_text("x")
        old = time.time() - (0 if folder == new else 3600)
        os.utime(folder, (old, old))
    with at_work(used):
        scratch.sweep(str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {used.name, new.name, other.name}


def test_the_next_write_sweeps_the_drafts_that_a_killed_one_left(tmp_path: Path) -> None:
    left, used, others = (tmp_path / name for name in (".r.h5.aaaa.part", ".r.h5.bbbb.part", ".r2.h5.cccc.part"))
    for draft in (left, used, others):
        draft.write_text("half")
        os.utime(draft, (0, 0))
    with at_work(used):
        write_report(example_report(), tmp_path / "r.h5")
    assert {path.name for path in tmp_path.iterdir()} == {used.name, others.name, "r.h5"}


def put_files(tag: str, folder: Path, at_once: Any) -> None:
    """Put files with a tag into a folder, as an export does, at the same instant as another process."""
    try:
        for k in range(60):
            at_once.wait()
            with staged(folder / str(k)) as stage:
                for name in range(12):
                    (stage / f"{name}.csv").write_text(f"made by swinglever {tag}")
    except BaseException:
        at_once.abort()  # else the other one would wait for ever
        raise


def test_two_exports_into_one_folder_leave_the_files_of_one_of_them(tmp_path: Path) -> None:
    """Without the folder's lock, 7 of 200 such pairs left files of both."""
    spawn = multiprocessing.get_context("spawn")
    at_once = spawn.Barrier(2)
    pair = [spawn.Process(target=put_files, args=(tag, tmp_path, at_once)) for tag in "AB"]
    for process in pair:
        process.start()
    for process in pair:
        process.join(PATIENCE_S)
        assert process.exitcode == 0
    for k in range(60):
        assert len({path.read_text() for path in (tmp_path / str(k)).iterdir()}) == 1


def test_an_export_into_the_folder_of_a_study_at_work_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(targets, "_PATIENCE_S", 0.1)
    with alone_in(tmp_path), pytest.raises(OutputError, match="a study writes there"), staged(tmp_path) as stage:
        (stage / "mine.csv").write_text("made by swinglever")
    assert list(tmp_path.iterdir()) == []


def test_a_name_of_the_greatest_length_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("ü" * 126 + ".h5")
    whole_files.expect_writable(path)
    whole_files.write_whole(path, b"x")
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_the_next_export_sweeps_the_folder_that_a_killed_one_left(tmp_path: Path) -> None:
    left, used = tmp_path / ".swinglever-killed.part", tmp_path / ".swinglever-used.part"
    for folder in (left, used):
        folder.mkdir()
        (folder / "metrics.csv").write_text("x")
        os.utime(folder, (time.time() - 3600, time.time() - 3600))
    with at_work(used), staged(tmp_path) as stage:
        (stage / "mine.csv").write_text("made by swinglever")
        assert stage.is_dir()
    assert sorted(path.name for path in tmp_path.iterdir()) == [used.name, "mine.csv"]


def test_a_reader_that_has_read_enough_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "swinglever", "--version"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, timeout=600, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_full_disk_behind_what_is_printed_is_told_in_one_line() -> None:
    command = [sys.executable, "-m", "swinglever", "--version"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=600, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"error: cannot write what is told: No space left on device")
    assert done.stderr.count(b"\n") == 1


def test_opensim_is_found_without_any_environment() -> None:
    variables = {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", "import swinglever.engines.opensim"]
    done = subprocess.run(command, env=variables, stderr=subprocess.PIPE, timeout=600, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_folder_that_was_made_for_nothing_goes_again(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), targets.made_folder(tmp_path / "deep" / "out"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_parts_of_killed_trials_go_and_those_at_work_stay(tmp_path: Path) -> None:
    (tmp_path / ".part-killed").mkdir()
    (tmp_path / ".part-killed" / "result.h5").write_text("half")
    with part_of(tmp_path, "working") as part:
        sweep_parts(tmp_path)
        assert list(tmp_path.iterdir()) == [part]
