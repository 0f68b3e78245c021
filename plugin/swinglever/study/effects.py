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
"""With two subjects the t distribution has one degree of freedom, and its intervals are of no use (t = 12.7)."""
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
    """Compare each level of a factor with the first one, for each of the `HEADLINES`.

    Parameters
    ----------
    metrics
        The study's table of metrics.
    factor
        ``condition`` or ``side``.
    levels
        Its levels, the reference first.

    Notes
    -----
    value = level + (side or condition) + subject + subject × level + residual, the subject's two terms random: swings
    are no independent witnesses of a condition, subjects are. Restricted maximum likelihood (statsmodels' MixedLM);
    intervals and p from the t distribution with one degree of freedom less than there are subjects, as in a paired
    t-test of the subjects' means, which this is when every cell has as many swings. Holm 1979, *Scand. J. Stat.* 6:65.
    """
    swings = metrics[(metrics["swing"] != "") & metrics["value"].notna() & (metrics["subject"] != "")]
    names = [name for name in HEADLINES if name in set(swings["metric"])]
    found = [each for name in names for each in _of_metric(swings[swings["metric"] == name], factor, levels)]
    return _with_holm(found)


def _of_metric(rows: "pd.DataFrame", factor: str, levels: Sequence[str]) -> list[Effect]:
    rows = rows[rows[factor].isin(levels)]
    named: dict[str, Any] = {"metric": str(rows["metric"].iloc[0]), "unit": str(rows["unit"].iloc[0]), "factor": factor}
    counts: dict[str, Any] = {level: _counts(rows, factor, [levels[0], level]) for level in levels[1:]}
    effects = [Effect(reference=levels[0], level=level, **named, **counts[level]) for level in levels[1:]]
    present = [level for level in levels if (rows[factor] == level).any()]
    doubt = _too_little(rows, factor, levels, present)
    if doubt:
        return [replace(effect, note=doubt) for effect in effects]
    fit, note = _fit(rows, factor, present)
    subjects = rows["subject"].nunique()
    return [_told(e, fit, subjects, note) if e.level in present else replace(e, note="no swings") for e in effects]


def _counts(rows: "pd.DataFrame", factor: str, levels: Sequence[str]) -> dict[str, int]:
    chosen = rows[rows[factor].isin(levels)]
    return {"subjects": int(chosen["subject"].nunique()), "swings": len(chosen)}


def _too_little(rows: "pd.DataFrame", factor: str, levels: Sequence[str], present: Sequence[str]) -> str:
    subjects = rows["subject"].nunique()
    if levels[0] not in present or len(present) < 2:
        return "no swings to compare"
    if subjects < _LEAST_SUBJECTS:
        return f"{subjects} subjects; {_LEAST_SUBJECTS} at least are needed to tell a difference from chance"
    if not rows["value"].std() > 0:
        return "all values are the same"
    return ""


def _fit(rows: "pd.DataFrame", factor: str, levels: Sequence[str]) -> tuple[Any, str]:
    """Fit the model to values in standard deviations, so that its search starts near; what it complained of."""
    import pandas as pd
    from statsmodels.regression.mixed_linear_model import MixedLM

    scale, by = float(rows["value"].std()), _BY[factor]
    in_order = pd.Categorical(rows[factor], categories=list(levels))
    table = rows.assign(scaled=(rows["value"] - rows["value"].mean()) / scale, level=in_order, held=rows[by])
    formula = "scaled ~ C(level)" + (" + C(held)" if table["held"].nunique() > 1 else "")
    model = MixedLM.from_formula(formula, table, groups="subject", re_formula="1", vc_formula={"cell": "0 + C(level)"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it converged is told below
        fit = model.fit(reml=True, method=_SEARCHES)
    fit.scale_of_values = scale
    return fit, "" if fit.converged else "the model did not converge"


def _told(effect: Effect, fit: Any, subjects: int, note: str) -> Effect:
    from scipy import stats

    name = next(n for n in fit.params.index if n.startswith("C(level") and n.endswith(f"[T.{effect.level}]"))
    estimate, error = (float(fit.scale_of_values * values[name]) for values in (fit.params, fit.bse))
    half = float(stats.t.ppf(0.975, subjects - 1)) * error
    p = float(2.0 * stats.t.sf(abs(estimate / error), subjects - 1)) if error > 0 else float("nan")
    return replace(effect, difference=estimate, low=estimate - half, high=estimate + half, p=p, note=note)


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
