"""Folders for what is needed for a while: gone when the work ends, or, after a kill, when the next work begins."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from swinglever.errors import OutputError
from swinglever.system.endings import known_place
from swinglever.system.locks import at_work, is_left_over

PREFIX = "swinglever-"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make a folder that is removed when the block ends; it is locked, so that nobody takes it for abandoned.

    Raises
    ------
    OutputError
        When there is no place for it.
    """
    try:
        place = tempfile.gettempdir()
        sweep(place)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    except OSError as error:
        raise OutputError(
            f"expected a folder for temporary files, got none: {error.strerror or error}; set TMPDIR to one"
        ) from None
    with known_place(folder), at_work(folder):
        yield folder


@cache
def sweep(place: str) -> None:
    """Remove the folders in a place that killed processes left, once in a process."""
    for left in Path(place).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if left.is_dir() and is_left_over(left):
                shutil.rmtree(left, ignore_errors=True)
