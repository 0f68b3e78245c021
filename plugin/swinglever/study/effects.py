"""Do conditions, or legs, differ over subjects? Mixed-effects models: swings within subjects."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

HEADLINES = (
    "peak_knee_flexion",
    "peak_flexion_percent",
    "knee_flexion_speed_at_toe_off",
    "hip_heel_share_minimum",
    "leg_inertia_minimum_over_maximum",
    "early_knee_moment",
    "late_knee_flexor_moment_peak",
    "hip_flexor_moment_peak",
    "passive_peak_flexion",
    "fold_lost_without_hamstrings",
    "hamstring_impulse_folding",
    "hamstring_impulse_unfolding",
)
"""Metrics that a study compares: what the fold is like, what makes it, what it costs. A few, as each is a test."""

_LEAST_SUBJECTS = 3
"""At each level: with two the t distribution has one degree of freedom, and its intervals are of no use (t = 12.7)."""
_SEARCHES = ["lbfgs", "powell"]
"""Tried in turn: where a variance is zero, as legs that are alike make it, only a search without gradients ends."""
_BY = {"condition": "side", "side": "condition"}
"""What is compared, and what is held constant meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """How a metric differs between two levels of a factor, over subjects.

    Attributes
    ----------
    metric, unit
        What was measured.
    factor, reference, level
        ``condition`` or ``side``; the difference is level less reference.
    difference, low, high
        The difference and its 95 % confidence interval, in the unit.
    p, p_holm
        Probability of such a difference by chance; the same after Holm's correction for all comparisons of the factor.
    subjects, swings
        How many there are at the two levels.
    note
        Why it is nan, or what is doubtful of it.
    """

    metric: str
    unit: str
    factor: str
    reference: str
    level: str
    difference: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    p: float = float("nan")
    p_holm: float = float("nan")
    subjects: int = 0
    swings: int = 0
    note: str = ""


def compare(metrics: "pd.DataFrame", factor: str, levels: Sequence[str]) -> tuple[Effect, ...]:
    """Compare each level of a factor with the reference, for each of the `HEADLINES`.

    Parameters
    ----------
    metrics
        The study's table of metrics.
    factor
        ``condition`` or ``side``.
    levels
        Its levels. The reference is the first that three subjects or more have; where none is, the first.

    Notes
    -----
    value = level + (side or condition) + subject + subject × level + residual, the subject's two terms random: swings
    are no independent witnesses of a condition, subjects are. Restricted maximum likelihood (statsmodels' MixedLM), for
    each pair of levels by itself. Intervals and p come from the t distribution with one degree of freedom less than
    the level with fewer subjects has: where all subjects have both levels with as many swings, that is the paired
    t-test of the subjects' means; where others run at each, it is the fewest that Welch's test (1947, *Biometrika*
    34:28) can have. Holm 1979, *Scand. J. Stat.* 6:65.
    """
    swings = metrics[(metrics["swing"] != "") & metrics["value"].notna() & (metrics["subject"] != "")]
    names = [name for name in HEADLINES if name in set(swings["metric"])]
    many = [level for level in levels if _subjects_at(swings, factor, level) >= _LEAST_SUBJECTS]
    in_order = list(dict.fromkeys([*many[:1], *levels]))
    found = [each for name in names for each in _of_metric(swings[swings["metric"] == name], factor, in_order)]
    return _with_holm(found)


def _of_metric(rows: "pd.DataFrame", factor: str, levels: Sequence[str]) -> list[Effect]:
    reference = levels[0]
    pairs = [(level, rows[rows[factor].isin([reference, level])]) for level in levels[1:]]
    return [
        _between(pair, Effect(factor=factor, reference=reference, level=level, **_seen(rows, pair)))
        for level, pair in pairs
    ]


def _seen(rows: "pd.DataFrame", pair: "pd.DataFrame") -> dict[str, Any]:
    """What is there of a metric's rows (not empty), and of those at two levels."""
    named = {"metric": str(rows["metric"].iloc[0]), "unit": str(rows["unit"].iloc[0])}
    return {**named, "subjects": int(pair["subject"].nunique()), "swings": len(pair)}


def _between(rows: "pd.DataFrame", effect: Effect) -> Effect:
    """Tell how two levels differ, or why that is not known."""
    counts = {level: _subjects_at(rows, effect.factor, level) for level in (effect.reference, effect.level)}
    fewest = min(counts, key=lambda level: counts[level])
    if not counts[fewest]:
        return replace(effect, note=f"no swings at {fewest!r}")
    if counts[fewest] < _LEAST_SUBJECTS:
        there = "1 subject" if counts[fewest] == 1 else f"{counts[fewest]} subjects"
        needed = f"{_LEAST_SUBJECTS} at least are needed to tell a difference from chance"
        return replace(effect, note=f"{there} at {fewest!r}; {needed}")
    if not rows["value"].std() > 0:
        return replace(effect, note="all values are the same")
    difference, error, note = _fit(rows, effect)
    return _told(effect, difference, error, note, freedom=counts[fewest] - 1)


def _subjects_at(rows: "pd.DataFrame", factor: str, level: str) -> int:
    return int(rows.loc[rows[factor] == level, "subject"].nunique())


def _fit(rows: "pd.DataFrame", effect: Effect) -> tuple[float, float, str]:
    """Fit the model to values in standard deviations, so that its search starts near.

    Difference, its standard error, and what the search complained of.
    """
    import pandas as pd
    from statsmodels.regression.mixed_linear_model import MixedLM

    scale, by = float(rows["value"].std()), _BY[effect.factor]
    in_order = pd.Categorical(rows[effect.factor], categories=[effect.reference, effect.level])
    table = rows.assign(scaled=(rows["value"] - rows["value"].mean()) / scale, level=in_order, held=rows[by])
    formula = "scaled ~ C(level)" + (" + C(held)" if table["held"].nunique() > 1 else "")
    # Where nobody has both levels, a subject and a subject at a level are the same.
    cells = {"cell": "0 + C(level)"} if table.groupby("subject")["level"].nunique().max() > 1 else None
    model = MixedLM.from_formula(formula, table, groups="subject", re_formula="1", vc_formula=cells)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it converged is told
        fit = model.fit(reml=True, method=_SEARCHES)
    name = next(n for n in fit.params.index if n.startswith("C(level"))
    note = "" if fit.converged else "the model did not converge"
    return scale * float(fit.params[name]), scale * float(fit.bse[name]), note


def _told(effect: Effect, difference: float, error: float, note: str, freedom: int) -> Effect:
    from scipy import stats

    half = float(stats.t.ppf(0.975, freedom)) * error
    p = float(2.0 * stats.t.sf(abs(difference / error), freedom)) if error > 0 else float("nan")
    return replace(effect, difference=difference, low=difference - half, high=difference + half, p=p, note=note)


def _with_holm(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """Correct for the number of comparisons, those without a p left out."""
    from statsmodels.stats.multitest import multipletests

    known = [k for k, effect in enumerate(effects) if np.isfinite(effect.p)]
    corrected = dict(
        zip(known, multipletests([effects[k].p for k in known], method="holm")[1] if known else (), strict=True)
    )
    return tuple(replace(e, p_holm=float(corrected.get(k, float("nan")))) for k, e in enumerate(effects))


@dataclass(frozen=True, kw_only=True)
class Share:
    """How many swings of a condition had a verdict: count of total, with Wilson's 95 % interval of the share."""

    condition: str
    verdict: str
    count: int
    total: int
    low: float
    high: float


def verdict_shares(swings: "pd.DataFrame", conditions: Sequence[str]) -> tuple[Share, ...]:
    """Count the verdicts of each condition.

    Notes
    -----
    Wilson 1927, *J. Am. Stat. Assoc.* 22:209. It takes swings for independent; those of one subject are alike, so the
    true interval is wider.
    """
    from statsmodels.stats.proportion import proportion_confint

    found = []
    for condition in conditions:
        verdicts = swings.loc[swings["condition"] == condition, "verdict"]
        for verdict, count in verdicts.value_counts().sort_index().items():
            low, high = proportion_confint(int(count), len(verdicts), method="wilson")
            found.append(
                Share(
                    condition=condition,
                    verdict=str(verdict),
                    count=int(count),
                    total=len(verdicts),
                    low=float(low),
                    high=float(high),
                )
            )
    return tuple(found)
