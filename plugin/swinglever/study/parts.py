"""What a study's tables and page take of one result: small tables beside it, so that results need not be read again."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from swinglever.output.tidy import TABLES
from swinglever.records.report import Swing, SwingReport
from swinglever.study.columns import CURVES

_PERCENTS = np.linspace(0.0, 100.0, 51)


def write_parts(report: SwingReport, folder: Path) -> None:
    """Write ``swings.parquet``, ``metrics.parquet`` and ``curves.parquet`` of a report."""
    import pandas as pd

    for name in ("swings", "metrics"):
        rows = pd.DataFrame.from_records(list(TABLES[name].rows(report)), columns=list(TABLES[name].columns))
        rows.rename(columns={"trial": "recording"}).to_parquet(folder / f"{name}.parquet", index=False)
    curves = pd.DataFrame.from_records(list(_curve_rows(report)), columns=list(CURVES))
    curves.to_parquet(folder / "curves.parquet", index=False)


def _curve_rows(report: SwingReport) -> Iterator[Sequence[Any]]:
    for side in dict.fromkeys(swing.side for swing in report.swings):
        swings = [swing for swing in report.swings if swing.side == side]
        for quantity in ("knee_flexion", "hip_flexion"):
            curves = np.array([_degrees(swing, quantity) for swing in swings])
            spread = curves.std(axis=0, ddof=1) if len(swings) > 1 else np.full(len(_PERCENTS), np.nan)
            for percent, mean, sd in zip(_PERCENTS, curves.mean(axis=0), spread, strict=True):
                yield side, quantity, float(percent), float(mean), float(sd), len(swings)


def _degrees(swing: Swing, quantity: str) -> Any:
    """Give an angle, deg, at even percents of the swing."""
    percent = np.interp(_PERCENTS / 100.0, np.linspace(0.0, 1.0, len(swing.time_s)), np.arange(len(swing.time_s)))
    return np.degrees(np.interp(percent, np.arange(len(swing.time_s)), getattr(swing, f"{quantity}_rad")))
