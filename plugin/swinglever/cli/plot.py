"""The verb ``plot``: a static figure for a paper."""

import json
from pathlib import Path

import click

from swinglever.cli.console import progress
from swinglever.cli.targets import claim_targets, force_option


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.option(
    "--kind",
    required=True,
    type=click.Choice(["contributions", "ablation", "lever", "kinogram", "claims", "bounds", "price"]),
    help="What to draw.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Figure to write (.svg, .pdf, .png).")
@force_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
def plot(result: Path, kind: str, out: Path, force: bool, as_json: bool) -> None:
    """Draw a figure of RESULT for a paper: 180 mm wide, mean ± standard deviation, left and right apart."""
    from swinglever.figures import save_figure
    from swinglever.output.store import read_report

    claim_targets([out], [result], force=force)
    with progress(None, "draw"):
        written = str(save_figure(read_report(result), kind, out))
    click.echo(json.dumps({"written": [written]}) if as_json else f"written: {written}")
