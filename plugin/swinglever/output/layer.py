"""Fields of records, laid on one another: an array for each, with the dimensions that the records are stacked along."""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field
from typing import Any

import numpy as np

from swinglever.errors import InputError
from swinglever.output.sides import labels_of, template_of
from swinglever.output.variables import (
    CODES,
    OWN_LENGTH,
    Group,
    Scale,
    Variable,
    coded_dimensions,
    kept_dimensions,
    rounded,
    step_of,
    time_last,
)
from swinglever.records.fields import EXACT, FIXED, Field
from swinglever.records.record import same

_UNITS_OF_NAMES = {"_kg_m2": "kg m2", "_m_s": "m/s", "_rad": "rad", "_m": "m", "_s": "s", "_w": "W", "_j": "J"}
_NUMBERS: dict[type, tuple[type, float]] = {float: (np.float64, np.nan), int: (np.int32, -1), bool: (np.int8, -1)}


@dataclass(frozen=True, kw_only=True)
class Member:
    """A record in a stack: where it stands, the side of its leg, who holds it."""

    at: tuple[int, ...]
    record: Any
    side: str = ""
    holder: Any = None


@dataclass(frozen=True, kw_only=True)
class Stack:
    """Records of one class, and the dimensions that they are stacked along, with their sizes."""

    kind: type
    outer: Mapping[str, int]
    members: tuple[Member, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the outer dimensions."""
        return tuple(self.outer.values())

    def values(self, name: str) -> list[Any]:
        """One field of every member."""
        return [getattr(member.record, name) for member in self.members]


def note_order(group: Group, stack: Stack, dimension: str, size: int, rows: Sequence[Sequence[int]]) -> None:
    """Write down who has which entries in which order, unless everybody has all of them in the one order."""
    if all(list(row) == list(range(size)) for row in rows) and len(rows) == math.prod(stack.shape):
        return
    order = np.full((*stack.shape, size), -1, np.int16)
    for member, row in zip(stack.members, rows, strict=True):
        order[member.at][list(row)] = np.arange(len(row))
    text = f"place of the {dimension} among one's own, from 0; -1 where there is none"
    group.variables[f"{dimension}_order"] = whole_numbers((*stack.outer, dimension), order, text)


def whole_numbers(dimensions: tuple[str, ...], values: Any, meaning: str) -> Variable:
    """Make a variable of numbers that only count."""
    return Variable(dimensions=dimensions, values=values, unit="1", meaning=meaning)


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A stack on its way into a group: sizes of dimensions, and the places of each member's entries."""

    stack: Stack
    group: Group
    sizes: dict[str, int] = field(default_factory=lambda: {name: len(entries) for name, entries in FIXED.items()})
    places: dict[str, list[list[int]]] = field(default_factory=dict)
    together: dict[str, list[str]] = field(default_factory=dict)

    def name(self, item: Field) -> None:
        """Give the entries of a dimension labels that are common to all members."""
        (dimension,) = item.about.dimensions
        rows = [numbered(template_of(n, m.side) for n in getattr(m.record, item.name)) for m in self.stack.members]
        entries = tuple(dict.fromkeys(entry for row in rows for entry in row))
        index = {entry: k for k, entry in enumerate(entries)}
        self.sizes[dimension] = len(entries)
        self.places[dimension] = [[index[entry] for entry in row] for row in rows]
        templates = tuple(template for template, _ in entries)
        scale = Scale(labels=labels_of(templates), meaning=item.about.meaning, templates=templates)
        self.group.scales[dimension] = scale
        note_order(self.group, self.stack, dimension, len(entries), self.places[dimension])

    def add(self, item: Field) -> None:
        """Lay the values of a field on one another; what the holders have already is left out."""
        values, about = self.stack.values(item.name), item.about
        if all(value is None or (value != value) is True for value in values) and item.default is not MISSING:
            return
        if (about.from_holder and self._holders_have(item)) or (about.coded and about.coded not in CODES):
            return
        if not self.stack.outer and not about.dimensions:
            self.group.attributes[item.kept_as] = _as_plain(values[0], item)
        elif about.dimensions and about.dimensions[0] in OWN_LENGTH:
            self._end_to_end(item, values)
        else:
            stacked = self._arrays(item, values) if item.kind == "array" else self._others(item, values)
            self._put(item, stacked, item.kept_as, about.unit, about.meaning)
        if about.in_full_at:
            self._add_row(item)

    def add_tables(self, item: Field) -> None:
        """Lay out arrays that each member has by name, the unit in the name, along a dimension of names."""
        tables: list[Mapping[str, Any]] = self.stack.values(item.name)
        names = tuple(dict.fromkeys(name for table in tables for name in table))
        example = next(array for table in tables for array in table.values())
        for name in names:
            values = [table.get(name, np.full(example.shape, np.nan)) for table in tables]
            unit = next((unit for ending, unit in _UNITS_OF_NAMES.items() if name.endswith(ending)), "1")
            self._put(item, self._arrays(item, values), name, unit, name.replace("_", " "))
        rows = [[names.index(name) for name in table] for table in tables]
        note_order(self.group, self.stack, item.about.together, len(names), rows)
        self.gather()

    def _add_row(self, item: Field) -> None:
        """Keep one row of a rounded array in full: the numbers that are quoted."""
        rows = [
            value[getattr(m.record, item.about.in_full_at)]
            for m, value in zip(self.stack.members, self.stack.values(item.name), strict=True)
        ]
        (dimension,) = item.about.dimensions[1:]
        out = np.full((*self.stack.shape, self.sizes[dimension]), np.nan)
        for k, (member, row) in enumerate(zip(self.stack.members, rows, strict=True)):
            out[member.at][self.places[dimension][k]] = row
        meaning = f"{item.about.meaning}, at {item.about.in_full_at} in full"
        self.group.variables[item.row_kept_as] = Variable(
            dimensions=(*self.stack.outer, dimension), values=out, unit=item.about.unit, meaning=meaning
        )

    def _holders_have(self, item: Field) -> bool:
        path = item.about.from_holder
        return all(same(find(m.holder, path), getattr(m.record, item.name)) for m in self.stack.members)

    def _put(self, item: Field, values: Any, name: str, unit: str, meaning: str) -> None:
        outer = tuple(self.stack.outer)
        kept = outer if item.about.per is None else tuple(d for d in outer if d in item.about.per.split())
        common = _common(values, outer, kept)
        if common is not None:
            values, outer = common, kept
        dimensions = (*outer, *kept_dimensions(item))
        if common is not None and set(dimensions) <= set(FIXED):
            self.group.attributes[name] = values
            return
        if values.dtype == object:
            values = np.where(_is_none(values), "", values)
        self.group.variables[name] = rounded(dimensions, values, unit, meaning, step_of(item, unit))
        if item.about.together:
            self.together.setdefault(item.about.together, []).append(name)

    def gather(self) -> None:
        """Put fields that belong together into one array."""
        for word, names in self.together.items():
            parts = [self.group.variables.pop(name) for name in names]
            n_outer, text = len(self.stack.outer), f"{word}, the unit in the name"
            dimensions = parts[0].dimensions
            self.group.scales[word] = Scale(labels=tuple(names), meaning=text, templates=tuple(names))
            self.group.variables[f"{word}s"] = Variable(
                dimensions=(*dimensions[:n_outer], word, *dimensions[n_outer:]),
                values=np.stack([part.values for part in parts], axis=n_outer),
                unit="in the name",
                meaning="; ".join(f"{name}: {part.meaning}" for name, part in zip(names, parts, strict=True)),
            )

    def _arrays(self, item: Field, values: Sequence[Any]) -> Any:
        """Lay arrays on one another, time last; nan, or -1, where there is nothing."""
        dimensions = coded_dimensions(item)
        if item.about.coded:
            values = _encoded(values, CODES[item.about.coded][1])
        order = [dimensions.index(d) for d in time_last(dimensions)]
        example = next(value for value in values if value is not None)
        for dimension, size in zip(dimensions, example.shape, strict=True):
            self.sizes.setdefault(dimension, size)
        shape = tuple(self.sizes[d] for d in dimensions)
        inner = [shape[k] for k in order]
        out = np.full((*self.stack.shape, *inner), *_nothing(example.dtype, item.about.step == EXACT))
        for k, (member, value) in enumerate(zip(self.stack.members, values, strict=True)):
            if all(d in self.places or n == size for d, n, size in zip(dimensions, value.shape, shape, strict=True)):
                places = [self.places[d][k] if d in self.places else range(self.sizes[d]) for d in dimensions]
                out[member.at][_grid([places[j] for j in order], inner)] = value.transpose(order)
            else:
                raise InputError(
                    f"{self.stack.kind.__name__}.{item.name}: expected the shape {shape} of the other "
                    f"swings, got {value.shape}"
                )
        return out

    def _others(self, item: Field, values: Sequence[Any]) -> Any:
        """Lay numbers and texts on one another."""
        dtype, nothing = _NUMBERS.get(item.dtype, (object, None))
        out: Any = np.full((*self.stack.shape, *(self.sizes[d] for d in item.about.dimensions)), nothing, dtype)
        for k, (member, value) in enumerate(zip(self.stack.members, values, strict=True)):
            if item.about.dimensions:
                entries = np.array([_as_plain(entry, item) for entry in value], object)
                out[member.at][self.places[item.about.dimensions[0]][k]] = entries
            else:
                out[member.at] = _as_plain(value, item)
        return out

    def _end_to_end(self, item: Field, values: Sequence[Any]) -> None:
        dimension = item.about.dimensions[0]
        lengths = np.zeros(self.stack.shape, np.int32)
        for member, value in zip(self.stack.members, values, strict=True):
            lengths[member.at] = len(value)
        text = f"how many entries of {dimension} belong to it, one after the other"
        self.group.variables[f"{dimension}_count"] = whole_numbers(tuple(self.stack.outer), lengths, text)
        whole = np.concatenate(values)
        whole = whole.astype(np.float32) if whole.dtype.kind == "f" else whole
        unit = item.about.unit
        kept = rounded(item.about.dimensions, whole, unit, item.about.meaning, step_of(item, unit))
        self.group.variables[item.kept_as] = kept


def numbered(names: Iterable[str]) -> list[tuple[str, int]]:
    """Give names with how often each has come before: markers of one name are two entries."""
    seen: Counter[str] = Counter()
    out = []
    for name in names:
        out.append((name, seen[name]))
        seen[name] += 1
    return out


def _encoded(values: Sequence[Any], encode: Callable[[Any], Any]) -> Sequence[Any]:
    """Encode arrays (T, ...), all at once where they are alike."""
    if len({value.shape for value in values}) > 1:
        return [encode(value) for value in values]
    return list(encode(np.concatenate(values)).reshape(len(values), *values[0].shape[:2], -1))


def find(holder: Any, path: str) -> Any:
    """Follow a path of names through a record and the tables in it; None where it ends early."""
    for name in path.split("."):
        holder = holder.get(name) if isinstance(holder, Mapping) else getattr(holder, name, None)
    return holder


def _nothing(dtype: Any, exact: bool) -> tuple[float, Any]:
    """Give what fills an array where there is nothing, and its element type."""
    if dtype.kind == "f":
        return np.nan, np.float64 if exact else np.float32
    return -1, np.int8 if dtype.kind == "b" else dtype


def _grid(places: Sequence[Sequence[int]], shape: Sequence[int]) -> Any:
    """Index of entries in an array of a shape; everything, where they are all there is in its order."""
    if all(isinstance(p, range) or p == list(range(n)) for p, n in zip(places, shape, strict=True)):
        return ...
    return np.ix_(*places)


def _as_plain(value: Any, item: Field) -> Any:
    """Give names, or counts by name, as one text (JSON); anything else as it is."""
    if item.kind == "counts":
        return json.dumps(dict(value))
    return json.dumps(list(value)) if item.kind == "words" else value


def _common(values: Any, outer: Sequence[str], kept: Sequence[str]) -> Any:
    """Give stacked values without the dimensions that nothing changes along; None where something does."""
    if len(kept) == len(outer):
        return None
    n_left = len(outer) - len(kept)
    rows = values.transpose(
        [k for k, d in enumerate(outer) if d not in kept]
        + [k for k, d in enumerate(outer) if d in kept]
        + list(range(len(outer), values.ndim))
    )
    rows = rows.reshape(math.prod(rows.shape[:n_left]), *rows.shape[n_left:])
    missing = _is_none(rows) if rows.dtype == object else rows != rows
    first = np.argmin(missing, axis=0)
    common = np.take_along_axis(rows, first[None], axis=0)[0]
    return common if bool((missing | (rows == common)).all()) else None


def _is_none(values: Any) -> Any:
    return np.frompyfunc(lambda value: value is None, 1, 1)(values).astype(bool)
