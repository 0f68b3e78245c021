"""Ablated: how far the knee would have folded if muscles had been silent. Claims 4 and 10."""

from typing import TYPE_CHECKING

import numpy as np

from swinglever.errors import UndefinedError
from swinglever.metrics.base import metric

if TYPE_CHECKING:
    from swinglever.records.report import Swing

_OWN = "forward integration with activations replayed: docs/method.md; no published value found"


def _peak_deg(swing: "Swing", case: str) -> float:
    if case not in swing.ablation:
        raise UndefinedError("no muscle forces in this result")
    peak_deg = float(np.degrees(swing.ablation[case].peak_flexion_rad))
    if not np.isfinite(peak_deg):
        raise UndefinedError(f"the leg of the case {case} ran away from the integration")
    return peak_deg


@metric(
    unit="deg",
    citation=_OWN,
    claim=4,
    meaning="How much of the fold would be missing if the hamstrings had stayed silent, all else activated as it was; "
    "below 0 the leg would have folded further.",
)
def fold_lost_without_hamstrings(swing: "Swing") -> float:
    """Peak flexion of the swing less that with silent hamstrings."""
    return _peak_deg(swing, "none") - _peak_deg(swing, "silent_hamstrings")


@metric(
    unit="deg",
    citation=_OWN,
    claim=10,
    meaning="How far the leg would fold by itself, with every muscle that crosses the knee silent from toe-off on.",
)
def passive_peak_flexion(swing: "Swing") -> float:
    """Peak flexion with every muscle that crosses the knee silent; passive fibres still resist."""
    return _peak_deg(swing, "silent_knee_crossing_muscles")


METRICS = (fold_lost_without_hamstrings, passive_peak_flexion)
