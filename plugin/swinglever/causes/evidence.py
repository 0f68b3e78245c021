"""What may be said of a swing, and how well it is supported: from plain numbers, one category, one grade, one reason.

The category says how much of the early fold *new* hamstring activation made. The grade says what that rests on.

proved
    It holds for everything that the joint moments allow.
proved with EMG
    It holds for everything that moments, rates of activation and the timing of EMG allow together.
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

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from swinglever.causes.verdict import HAMSTRING_INITIATED, MIXED, MOMENTUM_DRIVEN, UNDECIDED
from swinglever.records.words import apart
from swinglever.system.resources import model_table

PROVED, PROVED_WITH_EMG, ROBUST, LEAST_EFFORT_ONLY = "proved", "proved with EMG", "robust", "least effort only"
GIVEN = "given forces"
GRADES = (PROVED, PROVED_WITH_EMG, ROBUST, LEAST_EFFORT_ONLY, UNDECIDED, GIVEN)
PULLED, NEITHER, BRAKED = "pulled", "neither", "braked"
ON, OFF = "on", "off"
NOT_CALIBRATED = "what makes a verdict was calibrated on running"
"""Said of any other gait."""

Ends = tuple[float, float]
"""Least and largest, degrees."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Where the words turn, and how far off what they rest on may be: as calibrated, in ``models/evidence.toml``.

    Attributes
    ----------
    pull_share
        Share of the early flexion from which new hamstring activation makes the swing ``hamstring-initiated``.
    driven_share
        Below this share it is ``momentum-driven``.
    net_deg
        The net knee moment's part is known to so many degrees, so less is ``neither``.
    least_flexion_deg
        Below this gain of flexion a share of it means nothing.
    open_closure_deg
        Above this, the sources do not sum to the motion, and nothing is decided.
    less_extra, more_extra
        Extra effort, as a share of the least, by which the hamstrings' part may be lower, and higher, than with the
        least effort. Muscles that work against each other only ever raise it.
    range_share, least_deg
        As the model is not the runner, ends of what moments or EMG allow may lie farther out by this share, and the
        least part lower by so many degrees.
    off_share, on_share
        Hamstrings are off where no channel is on for more than this share of early folding, and on where their
        channels are on for that share, in the mean.
    least_channels
        So many channels of hamstrings must be off for a robust verdict; static optimization with EMG counts from so
        many.
    below_share, above_share
        With EMG, the true share may be lower and higher by so much than static optimization has it.
    """

    pull_share: float
    driven_share: float
    net_deg: float
    least_flexion_deg: float
    open_closure_deg: float
    less_extra: float
    more_extra: float
    range_share: float
    least_deg: float
    off_share: float
    on_share: float
    least_channels: int
    below_share: float
    above_share: float


@cache
def calibrated_limits() -> Limits:
    """Read the calibrated limits."""
    table = model_table("evidence.toml")
    return Limits(
        **table["categories"],
        net_deg=table["net"]["known_to_deg"],
        **table["plausible"],
        **table["model"],
        **table["emg"],
    )


_PACE_KNOWN_TO_M_S = 0.1


@dataclass(frozen=True, kw_only=True)
class Calibrated:
    """The gait, and the paces, of the swings by which the limits were calibrated."""

    gait: str
    slowest_m_s: float
    fastest_m_s: float

    def doubt(self, gait: str, pace_m_s: float) -> str:
        """Say that a pace lies outside; empty where it does not or is not known (nan), and where the gait is another.

        Examples
        --------
        >>> calibrated_on().doubt("running", 7.0)
        'What makes a verdict was calibrated at 2.5 to 4.5 m/s; this is 7.0 m/s.'
        """
        inside = self.slowest_m_s - _PACE_KNOWN_TO_M_S <= pace_m_s <= self.fastest_m_s + _PACE_KNOWN_TO_M_S
        if gait != self.gait or inside or math.isnan(pace_m_s):
            return ""
        paces = f"{self.slowest_m_s:g} to {self.fastest_m_s:g} m/s"
        return f"What makes a verdict was calibrated at {paces}; this is {pace_m_s:.1f} m/s."


@cache
def calibrated_on() -> Calibrated:
    """Read what the limits were calibrated on."""
    return Calibrated(**model_table("evidence.toml")["calibrated"])


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
    """What EMG adds.

    Attributes
    ----------
    allowed_deg
        Range of the new hamstring part, of the channels that do not contradict; None where none are left.
    best_deg
        New hamstring part by static optimization that stays near EMG; None where EMG only limits.
    contradictions
        Channels that are off while moments and model need their muscles.
    channels, on
        Channels of hamstrings, and for what share of early folding each is on.
    """

    allowed_deg: Ends | None
    best_deg: float | None = None
    contradictions: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    on: tuple[float, ...] = ()


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
        Ranges of the new part: by the moments, and from what `Limits` allow to be saved to what they allow to be spent.
    whole_deg
        What the moments allow the hamstrings' whole part to be, tail included: the range that is told.
    pull_extra, driven_extra
        Extra effort, as a share of the least, at which the new part reaches a pull, and at which it falls to
        momentum's. inf where no effort does.
    toe_off, emg
        Where toe-off comes from; EMG, if there is any.
    others_deg
        Plausible ranges of other knee flexors by name.
    closure_deg
        What the sources leave of the motion.
    given_deg
        New part and tail of muscle forces that were given from outside; None where there are none.
    unturned_deg
        New part with the least effort that leaves the moment open which turns the thigh about its own axis; None where
        nothing turns it.
    gait
        What the limits were calibrated on is running; of any other gait nothing is said.
    """

    gained_deg: float
    net_knee_deg: float
    new_deg: float
    tail_deg: float
    moments_deg: Ends
    plausible_deg: Ends
    whole_deg: Ends
    pull_extra: float
    driven_extra: float
    toe_off: ToeOff
    emg: Emg | None = None
    others_deg: Mapping[str, Ends] = field(default_factory=dict)
    closure_deg: float = 0.0
    given_deg: tuple[float, float] | None = None
    unturned_deg: float | None = None
    gait: str = "running"


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
    first = _net_sentence(known, net)
    if refusal := _refusal(known, limits):
        return Judgement(category=UNDECIDED, grade=UNDECIDED, net_knee=net, reason=f"{first} {refusal}")
    category, grade = _graded(known, limits)
    doubts = _doubts(known, limits, category)
    told = [first, _hamstrings(known), *_price(known, category), *_antagonists(category, net), *_somebody(known, net)]
    told += _contradictions(known)
    if doubts or grade == UNDECIDED:
        excluded = () if doubts else _excluded(known, limits)
        reason = " ".join([*told, *(doubts or [_open(known, limits, excluded)])])
        return Judgement(category=UNDECIDED, grade=UNDECIDED, net_knee=net, reason=reason, excluded=excluded)
    return Judgement(category=category, grade=grade, net_knee=net, reason=" ".join([*told, _GROUNDS[grade]]))


_GROUNDS = {
    PROVED: "This holds for all that the moments allow.",
    PROVED_WITH_EMG: "This holds for all that the moments and the timing of EMG allow.",
    ROBUST: "This holds for all that is plausible.",
    GIVEN: "This holds for the muscle forces that were given.",
    LEAST_EFFORT_ONLY: "This holds for static optimization with EMG only.",
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
    if known.gait != calibrated_on().gait:
        return f"This is {known.gait}, and {NOT_CALIBRATED}: {_hamstrings(known)}"
    if known.closure_deg > limits.open_closure_deg:
        return f"The sources miss the recorded motion by {known.closure_deg:.2f}°."
    return ""


def _graded(known: Known, limits: Limits) -> tuple[str, str]:
    """Category and grade, before anything speaks against them."""
    emg = None if known.emg is None else known.emg.allowed_deg
    for ends, grade in ((known.moments_deg, PROVED), (emg, PROVED_WITH_EMG)):
        if ends is not None and len(found := _spanned(known, _for_any_model(ends, limits), limits)) == 1:
            return found.pop(), grade
    if known.given_deg is not None:
        return categorise(known.given_deg[0] / known.gained_deg, limits), GIVEN
    best, plausible = _likely(known, limits)
    category, spanned = categorise(best / known.gained_deg, limits), _spanned(known, plausible, limits)
    if _early(known, limits) == OFF and category != HAMSTRING_INITIATED:
        return MOMENTUM_DRIVEN, ROBUST if _knows_hamstrings(known, limits) else LEAST_EFFORT_ONLY
    if spanned == {category}:
        return category, ROBUST
    # Mixed is narrower than what the estimate is off by: as a guess it would be wrong nearly every other time.
    informed = known.emg is not None and known.emg.best_deg is not None and _knows_hamstrings(known, limits)
    guess = informed and category != MIXED and not {HAMSTRING_INITIATED, MOMENTUM_DRIVEN} <= spanned
    return category, LEAST_EFFORT_ONLY if guess else UNDECIDED


def _knows_hamstrings(known: Known, limits: Limits) -> bool:
    """Whether there are enough channels of hamstrings to speak for all of them."""
    return known.emg is not None and len(known.emg.channels) >= limits.least_channels


def _early(known: Known, limits: Limits) -> str:
    """Hamstrings' EMG in early folding: on, off, or empty for neither and where there is none."""
    if known.emg is None or not known.emg.on:
        return ""
    on = known.emg.on
    return OFF if max(on) <= limits.off_share else ON if sum(on) >= limits.on_share * len(on) else ""


def _for_any_model(ends: Ends, limits: Limits) -> Ends:
    """A range as it might be for a model that is more like the runner."""
    low, high = ends
    return low - abs(low) * limits.range_share - limits.least_deg, high + abs(high) * limits.range_share


def _likely(known: Known, limits: Limits) -> tuple[float, Ends]:
    """New part that is likeliest, degrees, and the range that holds the true one nine times in ten."""
    emg, best, plausible = known.emg, known.new_deg, known.plausible_deg
    if emg is not None and emg.best_deg is not None and _knows_hamstrings(known, limits):
        off_deg = (-limits.below_share * known.gained_deg, limits.above_share * known.gained_deg)
        best, plausible = emg.best_deg, (emg.best_deg + off_deg[0], emg.best_deg + off_deg[1])
    if emg is None or emg.allowed_deg is None:
        return best, plausible
    low, high = emg.allowed_deg
    # Least effort knows nothing of EMG: where EMG does not allow its answer, the nearest that it does counts.
    return min(max(best, low), high), _common(plausible, emg.allowed_deg)


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
    told += _turned_hip(known, limits, category)
    if known.emg is not None:
        early = _early(known, limits)
        if (early, category) in {(OFF, HAMSTRING_INITIATED), (ON, MOMENTUM_DRIVEN)}:
            told.append(f"EMG contradicts {category}: {', '.join(known.emg.channels)} {early} in early folding.")
    return told


def _turned_hip(known: Known, limits: Limits, category: str) -> list[str]:
    """Say that a category hangs on the moment that turns the hip, where nothing but moments speaks for it."""
    if known.unturned_deg is None or known.given_deg is not None or _knows_hamstrings(known, limits):
        return []
    without = categorise(known.unturned_deg / known.gained_deg, limits)
    if without == category:
        return []
    return [
        "This hangs on the moment that turns the thigh about its own axis, which markers hardly tell: with that one "
        f"left open, the least effort makes {_deg(known.unturned_deg)} of it new, and the swing would be {without}."
    ]


def _excluded(known: Known, limits: Limits) -> tuple[str, ...]:
    """Which of the outer categories the likely range does not reach."""
    spanned = _spanned(known, _likely(known, limits)[1], limits)
    return tuple(name for name in (MOMENTUM_DRIVEN, HAMSTRING_INITIATED) if name not in spanned)


def _open(known: Known, limits: Limits, excluded: tuple[str, ...]) -> str:
    pull, momentum = limits.pull_share * known.gained_deg, limits.driven_share * known.gained_deg
    low, high, pull_text, momentum_text = apart(_likely(known, limits)[1], limits=(pull, momentum))
    told = "".join(f", not {name}" for name in excluded)
    return (
        f"{low}° or {high}° of it new are as possible{told}: a pull begins at {pull_text}°, "
        f"momentum alone ends at {momentum_text}°."
    )


def _net_sentence(known: Known, net: str) -> str:
    of = f"the {known.gained_deg:.0f}° that the knee gained in early folding"
    if net == NEITHER:
        return f"The muscles across the knee together neither pulled nor braked: {known.net_knee_deg:.1f}° of {of}."
    if net == PULLED:
        return f"The muscles across the knee together pulled: they made {known.net_knee_deg:.0f}° of {of}."
    return f"The muscles across the knee together braked: they took {-known.net_knee_deg:.0f}° from {of}."


def _hamstrings(known: Known) -> str:
    new, left, how = known.new_deg, known.tail_deg, "with the least effort"
    if known.given_deg is not None:
        (new, left), how = known.given_deg, "by the forces that were given"
    tail = f", {left:.0f}° of it a tail of stance" if round(left) else ""
    emg = ""
    if known.emg is not None and known.emg.allowed_deg is not None:
        emg = f", with the timing of EMG {_range(known.emg.allowed_deg)} of new activation"
    return f"The hamstrings made {_deg(new + left)} {how}{tail}; the moments allow {_range(known.whole_deg)}{emg}."


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
    return [f"Others that may have pulled: {told}."]


def _contradictions(known: Known) -> list[str]:
    if known.emg is None or not known.emg.contradictions:
        return []
    return [f"EMG, model and moments contradict each other: {', '.join(known.emg.contradictions)} not used."]


def _range(ends: Ends) -> str:
    return f"{_deg(ends[0])} to {_deg(ends[1])}"


def _deg(value: float) -> str:
    """Whole degrees; a small negative value is 0°, not -0°."""
    return f"{round(value) + 0}°"


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"
