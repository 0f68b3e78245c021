"""Files that are written whole or not at all: under a temporary name beside the place, then renamed."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from swinglever.errors import OutputError


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, through a link to what it points at; when that fails, or is interrupted, what stood there stays.

    Raises
    ------
    OutputError
        When the place cannot be written: no such folder, no permission, no space left, or a device stands there.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        raise OutputError(f"expected an ordinary file to write, got '{path}', which is none; choose another place")
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    except OSError as error:
        raise OutputError(f"cannot write '{path}': {error.strerror or error}; choose another place") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(target)
    except OSError as error:
        raise OutputError(f"cannot write '{path}': {error.strerror or error}; choose another place") from None
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def naming_finished(finished: Sequence[Path]) -> Iterator[None]:
    """Add to whatever stops the work a note that names the files that were finished before it, and stay."""
    try:
        yield
    except BaseException as stop:
        if finished:
            stop.add_note(f"finished before, and whole: {', '.join(map(str, finished))}")
        raise


def _umask() -> int:
    """Permission bits that new files lose; mkstemp makes private files, and the caller asked for an ordinary one."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
