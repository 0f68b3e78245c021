"""Every branch from numbers to words: categories, grades, what speaks against them, and what is said."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from swinglever.causes import evidence
from swinglever.causes.evidence import Judgement
from swinglever.causes.grading import GRADES
from swinglever.causes.known import Emg, Ends, Known, ToeOff
from swinglever.causes.limits import Limits, calibrated_limits, calibrated_on

INF = float("inf")
LIMITS = replace(calibrated_limits(), pull_share=0.25, driven_share=0.1, net_deg=2.5, range_share=0.0, least_deg=0.0)
"""As if the model were the runner."""
BOTH = ("R_BF", "R_ST")
PULL, MIXED, MOMENTUM, UNDECIDED = "hamstring-initiated", "mixed", "momentum-driven", "undecided"


def known(new: float, moments: Ends = (0.0, 100.0), plausible: Ends | None = None, emg: Emg | None = None) -> Known:
    """Of 100° gained, so that degrees are percent; a pull is 25, momentum below 10."""
    return Known(
        gained_deg=100.0,
        net_knee_deg=20.0,
        new_deg=new,
        tail_deg=4.0,
        moments_deg=moments,
        plausible_deg=plausible or (new, new),
        whole_deg=(moments[0], moments[1] + 4.0),
        pull_extra=0.0 if new >= 25.0 else 0.19,
        driven_extra=0.0 if new < 10.0 else 0.3,
        toe_off=ToeOff(source="ground_force", error_s=0.003),
        emg=emg,
    )


def judge(given: Known, limits: Limits = LIMITS) -> Judgement:
    return evidence.judge(given, limits)


def said(found: Judgement) -> tuple[str, str]:
    return found.category, found.grade


@pytest.mark.parametrize(
    ("new", "category"), [(25.0, PULL), (24.9, MIXED), (10.0, MIXED), (9.9, MOMENTUM), (-30.0, MOMENTUM)]
)
def test_the_category_turns_at_a_quarter_and_at_a_tenth(new: float, category: str) -> None:
    assert said(judge(known(new))) == (category, "robust")


@pytest.mark.parametrize(
    ("new", "moments", "category"),
    [(40.0, (26.0, 60.0), PULL), (15.0, (10.0, 24.9), MIXED), (3.0, (-5.0, 9.9), MOMENTUM)],
)
def test_what_holds_for_all_that_moments_allow_is_proved(new: float, moments: Ends, category: str) -> None:
    """However far a little more effort would go inside."""
    assert said(judge(known(new, moments, moments))) == (category, "proved")


@pytest.mark.parametrize(("moments", "grade"), [((24.9, 60.0), "robust"), ((0.0, 60.0), "robust")])
def test_a_hair_outside_is_not_proved(moments: Ends, grade: str) -> None:
    assert said(judge(known(40.0, moments, (30.0, 50.0)))) == (PULL, grade)


@pytest.mark.parametrize(
    ("plausible", "expected"),
    [
        ((25.0, 60.0), (PULL, "robust")),
        ((24.0, 60.0), (UNDECIDED, "undecided")),
        ((9.0, 60.0), (UNDECIDED, "undecided")),
    ],
)
def test_a_little_more_effort_decides_the_grade(plausible: Ends, expected: tuple[str, str]) -> None:
    assert said(judge(known(40.0, plausible=plausible))) == expected


def test_undecided_tells_the_two_numbers() -> None:
    reason = judge(known(12.0, plausible=(3.0, 34.0))).reason
    assert "may have made 3° to 34° of the early fold: a pull begins at 25°, momentum alone ends at 10°." in reason


def test_no_new_part_below_zero_is_told() -> None:
    """The tail of stance, at least effort, can be more than the least that the hamstrings can have made."""
    assert "may have made 0° to 34° of the early fold" in judge(known(12.0, plausible=(-1.0, 34.0))).reason


@pytest.mark.parametrize(
    ("plausible", "told"),
    [
        ((12.0, 34.0), ", which is not momentum-driven"),
        ((3.0, 20.0), ", which is not hamstring-initiated"),
        ((3.0, 34.0), "fold:"),
    ],
)
def test_undecided_tells_what_is_excluded(plausible: Ends, told: str) -> None:
    """Without EMG, nothing is said of what reaches into two categories."""
    found = judge(known(18.0, plausible=plausible))
    assert said(found) == (UNDECIDED, "undecided")
    assert told in found.reason
    assert found.excluded == ((told.removeprefix(", which is not "),) if told.startswith(",") else ())


def test_emg_proves_what_moments_leave_open() -> None:
    emg = Emg(allowed_deg=(0.0, 4.0))
    assert said(judge(known(3.0, plausible=(0.0, 60.0), emg=emg))) == (MOMENTUM, "proved with EMG")


def test_emg_overrules_the_least_effort() -> None:
    """Least effort says 3, EMG allows no less than 40: hamstrings against extensors that least effort does not see."""
    emg = Emg(allowed_deg=(40.0, 70.0), channels=BOTH, on=(1.0, 1.0))
    assert said(judge(known(3.0, plausible=(0.0, 6.0), emg=emg))) == (PULL, "proved with EMG")


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (
            (20.0, 70.0),
            (UNDECIDED, "undecided"),
        ),  # nothing in common with what is plausible: all that EMG allows counts
        ((12.0, 70.0), (MIXED, "robust")),  # 12 to 15 are common to both
    ],
)
def test_where_emg_forbids_the_least_effort_the_nearest_counts(allowed: Ends, expected: tuple[str, str]) -> None:
    found = judge(known(3.0, plausible=(0.0, 15.0), emg=Emg(allowed_deg=allowed)))
    assert said(found) == expected
    if expected[0] == UNDECIDED:
        assert "20° to 70° of the early fold, which is not momentum-driven" in found.reason


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        ((33.1, 60.0), (PULL, "proved")),  # 33.1 less a fifth and 1.2 is 25.3
        ((31.0, 60.0), (PULL, "robust")),  # and 31.0 is 23.6
        ((-2.0, 8.3), (MOMENTUM, "proved")),
        ((-2.0, 8.4), (MOMENTUM, "robust")),
    ],
)
def test_the_model_is_not_the_runner(moments: Ends, expected: tuple[str, str]) -> None:
    """What moments allow may lie a fifth farther out, and the least part 1.2° lower: only then it is proved."""
    limits = replace(LIMITS, range_share=0.2, least_deg=1.2)
    new = 3.0 if moments[1] < 10.0 else 40.0
    assert said(judge(known(new, moments), limits)) == expected


@pytest.mark.parametrize(
    ("best", "expected"),
    [
        (40.0, (PULL, "robust")),
        (30.0, (PULL, "least effort only")),
        (20.0, (UNDECIDED, "undecided")),  # 14 to 26: mixed is no guess
        (3.0, (MOMENTUM, "robust")),
    ],
)
def test_static_optimization_with_emg_goes_before_that_without(best: float, expected: tuple[str, str]) -> None:
    """Known to 6 below and above, whatever the least effort says."""
    limits = replace(LIMITS, below_share=0.06, above_share=0.06)
    emg = Emg(allowed_deg=(0.0, 100.0), best_deg=best, channels=BOTH)
    assert said(judge(known(15.0, plausible=(3.0, 34.0), emg=emg), limits)) == expected
    alone = replace(emg, channels=BOTH[:1])
    assert judge(known(15.0, plausible=(3.0, 34.0), emg=alone), limits).category == UNDECIDED


def test_what_emg_allows_goes_before_what_is_estimated_with_it() -> None:
    limits = replace(LIMITS, below_share=0.06, above_share=0.06)
    emg = Emg(allowed_deg=(9.0, 27.0), best_deg=32.0, channels=BOTH)
    assert said(judge(known(15.0, emg=emg), limits)) == (PULL, "robust")


def test_emg_against_the_category_leaves_it_open_and_is_named() -> None:
    for new, on, early in ((40.0, (0.0, 0.0), "off"), (3.0, (0.8, 0.3), "on")):
        found = judge(known(new, emg=Emg(allowed_deg=None, channels=BOTH, on=on)))
        assert said(found) == (UNDECIDED, "undecided")
        assert f"R_BF, R_ST {early} in early folding" in found.reason
    for new, on in ((40.0, (0.8, 0.8)), (3.0, (0.0, 0.1)), (40.0, (0.3, 0.4)), (3.0, (0.3, 0.4)), (15.0, (0.8, 0.8))):
        assert judge(known(new, emg=Emg(allowed_deg=None, channels=BOTH, on=on))).grade == "robust"


@pytest.mark.parametrize(
    ("on", "grade"),
    [((0.0, 0.2), "robust"), ((0.0, 0.21), "undecided"), ((), "undecided"), ((0.0,), "least effort only")],
)
def test_hamstrings_that_are_off_leave_it_to_momentum(on: tuple[float, ...], grade: str) -> None:
    """Whatever else is plausible, and where the best estimate is mixed too; but not against a proof."""
    limits = replace(LIMITS, off_share=0.2)
    emg = Emg(allowed_deg=None, channels=BOTH[: len(on)], on=on)
    assert judge(known(12.0, plausible=(3.0, 34.0), emg=emg), limits).grade == grade
    if grade != "undecided":
        named = " and ".join(emg.channels)
        assert judge(known(12.0, plausible=(3.0, 34.0), emg=emg), limits).reason.endswith(
            f"The hamstrings' EMG ({named}) is off in early folding."
        )
    if grade == "robust":
        assert said(judge(known(12.0, plausible=(3.0, 34.0), emg=emg), limits)) == (MOMENTUM, "robust")
        # Where all that is plausible says the same, that is the stronger ground.
        both = judge(known(3.0, plausible=(1.0, 5.0), emg=emg), limits)
        assert both.reason.endswith("This holds for all that is plausible.")
        assert said(judge(known(40.0, (30.0, 60.0), emg=emg), limits)) == (UNDECIDED, "undecided")


def test_channels_that_contradict_are_named_and_do_not_decide() -> None:
    found = judge(known(3.0, emg=Emg(allowed_deg=(0.0, 4.0), contradictions=("R_TA",))))
    assert said(found) == (MOMENTUM, "proved with EMG")
    assert "EMG, model and moments contradict each other: R_TA not used." in found.reason


@pytest.mark.parametrize("moments", [(0.0, 100.0), (26.0, 60.0)])
def test_no_grade_that_the_toe_offs_error_does_not_support(moments: Ends) -> None:
    """Not even what would be proved."""
    early = ToeOff(source="kinematics", error_s=0.04, new_shares=(0.28, 0.08))
    found = judge(replace(known(40.0, moments), toe_off=early))
    assert said(found) == (UNDECIDED, "undecided")
    assert "Toe-off (kinematics) is known to 40 ms, within which the swing would be momentum-driven." in found.reason
    agreed = replace(early, new_shares=(0.3, 0.5))
    assert judge(replace(known(40.0, moments), toe_off=agreed)).category == PULL


@pytest.mark.parametrize("moments", [(0.0, 100.0), (26.0, 60.0)])
def test_a_pull_that_only_the_moment_about_the_thighs_axis_asks_for_is_undecided(moments: Ends) -> None:
    """Not even what would be proved; two channels of hamstrings know better, and so do given forces."""
    turned = replace(known(40.0, moments), unturned_deg=4.0)
    found = judge(turned)
    assert said(found) == (UNDECIDED, "undecided")
    assert "left open, the least effort makes 4° of it new, and the swing would be momentum-driven." in found.reason
    assert judge(replace(turned, unturned_deg=30.0)).category == PULL
    assert judge(replace(turned, given_deg=(40.0, 4.0))).category == PULL
    seen = Emg(allowed_deg=(30.0, 60.0), best_deg=40.0, channels=BOTH, on=(1.0, 1.0))
    assert judge(replace(turned, emg=seen)).category == PULL
    assert judge(replace(turned, emg=replace(seen, channels=BOTH[:1], on=(1.0,)))).category == UNDECIDED


@pytest.mark.parametrize(
    ("net", "word", "sentence"),
    [
        (12.0, "pulled", "together pulled: they made 12° of the 100°"),
        (2.5, "neither", "neither pulled nor braked: 2.5° of the 100°"),
        (-2.5, "neither", "neither pulled nor braked: -2.5° of the 100°"),
        (-8.0, "braked", "together braked: they took 8° from the 100°"),
    ],
)
def test_the_first_sentence_needs_no_muscle_model(net: float, word: str, sentence: str) -> None:
    found = judge(replace(known(3.0), net_knee_deg=net))
    assert found.net_knee == word
    assert found.reason.startswith("The muscles across the knee")
    assert sentence in found.reason.split(". ")[0]


def test_a_pull_under_a_braking_net_moment_is_called_co_contraction() -> None:
    assert "co-contraction" in judge(replace(known(40.0), net_knee_deg=-8.0)).reason
    assert "co-contraction" not in judge(known(40.0)).reason
    assert "co-contraction" not in judge(replace(known(3.0), net_knee_deg=-8.0)).reason


def test_others_are_named_only_where_somebody_pulled() -> None:
    others = {"gastrocnemius": (2.0, 14.0)}
    found = judge(replace(known(3.0), others_deg=others))
    assert "Others that may have pulled: gastrocnemius 2° to 14°." in found.reason
    assert "gastrocnemius" not in judge(replace(known(3.0), others_deg=others, net_knee_deg=-8.0)).reason


def test_the_price_is_of_the_other_answer() -> None:
    assert "To call it a pull, the runner would have spent 19 % more effort than he needed." in judge(known(3.0)).reason
    assert "For momentum alone, the runner would have spent 30 % more" in judge(known(40.0)).reason
    assert "No effort makes it a pull." in judge(replace(known(3.0), pull_extra=INF)).reason
    assert "No effort leaves it to momentum alone." in judge(replace(known(40.0), driven_extra=INF)).reason


def test_a_tail_is_told_where_there_is_one() -> None:
    reason = judge(known(3.0)).reason
    assert "made 7° with the least effort, 4° of it a tail of stance; the moments allow 0° to 104°." in reason
    assert "tail" not in judge(replace(known(3.0), tail_deg=0.4)).reason


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"gained_deg": 4.9}, "too little to share"),
        ({"gained_deg": float("nan")}, "too little to share"),
        ({"closure_deg": 0.6}, "miss the recorded motion by 0.60°"),
    ],
)
def test_what_cannot_be_shared_is_not_decided(change: dict[str, float], word: str) -> None:
    found = judge(replace(known(40.0, (26.0, 60.0)), **change))
    assert said(found) == (UNDECIDED, "undecided")
    assert word in found.reason


def test_limits_can_be_moved() -> None:
    assert judge(known(24.0), replace(LIMITS, pull_share=0.2)).category == PULL


@given(
    new=st.floats(-20, 80),
    widths=st.tuples(*[st.floats(0, 60)] * 4),
    emg=st.none() | st.tuples(*[st.floats(0, 90)] * 2),
)
def test_wider_ranges_never_raise_a_grade(new: float, widths: tuple[float, ...], emg: Ends | None) -> None:
    """Moments and effort that allow more: the grade is the same or lower; and a graded category is never empty.

    As far as they agree with EMG at all: what EMG alone allows counts where they do not, and may be wider.
    """
    told = None if emg is None else Emg(allowed_deg=(min(emg), max(emg)))
    narrow = (new - widths[0], new + widths[1])
    assume(emg is None or max(narrow[0], min(emg)) <= min(narrow[1], max(emg)))
    wide = (narrow[0] - widths[2], narrow[1] + widths[3])
    strict, loose = judge(known(new, narrow, narrow, told)), judge(known(new, wide, wide, told))
    assert GRADES.index(strict.grade) <= GRADES.index(loose.grade)
    assert (strict.category == UNDECIDED) == (strict.grade == UNDECIDED)


def test_forces_that_were_given_say_it_themselves() -> None:
    given = replace(known(3.0, (0.0, 60.0)), given_deg=(30.0, 2.0))
    found = judge(given)
    assert said(found) == (PULL, "given forces")
    assert "32° by the forces that were given, 2° of it a tail of stance" in found.reason


def test_of_a_walk_nothing_is_said_but_what_was_found() -> None:
    found = judge(replace(known(40.0, (26.0, 60.0)), gait="walking"))
    assert said(found) == ("undecided", "undecided")
    assert "This is walking, and what makes a verdict was calibrated on running" in found.reason


@pytest.mark.parametrize(
    ("gait", "pace_m_s", "told"),
    [
        ("running", 2.45, False),
        ("running", 4.55, False),
        ("running", 2.0, True),
        ("running", 7.0, True),
        ("running", float("nan"), False),
        ("walking", 1.3, False),  # of walking, nothing is said at all
    ],
)
def test_a_pace_that_was_not_calibrated_is_told(gait: str, pace_m_s: float, told: bool) -> None:
    assert (f"this is {pace_m_s:.1f} m/s" in calibrated_on().doubt(gait, pace_m_s)) is told
