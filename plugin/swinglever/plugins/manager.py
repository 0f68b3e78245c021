"""Plugins: loaded and called one at a time, so that a broken one is named and skipped and harms nothing else.

Each plugin from outside runs in a process of its own, on copies (`swinglever.plugins.hosted`).

pluggy keeps the hooks and checks signatures. It is not asked to call them, because it stops at the first error.
"""

import logging
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pluggy

from swinglever import hookspecs
from swinglever.errors import ForeignError, InputError, PluginError, SwingleverError, named, told
from swinglever.metrics.base import measure_safely
from swinglever.plugins import builtin
from swinglever.plugins.answers import check_answer, check_section, named_offers, spec_names
from swinglever.plugins.candidates import Candidate, folder_candidates, installed_candidates, source_hash, wanted
from swinglever.plugins.hosted import PATIENCE_S, Hosted
from swinglever.records.report import Measurement, SwingReport

logger = logging.getLogger(__name__)
T = TypeVar("T")

BUILT_IN = "swinglever"

OFFERS = (
    "swinglever_metrics",
    "swinglever_engines",
    "swinglever_muscle_solvers",
    "swinglever_exporters",
    "swinglever_verbs",
    "swinglever_muscle_groups",
    "swinglever_ablation_cases",
)
"""Hooks that offer things by name."""


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """A plugin that was loaded: who it is, where it came from, which hooks it implements."""

    name: str
    version: str
    place: str
    sha256: str
    hooks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PluginFault:
    """What was wrong with a plugin: ``where`` is ``import``, a hook, or ``metric NAME``."""

    plugin: str
    where: str
    error: str
    trace: str = ""

    def __str__(self) -> str:
        return f"plugin {self.plugin!r}, {self.where}: {self.error}"


class Plugins:
    """The plugins of one run, built-in ones included, and every fault that was found in them.

    Parameters
    ----------
    strict
        Raise on the first fault instead of recording it.
    patience_s
        Longest that a plugin may take for a quick answer, such as a number.
    """

    def __init__(self, *, strict: bool = False, patience_s: float = PATIENCE_S) -> None:
        self.strict = strict
        self.patience_s = patience_s
        self.folders: tuple[str, ...] = ()
        self.loaded: dict[str, Plugin] = {}
        self.faults: list[PluginFault] = []
        self._manager = pluggy.PluginManager("swinglever")
        self._manager.add_hookspecs(hookspecs)
        built_in = Candidate(name=BUILT_IN, version=builtin.VERSION, place="built in", recipe=())
        self._add(builtin, built_in, sha256=source_hash(builtin))

    def load(self, candidate: Candidate) -> None:
        """Import one plugin and register it; a broken one becomes a fault.

        Raises
        ------
        PluginError
            When a plugin of that name is there already, or on any fault in strict mode.
        """
        if candidate.name in self.loaded:
            other = self.loaded[candidate.name].place
            raise PluginError(
                f"two plugins are called {candidate.name!r}: {other} and {candidate.place}; rename one, or switch both "
                f"off with SWINGLEVER_DISABLE_PLUGINS={candidate.name}"
            )
        try:
            plugin, about = Hosted(candidate=candidate, patience_s=self.patience_s).load()
            self._add(plugin, candidate, about["version"], about["sha256"])
        except Exception as error:  # noqa: BLE001 - whatever a plugin does
            self._fault(candidate.name, "import", error)

    def _add(self, plugin: Any, candidate: Candidate, version: str = "", sha256: str = "") -> None:
        self._manager.register(plugin, candidate.name)
        self.loaded[candidate.name] = Plugin(
            name=candidate.name,
            version=candidate.version or version,
            place=candidate.place,
            sha256=sha256,
            hooks=tuple(hook for hook in spec_names() if hasattr(plugin, hook)),
        )

    def answers(self, hook: str, *, passing: str = "", **arguments: Any) -> Iterator[tuple[str, Any]]:
        """Call a hook, plugin by plugin: (name of the plugin, what it gave), the built-in first; one may be passed."""
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            name = implementation.plugin_name
            if name == passing:
                continue
            try:
                yield name, _call(implementation, arguments)
            except Exception as error:
                if name == BUILT_IN:
                    raise
                self._fault(name, hook, error)

    def first(self, hook: str, arguments: Mapping[str, Any], kind: type[T], of: type[Any] | None = None) -> T:
        """Ask plugin after plugin, the built-in last, until one gives a ``kind`` (of one or more ``of``), not None."""
        seen = len(self.faults)
        for implementation in reversed(getattr(self._manager.hook, hook).get_hookimpls()):
            name = implementation.plugin_name
            try:
                answer = check_answer(_call(implementation, arguments), kind, of)
            except Exception as error:
                if name == BUILT_IN:
                    for fault in self.faults[seen:]:
                        error.add_note(str(fault))
                    raise
                self._fault(name, hook, error)
                continue
            if answer is not None:
                return answer
        raise PluginError(f"no plugin answered {hook!r}")

    def offers(self, hook: str) -> dict[str, tuple[str, Any]]:
        """Collect what plugins offer by name: name -> (plugin, offer).

        Raises
        ------
        PluginError
            When two plugins offer one name; the message names both.
        """
        found: dict[str, tuple[str, Any]] = {}
        for plugin, answer in self.answers(hook):
            try:
                pairs = list(named_offers(hook, answer))
            except Exception as error:  # noqa: BLE001 - whatever a plugin returned
                self._fault(plugin, hook, error)
                continue
            for name, offer in pairs:
                if name in found:
                    raise PluginError(
                        f"plugins {found[name][0]!r} and {plugin!r} both offer {name!r} ({hook}); rename one, or "
                        f"switch one off, as with SWINGLEVER_DISABLE_PLUGINS={plugin}"
                    )
                found[name] = (plugin, offer)
        return found

    def muscle_solvers(self) -> dict[str, Callable[..., Any]]:
        """Give the muscle solvers that plugins offer, the built-in one among them, by name."""
        return {name: solve for name, (_, solve) in self.offers("swinglever_muscle_solvers").items()}

    def named_muscles(self, hook: str) -> dict[str, frozenset[str]]:
        """Give the groups of muscles, or the cases of the ablation, that plugins offer by name."""
        return {name: frozenset(muscles) for name, (_, muscles) in self.offers(hook).items()}

    def engine_for(self, path: Path) -> Callable[[Path], Any]:
        """Give what loads a model file, by the file's ending.

        Raises
        ------
        InputError
            When no engine loads such files.
        PluginError
            When several do; the message names the plugins.
        """
        engines = self.offers("swinglever_engines")
        able = [(plugin, engine) for plugin, engine in engines.values() if path.suffix.lower() in engine.suffixes]
        if not able:
            known = sorted(suffix for _, engine in engines.values() for suffix in engine.suffixes)
            raise InputError(f"expected a model as a file that ends in one of {named(known, last='or')}, got '{path}'")
        if len(able) > 1:
            names = [plugin for plugin, _ in able]
            raise PluginError(f"plugins {named(names)} all offer an engine for '{path.suffix}'; switch off all but one")
        return lambda model: self._load_model(*able[0], model)

    def _load_model(self, plugin: str, engine: hookspecs.Engine, path: Path) -> Any:
        try:
            return engine.load(path)
        except SwingleverError as error:
            if isinstance(error, ForeignError):
                raise PluginError(f"plugin {plugin!r} failed to load '{path}': {error}") from error
            raise
        except Exception as error:
            if plugin == BUILT_IN:
                raise
            raise PluginError(f"plugin {plugin!r} failed to load '{path}': {told(error)}") from error

    def check_names(self) -> None:
        """Refuse names that two plugins offer, before any work is done."""
        for hook in OFFERS:
            self.offers(hook)

    def measure(self, scope: str, subject: Any, offered: Mapping[str, tuple[str, Any]]) -> dict[str, Measurement]:
        """Measure every metric of a scope on a swing, or on a report."""
        measured = {}
        for name, (plugin, chosen) in offered.items():
            if chosen.scope != scope:
                continue
            outcome = measure_safely(chosen, subject)
            if outcome.at_fault:
                self._note(
                    PluginFault(plugin=plugin, where=f"metric {name}", error=outcome.reason, trace=outcome.trace)
                )
            measured[name] = Measurement(
                value=outcome.value,
                unit=chosen.unit,
                plugin=plugin,
                reason=outcome.reason,
                claim=chosen.claim,
                meaning=chosen.meaning,
            )
        return measured

    def sections(self, report: SwingReport) -> list[hookspecs.Section]:
        """Collect the sections that plugins add to a report; what is not a table of text becomes a fault."""
        found = []
        for plugin, answer in self.answers("swinglever_report_sections", report=report):
            try:
                found += [check_section(section) for section in answer]
            except Exception as error:  # noqa: BLE001 - whatever a plugin returned
                self._fault(plugin, "swinglever_report_sections", error)
        return found

    def warnings(self) -> tuple[str, ...]:
        """Give the faults in a line each, one that came several times once."""
        return tuple(dict.fromkeys(str(fault) for fault in self.faults))

    def as_table(self) -> dict[str, dict[str, Any]]:
        """Give name, version, source hash and faults of the plugins, for the result file."""
        table: dict[str, dict[str, Any]] = {
            p.name: {"version": p.version, "sha256": p.sha256, "hooks": list(p.hooks)} for p in self.loaded.values()
        }
        for fault in dict.fromkeys(self.faults):
            entry = table.setdefault(fault.plugin, {"version": "", "sha256": "", "hooks": []})
            entry.setdefault("faults", []).append(
                {"where": fault.where, "error": fault.error, "traceback": fault.trace}
            )
        return table

    @contextmanager
    def blaming(self, plugin: str, where: str) -> Iterator[None]:
        """Take down whatever goes wrong in the block as a fault of this plugin."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever a plugin does
            self._fault(plugin, where, error)

    def _fault(self, plugin: str, where: str, error: BaseException) -> None:
        text = " ".join(str(error).split()) if isinstance(error, SwingleverError) else told(error)
        own = error.trace if isinstance(error, ForeignError) else ""
        trace = own or "".join(traceback.format_exception(error))
        self._note(PluginFault(plugin=plugin, where=where, error=text, trace=trace), error)

    def _note(self, fault: PluginFault, cause: BaseException | None = None) -> None:
        if self.strict:
            raise PluginError(str(fault)) from cause
        if fault not in self.faults:
            logger.info("%s\n%s", fault, fault.trace)
        self.faults.append(fault)


def _call(implementation: Any, arguments: Mapping[str, Any]) -> Any:
    return implementation.function(*(arguments[name] for name in implementation.argnames))


def load_plugins(
    folders: Iterable[str | Path] = (), *, strict: bool = False, patience_s: float = PATIENCE_S
) -> Plugins:
    """Load the built-in plugin, those of installed packages and those in folders, one at a time.

    Parameters
    ----------
    folders
        Folders of one-file plugins.
    strict
        Whether a fault in a plugin is an error.
    patience_s
        Longest that a plugin may take for a quick answer, s; thirty times as long for reading, solving, exporting.

    Raises
    ------
    PluginError
        When two plugins have one name, or (strict) one is broken.

    Notes
    -----
    The environment variable SWINGLEVER_LOAD_PLUGINS names the installed plugins to load, all when it is not set;
    SWINGLEVER_DISABLE_PLUGINS names plugins of any kind to leave out, ``all`` for every one.
    """
    plugins = Plugins(strict=strict, patience_s=patience_s)
    plugins.folders = tuple(str(Path(folder).resolve()) for folder in folders)
    for candidate in installed_candidates():
        if wanted(candidate.name):
            plugins.load(candidate)
    for folder in plugins.folders:
        for candidate in folder_candidates(folder):
            if wanted(candidate.name, _without_selection()):
                plugins.load(candidate)
    return plugins


def _without_selection() -> Mapping[str, str]:
    """Environment for plugins that the user pointed at: SWINGLEVER_LOAD_PLUGINS speaks of installed ones only."""
    import os

    from swinglever.plugins.candidates import LOAD

    return {k: v for k, v in os.environ.items() if k != LOAD}
