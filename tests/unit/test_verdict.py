"""The verdict's table: every corner of it, and what leaves it open."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swinglever.causes.verdict import MIXED, MOMENTUM_DRIVEN, UNDECIDED, Findings, Thresholds, decide, settle

CLEAR = Findings(
    hamstring_share=(0.4, 0.4),
    peak_drop_deg=(20.0, 20.0),
    knee_moment_nm_kg=0.3,
    early_flexion_deg=50.0,
    closure_deg=0.01,
)


def with_numbers(share: float, drop: float) -> Findings:
    return replace(CLEAR, hamstring_share=(share, share), peak_drop_deg=(drop, drop))


@pytest.mark.parametrize(
    ("share", "drop", "verdict"),
    [
        (0.25, 10.0, "hamstring-initiated"),  # at least a quarter, 10 degrees or more
        (0.249, 10.0, "mixed"),
        (0.25, 9.9, "mixed"),
        (0.099, 9.9, "momentum-driven"),  # less than a tenth, less than 10 degrees
        (0.10, 9.9, "mixed"),
        (0.099, 10.0, "mixed"),
        (-0.5, -30.0, "momentum-driven"),  # hamstrings held the fold back
        (0.5, -30.0, "mixed"),
    ],
)
def test_the_verdict_turns_at_the_documented_thresholds(share: float, drop: float, verdict: str) -> None:
    assert decide(with_numbers(share, drop))[0] == verdict


@pytest.mark.parametrize(("moment", "verdict"), [(0.05, "hamstring-initiated"), (0.049, "mixed"), (-0.3, "mixed")])
def test_hamstrings_that_only_outweigh_the_extensors_do_not_initiate(moment: float, verdict: str) -> None:
    assert decide(replace(CLEAR, knee_moment_nm_kg=moment))[0] == verdict


@pytest.mark.parametrize(
    "findings",
    [
        replace(CLEAR, hamstring_share=(0.2, 0.3)),
        replace(CLEAR, peak_drop_deg=(8.0, 12.0)),
        replace(CLEAR, hamstring_share=(0.05, 0.15), peak_drop_deg=(1.0, 1.0)),
    ],
)
def test_a_band_across_a_threshold_is_undecided_and_names_both(findings: Findings) -> None:
    verdict, reason = decide(findings)
    assert verdict == "undecided"
    assert " or " in reason


def test_hamstrings_that_emg_never_has_on_did_not_initiate() -> None:
    verdict, reason = decide(replace(CLEAR, silent_by_emg=("R BF", "R ST")))
    assert verdict == UNDECIDED
    assert "never on in early folding: R BF, R ST" in reason
    assert decide(replace(with_numbers(0.0, 0.0), silent_by_emg=("R BF",)))[0] == MOMENTUM_DRIVEN


def test_a_band_inside_one_verdict_decides() -> None:
    assert decide(replace(CLEAR, hamstring_share=(0.3, 0.9), peak_drop_deg=(11.0, 60.0)))[0] == "hamstring-initiated"


def test_an_open_closure_decides_nothing() -> None:
    verdict, reason = decide(replace(CLEAR, closure_deg=0.6))
    assert verdict == "undecided"
    assert "0.60" in reason


@pytest.mark.parametrize("gained", [4.9, -20.0, float("nan")])
def test_without_early_flexion_there_is_nothing_to_share(gained: float) -> None:
    assert decide(replace(CLEAR, early_flexion_deg=gained))[0] == "undecided"


def test_thresholds_can_be_changed() -> None:
    assert decide(with_numbers(0.2, 8.0), Thresholds(initiated_share=0.15, initiated_drop_deg=7.0))[0] == (
        "hamstring-initiated"
    )


def test_the_reason_tells_all_three_findings_and_large_reserves() -> None:
    reason = decide(replace(CLEAR, reserves=("hip_rotation_r",)))[1]
    for part in ("40%", "20°", "flexes", "0.30 N m/kg", "hip_rotation_r"):
        assert part in reason


@given(share=st.floats(-2, 2), drop=st.floats(-90, 90), wider=st.floats(0, 1), further=st.floats(0, 40))
def test_a_wider_band_never_turns_one_verdict_into_another(
    share: float, drop: float, wider: float, further: float
) -> None:
    sharp = decide(with_numbers(share, drop))[0]
    broad = decide(
        replace(CLEAR, hamstring_share=(share - wider, share + wider), peak_drop_deg=(drop - further, drop + further))
    )[0]
    assert broad in (sharp, "undecided", "mixed")


def test_a_leg_that_ran_away_decides_nothing() -> None:
    verdict, reason = decide(with_numbers(0.02, float("nan")))
    assert verdict == UNDECIDED
    assert "ran away" in reason


@pytest.mark.parametrize(
    ("repeats", "stands"),
    [({MOMENTUM_DRIVEN: 96, MIXED: 4}, True), ({MOMENTUM_DRIVEN: 95, MIXED: 5}, False), ({MIXED: 100}, False)],
)
def test_a_verdict_stands_only_where_repeats_give_it_too(repeats: dict[str, int], stands: bool) -> None:
    """When 5 of 100 fall on the other side of a threshold, the 5th or 95th percentile is there."""
    verdict, reason = settle(MOMENTUM_DRIVEN, "silent hamstrings", repeats)
    assert verdict == (MOMENTUM_DRIVEN if stands else UNDECIDED)
    assert "of 100 repeats" in reason
    assert "silent hamstrings" in reason


def test_what_is_undecided_stays_so() -> None:
    assert settle(UNDECIDED, "an open sum", {MIXED: 100})[0] == UNDECIDED
