"""What is in a result file: a row for each array and attribute, out of what the records say of themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from swinglever.output.paths import PackedPaths
from swinglever.output.stack import label_meaning
from swinglever.output.variables import AT_ROOT, CODES, OWN_LENGTH, kept_dimensions, step_of
from swinglever.records.fields import EXACT, SINGLE, Field, described_fields
from swinglever.records.report import SwingReport

PATHS = "/playback/paths"
"""Group of the muscle paths, which are packed by themselves."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A row: where it stands, its name, dimensions and unit, what it is rounded to, what it is, since which schema."""

    group: str
    name: str
    dimensions: tuple[str, ...] | None
    unit: str
    rounded: str
    meaning: str
    since: int


@dataclass(frozen=True, kw_only=True)
class _Level:
    """A group on the way through the records."""

    kind: type
    path: str = ""
    outer: tuple[str, ...] = ()
    key: str = ""
    seen: set[str] = field(default_factory=set)

    def beside(self, item: Field) -> str:
        return f"{self.path.rpartition('/')[0] if self.outer else self.path}/{item.group}"


def layout() -> list[Entry]:
    """Give the rows of all groups, those of a group together."""
    rows = [*_root(), *_walk(_Level(kind=SwingReport)), *_walk(_Level(kind=PackedPaths, path=PATHS))]
    order = list(dict.fromkeys(row.group for row in rows))
    return sorted(rows, key=lambda row: order.index(row.group))


def _root() -> Iterator[Entry]:
    """Give the dimensions that mean the same everywhere."""
    texts = {"swing": "name of the swing", "percent": "part of the swing, 0 to 100"}
    for name, meaning in texts.items():
        unit = "%" if name == "percent" else ""
        yield Entry(group="/", name=name, dimensions=(name,), unit=unit, rounded="", meaning=meaning, since=2)


def _walk(level: _Level) -> Iterator[Entry]:
    for item in described_fields(level.kind):
        by = item.about.by
        if item.kind in ("record", "records"):
            assert item.record is not None
            if by and by not in AT_ROOT:
                yield _entry(level.beside(item), by, (by,), ("", ""), item, label_meaning(item))
            outer = (*level.outer, by) if by else level.outer
            yield from _walk(_Level(kind=item.record, path=level.beside(item), outer=outer, key=item.about.key))
        elif item.kind == "tables":
            word, group = item.about.together, level.beside(item)
            dimensions = (*level.outer, word, *kept_dimensions(item))
            yield _entry(group, word, (word,), ("", ""), item, f"{word}, the unit in the name")
            yield _entry(group, f"{word}s", dimensions, (item.about.unit, "by unit"), item)
        elif item.kind == "labels":
            (dimension,) = item.about.dimensions
            yield _entry(level.path, dimension, (dimension,), ("", ""), item)
        elif item.name != level.key and (not item.about.coded or item.about.coded in CODES):
            yield from _values(level, item)


def _values(level: _Level, item: Field) -> Iterator[Entry]:
    outer = level.outer if item.about.per is None else tuple(d for d in level.outer if d in item.about.per.split())
    dimensions, name = (*outer, *kept_dimensions(item)), item.kept_as
    if item.about.together:
        name = f"{item.about.together}s"
        dimensions = (*outer, item.about.together, *kept_dimensions(item))
        if name in level.seen:
            return
        level.seen.add(name)
        names = [i.name for i in described_fields(level.kind) if i.about.together == item.about.together]
        meaning = f"{', '.join(names)}: what `{level.kind.__name__}` says of them"
        yield _entry(level.path, name, dimensions, ("in the name", "by unit"), item, meaning)
    elif item.about.dimensions and item.about.dimensions[0] in OWN_LENGTH:
        yield _entry(level.path, name, item.about.dimensions, (item.about.unit, _rounded(item)), item)
    else:
        left_out = (
            f"; left out where it is the `{item.about.from_holder}` of the swing" if item.about.from_holder else ""
        )
        text = item.about.meaning + left_out
        yield _entry(level.path, name, dimensions, (item.about.unit, _rounded(item)), item, text)
        if item.about.in_full_at:
            row = f"{item.about.meaning}, at {item.about.in_full_at} in full"
            yield _entry(level.path, item.row_kept_as, dimensions[:-1], (item.about.unit, ""), item, row)


def _entry(
    group: str,
    name: str,
    dimensions: Sequence[str],
    unit_and_rounding: tuple[str, str],
    item: Field,
    meaning: str = "",
) -> Entry:
    return Entry(
        group=group,
        name=name,
        dimensions=tuple(dimensions) or None,
        unit=unit_and_rounding[0],
        rounded=unit_and_rounding[1],
        meaning=meaning or item.about.meaning,
        since=item.about.since,
    )


def _rounded(item: Field) -> str:
    """Say what an array is rounded to."""
    if item.kind != "array" or item.dtype in (np.bool_, np.int64):
        return ""
    step = step_of(item, item.about.unit)
    return "" if step in (EXACT, SINGLE) else f"{step:.2g}"
