"""What the verb ``study`` prints: a table that follows it on a terminal, lines elsewhere, and the end."""

import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click

from swinglever.cli.console import plain, print_table

if TYPE_CHECKING:
    from swinglever.plugins.manager import Plugins
    from swinglever.study.asked import Asked
    from swinglever.study.cluster import Where
    from swinglever.study.conduct import Plan, Told
    from swinglever.study.study import Ended

_LATEST = 5
"""Failures that the table shows."""
_EVERY = ("done", "failed", "skipped")


class Teller:
    """Tells how a study goes: on a terminal as a table on standard error, else a line a trial; JSON on request.

    Parameters
    ----------
    total
        How many trials there are.
    as_json
        Print lines of JSON on standard output instead.
    """

    def __init__(self, total: int, as_json: bool) -> None:
        self._total, self._as_json = total, as_json
        self._counts = Counter[str]()
        self._failures = list[str]()
        self._computed, self._begin, self._dashboard = 0, time.monotonic(), ""
        self._live: Any = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty() and not self._as_json:
            from rich.console import Console
            from rich.live import Live

            self._live = Live(console=Console(stderr=True), get_renderable=self._table, refresh_per_second=2)
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()

    def start(self, plan: "Plan", dashboard: str) -> None:
        """Tell what is known already, and where Dask's dashboard is."""
        self._begin, self._dashboard = time.monotonic(), dashboard
        still = sum(len(rows) for _, rows in plan.open)
        if self._as_json:
            _json({"event": "start", "known": len(plan.known), "open": still, "dashboard": dashboard})
        elif self._live is None:
            shown = f"; dashboard: {dashboard}" if dashboard else ""
            click.echo(f"{len(plan.known)} trials known, {still} to analyse{shown}", err=True)

    def tell(self, told: "Told") -> None:
        """Tell how a trial ended."""
        outcome = told.outcome
        self._counts[outcome.status] += 1
        self._computed += not told.reused and outcome.status != "skipped"
        line = plain(f"{outcome.status}: {told.asked.name}" + (f": {outcome.line}" if outcome.line else ""))
        if outcome.status == "failed":
            self._failures.append(line)
        if self._as_json:
            _json({"event": "trial", "trial": told.asked.name, "reused": told.reused} | outcome.as_table())
        elif self._live is None and not told.reused:
            click.echo(f"[{self._counts.total()}/{self._total}] {line}", err=True)

    def _table(self) -> Any:
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, caption=f"dashboard: {self._dashboard}" if self._dashboard else None)
        for name in (*_EVERY, "open", "rate", "time left"):
            table.add_column(name, justify="right")
        still, rate = self._total - self._counts.total(), self._rate_s()
        told = (f"{60.0 * rate:.1f} a minute", _duration(still / rate)) if rate else ("–", "–")
        table.add_row(*(str(self._counts[name]) for name in _EVERY), str(still), *told)
        # As text: a name may hold what rich would read as a colour.
        table.title = Text("\n".join(line[:100] for line in self._failures[-_LATEST:])) if self._failures else None
        return table

    def _rate_s(self) -> float:
        """Trials a second, of those that were computed now."""
        return self._computed / max(time.monotonic() - self._begin, 1e-9)


def _duration(seconds: float) -> str:
    return f"{seconds / 60.0:.0f} min" if seconds < 7200 else f"{seconds / 3600.0:.1f} h"


def _json(told: dict[str, Any]) -> None:
    click.echo(json.dumps(told))
    sys.stdout.flush()


def print_ended(ended: "Ended", as_json: bool) -> None:
    """Print how many trials ended how, what failed and why, and what was written."""
    written = [str(path) for path in ended.written]
    if as_json:
        _json({"event": "end"} | ended.counts | {"written": written})
        return
    failed = [[each.asked.name, each.outcome.kind, each.outcome.line] for each in ended.told if each.failed]
    if failed:
        print_table("Failed", ["trial", "kind", "why"], failed)
    click.echo(", ".join(f"{count} {status}" for status, count in ended.counts.items()))
    for path in written:
        click.echo(f"written: {path}")


def print_checked(trials: "Sequence[Asked]", plugins: "Plugins", where: "Where", time_s: float, as_json: bool) -> int:
    """Examine every trial and print one table; the exit status: 1 when a fault forbids an analysis."""
    from swinglever.study.checking import check_trials
    from swinglever.study.cluster import connected

    rows = dict[str, list[str]]()
    with connected(where) as client:
        for asked, faults in check_trials(trials, plugins, time_s, client):
            errors = [text for severity, text in faults if severity == "error"]
            others = [text for severity, text in faults if severity != "error"]
            if as_json:
                told = [{"severity": severity, "text": text} for severity, text in faults]
                _json({"event": "check", "trial": asked.name, "can_go_on": not errors, "faults": told})
            rows[asked.name] = [asked.name, str(len(errors)), str(len(others)), (*errors, *others, "")[0]]
    stopped = sum(row[1] != "0" for row in rows.values())
    if as_json:
        _json({"event": "end", "checked": len(rows), "cannot_go_on": stopped})
    else:
        in_order = [rows[asked.name] for asked in trials if asked.name in rows]
        print_table("Checked", ["trial", "errors", "warnings", "the first"], in_order)
        click.echo(f"{len(rows)} trials checked, {stopped} cannot be analysed")
    return 1 if stopped else 0
