"""How the program ends: at once, for any number of child processes, and with nothing left behind."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

_PATIENCE_S = 2.0
"""Longest that an interrupted program may take to tidy up by itself."""
_AGAIN_S = 0.01
"""How long after it was dropped an interrupt comes again."""
_FIRST_LOOK_S, _LAST_LOOK_S = 0.0005, 0.05
"""Between two looks at a child that is waited for: ever longer."""


@dataclass(kw_only=True)
class _State:
    """Child processes, temporary places, and what is finished already."""

    children: set[subprocess.Popen[bytes]] = field(default_factory=set)
    places: set[Path] = field(default_factory=set)
    finished: list[Sequence[Path]] = field(default_factory=list)
    interrupted: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)


_STATE = _State()


def is_interrupted() -> bool:
    """Tell whether the program was asked to end."""
    return _STATE.interrupted


@contextmanager
def known_place(path: Path) -> Iterator[None]:
    """Remove a temporary file or folder when the block ends, and when the program is ended within it."""
    _STATE.places.add(path)
    try:
        yield
    finally:
        _remove(path)
        _STATE.places.discard(path)


@contextmanager
def naming_finished(finished: Sequence[Path]) -> Iterator[None]:
    """Add to whatever stops the work a note that names the files that were finished before it, and stay."""
    _STATE.finished.append(finished)
    try:
        yield
    except BaseException as stop:
        for note in _notes(finished):
            stop.add_note(note)
        raise
    finally:
        _STATE.finished = [files for files in _STATE.finished if files is not finished]


def _notes(finished: Sequence[Path]) -> list[str]:
    return [f"finished before, and whole: {', '.join(map(str, finished))}"] if finished else []


def start_child(command: list[str], **options: Any) -> "subprocess.Popen[bytes]":
    """Start a child process in a session of its own, which ends when this program is ended.

    Raises
    ------
    KeyboardInterrupt
        When the program is ending already.
    """
    with _STATE.lock:
        if _STATE.interrupted:
            raise KeyboardInterrupt
        child = subprocess.Popen(command, start_new_session=True, **options)
        _STATE.children.add(child)
    return child


def forget_child(child: "subprocess.Popen[bytes]") -> None:
    """End a child process, and all that it started."""
    _kill(child)
    child.wait()
    with _STATE.lock:
        _STATE.children.discard(child)


def await_end(child: "subprocess.Popen[bytes]", timeout_s: float) -> int:
    """Wait for a child to end, and end all that it started; gives its status.

    Raises
    ------
    subprocess.TimeoutExpired
        When it does not end in time; it runs on.
    """
    if not hasattr(os, "waitid"):
        return child.wait(timeout_s)
    end_s, step_s = time.monotonic() + timeout_s, _FIRST_LOOK_S
    while child.returncode is None and not _has_ended(child):
        left_s = end_s - time.monotonic()
        if left_s <= 0.0:
            raise subprocess.TimeoutExpired(child.args, timeout_s)
        step_s = min(2.0 * step_s, _LAST_LOOK_S, left_s)
        time.sleep(step_s)
    _kill(child)
    return child.wait()


def _has_ended(child: "subprocess.Popen[bytes]") -> bool:
    """Look whether a child has ended, and leave its number to it."""
    with suppress(ChildProcessError):
        return os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    return True


@contextmanager
def started(command: list[str], **options: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a child process, and end it with the block."""
    child = start_child(command, **options)
    try:
        yield child
    finally:
        forget_child(child)


def end_children() -> None:
    """End all child processes."""
    with _STATE.lock:
        ending = list(_STATE.children)
    for child in ending:
        _kill(child)


_HEARD = ("SIGINT", "SIGTERM", "SIGHUP")


def end_at_once() -> None:
    """Let an interrupt end the program there and then, as long as nothing was begun: until signals are heard."""
    for name in _HEARD:
        with suppress(ValueError, AttributeError):
            number = getattr(signal, name)
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, _end)


def _end(number: int, frame: FrameType | None) -> None:
    with suppress(OSError):
        os.write(2, b"error: interrupted\n")
    os._exit(130)


def hear_no_more() -> None:
    """Let what was asked to end, or is done, come to its end with its own status."""
    exec("")  # Python ends by SIGINT, whatever the status, where an interrupt fell into its last text (of a dataclass)
    for name in _HEARD:
        with suppress(ValueError, AttributeError):
            signal.signal(getattr(signal, name), _overhear)  # ignored signals would stay ignored in child processes


def hear_signals() -> None:
    """Let SIGINT, SIGTERM and SIGHUP end the program as Ctrl-C does: in time, whatever is being done."""
    _STATE.interrupted = False
    for name in _HEARD:
        with suppress(ValueError, AttributeError):  # only the main thread hears signals, and not every system has all
            number = getattr(signal, name)
            if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
                signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt; a watchman sees to the end where libraries drop it."""
    if not _STATE.interrupted:
        _STATE.interrupted = True
        sys.unraisablehook = partial(_interrupt_again, number)
        threading.Thread(target=_watch, daemon=True).start()
    end_children()
    raise KeyboardInterrupt


def _interrupt_again(number: int, dropped: Any) -> None:
    """Send a signal once more, soon, where Python drops the interrupt inside a callback.

    What else fails in callbacks by now, as those that close a cluster that never came up, is nobody's concern.
    """
    if isinstance(dropped.exc_value, KeyboardInterrupt) and sys.platform != "win32":
        again = threading.Timer(_AGAIN_S, signal.pthread_kill, (threading.get_ident(), number))
        again.daemon = True
        again.start()


def _overhear(number: int, frame: FrameType | None) -> None:
    """Do nothing."""


def _watch() -> None:
    threading.Event().wait(_PATIENCE_S)
    end_children()
    for place in tuple(_STATE.places):
        _remove(place)
    with suppress(OSError):
        told = "; ".join(["interrupted", *(note for finished in _STATE.finished for note in _notes(finished))])
        os.write(2, f"error: {told}\n".encode(errors="backslashreplace"))
    os._exit(130)


def _kill(child: "subprocess.Popen[bytes]") -> None:
    """Kill a child that was not waited for yet, and its group: until then nobody else can have its number."""
    if child.returncode is not None:
        return
    with suppress(OSError):
        child.kill() if sys.platform == "win32" else os.killpg(child.pid, signal.SIGKILL)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)
