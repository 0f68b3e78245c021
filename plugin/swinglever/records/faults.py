"""What is wrong with an input: where, what was expected, what came, how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from swinglever.errors import InputError

Severity = Literal["error", "warning", "mended", "note"]
"""``error`` stops an analysis; ``warning`` may cost accuracy; ``mended`` was put right; ``note`` is good to know."""

ORDER: tuple[Severity, ...] = ("error", "warning", "mended", "note")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault of an input.

    Attributes
    ----------
    code
        Short name of the kind of fault, as ``marker-units``.
    severity
        How much it matters.
    place
        File, and what in it; empty where `got` says it.
    expected, got
        In words; ``expected`` may be empty.
    mend
        What to do, or what was done.
    """

    code: str
    severity: Severity
    place: str
    got: str
    expected: str = ""
    mend: str = ""

    def __str__(self) -> str:
        """Say it in one line."""
        expected = f"expected {self.expected}, got " if self.expected else ""
        mend = f"; {self.mend}" if self.mend else ""
        return f"{self.place + ': ' if self.place else ''}{expected}{self.got}{mend}"


def error(code: str, place: str, expected: str, got: str, mend: str = "") -> Fault:
    """Make a fault that stops an analysis."""
    return Fault(code=code, severity="error", place=place, expected=expected, got=got, mend=mend)


def warning(code: str, place: str, expected: str, got: str, mend: str = "") -> Fault:
    """Make a fault that may cost accuracy."""
    return Fault(code=code, severity="warning", place=place, expected=expected, got=got, mend=mend)


def sort_faults(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Errors first, each kind in the order in which it was found."""
    return tuple(sorted(faults, key=lambda fault: ORDER.index(fault.severity)))


def require_no_errors(faults: Iterable[Fault]) -> None:
    """Raise with the first error and the number of the others, if there is one."""
    errors = [fault for fault in faults if fault.severity == "error"]
    if errors:
        more = f" (and {len(errors) - 1} more faults: 'swinglever check' lists them)" if len(errors) > 1 else ""
        raise InputError(f"{errors[0]}{more}")
