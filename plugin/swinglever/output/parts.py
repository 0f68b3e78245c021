"""A result that is written part by part: a file for each lot of swings, joined when the last of them is there.

The parts stand in a folder beside the result. A child process joins them: HDF5 ends the process that writes where a
disk is full, and a result of half an hour is too large to be made in memory first.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import h5py

from swinglever.errors import EngineError, OutputError
from swinglever.output.hdf5 import LIBVER, see_groups, write_groups
from swinglever.output.join import NotAlike, join_groups
from swinglever.output.store import read_report, write_report
from swinglever.records.report import Swing, SwingReport
from swinglever.system.isolation import call_in_child
from swinglever.system.whole_files import draft_folder, move_whole

_TIMEOUT_S = 3600.0


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts of a result so far.

    Attributes
    ----------
    target, folder
        Where the result goes, and where its parts stand until then.
    written
        The parts, in the order of their swings.
    """

    target: Path
    folder: Path
    written: list[Path] = field(default_factory=list)

    def add(self, report: SwingReport) -> None:
        """Write a part: a report with some of the swings. What it says of the whole trial is not looked at."""
        self.written.append(write_report(report, self.folder / f"part{len(self.written)}.h5"))

    def join(self, report: SwingReport) -> None:
        """Write the result: a report without swings, and the swings of all parts.

        Raises
        ------
        OutputError
            When the place cannot be written, or has no room.
        """
        whole = write_report(report, self.folder / "whole.h5")
        try:
            joined = call_in_child(join_files, _TIMEOUT_S, whole, self.written)
        except EngineError as error:
            raise OutputError(f"cannot write '{self.target}': {error}; choose another place") from None
        if joined:
            move_whole(whole, self.target)
        else:
            write_report(_with_swings(report, self.written), self.target)


@contextmanager
def parts_of(target: Path) -> Iterator[Parts]:
    """Begin a result that is written part by part; its parts are gone when the block ends."""
    with draft_folder(target) as folder:
        yield Parts(target=target, folder=folder)


def join_files(whole: Path, parts: list[Path]) -> bool:
    """Add the swings of all parts to a result without any; False where only their records can be joined.

    Groups that the result has already are of the whole trial, and are not looked at in the parts.
    """
    with ExitStack() as stack:
        target = stack.enter_context(h5py.File(whole, "r+", libver=LIBVER))
        of_all = {path for path in see_groups(target) if path}
        files = [stack.enter_context(h5py.File(path, "r", rdcc_nbytes=0)) for path in parts]  # else a MB a dataset
        seen = [{p: g for p, g in see_groups(file).items() if p not in of_all} for file in files]
        try:
            write_groups(target, join_groups(seen))
        except NotAlike:
            return False
    return True


def _with_swings(report: SwingReport, parts: list[Path]) -> SwingReport:
    """Give a report with the swings of all parts, in memory."""
    read = [read_report(path) for path in parts]
    swings: tuple[Swing, ...] = tuple(swing for part in read for swing in part.swings)
    if report.playback is None:
        return replace(report, swings=swings)
    shown = {name: own for part in read if part.playback is not None for name, own in part.playback.swings.items()}
    return replace(report, swings=swings, playback=replace(report.playback, swings=shown))
