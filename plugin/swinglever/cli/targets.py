"""Where a verb may write: asked before its work begins, so that nothing of the user's is replaced by mistake."""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from swinglever.errors import InputError, OutputError
from swinglever.system.endings import known_place
from swinglever.system.locks import alone, at_work
from swinglever.system.whole_files import expect_writable, is_marked, sweep_left

_STAGE = ".swinglever-"
"""Begins the names of folders that files are written into before all of them come to their place."""
_HDF5 = b"\x89HDF\r\n\x1a\n"
"""How results begin."""
_PATIENCE_S = 10.0
"""How long another command may take to put its files into the same folder."""
_ENOUGH = 40
"""Letters that must agree at least for two tables to be of one kind: CSV has no place for who made it."""


def force_option(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--force`` to a verb that writes."""
    return click.option("--force", is_flag=True, help="Replace files that swinglever did not make.")(verb)


def claim_targets(
    targets: Iterable[Path | None],
    inputs: Iterable[Path | None] = (),
    *,
    force: bool = False,
    begin: str = "",
    result: bool = False,
) -> None:
    """Refuse what may not be written, and tell on a terminal what will be.

    Parameters
    ----------
    targets
        Files that the verb will write.
    inputs
        Files that it reads, directly or through others; they are never written, whatever the options.
    force
        Replace files of another origin too.
    begin
        How a file of this kind begins, where it cannot say who made it.
    result
        Whether results will be written: nothing else replaces one, for they may have taken hours.

    Raises
    ------
    InputError
        When a target is an input, a folder, a file of another origin, or cannot be written.
    """
    wanted = [target for target in targets if target is not None]
    read = [given for given in inputs if given is not None and given.exists()]
    for target in wanted:
        _refuse(target, read, force or _is_ours(target, begin, result=result))
    if len({os.path.realpath(target) for target in wanted}) < len(wanted):
        raise InputError(f"expected a file of its own for each output, got '{wanted[0]}' twice; change one")
    for target in wanted:
        expect_writable(target)
        if os.isatty(2):
            click.echo(f"will write: {target}", err=True)


def _refuse(target: Path, read: Sequence[Path], replace: bool) -> None:
    if _exists(target) and any(given.samefile(target) for given in read):
        raise InputError(f"expected --out to be a file of its own, got '{target}', which is an input; change --out")
    if target.is_dir():
        raise InputError(f"expected a file to write, got the folder '{target}'; change --out")
    if not target.parent.is_dir():
        raise InputError(
            f"expected a folder at '{target.parent}' to write '{target.name}' into; make it, or change --out"
        )
    if target.is_file() and not replace:
        raise OutputError(
            f"expected to write '{target}' anew, got a file that is not known as swinglever's own of this kind; "
            "choose another place, or replace it with --force"
        )


def _exists(target: Path) -> bool:
    try:
        return target.exists()
    except (OSError, ValueError) as error:  # a name that is too long, or holds a zero
        reason = getattr(error, "strerror", None) or error
        raise OutputError(f"cannot write '{target}': {reason}; choose another place") from None


def _is_ours(target: Path, begin: str, *, result: bool) -> bool:
    """Tell whether a file that stands there is one of ours of this kind, or of the very kind that will be written."""
    if not (_exists(target) and target.is_file()):
        return False
    try:
        with target.open("rb") as file:
            head = file.read(max(len(begin.encode()), len(_HDF5)))
        if head.startswith(_HDF5):
            from swinglever.output.store import is_result

            return result and is_result(target)
        head = head[: len(begin.encode())]
        return (len(begin) >= _ENOUGH and head == begin.encode()) or is_marked(target)
    except OSError:  # what cannot be read is nobody's
        return False


@contextmanager
def staged(folder: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a folder to write into, whose files come to a folder all together when the block went well.

    Raises
    ------
    OutputError
        When one of them would replace a file of another origin, or leads out of the folder; then none of them comes.
    """
    with made_folder(folder):
        with _naming(folder):
            sweep_left(folder, f"{_STAGE}*.part")
            stage = Path(tempfile.mkdtemp(dir=folder, prefix=_STAGE, suffix=".part"))
        try:
            with known_place(stage), at_work(stage):
                yield stage
                with alone(folder, _PATIENCE_S) as is_free:
                    if not is_free:
                        raise OutputError(f"expected '{folder}' to be free, a study writes there; choose another place")
                    _move(stage, folder, force)
        except BaseException as stop:
            stop.__notes__ = []  # what was finished in the stage is gone
            raise


def _move(stage: Path, folder: Path, force: bool) -> None:
    """Move the files of a stage to a folder, all of them or none."""
    moves = [(path, folder / path.relative_to(stage)) for path in sorted(stage.rglob("*")) if not path.is_dir()]
    _refuse_links(path for path, _ in moves)
    for path, target in moves:
        target.parent.mkdir(parents=True, exist_ok=True)
        _stay_inside(target, folder)
        claim_targets([target], force=force, begin=_begin(path))
    for path, target in moves:
        path.replace(os.path.realpath(target))


def _refuse_links(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.is_symlink() or not path.is_file():
            raise OutputError(f"expected ordinary files from an exporter, got '{path.name}', which is none")


def _stay_inside(target: Path, folder: Path) -> None:
    if not Path(os.path.realpath(target)).is_relative_to(os.path.realpath(folder)):
        raise OutputError(f"expected '{target}' in the folder itself, got a link to another place; remove it")


def _begin(path: Path) -> str:
    """How a file begins: its first lines, up to the end of the first one that is long enough."""
    with path.open("rb") as file:
        head = file.read(4096)
    end = head.find(b"\n", _ENOUGH)
    return head[: end if end > 0 else len(head)].decode("utf-8", "replace")


@contextmanager
def made_folder(folder: Path) -> Iterator[None]:
    """Make a folder and those that it lies in; where the block ends otherwise than well, those still empty go again.

    Raises
    ------
    OutputError
        When it cannot be made.
    """
    made = make_folder(folder)
    try:
        yield
    except BaseException:
        _remove(made)
        raise


def make_folder(folder: Path) -> list[Path]:
    """Make a folder and those that it lies in; give those that were not there, the innermost first."""
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"expected a folder to write into, got the file '{folder}'; change --out")
    new = [place for place in (folder, *folder.parents) if not place.exists()]
    with _naming(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return new


def _remove(folders: Sequence[Path]) -> None:
    """Remove the folders that were made and are still empty."""
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


@contextmanager
def _naming(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(f"cannot write into '{folder}': {reason}; choose another place") from None
