"""Messages between this program and the process of a plugin: pickles with their length before them.

A pickle may ask for anything to be imported and called where it is read. What comes from a plugin's process is read
with records, arrays and plain values alone, so that nothing of a stranger runs here.
"""

import io
import pickle
from collections.abc import Callable
from typing import Any, BinaryIO

from swinglever import errors
from swinglever.errors import ForeignError, SwingleverError, told

_HEAD = 8
MOST_BYTES = 2**31
"""Longest message that is taken."""


def send(pipe: BinaryIO, message: Any) -> None:
    """Write a message.

    Raises
    ------
    OSError
        When nobody listens any more.
    """
    content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    pipe.write(len(content).to_bytes(_HEAD, "little"))
    pipe.write(content)
    pipe.flush()


_RECORDS = ("records", "anatomy", "motion", "dynamics", "muscles", "metrics", "emg", "engines", "readers", "hookspecs")
_PACKAGES = tuple(f"swinglever.{name}" for name in _RECORDS)
_PLAIN = {
    "builtins": ("set", "frozenset", "complex", "bytearray", "slice", "range", "object"),
    "collections": ("OrderedDict", "deque"),
    "copyreg": ("_reconstructor", "__newobj__"),
    "numpy": ("ndarray", "dtype"),
    "numpy._core.multiarray": ("_reconstruct", "scalar"),
    "numpy._core.numeric": ("_frombuffer",),
    "numpy.core.multiarray": ("_reconstruct", "scalar"),
    "numpy.core.numeric": ("_frombuffer",),
    "swinglever.records.record": ("_remake",),
    "swinglever.system.isolation": ("read_only",),
}
_MODULES = ("pathlib", "datetime", "numpy.dtypes", "scipy.interpolate", *_PACKAGES)
"""Modules, and those below them, whose classes a message may hold."""


class _Plain(pickle.Unpickler):
    """Reads records, arrays and plain values, and refuses whatever else a pickle asks for."""

    def find_class(self, module: str, name: str) -> Any:
        if name in _PLAIN.get(module, ()):
            return super().find_class(module, name)
        if "." not in name and any(f"{module}.".startswith(f"{known}.") for known in _MODULES):
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__.partition(".")[0] == module.partition(".")[0]:
                return found
        raise pickle.UnpicklingError(
            f"expected records of swinglever, arrays, numbers and texts, got {module}.{name}; give one of those back"
        )


def read_plain(content: bytes) -> Any:
    """Undo a pickle of records, arrays and plain values.

    Raises
    ------
    pickle.UnpicklingError
        When it holds something else.
    """
    return _Plain(io.BytesIO(content)).load()


def receive(pipe: BinaryIO, read: Callable[[bytes], Any] = read_plain) -> Any:
    """Read a message; None at the end of the pipe, and for one that is cut short or beyond all bounds.

    Parameters
    ----------
    pipe
        Where it comes from.
    read
        Who reads the pickle; `pickle.loads` where it is this program that asks.
    """
    head = pipe.read(_HEAD)
    size = int.from_bytes(head, "little")
    if len(head) < _HEAD or size > MOST_BYTES:
        return None
    content = pipe.read(size)
    return read(content) if len(content) == size else None


def _parts(subject: Any) -> dict[tuple[Any, str], Any]:
    """Name what a call is about: each argument, and what each holds."""
    arguments = subject.items() if isinstance(subject, dict) else enumerate(subject)
    found: dict[tuple[Any, str], Any] = {}
    for key, value in arguments:
        if hasattr(value, "__dict__"):  # a record; numbers and texts are themselves
            found |= {(key, name): inner for name, inner in vars(value).items() if hasattr(inner, "__dict__")}
            found[key, ""] = value
    return found


def pack(answer: Any, subject: Any) -> bytes:
    """Pickle an answer; what it holds of the subject is named only, so that it is the asker's own again there."""
    names = {id(value): name for name, value in _parts(subject).items()}

    class Packer(pickle.Pickler):
        def persistent_id(self, obj: Any) -> Any:
            return names.get(id(obj))

    content = io.BytesIO()
    Packer(content, pickle.HIGHEST_PROTOCOL).dump(answer)
    return content.getvalue()


def unpack(content: bytes, subject: Any) -> Any:
    """Undo `pack`."""
    parts = _parts(subject)

    class Unpacker(_Plain):
        def persistent_load(self, pid: Any) -> Any:
            return parts[pid]

    return Unpacker(io.BytesIO(content)).load()


def as_words(error: BaseException, trace: str) -> tuple[str, str, str]:
    """Give an error as words: the name of its class where it is one of ours, what it says, its traceback."""
    name = type(error).__name__
    ours = type(error) is getattr(errors, name, None)
    return (name, str(error), trace) if ours else ("", told(error), trace)


def as_error(ours: str, text: str, trace: str) -> SwingleverError:
    """Give an error of words."""
    if ours:
        kind: type[SwingleverError] = getattr(errors, ours)
        return kind(text)
    return ForeignError(text, trace)
