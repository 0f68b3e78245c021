"""How often what is said of a swing is right: counted on swings whose cause is known.

Everything is counted as an analysis would say it, by `swinglever.causes.evidence.judge`, on the numbers that it would
have. What was so is the share that the hamstrings' new activation had in the early fold, from the simulated forces.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.causes.evidence import Judgement, judge
from swinglever.causes.grading import categorise
from swinglever.causes.known import Emg, Ends, Known, ToeOff
from swinglever.causes.limits import Limits, calibrated_limits
from swinglever.causes.other_sharing import sharing_errors
from swinglever.causes.verdict import HAMSTRING_INITIATED, MIXED, MOMENTUM_DRIVEN, UNDECIDED
from swinglever.certainty.known_findings import CHANNELS, OF_HAMSTRINGS, Found
from swinglever.certainty.known_swings import KnownSwing
from swinglever.certainty.known_truth import Truth

CATEGORIES = (HAMSTRING_INITIATED, MIXED, MOMENTUM_DRIVEN)
NO_EMG = "no EMG"
LEVELS = (NO_EMG, *CHANNELS)
TOUCH_DEG = 0.05
"""A part so little outside of a range is inside: what rounding and splines may do."""

STRATA = 19
"""Draws of the load sharing that stand for all of them, in each repeat."""
PERCENTILES = (5.0, 95.0)

Range = Callable[[Found], Ends | None]
Counts = Mapping[tuple[str, str, str], int]
"""Swings by what was so, what is said, and with which grade."""


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How many of some swings have their true part in a range, and how wide that is, in shares of the early flexion."""

    held: int
    swings: int
    width: float

    @property
    def share(self) -> float:
        """Of the swings; nan of none."""
        return self.held / self.swings if self.swings else float("nan")


def usable(swings: Iterable[KnownSwing]) -> list[KnownSwing]:
    """Give the swings that a runner could have made."""
    return [swing for swing in swings if not swing.refused]


def truth_of(swing: KnownSwing) -> Truth:
    """Give what was so of a usable swing."""
    if swing.truth is None:
        raise ValueError(f"expected a swing that a runner could have made, number {swing.number}: {swing.refused}")
    return swing.truth


def true_category(truth: Truth, limits: Limits | None = None) -> str:
    """What the swing was: by the share of new hamstring activation in the flexion of the first half of folding."""
    half = truth.peak // 2
    return categorise((truth.whole[half] - truth.tail[half]) / truth.gained[half], limits or calibrated_limits())


def cover(swings: Sequence[KnownSwing], model: str, of: Range, *, new: bool = False) -> Coverage:
    """Count how often a range holds the hamstrings' part, or its new part, until the instant that was looked at."""
    held, widths = 0, []
    for swing in swings:
        found, truth = swing.found[model], truth_of(swing)
        ends = of(found)
        if ends is None:
            continue
        part = truth.whole[found.sample] - new * truth.tail[found.sample]
        held += ends[0] - TOUCH_DEG <= part <= ends[1] + TOUCH_DEG
        widths.append((ends[1] - ends[0]) / found.gained)
    return Coverage(held=held, swings=len(widths), width=float(np.mean(widths)) if widths else float("nan"))


def bought(found: Found, less_extra: float, more_extra: float) -> Ends:
    """Hamstrings' whole part, degrees, that some extra effort may save, and that some may buy."""
    low, high = np.transpose(found.bought)
    return float(np.interp(less_extra, found.extra, low)), float(np.interp(more_extra, found.extra, high))


def band(found: Found, *, with_emg: bool, shared: bool = True) -> Ends | None:
    """Band of the hamstrings' part until the peak, degrees, as `swinglever.certainty.bands` makes it of repeats.

    Parameters
    ----------
    found
        With the other model.
    with_emg
        Of the repeats that were solved with EMG of `BAND_CHANNELS`; None where none was.
    shared
        Whether the load sharing is drawn too, or the inputs alone.
    """
    errors, parts = sharing_errors(), []
    position, share = (
        np.interp((np.arange(STRATA) + 0.5) / STRATA, errors.quantile, values)
        for values in (errors.position, errors.share)
    )
    for peak in found.peaks[1:]:
        start = peak.informed if with_emg else peak.part
        if start is None:
            continue
        ends = np.where(position > 0.0, peak.plausible[1] - start, start - peak.plausible[0])
        away = share * peak.gained if with_emg else position * ends
        parts.append(np.clip(start + shared * away, peak.moments[0], peak.moments[1]))
    if not parts:
        return None
    low, high = np.percentile(parts, PERCENTILES)
    return float(low), float(high)


def cover_by_bands(swings: Sequence[KnownSwing], model: str, *, with_emg: bool, shared: bool = True) -> Coverage:
    """Count how often the band holds the hamstrings' part until the peak; the width is in shares of the flexion."""
    held, widths = 0, []
    for swing in swings:
        found, truth = swing.found[model], truth_of(swing)
        ends = band(found, with_emg=with_emg, shared=shared)
        if ends is None:
            continue
        held += ends[0] - TOUCH_DEG <= truth.whole[truth.peak] <= ends[1] + TOUCH_DEG
        widths.append((ends[1] - ends[0]) / found.peaks[0].gained)
    return Coverage(held=held, swings=len(widths), width=float(np.median(widths)) if widths else float("nan"))


def judged(swing: KnownSwing, model: str, level: str, limits: Limits | None = None) -> Judgement:
    """Say of a swing what an analysis would, with some EMG or none."""
    limits = limits or calibrated_limits()
    found = swing.found[model]
    low, high = bought(found, limits.less_extra, limits.more_extra)
    known = Known(
        gained_deg=found.gained,
        net_knee_deg=found.net,
        new_deg=found.part - found.tail,
        tail_deg=found.tail,
        moments_deg=(found.new_moments[0], found.new_moments[1]),
        plausible_deg=(low - found.tail, high - found.tail),
        whole_deg=(found.moments[0], found.moments[1]),
        pull_extra=_or_inf(found.pull_extra),
        driven_extra=_or_inf(found.driven_extra),
        toe_off=ToeOff(source="simulation"),
        emg=None if level == NO_EMG else _emg(found, level),
    )
    return judge(known, limits)


def _emg(found: Found, level: str) -> Emg:
    ends, informed = found.emg[level], found.informed[level]
    mine = [k for k, name in enumerate(OF_HAMSTRINGS) if name in CHANNELS[level]]
    return Emg(
        allowed_deg=None if ends is None else (ends[0], ends[1]),
        best_deg=None if informed is None else informed[0] - informed[1],
        contradictions=tuple(found.contradictions[level]),
        channels=tuple(OF_HAMSTRINGS[k] for k in mine),
        on=tuple(found.on[k] for k in mine),
    )


def _or_inf(value: float | None) -> float:
    return float("inf") if value is None else value


def confusion(swings: Sequence[KnownSwing], model: str, level: str, limits: Limits | None = None) -> Counts:
    """Count swings by what was so, what is said, and with which grade."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for swing in swings:
        said = judged(swing, model, level, limits)
        counts[true_category(truth_of(swing)), said.category, said.grade] += 1
    return counts


def wrong_of(counts: Counts, grade: str) -> tuple[int, int]:
    """How many statements of a grade are wrong, and how many there are."""
    mine = {key: count for key, count in counts.items() if key[2] == grade and key[1] != UNDECIDED}
    return sum(count for (so, said, _), count in mine.items() if so != said), sum(mine.values())


def decided(counts: Counts) -> float:
    """Share of the swings about which a category is said."""
    return sum(count for (_, said, _), count in counts.items() if said != UNDECIDED) / sum(counts.values())


def errors_with_emg(swings: Sequence[KnownSwing], model: str, level: str) -> list[float]:
    """True new share less that of static optimization with EMG, of each swing in which that finds one."""
    errors = []
    for swing in swings:
        found, truth = swing.found[model], truth_of(swing)
        informed = found.informed[level]
        if informed is None:
            continue
        true = (truth.whole[found.sample] - truth.tail[found.sample]) / truth.gained[found.sample]
        errors.append(true - (informed[0] - informed[1]) / found.gained)
    return errors


def net_errors(swings: Sequence[KnownSwing], model: str) -> list[float]:
    """Part of the net knee moment as found less the true one, degrees, of each swing."""
    return [swing.found[model].net - truth_of(swing).net[swing.found[model].sample] for swing in swings]
