"""The sentences in which a verdict gives its reason."""

from swinglever.causes.grading import (
    GIVEN,
    LEAST_EFFORT_ONLY,
    NEITHER,
    OFF,
    PROVED,
    PROVED_WITH_EMG,
    PULLED,
    ROBUST,
    categories_in,
    early_emg,
    likely_part,
)
from swinglever.causes.known import Ends, Known
from swinglever.causes.limits import EMG_OFF, Limits
from swinglever.causes.verdict import HAMSTRING_INITIATED
from swinglever.records.words import apart, list_in_prose

_GROUNDS = {
    PROVED: "This holds for all that the moments allow.",
    PROVED_WITH_EMG: "This holds for all that the moments and the size of EMG allow.",
    ROBUST: "This holds for all that is plausible.",
    GIVEN: "This holds for the muscle forces that were given.",
    LEAST_EFFORT_ONLY: "This holds for static optimization with EMG only.",
}


def ground(known: Known, limits: Limits, category: str, grade: str) -> str:
    """Say what a verdict holds for."""
    by_emg = grade in (ROBUST, LEAST_EFFORT_ONLY) and early_emg(known, limits) == OFF
    if known.emg is not None and by_emg and categories_in(known, likely_part(known, limits)[1], limits) != {category}:
        return f"The hamstrings' EMG ({list_in_prose(known.emg.channels)}) {EMG_OFF}."
    return _GROUNDS[grade]


def what_is_open(known: Known, limits: Limits, excluded: tuple[str, ...]) -> str:
    """Say between which parts the likely range lies, and what that excludes."""
    pull, momentum = limits.pull_share * known.gained_deg, limits.driven_share * known.gained_deg
    likely = [max(end, 0.0) for end in likely_part(known, limits)[1]]
    low, high, pull_text, momentum_text = apart(likely, limits=(pull, momentum))
    told = f", which is {' and '.join(f'not {name}' for name in excluded)}" if excluded else ""
    return (
        f"New activation of the hamstrings may have made {low}° to {high}° of the early fold{told}: "
        f"a pull begins at {pull_text}°, momentum alone ends at {momentum_text}°."
    )


def net_sentence(known: Known, net: str) -> str:
    """Say what all muscles across the knee made together: known without any model of them."""
    of = f"the {known.gained_deg:.0f}° that the knee gained in early folding"
    if net == NEITHER:
        return f"The muscles across the knee together neither pulled nor braked: {known.net_knee_deg:.1f}° of {of}."
    if net == PULLED:
        return f"The muscles across the knee together pulled: they made {known.net_knee_deg:.0f}° of {of}."
    return f"The muscles across the knee together braked: they took {-known.net_knee_deg:.0f}° from {of}."


def hamstrings_sentence(known: Known) -> str:
    """Say what the hamstrings made, and what they can have made."""
    new, left, how = known.new_deg, known.tail_deg, "with the least effort"
    if known.given_deg is not None:
        (new, left), how = known.given_deg, "by the forces that were given"
    tail = f", {left:.0f}° of it a tail of stance" if round(left) else ""
    emg = ""
    if known.emg is not None and known.emg.allowed_deg is not None:
        emg = f", with the size of EMG {_range(known.emg.allowed_deg)} of new activation"
    return (
        f"The hamstrings made {degrees_text(new + left)} {how}{tail}; the moments allow {_range(known.whole_deg)}{emg}."
    )


def price(known: Known, category: str) -> list[str]:
    """Say how much more effort the other category would have cost."""
    if category == HAMSTRING_INITIATED:
        return [_cost(known.driven_extra, "For momentum alone", "No effort leaves it to momentum alone.")]
    return [_cost(known.pull_extra, "To call it a pull", "No effort makes it a pull.")]


def _cost(extra: float, what: str, never: str) -> str:
    if extra == float("inf"):
        return never
    return f"{what}, the runner would have spent {_percent(extra)} more effort than he needed."


def antagonists(category: str, net: str) -> list[str]:
    """The class that the sign of the net moment hides: flexors and extensors at work together."""
    if category == HAMSTRING_INITIATED and net != PULLED:
        return ["They worked against the knee's extensors: a co-contraction."]
    return []


def others_that_pulled(known: Known, net: str) -> list[str]:
    """Who else may have pulled, where somebody did."""
    if net != PULLED or not known.others_deg:
        return []
    told = ", ".join(f"{name} {_range(ends)}" for name, ends in known.others_deg.items())
    return [f"Others that may have pulled: {told}."]


def contradictions(known: Known) -> list[str]:
    """Name the channels that the moments contradict."""
    if known.emg is None or not known.emg.contradictions:
        return []
    return [f"EMG, model and moments contradict each other: {', '.join(known.emg.contradictions)} not used."]


def _range(ends: Ends) -> str:
    return f"{degrees_text(ends[0])} to {degrees_text(ends[1])}"


def degrees_text(value: float) -> str:
    """Whole degrees; a small negative value is 0°, not -0°."""
    return f"{round(value) + 0}°"


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"
