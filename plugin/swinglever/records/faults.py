"""What is wrong with an input: where, what was expected, what came, how to mend it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from swinglever.errors import InputError, shortened

Severity = Literal["error", "warning", "mended", "note"]
"""``error`` stops an analysis; ``warning`` may cost accuracy; ``mended`` was put right; ``note`` is good to know."""

ORDER: tuple[Severity, ...] = ("error", "warning", "mended", "note")

NOTED = "noted"
"""Code of what stood as a note beside an error, as the plugin that failed before the built-in reader did."""


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
        said = f"{self.place + ': ' if self.place else ''}{expected}{self.got}{mend}"
        # A name of a file may hold bytes that are no text; a result file cannot.
        return shortened(said.encode("utf-8", "backslashreplace").decode("utf-8"))


def error(code: str, place: str, expected: str, got: str, mend: str = "") -> Fault:
    """Make a fault that stops an analysis."""
    return Fault(code=code, severity="error", place=place, expected=expected, got=got, mend=mend)


def warning(code: str, place: str, expected: str, got: str, mend: str = "") -> Fault:
    """Make a fault that may cost accuracy."""
    return Fault(code=code, severity="warning", place=place, expected=expected, got=got, mend=mend)


def sort_faults(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Errors first, each kind in the order in which it was found."""
    return tuple(sorted(faults, key=lambda fault: ORDER.index(fault.severity)))


def is_sound(faults: Iterable[Fault]) -> bool:
    """Whether no fault forbids an analysis."""
    return not any(fault.severity == "error" for fault in faults)


class FaultyInputError(InputError):
    """The input cannot be used as it is; ``faults`` are all that is wrong with it, the message is the first."""

    faults: tuple[Fault, ...] = ()


def faults_of(failure: Exception) -> tuple[Fault, ...]:
    """Give the faults that a failure to read something tells of: its own, or the one that its message is."""
    said = Fault(code="unreadable", severity="error", place="", got=str(failure))
    notes = getattr(failure, "__notes__", ())
    beside = (Fault(code=NOTED, severity="warning", place="", got=note) for note in notes)
    return (*(getattr(failure, "faults", ()) or (said,)), *beside)


def require_no_errors(faults: Iterable[Fault]) -> None:
    """Go on where no fault is an error.

    Raises
    ------
    FaultyInputError
        With the first error and the number of the others.
    """
    faults = tuple(faults)
    errors = tuple(fault for fault in faults if fault.severity == "error")
    if errors:
        rest = f"{len(errors) - 1} more {'fault' if len(errors) == 2 else 'faults'}"
        more = f" (and {rest}: 'swinglever check' lists them)" if len(errors) > 1 else ""
        failure = FaultyInputError(f"{errors[0]}{more}")
        failure.faults = errors
        for fault in faults:
            if fault.code == NOTED:
                failure.add_note(str(fault))
        raise failure


def told_beside(failure: InputError, doubts: Sequence[Fault]) -> InputError:
    """Give a failure that says in its line what looked wrong before it, too, which may be why.

    Parameters
    ----------
    failure
        Why an analysis cannot go on.
    doubts
        What was found before, the likeliest reason first. Nothing changes where there is none.
    """
    if not doubts:
        return failure
    told = FaultyInputError(f"{failure}; before that: {doubts[0]}")
    told.faults = (*faults_of(failure), *doubts)
    return told
