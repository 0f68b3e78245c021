"""Files are written whole or not at all; a place that cannot be written is named in one line before any work."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .result import ResultError


def check_place(target: Path) -> None:
    """Refuse a place that cannot be written before anything is built for it; folders are made later."""
    if target.is_dir():
        raise ResultError(f"expected a file to write, got the folder '{target}'; choose another name")
    there = next(folder for folder in target.parents if folder.exists())
    with _naming(target), tempfile.TemporaryDirectory(dir=there):
        pass


def whole(target: Path, write: Callable[[str], object]) -> None:
    """Write beside the target and rename, so that a failure leaves no half file."""
    with _naming(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with _draft_folder(target) as folder:
            draft = folder / target.name
            write(str(draft))
            if not draft.is_file():
                raise ResultError(f"cannot write '{target}': Blender made no picture; look at the scene's compositing")
            beside = [path for path in folder.iterdir() if path != draft]  # a glTF file's numbers
            for path in beside:
                if (target.parent / path.name).exists() and not target.exists():
                    taken = target.parent / path.name
                    raise ResultError(f"expected to write '{taken}' too, got a file there; choose another name")
            for path in (*beside, draft):  # the one that was named comes last
                path.replace(target.parent / path.name)


@contextmanager
def _draft_folder(target: Path) -> Iterator[Path]:
    """Make a folder beside the target, locked while in use: that tells it from one that a killed process left."""
    begin = os.fsencode(target.name)[:80].decode("utf-8", "ignore")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{begin}.", suffix=".part") as folder:
        if sys.platform == "win32":  # no such locks
            yield Path(folder)
            return
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
        try:
            with suppress(OSError):  # some network folders have no locks
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield Path(folder)
        finally:
            os.close(handle)


@contextmanager
def _naming(target: Path) -> Iterator[None]:
    """Say in one line which file could not be written, and why: no such folder, no permission, no space left."""
    try:
        yield
    except OSError as error:
        raise ResultError(f"cannot write '{target}': {error.strerror or error}; choose another place") from error
    except RuntimeError as error:  # what Blender's own operators raise
        said = str(error).strip().splitlines() or ["it does not say why"]
        raise ResultError(f"cannot write '{target}': {said[0].removeprefix('Error: ')}") from error
