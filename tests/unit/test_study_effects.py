"""Differences over subjects are those of a paired test of their means, and chance is told from them."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from swinglever.study.effects import compare, verdict_shares


def metrics(subjects: int, difference: float, swings: int = 6, seed: int = 1) -> pd.DataFrame:
    """Peak flexion of subjects at two paces: subjects differ by 4°, their answers to pace by 1.5°, swings by 2°."""
    random, rows = np.random.default_rng(seed), []
    for subject in range(subjects):
        level, answer = 4.0 * random.normal(), 1.5 * random.normal()
        for condition, shift in (("slow", 0.0), ("fast", difference + answer)):
            for swing in range(swings):
                value = 100.0 + level + shift + 2.0 * random.normal()
                rows.append((f"s{subject}", condition, "rl"[swing % 2], f"r_{swing}", value))
    table = pd.DataFrame(rows, columns=["subject", "condition", "side", "swing", "value"])
    return table.assign(metric="peak_knee_flexion", unit="deg")


def test_with_as_many_swings_everywhere_the_model_is_the_paired_t_test_of_subjects_means():
    """Of each pair of levels, whatever a third one is like."""
    table = metrics(12, 5.0)
    wild = metrics(12, -30.0, seed=2)
    wild = wild[wild["condition"] == "fast"].assign(condition="wild")
    means = table.groupby(["subject", "condition"])["value"].mean().unstack()
    paired = stats.ttest_rel(means["fast"], means["slow"])
    interval = paired.confidence_interval()
    effect, _ = compare(pd.concat([table, wild], ignore_index=True), "condition", ["slow", "fast", "wild"])
    assert effect.difference == pytest.approx((means["fast"] - means["slow"]).mean(), abs=1e-6)
    # The model's variances come from a search that stops at 1e-5 of the likelihood.
    assert (effect.low, effect.high) == pytest.approx((interval.low, interval.high), abs=0.01)
    assert effect.p == pytest.approx(paired.pvalue, rel=0.02)
    assert (effect.subjects, effect.swings, effect.note) == (12, 144, "")


def test_many_swings_of_few_subjects_make_no_certainty():
    """Of 40 studies without a difference, few call it one at 5 %; taking swings for witnesses, far more."""
    tables = [metrics(5, 0.0, swings=12, seed=seed) for seed in range(40)]
    ours = [compare(table, "condition", ["slow", "fast"])[0].p for table in tables]
    assert sum(p < 0.05 for p in ours) <= 4  # two are expected; more than four come once in twenty
    assert sum(p < 0.05 for p in map(_naive, tables)) > 10


def _naive(table: pd.DataFrame) -> float:
    """What comes of a subject's swings taken for independent, its mean taken away."""
    own = table["value"] - table.groupby("subject")["value"].transform("mean")
    return float(stats.ttest_ind(own[table["condition"] == "fast"], own[table["condition"] == "slow"]).pvalue)


def test_holm_multiplies_by_the_number_of_comparisons_that_are_left():
    table = pd.concat(
        [metrics(8, 5.0).assign(metric=name) for name in ("peak_knee_flexion", "early_knee_moment")], ignore_index=True
    )
    effects = compare(table, "condition", ["slow", "fast"])
    assert [e.p_holm for e in effects] == pytest.approx([2 * e.p for e in effects])


def test_different_people_at_each_level_make_no_certainty_either():
    """Four slow and four fast, who differ from each other by 4°, and not by level."""
    tables = [metrics(8, 0.0, swings=12, seed=seed) for seed in range(30)]
    mine = {"slow": [f"s{k}" for k in range(4)], "fast": [f"s{k}" for k in range(4, 8)]}
    apart = [t[[s in mine[c] for s, c in zip(t["subject"], t["condition"], strict=True)]] for t in tables]
    ours = [compare(table, "condition", ["slow", "fast"])[0].p for table in apart]
    assert sum(p < 0.05 for p in ours) <= 3


@pytest.mark.parametrize(
    ("at_fast", "told"),
    [(0, "no swings at 'fast'"), (1, "1 subject at 'fast'; 3 at least"), (2, "2 subjects at 'fast'; 3 at least")],
)
def test_too_few_subjects_at_one_level_tell_nothing_however_many_the_other_has(at_fast: int, told: str):
    table = metrics(12, 5.0)
    few = [f"s{k}" for k in range(at_fast)]
    (effect,) = compare(
        table[(table["condition"] == "slow") | table["subject"].isin(few)], "condition", ["slow", "fast"]
    )
    assert np.isnan([effect.difference, effect.low, effect.high, effect.p]).all()
    assert told in effect.note


def test_the_reference_is_the_first_condition_that_has_subjects_enough():
    table = metrics(8, 5.0)
    one = table[(table["condition"] == "slow") & (table["subject"] == "s0")].assign(condition="walk")
    alone, told = compare(pd.concat([one, table], ignore_index=True), "condition", ["walk", "slow", "fast"])
    assert (alone.reference, alone.level, alone.note[:17]) == ("slow", "walk", "1 subject at 'wal")
    assert (told.reference, told.level) == ("slow", "fast")
    assert told.low < 5.0 < told.high


def test_legs_are_compared_with_condition_held():
    table = metrics(10, 5.0)
    table.loc[table["side"] == "l", "value"] += 3.0
    (effect,) = compare(table, "side", ["r", "l"])
    assert effect.low < 3.0 < effect.high
    assert effect.high - effect.low < 3.0


def test_wilsons_interval_is_the_published_one():
    """Eight of ten: 0.490 to 0.943 (Newcombe 1998, Stat. Med. 17:857, method 3, by its formula)."""
    swings = pd.DataFrame({"condition": ["a"] * 10, "verdict": ["x"] * 8 + ["y"] * 2})
    first, second = verdict_shares(swings, ["a"])
    assert (first.verdict, first.count, first.total) == ("x", 8, 10)
    assert (first.low, first.high) == pytest.approx((0.490, 0.943), abs=5e-4)
    assert (second.low, second.high) == pytest.approx((1 - first.high, 1 - first.low))
