"""Calls that may crash or hang, made in a process of their own: what goes wrong there becomes an error here."""

import copyreg
import gc
import importlib
import math
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

from swinglever.errors import EngineError, OutputError, SwingleverError
from swinglever.system.endings import await_end, is_interrupted, started
from swinglever.system.scratch import scratch_folder

P = ParamSpec("P")
T = TypeVar("T")
OnLine = Callable[[str], None]
_STEP_S = 0.1
"""Between two looks at what a child prints."""
NO_ROOM = 74
"""Status of a child that could not write its answer; what sysexits.h calls an input or output error."""
NO_ROOM_THERE = "cannot write into '{folder}': {why}; make room there, or set TMPDIR"
OUT, ERR = ".out", ".err"
"""Names of the files that a child prints into, in its folder."""
Answer = tuple[bool, Any]
"""What a child answers: (True, result), or (False, error of ours or text)."""
_INSTALLED = "site-packages"
"""Name of the folder that packages are installed in."""


def read_only(values: Mapping[Any, Any]) -> "MappingProxyType[Any, Any]":
    """Give a copy of a mapping that cannot be written to."""
    return MappingProxyType(dict(values))


# Records' read-only mappings cross to a child too; Python does not pickle them by itself.
copyreg.pickle(MappingProxyType, lambda mapping: (read_only, (dict(mapping),)))


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a child process may take before it is ended: seconds of the clock and of the processor, bytes of memory."""

    timeout_s: float
    processor_s: float = 0.0
    memory_bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a child process ended: its status, and what it printed (the end of it)."""

    status: int
    out: str
    err: str


def run_module(
    module: str,
    arguments: Sequence[str],
    folder: Path,
    limits: Limits,
    places: Sequence[str] = (),
    on_line: OnLine | None = None,
) -> Ended:
    """Run a module in a fresh Python process that ends with this one, whatever ends it.

    Parameters
    ----------
    module
        Run as ``python -m`` does.
    arguments
        Of its command line.
    folder
        Where it stands; its temporary files go there too.
    limits
        What it may take.
    places
        Folders where Python looks for modules, before those of this process.
    on_line
        Called with each line that it prints, soon after.

    Raises
    ------
    TimeoutError
        When it takes too long; with what it printed last.
    """
    try:
        with module_in_child(module, arguments, folder, limits, places) as child:
            status = _wait(child, limits.timeout_s, folder / OUT, on_line)
    except subprocess.TimeoutExpired:
        raise TimeoutError(said_in(folder)) from None
    return Ended(status=status, out=_end_of(folder / OUT), err=_end_of(folder / ERR))


@contextmanager
def module_in_child(
    module: str, arguments: Sequence[str], folder: Path, limits: Limits, places: Sequence[str] = ()
) -> "Iterator[subprocess.Popen[bytes]]":
    """Begin the same, without waiting for it; it is ended with the block."""
    command = [sys.executable, "-m", "swinglever.system.leash"]
    command += [str(limits.memory_bytes), str(math.ceil(limits.processor_s)), module, *arguments]
    variables = child_environment(places) | {name: str(folder) for name in ("TMPDIR", "TEMP", "TMP")}
    reading, writing = os.pipe()
    try:
        with (
            (folder / OUT).open("wb") as stdout,
            (folder / ERR).open("wb") as stderr,
            started(command, cwd=folder, env=variables, stdin=reading, stdout=stdout, stderr=stderr) as child,
        ):
            yield child
    finally:
        os.close(reading)
        os.close(writing)


def call_in_child(function: Callable[P, T], limits: float | Limits, /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Result of a function, called in a fresh Python process whose working folder is a temporary one.

    Parameters
    ----------
    function
        A module's own function; it is imported by name in the child.
    limits
        The child is ended after this time (s), or beyond these limits.
    *args, **kwargs
        Given to the function. They and the result are pickled.

    Raises
    ------
    SwingleverError
        The function's own error, when it is one of ours.
    EngineError
        When the child crashed, hung or failed otherwise, with its last words.
    OutputError
        When there is no room for its answer.
    """
    with call_begun(function, limits, *args, **kwargs) as result:
        return result()


@contextmanager
def call_begun(
    function: Callable[P, T], limits: float | Limits, /, *args: P.args, **kwargs: P.kwargs
) -> Iterator[Callable[[], T]]:
    """Begin the same, and give what waits for the result; the child is ended with the block."""
    name = f"{function.__module__}.{function.__qualname__}"
    asked = limits if isinstance(limits, Limits) else Limits(timeout_s=limits)
    with scratch_folder() as folder:
        call, answer = folder / "call", folder / "answer"
        call.write_bytes(pickle.dumps((function.__module__, function.__qualname__, args, kwargs)))
        with module_in_child(__name__, [str(call), str(answer)], folder, asked) as child:
            yield partial(_result, name, child, asked, answer)


def _result(name: str, child: "subprocess.Popen[bytes]", limits: Limits, answer: Path) -> Any:
    """Wait for a child, and give what it answers."""
    folder = answer.parent
    try:
        status = await_end(child, limits.timeout_s)
    except subprocess.TimeoutExpired:
        raise unending(name, limits.timeout_s, folder) from None
    if status or not answer.exists():
        raise failure_of(name, status, folder)
    try:
        told = pickle.loads(answer.read_bytes())
    except Exception as error:
        words = last_words(said_in(folder).encode())
        raise EngineError(f"{name} gave no readable answer: {error}; its last words: {words}") from error
    return value_of(name, told, folder)


def failure_of(name: str, status: int, folder: Path) -> BaseException:
    """What to raise where a child ended before it answered."""
    words = last_words(said_in(folder).encode())
    if is_interrupted():
        return KeyboardInterrupt()
    if status == NO_ROOM:
        return OutputError(NO_ROOM_THERE.format(folder=folder.parent, why=words))
    return EngineError(f"{name} {ending_of(status)}; its last words: {words}")


def unending(name: str, timeout_s: float, folder: Path) -> EngineError:
    """What to raise where a child has not answered in time."""
    words = last_words(said_in(folder).encode())
    return EngineError(f"{name} did not end within {timeout_s:g} s; its last words: {words}")


def value_of(name: str, answer: Answer, folder: Path) -> Any:
    """Give the value that a child answered with, or raise what it failed with."""
    done, value = answer
    if done:
        return value
    if isinstance(value, SwingleverError):
        raise value
    raise EngineError(f"{name} failed: {value}; its last words: {last_words(said_in(folder).encode())}")


def said_in(folder: Path) -> str:
    """Give the end of what the child of a folder printed."""
    return _end_of(folder / OUT) + _end_of(folder / ERR)


def child_environment(places: Sequence[str] = ()) -> dict[str, str]:
    """Give the environment of a child that finds modules in these places, and where this process finds them.

    A folder inside an installed package is left out: a package that is imported adds such folders, and where they come
    first in the child they hide the package itself (Blender's does).
    """
    own = [path for path in sys.path if _INSTALLED not in Path(path).parent.parts]
    return os.environ | {"PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in [*places, *own])}


def _wait(child: "subprocess.Popen[bytes]", timeout_s: float, out: Path, on_line: OnLine | None) -> int:
    """Wait for a child, telling its lines meanwhile; its status."""
    if on_line is None:
        return await_end(child, timeout_s)
    end_s = time.monotonic() + timeout_s
    with out.open(errors="replace") as lines:
        while True:
            try:
                return await_end(child, _STEP_S)
            except subprocess.TimeoutExpired:
                if time.monotonic() > end_s:
                    raise
            for line in lines:
                on_line(line)


def _end_of(path: Path, most: int = 2**20) -> str:
    """Give the end of a file."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - most, 0))
        return file.read().decode(errors="replace")


def ending_of(code: int) -> str:
    """Say how a child ended, by its exit code: a signal where that is below 0."""
    if sys.platform != "win32" and code in (-signal.SIGXCPU, -signal.SIGKILL):
        return "took too much time or memory"
    if code < 0:
        return f"crashed ({signal.strsignal(-code)})"
    return f"ended with status {code}"


def last_words(output: bytes) -> str:
    """Give the last lines of output: from the last one that tells of a failure on where there is one."""
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    telling = [k for k, line in enumerate(lines) if "[error]" in line or "Exception" in line]
    return " | ".join(lines[telling[-1] :][:3] if telling else lines[-3:])[-600:] or "none"


def make_call(module: str, qualname: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Answer:
    """In the child: make a call."""
    function = importlib.import_module(module)
    for part in qualname.split("."):
        function = getattr(function, part)
    try:
        return True, function(*args, **kwargs)  # type: ignore[operator]
    except SwingleverError as error:
        return False, error
    except Exception as error:  # noqa: BLE001 - whatever it was, the parent reports it
        return False, f"{type(error).__name__}: {error}"


def hand_over(answer: bytes, path: Path) -> None:
    """In the child: write an answer; ends with a status of its own where there is no room."""
    try:
        path.write_bytes(answer)
    except OSError as error:
        sys.stderr.write(f"{error.strerror}\n")
        sys.exit(NO_ROOM)


if __name__ == "__main__":
    hand_over(pickle.dumps(make_call(*pickle.loads(Path(sys.argv[1]).read_bytes()))), Path(sys.argv[2]))
    gc.freeze()  # the other process waits for the end of this one, and what is left need not be looked through
