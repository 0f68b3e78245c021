"""What may be said of a swing, and how well it is supported: from plain numbers, one category, one grade, one reason.

The category says how much of the early fold *new* hamstring activation made. The grade says what that rests on.

proved
    It holds for everything that the joint moments allow.
proved with EMG
    It holds for everything that moments, rates of activation and the size of EMG allow together.
robust
    It holds for the range in which nine true parts of ten lay when simulated swings were analysed; or two channels of
    hamstrings are off in early folding, which was momentum alone in more than 95 of 100.
least effort only
    Static optimization with EMG of the hamstrings says so; the range reaches into the neighbouring category. Or the
    only channel of hamstrings is off. Without EMG, static optimization was wrong too often, and nothing is said.
given forces
    Muscle forces that were given from outside say so, and the moments allow it: it is as good as they are.
undecided
    The range reaches into several categories, or something contradicts the category. What it excludes is told.

What is known without any muscle comes first: whether the net moment at the knee pulled, did neither, or braked.
"""

from dataclasses import dataclass

from swinglever.causes import wording
from swinglever.causes.grading import (
    OFF,
    ON,
    categorise,
    early_emg,
    excluded_categories,
    graded,
    knows_hamstrings,
    net_knee,
)
from swinglever.causes.known import Known
from swinglever.causes.limits import NOT_CALIBRATED, Limits, calibrated_limits, calibrated_on
from swinglever.causes.verdict import HAMSTRING_INITIATED, MOMENTUM_DRIVEN, UNDECIDED


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What is said of a swing: the category, its grade, the net knee muscles, and the reason in words.

    ``excluded`` has what an undecided swing was not.
    """

    category: str
    grade: str
    net_knee: str
    reason: str
    excluded: tuple[str, ...] = ()


def judge(known: Known, limits: Limits | None = None) -> Judgement:
    """Say what is known of a swing, and on what grounds."""
    limits = limits or calibrated_limits()
    net = net_knee(known.net_knee_deg, limits)
    first = wording.net_sentence(known, net)
    if refusal := _refusal(known, limits):
        return Judgement(category=UNDECIDED, grade=UNDECIDED, net_knee=net, reason=f"{first} {refusal}")
    category, grade = graded(known, limits)
    doubts = _doubts(known, limits, category)
    told = [
        first,
        wording.hamstrings_sentence(known),
        *wording.price(known, category),
        *wording.antagonists(category, net),
        *wording.others_that_pulled(known, net),
        *wording.contradictions(known),
    ]
    if doubts or grade == UNDECIDED:
        excluded = () if doubts else excluded_categories(known, limits)
        reason = " ".join([*told, *(doubts or [wording.what_is_open(known, limits, excluded)])])
        return Judgement(category=UNDECIDED, grade=UNDECIDED, net_knee=net, reason=reason, excluded=excluded)
    reason = " ".join([*told, wording.ground(known, limits, category, grade)])
    return Judgement(category=category, grade=grade, net_knee=net, reason=reason)


def _refusal(known: Known, limits: Limits) -> str:
    """Why nothing can be said of shares; empty where something can."""
    if not known.gained_deg >= limits.least_flexion_deg:
        return f"The knee gains only {known.gained_deg:.1f}°: too little to share."
    if known.gait != calibrated_on().gait:
        return f"This is {known.gait}, and {NOT_CALIBRATED}: {wording.hamstrings_sentence(known)}"
    if known.closure_deg > limits.open_closure_deg:
        return f"The sources miss the recorded motion by {known.closure_deg:.2f}°."
    return ""


def _doubts(known: Known, limits: Limits, category: str) -> list[str]:
    """What speaks against a category."""
    told = []
    others = sorted({categorise(share, limits) for share in known.toe_off.new_shares} - {category})
    if others:
        told.append(
            f"Toe-off ({known.toe_off.source.replace('_', ' ')}) is known to {1000.0 * known.toe_off.error_s:.0f} ms, "
            f"within which the swing would be {' or '.join(others)}."
        )
    told += _turned_hip(known, limits, category)
    if known.emg is not None:
        early = early_emg(known, limits)
        if (early, category) in {(OFF, HAMSTRING_INITIATED), (ON, MOMENTUM_DRIVEN)}:
            told.append(f"EMG contradicts {category}: {', '.join(known.emg.channels)} {early} in early folding.")
    return told


def _turned_hip(known: Known, limits: Limits, category: str) -> list[str]:
    """Say that a category hangs on the moment that turns the hip, where nothing but moments speaks for it."""
    if known.unturned_deg is None or known.given_deg is not None or knows_hamstrings(known, limits):
        return []
    without = categorise(known.unturned_deg / known.gained_deg, limits)
    if without == category:
        return []
    return [
        "This hangs on the moment that turns the thigh about its own axis, which markers hardly tell: with that one "
        f"left open, the least effort makes {wording.degrees_text(known.unturned_deg)} of it new, and the swing would "
        f"be {without}."
    ]
