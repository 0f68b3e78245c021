"""Loads one plugin from where its author keeps it, and runs everything that it offers."""

import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from swinglever.errors import InputError
from swinglever.plugins.candidates import GROUP, Candidate, file_candidate
from swinglever.plugins.manager import BUILT_IN, PluginFault, Plugins
from swinglever.testing.tries import try_everything


@dataclass(frozen=True, kw_only=True)
class Check:
    """What a plugin offered, and what came of running it.

    Parameters
    ----------
    plugins, hooks
        Those that were loaded, and the hooks that they implement.
    metrics
        Metric -> (value, unit, reason).
    tried
        A line for each reader, engine, solver, exporter and section that was run, and what it gave.
    faults
        Everything that went wrong.
    """

    plugins: tuple[str, ...]
    hooks: tuple[str, ...]
    metrics: dict[str, tuple[float, str, str]]
    tried: tuple[str, ...]
    faults: tuple[PluginFault, ...]

    def as_table(self) -> dict[str, Any]:
        """Give it as plain values; nan is None."""
        measured = {
            name: {"value": value if np.isfinite(value) else None, "unit": unit, "reason": reason}
            for name, (value, unit, reason) in self.metrics.items()
        }
        faults = [{"plugin": f.plugin, "where": f.where, "error": f.error, "traceback": f.trace} for f in self.faults]
        told = {"plugins": list(self.plugins), "hooks": list(self.hooks), "tried": list(self.tried)}
        return {**told, "metrics": measured, "faults": faults}

    def lines(self) -> Iterator[str]:
        """Give it as text."""
        yield f"plugins: {', '.join(self.plugins) or 'none loaded'}"
        yield f"hooks: {', '.join(self.hooks) or 'none'}"
        for name, (value, unit, reason) in self.metrics.items():
            yield f"  {name} = {value:.6g} {unit}" + (f" ({reason})" if reason else "")
        for line in self.tried:
            yield f"  {line}"
        for fault in self.faults:
            yield f"fault: {fault}" + (f"\n{fault.trace}" if fault.trace else "")
        yield "at fault" if self.faults else "good"


def check(path: str | Path, *, trial: str | Path | None = None, model: str | Path | None = None) -> Check:
    """Load the plugin at a path and run everything that it offers on a swing with muscles.

    Parameters
    ----------
    path
        One ``.py`` file, or the folder of a project with entry points in the group ``swinglever`` (``pyproject.toml``).
    trial, model
        Files for the plugin's own reader and engine to open; without them, readers are shown the example's file.

    Raises
    ------
    InputError
        When there is no plugin there.
    """
    plugins = Plugins()
    path = Path(path)
    with _importable(path):
        for candidate in _candidates(path):
            plugins.load(candidate)
        report, tried = try_everything(plugins, *(None if file is None else Path(file) for file in (trial, model)))
    measured = {**report.swing("r_1").metrics, **report.metrics}
    mine = [p for p in plugins.loaded.values() if p.name != BUILT_IN]
    return Check(
        plugins=tuple(p.name for p in mine),
        hooks=tuple(dict.fromkeys(hook for p in mine for hook in p.hooks)),
        metrics={n: (m.value, m.unit, m.reason) for n, m in measured.items() if m.plugin != BUILT_IN},
        tried=tuple(tried),
        faults=tuple(dict.fromkeys(plugins.faults)),
    )


def _candidates(path: Path) -> list[Candidate]:
    if path.suffix == ".py":
        return [file_candidate(path)]
    project = path / "pyproject.toml"
    if not project.is_file():
        raise InputError(f"expected a .py file, or a folder with a pyproject.toml, got '{path}'")
    try:
        table = tomllib.loads(project.read_text(encoding="utf-8")).get("project", {})
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"expected TOML in '{project}': {error}") from error
    points = table.get("entry-points", {}).get(GROUP, {})
    if not points:
        raise InputError(f"expected [project.entry-points.{GROUP}] in '{project}', found none")
    version = str(table.get("version", ""))
    return [
        Candidate(name=name, version=version, place=str(path), recipe=("point", target))
        for name, target in points.items()
    ]


@contextmanager
def _importable(path: Path) -> Iterator[None]:
    """Put a project's folder, and its ``src``, before everything else on the module path for a while."""
    places = [str(path / "src"), str(path)] if path.is_dir() else []
    sys.path[:0] = places
    try:
        yield
    finally:
        for place in places:
            sys.path.remove(place)
