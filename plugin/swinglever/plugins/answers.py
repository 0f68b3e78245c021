"""What a plugin may be and may answer: each check raises, and the plugin is named by who called it."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import pluggy

from swinglever import hookspecs
from swinglever.errors import PluginError, named
from swinglever.metrics.base import Metric, metric

T = TypeVar("T")


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


def check_section(section: Any) -> hookspecs.Section:
    """Refuse what is not a section, and rows that are not texts of the header's number."""
    if not isinstance(section, hookspecs.Section):
        raise TypeError(f"expected swinglever.hookspecs.Section, got {type(section).__name__}")
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


def named_offers(hook: str, answer: Any) -> Iterator[tuple[str, Any]]:
    """Give the pairs of name and offer: of a list of metrics, or of a mapping of engines or functions."""
    if hook != "swinglever_metrics":
        if not isinstance(answer, Mapping):
            raise TypeError(f"expected a dictionary by name, got {type(answer).__name__}")
        for name, offer in answer.items():
            if not (isinstance(offer, hookspecs.Engine) if hook == "swinglever_engines" else callable(offer)):
                wanted_kind = "an Engine" if hook == "swinglever_engines" else "a function"
                raise TypeError(f"expected {wanted_kind} as {name!r}, got {type(offer).__name__}")
            yield str(name), offer
        return
    for each in answer:
        if not callable(each):
            raise TypeError(f"expected metrics, made with @swinglever.metric(unit=...), got {type(each).__name__}")
        chosen = each if isinstance(each, Metric) else metric(each)
        yield chosen.name, chosen
