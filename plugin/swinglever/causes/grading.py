"""Which category the numbers of a swing speak for, and how far: a rule each, without a word to a reader."""

from swinglever.causes.known import Ends, Known
from swinglever.causes.limits import Limits
from swinglever.causes.verdict import HAMSTRING_INITIATED, MIXED, MOMENTUM_DRIVEN, UNDECIDED

PROVED, PROVED_WITH_EMG, ROBUST, LEAST_EFFORT_ONLY = "proved", "proved with EMG", "robust", "least effort only"
GIVEN = "given forces"
GRADES = (PROVED, PROVED_WITH_EMG, ROBUST, LEAST_EFFORT_ONLY, UNDECIDED, GIVEN)
PULLED, NEITHER, BRAKED = "pulled", "neither", "braked"
ON, OFF = "on", "off"


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


def graded(known: Known, limits: Limits) -> tuple[str, str]:
    """Category and grade, before anything speaks against them."""
    emg = None if known.emg is None else known.emg.allowed_deg
    for ends, grade in ((known.moments_deg, PROVED), (emg, PROVED_WITH_EMG)):
        if ends is not None and len(found := categories_in(known, _for_any_model(ends, limits), limits)) == 1:
            return found.pop(), grade
    if known.given_deg is not None:
        return categorise(known.given_deg[0] / known.gained_deg, limits), GIVEN
    best, plausible = likely_part(known, limits)
    category, spanned = categorise(best / known.gained_deg, limits), categories_in(known, plausible, limits)
    if early_emg(known, limits) == OFF and category != HAMSTRING_INITIATED:
        return MOMENTUM_DRIVEN, ROBUST if knows_hamstrings(known, limits) else LEAST_EFFORT_ONLY
    if spanned == {category}:
        return category, ROBUST
    # Mixed is narrower than what the estimate is off by: as a guess it would be wrong nearly every other time.
    informed = known.emg is not None and known.emg.best_deg is not None and knows_hamstrings(known, limits)
    guess = informed and category != MIXED and not {HAMSTRING_INITIATED, MOMENTUM_DRIVEN} <= spanned
    return category, LEAST_EFFORT_ONLY if guess else UNDECIDED


def knows_hamstrings(known: Known, limits: Limits) -> bool:
    """Whether there are enough channels of hamstrings to speak for all of them."""
    return known.emg is not None and len(known.emg.channels) >= limits.least_channels


def early_emg(known: Known, limits: Limits) -> str:
    """Hamstrings' EMG in early folding: on, off, or empty for neither and where there is none."""
    if known.emg is None or not known.emg.on:
        return ""
    on = known.emg.on
    return OFF if max(on) <= limits.off_share else ON if sum(on) >= limits.on_share * len(on) else ""


def _for_any_model(ends: Ends, limits: Limits) -> Ends:
    """A range as it might be for a model that is more like the runner."""
    low, high = ends
    return low - abs(low) * limits.range_share - limits.least_deg, high + abs(high) * limits.range_share


def likely_part(known: Known, limits: Limits) -> tuple[float, Ends]:
    """New part that is likeliest, degrees, and the range that holds the true one nine times in ten."""
    emg, best, plausible = known.emg, known.new_deg, known.plausible_deg
    if emg is not None and emg.best_deg is not None and knows_hamstrings(known, limits):
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


def categories_in(known: Known, ends: Ends, limits: Limits) -> set[str]:
    """Every category that a range reaches into."""
    low, high = (end / known.gained_deg for end in ends)
    found = {categorise(low, limits), categorise(high, limits)}
    return found | {MIXED} if {HAMSTRING_INITIATED, MOMENTUM_DRIVEN} <= found else found


def excluded_categories(known: Known, limits: Limits) -> tuple[str, ...]:
    """Which of the outer categories the likely range does not reach."""
    spanned = categories_in(known, likely_part(known, limits)[1], limits)
    return tuple(name for name in (MOMENTUM_DRIVEN, HAMSTRING_INITIATED) if name not in spanned)
