"""Parts of a study's page about groups: curves, verdicts, differences."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from swinglever.page.difference import signed
from swinglever.page.html import Html, join, table, tag
from swinglever.page.numbers import unit_text
from swinglever.records.words import SIDES
from swinglever.study.drawings import Frame, Line, curves, effect_interval, keys, share_interval
from swinglever.study.effects import Effect, Share

if TYPE_CHECKING:
    import pandas as pd

_WIDE, _SMALL = (640.0, 300.0), (170.0, 96.0)
"""Sizes of the drawing of all, and of each subject's."""


def condition_curves(rows: "pd.DataFrame", conditions: Sequence[str]) -> Html:
    """Draw the mean knee flexion of each condition over subjects, with the spread between them."""
    knee = rows[rows["quantity"] == "knee_flexion"]
    if knee.empty:
        return tag("p", "No swing was analysed.")
    lines, told = [], []
    for k, condition in enumerate(conditions):
        means = _by_subject(knee[knee["condition"] == condition])
        if means.empty:
            continue
        spread = means.std(axis=1, ddof=1).to_numpy() if means.shape[1] > 1 else None
        middle = means.mean(axis=1).to_numpy()
        lines.append(Line(number=k, percent=means.index.to_numpy(), values=middle, spread=spread))
        told.append(f"{condition}: peak of the mean {middle.max():.0f}° at {means.index[middle.argmax()]:.0f} %")
    frame = _frame(knee, *_WIDE, ticks=True)
    words = "; ".join(told)
    caption = tag("figcaption", tag("p", f"{_CURVES} {words}."))
    return tag("figure", curves(lines, frame, f"Knee flexion by condition. {words}"), keys(conditions), caption)


_CURVES = (
    "Knee flexion from toe-off (0 %) to foot strike (100 %), deg: mean of the subjects' means; shaded, one standard "
    "deviation between subjects."
)


def subject_curves(rows: "pd.DataFrame", conditions: Sequence[str]) -> Html:
    """Draw each subject's knee flexion in small, condition by condition, all on one scale."""
    knee = rows[(rows["quantity"] == "knee_flexion") & (rows["subject"] != "")]
    if knee.empty:
        return tag("p", "The manifest names no subjects.")
    frame = _frame(knee, *_SMALL, ticks=False)
    items = [_subject(str(subject), mine, conditions, frame) for subject, mine in knee.groupby("subject", sort=True)]
    scale = f"Each panel: knee flexion over the swing, from {frame.low:.0f}° to {frame.high:.0f}°."
    return join(tag("p", scale, class_="note"), keys(conditions), tag("ul", items, class_="small"))


def _subject(subject: str, rows: "pd.DataFrame", conditions: Sequence[str], frame: Frame) -> Html:
    lines = []
    for k, condition in enumerate(conditions):
        means = _by_subject(rows[rows["condition"] == condition])
        if not means.empty:
            lines.append(Line(number=k, percent=means.index.to_numpy(), values=means.mean(axis=1).to_numpy()))
    peaks = ", ".join(f"{conditions[e.number]} {np.max(e.values):.0f}°" for e in lines)
    return tag("li", tag("h3", tag("bdi", subject)), curves(lines, frame, f"Subject {subject}, peak flexion: {peaks}"))


def _by_subject(rows: "pd.DataFrame") -> "pd.DataFrame":
    """Mean curve of each subject, legs and trials weighed by their swings: percent by subject."""
    weighed = rows.assign(sum=rows["mean"] * rows["swings"]).groupby(["percent", "subject"])[["sum", "swings"]].sum()
    return (weighed["sum"] / weighed["swings"]).unstack("subject")


def _frame(rows: "pd.DataFrame", width: float, height: float, *, ticks: bool) -> Frame:
    """Give a frame that holds every curve, at round values."""
    low, high = 20.0 * np.floor(rows["mean"].min() / 20.0), 20.0 * np.ceil(rows["mean"].max() / 20.0)
    marks = tuple(np.arange(low, high + 1.0, 20.0).tolist()) if ticks else ()
    return Frame(width=width, height=height, low=float(low), high=float(max(high, low + 20.0)), ticks=marks)


def verdict_table(shares: Sequence[Share]) -> Html:
    """Give the verdicts by condition, with Wilson's intervals."""
    rows = [
        [
            share.condition or "–",
            share.verdict,
            f"{share.count} of {share.total}",
            f"{100 * share.count / share.total:.0f} % ({100 * share.low:.0f} to {100 * share.high:.0f} %)",
            share_interval(share),
        ]
        for share in shares
    ]
    note = (
        "In brackets Wilson's 95 % interval of the share; drawn from 0 to 100 %. It takes swings for independent, and "
        "those of one subject are alike: the true interval is wider."
    )
    header = ["Condition", "Verdict", "Swings", "Share", "0 to 100 %"]
    return join(tag("p", note, class_="note"), table(header, rows, "Verdicts by condition"))


def effect_table(effects: Sequence[Effect], factor: str) -> Html:
    """Give the differences between the levels of a factor, with intervals."""
    if not effects:
        return tag("p", _NOTHING[factor])
    return join(
        tag("p", _NOTES[factor], class_="note"), table(_HEADER, [_row(e, effects) for e in effects], _TITLES[factor])
    )


_HEADER = (
    "Number",
    "Difference",
    "Value and 95 % interval",
    "Drawn with zero",
    "p",
    "p, Holm",
    "Subjects, swings",
    "Note",
)
_TITLES = {"condition": "Differences between conditions", "side": "Differences between legs"}
_METHOD = (
    "Mixed-effects model: condition and side fixed; subject, and subject by {0}, random; REML. Intervals and p from "
    "the t distribution with one degree of freedom less than the smaller level has subjects; Holm's correction over "
    "this table."
)
_NOTES = {
    "condition": _METHOD.format("condition")
    + " A difference is the condition less the first one of the manifest that three subjects ran in.",
    "side": _METHOD.format("side") + " A difference is left less right.",
}
_NOTHING = {
    "condition": "There are no two conditions with subjects to compare: name subject and condition in the manifest.",
    "side": "There are no two legs with subjects to compare: name the subjects in the manifest.",
}


def _row(effect: Effect, effects: Sequence[Effect]) -> list[str]:
    unit = unit_text(effect.unit)
    half = (effect.high - effect.low) / 2.0
    value = "–"
    if np.isfinite(effect.difference):
        low, high = (signed(end, half) for end in (effect.low, effect.high))
        value = f"{signed(effect.difference, half)}{unit} ({low} to {high})"
    names = [SIDES.get(name, name) if effect.factor == "side" else name for name in (effect.level, effect.reference)]
    return [
        effect.metric.replace("_", " "),
        f"{names[0]} less {names[1]}",
        value,
        effect_interval(effect, effects),
        _p(effect.p),
        _p(effect.p_holm),
        f"{effect.subjects}, {effect.swings}",
        effect.note,
    ]


def _p(value: float) -> str:
    if not np.isfinite(value):
        return "–"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
