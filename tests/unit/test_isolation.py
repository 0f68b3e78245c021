"""What goes wrong in a child process is an error here, with the child's own words."""

import atexit
import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tests.unit.processes import is_alive, until

from swinglever.errors import EngineError, InputError
from swinglever.system.isolation import call_in_child, child_environment
from swinglever.system.leash import limited

HERE = str(Path(__file__).parent)


@pytest.fixture(autouse=True)
def _importable(monkeypatch):
    """Let the child import this module by its name."""
    monkeypatch.syspath_prepend(HERE)
    for function in (double, refuse, fail, crash, hang, burn, folder, stop, leave, tell_at_the_end):
        monkeypatch.setattr(function, "__module__", Path(__file__).stem)


def double(values):
    return 2 * values


def refuse():
    raise InputError("expected a model, got a spoon")


def fail():
    print("reading the spoon")
    raise KeyError("spoon")


def crash():
    print("about to crash", flush=True)
    os.kill(os.getpid(), signal.SIGSEGV)


def stop():
    sys.exit(3)


def leave():
    """Start a process that goes on, and end before it."""
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"]).pid


def tell_at_the_end(path):
    """Write down how many objects Python leaves alone when it ends."""
    atexit.register(lambda: Path(path).write_text(str(gc.get_freeze_count())))


def hang():
    print("waiting", flush=True)
    time.sleep(3600)


def burn(before_s, within_s, after_s):
    """Take processor time before, within and after limits of 1 s; what memory one may take within, and afterwards."""
    import resource

    _busy(before_s)
    with limited(2**40, 1):
        within = resource.getrlimit(resource.RLIMIT_AS)[0]
        _busy(within_s)
    _busy(after_s)
    return within, resource.getrlimit(resource.RLIMIT_AS)[0]


def _busy(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def folder():
    Path("opensim.log").write_text("noise")
    return str(Path.cwd())


def test_a_result_comes_back():
    assert call_in_child(double, 30, np.arange(3.0)).tolist() == [0.0, 2.0, 4.0]


def test_what_a_child_leaves_is_not_looked_through_when_it_ends(tmp_path):
    call_in_child(tell_at_the_end, 60.0, str(tmp_path / "left"))
    assert int((tmp_path / "left").read_text()) > 1000


def test_our_own_error_comes_back_as_itself():
    with pytest.raises(InputError, match="expected a model, got a spoon"):
        call_in_child(refuse, 30)


def test_another_error_is_told_with_the_last_words():
    with pytest.raises(EngineError, match="KeyError: 'spoon'"):
        call_in_child(fail, 30)


def test_a_crash_is_told_with_the_last_words():
    with pytest.raises(EngineError, match=r"crash crashed \(Segmentation fault\); its last words: about to crash"):
        call_in_child(crash, 30)


def test_an_early_end_is_told():
    with pytest.raises(EngineError, match="stop ended with status 3"):
        call_in_child(stop, 30)


def test_a_hang_is_ended_in_time():
    with pytest.raises(EngineError, match=r"hang did not end within 10 s; its last words: waiting"):
        call_in_child(hang, 10)  # enough for a busy machine to start the child
    # The child would have slept for an hour.


def test_a_child_leaves_nothing_where_the_caller_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    where = call_in_child(folder, 30)
    assert where != str(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not Path(where).exists()


def test_a_child_does_not_look_where_an_imported_package_has_added_folders_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Blender's package adds one in which there is another module of its own name."""
    monkeypatch.setattr(sys, "path", ["/v/site-packages/bpy/5.2/scripts/modules", "/v/site-packages", "/plain"])
    assert child_environment(["/ours"])["PYTHONPATH"].split(os.pathsep) == ["/ours", "/v/site-packages", "/plain"]


@pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX")
def test_what_a_child_started_ends_with_it_though_the_child_ended_by_itself():
    left = call_in_child(leave, 600.0)
    until(lambda: not is_alive(left))


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_limits_count_from_where_a_block_begins_and_end_with_it():
    resource = pytest.importorskip("resource")
    assert call_in_child(burn, 60, 1.2, 0.1, 2.0) == (2**40, resource.getrlimit(resource.RLIMIT_AS)[0])
    with pytest.raises(EngineError, match="took too much time or memory"):
        call_in_child(burn, 60, 0.0, 30.0, 0.0)
