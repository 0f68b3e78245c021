"""Every trial of a study examined before anything is analysed: what `swinglever check` would say of each."""

from collections.abc import Iterator, Sequence
from typing import Any

from swinglever.errors import EngineError
from swinglever.plugins.manager import Plugins
from swinglever.study.asked import Asked
from swinglever.study.cluster import as_they_end
from swinglever.system.isolation import call_in_child

Fault = tuple[str, str]
"""Severity, and the fault in one line."""


def check_trials(
    trials: Sequence[Asked], plugins: Plugins, time_s: float, client: Any
) -> Iterator[tuple[Asked, tuple[Fault, ...]]]:
    """Examine trials on the workers of a Dask client, each in a process of its own, and give the faults of each.

    They come in the order in which they end.

    Raises
    ------
    EngineError
        When the scheduler is lost.
    """
    chosen = {"folders": plugins.folders, "strict": plugins.strict, "patience_s": plugins.patience_s}
    asked = {f"check-{k}": trial for k, trial in enumerate(trials) if not trial.skip}
    calls = {key: (trial.absolute().as_table(), chosen, time_s) for key, trial in asked.items()}
    for ending in as_they_end(client, check_trial, calls):
        found = [("error", ending.failure)] if ending.failure else ending.value
        yield asked[ending.key], tuple((severity, line) for severity, line in found)


def check_trial(asked: dict[str, Any], plugins: dict[str, Any], time_s: float) -> list[Fault]:
    """Examine a trial in a child process: what Dask runs."""
    try:
        return call_in_child(_examine, time_s, asked, plugins)
    except EngineError as error:
        return [("error", str(error))]


def _examine(table: dict[str, Any], chosen: dict[str, Any]) -> list[Fault]:
    """In the child: read everything, solve the motion, and give every fault."""
    from swinglever.checks.examination import examine
    from swinglever.checks.request import Request
    from swinglever.pipeline import foresee
    from swinglever.plugins.manager import load_plugins
    from swinglever.plugins.reading import readers

    asked = Asked.from_table(table)
    request = Request.of(asked.trial, asked.model, asked.parameters, **asked.files)
    plugins = load_plugins(**chosen)
    faults = foresee(examine(request, readers(plugins)), plugins)
    return [(fault.severity, str(fault)) for fault in faults]
