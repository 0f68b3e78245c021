"""Files that are written whole or not at all: under a temporary name beside the place, then renamed."""

import os
import tempfile
from pathlib import Path

from swinglever.errors import OutputError


def write_whole(path: Path, content: bytes) -> None:
    """Write a file; when that fails, or is interrupted, whatever stood there before stays.

    Raises
    ------
    OutputError
        When the place cannot be written: no such folder, no permission, no space left.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise OutputError(f"cannot write '{path}': {error.strerror or error}; choose another place") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except OSError as error:
        raise OutputError(f"cannot write '{path}': {error.strerror or error}; choose another place") from None
    finally:
        Path(name).unlink(missing_ok=True)


def _umask() -> int:
    """Permission bits that new files lose; mkstemp makes private files, and the caller asked for an ordinary one."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
