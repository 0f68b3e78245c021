"""The manifest of a study: a row a trial, as CSV or TOML, or a folder that is laid out by a pattern."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from swinglever.errors import InputError, MissingFileError
from swinglever.records.parameters import Parameters
from swinglever.study.asked import FILES, Asked
from swinglever.study.columns import RESERVED
from swinglever.study.names import folders_above, inside, require_labels, require_name
from swinglever.study.patterns import Found, fill, find, is_pattern, require_short
from swinglever.system.toml import MOST_BYTES, read_toml

_OWN = ("name", "trial", "model", *FILES, "config", "skip")
_LABELS = ("subject", "condition")
_PARAMETERS = {field.name: field.type for field in fields(Parameters)}
_TABLES = ("emg_names", "sizes")
"""Parameters that are tables: for a file named by ``config``."""

Row = Mapping[str, Any]


def read_manifest(path: Path, parameters: Parameters | None = None) -> tuple[Asked, ...]:
    """Read a manifest.

    Parameters
    ----------
    path
        ``.csv`` or ``.toml``. Paths in it start at its folder.
    parameters
        Choices of every trial's analysis; a manifest's own go before them, and a row's before those.

    Raises
    ------
    MissingFileError, InputError
        When there is no such file, or a row cannot be understood; the message names the row. A file that a row names
        and that is not there is no fault of the manifest: that trial fails.
    """
    if not path.is_file():
        raise MissingFileError(f"expected a manifest (.csv, .toml) or a folder, found nothing at '{path}'")
    readers = {".csv": _from_csv, ".toml": _from_toml}
    if path.suffix.lower() not in readers:
        raise InputError(f"expected a manifest as .csv or .toml, got '{path.name}'")
    if (size := path.stat().st_size) > MOST_BYTES:
        raise InputError(f"expected a manifest of {MOST_BYTES} bytes at most, got {size} in '{path}'; split it")
    try:
        rows, chosen = readers[path.suffix.lower()](path)
    except csv.Error as error:
        raise InputError(f"expected rows of short cells in '{path}': {error}") from None
    return asked_of(rows, path, replace_in(parameters or Parameters(), chosen, str(path)))


def asked_of(rows: Sequence[tuple[str, Row]], path: Path, parameters: Parameters) -> tuple[Asked, ...]:
    """Make trials of rows, each with where it stands; patterns become a trial for each file that they fit.

    Raises
    ------
    InputError
        When a row cannot be understood, or there is none.
    """
    folder = path if path.is_dir() else path.parent
    found = [asked for place, row in rows for asked in _expand(place, row, folder, parameters)]
    if not found:
        raise InputError(f"expected a trial or more in '{path}', found none")
    columns = list(dict.fromkeys([*_LABELS, *(name for asked in found for name in asked.labels)]))
    if within := inside(columns):
        raise InputError(f"{path}: expected no label inside of another, as in a folder, got '{within}'")
    filled = [replace(asked, labels={name: asked.labels.get(name, "") for name in columns}) for asked in found]
    return _with_own_names(filled, path)


def _from_csv(path: Path) -> tuple[list[tuple[str, Row]], Row]:
    """Rows of a CSV file: commas, or the semicolons and tabs that spreadsheets write."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"expected UTF-8 text in '{path}': {error}") from None
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    header = [name.strip() for name in reader.fieldnames or ()]
    if "trial" not in header:
        raise InputError(f"{path} line 1: expected a column 'trial', got {', '.join(map(repr, header)) or 'nothing'}")
    twice = [name for name, count in Counter(header).items() if count > 1]
    if twice:
        raise InputError(f"{path} line 1: expected each column once, got '{twice[0]}' twice")
    reader.fieldnames = header
    rows = list[tuple[str, Row]]()
    for row in reader:
        place = f"{path} line {reader.line_num}"
        if None in row:
            raise InputError(f"{place}: expected {len(header)} cells, got {len(header) + len(row[None])}")
        cells = {name: (value or "").strip() for name, value in row.items()}
        if any(cells.values()):
            rows.append((place, {name: value for name, value in cells.items() if value}))
    return rows, {}


def _from_toml(path: Path) -> tuple[list[tuple[str, Row]], Row]:
    """Rows of a TOML file: ``[[trials]]``, with what they share in ``[defaults]`` and ``[parameters]``."""
    table = read_toml(path)
    unknown = sorted(set(table) - {"trials", "defaults", "parameters"})
    if unknown:
        raise InputError(f"{path}: expected [[trials]], [defaults] and [parameters], got '{unknown[0]}'")
    shared, trials, chosen = table.get("defaults", {}), table.get("trials", []), table.get("parameters", {})
    if not (isinstance(trials, list) and all(isinstance(row, dict) for row in (*trials, shared, chosen))):
        raise InputError(f"{path}: expected 'trials' as [[trials]], 'defaults' and 'parameters' as tables")
    return [(f"{path} trial {k}", shared | row) for k, row in enumerate(trials, 1)], chosen


def _expand(place: str, row: Row, folder: Path, parameters: Parameters) -> Iterator[Asked]:
    """Give a row's trial, or one for each file that its pattern fits."""
    pattern = str(row.get("trial", ""))
    if not pattern:
        raise InputError(f"{place}: expected a trial, got none")
    require_short(pattern, place)
    if not is_pattern(pattern):
        yield _asked(place, row, folder, Found(path=folder / pattern, fields={}), parameters)
        return
    files = find(folder, pattern)
    if not files:
        raise InputError(f"{place}: expected files like '{pattern}' in '{folder}', found none")
    for found in files:
        yield _asked(place, row, folder, found, parameters)


def _asked(place: str, row: Row, folder: Path, found: Found, parameters: Parameters) -> Asked:
    if "model" not in row:
        raise InputError(f"{place}: expected a model, got none")
    paths = {role: fill(folder, str(row[role]), found.fields, place) for role in ("model", *FILES) if role in row}
    if "config" in row:
        config = fill(folder, str(row["config"]), found.fields, place)
        Parameters.from_toml(config)  # says what is wrong with it
        parameters = replace_in(parameters, read_toml(config), place)
    parameters = replace_in(parameters, {name: row[name] for name in row if name in _PARAMETERS}, place)
    own = {*_OWN, *_TABLES, *(name for name in _PARAMETERS if name in RESERVED)}
    labels = dict(found.fields) | {name: str(value) for name, value in row.items() if name not in own}
    taken = next((name for name in labels if name in RESERVED), "")
    if taken:
        raise InputError(f"{place}: the tables have a column '{taken}' of their own; give this one another name")
    require_labels(labels, place)
    relative = found.path.relative_to(folder) if found.path.is_relative_to(folder) else Path(found.path.name)
    if not relative.stem.strip("."):
        raise InputError(f"{place}: expected a trial's file, got '{relative}'")
    name = _filled(str(row.get("name", "") or relative.with_suffix("").as_posix()), found.fields)
    require_name(name, "the name of a trial", place)
    return Asked(
        name=name,
        trial=found.path,
        model=paths.pop("model"),
        files=paths,
        labels={name: labels[name] for name in dict.fromkeys([*(n for n in _LABELS if n in labels), *labels])},
        parameters=parameters,
        skip=str(row.get("skip", "")),
    )


def _filled(name: str, fields: Mapping[str, str]) -> str:
    """Put the fields of a pattern into a name; what is none of them stays as it is written."""
    return re.sub(r"\{(\w+)\}", lambda field: fields.get(field[1], field[0]), name)


def replace_in(parameters: Parameters, changes: Row, place: str) -> Parameters:
    """Give parameters with some of them changed; texts of a CSV file become numbers first.

    Raises
    ------
    InputError
        When there is no such parameter, or it has a value of the wrong kind; the message names the place.
    """
    try:
        told = {name: _value(name, value) for name, value in changes.items()}
        return Parameters.from_table({name: getattr(parameters, name) for name in _PARAMETERS} | told)
    except (InputError, ValueError) as error:
        raise InputError(f"{place}: {error}") from None


def _value(name: str, value: Any) -> Any:
    """Turn a cell into the kind that a parameter has."""
    kind = _PARAMETERS.get(name)
    if not isinstance(value, str) or kind is str:
        return value
    if name in _TABLES:
        raise InputError(f"{name}: expected a file named by the column config, as this is a table")
    if kind is bool:
        return {"true": True, "false": False}.get(value.lower(), value)
    try:
        return int(value) if kind is int else float(value)
    except ValueError:
        raise InputError(f"{name}: expected a number, got {value!r}") from None


def _with_own_names(found: Sequence[Asked], path: Path) -> tuple[Asked, ...]:
    """Number the trials that come several times, as those of which several windows are analysed.

    One whose name is the folder of another's is numbered too: a name leads to one result.
    """
    counts, seen, named = Counter(asked.name for asked in found), Counter[str](), []
    folders = {folder for asked in found for folder in folders_above(asked.name)}
    for asked in found:
        seen[asked.name] += 1
        more = f" ({seen[asked.name]})" if counts[asked.name] > 1 or asked.name in folders else ""
        named.append(replace(asked, name=f"{asked.name}{more}"))
    names = [asked.name for asked in named]
    twice = [name for name, count in Counter([*names, *folders]).items() if count > 1]
    if twice:
        raise InputError(f"{path}: expected each trial's name once, got '{twice[0]}' twice")
    return tuple(named)
