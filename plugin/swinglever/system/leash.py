"""Begins a child process: runs a module as ``python -m`` does, within limits, and never longer than the parent lives.

Called as ``python -m swinglever.system.leash MEMORY SECONDS MODULE [ARGUMENTS]``; 0 is no limit. Standard input is
a pipe that the parent holds open and never writes into: it ends when the parent does, however that ends.
"""

import contextlib
import ctypes
import math
import os
import runpy
import signal
import sys
import threading
import time
from collections.abc import Iterator

_PR_SET_PDEATHSIG = 1
_LOOK_S = 0.5
"""Between two looks whether the parent is there."""


def limit(memory_bytes: int, processor_s: int) -> None:
    """Limit the memory and the processor time of this process, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if memory_bytes:
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        if processor_s:
            resource.setrlimit(resource.RLIMIT_CPU, (processor_s, processor_s + 1))


@contextlib.contextmanager
def limited(memory_bytes: int, processor_s: int) -> Iterator[None]:
    """Limit the memory of this process, and its processor time from now on, as long as the block runs.

    Only where the system can; as children are limited by `limit`, but for what comes after it.
    """
    try:
        import resource
    except ImportError:
        yield
        return
    wanted = {resource.RLIMIT_AS: memory_bytes, resource.RLIMIT_CPU: processor_s + math.ceil(time.process_time())}
    before = {kind: resource.getrlimit(kind) for kind in wanted}
    try:
        for kind, most in wanted.items():
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, (most, before[kind][1]))
        yield
    finally:
        for kind, limits in before.items():
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, limits)


def follow_thread() -> None:
    """End with the thread that started this process, by the kernel, where it can (Linux)."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def watch_parent() -> None:
    """End soon after the parent, as far as what runs here lets other threads run."""
    threading.Thread(target=_look_for_parent, args=(os.getppid(),), daemon=True).start()


def _look_for_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os._exit(1)


def follow_parent() -> None:
    """End with the parent: at once by the kernel where it can (Linux), else when the pipe from it ends."""
    follow_thread()
    threading.Thread(target=_wait_for_end, args=(os.dup(0),), daemon=True).start()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def _wait_for_end(handle: int) -> None:
    with contextlib.suppress(OSError):
        while os.read(handle, 1):
            pass
    os._exit(1)


if __name__ == "__main__":
    memory, seconds, module, *arguments = sys.argv[1:]
    follow_parent()
    limit(int(memory), int(seconds))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
