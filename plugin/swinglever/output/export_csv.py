"""A report as tidy tables that pandas and R open."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from swinglever.output.tidy import TABLES, TidyTable
from swinglever.readers.text import write_text
from swinglever.records.report import SwingReport
from swinglever.system.endings import naming_finished
from swinglever.system.whole_files import file_name


def export_csv(report: SwingReport, folder: Path) -> Sequence[Path]:
    """Write metrics, shares, swings, ablations, bounds and curves, one observation a row, and what each column holds.

    Parameters
    ----------
    report
        What to write.
    folder
        Where; made if it is not there.

    Returns
    -------
    sequence of Path
        ``TRIAL_metrics.csv``, ``_shares.csv``, ``_swings.csv``, ``_ablations.csv``, ``_bounds.csv``, ``_curves.csv``,
        and ``TRIAL_columns.json``: every column with its meaning and unit. nan is written as an empty cell.
    """
    folder.mkdir(parents=True, exist_ok=True)
    trial = report.provenance.trial_name
    written: list[Path] = []
    with naming_finished(written):
        for name, table in TABLES.items():
            path = folder / file_name(trial, f"{name}.csv")
            write_text(path, _as_csv(table, report))
            written.append(path)
        meanings = folder / file_name(trial, "columns.json")
        write_text(meanings, json.dumps({name: dict(table.columns) for name, table in TABLES.items()}, indent=1))
        written.append(meanings)
    return written


def _as_csv(table: TidyTable, report: SwingReport) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(table.columns)
    writer.writerows([["" if cell != cell else cell for cell in row] for row in table.rows(report)])
    return text.getvalue()
