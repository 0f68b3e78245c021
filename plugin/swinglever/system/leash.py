"""Begins a child process: runs a module as ``python -m`` does, within limits, and never longer than the parent lives.

Called as ``python -m swinglever.system.leash MEMORY SECONDS MODULE [ARGUMENTS]``; 0 is no limit. Standard input is
a pipe that the parent holds open and never writes into: it ends when the parent does, however that ends.
"""

import contextlib
import ctypes
import os
import runpy
import signal
import sys
import threading

_PR_SET_PDEATHSIG = 1


def limit(memory_bytes: int, processor_s: int) -> None:
    """Limit the memory and the processor time of this process, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if memory_bytes:
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        if processor_s:
            resource.setrlimit(resource.RLIMIT_CPU, (processor_s, processor_s + 1))


def follow_parent() -> None:
    """End with the parent: at once by the kernel where it can (Linux), else when the pipe from it ends."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
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
