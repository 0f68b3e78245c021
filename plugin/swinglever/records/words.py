"""Words for people: order and titles of scopes, groups of sources, cases, verdicts and events."""

from collections.abc import Iterable, Mapping, Sequence

SCOPES: Mapping[str, str] = {
    "shank": "knee released: as the thigh and the foot moved",
    "leg": "hip, knee and ankle released: as the pelvis moved",
    "body": "whole body released",
}
"""Scopes in the order in which they are shown, and what each takes as given."""

_MUSCLES: Mapping[str, str] = {
    "hamstrings": "hamstrings",
    "other_knee_flexors": "other knee flexors",
    "knee_extensors": "knee extensors",
    "hip_flexors": "hip flexors",
    "hip_extensors": "hip extensors",
    "ankle_muscles": "ankle muscles",
    "other_muscles": "other muscles",
}

GROUPS: Mapping[str, str] = {
    "initial": "speeds at toe-off",
    "gravity": "gravity",
    "proximal": "motion of what carries the leg",
    "foot": "motion of the foot",
    "ground_force": "ground force on the foot",
    "ground_contact": "ground contact",
    "knee_moment": "net knee moment",
    "hip_moment": "net hip moment",
    "ankle_moment": "net ankle moment",
    **{
        name + ending: title + word
        for name, title in _MUSCLES.items()
        for ending, word in (("", ""), ("_passive", ", passive"))
    },
    "unexplained": "no muscle found (reserves)",
}
"""Groups of sources in the order in which they are shown."""

CASES: Mapping[str, str] = {
    "none": "all forces as they were",
    "silent_hamstrings": "hamstrings silent",
    "silent_knee_extensors": "knee extensors silent",
    "silent_knee_crossing_muscles": "every muscle across the knee silent",
    "no_hamstrings": "without the hamstrings' force",
    "no_knee_extensors": "without the knee extensors' force",
    "no_hip_flexors": "without the hip flexors' force",
    "no_knee_crossing_muscles": "without the force of every muscle across the knee",
    "no_knee_flexor_moment": "without the net knee moment while it flexes",
    "no_knee_muscles": "without the net knee moment",
    "no_hip_muscles": "without the net hip moment",
    "ballistic": "without any moment of the leg",
}
"""Cases of the ablation in the order in which they are shown."""

SIDES: Mapping[str, str] = {"l": "left", "r": "right"}

EVENTS: Mapping[str, str] = {
    "toe_off_s": "toe-off",
    "thigh_reversal_s": "thigh reversal",
    "peak_flexion_s": "peak flexion",
    "pass_s": "pass under the hip",
    "foot_strike_s": "foot strike",
}
"""Fields of a swing that are instants, in order of time."""


def title_of(name: str, titles: Mapping[str, str]) -> str:
    """Give the words for a name; one that is not known keeps its own, without underscores."""
    return titles.get(name, name.replace("_", " "))


def in_order(names: Iterable[str], order: Iterable[str]) -> list[str]:
    """Give names in a fixed order, those that it does not know last, each once."""
    known = list(order)
    return sorted(dict.fromkeys(names), key=lambda n: (known.index(n) if n in known else len(known), n))


def list_in_prose(words: Sequence[str], last: str = "and") -> str:
    """Join words as in a sentence.

    Examples
    --------
    >>> list_in_prose(["left", "right", "both"])
    'left, right and both'
    """
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def apart(values: Sequence[float], limits: Sequence[float], least: int = 0) -> list[str]:
    """Round values and the limits behind them, with as few decimals as leave every value on its side of every limit.

    A value is below a limit or not below it, and so are their texts: 9.7 is never 10 under a rule "10 or more".

    Examples
    --------
    >>> apart([4.2, 12.0], limits=[10.0])
    ['4', '12', '10']
    >>> apart([9.7, -0.01], limits=[10.0])
    ['9.7', '0.0', '10.0']
    """
    for digits in range(least, 4):
        texts = [f"{round(value, digits) + 0.0:.{digits}f}" for value in (*values, *limits)]
        rounded = [float(text) for text in texts]
        ours, edges = (list(zip(*pair, strict=False)) for pair in ((values, rounded), (limits, rounded[len(values) :])))
        if all((text < edge) == (value < limit) for value, text in ours for limit, edge in edges):
            break
    return texts
