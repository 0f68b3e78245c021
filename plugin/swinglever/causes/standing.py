"""Where the hamstrings' part of a swing stands beside the limits of a verdict, and which criterion made the verdict."""

from dataclasses import dataclass

import numpy as np

from swinglever.causes.grading import GIVEN, LEAST_EFFORT_ONLY, PROVED, PROVED_WITH_EMG, ROBUST
from swinglever.causes.limits import EMG_OFF, NOT_CALIBRATED, Limits, calibrated_limits
from swinglever.metrics.legs import sides_of
from swinglever.records.bounds import HEADLINE
from swinglever.records.folding import half_fold
from swinglever.records.report import Swing, SwingReport

_GROUNDS = {
    PROVED: "all that moments allow",
    PROVED_WITH_EMG: "moments and EMG",
    GIVEN: "forces that were given",
    LEAST_EFFORT_ONLY: "least effort, with EMG",
}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The part of new hamstring activation in early folding, degrees, beside the limits of a verdict.

    Attributes
    ----------
    new_deg
        With the least effort; where there is EMG, the likeliest by what it says.
    likely_deg
        The plausible range, from the least that 5 % more effort allows to the largest that 50 % more allows; where
        there is EMG, that of its likeliest part.
    allowed_deg
        Least and largest by the moments alone.
    emg_deg
        Least and largest that the size of EMG allows; None where there is none.
    tail_deg
        What was left over from stance, with the least effort.
    gained_deg
        Flexion that the knee gains in early folding.
    momentum_deg, pull_deg
        Momentum alone ends at the first, a pull begins at the second.

    Notes
    -----
    The tail of stance is taken off every end; no new part is below zero.
    """

    new_deg: float
    likely_deg: tuple[float, float]
    allowed_deg: tuple[float, float]
    emg_deg: tuple[float, float] | None
    tail_deg: float
    gained_deg: float
    momentum_deg: float
    pull_deg: float

    def percent(self, part_deg: float) -> float:
        """Give a part as a share of the early fold, percent."""
        return 100.0 * part_deg / max(self.gained_deg, 1e-9)

    @property
    def is_open(self) -> bool:
        """Whether the plausible range lies on both sides of a limit."""
        low, high = self.likely_deg
        return any(low < limit <= high for limit in (self.momentum_deg, self.pull_deg))


def standing(swing: Swing, limits: Limits | None = None) -> Standing | None:
    """Say where a swing stands; None without bounds."""
    bounds, limits = swing.bounds, limits or calibrated_limits()
    if bounds is None or HEADLINE not in bounds.names:
        return None
    tail = float(np.degrees(bounds.tail_rad[bounds.names.index(HEADLINE)]))
    ends = {level: bounds.degrees(HEADLINE, level) for level in bounds.levels}
    new = {level: (_above_zero(low - tail), _above_zero(high - tail)) for level, (low, high) in ends.items()}
    gained, part, (low, high) = gained_deg(swing), new["least_effort"][0], new["plausible"]
    informed_rad = bounds.informed_new_rad, bounds.informed_low_rad, bounds.informed_high_rad
    if np.isfinite(informed_rad).all():
        part, low, high = (_above_zero(float(np.degrees(end))) for end in informed_rad)
    return Standing(
        new_deg=part,
        likely_deg=(low, high),
        allowed_deg=new["moments"],
        emg_deg=new["emg"] if np.isfinite(new["emg"]).all() else None,
        tail_deg=tail,
        gained_deg=gained,
        momentum_deg=limits.driven_share * gained,
        pull_deg=limits.pull_share * gained,
    )


def standings(report: SwingReport) -> dict[str, dict[str, Standing]]:
    """Say where the swings of each leg stand, by the swing's id; a leg without any bounds is left out."""
    found = {side: {s.id: standing(s) for s in report.swings if s.side == side} for side in sides_of(report)}
    known = {side: {name: at for name, at in swings.items() if at is not None} for side, swings in found.items()}
    return {side: swings for side, swings in known.items() if swings}


def _above_zero(part_deg: float) -> float:
    return part_deg if np.isnan(part_deg) else max(part_deg, 0.0)


def gained_deg(swing: Swing) -> float:
    """Flexion that the knee gains in early folding, degrees."""
    flexion = swing.knee_flexion_rad
    return float(np.degrees(flexion[half_fold(flexion)] - flexion[0]))


def criterion(swing: Swing) -> str:
    """Name in a few words what made the verdict of a swing, or what kept it from one."""
    if swing.evidence in (ROBUST, LEAST_EFFORT_ONLY) and EMG_OFF in swing.verdict_reason:
        return "hamstrings' EMG is off"
    if swing.evidence in _GROUNDS:
        return _GROUNDS[swing.evidence]
    if swing.evidence == ROBUST:
        return "plausible range" if swing.emg is None else "EMG and plausible range"
    found = standing(swing)
    if found is None:
        return "no muscle forces"
    if NOT_CALIBRATED in swing.verdict_reason:
        return "not a run"
    if gained_deg(swing) < calibrated_limits().least_flexion_deg:
        return "too little flexion"
    if swing.bands is not None and swing.bands.verdicts and swing.verdict not in swing.bands.verdicts:
        return "repeats differ"
    return "range over a limit" if found.is_open else f"show --swing {swing.id}"
