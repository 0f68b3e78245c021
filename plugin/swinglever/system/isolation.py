"""Calls that may crash or hang, made in a process of their own: what goes wrong there becomes an error here."""

import copyreg
import importlib
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

from swinglever.errors import EngineError, SwingleverError

P = ParamSpec("P")
T = TypeVar("T")


def read_only(values: Mapping[Any, Any]) -> "MappingProxyType[Any, Any]":
    """Give a copy of a mapping that cannot be written to."""
    return MappingProxyType(dict(values))


# Records' read-only mappings cross to a child too; Python does not pickle them by itself.
copyreg.pickle(MappingProxyType, lambda mapping: (read_only, (dict(mapping),)))


def call_in_child(function: Callable[P, T], timeout_s: float, /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Result of a function, called in a fresh Python process whose working folder is a temporary one.

    Parameters
    ----------
    function
        A module's own function; it is imported by name in the child.
    timeout_s
        The child is ended after this time.
    *args, **kwargs
        Given to the function. They and the result are pickled.

    Raises
    ------
    SwingleverError
        The function's own error, when it is one of ours.
    EngineError
        When the child crashed, hung or failed otherwise, with its last words.
    """
    name = f"{function.__module__}.{function.__qualname__}"
    with tempfile.TemporaryDirectory(prefix="swinglever-") as folder:
        call, answer = Path(folder) / "call", Path(folder) / "answer"
        call.write_bytes(pickle.dumps((function.__module__, function.__qualname__, args, kwargs)))
        words = _run([sys.executable, "-m", __name__, str(call), str(answer)], folder, timeout_s, name, answer)
        try:
            done, value = pickle.loads(answer.read_bytes())
        except Exception as error:
            raise EngineError(f"{name} gave no readable answer: {error}; its last words: {words}") from error
    if done:
        result: T = value
        return result
    if isinstance(value, SwingleverError):
        raise value
    raise EngineError(f"{name} failed: {value}; its last words: {words}")


def _run(command: list[str], folder: str, timeout_s: float, name: str, answer: Path) -> str:
    """Run the child to its end; its last words."""
    try:
        child = subprocess.run(
            command, cwd=folder, env=child_environment(), capture_output=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        words = last_words((error.stdout or b"") + (error.stderr or b""))
        raise EngineError(f"{name} did not end within {timeout_s:g} s; its last words: {words}") from None
    words = last_words(child.stdout + child.stderr)
    if child.returncode or not answer.exists():
        raise EngineError(f"{name} {ending_of(child.returncode)}; its last words: {words}")
    return words


def child_environment() -> dict[str, str]:
    """Give the environment of a child that finds the modules that this process finds."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}


def ending_of(code: int) -> str:
    """Say how a child ended, by its exit code: a signal where that is below 0."""
    if code < 0:
        return f"crashed ({signal.strsignal(-code)})"
    return f"ended with status {code}"


def last_words(output: bytes) -> str:
    """Give the last lines of output: from the last one that tells of a failure on where there is one."""
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    telling = [k for k, line in enumerate(lines) if "[error]" in line or "Exception" in line]
    return " | ".join(lines[telling[-1] :][:3] if telling else lines[-3:])[-600:] or "none"


def _answer(call: Path) -> tuple[bool, Any]:
    """In the child: make the call; (True, result) or (False, error of ours or text)."""
    module, qualname, args, kwargs = pickle.loads(call.read_bytes())
    function = importlib.import_module(module)
    for part in qualname.split("."):
        function = getattr(function, part)
    try:
        return True, function(*args, **kwargs)  # type: ignore[operator]
    except SwingleverError as error:
        return False, error
    except Exception as error:  # noqa: BLE001 - whatever it was, the parent reports it
        return False, f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(pickle.dumps(_answer(Path(sys.argv[1]))))
