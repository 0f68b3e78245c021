"""The text of a comparison: what differs most, and every metric, leg by leg."""

from collections.abc import Iterable

import numpy as np

from swinglever.metrics.comparison import Difference, compare_metrics, largest_first
from swinglever.page.html import Html, join, table, tag
from swinglever.page.numbers import spread_text, unit_text, value_text
from swinglever.page.verdict import verdict_sentence
from swinglever.records.report import SwingReport
from swinglever.records.words import SIDES

_MOST = 10


def header(letter: str = "B") -> list[str]:
    """Give the head of the table of differences of A and another."""
    return ["Number", "Leg", "A", letter, f"{letter} less A", "Effect size"]


def letter_of(number: int) -> str:
    """Give the letter of a result, A for the first; numbers after Z."""
    return chr(ord("A") + number) if number < 26 else str(number + 1)


def comparison_text(first: SwingReport, second: SwingReport, letter: str = "B") -> Html:
    """Give both verdicts, the ten largest differences, and all of them."""
    names = [report.provenance.trial_name for report in (first, second)]
    verdicts = [
        tag("li", tag("b", f"{letter}: "), tag("bdi", name[:200]), f". {verdict_sentence(report)}")
        for letter, name, report in zip(("A", letter), names, (first, second), strict=True)
    ]
    found = largest_first(compare_metrics(first, second))
    note = (
        "Legs are compared like with like. Effect size: Hedges' g, the difference over the spread of the swings. It "
        "says how far these two recordings lie apart, not two groups of runners. Curves: one standard deviation "
        "between the swings is shaded; of a difference, that of both together. With varied inputs (Monte Carlo), the "
        "5th and 95th percentile of numbers stand in brackets, and those of contributions are dotted beside the means, "
        "averaged over the swings; a difference takes the errors of the two recordings as independent."
    )
    return join(
        tag("h2", f"A against {letter}"),
        tag("ul", verdicts),
        tag("p", note, class_="note"),
        tag("h2", "The largest differences"),
        table(header(letter), rows(found[:_MOST]), "Ten largest differences"),
        tag(
            "details",
            tag("summary", f"All {len(found)} differences"),
            table(header(letter), rows(found), "All differences"),
        ),
        tag("h2", "Side by side, at the same percent of the swing"),
    )


def rows(differences: Iterable[Difference]) -> list[list[str]]:
    """Give rows below `header`."""
    return [
        [
            d.metric.replace("_", " "),
            SIDES.get(d.side, "both"),
            spread_text(d.first),
            spread_text(d.second),
            signed(d.difference, float(np.hypot(d.first.sd, d.second.sd))) + unit_text(d.first.unit),
            signed(d.effect_size, 1.0) if np.isfinite(d.effect_size) else "– (no spread)",
        ]
        for d in differences
    ]


def signed(value: float, spread: float = float("nan")) -> str:
    """Give a number with its sign."""
    return f"+{value_text(value, spread)}" if value > 0 else value_text(value, spread)
