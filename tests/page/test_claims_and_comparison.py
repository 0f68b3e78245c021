"""Claims, norms and comparisons: rules on numbers made by hand."""

import dataclasses

import numpy as np
import pytest

from swinglever.metrics.claims import AGAINST, CANNOT_TELL, SUPPORTS, judge
from swinglever.metrics.comparison import Difference, compare_metrics, largest_first
from swinglever.metrics.legs import LegValue, leg_values
from swinglever.metrics.norms import published_norm
from swinglever.records.report import Measurement, SwingReport


def with_numbers(report: SwingReport, verdict: str = "mixed", **values: float) -> SwingReport:
    """The report with some metrics of every swing replaced."""
    made = {name: Measurement(value=value, unit="1") for name, value in values.items()}
    swings = tuple(dataclasses.replace(s, metrics={**s.metrics, **made}, verdict=verdict) for s in report.swings)
    return dataclasses.replace(report, swings=swings)


def stand(report: SwingReport, claim: int) -> str:
    return judge(report)[claim - 1].stand


def test_there_are_twelve_claims_in_order(both_legs: SwingReport) -> None:
    assert [j.claim.number for j in judge(both_legs)] == list(range(1, 13))


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        ("momentum-driven", SUPPORTS),
        ("hamstring-initiated", AGAINST),
        ("mixed", CANNOT_TELL),
        ("undecided", CANNOT_TELL),
    ],
)
def test_the_verdict_judges_the_claim_of_no_pull(both_legs: SwingReport, verdict: str, expected: str) -> None:
    assert stand(with_numbers(both_legs, verdict), 4) == expected


@pytest.mark.parametrize(
    ("claim", "numbers", "expected"),
    [
        (1, {"pendulum_period_minimum": 1.3, "pendulum_period_at_toe_off": 1.5}, SUPPORTS),
        (1, {"pendulum_period_minimum": 1.6, "pendulum_period_at_toe_off": 1.5}, AGAINST),
        (1, {"pendulum_period_minimum": np.nan}, CANNOT_TELL),
        (2, {"hip_heel_share_minimum": 0.49}, SUPPORTS),
        (2, {"hip_heel_share_minimum": 0.60}, CANNOT_TELL),
        (
            5,
            {"knee_force_work_folding": 30.0, "knee_moment_work_folding": -9.0, "fold_before_thigh_reversal": 5.0},
            SUPPORTS,
        ),
        (
            5,
            {"knee_force_work_folding": 3.0, "knee_moment_work_folding": 9.0, "fold_before_thigh_reversal": 5.0},
            AGAINST,
        ),
        (7, {"hamstring_force_peak_percent": 90.0, "peak_flexion_percent": 50.0}, SUPPORTS),
        (
            7,
            {
                "hamstring_force_peak_percent": 20.0,
                "peak_flexion_percent": 50.0,
                "hamstring_negative_work_unfolding": -1.0,
                "hamstring_positive_work_folding": 20.0,
            },
            AGAINST,
        ),
    ],
)
def test_a_rule_judges_its_claim(both_legs: SwingReport, claim: int, numbers: dict[str, float], expected: str) -> None:
    assert stand(with_numbers(both_legs, **numbers), claim) == expected


@pytest.mark.parametrize("claim", [3, 6, 8, 9, 10, 11, 12])
def test_what_one_recording_cannot_tell_is_never_judged(both_legs: SwingReport, claim: int) -> None:
    judgement = judge(both_legs)[claim - 1]
    assert judgement.stand == CANNOT_TELL
    assert judgement.reason


def test_legs_that_disagree_are_not_judged(both_legs: SwingReport) -> None:
    report = with_numbers(both_legs, "momentum-driven")
    swings = tuple(dataclasses.replace(s, verdict="hamstring-initiated") if s.side == "l" else s for s in report.swings)
    judgement = judge(dataclasses.replace(report, swings=swings))[3]
    assert judgement.stand == CANNOT_TELL
    left, right = (sum(s.side == side for s in swings) for side in "lr")
    assert judgement.counts == {"l": (0, left, 0), "r": (right, 0, 0)}


def test_norms_are_those_of_the_paper_and_are_interpolated() -> None:
    """running_norms.toml (Fukuchi et al. 2017): 107.21 ± 8.76 at 3.5 m/s, 116.27 at 4.5; METHOD's table: 1.52, 2.04."""
    at_norm, between = published_norm("peak_knee_flexion", 3.5), published_norm("peak_knee_flexion", 4.0)
    moment = published_norm("hip_flexor_moment_peak", 4.0)
    assert at_norm is not None
    assert between is not None
    assert moment is not None
    assert (at_norm.mean, at_norm.sd) == (107.21, 8.76)
    assert between.mean == pytest.approx((107.21 + 116.27) / 2)
    assert moment.mean == pytest.approx(1.78)
    assert np.isnan(moment.sd)


@pytest.mark.parametrize(
    ("metric", "speed"), [("peak_knee_flexion", 6.0), ("peak_knee_flexion", np.nan), ("hip_flexor_elastic_share", 3.5)]
)
def test_where_nothing_is_published_there_is_no_norm(metric: str, speed: float) -> None:
    assert published_norm(metric, speed) is None


def made(side: str, *values: float) -> LegValue:
    return LegValue(side=side, values=values, unit="deg", p05=np.nan, p95=np.nan, reasons=())


def test_effect_size_by_hand() -> None:
    """Means 2 and 5, both variances 1, so d = 3; n = 3 + 3, so g = 3 (1 - 3 / 15) = 2.4."""
    difference = Difference(metric="m", side="l", first=made("l", 1, 2, 3), second=made("l", 4, 5, 6))
    assert difference.difference == 3.0
    assert difference.effect_size == pytest.approx(2.4)


def test_one_swing_or_equal_swings_have_no_effect_size() -> None:
    assert np.isnan(Difference(metric="m", side="l", first=made("l", 1), second=made("l", 4, 5)).effect_size)
    assert np.isnan(Difference(metric="m", side="l", first=made("l", 1, 1), second=made("l", 4, 4)).effect_size)


def test_the_largest_effect_comes_first_and_unknown_ones_last() -> None:
    small = Difference(metric="small", side="l", first=made("l", 1, 2, 3), second=made("l", 2, 3, 4))
    large = Difference(metric="large", side="l", first=made("l", 1, 2, 3), second=made("l", -9, -8, -7))
    unknown = Difference(metric="unknown", side="l", first=made("l", 1), second=made("l", 100))
    assert [d.metric for d in largest_first([unknown, small, large])] == ["large", "small", "unknown"]


def test_legs_are_compared_like_with_like(both_legs: SwingReport, with_emg: SwingReport) -> None:
    pairs = compare_metrics(both_legs, with_emg)
    assert {d.side for d in pairs} <= {"r", ""}
    peak = next(d for d in pairs if d.metric == "peak_knee_flexion")
    right = [s.peak_flexion_deg for s in both_legs.swings if s.side == "r"]
    assert peak.difference == pytest.approx(with_emg.swings[0].peak_flexion_deg - np.mean(right))


def test_a_result_does_not_differ_from_itself(both_legs: SwingReport) -> None:
    pairs = compare_metrics(both_legs, both_legs)
    assert len(pairs) > 90
    assert all(d.difference == 0.0 or np.isnan(d.difference) for d in pairs)


def test_left_and_right_are_never_pooled(both_legs: SwingReport) -> None:
    values = leg_values(both_legs, "peak_knee_flexion")
    counts = [(side, sum(s.side == side for s in both_legs.swings)) for side in "lr"]
    assert [(v.side, len(v.values)) for v in values] == counts
