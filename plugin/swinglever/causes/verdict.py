"""What initiated the fold: the words of a verdict, and when a verdict stands.

What a verdict rests on, and how it is graded, is in `swinglever.causes.evidence`.
"""

from collections.abc import Mapping

import numpy as np

from swinglever.records.folding import half_fold
from swinglever.records.report import Swing

HAMSTRING_INITIATED, MOMENTUM_DRIVEN, MIXED, UNDECIDED = (
    "hamstring-initiated",
    "momentum-driven",
    "mixed",
    "undecided",
)

_DISSENT = 0.05
"""Share of the repeats that may give another verdict: one in twenty lies beyond the 5th or the 95th percentile."""


def early_knee_moment(swing: Swing, mass_kg: float) -> float:
    """Mean net knee moment over the first half of folding, N m/kg, flexion positive."""
    return float(np.mean(swing.knee_flexion_moment_nm[: half_fold(swing.knee_flexion_rad) + 1]) / mass_kg)


def reason_without_muscles(swing: Swing, mass_kg: float) -> str:
    """Say what net joint moments alone can say of a swing: the sign of the early knee moment."""
    moment = early_knee_moment(swing, mass_kg)
    kind = "flexes" if moment > 0 else "extends"
    return f"no muscle forces; the early net knee moment {kind} ({abs(moment):.2f} N m/kg)"


def settle(verdict: str, reason: str, repeats: Mapping[str, int]) -> tuple[str, str]:
    """Let a verdict stand only where varied inputs give it too.

    Parameters
    ----------
    verdict, reason
        Of the inputs as they were measured.
    repeats
        How many variations gave each verdict. Where 5 % or more give another, a 5th or 95th percentile lies beyond a
        threshold.
    """
    total = sum(repeats.values())
    counted = ", ".join(f"{name} in {count}" for name, count in sorted(repeats.items(), key=lambda item: -item[1]))
    told = f"With varied inputs: {counted} of {total} repeats"
    if verdict == UNDECIDED or repeats.get(verdict, 0) > (1.0 - _DISSENT) * total:
        return verdict, f"{reason} {told}."
    return UNDECIDED, f"{told}; as measured {verdict}: {reason}"
