"""Children that end with their parent, whatever ends it, and parents that end a child with all that it started.

A child that is started here reads its task from the first line of its standard input, and the parent holds that pipe
open: when the parent is killed the pipe closes, and the child is ended with all that it started.
``python -m swinglever.system.lifeline MODULE`` is such a child; a module's ``main`` takes the task.
"""

import importlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from swinglever.system.endings import forget_child, start_child
from swinglever.system.isolation import child_environment

_STEP_S = 0.05
"""Between two looks at a child: short beside what it does, long beside what a look costs (0.1 ms)."""
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a child ended.

    Attributes
    ----------
    code
        Exit code; below 0 a signal.
    over
        ``time`` or ``memory`` where it was ended because it went over that limit.
    output
        What it printed, the last of it.
    elapsed_s, peak_bytes
        How long it ran, and the most memory that it and its children were seen to have.
    """

    code: int
    over: str
    output: bytes
    elapsed_s: float
    peak_bytes: int


def run_with_limits(command: Sequence[str], task: str, *, time_s: float, memory_bytes: float) -> Ending:
    """Run a child to its end, with one thread for linear algebra; one over a limit is ended with its children.

    Parameters
    ----------
    command
        What to run. It has a process group of its own.
    task
        One line, that it reads from its standard input.
    time_s, memory_bytes
        Limits of elapsed time, and of resident memory of the child and its children.
    """
    with tempfile.TemporaryFile() as output:
        begin = time.monotonic()
        child = start_child(
            [*command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=child_environment() | _ONE_THREAD,
        )
        peak = 0
        try:
            _tell(child, task)
            over = ""
            while not over and not _ended(child):
                peak = max(peak, _resident_bytes(child.pid))
                over = "time" if time.monotonic() - begin > time_s else "memory" if peak > memory_bytes else ""
        finally:
            _end_group(child)
            forget_child(child)
        code, elapsed_s = child.wait(), time.monotonic() - begin
        return Ending(code=code, over=over, output=_tail(output), elapsed_s=elapsed_s, peak_bytes=peak)


def _tell(child: "subprocess.Popen[bytes]", task: str) -> None:
    assert child.stdin is not None
    with suppress(BrokenPipeError):  # it has ended already, and its exit code tells how
        child.stdin.write(task.encode() + b"\n")
        child.stdin.flush()


def _ended(child: "subprocess.Popen[bytes]") -> bool:
    try:
        child.wait(_STEP_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _resident_bytes(pid: int) -> int:
    """Memory of a process and of all that it started; 0 when it has just ended."""
    import psutil

    total = 0
    with suppress(psutil.Error):
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            with suppress(psutil.Error):
                total += process.memory_info().rss
    return total


def _end_group(child: "subprocess.Popen[bytes]") -> None:
    """End a child that still runs, and whatever is left of its group."""
    if sys.platform == "win32":
        child.kill()
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    with suppress(BrokenPipeError):
        assert child.stdin is not None
        child.stdin.close()


def _tail(output: IO[bytes], most: int = 20_000) -> bytes:
    output.seek(0, os.SEEK_END)
    output.seek(max(output.tell() - most, 0))
    return output.read()


def take_task() -> str:
    """In the child: read the task, and from now on end when the parent does, with all that was started.

    A process of its own watches the pipe, forked while this one is small: a library that never comes back would hold
    up every thread of this one.
    """
    task = sys.stdin.readline()
    if sys.platform == "win32":
        threading.Thread(target=_watch, daemon=True).start()
    elif os.fork() == 0:
        _watch()
    return task


def _watch() -> None:
    while os.read(0, 1):
        pass
    if sys.platform != "win32":
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    line = take_task()
    sys.exit(importlib.import_module(sys.argv[1]).main(line))
