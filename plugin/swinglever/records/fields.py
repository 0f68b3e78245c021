"""A field describes itself: its dimensions, its unit and its meaning stand beside its type.

Freezing and checking a record (`swinglever.records.record`), the result file, its documentation and the short text of
a record follow from that.
"""

import types
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt

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
        How the array is kept in fewer numbers: see `swinglever.output.variables.CODES`; any other word says that it is
        kept elsewhere, in a way of its own.
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
    record: type | None
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


def _kind(hint: Any, about: Description) -> tuple[Kind, Any, type | None]:
    """Say what a field's type is: its kind, its element type, and the class of the records in it."""
    origin, args = get_origin(hint), get_args(hint)
    if _is_array(hint):
        return "array", _element(hint), None
    if hint in (float, int, bool):
        return "number", hint, None
    if hint is str:
        return "text", str, None
    if _is_record(hint):
        return "record", None, hint
    inner = args[0] if origin is tuple else args[1]
    if _is_record(inner):
        return "records", origin, inner
    if _is_array(inner):
        return "tables", _element(inner), None
    if inner is int:
        return "counts", None, None
    if about.names:
        return "labels", str, None
    return ("texts" if inner is str and about.dimensions else "words"), str, None


def _is_record(hint: Any) -> bool:
    return isinstance(hint, type) and is_dataclass(hint)


def _is_array(hint: Any) -> bool:
    return get_origin(hint) in (np.ndarray, npt.NDArray)


def _element(hint: Any) -> Any:
    """Give the element type of an array's type; None where it stands for several, and an array keeps its own."""
    element = get_args(hint)[-1]
    if get_origin(element) is np.dtype:  # before numpy 2.5, NDArray is written out
        (element,) = get_args(element)
    return element if isinstance(element, type) else None
