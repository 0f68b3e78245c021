"""A child ends with its parent, and within its limits, with all that it started."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.processes import is_alive, until

from swinglever.system.lifeline import run_with_limits

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX")

CHILD = """
import os, subprocess, sys, time
from pathlib import Path
from swinglever.system.lifeline import take_task
told = Path(take_task().strip())
own = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
told.with_suffix(".part").write_text(f"{os.getpid()} {own.pid}")
told.with_suffix(".part").rename(told)
time.sleep(600)
"""
PARENT = """
import sys
from swinglever.system.lifeline import run_with_limits
run_with_limits([sys.executable, "-c", sys.argv[1]], sys.argv[2], time_s=600, memory_bytes=1e12)
"""


def pids(told: Path) -> list[int]:
    """Wait for the child to tell its number and its own child's."""
    until(told.exists)
    return [int(word) for word in told.read_text().split()]


def wait_until_gone(numbers: list[int]) -> None:
    """Wait until none of the processes runs."""
    until(lambda: not any(map(is_alive, numbers)))


def test_a_parent_that_is_killed_takes_child_and_grandchild_along(tmp_path):
    parent = subprocess.Popen([sys.executable, "-c", PARENT, CHILD, str(tmp_path / "told")])
    numbers = pids(tmp_path / "told")
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_until_gone(numbers)


def test_a_child_that_no_thread_can_reach_ends_with_its_parent_too(tmp_path):
    """A call into the C library that never returns and keeps Python's lock."""
    stuck = CHILD.replace("time.sleep(600)\n", "import ctypes; ctypes.PyDLL(None).pause()\n")
    assert "pause" in stuck
    parent = subprocess.Popen([sys.executable, "-c", PARENT, stuck, str(tmp_path / "told")])
    numbers = pids(tmp_path / "told")
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_until_gone(numbers)


def test_a_child_over_its_time_is_ended_with_its_group(tmp_path):
    ending = run_with_limits([sys.executable, "-c", CHILD], str(tmp_path / "told"), time_s=8.0, memory_bytes=1e12)
    assert ending.over == "time"
    assert ending.code == -signal.SIGKILL
    if (tmp_path / "told").exists():  # the machine was quick enough
        wait_until_gone(pids(tmp_path / "told"))


def test_a_child_over_its_memory_is_ended():
    greedy = "import sys, time; sys.stdin.readline(); x = b'1' * 300_000_000; time.sleep(600)"
    ending = run_with_limits([sys.executable, "-c", greedy], "", time_s=600.0, memory_bytes=2e8)
    assert ending.over == "memory"
    assert ending.peak_bytes > 2e8


def test_a_child_that_crashes_is_told_with_what_it_said():
    crash = "import os, signal; print('a last word', flush=True); os.kill(os.getpid(), signal.SIGSEGV)"
    ending = run_with_limits([sys.executable, "-c", crash], "", time_s=600.0, memory_bytes=1e12)
    assert (ending.code, ending.over, ending.output.strip()) == (-signal.SIGSEGV, "", b"a last word")


def test_linear_algebra_has_one_thread():
    tell = "import os; print(os.environ['OPENBLAS_NUM_THREADS'], os.environ['OMP_NUM_THREADS'])"
    ending = run_with_limits([sys.executable, "-c", tell], "", time_s=600.0, memory_bytes=1e12)
    assert ending.output.split() == [b"1", b"1"]
