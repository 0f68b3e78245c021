"""When a verdict stands: only where nearly all repeats with varied inputs give it too."""

import pytest

from swinglever.causes.verdict import MIXED, MOMENTUM_DRIVEN, UNDECIDED, reason_without_muscles, settle
from swinglever.testing import example_report


@pytest.mark.parametrize(
    ("repeats", "verdict"),
    [
        ({MOMENTUM_DRIVEN: 100}, MOMENTUM_DRIVEN),
        ({MOMENTUM_DRIVEN: 96, MIXED: 4}, MOMENTUM_DRIVEN),
        ({MOMENTUM_DRIVEN: 95, MIXED: 5}, UNDECIDED),
        ({MIXED: 100}, UNDECIDED),
    ],
)
def test_a_verdict_stands_when_more_than_19_of_20_repeats_give_it(repeats: dict[str, int], verdict: str) -> None:
    found, reason = settle(MOMENTUM_DRIVEN, "So it is.", repeats)
    assert found == verdict
    assert "of 100 repeats" in reason
    assert "So it is." in reason


def test_an_undecided_swing_stays_undecided() -> None:
    assert settle(UNDECIDED, "Open.", {MIXED: 20})[0] == UNDECIDED


def test_without_muscles_the_sign_of_the_early_moment_is_told() -> None:
    """The mean runner's early knee moment extends: 0.41 N m/kg at its peak (Fukuchi 2017)."""
    swing = example_report().swing("r_1")
    assert swing.verdict == UNDECIDED
    assert swing.evidence == ""
    assert swing.verdict_reason == reason_without_muscles(swing, 70.0)
    assert "no muscle forces; the early net knee moment extends" in swing.verdict_reason
