"""Text files and tables of numbers, read with care and written whole or not at all."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from swinglever.errors import InputError, MissingFileError
from swinglever.system.whole_files import write_whole

MOST_S = 1e12
"""No clock counts farther."""
_NOT_A_NUMBER = re.compile(
    r"[+-]?(nan(\(.*\))?|1\.#(qnan|ind|snan)\d*)|#?n/?a|null|none|-+|#(div/0|value|num)!", re.IGNORECASE
)
_INFINITE = re.compile(r"([+-]?)1\.#inf\d*", re.IGNORECASE)
_COMMENTS = ("#", "%", "//")
_MARKS = {
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
"""Encodings by the byte order mark of each; the longer marks first."""
_LOOK = 4096
_QUOTES = "\"'"
_SEPARATORS = {";": "semicolons", ",": "commas"}
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?")


def require_times(path: Path, time_s: NDArray[np.float64], numbers: Sequence[int]) -> None:
    """Refuse a column of times (T) that has one which no clock counts, or none at all.

    Raises
    ------
    InputError
        Naming the line, by the line numbers (T).
    """
    known = np.abs(time_s) <= MOST_S
    if not known.all():
        raise InputError(f"{path} line {numbers[int(np.argmin(known))]}: the time is not a number up to {MOST_S:g} s")


@dataclass(frozen=True, kw_only=True)
class TextFile:
    """The lines of a text file.

    Attributes
    ----------
    path
        Where it was read.
    lines
        Without line ends; line numbers in messages count from 1.
    warnings
        What was mended while reading.
    complete
        Whether the last line was ended; where it was not, the file may have been cut short.
    """

    path: Path
    lines: tuple[str, ...]
    warnings: tuple[str, ...]
    complete: bool


MOST_BYTES = 2**31
"""Largest recording: ten hours of fifty markers at 100 Hz, as text."""


def read_bytes(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Content of a file, with one clear error when it is missing, a folder, not readable or out of all proportion."""
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise InputError(f"{path} is no ordinary file; expected one")  # a pipe would be waited for without end
        if path.is_file() and (size := path.stat().st_size) > most_bytes:
            raise InputError(
                f"{path} is of {size / 1e9:.1f} GB; expected at most {most_bytes / 1e9:.1f} of such a file"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise MissingFileError(f"there is no file {path}") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder; expected a file") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from None


def read_text(path: Path) -> TextFile:
    """Lines of a text file in UTF-8, UTF-16, UTF-32 or Latin-1, with any line ends; a byte order mark is reported."""
    raw = read_bytes(path)
    text, warnings = _decode(path, raw)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError(f"{path} is empty")
    complete = text.endswith("\n")
    return TextFile(path=path, lines=tuple(text.split("\n")), warnings=tuple(warnings), complete=complete)


def _decode(path: Path, raw: bytes) -> tuple[str, list[str]]:
    for mark, encoding in _MARKS.items():
        if raw.startswith(mark):
            told = f"{encoding.upper()} with a byte order mark; read as such"
            return raw.decode(encoding, errors="replace"), [f"{path.name}: {told}"]
    if encoding := _wide(raw[:_LOOK]):
        told = "UTF-16 without a byte order mark; read as such"
        return raw.decode(encoding, errors="replace"), [f"{path.name}: {told}"]
    if b"\0" in raw[:_LOOK]:
        raise InputError(f"{path} is not a text file (it holds zero bytes)")
    if raw.startswith(b"\xef\xbb\xbf"):
        return raw[3:].decode("utf-8", errors="replace"), [f"{path.name}: byte order mark at the start; dropped"]
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError:
        return raw.decode("latin-1"), []


def _wide(start: bytes) -> str:
    """Encoding of text in whose letters every second byte is zero; empty for another."""
    for encoding, zeros, letters in (("utf-16-le", start[1::2], start[::2]), ("utf-16-be", start[::2], start[1::2])):
        if b"\0" in zeros and not zeros.strip(b"\0") and b"\0" not in letters:
            return encoding
    return ""


def separate_by_tabs(file: TextFile, labels_at: int) -> TextFile:
    """Put tabs for the semicolons, or commas, that separate the fields of a table, and tell of it.

    Decimal commas are read where semicolons separate, and no number has a point: nothing else can be meant.

    Parameters
    ----------
    file
        The file.
    labels_at
        Index of the line of labels, which says what separates.
    """
    labels = file.lines[labels_at]
    mark = next((m for m in _SEPARATORS if m in labels), "")
    if "\t" in labels or not mark:
        return file
    body = file.lines[labels_at + 1 :]
    commas = mark == ";" and any("," in line for line in body) and not any("." in line for line in body)
    lines = tuple(line.replace(mark, "\t") for line in file.lines)
    if commas:
        lines = (*lines[: labels_at + 1], *(line.replace(",", ".") for line in lines[labels_at + 1 :]))
    told = f"fields separated by {_SEPARATORS[mark]}{', with decimal commas' if commas else ''}; read as such"
    return replace(file, lines=lines, warnings=(*file.warnings, f"{file.path.name}: {told}"))


def split_fields(line: str) -> list[str]:
    """Fields of a header line: between tabs where there are any, else between blanks; trailing empty ones dropped."""
    if "\t" not in line:
        return line.split()
    return [field.strip() for field in line.rstrip().split("\t")]


def parse_table(
    file: TextFile, first: int, columns: Sequence[str], *, pad: bool = False
) -> tuple[NDArray[np.float64], list[int], list[str]]:
    """Numbers of a table, row by row; blank lines and comments are skipped, blank fields are nan.

    Parameters
    ----------
    file
        The file.
    first
        Index of the first line of data.
    columns
        Name of each column, for messages and to count fields.
    pad
        Whether a row may end early, its missing fields being nan.

    Returns
    -------
    values
        (rows, columns).
    line_numbers
        Line of each row, counted from 1.
    warnings
        What was left out.
    """
    width, rows, numbers, warnings = len(columns), [], [], []
    last = max((i for i, line in enumerate(file.lines) if line.strip()), default=-1)
    for index in range(first, last + 1):
        line = file.lines[index].rstrip()
        fields = line.split("\t")
        if not line or (line.lstrip().startswith(_COMMENTS) and len(fields) != width):
            continue
        try:
            row = [float(field) for field in fields] if "_" not in line else []  # Python would read 1_0 as ten
        except ValueError:
            row = []
        if len(row) != width:
            if index == last and not file.complete and len(fields) != width and len(line.split()) != width:
                warnings.append(f"{file.path.name} line {index + 1}: cut short; this last row is left out")
                break
            row = _parse_row(file.path, index + 1, line, columns, pad)
        rows.append(row)
        numbers.append(index + 1)
    table = np.array(rows, dtype=np.float64).reshape(-1, width)
    for row_at, column_at in np.argwhere(np.isinf(table))[:1]:
        raise InputError(
            f"{file.path} line {numbers[row_at]}: an infinite number in column {columns[column_at]!r}; "
            "leave the cell empty where nothing was measured"
        )
    return table, numbers, warnings


def _parse_row(path: Path, number: int, line: str, columns: Sequence[str], pad: bool) -> list[float]:
    """Read one row that has blank fields, other separators, or a fault worth naming."""
    fields = line.split("\t")
    if len(fields) != len(columns) and len(line.split()) == len(columns):
        fields = line.split()
    if len(fields) > len(columns) or (len(fields) < len(columns) and not pad):
        raise InputError(f"{path} line {number}: expected {len(columns)} columns, got {_told(fields, len(columns))}")
    row = [
        _parse_number(path, number, field.strip().strip(_QUOTES), name)
        for field, name in zip(fields, columns, strict=False)
    ]
    return row + [math.nan] * (len(columns) - len(row))


def _told(fields: Sequence[str], width: int) -> str:
    """Count of the fields of a row, and what may have made them so many or few."""
    if len(fields) == 2 * width:
        return f"{len(fields)}; decimal commas beside commas that separate: write it again with decimal points"
    return f"{len(fields)} ('{fields[0].strip()[:40]}')" if len(fields) < 0.5 * width else f"{len(fields)}"


def _parse_number(path: Path, number: int, field: str, name: str) -> float:
    if not field or _NOT_A_NUMBER.fullmatch(field):
        return math.nan
    try:
        return float(_INFINITE.sub(r"\1inf", field) if "_" not in field else "")
    except ValueError:
        got = f"expected a number in column {name!r}, got {field[:40]!r}"
        if _DECIMAL_COMMA.fullmatch(field):
            got = f"decimal comma in {field!r} (column {name!r}); write the file again with decimal points"
        raise InputError(f"{path} line {number}: {got}") from None


def write_text(path: Path, text: str) -> None:
    """Write a whole text file in UTF-8, or leave what was there."""
    write_whole(path, text.encode("utf-8", "backslashreplace"))
