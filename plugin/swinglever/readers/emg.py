"""Recordings of EMG: tables of OpenSim's kind, comma separated ones, and the analog channels of C3D files."""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from swinglever.errors import InputError
from swinglever.readers.c3d import read_analog
from swinglever.readers.emg_bids import read_emg_bids
from swinglever.readers.storage import read_storage
from swinglever.readers.text import parse_table, read_text, require_times
from swinglever.records.trial import EmgRecording

_NOT_EMG = {"n", "newton", "newtons", "nm", "n.m", "n*m", "nmm", "n.mm", "n*mm", "mm", "m", "deg"}
"""Units of a platform's and other instruments' channels."""
_SEPARATORS = ",;\t"
_TIME = re.compile(r"(time|t)([ _]?\(?\[?s(ec)?\]?\)?)?|x ?\[s\]", re.IGNORECASE)
"""First label; Delsys writes ``X[s]``."""
_LONGEST_PREAMBLE = 50
"""Lines before the labels: vendors write a few, and a file without labels is not searched to its end."""


def read_emg(path: str | Path) -> EmgRecording:
    """Read EMG, raw or as an envelope.

    Parameters
    ----------
    path
        ``.sto`` or ``.mot``, ``.csv`` (a line of labels, the first of them ``time``, in s; other lines may precede
        it), ``.c3d``, or the ``.edf`` and ``.bdf`` of a BIDS tree.

    Raises
    ------
    MissingFileError, InputError
        When there is no such file, or it cannot be read as channels over time.
    """
    path = Path(path)
    readers: dict[str, Callable[[Path], EmgRecording]] = {
        ".sto": _from_storage,
        ".mot": _from_storage,
        ".csv": _from_csv,
        ".c3d": _from_c3d,
    }
    readers |= {".edf": read_emg_bids, ".bdf": read_emg_bids}
    if path.suffix.lower() not in readers:
        raise InputError(
            f"expected EMG as .sto, .mot, .csv, .c3d, .edf or .bdf, got '{path.name}' ({path.suffix or 'no ending'})"
        )
    recording = readers[path.suffix.lower()](path)
    if not recording.names or len(recording.time_s) < 2:
        count = f"{len(recording.names)} channels and {len(recording.time_s)} samples"
        raise InputError(f"expected EMG channels over time in '{path}', got {count}")
    return recording


def _from_storage(path: Path) -> EmgRecording:
    table = read_storage(path)
    unit = table.header.get("units", "")
    return EmgRecording(
        path=path,
        time_s=table.time_s,
        names=table.names,
        units=(unit,) * len(table.names),
        values=table.values,
        warnings=table.warnings,
    )


def _from_c3d(path: Path) -> EmgRecording:
    analog = read_analog(path)
    kept = [k for k, unit in enumerate(analog.units) if unit.strip().lower() not in _NOT_EMG]
    return EmgRecording(
        path=path,
        time_s=analog.time_s,
        names=tuple(analog.names[k] for k in kept),
        units=tuple(analog.units[k] for k in kept),
        values=analog.values[:, kept],
    )


def _from_csv(path: Path) -> EmgRecording:
    file = read_text(path)
    first, separator, labels = _find_labels(path, file.lines)
    rows = tuple("\t".join(_split(line, separator)) for line in file.lines)
    table, numbers, warnings = parse_table(replace(file, lines=rows), first + 1, labels)
    require_times(path, table[:, 0], numbers)
    if not np.all(np.diff(table[:, 0]) > 0):
        raise InputError(f"{path}: expected times that rise, got some that repeat, fall or are no number")
    return EmgRecording(
        path=path,
        time_s=table[:, 0],
        names=tuple(labels[1:]),
        units=("",) * (len(labels) - 1),
        values=table[:, 1:],
        warnings=(*file.warnings, *warnings),
    )


def _find_labels(path: Path, lines: Sequence[str]) -> tuple[int, str, list[str]]:
    """Index of the line of labels, which a few others may precede; its separator; and the labels."""
    for index, line in enumerate(lines[:_LONGEST_PREAMBLE]):
        separator = max(_SEPARATORS, key=line.count)
        labels = [label.strip() for label in _split(line, separator)]
        if _TIME.fullmatch(labels[0]):
            return index, separator, labels
    got = _split(lines[0], max(_SEPARATORS, key=lines[0].count))[0][:40]
    raise InputError(f"{path} line 1: expected the first column to be 'time', in s, got {got!r}")


def _split(line: str, separator: str) -> list[str]:
    """Cells of one line; a quoted one may hold the separator, but no tab, which parts cells afterwards."""
    try:
        cells = next(csv.reader([line], delimiter=separator), []) or [""]
    except csv.Error:  # a cell of more than 131072 characters
        cells = line.split(separator)
    return [cell.replace("\t", " ") for cell in cells]
