"""What verbs print, and where they may write."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from swinglever.hookspecs import Section
    from swinglever.plugins.manager import Plugins
    from swinglever.records.report import SwingReport

_TEXT_COLUMNS = ("verdict", "evidence", "unit", "why undefined", "kind", "why", "the first")


def say(told: Mapping[str, Any], as_json: bool, lines: list[str]) -> None:
    """Print one JSON object, or lines."""
    click.echo(json.dumps(told, indent=1) if as_json else "\n".join(lines))


def say_written(paths: list[str], as_json: bool) -> None:
    """Name the files that were written."""
    say({"written": paths}, as_json, [f"written: {path}" for path in paths])


def print_report(report: "SwingReport", as_json: bool, plugins: "Plugins") -> None:
    """Print a report: sections of the plugins, verdicts, and warnings on standard error."""
    from swinglever.output import tables

    if as_json:
        click.echo(json.dumps(tables.as_json(report), indent=1, allow_nan=False))
        return
    provenance, count = report.provenance, len(report.swings)
    click.echo(f"{provenance.trial_name} with {provenance.model_name}: {count} swing{'s' * (count != 1)}")
    for section in plugins.sections(report):
        _print_section(section)
    for line in (*tables.verdict_lines(report), *tables.emg_lines(report)):
        click.echo(line)
    for warning in report.warnings:
        click.echo(f"warning: {warning}", err=True)


def echo_faults(plugins: "Plugins") -> None:
    """Print the tracebacks of plugins that failed on standard error; their one-line warnings come with the report."""
    for fault in dict.fromkeys(plugins.faults):
        if fault.trace:
            click.echo(f"plugin {fault.plugin!r} failed ({fault.where}):\n{fault.trace}", err=True)


def _print_section(section: "Section") -> None:
    if section.header:
        print_table(section.title, list(section.header), [list(row) for row in section.rows])
    if section.text:
        click.echo(section.text if section.header else f"{section.title}\n{section.text}")


def print_table(title: str, header: list[str], rows: list[list[str]]) -> None:
    """Print a table that keeps its columns whatever the width of the terminal, so that it can be piped."""
    from rich.console import Console
    from rich.table import Table

    click.echo(title)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for k, name in enumerate(header):
        table.add_column(name, justify="left" if k == 0 or name in _TEXT_COLUMNS else "right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    needed = 2 * len(header) + sum(max(len(r[k]) for r in [header, *rows]) for k in range(len(header)))
    console = Console()
    console.width = max(console.width, needed)
    console.print(table)
    console.print()


@contextmanager
def progress(n_stages: int) -> Iterator[Any]:
    """Show a bar on standard error when that is a terminal; gives a function to call at each stage."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("start", total=n_stages)
        yield lambda name: bar.update(task, description=name, advance=1)
