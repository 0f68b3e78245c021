"""The process of one plugin: imports it, calls what it is asked to call, and answers with copies.

Run as ``python -m swinglever.plugins.host``: questions come on standard input, answers go to where standard output
was; what the plugin prints goes to standard error.
"""

import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from swinglever.errors import TamperedError
from swinglever.plugins.answers import check_plugin, named_offers
from swinglever.plugins.candidates import load_recipe, source_hash
from swinglever.plugins.channel import as_words, pack, receive, send
from swinglever.plugins.verbs import run_verb
from swinglever.system.leash import follow_thread, limit, watch_parent

OFFERING = (
    "swinglever_metrics",
    "swinglever_engines",
    "swinglever_muscle_solvers",
    "swinglever_exporters",
    "swinglever_verbs",
)
"""Hooks whose answers hold functions, which stay here."""
_SLACK = 2.0
"""The process ends itself after this many times the limit: whoever set the limit may be gone."""


@dataclass(kw_only=True)
class Host:
    """A plugin and what it offers, by hook and name; the last subject that came, as it came."""

    plugin: Any = None
    offers: dict[str, dict[str, Any]] = field(default_factory=dict)
    subjects: dict[int, bytes] = field(default_factory=dict)
    numpy: dict[str, int] = field(default_factory=dict)

    def answer(self, question: tuple[Any, ...]) -> bytes:
        """Do what is asked, and pickle the answer."""
        kind, *rest = question
        subject = () if kind == "load" else self._subject(*rest[-2:])
        found = getattr(self, f"_{kind}")(*(rest if kind == "load" else [*rest[:-2], subject]))
        self._expect_numpy_unharmed()
        return pack(found, subject)

    def _load(self, recipe: tuple[str, ...]) -> dict[str, Any]:
        import numpy  # noqa: F401 - before a stranger can change it

        self.numpy = _fingerprint()
        self.plugin = load_recipe(recipe)
        options = check_plugin(self.plugin)
        version = str(getattr(self.plugin, "__version__", ""))
        return {"version": version, "sha256": source_hash(self.plugin), "hooks": options}

    def _hook(self, hook: str, arguments: Mapping[str, Any]) -> Any:
        answer = getattr(self.plugin, hook)(**arguments)
        if hook not in OFFERING:
            return list(answer) if hook == "swinglever_report_sections" else answer
        self.offers[hook] = dict(named_offers(hook, answer))
        return {name: _described(hook, offer) for name, offer in self.offers[hook].items()}

    def _offer(self, hook: str, name: str, arguments: tuple[Any, ...]) -> Any:
        if hook not in self.offers:  # in a process that was started anew
            self._hook(hook, {})
        offer = self.offers[hook][name]
        if hook == "swinglever_verbs":
            return run_verb(offer, *arguments)
        call: Callable[..., Any] = offer.load if hook == "swinglever_engines" else offer
        found = call(*arguments)
        return [str(path) for path in found] if hook == "swinglever_exporters" else found

    def _subject(self, token: int, content: bytes | None) -> Any:
        """Give what a call is about, fresh for every call: what a plugin does to it, nobody sees."""
        if content is not None:
            self.subjects = {token: content}
        return pickle.loads(self.subjects[token])

    def _expect_numpy_unharmed(self) -> None:
        changed = [name for name, number in _fingerprint().items() if self.numpy.get(name, number) != number]
        if changed:
            raise TamperedError(f"changed {', '.join(sorted(changed)[:3])} for everybody; what it says is not taken")


def _described(hook: str, offer: Any) -> Any:
    """Give what can be said of an offer without its functions."""
    if hook == "swinglever_metrics":
        return {name: value for name, value in vars(offer).items() if name != "measure"}
    if hook == "swinglever_verbs":
        return offer.get_short_help_str(limit=200)
    return offer.suffixes if hook == "swinglever_engines" else ""


def _fingerprint() -> dict[str, int]:
    """Who stands behind each public name of numpy."""
    import numpy as np

    parts = {"numpy": np, "numpy.linalg": np.linalg, "numpy.random": np.random}
    public = (
        (path, name, value) for path, part in parts.items() for name, value in vars(part).items() if name[0] != "_"
    )
    return {f"{path}.{name}": id(value) for path, name, value in public}


def _reply(host: Host, question: tuple[Any, ...]) -> tuple[bool, Any]:
    """Give (True, answer as a pickle) or (False, error as words), whatever the plugin does."""
    try:
        return True, host.answer(question)
    except BaseException as error:  # noqa: BLE001 - a stranger's code may raise anything
        try:
            trace = "".join(traceback.format_exception(error))
        except BaseException:  # noqa: BLE001 - the error's own methods may fail
            trace = ""
        return False, as_words(error, trace)


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Take the pipes for the answers alone; prints go to standard error, or nowhere."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    try:
        os.dup2(2, 1)
    except OSError:
        os.dup2(nothing, 1)
    return questions, answers


def _alarm(seconds: float) -> None:
    """Have the system end this process after some time; 0 for never."""
    with suppress(AttributeError, ValueError):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def main() -> None:
    """Answer until nobody asks any more."""
    questions, answers = _own_pipes()
    memory_bytes, host, own = int(sys.argv[1]), Host(), os.getpid()
    limit(memory_bytes, 0)
    watch_parent()
    if sys.argv[2] == "main":  # another thread may end before the program
        follow_thread()
    while (question := receive(questions, pickle.loads)) is not None:
        number, within_s, *asked = question
        _alarm(_SLACK * within_s)
        reply = _reply(host, tuple(asked))
        _alarm(0.0)
        if os.getpid() != own:
            os._exit(0)  # a copy that the plugin made of the process, which was asked nothing
        send(answers, (number, *reply))
    os._exit(0)  # what a plugin left running or registered does not hold this up


if __name__ == "__main__":
    main()
