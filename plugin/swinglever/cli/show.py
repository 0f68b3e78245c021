"""The verb ``show``: a result file as tables."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from swinglever.cli.console import print_report, print_verdicts, print_warnings, title_of_report
from swinglever.cli.options import FILE, json_option, load_asked, plugin_options

if TYPE_CHECKING:
    from swinglever.records.report import Swing


@click.command()
@click.argument("result", type=FILE)
@click.option("--swing", metavar="ID", help="One swing alone, such as r_1, with all its numbers.")
@click.option("--brief", is_flag=True, help="What folds each leg, and nothing else.")
@click.option("--tables", is_flag=True, help="Every table: causes, replays and metrics too.")
@json_option
@plugin_options
def show(result: Path, swing: str | None, brief: bool, tables: bool, as_json: bool, **asked: Any) -> None:
    """Show what is in RESULT, a file that analyse wrote: a line a swing, what folds each leg, the twelve claims."""
    from swinglever.output.store import count_frames, read_in_short, read_report
    from swinglever.plugins.manager import BUILT_IN

    plugins = load_asked(**asked)
    others = any("swinglever_report_sections" in p.hooks for name, p in plugins.loaded.items() if name != BUILT_IN)
    if others or swing is not None:
        report = read_report(result, playback=others, swing=swing)
    else:
        report = read_in_short(result, shares=tables or as_json)
    if brief and not as_json:
        click.echo(title_of_report(report))
        print_verdicts(report)
        print_warnings(report)
        return
    n_frames = count_frames(result) if as_json else None
    print_report(report, as_json, plugins, tables=tables or swing is not None, n_frames=n_frames)
    if not as_json:
        click.echo("\n".join([*map(_events, report.swings[: swing is not None]), *next_steps(result, swing)]))


def _events(swing: "Swing") -> str:
    from swinglever.records.words import EVENTS

    told = [f"{words} {getattr(swing, name):.3f} s" for name, words in EVENTS.items()]
    return f"{swing.id}: {', '.join(told)}; events from {swing.event_source.replace('_', ' ')}"


def next_steps(result: Path, swing: str | None = None) -> list[str]:
    """Say what else can be asked of a result."""
    one = [] if swing else [f"'swinglever show {result} --swing ID' has all of one swing, --tables every number"]
    return [f"next: 'swinglever report {result}' makes a page of it", *one]
