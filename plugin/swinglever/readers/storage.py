"""OpenSim's tables, `.mot` and `.sto`: joint angles, muscle forces, ground forces; every header form in use.

Values stay as the file has them, in degrees or radians (see `Storage.in_degrees`): only the model knows which column
is an angle.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from swinglever.errors import InputError, UnknownNameError, named
from swinglever.readers.text import (
    TextFile,
    parse_table,
    read_text,
    require_times,
    separate_by_tabs,
    split_fields,
    write_text,
)

_ABSOLUTE_COORDINATE = re.compile(r"/?(?:[^/]+/)*?(?:jointset/)?[^/]+/([^/]+)/(value|speed)")
_TIME = re.compile(r"time( ?[(\[]?(s|sec|seconds)[)\]]?)?", re.IGNORECASE)
_FEW_REPEATED, _MOST_REPEATED = 5, 0.1
"""Rows, and share of all, that repeat a time where it was not rounded: OpenSim repeats single steps."""
_EDGES = " \t,;\"'"
"""What a line of the header ends with where a spreadsheet has saved it, and what stands around labels."""
_SIMM_KEY = re.compile(r"(name|datacolumns|datarows|otherdata|range)\s+(.*)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Storage:
    """A table over time.

    Attributes
    ----------
    path
        The file.
    name
        Its title line.
    time_s
        (T), rising.
    names
        (n) column labels as written.
    values
        (T, n) as written.
    in_degrees
        What the header says of rotations; None when it says nothing, as SIMM's form never does.
    header
        Every other ``key=value`` of the header.
    ambiguous
        Labels that several columns carry with different values; those columns are left out.
    warnings
        What was mended or looks wrong.
    """

    path: Path
    name: str
    time_s: NDArray[np.float64]
    names: tuple[str, ...]
    values: NDArray[np.float64]
    in_degrees: bool | None
    header: Mapping[str, str]
    ambiguous: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the shapes and make the arrays read-only."""
        if self.values.shape != (len(self.time_s), len(self.names)):
            shape = (len(self.time_s), len(self.names))
            raise ValueError(f"expected values of shape {shape} (times, names), got {self.values.shape}")
        self.time_s.setflags(write=False)
        self.values.setflags(write=False)
        object.__setattr__(self, "header", MappingProxyType(dict(self.header)))

    def column(self, name: str) -> NDArray[np.float64]:
        """Return one column (T) by its label, or by its coordinate's name when the label is a path."""
        if name in self.names:
            return self.values[:, self.names.index(name)]
        coordinates = self.coordinates()
        if name in coordinates:
            return self.values[:, coordinates[name]]
        if name in self.ambiguous:
            raise InputError(f"{self.path}: several columns are called {name!r} and differ; rename them")
        raise UnknownNameError(f"{self.path} has no column {name!r}; it has {named(self.names)}")

    def coordinates(self) -> dict[str, int]:
        """Column index of each coordinate's value, by coordinate name; speeds are left out.

        Labels may be plain (``knee_angle_r``) or paths (``/jointset/walker_knee_r/knee_angle_r/value``); a label
        ending in ``_u`` is a speed when the label without it is there too (OpenSim 3).
        """
        found: dict[str, int] = {}
        for index, label in enumerate(self.names):
            path = _ABSOLUTE_COORDINATE.fullmatch(label)
            if path and path[2] == "value":
                found.setdefault(path[1], index)
            elif not path and "/" not in label and not (label.endswith("_u") and label[:-2] in self.names):
                found.setdefault(label, index)
        return found


def read_storage(path: str | Path) -> Storage:
    """Read a ``.mot`` or ``.sto`` file.

    Header counts are not trusted: rows and columns are counted. A row that repeats the time before replaces it, as the
    last state of a repeated step is the one that OpenSim went on from.

    Raises
    ------
    MissingFileError, InputError
        When the file is missing, or cannot be read as a table over rising time.
    """
    file = read_text(Path(path))
    end = _end_of_header(file)
    name, header = _parse_header(file.lines[:end])
    labels_at = next((i for i in range(end + 1, len(file.lines)) if file.lines[i].strip()), None)
    if labels_at is None:
        raise InputError(f"{file.path}: nothing after the header; expected column labels and rows")
    if header.get("DataType", "double").lower() != "double":
        raise InputError(f"{file.path}: DataType is {header['DataType']!r}; expected a table of plain numbers (double)")
    file = separate_by_tabs(file, labels_at)
    labels = _parse_labels(file, labels_at)
    table, numbers, warnings = parse_table(file, labels_at + 1, labels)
    warnings = [*file.warnings, *warnings, *_count_warnings(file.path, header, table.shape)]
    table = _rising(file.path, table, numbers, warnings)
    keep, ambiguous = _sort_out_repeats(file.path, labels[1:], table[:, 1:], warnings)
    return Storage(
        path=file.path,
        name=name,
        time_s=table[:, 0].copy(),
        names=tuple(labels[1 + i] for i in keep),
        values=table[:, [1 + i for i in keep]],
        in_degrees={"yes": True, "no": False}.get(header.pop("inDegrees", "").lower()),
        header=header,
        ambiguous=ambiguous,
        warnings=tuple(warnings),
    )


def _end_of_header(file: TextFile) -> int:
    for index, line in enumerate(file.lines):
        if line.strip(_EDGES).lower() == "endheader":
            return index
    raise InputError(
        f"{file.path}: no line 'endheader'; expected an OpenSim table (.mot or .sto), with that line before the labels"
    )


def _parse_header(lines: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Title and keys of OpenSim's (``key=value``) and SIMM's (``datarows 901``) forms, also mixed."""
    title, header = "", {}
    for index, raw in enumerate(lines):
        line = raw.strip(_EDGES)
        simm = _SIMM_KEY.fullmatch(line)
        key, equals, value = line.partition("=")
        if simm:
            header[simm[1].lower()] = simm[2].strip()
        elif equals and " " not in key.strip():
            header[_KEYS.get(key.strip().lower(), key.strip())] = value.strip()
        elif index == 0:
            title = line
    return title or header.get("name", ""), header


_KEYS = {key.lower(): key for key in ("version", "nRows", "nColumns", "inDegrees", "DataType", "OpenSimVersion")}


def _parse_labels(file: TextFile, index: int) -> list[str]:
    labels = [label.strip(_EDGES) for label in split_fields(file.lines[index])]
    if not labels or not _TIME.fullmatch(labels[0]):
        got = labels[0] if labels else ""
        raise InputError(f"{file.path} line {index + 1}: expected the first column to be 'time', got {got[:40]!r}")
    if "" in labels:
        raise InputError(f"{file.path} line {index + 1}: column {labels.index('') + 1} has no label")
    return labels


def _count_warnings(path: Path, header: Mapping[str, str], shape: tuple[int, ...]) -> list[str]:
    counted = {"nRows": shape[0], "datarows": shape[0], "nColumns": shape[1], "datacolumns": shape[1]}
    return [
        f"{path.name}: the header says {key} {header[key]}, counted {count}; the count is used"
        for key, count in counted.items()
        if key in header and header[key] != str(count)
    ]


def _rising(path: Path, table: NDArray[np.float64], numbers: Sequence[int], warnings: list[str]) -> NDArray[np.float64]:
    """Return the rows with rising time, or raise naming the line where it falls."""
    if not len(table):
        raise InputError(f"{path}: no rows of data")
    time = table[:, 0]
    require_times(path, time, numbers)
    step = np.diff(time)
    if (step < 0).any():
        at = int(np.argmax(step < 0))
        raise InputError(f"{path} line {numbers[at + 1]}: time falls from {time[at]:g} to {time[at + 1]:g} s")
    keep = np.append(step > 0, True)
    if np.count_nonzero(~keep) > _FEW_REPEATED + _MOST_REPEATED * len(keep):
        got = f"{np.count_nonzero(~keep)} of {len(keep)} rows repeat the time before"
        raise InputError(f"{path}: {got}; if times were rounded, write them to the millisecond and finer")
    if not keep.all():
        warnings.append(f"{path.name}: {np.count_nonzero(~keep)} rows repeat a time; the last of each is kept")
    return np.compress(keep, table, axis=0)


def _sort_out_repeats(
    path: Path, names: Sequence[str], values: NDArray[np.float64], warnings: list[str]
) -> tuple[list[int], tuple[str, ...]]:
    """Columns to keep, and the names that several columns carry with different values (of those none is kept)."""
    places: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        places.setdefault(name, []).append(index)
    keep, ambiguous = [], []
    for name, columns in places.items():
        same = all(np.array_equal(values[:, columns[0]], values[:, c], equal_nan=True) for c in columns[1:])
        if same:
            keep.append(columns[0])
        else:
            ambiguous.append(name)
        if len(columns) > 1:
            where = ", ".join(str(c + 2) for c in columns)
            what = "the same values; one is kept" if same else "different values; none is used"
            warnings.append(f"{path.name}: column {name!r} appears {len(columns)} times ({where}) with {what}")
    return sorted(keep), tuple(ambiguous)


def write_storage(
    path: str | Path,
    time_s: ArrayLike,
    names: Sequence[str],
    values: ArrayLike,
    *,
    in_degrees: bool | None = None,
    header: Mapping[str, str] | None = None,
) -> Path:
    """Write a table in OpenSim's style, whole or not at all; numbers keep every digit.

    Parameters
    ----------
    path
        ``.mot`` or ``.sto``.
    time_s
        (T).
    names
        (n) column labels; blanks in them become underscores.
    values
        (T, n) in the unit that the reader of the file will expect: degrees when ``in_degrees``.
    in_degrees
        Written as ``inDegrees=yes|no``; left out when None.
    header
        Further ``key=value`` lines; ``name`` is the title line, the file's own name by default.
    """
    path = Path(path)
    table = np.column_stack([np.asarray(time_s, dtype=np.float64), np.asarray(values, dtype=np.float64)])
    if table.shape[1] != len(names) + 1:
        raise ValueError(f"expected one column of values for each of {len(names)} names, got {table.shape[1] - 1}")
    more = dict(header or {})
    lines = [more.pop("name", path.name), "version=1", f"nRows={table.shape[0]}", f"nColumns={table.shape[1]}"]
    if in_degrees is not None:
        lines.append(f"inDegrees={'yes' if in_degrees else 'no'}")
    lines += [f"{key}={value}" for key, value in more.items()]
    # OpenSim's own reader takes a blank for the end of a label.
    lines += ["endheader", "\t".join(["time", *("_".join(n.split()) for n in names)])]
    lines += ["\t".join(map(repr, row)) for row in table.tolist()]
    write_text(path, "\n".join(lines) + "\n")
    return path
