"""Runs what plugins offer: each reader, engine, solver, exporter and section once, on a bundled swing with muscles."""

import contextlib
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from swinglever.anatomy.model import Model
from swinglever.causes.explanation import explain
from swinglever.checks.examination import examine, require
from swinglever.checks.request import Request
from swinglever.errors import PluginError
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import LegSwings, line_up
from swinglever.motion.swings import find_swings
from swinglever.muscles.choice import MuscleSolver
from swinglever.pipeline import analyse
from swinglever.plugins.manager import BUILT_IN, Plugins
from swinglever.plugins.reading import readers
from swinglever.records.parameters import Parameters
from swinglever.records.report import SwingReport
from swinglever.records.trial import Trial
from swinglever.system.scratch import scratch_folder
from swinglever.system.stages import Stages
from swinglever.testing.examples import example_model, example_trial, write_example_trial

_QUICK = Parameters(grid_points=41, side="r")
"""Enough samples for every metric to be one, and few enough for a second or two."""


def try_everything(
    plugins: Plugins, trial: Path | None = None, model: Path | None = None
) -> tuple[SwingReport, tuple[str, ...]]:
    """Run what the plugins offer; what goes wrong is among their faults.

    Parameters
    ----------
    plugins
        Those that were loaded; the built-in one is not tried.
    trial, model
        Files for their readers and engines; the example's file of joint angles, and none, when not given.

    Returns
    -------
    report, tried
        The analysis of the example with their metrics, and a line for each thing that was run.
    """
    report = analyse(example_trial(), example_model(), plugins=plugins, parameters=_QUICK)
    ours = {section.title for section in Plugins().sections(report)}
    tried = [f"section {s.title!r}: {len(s.rows)} rows" for s in plugins.sections(report) if s.title not in ours]
    with scratch_folder() as folder:
        tried += _try_readers(plugins, trial or write_example_trial(folder))
        tried += _try_offers(plugins, "swinglever_muscle_solvers", "muscle solver", _solve)
        tried += _try_offers(plugins, "swinglever_verbs", "verb", _help)
        tried += _try_offers(plugins, "swinglever_muscle_groups", "muscle group", lambda g: f"{len(g)} muscles")
        tried += _try_offers(plugins, "swinglever_ablation_cases", "case", lambda c: f"{len(c)} muscles silent")
        tried += _try_offers(plugins, "swinglever_exporters", "exporter", lambda e: _export(e, report, folder))
    if model is not None:
        tried += _try_offers(plugins, "swinglever_engines", "engine", lambda e: _load(e.load, model))
    return report, tuple(tried)


def _try_offers(plugins: Plugins, hook: str, kind: str, run: Callable[[Any], str]) -> list[str]:
    """Run each offer of a hook that is not ours; a failure becomes its plugin's fault."""
    tried = []
    for name, (plugin, offer) in plugins.offers(hook).items():
        if plugin != BUILT_IN:
            with plugins.blaming(plugin, f"{kind} {name}"):
                tried.append(f"{kind} {name!r}: {run(offer)}")
    return tried


def _try_readers(plugins: Plugins, path: Path) -> list[str]:
    """Show a file to each reader that is not ours."""
    asked = {"path": path, "grf": None, "external_loads": None, "ik_setup": None, "parameters": _QUICK}
    tried = []
    for plugin, answer in plugins.answers("swinglever_read_trial", passing=BUILT_IN, **asked):
        with plugins.blaming(plugin, "swinglever_read_trial"):
            tried.append(f"reader of {plugin!r}: {_told(answer, path)}")
    return tried


def _told(answer: object, path: Path) -> str:
    if answer is None:
        return f"left {path.name} to others; show it a file of its own with --trial"
    if not isinstance(answer, Trial):
        raise PluginError(f"expected a Trial or None of '{path.name}', got {type(answer).__name__}")
    return f"read {path.name}, {len(answer.time_s)} frames"


def _solve(offer: Any) -> str:
    """Let a solver find the forces of the example's right leg, and everything that follows from them."""
    legs = _example_legs()
    swings = explain(legs, MuscleSolver(name="tried", solve=offer), Stages()).swings
    return f"solved {len(swings)} swings" if swings[0].muscles is not None else "left the forces unknown"


def _example_legs() -> tuple[LegSwings, ...]:
    inputs = require(examine(Request.of(example_trial(), example_model(), _QUICK), readers(Plugins())))
    kinematics = solve_kinematics(inputs)
    return line_up(inputs, kinematics, find_swings(inputs.trial, inputs.model, kinematics, _QUICK))


def _help(verb: click.Command) -> str:
    """Ask a verb for its help, as a user would first."""
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.suppress(click.exceptions.Exit):
        verb.main(["--help"], standalone_mode=False)
    return said.getvalue().splitlines()[0]


def _export(offer: Callable[[SwingReport, Path], Any], report: SwingReport, folder: Path) -> str:
    place = Path(tempfile.mkdtemp(dir=folder))
    files = [Path(path) for path in offer(report, place)]
    if absent := [str(path) for path in files if not path.is_file()]:
        raise PluginError(f"expected the files that it names, there is none at {absent[0]}")
    return f"wrote {len(files)} file{'' if len(files) == 1 else 's'}"


def _load(load: Callable[[Path], Any], path: Path) -> str:
    model = load(path)
    if not isinstance(model, Model):
        raise PluginError(f"expected a Model of '{path.name}', got {type(model).__name__}")
    muscles = 0 if model.musculature is None else len(model.musculature.names)
    return f"loaded {path.name}: {len(model.legs)} legs, {muscles} muscles, {len(model.surfaces)} surfaces"
