"""A report as tidy tables that pandas and R open."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from swinglever.readers.text import write_text
from swinglever.records.report import Swing, SwingReport
from swinglever.system.whole_files import naming_finished

_METRICS = ("trial", "swing", "side", "metric", "value", "unit", "p05", "p95", "plugin", "reason")
_SHARES = ("trial", "swing", "side", "scope", "source", "group", "degrees")
_CURVES = ("trial", "swing", "side", "time_s", "curve", "value")


def export_csv(report: SwingReport, folder: Path) -> Sequence[Path]:
    """Write metrics, shares and curves, one observation a row.

    Parameters
    ----------
    report
        What to write.
    folder
        Where; made if it is not there.

    Returns
    -------
    sequence of Path
        ``TRIAL_metrics.csv``, ``TRIAL_shares.csv`` and ``TRIAL_curves.csv``; nan is written as an empty cell.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables: tuple[tuple[str, Sequence[str], Iterable[Sequence[Any]]], ...] = (
        ("metrics", _METRICS, _metric_rows(report)),
        ("shares", _SHARES, _rows(report, _share_rows)),
        ("curves", _CURVES, _rows(report, _curve_rows)),
    )
    written: list[Path] = []
    with naming_finished(written):
        for name, header, rows in tables:
            path = folder / f"{report.provenance.trial_name}_{name}.csv"
            text = io.StringIO(newline="")
            writer = csv.writer(text)
            writer.writerow(header)
            writer.writerows([["" if c != c else c for c in row] for row in rows])
            write_text(path, text.getvalue())
            written.append(path)
    return written


def _rows(report: SwingReport, rows: Any) -> Iterator[Sequence[Any]]:
    for swing in report.swings:
        for row in rows(swing):
            yield (report.provenance.trial_name, swing.id, swing.side, *row)


def _metric_rows(report: SwingReport) -> Iterator[Sequence[Any]]:
    for swing_id, side, metrics in (("", "", report.metrics), *((s.id, s.side, s.metrics) for s in report.swings)):
        for name, m in metrics.items():
            trial = report.provenance.trial_name
            yield (trial, swing_id, side, name, m.value, m.unit, m.p05, m.p95, m.plugin, m.reason)


def _share_rows(swing: Swing) -> Iterator[Sequence[Any]]:
    for scope, a in swing.attribution.items():
        for source, group in zip(a.sources, a.groups, strict=True):
            yield scope, source, group, a.degrees(source)


def _curve_rows(swing: Swing) -> Iterator[Sequence[Any]]:
    curves = {"knee_flexion_rad": swing.knee_flexion_rad, "hip_flexion_rad": swing.hip_flexion_rad, **swing.lever}
    if swing.emg is not None:
        for kind, table in (("envelope", swing.emg.envelope), ("activation", swing.emg.activation)):
            curves |= {f"emg {kind} {name}": table[:, k] for k, name in enumerate(swing.emg.names)}
    for name, values in curves.items():
        for t, value in zip(swing.time_s, values, strict=True):
            yield float(t), name, float(value)
