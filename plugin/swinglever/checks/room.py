"""Is there room: for all swings of a trial at once, where they cannot go lot by lot; for a second process."""

import os
from contextlib import suppress
from pathlib import Path

from swinglever.errors import InputError

BYTES_A_SWING = 6e6
"""Of an analysis that holds all of them: 16 MB for a second of running (``docs/performance.md``), 2.9 swings."""
ENOUGH_FOR_TWO_BYTES = 3e9
"""Half a minute of running takes less than a GB in each of two processes (``docs/performance.md``)."""
WORTH_TWO_BYTES = 5e5
"""Of a trial's file: what one of some seconds has. A shorter one is done before a second process has begun."""
MEMORY_FILE = Path("/proc/meminfo")
"""Where Linux tells how much memory is free."""
_KIB = 1024


def free_memory(told: Path = MEMORY_FILE) -> float:
    """Bytes that programs may still take; inf where the system does not tell."""
    with suppress(OSError, ValueError, IndexError):
        for line in told.read_text(encoding="utf-8").splitlines():
            if line.startswith("MemAvailable:"):
                return float(line.split()[1]) * _KIB
    return float("inf")


def jobs_that_pay(trial: Path, free_bytes: float) -> int:
    """How many processes share the work where nothing is asked: two, for a trial that is not short.

    There must be two cores, and memory for both.
    """
    if not (trial.is_file() and trial.stat().st_size > WORTH_TWO_BYTES):
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 2 if cores > 1 and free_bytes > ENOUGH_FOR_TWO_BYTES else 1


def require_room(n_swings: int, free_bytes: float) -> None:
    """Refuse more swings than memory holds at once.

    Raises
    ------
    InputError
        With what they need, what there is, and what to do.
    """
    needed = n_swings * BYTES_A_SWING
    if needed > free_bytes:
        raise InputError(
            f"expected some {needed / 1e9:.1f} GB of free memory for {n_swings} swings that are analysed together, got "
            f"{free_bytes / 1e9:.1f} GB; analyse parts of the trial (--start, --end), or do without what all swings "
            "share: --uncertainty, softer quadriceps, plugins that look at a whole report"
        )
