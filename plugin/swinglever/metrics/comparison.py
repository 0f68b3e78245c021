"""Two results beside each other: the difference of every metric and curve, like leg with like leg."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from swinglever.arrays import Array
from swinglever.metrics.legs import LegValue, leg_values

if TYPE_CHECKING:
    from swinglever.records.report import SwingReport


_LEAST_SPREAD = 5e-4
"""Share of the mean below which swings do not differ: half a millimetre in a metre, less than markers can tell."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One metric in two results, same leg.

    Attributes
    ----------
    metric, side
        Side ``""`` for a number about the whole trial.
    first, second
        Its values.
    """

    metric: str
    side: str
    first: LegValue
    second: LegValue

    @property
    def difference(self) -> float:
        """Mean of the second less that of the first."""
        return self.second.mean - self.first.mean

    @property
    def effect_size(self) -> float:
        """Hedges' g: the difference over the pooled spread of the swings; nan where there is no spread.

        Notes
        -----
        Cohen's d with Hedges's correction for small samples, 1 - 3 / (4 (n1 + n2) - 9) (Hedges 1981, *J. Educ. Stat.*
        6:107). Its spread is that between the swings of a trial, so it says how far two trials lie apart, not two
        groups of runners.
        """
        a, b = self.first, self.second
        n1, n2 = len(a.values), len(b.values)
        if n1 < 2 or n2 < 2:
            return float("nan")
        pooled = np.sqrt(((n1 - 1) * a.sd**2 + (n2 - 1) * b.sd**2) / (n1 + n2 - 2))
        if pooled <= _LEAST_SPREAD * max(abs(a.mean), abs(b.mean)):
            return float("nan")
        return float(self.difference / pooled * (1.0 - 3.0 / (4.0 * (n1 + n2) - 9.0)))


def compare_metrics(first: "SwingReport", second: "SwingReport") -> list[Difference]:
    """Pair every metric that both results have, leg by leg, in the first one's order."""
    names = dict.fromkeys([*(m for s in first.swings for m in s.metrics), *first.metrics])
    pairs = []
    for name in names:
        others = {value.side: value for value in leg_values(second, name)}
        pairs += [
            Difference(metric=name, side=value.side, first=value, second=others[value.side])
            for value in leg_values(first, name)
            if value.side in others and others[value.side].unit == value.unit
        ]
    return pairs


def largest_first(differences: list[Difference]) -> list[Difference]:
    """Sort by the size of the effect; those without an effect size follow, by the share of the first's mean."""

    def weight(d: Difference) -> tuple[bool, float]:
        effect = d.effect_size
        if np.isfinite(effect):
            return False, -abs(effect)
        share = d.difference / d.first.mean if d.first.mean else float("nan")
        return True, -abs(share) if np.isfinite(share) else 0.0

    return sorted(differences, key=weight)


def mean_and_spread(curves: Array) -> tuple[Array, Array]:
    """Mean and standard deviation (n - 1) over swings of curves (S, ...); one swing has no spread, nan."""
    if len(curves) < 2:
        return np.asarray(curves.mean(axis=0)), np.full(curves.shape[1:], np.nan)
    return np.asarray(curves.mean(axis=0)), np.asarray(curves.std(axis=0, ddof=1))
