"""A study from its trials to their outcomes: what is kept is not computed again, the rest goes to the workers."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from swinglever.plugins.manager import Plugins
from swinglever.study.address import address_of, plugins_table
from swinglever.study.asked import Asked
from swinglever.study.child import Task
from swinglever.study.cluster import as_they_end
from swinglever.study.outcome import Outcome
from swinglever.study.running import Limits, run_trial
from swinglever.study.store import PAGE, kept_outcome, place_of


@dataclass(frozen=True, kw_only=True)
class Told:
    """A trial and how it ended; ``reused`` where that was known before."""

    asked: Asked
    outcome: Outcome
    reused: bool = False

    @property
    def failed(self) -> bool:
        """Whether it failed."""
        return self.outcome.status == "failed"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is known already, and what is to be computed.

    Attributes
    ----------
    known
        Trials that are left out, or of which an outcome is kept.
    open
        Tasks with the trials that they serve: one task for rows that ask for the same.
    """

    known: tuple[Told, ...]
    open: tuple[tuple[Task, tuple[Asked, ...]], ...] = field(default=())


def make_plan(
    trials: Sequence[Asked], results: Path, plugins: Plugins, limits: Limits, *, page: bool = False, again: bool = False
) -> Plan:
    """Find what is kept of a study's trials and what is not.

    Parameters
    ----------
    trials
        The trials, as the manifest has them.
    results
        Folder of the store.
    plugins
        What the analyses use.
    limits
        Of each trial's process; one that went over a lower limit is tried again.
    page
        Whether each trial has a page of its own.
    again
        Whether to try again what failed.
    """
    known, open_, failed = [], defaultdict[str, list[Asked]](list), set[str]()
    table = plugins_table(plugins)
    for asked in trials:
        if asked.skip:
            known.append(Told(asked=asked, outcome=Outcome(status="skipped", line=asked.skip)))
            continue
        address = address_of(asked, table)
        kept = kept_outcome(results, address)
        if kept is None or _is_open(kept, results, limits, page=page, again=again):
            open_[address].append(asked)
            failed |= {address} if kept is not None and kept.status == "failed" else set()
        else:
            known.append(Told(asked=asked, outcome=kept, reused=True))
    shared: dict[str, Any] = {"results": results.resolve(), "plugin_folders": plugins.folders, "strict": plugins.strict}
    shared |= {"patience_s": plugins.patience_s}
    tasks = (
        (Task(asked=rows[0].absolute(), address=address, page=page, again=address in failed, **shared), tuple(rows))
        for address, rows in open_.items()
    )
    return Plan(known=tuple(known), open=tuple(tasks))


def _is_open(kept: Outcome, results: Path, limits: Limits, *, page: bool, again: bool) -> bool:
    """Whether there is more to do for a trial of which an outcome is kept."""
    if kept.status == "done":
        return page and not (place_of(results, kept.address) / PAGE).is_file()
    higher = {"time": limits.time_s, "memory": limits.memory_bytes}.get(kept.kind, 0.0)
    return again or higher > kept.limit > 0.0


def conduct(plan: Plan, limits: Limits, client: Any) -> Iterator[Told]:
    """Compute what is open, and give each trial as it ends.

    Raises
    ------
    EngineError
        When the scheduler is lost.
    """
    rows = {task.address: asked for task, asked in plan.open}
    calls = {task.address: (task.as_json(), limits.time_s, limits.memory_bytes) for task, _ in plan.open}
    for ending in as_they_end(client, run_trial, calls):
        again = f"{ending.failure}; start the study again"
        outcome = (
            Outcome(address=ending.key, status="failed", kind="place", line=again)
            if ending.failure
            else Outcome.from_table(ending.value)
        )
        for asked in rows[ending.key]:
            yield Told(asked=asked, outcome=outcome)
