"""A study from beginning to end: what is asked, what is kept, what is computed, and the tables at the end."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swinglever.plugins.manager import Plugins
from swinglever.study.asked import Asked
from swinglever.study.cluster import Where, connected, dashboard_of
from swinglever.study.conduct import Plan, Told, conduct, make_plan
from swinglever.study.running import Limits
from swinglever.study.store import alone_in
from swinglever.study.tables import gather, write_tables

OnStart = Callable[[Plan, str], None]
OnTold = Callable[[Told], None]


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A study that came to its end: every trial and how it ended, and what was written."""

    told: tuple[Told, ...]
    written: tuple[Path, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many trials are done, failed, skipped."""
        found = Counter(each.outcome.status for each in self.told)
        return {status: found[status] for status in ("done", "failed", "skipped")}


def run_study(
    trials: Sequence[Asked],
    out: Path,
    *,
    plugins: Plugins,
    where: Where,
    limits: Limits,
    pages: bool = False,
    again: bool = False,
    on_start: OnStart,
    on_told: OnTold,
) -> Ended:
    """Analyse what is missing of a study's trials, and write its tables and its page.

    Parameters
    ----------
    trials
        The trials, as `read_manifest` gives them.
    out
        Folder of the study.
    plugins
        What the analyses use.
    where, limits
        Where trials run, and the limits of each one's process.
    pages
        Whether each trial gets a page of its own.
    again
        Whether to try again what failed.
    on_start
        Called with the plan, and the address of Dask's dashboard, before the first trial.
    on_told
        Called with each trial as it ends; those that are known first.
    """
    with alone_in(out):
        results = out / "results"
        results.mkdir(exist_ok=True)
        plan = make_plan(trials, results, plugins, limits, page=pages, again=again)
        told = _compute(plan, where, limits, on_start, on_told)
        order = {asked.name: k for k, asked in enumerate(trials)}
        in_order = tuple(sorted(told, key=lambda each: order[each.asked.name]))
        tables = gather(in_order, results)
        return Ended(told=in_order, written=tuple(write_tables(tables, out)))


def _compute(plan: Plan, where: Where, limits: Limits, on_start: OnStart, on_told: OnTold) -> list[Told]:
    if not plan.open:
        on_start(plan, "")
        return _hear(plan.known, on_told)
    with connected(where) as client:
        on_start(plan, dashboard_of(client))
        return _hear(plan.known, on_told) + _hear(conduct(plan, limits, client), on_told)


def _hear(told: Any, on_told: OnTold) -> list[Told]:
    heard = []
    for each in told:
        on_told(each)
        heard.append(each)
    return heard
