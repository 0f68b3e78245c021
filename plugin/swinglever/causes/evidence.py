"""What may be said of a swing, and how well it is supported: from plain numbers, one category, one grade, one reason.

The category says how much of the early fold *new* hamstring activation made. The grade says what that rests on.

proved
    It holds for everything that the joint moments allow.
proved with EMG
    It holds for everything that moments, rates of activation and the timing of EMG allow together.
robust
    It holds for all that a runner may have done with a little more effort than he needed.
least effort only
    It holds for the least effort; a little more effort would have allowed the neighbouring category.
undecided
    A little more effort would have allowed a pull and momentum alone, or something contradicts the category.

What is known without any muscle comes first: whether the net moment at the knee pulled, did neither, or braked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from swinglever.causes.verdict import HAMSTRING_INITIATED, MIXED, MOMENTUM_DRIVEN, UNDECIDED

PROVED, PROVED_WITH_EMG, ROBUST, LEAST_EFFORT_ONLY = "proved", "proved with EMG", "robust", "least effort only"
GRADES = (PROVED, PROVED_WITH_EMG, ROBUST, LEAST_EFFORT_ONLY, UNDECIDED)
PULLED, NEITHER, BRAKED = "pulled", "neither", "braked"

Ends = tuple[float, float]
"""Least and largest, degrees."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Where the words turn.

    Attributes
    ----------
    pull_share
        Share of the early flexion from which new hamstring activation makes the swing ``hamstring-initiated``.
    driven_share
        Below this share it is ``momentum-driven``.
    net_deg
        The net knee moment's part is known to so many degrees (2.5° at most in 80 simulated swings), so less is
        ``neither``.
    least_flexion_deg
        Below this gain of flexion a share of it means nothing.
    open_closure_deg
        Above this, the sources do not sum to the motion, and nothing is decided.
    """

    pull_share: float = 0.25
    driven_share: float = 0.10
    net_deg: float = 2.5
    least_flexion_deg: float = 5.0
    open_closure_deg: float = 0.5


@dataclass(frozen=True, kw_only=True)
class ToeOff:
    """Where toe-off comes from, and what it does to the finding.

    Attributes
    ----------
    source
        As the swing's events have it.
    error_s
        How far off it may be.
    new_shares
        Shares of new hamstring activation with toe-off as early and as late as that.
    """

    source: str
    error_s: float = 0.0
    new_shares: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Emg:
    """What the timing of EMG adds.

    Attributes
    ----------
    allowed_deg
        Range of the new hamstring part, of the channels that do not contradict; None where none are left.
    contradictions
        Channels that are off while moments and model need their muscles.
    early
        Hamstrings' channels in early folding: ``on`` for most of it, ``off`` for all of it, or empty.
    channels
        Names of those channels.
    """

    allowed_deg: Ends | None
    contradictions: tuple[str, ...] = ()
    early: str = ""
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a swing until half of folding, degrees of flexion, with only the knee released.

    Attributes
    ----------
    gained_deg
        Flexion gained since toe-off.
    net_knee_deg
        Part of the net knee moment.
    new_deg, tail_deg
        Parts of the hamstrings with the least effort: new activation, and what was left over from toe-off.
    moments_deg, plausible_deg
        Ranges of the new part.
    whole_deg
        What the moments allow the hamstrings' whole part to be, tail included: the range that is told.
    plausible_extra, pull_extra, driven_extra
        Extra effort, as a share of the least, of the plausible range; at which the new part reaches a pull; and at
        which it falls to momentum's. inf where no effort does.
    toe_off, emg
        Where toe-off comes from; EMG, if there is any.
    others_deg
        Plausible ranges of other knee flexors by name.
    closure_deg
        What the sources leave of the motion.
    """

    gained_deg: float
    net_knee_deg: float
    new_deg: float
    tail_deg: float
    moments_deg: Ends
    plausible_deg: Ends
    whole_deg: Ends
    plausible_extra: float
    pull_extra: float
    driven_extra: float
    toe_off: ToeOff
    emg: Emg | None = None
    others_deg: Mapping[str, Ends] = field(default_factory=dict)
    closure_deg: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What is said of a swing: the category, its grade, the net knee muscles, and the reason in words."""

    category: str
    grade: str
    net_knee: str
    reason: str


def judge(known: Known, limits: Limits | None = None) -> Judgement:
    """Say what is known of a swing, and on what grounds."""
    limits = limits or Limits()
    net = net_knee(known.net_knee_deg, limits)
    first = _net_sentence(known, net)
    if refusal := _refusal(known, limits):
        return Judgement(category=UNDECIDED, grade=UNDECIDED, net_knee=net, reason=f"{first} {refusal}")
    category, grade = _graded(known, limits)
    doubts = _doubts(known, limits, category)
    told = [first, _hamstrings(known), *_price(known, category), *_antagonists(category, net), *_somebody(known, net)]
    told += _contradictions(known)
    if doubts or grade == UNDECIDED:
        open_ = doubts or [_open(known, limits)]
        return Judgement(category=UNDECIDED, grade=UNDECIDED, net_knee=net, reason=" ".join([*told, *open_]))
    return Judgement(category=category, grade=grade, net_knee=net, reason=" ".join([*told, _GROUNDS[grade]]))


_GROUNDS = {
    PROVED: "This holds for all that the moments allow.",
    PROVED_WITH_EMG: "This holds for all that the moments and the timing of EMG allow.",
    ROBUST: "This holds for all that a little more effort allows.",
    LEAST_EFFORT_ONLY: "This holds for the least effort only.",
}


def net_knee(part_deg: float, limits: Limits) -> str:
    """Whether all that acts at the knee together pulled, did neither, or braked."""
    if abs(part_deg) <= limits.net_deg:
        return NEITHER
    return PULLED if part_deg > 0.0 else BRAKED


def categorise(share: float, limits: Limits) -> str:
    """Category of a share of the early flexion."""
    if share >= limits.pull_share:
        return HAMSTRING_INITIATED
    return MOMENTUM_DRIVEN if share < limits.driven_share else MIXED


def _refusal(known: Known, limits: Limits) -> str:
    """Why nothing can be said of shares; empty where something can."""
    if not known.gained_deg >= limits.least_flexion_deg:
        return f"The knee gains only {known.gained_deg:.1f}°: too little to share."
    if known.closure_deg > limits.open_closure_deg:
        return f"The sources miss the recorded motion by {known.closure_deg:.2f}°."
    return ""


def _graded(known: Known, limits: Limits) -> tuple[str, str]:
    """Category and grade, before anything speaks against them."""
    emg = None if known.emg is None else known.emg.allowed_deg
    for ends, grade in ((known.moments_deg, PROVED), (emg, PROVED_WITH_EMG)):
        if ends is not None and len(found := _spanned(known, ends, limits)) == 1:
            return found.pop(), grade
    # Least effort knows nothing of EMG: where EMG does not allow its answer, the nearest that it does counts.
    best = known.new_deg if emg is None else min(max(known.new_deg, emg[0]), emg[1])
    plausible = known.plausible_deg if emg is None else _common(known.plausible_deg, emg)
    category, spanned = categorise(best / known.gained_deg, limits), _spanned(known, plausible, limits)
    if spanned == {category}:
        return category, ROBUST
    return category, UNDECIDED if {HAMSTRING_INITIATED, MOMENTUM_DRIVEN} <= spanned else LEAST_EFFORT_ONLY


def _common(plausible: Ends, allowed: Ends) -> Ends:
    """What both ranges have in common; what EMG allows where they have nothing."""
    low, high = max(plausible[0], allowed[0]), min(plausible[1], allowed[1])
    return (low, high) if low <= high else allowed


def _spanned(known: Known, ends: Ends, limits: Limits) -> set[str]:
    """Every category that a range reaches into."""
    low, high = (end / known.gained_deg for end in ends)
    found = {categorise(low, limits), categorise(high, limits)}
    return found | {MIXED} if {HAMSTRING_INITIATED, MOMENTUM_DRIVEN} <= found else found


def _doubts(known: Known, limits: Limits, category: str) -> list[str]:
    """What speaks against a category."""
    told = []
    others = sorted({categorise(share, limits) for share in known.toe_off.new_shares} - {category})
    if others:
        told.append(
            f"Toe-off ({known.toe_off.source.replace('_', ' ')}) is known to {1000.0 * known.toe_off.error_s:.0f} ms, "
            f"within which the swing would be {' or '.join(others)}."
        )
    if known.emg is not None:
        against = {("off", HAMSTRING_INITIATED), ("on", MOMENTUM_DRIVEN)}
        if (known.emg.early, category) in against:
            told.append(
                f"EMG contradicts {category}: {', '.join(known.emg.channels)} {known.emg.early} in early folding."
            )
    return told


def _open(known: Known, limits: Limits) -> str:
    low, high = known.plausible_deg
    if known.emg is not None and known.emg.allowed_deg is not None:
        low, high = _common(known.plausible_deg, known.emg.allowed_deg)
    return (
        f"With {_percent(known.plausible_extra)} more effort than needed, {low:.0f}° or {high:.0f}° are as possible: "
        f"a pull begins at {limits.pull_share * known.gained_deg:.0f}°, momentum alone ends at "
        f"{limits.driven_share * known.gained_deg:.0f}°."
    )


def _net_sentence(known: Known, net: str) -> str:
    of = f"the {known.gained_deg:.0f}° that the knee gained in early folding"
    if net == NEITHER:
        return f"The muscles across the knee together neither pulled nor braked: {known.net_knee_deg:.1f}° of {of}."
    if net == PULLED:
        return f"The muscles across the knee together pulled: they made {known.net_knee_deg:.0f}° of {of}."
    return f"The muscles across the knee together braked: they took {-known.net_knee_deg:.0f}° from {of}."


def _hamstrings(known: Known) -> str:
    tail = f", {known.tail_deg:.0f}° of it a tail of stance" if round(known.tail_deg) else ""
    emg = ""
    if known.emg is not None and known.emg.allowed_deg is not None:
        emg = f", with the timing of EMG {_range(known.emg.allowed_deg)} of new activation"
    return (
        f"The hamstrings made {known.new_deg + known.tail_deg:.0f}° with the least effort{tail}; "
        f"the moments allow {_range(known.whole_deg)}{emg}."
    )


def _price(known: Known, category: str) -> list[str]:
    if category == HAMSTRING_INITIATED:
        return [_cost(known.driven_extra, "For momentum alone", "No effort leaves it to momentum alone.")]
    return [_cost(known.pull_extra, "To call it a pull", "No effort makes it a pull.")]


def _cost(extra: float, what: str, never: str) -> str:
    if extra == float("inf"):
        return never
    return f"{what}, the runner would have spent {_percent(extra)} more effort than he needed."


def _antagonists(category: str, net: str) -> list[str]:
    """The class that the sign of the net moment hides: flexors and extensors at work together."""
    if category == HAMSTRING_INITIATED and net != PULLED:
        return ["They worked against the knee's extensors: a co-contraction."]
    return []


def _somebody(known: Known, net: str) -> list[str]:
    """Who else may have pulled, where somebody did."""
    if net != PULLED or not known.others_deg:
        return []
    told = ", ".join(f"{name} {_range(ends)}" for name, ends in known.others_deg.items())
    return [f"Others that may have pulled, with {_percent(known.plausible_extra)} more effort: {told}."]


def _contradictions(known: Known) -> list[str]:
    if known.emg is None or not known.emg.contradictions:
        return []
    return [f"EMG, model and moments contradict each other: {', '.join(known.emg.contradictions)} not used."]


def _range(ends: Ends) -> str:
    return f"{ends[0]:.0f}° to {ends[1]:.0f}°"


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"
