"""Plugins from outside: each in a process of its own, asked over a pipe, within a time limit.

Whatever a plugin does (end the process, loop, crash, print, change arrays or numpy) it does there, to copies.
"""

import itertools
import pickle
import queue
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import wraps
from inspect import signature
from types import SimpleNamespace
from typing import Any

from swinglever import hookspecs
from swinglever.errors import ForeignError, TamperedError
from swinglever.hookspecs import Engine, hookimpl
from swinglever.metrics.base import Metric
from swinglever.plugins.candidates import Candidate
from swinglever.plugins.channel import as_error, receive, send, unpack
from swinglever.plugins.verbs import verb_elsewhere
from swinglever.system.endings import await_end, forget_child, is_interrupted, start_child
from swinglever.system.isolation import child_environment, ending_of

PATIENCE_S = 20.0
"""Longest that a plugin may take for one answer."""
_LONG = 30.0
"""What is more work than a number may take this many times as long: importing, reading, loading, solving, exporting."""
_QUICK = ("swinglever_metrics", "swinglever_report_sections", "swinglever_report_ready")
_MEMORY_BYTES = 8 * 2**30

_tokens = itertools.count(1)


@dataclass(kw_only=True)
class Hosted:
    """A plugin in its own process, which is started anew when it was lost.

    Parameters
    ----------
    candidate
        What to load.
    patience_s
        Seconds for a quick answer.
    """

    candidate: Candidate
    patience_s: float = PATIENCE_S
    _process: "_Process | None" = None
    _fatal: dict[tuple[str, ...], str] = field(default_factory=dict)
    _last: tuple[Any, int] | None = None

    def load(self) -> tuple[Any, dict[str, Any]]:
        """Import the plugin; gives what stands for it here, and what it says of itself.

        Raises
        ------
        ForeignError, PluginError
            When it cannot be imported or is no plugin.
        """
        told: dict[str, Any] = self._start()
        return SimpleNamespace(**{hook: self._stand_in(hook, *how) for hook, how in told["hooks"].items()}), told

    def ask_hook(self, hook: str, arguments: Mapping[str, Any]) -> Any:
        """Call a hook; functions that it offers come back as ones that are called over there."""
        answer = self._ask((hook,), "hook", dict(arguments))
        if hook == "swinglever_metrics":
            return [Metric(**about, measure=Offer(host=self, hook=hook, name=name)) for name, about in answer.items()]
        if hook == "swinglever_engines":
            return {n: Engine(suffixes=s, load=Offer(host=self, hook=hook, name=n)) for n, s in answer.items()}
        if hook == "swinglever_verbs":
            return [verb_elsewhere(n, about, Offer(host=self, hook=hook, name=n)) for n, about in answer.items()]
        if hook in ("swinglever_muscle_solvers", "swinglever_exporters"):
            return {name: Offer(host=self, hook=hook, name=name) for name in answer}
        return answer

    def ask_offer(self, hook: str, name: str, arguments: tuple[Any, ...]) -> Any:
        """Call a function that the plugin offers."""
        return self._ask((hook, name), "offer", arguments)

    def _ask(self, key: tuple[str, ...], kind: str, subject: Any) -> Any:
        if key in self._fatal:
            raise ForeignError(self._fatal[key])
        if self._process is None:
            self._start()
        token, content = self._token_of(subject)
        within_s = self.patience_s * (1.0 if key[0] in _QUICK else _LONG)
        return self._exchange(key, (within_s, kind, *key, token, content), subject)

    def _token_of(self, subject: Any) -> tuple[int, bytes | None]:
        """Give the number of a subject, and its copy where it was not the last one: most calls are about the same."""
        single = subject[0] if isinstance(subject, tuple) and len(subject) == 1 else None
        if single is not None and self._last is not None and self._last[0] is single:
            return self._last[1], None
        token = next(_tokens)
        self._last = None if single is None else (single, token)
        return token, pickle.dumps(subject, pickle.HIGHEST_PROTOCOL)

    def _start(self) -> Any:
        self._last, self._process = None, _Process()
        return self._exchange(("import",), (self.patience_s * _LONG, "load", self.candidate.recipe))

    def _exchange(self, key: tuple[str, ...], question: tuple[Any, ...], subject: Any = ()) -> Any:
        assert self._process is not None
        try:
            done, answer = self._process.ask(question)
        except ForeignError as lost:
            self._fatal[key] = str(lost)
            self._process = None
            raise
        if done:
            try:
                return unpack(answer, subject)
            except Exception as error:
                raise ForeignError(f"its answer cannot be taken over: {type(error).__name__}: {error}") from error
        said = as_error(*answer)
        if isinstance(said, TamperedError):  # what else it changed there cannot be known
            self._process.end()
            self._process = None
        raise said

    def _stand_in(self, hook: str, wanted: tuple[str, ...], options: Mapping[str, Any]) -> Any:
        """Make the function that pluggy calls: with every argument of the hook, and the marks of the plugin's own."""
        specified = getattr(hookspecs, hook)
        names = tuple(signature(specified).parameters)

        @wraps(specified)
        def call(*values: Any) -> Any:
            given = dict(zip(names, values, strict=True))
            return self.ask_hook(hook, {name: given[name] for name in wanted})

        return hookimpl(**options)(call)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A function of a plugin, called in the plugin's process."""

    host: Hosted
    hook: str
    name: str

    def __call__(self, *arguments: Any) -> Any:
        """Call it with copies."""
        return self.host.ask_offer(self.hook, self.name, arguments)


class _Process:
    """The process: questions go in, answers come out of a thread that listens."""

    def __init__(self) -> None:
        thread = "main" if threading.current_thread() is threading.main_thread() else "other"
        command = [sys.executable, "-m", "swinglever.plugins.host", str(_MEMORY_BYTES), thread]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._child = start_child(command, env=child_environment(), **pipes)
        self._answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=_listen, args=(self._child.stdout, self._answers), daemon=True).start()
        self._finalizer, self._numbers = weakref.finalize(self, _end, self._child), itertools.count()

    def ask(self, question: tuple[Any, ...]) -> tuple[bool, Any]:
        """Put a question and wait for the answer.

        Raises
        ------
        ForeignError
            When the process ends, or the time does.
        """
        number = next(self._numbers)
        try:
            send(self._child.stdin, (number, *question))  # type: ignore[arg-type]
            answer = self._answers.get(timeout=question[0])
        except queue.Empty:
            self.end()
            raise ForeignError(f"did not answer within {question[0]:g} s (--plugin-timeout)") from None
        except OSError:
            answer = None
        if not (isinstance(answer, tuple) and len(answer) == 3 and answer[0] == number):  # none, or a stranger's words
            if is_interrupted():
                raise KeyboardInterrupt
            try:
                ending = ending_of(await_end(self._child, 10.0))
            except subprocess.TimeoutExpired:
                ending = "closed its pipes"
            self.end()
            raise ForeignError(f"its process {ending}")
        done, found = answer[1:]
        return bool(done), found

    def end(self) -> None:
        """End it now."""
        self._finalizer()


def _listen(pipe: Any, answers: "queue.SimpleQueue[Any]") -> None:
    answer = object()
    while answer is not None:
        try:
            answer = receive(pipe)
        except Exception:  # noqa: BLE001 - a damaged message is the end of the talk
            answer = None
        answers.put(answer)


def _end(child: "subprocess.Popen[bytes]") -> None:
    forget_child(child)
    for pipe in (child.stdin, child.stdout):
        with suppress(OSError):
            pipe.close()  # type: ignore[union-attr]
