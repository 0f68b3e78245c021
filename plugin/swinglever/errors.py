"""Every error that swinglever raises on purpose: one base class, each also the builtin that it resembles."""

from collections.abc import Iterable

_LONGEST, _END = 1500, 500
"""Letters that are told of what is said, and how many of these are its last ones."""


def shortened(text: str) -> str:
    """Leave out the middle of what is longer than anybody reads: a damaged file may hold a name of a megabyte.

    Examples
    --------
    >>> shortened("one line"), len(shortened("x" * 10**6))
    ('one line', 1503)
    """
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - _END]} … {text[-_END:]}"


class SwingleverError(Exception):
    """Base of all errors of this package; the message says what was expected, what came and what to do."""

    def __str__(self) -> str:
        return shortened(super().__str__())


class InputError(SwingleverError, ValueError):
    """The input cannot be used as it is: a wrong file, header, unit, name or range (exit status 2)."""


class ShapeError(InputError):
    """Arrays of a record do not fit one another: the field, the shape expected and the shape that came."""


class MissingFileError(InputError, FileNotFoundError):
    """A file that the user named does not exist."""


class UnknownNameError(InputError, KeyError):
    """A name was asked for that does not exist; the message lists those that do."""

    def __str__(self) -> str:
        return shortened(str(self.args[0])) if self.args else ""


class ModelError(InputError):
    """The musculoskeletal model cannot be used: it does not load, or lacks what the analysis needs."""


class UndefinedError(SwingleverError, ArithmeticError):
    """A quantity does not exist for this swing; the message is the reason that stands beside the nan."""


class EngineError(SwingleverError, RuntimeError):
    """A computation failed on input that looked good (exit status 1)."""


class OutputError(InputError, OSError):
    """A result cannot be written where the user asked for it: no such folder, no permission, no space left."""


class PluginError(SwingleverError, RuntimeError):
    """A plugin cannot be loaded, collides with another one, or failed where failure was asked to count."""


class TamperedError(PluginError):
    """A plugin changed what others use too, so that nothing of what its process says can be taken."""


class ForeignError(PluginError):
    """What a plugin's own code raised in its own process: what it said, and its traceback there."""

    def __init__(self, text: str, trace: str = "") -> None:
        super().__init__(text)
        self.trace = trace


def failure_line(error: BaseException) -> tuple[str, int]:
    """Say in one line what went wrong, and with which exit status a command ends: 1 on good input, 2 on bad."""
    if isinstance(error, OSError) and error.strerror and not isinstance(error, SwingleverError):
        if error.filename is None:
            return f"cannot write what is told: {error.strerror}; look at where the output goes", 2
        return f"cannot use '{error.filename}': {error.strerror}; check the path and its permissions", 2
    if isinstance(error, SwingleverError):
        return " ".join(str(error).split()), 2 if isinstance(error, InputError) else 1
    if isinstance(error, MemoryError):
        return "expected memory enough for this, got none; analyse a part (--start, --end), or end other programs", 1
    return f"{told(error)}; this should not happen: run again with --debug and report it", 1


def named(names: Iterable[object], most: int = 12, last: str = "and") -> str:
    """Name what there is as in a sentence, the first of many.

    Examples
    --------
    >>> named(["l_1", "r_1", "l_2"]), named(range(9), most=2), named([])
    ('l_1, r_1 and l_2', '0, 1 and 7 more', 'none')
    """
    listed = [str(name) for name in names]
    told = listed if len(listed) <= most + 1 else [*listed[:most], f"{len(listed) - most} more"]
    return f" {last} ".join(filter(None, [", ".join(told[:-1]), *told[-1:]])) or "none"


def how_to_install(extra: str) -> str:
    """Say how an extra is installed; swinglever is on no package index, so from its checkout.

    Examples
    --------
    >>> how_to_install("plot")
    "pip install '.[plot]' in the checkout of swinglever"
    """
    return f"pip install '.[{extra}]' in the checkout of swinglever"


def told(error: BaseException) -> str:
    """Give the kind of an error and what it says, in one line; also of one that fails while it is asked."""
    try:
        text = " ".join(str(error).split())
    except BaseException:  # noqa: BLE001 - a stranger's error may do anything when it is printed
        text = "it cannot say why"
    return text if isinstance(error, ForeignError) else f"{type(error).__name__}: {text}"
