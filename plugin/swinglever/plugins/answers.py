"""What a plugin may be and may answer: each check raises, and the plugin is named by who called it."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import click
import pluggy

from swinglever import hookspecs
from swinglever.anatomy.groups import muscle_table
from swinglever.errors import PluginError, named
from swinglever.metrics.base import Metric, metric

T = TypeVar("T")

JUDGED = ("hamstrings", "other_knee_flexors", "knee_extensors")
"""Groups on which a verdict rests."""

BUILT_IN_CASES = ("silent_hamstrings", "silent_knee_extensors", "silent_knee_crossing_muscles")
"""Cases that `swinglever.causes.silencing` has itself."""


def check_name(name: str, member: Any, specs: Sequence[str]) -> None:
    """Refuse hooks that are misspelt, unmarked or wrappers."""
    marks = getattr(member, "swinglever_impl", None)
    meant_as_hook = marks is not None or (name.startswith("swinglever_") and callable(member))
    if meant_as_hook and name not in specs:
        near = difflib.get_close_matches(name, specs, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {named(specs, 99)}"
        raise PluginError(f"there is no hook {name!r}; {hint}")
    if meant_as_hook and not marks:
        raise PluginError(f"{name!r} is not marked; put @swinglever.hookimpl above it")
    if marks and (marks.get("wrapper") or marks.get("hookwrapper")):
        raise PluginError(f"{name!r} is a wrapper; plugins are called one at a time and cannot wrap each other")


def spec_names() -> tuple[str, ...]:
    """Names of all hooks."""
    return tuple(name for name in vars(hookspecs) if name.startswith("swinglever_"))


def check_plugin(plugin: Any) -> dict[str, tuple[tuple[str, ...], dict[str, Any]]]:
    """Refuse what pluggy would let pass, and what it would refuse only when half of it is registered.

    Returns
    -------
    dict
        Hook -> (arguments that it takes, marks of ``hookimpl``).
    """
    specs = spec_names()
    api = getattr(plugin, "SWINGLEVER_API", hookspecs.API_VERSION)
    if api != hookspecs.API_VERSION:
        raise PluginError(f"written for plugin API {api}; this version of swinglever has {hookspecs.API_VERSION}")
    for name in dir(plugin):
        check_name(name, getattr(plugin, name, None), specs)
    if not any(hasattr(plugin, name) for name in specs):
        raise PluginError(f"implements no hook; there are {named(specs, 99)}")
    trial = pluggy.PluginManager("swinglever")
    trial.add_hookspecs(hookspecs)
    trial.register(plugin)
    found = {}
    for name in specs:
        for implementation in getattr(trial.hook, name).get_hookimpls():
            order = {mark: bool(getattr(implementation, mark)) for mark in ("tryfirst", "trylast")}
            found[name] = (tuple(implementation.argnames), order)
    return found


def _are_texts(several: Any) -> bool:
    return isinstance(several, tuple | list) and all(isinstance(each, str) for each in several)


def check_section(section: Any) -> hookspecs.Section:
    """Refuse what is not a section, and rows that are not texts of the header's number."""
    if not isinstance(section, hookspecs.Section):
        raise TypeError(f"expected swinglever.hookspecs.Section, got {type(section).__name__}")
    if not all(isinstance(told, str) for told in (section.title, section.text, *section.header)):
        raise TypeError("expected title, text and header of a section as texts")
    for row in section.rows:
        if len(row) != len(section.header) or not all(isinstance(cell, str) for cell in row):
            raise ValueError(f"section {section.title!r}: expected rows of {len(section.header)} texts, got {row!r}")
    return section


def check_answer(answer: Any, kind: type[T], of: type[Any] | None) -> T | None:
    """Refuse what is neither None nor a ``kind`` (of one or more ``of``)."""
    if answer is None:
        return None
    if not isinstance(answer, kind):
        raise TypeError(f"expected a {kind.__name__} or None, got {type(answer).__name__}")
    items = list(answer) if of is not None and isinstance(answer, Iterable) else []
    if of is not None and not (items and all(isinstance(item, of) for item in items)):
        kinds = sorted({type(item).__name__ for item in items})
        raise TypeError(f"expected one or more {of.__name__}, got {kinds or 'none'}")
    return answer


def check_verb(verb: Any) -> click.Command:
    """Refuse what is not a command with a name."""
    if not isinstance(verb, click.Command) or not verb.name:
        raise TypeError(f"expected commands, made with @click.command(NAME), got {type(verb).__name__}")
    return verb


def _named_muscles(hook: str, answer: Any) -> Iterator[tuple[str, Any]]:
    """Give the pairs of name and muscles, of groups or of cases of the ablation."""
    if not isinstance(answer, Mapping):
        raise TypeError(f"expected a dictionary by name, got {type(answer).__name__}")
    table = muscle_table()["muscle_groups"]
    judged = frozenset().union(*(table[group] for group in JUDGED))
    for name, muscles in answer.items():
        if isinstance(muscles, str) or not all(isinstance(each, str) for each in muscles):
            raise TypeError(f"expected names of muscles as {name!r}, got {muscles!r}")
        if hook == "swinglever_ablation_cases" and not str(name).startswith("silent_"):
            raise ValueError(f"expected a case whose name begins with 'silent_', got {name!r}")
        if hook == "swinglever_ablation_cases" and name in BUILT_IN_CASES:
            raise ValueError(f"expected another name for a case, {name!r} is swinglever's own")
        if hook == "swinglever_muscle_groups" and (taken := sorted(judged & set(muscles))):
            raise ValueError(f"expected muscles on whose groups no verdict rests as {name!r}, got {named(taken)}")
        yield str(name), tuple(muscles)


def named_offers(hook: str, answer: Any) -> Iterator[tuple[str, Any]]:
    """Give the pairs of name and offer: of a list of metrics, or of a mapping of engines or functions."""
    if hook in ("swinglever_muscle_groups", "swinglever_ablation_cases"):
        yield from _named_muscles(hook, answer)
        return
    if hook == "swinglever_verbs":
        yield from ((check_verb(each).name or "", each) for each in answer)
        return
    if hook != "swinglever_metrics":
        if not isinstance(answer, Mapping):
            raise TypeError(f"expected a dictionary by name, got {type(answer).__name__}")
        for name, offer in answer.items():
            if not (isinstance(offer, hookspecs.Engine) if hook == "swinglever_engines" else callable(offer)):
                wanted_kind = "an Engine" if hook == "swinglever_engines" else "a function"
                raise TypeError(f"expected {wanted_kind} as {name!r}, got {type(offer).__name__}")
            if isinstance(offer, hookspecs.Engine) and not _are_texts(offer.suffixes):
                raise TypeError(f"expected endings of file names of the engine {name!r}, got {offer.suffixes!r}")
            yield str(name), offer
        return
    for each in answer:
        if not callable(each):
            raise TypeError(f"expected metrics, made with @swinglever.metric(unit=...), got {type(each).__name__}")
        chosen = each if isinstance(each, Metric) else metric(each)
        yield chosen.name, chosen
