"""The verb ``compare``: two results beside each other, leg by leg."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from swinglever.cli.console import progress, told
from swinglever.cli.targets import claim_targets, force_option

if TYPE_CHECKING:
    from swinglever.metrics.comparison import Difference

_MOST = 10
_COLUMNS = (
    *("first", "second", "metric", "side", "unit", "first_mean", "first_sd", "second_mean", "second_sd"),
    *("difference", "effect_size", "first_swings", "second_swings"),
)
"""Of the table of differences, as `_facts` gives them."""


@click.command()
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="HTML page to write.")
@click.option("--csv", "table", type=click.Path(path_type=Path), help="Table of all differences to write.")
@force_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def compare(results: tuple[Path, ...], out: Path | None, table: Path | None, force: bool, as_json: bool) -> None:
    """Compare RESULTS with the first of them, leg by leg: the ten largest differences of each, or a page of all."""
    from swinglever.errors import InputError
    from swinglever.metrics.comparison import compare_metrics, largest_first
    from swinglever.output.store import read_report
    from swinglever.page.write import write_comparison
    from swinglever.system.whole_files import write_whole

    if len(results) < 2:
        raise InputError(f"expected two results or more to compare, got {len(results)}; name another one")
    claim_targets([out, table], results, force=force, begin=",".join(_COLUMNS))
    with progress(len(results), "read") as advance:
        reports = [read_report(path) for path in told(results, advance, "read")]
    names = [report.provenance.trial_name for report in reports]
    found = {k: largest_first(compare_metrics(reports[0], other)) for k, other in enumerate(reports) if k}
    facts = [{"first": names[0], "second": names[k]} | _facts(d) for k, pairs in found.items() for d in pairs]
    with progress(None, "write"):
        written = [str(write_comparison(reports, out))] if out else []
    if table:
        write_whole(table, _as_csv(facts).encode())
        written.append(str(table))
    if as_json:
        click.echo(json.dumps({"differences": facts, "written": written}, indent=1))
        return
    for k, pairs in found.items():
        _print(pairs, names[0], names[k], k)
    click.echo("\n".join(f"written: {path}" for path in written), nl=bool(written))


def _print(found: "Sequence[Difference]", first: str, second: str, number: int) -> None:
    from swinglever.cli.console import print_table
    from swinglever.page.difference import header, letter_of, rows

    letter = letter_of(number)
    click.echo(
        f"A: {first}; {letter}: {second}. Legs are compared like with like; mean ± standard deviation of the swings"
    )
    print_table(f"The {_MOST} largest of {len(found)} differences", header(letter), rows(found[:_MOST]))


def _facts(difference: "Difference") -> dict[str, Any]:
    """Give one difference as plain values; undefined numbers are None."""
    a, b = difference.first, difference.second
    numbers = {
        "first_mean": a.mean,
        "first_sd": a.sd,
        "second_mean": b.mean,
        "second_sd": b.sd,
        "difference": difference.difference,
        "effect_size": difference.effect_size,
    }
    told: dict[str, Any] = {"metric": difference.metric, "side": difference.side, "unit": a.unit}
    told |= {name: value if value == value else None for name, value in numbers.items()}
    return told | {"first_swings": len(a.values), "second_swings": len(b.values)}


def _as_csv(rows: Sequence[dict[str, Any]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=_COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
