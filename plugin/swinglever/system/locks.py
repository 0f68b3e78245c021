"""Who is still at work: a lock on a file or folder, which the system takes away when its process ends in any way."""

import importlib.util
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NEW_S = 5.0
"""What is younger than this may not be locked yet."""
_LOOK_S = 0.02
"""Between two looks at a lock that another process has."""
_NO_LOCKS = importlib.util.find_spec("fcntl") is None
"""On Windows, where what a killed process left stays until it is removed by hand."""


@contextmanager
def at_work(path: Path) -> Iterator[None]:
    """Hold the lock of a file or folder while the block runs; where there are no locks, do nothing."""
    with alone(path):
        yield


@contextmanager
def alone(path: Path, patience_s: float = 0.0) -> Iterator[bool]:
    """Hold the lock of a file or folder while the block runs, and say whether nobody else has it; True without locks.

    Parameters
    ----------
    path
        That must exist.
    patience_s
        How long another process that has it is waited for.
    """
    if _NO_LOCKS:
        yield True
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        end_s = time.monotonic() + patience_s
        while not (free := take(handle)) and time.monotonic() < end_s:
            time.sleep(_LOOK_S)
        yield free
    finally:
        os.close(handle)


def take(handle: int, *, wait: bool = False) -> bool:
    """Lock what is open until it is closed; False where another process has it, True where there are no locks.

    Parameters
    ----------
    handle
        Of an open file or folder.
    wait
        Whether to come back only when nobody else has it.
    """
    if _NO_LOCKS:
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:  # some network folders: one command at a time is up to the user there
        return True
    return True


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


def is_left_over(path: Path, *, at_once: bool = False) -> bool:
    """Tell whether a killed process left a file or folder: nobody holds it, and it is not of a moment ago.

    Parameters
    ----------
    path
        What stands there.
    at_once
        Whether one of a moment ago counts too.

    Raises
    ------
    OSError
        When it is gone meanwhile.
    """
    return (at_once or time.time() - path.lstat().st_mtime >= _NEW_S) and is_abandoned(path)
