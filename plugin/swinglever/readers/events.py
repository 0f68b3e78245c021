"""Foot strike and toe-off under every name that laboratories give them."""

import re

from swinglever.records.foot_event import FootEvent

_KINDS = (
    (
        "foot_strike",
        re.compile(r"(foot|heel|initial)?[ _-]?(strike|contact)|hs|fs|ic|touch[ _-]?down|td|(foot[ _-]?)?on"),
    ),
    ("toe_off", re.compile(r"((foot|toe)[ _-]?)?off|to|fo")),
)
_SIDES = {"right": "r", "r": "r", "left": "l", "l": "l"}


def foot_event(label: str, context: str, time_s: float) -> FootEvent | None:
    """Return the event that a label and its context name; None when they name no side, or another kind of event.

    Examples
    --------
    >>> foot_event("Foot Strike", "Right", 1.2)
    FootEvent(side='r', kind='foot_strike', time_s=1.2)
    >>> foot_event("lTO", "", 0.5)
    FootEvent(side='l', kind='toe_off', time_s=0.5)
    >>> foot_event("Right:Foot Off", "General", 0.7)
    FootEvent(side='r', kind='toe_off', time_s=0.7)
    >>> foot_event("RON", "General", 0.7)
    FootEvent(side='r', kind='foot_strike', time_s=0.7)
    >>> foot_event("Start", "Right", 0.0) is None
    True
    """
    text = label.strip().lower()
    side = _SIDES.get(context.strip().lower(), "")
    inside = re.fullmatch(r"(right|left|r|l)[ :_.-]?(.*)", text)
    for kind, pattern in _KINDS:
        if side and pattern.fullmatch(text):
            return FootEvent(side=side, kind=kind, time_s=time_s)
        if inside and pattern.fullmatch(inside[2]) and side in ("", _SIDES[inside[1]]):
            return FootEvent(side=_SIDES[inside[1]], kind=kind, time_s=time_s)
    return None
