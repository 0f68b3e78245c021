"""Everything that swinglever itself offers, through the hooks that are there for everybody.

What computes is imported when it is called, so that showing a result needs numpy and h5py alone.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from swinglever import __version__
from swinglever.engines.apart import SUFFIX, load_apart
from swinglever.hookspecs import Engine, Section, hookimpl
from swinglever.metrics import ablated, chain, lever, muscular, stride, timing
from swinglever.output.export_csv import export_csv
from swinglever.output.export_sto import export_sto
from swinglever.output.tables import section_tables

if TYPE_CHECKING:
    from swinglever.anatomy.model import Model
    from swinglever.metrics.base import Metric
    from swinglever.motion.swings import SwingEvents
    from swinglever.muscles.choice import SolveMuscles
    from swinglever.records.kinematics import Kinematics
    from swinglever.records.parameters import Parameters
    from swinglever.records.report import SwingReport
    from swinglever.records.trial import Trial

VERSION = __version__
logger = logging.getLogger(__name__)


@hookimpl
def swinglever_metrics() -> "Sequence[Metric]":
    """Every metric of the claims."""
    return [m for theme in (lever, timing, chain, ablated, muscular, stride) for m in theme.METRICS]


@hookimpl
def swinglever_engines() -> Mapping[str, Engine]:
    """OpenSim's model files, as arrays."""
    return {"opensim": Engine(suffixes=(SUFFIX,), load=load_apart)}


@hookimpl
def swinglever_muscle_solvers() -> "Mapping[str, SolveMuscles]":
    """Static optimization of all frames at once, with EMG or without; OpenSim's; a table of forces; none."""
    from swinglever.muscles import choice
    from swinglever.muscles.solvers.emg_informed import solve_with_emg
    from swinglever.muscles.solvers.least_effort import solve_least_effort
    from swinglever.muscles.solvers.nothing import solve_nothing
    from swinglever.muscles.solvers.opensim import solve_with_opensim
    from swinglever.muscles.solvers.table import solve_from_table

    return {
        choice.STATIC_OPTIMIZATION: solve_least_effort,
        choice.WITH_EMG: solve_with_emg,
        choice.OPENSIM: solve_with_opensim,
        choice.FILE: solve_from_table,
        choice.NONE: solve_nothing,
    }


@hookimpl(trylast=True)
def swinglever_read_trial(
    path: Path, grf: Path | None, external_loads: Path | None, parameters: "Parameters"
) -> "Trial":
    """Markers and coordinates in OpenSim's formats, and in C3D files with the forces of their platforms."""
    from dataclasses import replace

    from swinglever.readers.trial import read_recording

    trial = read_recording(path, parameters.units)
    # Forces of a file of their own go before those of a recording's platforms.
    return trial if grf is None and external_loads is None else replace(trial, ground_forces=())


@hookimpl(trylast=True)
def swinglever_find_swings(
    trial: "Trial", model: "Model", kinematics: "Kinematics", parameters: "Parameters"
) -> "tuple[SwingEvents, ...]":
    """From ground forces, else from kinematics."""
    from swinglever.motion.swings import find_swings

    return find_swings(trial, model, kinematics, parameters)


@hookimpl
def swinglever_report_sections(report: "SwingReport") -> Sequence[Section]:
    """Swings, shares, replays and metrics."""
    return [Section(title=title, header=header, rows=rows) for title, (header, rows) in section_tables(report).items()]


@hookimpl
def swinglever_exporters() -> Mapping[str, "Callable[[SwingReport, Path], Sequence[Path]]"]:
    """Tables that pandas and R open, and tables that OpenSim's GUI opens."""
    return {"csv": export_csv, "parquet": _export_parquet, "sto": export_sto, "setup": _export_setup}


def _export_parquet(report: "SwingReport", folder: Path) -> Sequence[Path]:
    from swinglever.output.frames import export_parquet

    return export_parquet(report, folder)


def _export_setup(report: "SwingReport", folder: Path) -> Sequence[Path]:
    """Read again what the result was made of, and write it with setups of OpenSim's tools."""
    from swinglever.checks.examination import examine, require
    from swinglever.checks.feet import settle_plates
    from swinglever.checks.made_of import files_of
    from swinglever.checks.request import Request
    from swinglever.output.export_setup import write_setups
    from swinglever.plugins.manager import load_plugins
    from swinglever.plugins.reading import readers
    from swinglever.records.parameters import Parameters

    parameters = Parameters.from_table(dict(report.provenance.parameters))
    request = Request.of(parameters=parameters, **files_of(report))
    inputs = require(examine(request, readers(load_plugins())))
    inputs, _ = settle_plates(inputs, report.kinematics)
    return write_setups(report, inputs, folder)


@hookimpl
def swinglever_report_ready(report: "SwingReport") -> None:
    """Log a line a swing, for programs that listen to the logger ``swinglever.plugins.builtin``."""
    for swing in report.swings:
        logger.info("%s %s: %s, %s", report.provenance.trial_name, swing.id, swing.verdict, swing.verdict_reason)
