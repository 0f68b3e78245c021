"""Messages between this program and the process of a plugin: pickles with their length before them."""

import io
import pickle
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


def receive(pipe: BinaryIO) -> Any:
    """Read a message; None at the end of the pipe, and for one that is cut short or beyond all bounds."""
    head = pipe.read(_HEAD)
    size = int.from_bytes(head, "little")
    if len(head) < _HEAD or size > MOST_BYTES:
        return None
    content = pipe.read(size)
    return pickle.loads(content) if len(content) == size else None


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

    class Unpacker(pickle.Unpickler):
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
