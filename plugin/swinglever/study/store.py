"""The store of a study's results: a folder a trial, named by its address, renamed into place when it is whole."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from swinglever.errors import InputError, OutputError
from swinglever.study.outcome import Outcome
from swinglever.system.locks import alone, take
from swinglever.system.whole_files import sweep_left, write_whole

RESULT, PAGE, OUTCOME = "result.h5", "page.html", "outcome.json"
"""In the folder of a trial: its result, its page where one was asked for, and how it ended."""
_PART = ".part-"


def place_of(results: Path, address: str) -> Path:
    """Give the folder of a trial, whether it is there or not."""
    return results / address


def kept_outcome(results: Path, address: str) -> Outcome | None:
    """Give how a trial ended; None where nothing is kept of it, or what is kept is damaged."""
    try:
        table = json.loads((place_of(results, address) / OUTCOME).read_text(encoding="utf-8"))
        found = Outcome.from_table(table)
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    whole = found.status != "done" or (place_of(results, address) / RESULT).is_file()
    return found if whole and found.address == address else None


def keep_outcome(part: Path, outcome: Outcome) -> None:
    """Write how a trial ended into its folder, and rename that into place.

    Raises
    ------
    OutputError
        When there is no space left, say; the trial then counts as not tried.
    """
    write_whole(part / OUTCOME, json.dumps(outcome.as_table(), indent=1).encode())
    target = part.parent / part.name.removeprefix(_PART)
    try:
        if target.exists():  # damaged, or a failure that is tried again
            shutil.rmtree(target)
        part.rename(target)
    except OSError as error:
        raise OutputError(f"cannot write '{target}': {error.strerror or error}; choose another place") from None


@contextmanager
def part_of(results: Path, address: str) -> Iterator[Path]:
    """Give an empty folder to write a trial's result into; nobody else has it until this process ends.

    The kernel frees the lock whatever ends the process, so that a killed one leaves nothing to clean up by hand.

    Raises
    ------
    OutputError
        When the folder cannot be made.
    """
    part = results / f"{_PART}{address}"
    handle = _own(part)
    try:
        for left in part.iterdir():  # by a process that was killed
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        yield part
    finally:
        if _is(part, handle):  # not renamed into place, and no new one of another process
            shutil.rmtree(part, ignore_errors=True)
        os.close(handle)


def sweep_parts(results: Path) -> None:
    """Remove what trials that were killed have begun, those that another process works on excepted."""
    sweep_left(results, f"{_PART}*", at_once=True)


def _is(path: Path, handle: int) -> bool:
    """Whether an open folder still stands at a path."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _own(part: Path) -> int:
    """Make a folder and lock it; waits while another process has it."""
    while True:
        try:
            part.mkdir(parents=True, exist_ok=True)
            handle = os.open(part, os.O_RDONLY)
        except FileNotFoundError:  # the other has just renamed it
            continue
        except OSError as error:
            raise OutputError(f"cannot write '{part}': {error.strerror or error}; choose another place") from None
        take(handle, wait=True)
        if _is(part, handle):
            return handle
        os.close(handle)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold a study's folder for one command.

    Raises
    ------
    InputError
        When another command works there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder) as is_free:
        if not is_free:
            raise InputError(
                f"expected '{folder}' to be free, another study writes there; wait for it, or choose --out"
            )
        yield
