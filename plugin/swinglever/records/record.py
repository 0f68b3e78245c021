"""Records that describe themselves: frozen, checked when made, equal by value, short in print.

Examples
--------
>>> from dataclasses import dataclass
>>> from typing import Annotated
>>> from swinglever.arrays import Array
>>> from swinglever.records.fields import described, labels
>>> @dataclass(frozen=True, kw_only=True)
... class Pull(Record):
...     muscles: Annotated[tuple[str, ...], labels("muscle", "muscles that pull")]
...     force_n: Annotated[Array, described("percent muscle", "N", "force along the tendon")]
>>> Pull(muscles=("semimem", "semiten"), force_n=[[1, 2], [3, 4], [5, 6]])
Pull(muscles=2 names, force_n=(3, 2) N)
>>> Pull(muscles=("semimem",), force_n=[[1, 2]])
Traceback (most recent call last):
swinglever.errors.ShapeError: Pull.force_n: expected shape ('percent', 1) = (1, 1), got (1, 2)
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

import numpy as np

from swinglever.arrays import check_shapes, freeze_fields
from swinglever.records.fields import FIXED, described_fields


class Record:
    """Base of records: frozen, checked when made, equal by value, short in print.

    A class below it is a dataclass, ``frozen=True, kw_only=True``; fields without a description are left alone.
    """

    def __init_subclass__(cls) -> None:
        for name in ("__repr__", "__eq__"):  # set here, so that the dataclass does not write its own
            if name not in vars(cls):
                setattr(cls, name, getattr(cls, name))

    def __post_init__(self) -> None:
        settle(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={text}' for name, text in short_texts(self))})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(same(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))  # type: ignore[arg-type]

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes as its fields, and be frozen again there."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
        return _remake, (type(self), {k: dict(v) if isinstance(v, Mapping) else v for k, v in values.items()})


def _remake(record: type[Any], values: Mapping[str, Any]) -> Any:
    return record(**values)


def settle(record: Any) -> None:
    """Freeze the described fields of a record and check their shapes, from its ``__post_init__``.

    Raises
    ------
    InputError
        Naming the field, the shape expected and the shape that came.
    """
    sizes: dict[str, int] = {name: len(entries) for name, entries in FIXED.items()}
    shapes: dict[str, list[int | str]] = {}
    for field in described_fields(type(record)):
        value = getattr(record, field.name)
        if value is None:
            continue
        if field.kind == "array":
            freeze_fields(record, field.name, dtype=field.dtype)
            shapes[field.name] = list(field.about.dimensions)
        elif field.kind in ("records", "tables", "counts") and isinstance(value, Mapping):
            object.__setattr__(record, field.name, MappingProxyType(dict(value)))
        elif field.kind == "labels":
            sizes[field.about.dimensions[0]] = len(value)
        elif field.kind == "texts" or (field.kind == "words" and field.about.dimensions):
            shapes[field.name] = list(field.about.dimensions)
    check_shapes(record, **{name: [sizes.get(str(d), d) for d in shape] for name, shape in shapes.items()})


def short_texts(record: Any) -> Iterator[tuple[str, str]]:
    """Give each field's name and what it holds in a few letters: shape and unit of an array, number of names."""
    about = {field.name: field.about for field in described_fields(type(record))}
    for item in fields(record):
        unit = about[item.name].unit if item.name in about else ""
        yield item.name, _short(getattr(record, item.name), unit)


def _short(value: Any, unit: str) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.shape} {unit if unit != '1' else ''}".rstrip()
    if isinstance(value, Mapping):
        return f"{{{', '.join(map(str, value))}}}" if len(value) <= 3 else f"{len(value)} entries"
    if isinstance(value, tuple) and value:
        return f"{len(value)} {'names' if isinstance(value[0], str) else 'records'}"
    if isinstance(value, float):
        return f"{value:.6g}"
    text = type(value).__name__ if isinstance(value, Record) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, arrays with their shapes, and one nan like another."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        both = isinstance(one, np.ndarray) and isinstance(other, np.ndarray)
        return both and bool(np.array_equal(one, other, equal_nan=one.dtype.kind == other.dtype.kind == "f"))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) or bool(one != one and other != other)
