"""The verb ``show``: a result file as tables."""

from pathlib import Path
from typing import Any

import click

from swinglever.cli.console import print_report
from swinglever.cli.options import FILE, json_option, load_asked, plugin_options


@click.command()
@click.argument("result", type=FILE)
@json_option
@plugin_options
def show(result: Path, as_json: bool, **asked: Any) -> None:
    """Show what is in RESULT, a file that analyse wrote."""
    from swinglever.output.store import read_report

    report = read_report(result)
    print_report(report, as_json, load_asked(**asked))
