"""A field describes itself: its dimensions, its unit and its meaning stand beside its type.

Freezing and checking a record, the result file, its documentation and the short text of a record follow from that.

Examples
--------
>>> from dataclasses import dataclass
>>> from typing import Annotated
>>> from swinglever.arrays import Array
>>> @dataclass(frozen=True, kw_only=True)
... class Pull(Record):
...     muscles: Annotated[tuple[str, ...], labels("muscle", "muscles that pull")]
...     force_n: Annotated[Array, described("percent muscle", "N", "force along the tendon")]
>>> Pull(muscles=("semimem", "semiten"), force_n=[[1, 2], [3, 4], [5, 6]])
Pull(muscles=2 names, force_n=(3, 2) N)
>>> Pull(muscles=("semimem",), force_n=[[1, 2]])
Traceback (most recent call last):
swinglever.errors.InputError: Pull.force_n: expected shape ('percent', 1) = (1, 1), got (1, 2)
"""

import types
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt

from swinglever.arrays import check_shapes, freeze_fields

EXACT = 0.0
"""As a step: every bit is kept."""
SINGLE = 2.0**-149
"""As a step: single precision, not rounded any further."""

FIXED = {
    "axis": ("x", "y", "z"),
    "body_axis": ("x", "y", "z"),
    "row": ("x", "y", "z", "1"),
    "column": ("x", "y", "z", "origin"),
    "twist": ("turn_x", "turn_y", "turn_z", "move_x", "move_y", "move_z"),
    "rgba": ("red", "green", "blue", "opacity"),
    "folder": ("pull", "momentum"),
}
"""Dimensions that have the same entries in every record."""

Kind = Literal["array", "number", "text", "texts", "words", "counts", "labels", "record", "records", "tables"]


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a field of a record says of itself; see `described`, `labels` and `held`."""

    dimensions: tuple[str, ...] = ()
    unit: str = ""
    meaning: str = ""
    since: int = 2
    step: float | None = None
    per: str | None = None
    from_holder: str = ""
    together: str = ""
    coded: str = ""
    kept_as: str = ""
    in_full_at: str = ""
    names: bool = False
    by: str = ""
    key: str = ""
    group: str = ""


def described(
    dimensions: str,
    unit: str,
    meaning: str,
    *,
    since: int = 2,
    step: float | None = None,
    per: str | None = None,
    from_holder: str = "",
    together: str = "",
    coded: str = "",
    kept_as: str = "",
    in_full_at: str = "",
) -> Description:
    """Describe an array, a number, a text, or texts along a dimension.

    Parameters
    ----------
    dimensions
        Names of the dimensions with blanks between; empty for a single value.
    unit
        Of the values; ``1`` for a share, empty for texts.
    meaning
        What the values are, with their sign; a part of a sentence.
    since
        Schema of result files that has it first.
    step
        Result files keep whole multiples of this; not given, what suits the unit. Or `EXACT`, or `SINGLE`.
    per
        Where records are stacked: the dimensions of the stack that it changes along, all of them when not given. What
        is the same for all is kept once, as long as it is.
    from_holder
        Where the record that holds this one, or its swing, has the same (``motion.hip_m``): kept where it differs.
    together
        Fields with the same word are kept in one array, along a dimension of that name.
    coded
        How the array is kept in fewer numbers: see `swinglever.output.stack.CODES`; any other word says that the array
        is kept elsewhere, in a way of its own.
    kept_as
        Its name in result files; the field's when not given.
    in_full_at
        For an array that is rounded: the field with the number of its row that is kept in full beside it.
    """
    return Description(
        dimensions=tuple(dimensions.split()),
        unit=unit,
        meaning=meaning,
        since=since,
        step=step,
        per=per,
        from_holder=from_holder,
        together=together,
        coded=coded,
        kept_as=kept_as,
        in_full_at=in_full_at,
    )


def labels(dimension: str, meaning: str, *, since: int = 2) -> Description:
    """Describe the names of a dimension's entries: a ``tuple[str, ...]``.

    Parameters
    ----------
    dimension
        Its name.
    meaning
        What the entries are.
    since
        Schema of result files that has it first.
    """
    return Description(dimensions=(dimension,), meaning=meaning, since=since, names=True)


def held(meaning: str, *, by: str = "", key: str = "", group: str = "", since: int = 2) -> Description:
    """Describe a record that is held, or several of them by name.

    Parameters
    ----------
    meaning
        What is held.
    by
        For several: the dimension along which they are stacked.
    key
        For several: the field of the held record that repeats its name.
    group
        Group of the result file; the field's name when not given.
    since
        Schema of result files that has it first.
    """
    return Description(meaning=meaning, by=by, key=key, group=group, since=since)


@dataclass(frozen=True, kw_only=True)
class Field:
    """A described field of a record class, as found."""

    name: str
    about: Description
    kind: Kind
    dtype: Any
    record: "type[Record] | None"
    optional: bool
    default: Any

    @property
    def kept_as(self) -> str:
        """Name of its values in result files."""
        return self.about.kept_as or self.name

    @property
    def row_kept_as(self) -> str:
        """Name in result files of the row that is kept in full."""
        return f"{self.kept_as}_at_{self.about.in_full_at.removesuffix('_index')}"

    @property
    def group(self) -> str:
        """Group of the result file that a held record goes to."""
        return self.about.group or self.name


def described_fields(record: type) -> tuple[Field, ...]:
    """Give the described fields of a record class, in their order."""
    return _described_fields(record)


@cache
def _described_fields(record: type) -> tuple[Field, ...]:
    hints = get_type_hints(record, include_extras=True)
    found = []
    for item in fields(record):
        hint = hints[item.name]
        about = next((a for a in getattr(hint, "__metadata__", ()) if isinstance(a, Description)), None)
        if about is not None:
            bare, optional = _without_none(get_args(hint)[0])
            kind, dtype, inner = _kind(bare, about)
            default = item.default if item.default_factory is MISSING else item.default_factory()
            found.append(
                Field(
                    name=item.name,
                    about=about,
                    kind=kind,
                    dtype=dtype,
                    record=inner,
                    optional=optional,
                    default=default,
                )
            )
    return tuple(found)


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (types.UnionType, Union):
        rest = [arg for arg in get_args(hint) if arg is not type(None)]
        return rest[0], len(rest) < len(get_args(hint))
    return hint, False


def _kind(hint: Any, about: Description) -> tuple[Kind, Any, "type[Record] | None"]:
    """Say what a field's type is: its kind, its element type, and the class of the records in it."""
    origin, args = get_origin(hint), get_args(hint)
    if _is_array(hint):
        return "array", _element(hint), None
    if hint in (float, int, bool):
        return "number", hint, None
    if hint is str:
        return "text", str, None
    if isinstance(hint, type) and issubclass(hint, Record):
        return "record", None, hint
    inner = args[0] if origin is tuple else args[1]
    if isinstance(inner, type) and issubclass(inner, Record):
        return "records", origin, inner
    if _is_array(inner):
        return "tables", _element(inner), None
    if inner is int:
        return "counts", None, None
    if about.names:
        return "labels", str, None
    return ("texts" if inner is str and about.dimensions else "words"), str, None


def _is_array(hint: Any) -> bool:
    return get_origin(hint) in (np.ndarray, npt.NDArray)


def _element(hint: Any) -> Any:
    """Give the element type of an array's type; None where it stands for several, and an array keeps its own."""
    element = get_args(hint)[-1]
    if get_origin(element) is np.dtype:  # before numpy 2.5, NDArray is written out
        (element,) = get_args(element)
    return element if isinstance(element, type) else None


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
