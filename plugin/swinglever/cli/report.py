"""The verb ``report``: one self-contained page of one or more results."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from swinglever.cli.analyse import all_read
from swinglever.cli.console import echo_faults, progress, told
from swinglever.cli.options import load_asked, plugin_options
from swinglever.cli.targets import claim_targets, force_option

if TYPE_CHECKING:
    from swinglever.page.sections import Part
    from swinglever.plugins.manager import Plugins
    from swinglever.records.report import SwingReport


@click.command()
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), help="Page to write; the first RESULT with .html when not given."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
@plugin_options
@force_option
def report(results: tuple[Path, ...], out: Path | None, as_json: bool, force: bool, **asked: Any) -> None:
    """Make one HTML page of RESULTS: verdict, moving figure, plots, claims. It needs no network and no installation."""
    import json

    from swinglever.output.store import read_report
    from swinglever.page.write import write_page

    target = out or Path(f"{results[0].stem or 'result'}.html")
    claim_targets([target], all_read(*results, *asked["plugins_dir"]), force=force)
    with progress(len(results) + 1, "read") as advance:
        reports = [read_report(path) for path in told(results, advance, "read")]
        loaded = load_asked(**asked)
        metrics = {name: metric for name, (_, metric) in loaded.offers("swinglever_metrics").items()}
        written = str(write_page(reports, target, metrics, [list(_parts(loaded, one)) for one in reports]))
    echo_faults(loaded)
    click.echo(json.dumps({"written": [written]}) if as_json else f"written: {written}")


def _parts(loaded: "Plugins", one: "SwingReport") -> "Iterator[Part]":
    """Give the sections of others than the built-in plugin, whose tables the page has in its own way."""
    from swinglever.page.sections import Part
    from swinglever.plugins import builtin

    own = {section.title for section in builtin.swinglever_report_sections(one)}
    for section in loaded.sections(one):
        if section.title not in own:
            yield Part(title=section.title, header=section.header, rows=section.rows, text=section.text)
