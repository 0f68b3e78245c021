"""The swings of a leg together: mean, spread and band of a metric, left and right apart."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from swinglever.records.report import Measurement, SwingReport


@dataclass(frozen=True, kw_only=True)
class LegValue:
    """One metric of one leg over its swings; side ``""`` for a number about the whole trial.

    Attributes
    ----------
    side
        ``l``, ``r``, or empty.
    values
        Each swing's, those that are defined.
    unit
        Their unit.
    p05, p95
        Mean 5th and 95th percentile of the swings' Monte Carlo bands; nan where there is none.
    reasons
        Why it is undefined where it is.
    """

    side: str
    values: tuple[float, ...]
    unit: str
    p05: float
    p95: float
    reasons: tuple[str, ...]

    @property
    def mean(self) -> float:
        """Mean of the swings; nan without any."""
        return float(np.mean(self.values)) if self.values else float("nan")

    @property
    def sd(self) -> float:
        """Standard deviation between the swings (n - 1); nan for fewer than two."""
        return float(np.std(self.values, ddof=1)) if len(self.values) > 1 else float("nan")


def sides_of(report: "SwingReport") -> list[str]:
    """Sides that have swings, left first."""
    return sorted({swing.side for swing in report.swings})


def leg_values(report: "SwingReport", metric: str) -> list[LegValue]:
    """Gather one metric of every leg, or of the trial where it is about that; empty where it was not measured."""
    if metric in report.metrics:
        return [_gather("", [report.metrics[metric]])]
    found = {s: [w.metrics[metric] for w in report.swings if w.side == s and metric in w.metrics] for s in ("l", "r")}
    return [_gather(side, measured) for side, measured in found.items() if measured]


def _gather(side: str, measured: "list[Measurement]") -> LegValue:
    known = [m for m in measured if np.isfinite(m.value)]
    banded = [(m.p05, m.p95) for m in known if np.isfinite(m.p05)]
    low, high = np.mean(banded, axis=0) if banded else (np.nan, np.nan)
    return LegValue(
        side=side,
        values=tuple(float(m.value) for m in known),
        unit=measured[0].unit,
        p05=float(low),
        p95=float(high),
        reasons=tuple(dict.fromkeys(m.reason for m in measured if m.reason)),
    )


def mean_of(report: "SwingReport", metric: str) -> float:
    """Mean of a metric over every swing that has it, both legs; nan without any. For numbers that no leg owns."""
    values = [value for leg in leg_values(report, metric) for value in leg.values]
    return float(np.mean(values)) if values else float("nan")
