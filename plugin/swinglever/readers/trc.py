"""Marker trajectories from ``.trc`` files (Motion Analysis; what OpenSim and most pose estimators write)."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from swinglever.errors import InputError
from swinglever.readers.markers import join_fragments, metres_per_unit, zeros_as_missing
from swinglever.readers.text import (
    MOST_S,
    TextFile,
    parse_table,
    read_text,
    require_times,
    separate_by_tabs,
    split_fields,
    write_text,
)
from swinglever.records.trial import Markers

# TRC files round times to the millisecond, so that even sampling looks uneven; beyond that, times mean what they say.
_JITTER_S = 1e-3
_MOST_HZ = 1e6  # no camera is faster; what a header says beyond is not believed
_TRAILING = 0.5  # a row that ends earlier has lost what was seen
_HALF_MILLISECOND_S = 0.51e-3  # with a hundredth for the rounding of the rounding


def read_trc(path: str | Path, *, units: str | None = None) -> Markers:
    """Read a ``.trc`` file.

    Blank fields and exact zeros are missing markers (nan). Counts in the header are not trusted. Times within a
    millisecond of even sampling at the header's DataRate are replaced by it.

    Parameters
    ----------
    path
        The file.
    units
        Length unit (``mm``, ``cm`` or ``m``) to use instead of the header's.

    Raises
    ------
    MissingFileError, InputError
        When the file is missing, or cannot be read as marker trajectories.
    """
    file = read_text(Path(path))
    labels_at = _find_labels(file)
    file = separate_by_tabs(file, labels_at)
    header = _parse_header(file, labels_at)
    stated = units or header.get("Units", "")
    place = "the unit asked for" if units else f"Units (line {_values_line(file, labels_at) + 1})"
    scale = metres_per_unit(file.path, stated, place)
    names = _parse_names(file, labels_at)
    columns = ["frame", "time", *(f"{name} {axis}" for name in names for axis in "xyz")]
    file, spare = _without_spare_columns(file, _first_row(file, labels_at), len(columns))
    table, numbers, cut = parse_table(file, _first_row(file, labels_at), columns, pad=True)
    cut += _blank_cut_rows(file, table, numbers)
    if not len(table):
        raise InputError(f"{file.path}: no rows of data")
    position_m = table[:, 2:].reshape(len(table), len(names), 3) * scale
    time_s, rate_hz, time_warnings = _even_times(file.path, table[:, 1], header, numbers)
    warnings = [
        *file.warnings,
        *spare,
        *cut,
        *_count_warnings(file.path, header, len(table), len(names)),
        *time_warnings,
    ]
    warnings += [f"{file.path.name}: {text}" for text in zeros_as_missing(names, position_m)]
    position_m[np.isnan(position_m).any(axis=2)] = np.nan
    names, position_m, joined = join_fragments(file.path, names, position_m)
    warnings += [f"{file.path.name}: {text}" for text in joined]
    return Markers(
        path=file.path,
        time_s=time_s,
        names=tuple(names),
        position_m=position_m,
        rate_hz=rate_hz,
        units=stated,
        warnings=tuple(warnings),
    )


def _find_labels(file: TextFile) -> int:
    for index, line in enumerate(file.lines[:20]):
        if line.strip(" \t\"'").lower().startswith("frame"):
            return index
    raise InputError(f"{file.path}: no line that begins with 'Frame#' among the first 20; expected a .trc file")


def _values_line(file: TextFile, labels_at: int) -> int:
    """Index of the header's line of values: the last line with text before the labels."""
    return next((i for i in range(labels_at - 1, -1, -1) if file.lines[i].strip()), 0)


def _parse_header(file: TextFile, labels_at: int) -> dict[str, str]:
    """Keys and values by position, so that an empty value does not shift the others.

    Some writers pad with a second tab after each value; the values that are not empty are then as many as the keys.
    """
    values_at = _values_line(file, labels_at)
    keys_at = next((i for i in range(values_at - 1, -1, -1) if file.lines[i].strip()), None)
    if keys_at is None or "DataRate" not in file.lines[keys_at]:
        raise InputError(f"{file.path}: no header line with 'DataRate'; expected a .trc file")
    keys, values = split_fields(file.lines[keys_at]), split_fields(file.lines[values_at])
    written = [value for value in values if value]
    if len(values) > len(keys) and len(written) == len([key for key in keys if key]):
        keys, values = [key for key in keys if key], written
    return dict(zip(keys, [*values, *[""] * len(keys)], strict=False))


def _parse_names(file: TextFile, labels_at: int) -> list[str]:
    """Marker names: every third field, or one after the other where a writer left no empty fields between."""
    fields = [field.strip("\"'") for field in split_fields(file.lines[labels_at])[2:]]
    packed = len(fields) > 1 and fields[1] != ""
    names = [field for field in fields if field] if packed else fields[::3]
    if not names:
        raise InputError(f"{file.path} line {labels_at + 1}: no marker names after 'Frame#' and 'Time'")
    if "" in names:
        raise InputError(f"{file.path} line {labels_at + 1}: marker {names.index('') + 1} has no name")
    return names


def _first_row(file: TextFile, labels_at: int) -> int:
    """Index of the first line after the labels and the line of axis names (X1, Y1, Z1, ...)."""
    for index in range(labels_at + 1, len(file.lines)):
        fields = file.lines[index].split()
        if fields and not fields[0].upper().startswith(("X", "Y", "Z")):
            return index
    raise InputError(f"{file.path}: no rows of data")


def _without_spare_columns(file: TextFile, first: int, width: int) -> tuple[TextFile, list[str]]:
    """Leave out columns beyond the last marker that has a name: whole triples in every row, as some systems write."""
    spare = {_count_fields(line) - width for line in file.lines[first:] if line.strip()}
    if min(spare, default=0) <= 0 or any(count % 3 for count in spare):
        return file, []
    kept = [*file.lines[:first], *("\t".join(line.split("\t")[:width]) for line in file.lines[first:])]
    told = f"{file.path.name}: {max(spare) // 3} unnamed trajectories after the last marker are left out"
    return replace(file, lines=tuple(kept)), [told]


def _count_fields(line: str) -> int:
    """Fields of a row: between tabs, or between blanks where it has none."""
    return line.rstrip().count("\t") + 1 if "\t" in line else len(line.split())


def _blank_cut_rows(file: TextFile, table: NDArray[np.float64], numbers: Sequence[int]) -> list[str]:
    """Blank the markers of rows that end early in the middle of a line: the last number may be half written.

    A writer that leaves off trailing blanks ends a row between two markers; one that is cut, anywhere.
    """
    told, width = list[str](), table.shape[1]
    for row, number in enumerate(numbers):
        count = _count_fields(file.lines[number - 1])
        missing = width - count
        if missing <= 0 or (missing % 3 == 0 and missing <= _TRAILING * width):
            continue
        table[row, 2:] = np.nan
        told.append(f"{file.path.name} line {number}: cut after {count} of {width} fields; its markers are a gap")
    return told


def _count_warnings(path: Path, header: dict[str, str], n_frames: int, n_markers: int) -> list[str]:
    counted = {"NumFrames": n_frames, "NumMarkers": n_markers}
    return [
        f"{path.name}: the header says {key} {header.get(key, '')!r}, counted {count}; the count is used"
        for key, count in counted.items()
        if header.get(key) != str(count)
    ]


def _even_times(
    path: Path, time: NDArray[np.float64], header: dict[str, str], numbers: Sequence[int]
) -> tuple[NDArray[np.float64], float, list[str]]:
    """Times, sampling rate and what was odd about them."""
    require_times(path, time, numbers)
    step = np.diff(time)
    if (still := step < 1.0 / _MOST_HZ).any():
        at = int(np.argmax(still))
        got = f"{time[at]:g} s, then {time[at + 1]:g} s"
        raise InputError(
            f"{path} line {numbers[at + 1]}: time does not rise: {got}; write times to the millisecond, each row once"
        )
    stated_hz = _stated_rate(header)
    if not len(step):
        return time.copy(), stated_hz, []
    measured_hz = float(len(step) / (time[-1] - time[0]))
    warnings = []
    for rate_hz in (stated_hz, measured_hz):
        even = _grid(time, rate_hz)
        if np.isfinite(rate_hz) and np.abs(even - time).max() < _JITTER_S:
            break
    else:
        rate_hz, even = float(1.0 / np.median(step)), time.copy()
        at = int(np.argmax(np.abs(step - np.median(step))))
        text = f"a step of {step[at]:g} s where others are {np.median(step):g} s"
        warnings.append(f"{path.name} line {numbers[at + 1]}: uneven times ({text}); taken as they are")
    if not np.isclose(rate_hz, stated_hz, rtol=1e-3):
        stated = header.get("DataRate", "")
        warnings.append(
            f"{path.name}: the header says DataRate {stated!r}, the times say {rate_hz:.6g} Hz; the times are used"
        )
    return even, rate_hz, warnings


def _stated_rate(header: dict[str, str]) -> float:
    try:
        rate = float(header.get("DataRate", ""))
    except ValueError:
        return float("nan")
    return rate if 1.0 / MOST_S <= rate <= _MOST_HZ else float("nan")


def _grid(time: NDArray[np.float64], rate_hz: float) -> NDArray[np.float64]:
    """Even times at a rate: on whole samples from zero where rounding allows it, else from the first time."""
    if not np.isfinite(rate_hz):
        return np.full_like(time, np.nan)
    samples = np.arange(len(time))
    from_zero = (np.rint(np.mean(time * rate_hz - samples)) + samples) / rate_hz
    if np.abs(from_zero - time).max() <= _HALF_MILLISECOND_S:
        return np.asarray(from_zero)
    return np.asarray(time[0] + samples / rate_hz)


def write_trc(path: str | Path, markers: Markers, *, units: str = "mm") -> Path:
    """Write trajectories as OpenSim reads them, whole or not at all; a missing marker is left blank."""
    path = Path(path)
    n_frames, n_markers = len(markers.time_s), len(markers.names)
    position = markers.position_m.reshape(n_frames, -1) / metres_per_unit(path, units, "the unit to write")
    rate = f"{markers.rate_hz:.10g}"
    header = {
        "DataRate": rate,
        "CameraRate": rate,
        "NumFrames": str(n_frames),
        "NumMarkers": str(n_markers),
        "Units": units,
        "OrigDataRate": rate,
        "OrigDataStartFrame": "1",
        "OrigNumFrames": str(n_frames),
    }
    axes = "\t".join(f"{axis}{m + 1}" for m in range(n_markers) for axis in "XYZ")
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "\t".join(header),
        "\t".join(header.values()),
        "Frame#\tTime\t" + "\t\t\t".join(markers.names),
        "\t\t" + axes,
        "",
    ]
    for frame, (time, row) in enumerate(zip(markers.time_s.tolist(), position.tolist(), strict=True), 1):
        fields = ("" if value != value else repr(value) for value in row)
        lines.append("\t".join([str(frame), repr(time), *fields]))
    write_text(path, "\n".join(lines) + "\n")
    return path
