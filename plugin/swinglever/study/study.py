"""A study from beginning to end: what is asked, what is kept, what is computed, and the tables at the end."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from swinglever import __version__
from swinglever.errors import InputError
from swinglever.plugins.manager import Plugins
from swinglever.records.parameters import Parameters
from swinglever.study.asked import Asked
from swinglever.study.cluster import Where, connected, dashboard_of
from swinglever.study.conduct import Plan, Told, conduct, make_plan
from swinglever.study.derivatives import write_derivatives
from swinglever.study.effects import Effect, compare, verdict_shares
from swinglever.study.index import write_index
from swinglever.study.page import Findings, write_study_page
from swinglever.study.running import Limits
from swinglever.study.store import alone_in, sweep_parts
from swinglever.study.tables import costs, gather, write_tables
from swinglever.system.versions import version_of

TABLES = ("swings", "metrics", "curves", "trials", "comparisons")
INDEX, PAGE = "study.h5", "study.html"
"""What a study writes, beside its results."""

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


@dataclass(frozen=True, kw_only=True)
class Study:
    """What is to be analysed, with what, and where.

    Attributes
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
    data_set
        Folder of the BIDS data set that the trials are of; its derivatives are written too.
    """

    trials: Sequence[Asked]
    out: Path
    plugins: Plugins
    where: Where
    limits: Limits
    pages: bool = False
    again: bool = False
    data_set: Path | None = None

    @property
    def results(self) -> Path:
        """Folder of the store of results."""
        return self.out / "results"


def run_study(study: Study, *, on_start: OnStart, on_told: OnTold) -> Ended:
    """Analyse what is missing of a study's trials, and write its tables and its page.

    Parameters
    ----------
    study
        What is asked.
    on_start
        Called with the plan, and the address of Dask's dashboard, before the first trial.
    on_told
        Called with each trial as it ends; those that are known first.
    """
    with alone_in(study.out):
        _refuse_strangers(study)
        study.results.mkdir(exist_ok=True)
        asked = study.trials, study.results, study.plugins, study.limits
        plan = make_plan(*asked, page=study.pages, again=study.again)
        try:
            told = _compute(plan, study, on_start, on_told)
        finally:
            sweep_parts(study.results)
        order = {asked.name: k for k, asked in enumerate(study.trials)}
        in_order = tuple(sorted(told, key=lambda each: order[each.asked.name]))
        return Ended(told=in_order, written=tuple(write_study(in_order, study)))


def _refuse_strangers(study: Study) -> None:
    """Refuse a folder with files of another origin where the study's own would go.

    Raises
    ------
    InputError
        Naming the first of them.
    """
    names = [*(f"{name}.{ending}" for name in TABLES for ending in ("csv", "parquet")), INDEX, PAGE]
    found = [name for name in names if (study.out / name).exists()]
    if found and not study.results.exists():
        raise InputError(
            f"expected a new folder, or one of a study, in '{study.out}', found '{found[0]}' there; change --out"
        )


def write_study(told: Sequence[Told], study: Study) -> list[Path]:
    """Write the tables, the index and the page of a study whose trials have ended; gives their paths."""
    out, tables = study.out, gather(told, study.results)
    seen = set(tables["swings"]["condition"])
    conditions = list(dict.fromkeys(c for c in tables["trials"]["condition"] if c in seen))
    sides = sorted(set(tables["swings"]["side"]), reverse=True)
    effects = [
        effect
        for factor, levels in (("condition", conditions), ("side", sides))
        for effect in compare(tables["metrics"], factor, levels)
    ]
    tables |= {
        "comparisons": pd.DataFrame([asdict(effect) for effect in effects], columns=list(Effect.__annotations__))
    }
    spent = costs(told)
    found = Findings(
        name=out.resolve().name,
        told=told,
        tables=tables | {"costs": spent},
        conditions=conditions,
        effects=effects,
        shares=verdict_shares(tables["swings"], conditions),
        provenance=_provenance(study.plugins, told),
    )
    written = write_tables(tables, out)
    written.append(write_index(told, tables["trials"], spent, out / INDEX))
    if study.data_set is not None:
        written += write_derivatives(told, tables, study.data_set, out)
    return [*written, write_study_page(found, out / PAGE)]


def _provenance(plugins: Plugins, told: Sequence[Told]) -> dict[str, str]:
    """Say what a study was made with; parameters that are not the usual ones by name."""
    usual = Parameters().as_table()
    chosen = {
        f"{name} = {value}"
        for each in told
        for name, value in each.asked.parameters.as_table().items()
        if value != usual[name]
    }
    return {
        "swinglever": __version__,
        "OpenSim": version_of("opensim"),
        "Plugins": ", ".join(f"{name} {plugin.version}".strip() for name, plugin in plugins.loaded.items()),
        "Parameters that are not the usual ones": "; ".join(sorted(chosen)) or "none",
    }


def _compute(plan: Plan, study: Study, on_start: OnStart, on_told: OnTold) -> list[Told]:
    if not plan.open:
        on_start(plan, "")
        return _hear(plan.known, on_told)
    with connected(study.where) as client:
        on_start(plan, dashboard_of(client))
        return _hear(plan.known, on_told) + _hear(conduct(plan, study.limits, client), on_told)


def _hear(told: Any, on_told: OnTold) -> list[Told]:
    heard = []
    for each in told:
        on_told(each)
        heard.append(each)
    return heard
