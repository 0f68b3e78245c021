"""The extension manual: every hook that a plugin may implement, with its exact signature.

A plugin is a module (or any object) with functions of these names, each marked with ``@swinglever.hookimpl``. It is
announced by an entry point in the group ``swinglever``, or it is one file in a folder given with ``--plugins-dir``.
A function may leave out arguments that it does not need. A plugin gets frozen records and read-only numpy arrays, never
an object of OpenSim's.

Everything that swinglever itself offers goes through the same hooks: ``builtin.py`` is the longest example.

A module may say which version of this interface it was written for, ``SWINGLEVER_API = 1``; one written for another
version is skipped, and that is said.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from click import Command

    from swinglever.anatomy.model import Model
    from swinglever.metrics.base import Metric
    from swinglever.motion.swings import SwingEvents
    from swinglever.muscles.forces import LegForces
    from swinglever.muscles.legs import LegMuscles
    from swinglever.records.kinematics import Kinematics
    from swinglever.records.parameters import Parameters
    from swinglever.records.report import SwingReport
    from swinglever.records.trial import Trial

API_VERSION = 1
"""Goes up when a hook changes its meaning or loses an argument; a new hook or a new argument does not raise it."""

hookspec = pluggy.HookspecMarker("swinglever")
hookimpl = pluggy.HookimplMarker("swinglever")


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Loads models of some kind: ``load`` makes a `Model` of a path that ends in one of ``suffixes`` (``.osim``)."""

    suffixes: tuple[str, ...]
    load: Callable[[Path], "Model"]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a report: a title, and a table, plain text, or both."""

    title: str
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    text: str = ""


@hookspec
def swinglever_metrics() -> Sequence["Metric"]:  # type: ignore[empty-body]
    """Offer metrics: functions of a `Swing` (or of the whole `SwingReport`) made with ``@swinglever.metric(unit=...)``.

    A metric that raises, or gives anything but one finite number, costs its own value: nan with the reason.
    """


@hookspec
def swinglever_engines() -> Mapping[str, "Engine"]:  # type: ignore[empty-body]
    """Offer engines by name: what turns a model file into a `Model` of plain arrays. The file's ending chooses."""


@hookspec
def swinglever_muscle_solvers() -> Mapping[str, Callable[["LegMuscles"], "LegForces | None"]]:  # type: ignore[empty-body]
    """Offer muscle solvers by name: functions of a leg's muscles along all its swings to their forces.

    A solver takes a `LegMuscles`, with arrays over swings, samples and muscles (S, K, m), and gives a `LegForces` of
    the same; None leaves the muscles unknown. Whatever it needs is reached through what it takes.
    """


@hookspec
def swinglever_read_trial(
    path: Path, grf: Path | None, external_loads: Path | None, ik_setup: Path | None, parameters: "Parameters"
) -> "Trial | None":
    """Read a recording, or give None for a file that is not yours; the first plugin that gives a `Trial` is heard.

    A `Trial` holds plain arrays. What it leaves out of ground forces and tasks is read from ``grf``,
    ``external_loads`` and ``ik_setup`` as OpenSim writes them.
    """


@hookspec
def swinglever_find_swings(
    trial: "Trial", model: "Model", kinematics: "Kinematics", parameters: "Parameters"
) -> "tuple[SwingEvents, ...] | None":
    """Find the swings of a trial, or give None to leave it to others; the first plugin that gives any is heard."""


@hookspec
def swinglever_report_sections(report: "SwingReport") -> Sequence["Section"]:  # type: ignore[empty-body]
    """Add sections to what ``show`` and ``report`` print of a result."""


@hookspec
def swinglever_exporters() -> Mapping[str, Callable[["SwingReport", Path], Sequence[Path]]]:  # type: ignore[empty-body]
    """Offer formats to export to, by name: functions of a report and a folder that write files and give their paths."""


@hookspec
def swinglever_verbs() -> Sequence["Command"]:  # type: ignore[empty-body]
    """Offer verbs of the command line: commands made with click. Those of installed plugins stand in ``--help``."""


@hookspec
def swinglever_muscle_groups() -> Mapping[str, Sequence[str]]:  # type: ignore[empty-body]
    """Offer groups that muscles are summed up in: names of muscles, without the side, by group.

    They go before those of ``models/families.toml``, but for muscles on whose groups a verdict rests: hamstrings, other
    knee flexors, knee extensors.
    """


@hookspec
def swinglever_ablation_cases() -> Mapping[str, Sequence[str]]:  # type: ignore[empty-body]
    """Offer cases of the ablation: muscles, without the side, that are silent, by a name that begins with ``silent_``.

    Their activation is zero from toe-off on, their passive fibres still resist; all others answer to the new motion.
    """


@hookspec
def swinglever_report_ready(report: "SwingReport") -> None:
    """Hear of every finished analysis, before its result is written; what it gives back is ignored."""
