"""For plugin authors: a report of a swing that comes with swinglever, and a check of a plugin on it.

Examples
--------
>>> report = example_report()
>>> report.swing("r_1").side, len(report.swings) > 2
('r', True)
"""

import importlib
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from swinglever.errors import InputError
from swinglever.pipeline import analyse
from swinglever.plugins.candidates import GROUP, Candidate, file_candidate
from swinglever.plugins.manager import BUILT_IN, PluginFault, Plugins
from swinglever.readers.storage import write_storage
from swinglever.records.parameters import Parameters
from swinglever.records.report import Swing, SwingReport
from swinglever.records.trial import Angles, Trial
from swinglever.synthetic.planar_runner import planar_runner, running_coordinates


def example_report(
    plugins: Plugins | None = None, speed_m_s: float = 3.5, parameters: Parameters | None = None
) -> SwingReport:
    """Analyse the mean runner in the plane at 2.5, 3.5 or 4.5 m/s; no muscles, no OpenSim, well under a second.

    Parameters
    ----------
    plugins
        Plugins to try; the built-in alone when not given.
    speed_m_s
        Which speed.
    parameters
        Choices; fewer ``grid_points`` are quicker.
    """
    # Through a file, so that the readers of plugins meet one that is not theirs.
    with tempfile.TemporaryDirectory(prefix="swinglever_") as folder:
        trial = write_example_trial(Path(folder), speed_m_s)
        return analyse(trial, planar_runner(), plugins=plugins or Plugins(), parameters=parameters)


def example_trial(speed_m_s: float = 3.5) -> Trial:
    """Give the joint angles of the planar runner (`swinglever.synthetic.planar_runner`) as a trial, made by hand."""
    time_s, q = running_coordinates(speed_m_s)
    return Trial(name="mean_runner", angles=Angles(names=planar_runner().coordinate_names, time_s=time_s, q=q))


def write_example_trial(folder: Path, speed_m_s: float = 3.5) -> Path:
    """Write the joint angles of the example as ``mean_runner.mot``, in degrees."""
    angles, turning = example_trial(speed_m_s).angles, [c.turns for c in planar_runner().coordinates]
    assert angles is not None
    degrees = np.where(turning, np.degrees(angles.q), angles.q)
    path = folder / "mean_runner.mot"
    return write_storage(path, angles.time_s, angles.names, degrees, header={"name": "example"}, in_degrees=True)


@cache
def example_swing() -> Swing:
    """Give the first right swing of the example."""
    return example_report().swing("r_1")


@dataclass(frozen=True, kw_only=True)
class Check:
    """What a plugin offered and gave on the example: metric -> (value, unit, reason)."""

    plugins: tuple[str, ...]
    hooks: tuple[str, ...]
    metrics: dict[str, tuple[float, str, str]]
    faults: tuple[PluginFault, ...]

    def as_table(self) -> dict[str, Any]:
        """Give it as plain values; nan is None."""
        measured = {
            name: {"value": value if np.isfinite(value) else None, "unit": unit, "reason": reason}
            for name, (value, unit, reason) in self.metrics.items()
        }
        faults = [{"plugin": f.plugin, "where": f.where, "error": f.error, "traceback": f.trace} for f in self.faults]
        return {"plugins": list(self.plugins), "hooks": list(self.hooks), "metrics": measured, "faults": faults}

    def lines(self) -> Iterator[str]:
        """Give it as text."""
        yield f"plugins: {', '.join(self.plugins) or 'none loaded'}"
        yield f"hooks: {', '.join(self.hooks) or 'none'}"
        for name, (value, unit, reason) in self.metrics.items():
            yield f"  {name} = {value:.6g} {unit}" + (f" ({reason})" if reason else "")
        for fault in self.faults:
            yield f"fault: {fault}" + (f"\n{fault.trace}" if fault.trace else "")
        yield "at fault" if self.faults else "good"


def check(path: str | Path) -> Check:
    """Load the plugin at a path and measure its metrics on the example.

    Parameters
    ----------
    path
        One ``.py`` file, or the folder of a project with entry points in the group ``swinglever`` (``pyproject.toml``).

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
        report = example_report(plugins)
        swing = report.swing("r_1")
        measured = {**swing.metrics, **report.metrics}
        plugins.sections(report)
    mine = [p for p in plugins.loaded.values() if p.name != BUILT_IN]
    return Check(
        plugins=tuple(p.name for p in mine),
        hooks=tuple(dict.fromkeys(hook for p in mine for hook in p.hooks)),
        metrics={n: (m.value, m.unit, m.reason) for n, m in measured.items() if m.plugin != BUILT_IN},
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
        Candidate(name=name, version=version, place=str(path), load=partial(_import, target))
        for name, target in points.items()
    ]


def _import(target: str) -> Any:
    module, _, attribute = target.partition(":")
    found = importlib.import_module(module)
    for part in filter(None, attribute.split(".")):
        found = getattr(found, part)
    return found


@contextmanager
def _importable(path: Path) -> Iterator[None]:
    """Put a project's folder, and its ``src``, before everything else on the module path for a while."""
    places = [str(path / "src"), str(path)] if path.is_dir() else []
    sys.path[:0] = places
    importlib.invalidate_caches()
    try:
        yield
    finally:
        for place in places:
            sys.path.remove(place)
