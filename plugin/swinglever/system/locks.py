"""Who is still at work: a lock on a file or folder, which the system takes away when its process ends in any way."""

import contextlib
import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NO_LOCKS = importlib.util.find_spec("fcntl") is None
"""On Windows, where what a killed process left stays until it is removed by hand."""


@contextmanager
def at_work(path: Path) -> Iterator[None]:
    """Hold the lock of a file or folder while the block runs; where there are no locks, do nothing."""
    if _NO_LOCKS:
        yield
        return
    import fcntl

    handle = os.open(path, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network folders have no locks
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def is_abandoned(path: Path) -> bool:
    """Tell whether nobody holds the lock of a file or folder; False where that cannot be known."""
    if _NO_LOCKS:
        return False
    import fcntl

    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True
