"""What verbs print, and where they may write."""

import json
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from swinglever.hookspecs import Section
    from swinglever.plugins.manager import Plugins
    from swinglever.records.report import SwingReport

T = TypeVar("T")
_TEXT_COLUMNS = (
    "verdict",
    "evidence",
    "decided by",
    "unit",
    "why undefined",
    "this recording",
    "claim",
    "kind",
    "why",
    "the first",
)


def plain(text: str) -> str:
    r"""Give text as it can be shown: what would steer a terminal, or break a line, is written out.

    Examples
    --------
    >>> plain("läufer [/bold]"), plain("\x1b[31mred\n")
    ('läufer [/bold]', '\\x1b[31mred\\n')
    """
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def say(told: Mapping[str, Any], as_json: bool, lines: list[str]) -> None:
    """Print one JSON object, or lines."""
    click.echo(json.dumps(told, indent=1) if as_json else "\n".join(lines))


def say_written(paths: list[str], as_json: bool) -> None:
    """Name the files that were written."""
    say({"written": paths}, as_json, [f"written: {path}" for path in paths])


def print_report(
    report: "SwingReport", as_json: bool, plugins: "Plugins", *, tables: bool = False, n_frames: int | None = None
) -> None:
    """Print a report: a line a swing, what folds each leg, the claims, and warnings on standard error.

    With ``tables`` also every table of causes, replays and metrics. ``n_frames`` is how many frames the motion has,
    where the report does not hold them all.
    """
    from swinglever.output import json_object
    from swinglever.output import tables as made

    if as_json:
        click.echo(json.dumps(json_object.as_json(report, n_frames), indent=1, allow_nan=False))
        return
    click.echo(plain(title_of_report(report)))
    own = made.section_tables(report)
    for section in plugins.sections(report):
        if tables or section.title not in own or section.title == made.SWINGS:
            _print_section(section)
    if any(swing.bounds is not None for swing in report.swings):
        click.echo(f"{_folded(made.LEGEND)}\n")
    print_verdicts(report)
    click.echo()
    print_table("The twelve claims (hypotheses of a coaching article)", *made.claim_table(report))
    for line in made.emg_lines(report):
        click.echo(_folded(plain(line)))
    print_warnings(report)


def print_warnings(report: "SwingReport") -> None:
    """Print what was mended or is doubtful on standard error."""
    for warning in report.warnings:
        click.echo(plain(f"warning: {warning}"), err=True)


def title_of_report(report: "SwingReport") -> str:
    """Say whose swings these are, and how many of each leg."""
    from swinglever.metrics.legs import sides_of
    from swinglever.records.words import SIDES, list_in_prose

    made, swings = report.provenance, report.swings
    legs = [f"{sum(s.side == side for s in swings)} {SIDES[side]}" for side in sides_of(report)]
    count = f"{len(swings)} swing{'s' * (len(swings) != 1)}"
    return f"{made.trial_name} with {made.model_name}: {count}{f' ({list_in_prose(legs)})' if legs else ''}"


def print_verdicts(report: "SwingReport") -> None:
    """Print what folds each leg, and why that is said."""
    from swinglever.output.tables import verdict_lines

    for line in verdict_lines(report):
        click.echo(_folded(plain(line)))


def _folded(line: str) -> str:
    """Fold a line to the width of a terminal; one that is piped stays whole."""
    if not sys.stdout.isatty():
        return line
    return textwrap.fill(line, max(shutil.get_terminal_size().columns, 40), subsequent_indent="  ")


def echo_faults(plugins: "Plugins") -> None:
    """Print the tracebacks of plugins that failed on standard error; their one-line warnings come with the report."""
    for fault in dict.fromkeys(plugins.faults):
        if fault.trace:
            click.echo(f"plugin {fault.plugin!r} failed ({fault.where}):\n{fault.trace}", err=True)


def _print_section(section: "Section") -> None:
    if section.header:
        print_table(section.title, list(section.header), [list(row) for row in section.rows])
    if section.text:
        lines = [] if section.header else [section.title]
        click.echo("\n".join(map(plain, [*lines, *section.text.expandtabs().splitlines()])))


def print_table(title: str, header: list[str], rows: list[list[str]]) -> None:
    """Print a table that keeps its columns whatever the width of the terminal, so that it can be piped."""
    from rich.console import Console
    from rich.table import Table

    click.echo(plain(title))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for k, name in enumerate(map(plain, header)):
        table.add_column(name, justify="left" if k == 0 or name in _TEXT_COLUMNS else "right", no_wrap=True)
    shown = [[plain(cell) for cell in row] for row in rows]
    for row in shown:
        table.add_row(*row)
    needed = 2 * len(header) + sum(max(len(r[k]) for r in [header, *shown]) for k in range(len(header)))
    console = Console(markup=False, emoji=False, highlight=False)
    console.width = max(console.width, needed)
    console.print(table)
    console.print()


def shows_progress() -> bool:
    """Whether somebody looks at standard error, where progress is shown."""
    return sys.stderr.isatty()


@contextmanager
def progress(n_stages: int | None, first: str = "start") -> Iterator[Any]:
    """Show a bar on standard error when that is a terminal; gives a function to call at each stage.

    Without a number of stages, the bar runs to and fro, so that one sees that something goes on.
    """
    if not shows_progress():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(first, total=n_stages)
        yield lambda name: bar.update(task, description=name, advance=1)


def told(items: Iterable[T], advance: Callable[[str], None] | None, name: str) -> Iterator[T]:
    """Give items one after another, and tell the bar of progress of each that is done."""
    for item in items:
        yield item
        if advance is not None:
            advance(name)
