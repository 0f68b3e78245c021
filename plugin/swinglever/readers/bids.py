"""Names and side files of BIDS (Brain Imaging Data Structure, Gorgolewski et al. 2016, *Sci. Data* 3:160044).

A file is called by entities and a suffix, ``sub-01_task-run_tracksys-omc_motion.tsv``; what is told of it stands in
side files beside it or above it, up to the data set's own folder (the inheritance principle).
"""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from swinglever.errors import InputError
from swinglever.readers.text import read_text

DESCRIPTION = "dataset_description.json"


def entities_of(name: str) -> dict[str, str]:
    """Give the entities of a file's name.

    Examples
    --------
    >>> entities_of("sub-01_task-run_tracksys-omc_motion.tsv")
    {'sub': '01', 'task': 'run', 'tracksys': 'omc'}
    """
    parts = name.partition(".")[0].split("_")
    return dict(part.split("-", 1) for part in parts if "-" in part)


def data_set_of(path: Path) -> Path:
    """Give the folder of the data set that a file belongs to; its own folder where none says that it is one."""
    return next((folder for folder in path.parents if (folder / DESCRIPTION).is_file()), path.parent)


def side_files(path: Path, suffix: str, ending: str) -> tuple[Path, ...]:
    """Give the side files that tell about a file, from the data set's folder down to the file's own."""
    return tuple(_side_files(path, suffix, ending))


def _side_files(path: Path, suffix: str, ending: str) -> Iterator[Path]:
    top, own = data_set_of(path), entities_of(path.name).items()
    folders = [folder for folder in reversed(path.parents) if folder == top or top in folder.parents]
    for folder in folders:
        found = [f for pattern in (f"*_{suffix}{ending}", f"{suffix}{ending}") for f in folder.glob(pattern)]
        fits = [file for file in found if entities_of(file.name).items() <= own]
        yield from sorted(fits, key=lambda file: len(entities_of(file.name)))


def read_facts(path: Path, suffix: str) -> dict[str, Any]:
    """Read the JSON side files of a file; the nearer one is believed.

    Raises
    ------
    InputError
        When one of them is no JSON object.
    """
    facts = dict[str, Any]()
    for file in side_files(path, suffix, ".json"):
        try:
            told = json.loads(file.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError, RecursionError) as error:
            raise InputError(f"expected JSON in '{file}': {error}") from None
        if not isinstance(told, Mapping):
            raise InputError(f"expected a JSON object in '{file}', got {type(told).__name__}")
        facts |= told
    return facts


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a table with a line of labels; ``n/a`` becomes empty.

    Raises
    ------
    MissingFileError, InputError
        When there is no such file, or a row has other cells than the labels say.
    """
    lines = [line for line in read_text(path).lines if line.strip()]
    reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    rows = []
    try:
        for row in reader:
            if None in row or None in row.values():
                raise InputError(
                    f"{path} line {reader.line_num}: expected {len(reader.fieldnames or ())} cells, got others"
                )
            rows.append({name.strip(): "" if cell.strip() == "n/a" else cell.strip() for name, cell in row.items()})
    except csv.Error as error:
        raise InputError(f"expected rows of short cells in '{path}': {error}") from None
    return rows


def read_channels(path: Path) -> list[dict[str, str]]:
    """Read what the channels of a recording are, from the nearest ``_channels.tsv``.

    Raises
    ------
    InputError
        When there is none, or it lacks a column that BIDS asks for.
    """
    files = side_files(path, "channels", ".tsv")
    if not files:
        wanted = path.name.rpartition("_")[0] + "_channels.tsv"
        raise InputError(f"expected the channels of '{path}' in '{wanted}', found no such file")
    rows = read_rows(files[-1])
    for name in ("name", "type", "units"):
        if not rows or name not in rows[0]:
            raise InputError(
                f"{files[-1]} line 1: expected a column '{name}', got {', '.join(rows[0]) if rows else '-'}"
            )
    return rows


def all_side_files(path: Path) -> tuple[Path, ...]:
    """Give every file that is read with a recording of BIDS: what it is told by, and its force platforms."""
    suffix = path.name.partition(".")[0].rpartition("_")[2]
    told = [
        f
        for name, ending in ((suffix, ".json"), ("channels", ".tsv"), ("channels", ".json"))
        for f in side_files(path, name, ending)
    ]
    return (*told, *physio_files(path), *side_files(path, "scans", ".tsv"))


def physio_files(path: Path) -> tuple[Path, ...]:
    """Give the continuous recordings beside a motion file that belong to it."""
    own = {key: value for key, value in entities_of(path.name).items() if key != "tracksys"}
    files = sorted(path.parent.glob("*_physio.tsv.gz"))
    kept = ("recording", "tracksys")
    return tuple(f for f in files if {k: v for k, v in entities_of(f.name).items() if k not in kept} == own)
