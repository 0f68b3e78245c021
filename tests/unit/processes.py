"""Waiting for other processes in tests: never without end, and patient with a busy machine."""

import time
from collections.abc import Callable

import psutil

PATIENCE_S = 600.0
"""For a busy machine; what is waited for would sleep for an hour."""


def until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    begin = time.monotonic()
    while not true():
        assert time.monotonic() - begin < PATIENCE_S
        time.sleep(0.05)


def is_alive(process: int) -> bool:
    """Whether a process runs; one that has ended and was not asked yet does not."""
    try:
        return bool(psutil.Process(process).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
