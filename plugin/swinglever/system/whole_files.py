"""Files that are written whole or not at all: under a temporary name beside the place, then renamed."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from swinglever.errors import OutputError
from swinglever.system.endings import known_place
from swinglever.system.locks import at_work, is_left_over

MADE_BY = "made by swinglever"
"""What stands near the beginning or the end of a file of ours, so that it is known again."""

_LONGEST = 200
"""Bytes of a name; file systems take 255."""
_LOOKED_AT = 2**16
_PROBE = bytes(2**16)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, through a link to what it points at; when that fails, or is interrupted, what stood there stays.

    Raises
    ------
    OutputError
        When the place cannot be written: no such folder, no permission, no space left, or a device stands there.
    """
    target = _ordinary(path)
    sweep_drafts(target)
    with _naming(path):
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=_draft(target), suffix=".part")
        with known_place(Path(name)), os.fdopen(handle, "wb") as file, at_work(Path(name)):
            file.write(content)
            file.flush()
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(target)


@contextmanager
def draft_folder(path: Path) -> Iterator[Path]:
    """Make a folder beside a file's place, for what the file is made of; it is gone when the block ends.

    Raises
    ------
    OutputError
        When the place cannot be written.
    """
    target = _ordinary(path)
    sweep_drafts(target)
    with _naming(path):
        folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=_draft(target), suffix=".part"))
    with known_place(folder), at_work(folder):
        yield folder


def move_whole(made: Path, path: Path) -> None:
    """Move a file that was made in a draft's folder to its place, through a link to what it points at.

    Raises
    ------
    OutputError
        When the place cannot be written.
    """
    with _naming(path):
        made.chmod(0o666 & ~_umask())
        made.replace(_ordinary(path))


def file_name(*parts: str) -> str:
    """Make a name of parts that may come from a stranger: one that stays in its folder on every system.

    Examples
    --------
    >>> file_name("../escaped", "r_1", "metrics.csv"), file_name("läufer 3", "swings.csv")
    ('_escaped_r_1_metrics.csv', 'läufer 3_swings.csv')
    >>> file_name("/etc/passwd", "swings.csv"), len(file_name("x" * 400, "swings.csv"))
    ('_etc_passwd_swings.csv', 200)
    """
    *front, last = (re.sub(r"[^\w .+()=,@~-]", "_", part) for part in parts)
    begin = "_".join(front).lstrip(". ") or "result"
    room = _LONGEST - len(f"_{last}".encode())
    return f"{begin.encode()[:room].decode('utf-8', 'ignore')}_{last}"


def expect_writable(path: Path) -> None:
    """Try whether a file could be written, without touching what stands there.

    Raises
    ------
    OutputError
        When the place cannot be written: no such folder, no permission, no space left, a name that is too long, a
        device or a write-protected file stands there.
    """
    with _naming(path):
        target = _ordinary(path)
        if target.exists() and not target.stat().st_mode & 0o222:
            raise OutputError(f"cannot write '{path}': the file is write-protected; choose another place")
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=_draft(target), suffix=".part")
        with known_place(Path(name)), os.fdopen(handle, "wb") as file:
            file.write(_PROBE)


def is_marked(path: Path) -> bool:
    """Tell whether a file says that swinglever made it."""
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT)
        file.seek(max(path.stat().st_size - _LOOKED_AT, 0))
        return MADE_BY.encode() in head or MADE_BY.encode() in file.read()


def sweep_drafts(path: Path, *, at_once: bool = False) -> None:
    """Remove the drafts of a file that killed processes left beside it; those of a moment ago too, if so asked."""
    sweep_left(path.parent, f"{_escaped(_draft(path))}*.part", at_once=at_once)


def sweep_left(folder: Path, pattern: str, *, at_once: bool = False) -> None:
    """Remove what killed processes left in a folder under such names; of a moment ago too, if so asked."""
    with suppress(OSError):
        for left in folder.glob(pattern):
            if is_left_over(left, at_once=at_once):
                shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Say in one line which file cannot be written, and why."""
    try:
        yield
    except OutputError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(f"cannot write '{path}': {reason}; choose another place") from None


def _ordinary(path: Path) -> Path:
    """Give the file that a path leads to, through links; refuse what is there and is no ordinary file."""
    target = Path(os.path.realpath(path))
    with suppress(FileNotFoundError, NotADirectoryError):
        target.lstat()  # a name that is too long is an error here, not after the work
        if not target.is_file():
            raise OutputError(f"expected an ordinary file to write, got '{path}', which is none; choose another place")
    return target


def _draft(target: Path) -> str:
    """Begin the names of a file's drafts; short, as the name itself may be as long as names can be."""
    return f".{os.fsencode(target.name)[:80].decode('utf-8', 'ignore')}."


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _umask() -> int:
    """Permission bits that new files lose; mkstemp makes private files, and the caller asked for an ordinary one."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
