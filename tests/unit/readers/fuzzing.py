"""Damages files of a format one after another, and looks at what their reader makes of each."""

import random
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.unit.readers.formats import Format

from swinglever.errors import InputError

_LONGEST_LINE = 2000
"""Of an error: a screen has as much, and a damaged file may hold a name of a megabyte."""
_POOL = 100
"""Damaged files that are read and damaged further."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """A damaged file, how it ended (read, refused, unexpected), and what was said."""

    content: bytes
    ending: str
    said: str


Try = Callable[[Format, Path, bytes], Example]


def attack(known: Format, folder: Path, seed: int, look: Try | None = None) -> Iterator[Example]:
    """Damage a format's files without end, the same ones for a seed; what is read is damaged further.

    Parameters
    ----------
    known
        What is damaged, and how.
    folder
        Where.
    seed
        Of the damage.
    look
        Looks at each; `try_one` when not given.
    """
    for name, content in known.beside.items():
        _write(folder / name, content)
    chance, pool = random.Random(f"{known.name} {seed}"), known.seeds()
    n_seeds = len(pool)
    pool = list(pool)
    while True:
        content = known.damage(
            pool[chance.randrange(n_seeds)] if chance.random() < 0.6 else chance.choice(pool), chance, pool
        )
        _write(folder / known.file, content)
        example = (look or try_one)(known, folder, content)
        yield example
        if example.ending == "read" and len(content) < 2 * max(map(len, pool[:n_seeds])) + 1000:
            pool.append(content)
            if len(pool) > n_seeds + _POOL:
                del pool[chance.randrange(n_seeds, len(pool))]


def try_one(known: Format, folder: Path, content: bytes) -> Example:
    """Read what stands in a folder: a record that keeps its promises, or one line that names the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = known.read(folder)
        if found is not None:
            known.keeps(found)
    except InputError as error:
        line = str(error)
        if (
            "\n" in line
            or not line.strip()
            or len(line) > _LONGEST_LINE
            or not (str(folder) in line or Path(known.file).name in line)
        ):
            return Example(
                content=content, ending="unexpected", said=f"no one line that names the file: {line[:2000]!r}"
            )
        return Example(content=content, ending="refused", said=line)
    except Exception as error:  # noqa: BLE001 - whatever it is, it should not have come
        return Example(
            content=content, ending="unexpected", said=f"{type(error).__name__}: {str(error)[:500]}{_where(error)}"
        )
    return Example(content=content, ending="read", said="")


def _where(error: BaseException) -> str:
    """Say where an error comes from: the last line of ours, and the last of all."""
    places, trace = [], error.__traceback__
    while trace is not None:
        places.append(f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " (" + " ".join(places[-4:]) + ")"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
