"""A report in ten lines, and as a small table for a notebook."""

from collections import Counter
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swinglever.records.report import Swing, SwingReport

_ROWS = 5
"""Swings that are named one by one; a runner's swings are much alike."""
_HEADER = ("swing", "toe-off s", "strike s", "peak °", "verdict")


def summary_text(report: "SwingReport") -> str:
    """Say in about ten lines whose swings these are, what was found, and what there is to ask for."""
    rows = [_HEADER, *map(_row, report.swings[:_ROWS])]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([_title(report), *table, *_more(report), *_holdings(report)])


def summary_html(report: "SwingReport") -> str:
    """Give the same as a table."""
    head = "".join(f"<th>{cell}</th>" for cell in _HEADER)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in _row(swing))}</tr>" for swing in report.swings[:_ROWS]
    )
    below = "<br>".join(map(escape, [*_more(report), *_holdings(report)]))
    return f"<table><caption>{escape(_title(report))}</caption><tr>{head}</tr>{rows}</table><p>{below}</p>"


def _title(report: "SwingReport") -> str:
    made, sides = report.provenance, Counter(swing.side for swing in report.swings)
    count = f"{len(report.swings)} swings ({sides['r']} right, {sides['l']} left)"
    return f"SwingReport: {count} of '{made.trial_name}' with the model '{made.model_name}'"


def _row(swing: "Swing") -> tuple[str, ...]:
    times = (f"{swing.toe_off_s:.3f}", f"{swing.foot_strike_s:.3f}")
    return swing.id, *times, f"{swing.peak_flexion_deg:.1f}", swing.verdict


def _more(report: "SwingReport") -> list[str]:
    left = len(report.swings) - _ROWS
    verdicts = Counter(swing.verdict for swing in report.swings)
    said = ", ".join(f"{verdict} {count}" for verdict, count in verdicts.most_common())
    return [*([f"and {left} more"] if left > 0 else []), f"verdicts: {said or 'none'}"]


def _holdings(report: "SwingReport") -> list[str]:
    """Say what can be asked for: scopes, cases, muscles, metrics, warnings."""
    swings = report.swings
    solvers = _names(swing.muscles.solver for swing in swings if swing.muscles is not None)
    extras = [name for name in ("emg", "bands") if any(getattr(swing, name) is not None for swing in swings)]
    scopes, cases = (_names(key for swing in swings for key in getattr(swing, n)) for n in ("attribution", "ablation"))
    metrics = len({name for swing in swings for name in swing.metrics} | set(report.metrics))
    parts = [
        f"attribution: {', '.join(scopes) or 'none'}",
        f"ablation: {len(cases)} cases",
        f"muscles: {', '.join(solvers) or 'none'}",
        f"{metrics} metrics",
        *extras,
    ]
    warned = [f"{len(report.warnings)} warnings; the first: {report.warnings[0]}"] if report.warnings else []
    return ["; ".join(parts), *(line if len(line) <= 120 else f"{line[:117]}..." for line in warned)]


def _names(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))
