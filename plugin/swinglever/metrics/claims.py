"""Whether a recording supports each of the coaching article's twelve claims, speaks against it, or cannot tell.

A claim is judged swing by swing, by a rule about the swing's own numbers, and leg by leg. Where no rule is possible
with one recording, or no norm is known, the answer is that the recording cannot tell, with the reason.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from swinglever.metrics.legs import sides_of
from swinglever.records.words import SIDES, list_in_prose

if TYPE_CHECKING:
    from swinglever.records.report import Swing, SwingReport

SUPPORTS, AGAINST, CANNOT_TELL = "supports", "speaks against", "cannot tell"

AGREEMENT = 0.95
"""Share of a leg's swings above which they count as agreed: the same as for a verdict under varied inputs."""

Rule = Callable[["Swing"], "bool | None"]
"""Whether a swing agrees with a claim; None where it says neither."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One claim: what it says, how it is judged, and why it is not where it is not.

    Parameters
    ----------
    number, text
        Its number and words.
    judged_by
        The rule in words; empty where there is none.
    rule
        The rule; None where there is none.
    otherwise
        Why a recording cannot tell, where the rule gives no answer or there is none.
    """

    number: int
    text: str
    judged_by: str = ""
    rule: Rule | None = None
    otherwise: str


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Where a recording stands to a claim, and what that rests on: ``counts`` is (agree, disagree, neither) by side."""

    claim: Claim
    stand: str
    reason: str
    counts: Mapping[str, tuple[int, int, int]]


def judge(report: "SwingReport") -> tuple[Judgement, ...]:
    """Judge the twelve claims by one recording, in order."""
    return tuple(_judge(claim, report) for claim in CLAIMS)


def _judge(claim: Claim, report: "SwingReport") -> Judgement:
    if claim.rule is None:
        return Judgement(claim=claim, stand=CANNOT_TELL, reason=claim.otherwise, counts={})
    counts = {side: _count(claim.rule, [s for s in report.swings if s.side == side]) for side in sides_of(report)}
    stands = {_stand(count) for count in counts.values()}
    told = list_in_prose([f"{a} of {a + b + c} {SIDES[side]} swings" for side, (a, b, c) in counts.items()])
    reason = f"{claim.judged_by}: so in {told}" if counts else "no swings"
    if len(stands) != 1 or stands == {CANNOT_TELL}:
        return Judgement(claim=claim, stand=CANNOT_TELL, reason=f"{reason}. {claim.otherwise}", counts=counts)
    return Judgement(claim=claim, stand=stands.pop(), reason=reason, counts=counts)


def _count(rule: Rule, swings: "Sequence[Swing]") -> tuple[int, int, int]:
    answers = [rule(swing) for swing in swings]
    return answers.count(True), answers.count(False), answers.count(None)


def _stand(count: tuple[int, int, int]) -> str:
    agree, disagree, _ = count
    total = max(sum(count), 1)
    if agree > AGREEMENT * total:
        return SUPPORTS
    return AGAINST if disagree > AGREEMENT * total else CANNOT_TELL


def _values(swing: "Swing", *metrics: str) -> Iterator[float]:
    for metric in metrics:
        found = swing.metrics.get(metric)
        yield float("nan") if found is None else found.value


def _quicker(swing: "Swing") -> bool | None:
    folded, straight = _values(swing, "pendulum_period_minimum", "pendulum_period_at_toe_off")
    return folded < straight if np.isfinite([folded, straight]).all() else None


def _halved(swing: "Swing") -> bool | None:
    (share,) = _values(swing, "hip_heel_share_minimum")
    return True if share <= 0.5 else None


def _without_pull(swing: "Swing") -> bool | None:
    return {"momentum-driven": True, "hamstring-initiated": False}.get(swing.verdict)


def _down_the_chain(swing: "Swing") -> bool | None:
    names = ("knee_force_work_folding", "knee_moment_work_folding", "fold_before_thigh_reversal")
    force, moment, before = _values(swing, *names)
    if not np.isfinite([force, moment, before]).all():
        return None
    if force > max(moment, 0.0) and before < 50.0:
        return True
    return False if moment > force else None


def _brakes(swing: "Swing") -> bool | None:
    late, peak, brake, pull = _values(
        swing,
        "hamstring_force_peak_percent",
        "peak_flexion_percent",
        "hamstring_negative_work_unfolding",
        "hamstring_positive_work_folding",
    )
    if not np.isfinite([late, peak, brake, pull]).all():
        return None
    agrees = (late > peak, -brake > pull)
    return agrees[0] if agrees[0] == agrees[1] else None


_MUSCLES_NEEDED = "Muscle forces are missing, or the swings do not agree."

CLAIMS = (
    Claim(
        number=1,
        text="A shorter leg swings quicker, as a shorter pendulum does.",
        judged_by="Hung from the hip, the folded leg would swing to and fro quicker than the leg at toe-off",
        rule=_quicker,
        otherwise="The swings do not agree, or the leg's inertia is not known.",
    ),
    Claim(
        number=2,
        text="At best the lever is halved: the foot passes close to the body, above knee height.",
        judged_by="The heel comes within half a leg's length of the hip",
        rule=_halved,
        otherwise="A longer lever at this pace does not say how short it is at the runner's best.",
    ),
    Claim(
        number=3,
        text="Runners differ: the foot passes barely off the ground, at calf or knee height, or at the buttock.",
        otherwise="One runner cannot show how runners differ: compare several results.",
    ),
    Claim(
        number=4,
        text="The heel should rise without a hamstring pull.",
        judged_by="The verdict is that momentum folds the leg",
        rule=_without_pull,
        otherwise="Hamstrings and momentum both have a part, the swings differ, or the recording does not decide.",
    ),
    Claim(
        number=5,
        text="The thigh stops at its furthest back and the shank carries on: momentum moves down the chain.",
        judged_by="Most of the fold comes after the thigh turns, and more energy enters the shank through the knee's "
        "joint force than through the knee's muscles",
        rule=_down_the_chain,
        otherwise="The swings do not agree, or the events are not known.",
    ),
    Claim(
        number=6,
        text="Hip flexors stretched at the back recoil like an elastic band and pull the thigh forward.",
        otherwise="No published share of recoil in running is known to hold this against; the numbers are shown.",
    ),
    Claim(
        number=7,
        text="The hamstrings' proper job is to brake the unfolding shank late in the swing.",
        judged_by="The hamstrings pull hardest after peak flexion, and brake more there than they pull before it",
        rule=_brakes,
        otherwise=_MUSCLES_NEEDED,
    ),
    Claim(
        number=8,
        text="Pulling tires the hamstrings.",
        otherwise="Fatigue is not recorded; what the hamstrings do and burn while the leg folds is shown.",
    ),
    Claim(
        number=9,
        text="A well-timed fold carries the foot under the body while the lever is short.",
        otherwise="No published timing is known to hold this against; the numbers are shown.",
    ),
    Claim(
        number=10,
        text="It needs speed: some combination of pace, leg length, foot mass and stride rate.",
        otherwise="One pace cannot show what pace does: compare results at several.",
    ),
    Claim(
        number=11,
        text="The glutes drive the thigh back, and a long range of motion feeds the fold.",
        otherwise="One recording cannot show what range does to the fold: compare several results.",
    ),
    Claim(
        number=12,
        text="Over-rotating the pelvis, or one side, spoils it.",
        otherwise="No published limit for the pelvis is known; differences between the legs are shown beside those of "
        "trained runners.",
    ),
)
