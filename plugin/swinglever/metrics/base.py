"""What a metric is, and how one is measured so that a bad one costs nothing but its own value."""

import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, overload

import numpy as np

from swinglever.errors import ForeignError, InputError, UndefinedError, told

Scope = Literal["swing", "trial"]
Function = Callable[[Any], float]

UNITS = frozenset({"1", "%", "deg", "rad", "s", "ms", "Hz", "m", "mm", "kg", "N", "J", "W", "K"})
"""Symbols that a unit is made of: joined by blanks, with whole exponents, at most one slash (``kg m2``, ``N m/kg``)."""

_TEXTS, _LONGEST = ("name", "unit", "definition", "citation", "meaning"), 2000
"""What a metric says of itself, and how much of it tables and pages can show."""
_FACTOR = re.compile(r"([A-Za-z%]+|1)(-?[0-9]+)?")


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One number about each swing (or one about the trial), and what it means.

    Calling it calls its function, so that a decorated function stays a function.

    Parameters
    ----------
    name
        Its name in results.
    unit
        Made of the symbols in `UNITS`; ``1`` for a share or a count.
    measure
        Takes a `swinglever.Swing` (scope ``swing``) or a `swinglever.SwingReport` (scope ``trial``), gives a number;
        raises `UndefinedError` with the reason where there is none.
    scope
        ``swing`` or ``trial``.
    definition
        What is measured, so that another could measure it too.
    citation
        Where that comes from, or a word on why it has no source.
    meaning
        One plain sentence for a coach.
    claim
        Number of the claim that it tests (``docs/metrics.md``); 0 for none.
    """

    name: str
    unit: str
    measure: Function
    scope: Scope = "swing"
    definition: str = ""
    citation: str = ""
    meaning: str = ""
    claim: int = 0

    def __post_init__(self) -> None:
        for field in _TEXTS:
            told = getattr(self, field)
            if not isinstance(told, str) or len(told) > _LONGEST:
                got = f"{len(told)} letters" if isinstance(told, str) else type(told).__name__
                raise InputError(f"expected the {field} of a metric as a text of up to {_LONGEST} letters, got {got}")
        if not isinstance(self.claim, int):
            raise InputError(f"metric {self.name!r}: expected the number of a claim, got {type(self.claim).__name__}")
        if not self.name.isidentifier():
            raise InputError(f"expected the name of a metric to be letters, digits and underscores, got {self.name!r}")
        if self.scope not in ("swing", "trial"):
            raise InputError(f"metric {self.name!r}: expected scope 'swing' or 'trial', got {self.scope!r}")

    def __call__(self, subject: Any) -> float:
        """Measure, unguarded."""
        return self.measure(subject)


@overload
def metric(function: Function, /) -> Metric: ...
@overload
def metric(
    *,
    unit: str = "",
    name: str = "",
    scope: Scope = "swing",
    definition: str = "",
    citation: str = "",
    meaning: str = "",
    claim: int = 0,
) -> Callable[[Function], Metric]: ...
def metric(
    function: Function | None = None,
    /,
    *,
    unit: str = "",
    name: str = "",
    scope: Scope = "swing",
    definition: str = "",
    citation: str = "",
    meaning: str = "",
    claim: int = 0,
) -> Metric | Callable[[Function], Metric]:
    """Make a metric of a function of one swing.

    Parameters
    ----------
    unit
        What the number is in; a metric that does not say gives nan.
    name
        The function's own name when not given.
    scope
        ``swing``: the function takes a `swinglever.Swing`; ``trial``: a `swinglever.SwingReport`.
    definition
        The docstring's first paragraph when not given.
    citation, meaning, claim
        See `Metric`.

    Examples
    --------
    >>> @metric(unit="s")
    ... def swing_duration(swing) -> float:
    ...     "Time from toe-off to foot strike."
    ...     return float(swing.time_s[-1] - swing.time_s[0])
    >>> swing_duration.name, swing_duration.unit, swing_duration.definition
    ('swing_duration', 's', 'Time from toe-off to foot strike.')
    """

    def decorate(measure: Function) -> Metric:
        text = definition or " ".join((measure.__doc__ or "").strip().split("\n\n")[0].split())
        return Metric(
            name=name or getattr(measure, "__name__", type(measure).__name__),
            unit=unit,
            measure=measure,
            scope=scope,
            definition=text,
            citation=citation,
            meaning=meaning,
            claim=claim,
        )

    return decorate if function is None else decorate(function)


def unit_fault(unit: str) -> str:
    """Say what is wrong with a unit; empty for a good one.

    Examples
    --------
    >>> unit_fault("kg m2"), unit_fault("N m/kg"), unit_fault("deg/s")
    ('', '', '')
    >>> unit_fault("furlong")
    "unit 'furlong' is not made of known symbols"
    """
    if not unit:
        return "no unit declared"
    parts = unit.split("/")
    factors = [_FACTOR.fullmatch(f) for part in parts for f in part.split(" ")]
    if len(parts) > 2 or not all(f is not None and f[1] in UNITS for f in factors):
        return f"unit {unit!r} is not made of known symbols"
    return ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What measuring gave: a number, or nan with a reason; ``trace`` is a traceback where the metric is at fault."""

    value: float
    reason: str = ""
    at_fault: bool = False
    trace: str = ""


def measure_safely(chosen: Metric, subject: Any) -> Outcome:
    """Measure, and turn whatever goes wrong into nan with a reason.

    Parameters
    ----------
    chosen
        The metric.
    subject
        The swing, or the report for a metric of scope ``trial``.
    """
    nan = float("nan")
    wrong_unit = unit_fault(chosen.unit)
    if wrong_unit:
        return Outcome(value=nan, reason=wrong_unit, at_fault=True)
    try:
        value = chosen.measure(subject)
    except UndefinedError as absent:
        return Outcome(value=nan, reason=str(absent))
    except Exception as error:  # noqa: BLE001 - a metric may come from anybody; its failure is recorded, not passed on
        trace = error.trace if isinstance(error, ForeignError) else traceback.format_exc()
        return Outcome(value=nan, reason=told(error), at_fault=True, trace=trace)
    return _judge(value)


def _judge(value: Any) -> Outcome:
    """Take a real, finite number; give nan with the reason for anything else."""
    nan = float("nan")
    try:
        array = np.asarray(value)
    except ValueError:
        return Outcome(value=nan, reason="expected a number, got a ragged list", at_fault=True)
    if array.shape != ():
        return Outcome(value=nan, reason=f"expected a number, got an array of shape {array.shape}", at_fault=True)
    if array.dtype.kind not in "iuf":
        return Outcome(value=nan, reason=f"expected a number, got {type(value).__name__}", at_fault=True)
    if np.isinf(array):
        return Outcome(value=nan, reason="expected a finite number, got an infinite one", at_fault=True)
    if np.isnan(array):
        return Outcome(value=nan, reason="undefined for this swing; the metric gave no reason")
    return Outcome(value=float(array))
