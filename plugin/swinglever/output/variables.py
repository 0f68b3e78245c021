"""What a result file is made of: arrays with dimensions, names of dimensions, groups; and how arrays are kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from swinglever.output.poses import poses_of, twists_of
from swinglever.records.fields import EXACT, SINGLE, Field

AT_ROOT = ("swing", "percent")
"""Dimensions that mean the same everywhere in a file."""
ALONG = ("percent", "frame")
"""Dimensions that time runs along; they are stored last, as neighbours in time are alike and pack well."""
OWN_LENGTH = ("vertex", "corner", "face")
"""Dimensions that are as long as each record needs: its arrays are laid end to end."""
STEPS = {
    "1": 2.0**-14,
    "rad": 2.0**-17,
    "rad/s": 2.0**-12,
    "rad/s2": 2.0**-6,
    "rad or m": 2.0**-18,
    "rad/s or m/s": 2.0**-14,
    "rad/s2 or m/s2": 2.0**-9,
    "m": 2.0**-17,
    "m/s": 2.0**-13,
    "m/s2": 2.0**-9,
    "kg m2": 2.0**-16,
    "N": 2.0**-5,
    "N m": 2.0**-10,
    "W": 2.0**-5,
    "J": 2.0**-12,
}
"""What arrays are rounded to by unit: a hundredth, at most, of what inputs leave uncertain (8 micrometres, 0.0004°).

Single precision without the bits that mean nothing: those do not pack.
"""
CODES: Mapping[str, tuple[str, Callable[[Any], Any], Callable[[Any], Any]]] = {"twist": ("twist", twists_of, poses_of)}
"""Ways to keep an array in fewer numbers: dimension that replaces the last two, and the way there and back."""


@dataclass(frozen=True, kw_only=True)
class Variable:
    """An array of a result file: its dimensions, what it is, and what it is rounded to (`EXACT` for nothing)."""

    dimensions: tuple[str, ...]
    values: Any
    unit: str
    meaning: str
    step: float = EXACT


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Names of a dimension's entries; ``templates`` say where a side belongs."""

    labels: tuple[str, ...]
    meaning: str
    templates: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group of a result file: attributes, names of dimensions, arrays; filled while records are stacked."""

    attributes: dict[str, Any] = field(default_factory=dict)
    scales: dict[str, Scale] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)


def step_of(item: Field, unit: str) -> float:
    """Say what the values of a field are rounded to."""
    return STEPS.get(unit, EXACT) if item.about.step is None else item.about.step


def nothing_of(dtype: Any) -> Any:
    """Give what stands in an array of a file where there is nothing."""
    return {"f": np.nan, "O": ""}.get(dtype.kind, -1)


def rounded(dimensions: tuple[str, ...], values: Any, unit: str, meaning: str, step: float) -> Variable:
    """Make a variable; in single precision, its values are whole multiples of the step, a power of two."""
    if values.dtype != np.float32 or step <= SINGLE:
        return Variable(dimensions=dimensions, values=values, unit=unit, meaning=meaning)
    whole = values * np.float32(1.0 / step)
    np.rint(whole, out=whole)
    whole *= np.float32(step)
    return Variable(dimensions=dimensions, values=whole, unit=unit, meaning=meaning, step=step)


def kept_dimensions(item: Field) -> tuple[str, ...]:
    """Give the dimensions of a field as a file keeps it, time last, without those that it is stacked along."""
    return time_last(coded_dimensions(item))


def coded_dimensions(item: Field) -> tuple[str, ...]:
    """Dimensions of an array as a file keeps it, in the record's order."""
    dimensions = item.about.dimensions
    return (*dimensions[:-2], CODES[item.about.coded][0]) if item.about.coded else dimensions


def time_last(dimensions: Sequence[str]) -> tuple[str, ...]:
    """Give dimensions in the order of a file."""
    return tuple(sorted(dimensions, key=lambda d: d in ALONG))
