"""A report in short: the tables that people read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from swinglever.causes.standing import criterion, standing
from swinglever.metrics.claims import judge
from swinglever.metrics.legs import sides_of
from swinglever.records.emg import EmgRecord
from swinglever.records.report import Measurement, Swing, SwingReport
from swinglever.records.words import CASES, GROUPS, SCOPES, SIDES, apart, in_order, list_in_prose, title_of

SWINGS = "Swings, and the mean of each leg ± standard deviation"
"""Title of the table that every report begins with."""
_EMG_COLUMN = "hamstrings' EMG on, % of swing"

_QUIETLY = np.errstate(over="ignore", invalid="ignore")
"""A plugin's metric may be so large that its spread is infinite: that is shown, nothing is printed beside it."""


def section_tables(report: SwingReport) -> dict[str, tuple[list[str], list[list[str]]]]:
    """Give the tables of a report by title; those without rows are left out."""
    found = {
        SWINGS: swing_table(report),
        "Degrees of the fold by cause, mean ± standard deviation of the swings": share_table(report),
        "Peak flexion if it had not been for …, mean ± standard deviation of the swings": ablation_table(report),
        "Metrics, mean ± standard deviation of the swings": metric_table(report),
    }
    return {title: table for title, table in found.items() if table[1]}


def swing_table(report: SwingReport) -> tuple[list[str], list[list[str]]]:
    """Give header and rows, a row a swing and a mean of each leg: peaks, the hamstrings' new part beside the limits.

    Then the verdict, and what made it. With EMG, also when the hamstrings are on.
    """
    case = _shown_case(report)
    with_emg = [_EMG_COLUMN] if any(s.emg is not None for s in report.swings) else []
    header = [
        "swing",
        "toe-off s",
        "peak °",
        f"{title_of(case, CASES)} °",
        *_STANDING,
        "verdict",
        "decided by",
        *with_emg,
    ]
    rows = []
    for s in report.swings:
        replayed = f"{_replayed_deg(s, case):.1f}" if case in s.ablation else "–"
        emg = [_hamstrings_on(s)] if with_emg else []
        peak = [f"{s.toe_off_s:.3f}", f"{s.peak_flexion_deg:.1f}"]
        rows.append([s.id, *peak, replayed, *_standing_cells(s), s.verdict, criterion(s), *emg])
    several = [side for side in sides_of(report) if sum(s.side == side for s in report.swings) > 1]
    return header, [*rows, *(_mean_row(report, side, case, len(header)) for side in several)]


_STANDING = ("new °", "likely °", "limits °")

LEGEND = (
    "new: the hamstrings' new part of the early fold with the least effort, or near EMG; likely: as other muscle "
    "forces would have it; limits: below the first momentum alone, from the second a pull"
)
"""What the columns of `swing_table` say."""


def _standing_cells(swing: Swing) -> list[str]:
    """Cells below `_STANDING`; no rounding moves a part over a limit."""
    found = standing(swing)
    if found is None:
        return ["–"] * len(_STANDING)
    limits = (found.momentum_deg, found.pull_deg)
    new, low, high, momentum, pull = apart([found.new_deg, *found.likely_deg], limits, least=1)
    return [new, f"{low} to {high}", f"{momentum}, {pull}"]


def _shown_case(report: SwingReport) -> str:
    known = _union(s.ablation for s in report.swings)
    return next((c for c in ("silent_hamstrings", "no_hamstrings") if c in known), "no_knee_muscles")


def _replayed_deg(swing: Swing, case: str) -> float:
    return float(np.degrees(swing.ablation[case].peak_flexion_rad))


def _mean_row(report: SwingReport, side: str, case: str, length: int) -> list[str]:
    """Mean and spread of one leg's swings, and how often each verdict came."""
    swings = [s for s in report.swings if s.side == side]
    replayed = [_replayed_deg(s, case) for s in swings if case in s.ablation]
    new = [found.new_deg for found in map(standing, swings) if found is not None]
    counts = Counter(s.verdict for s in swings).most_common()
    verdicts = list_in_prose([f"{verdict} {n}" if len(counts) > 1 else verdict for verdict, n in counts])
    cells = [
        f"{SIDES[side]} mean",
        "",
        _mean_and_spread([s.peak_flexion_deg for s in swings], ".1f"),
        _mean_and_spread(replayed, ".1f"),
        _mean_and_spread(new, ".1f"),
        *([""] * (len(_STANDING) - 1)),
        verdicts,
    ]
    return cells + [""] * (length - len(cells))


def _hamstrings_on(swing: Swing) -> str:
    spans = {} if swing.emg is None else swing.emg.spans_by_group()
    return (_spans_text(spans["hamstrings"]) or "never") if "hamstrings" in spans else "–"


def share_table(report: SwingReport) -> tuple[list[str], list[list[str]]]:
    """Give header and rows, groups of sources by scopes and legs: degrees of the fold, mean and spread over the swings.

    Behind them, where bands were asked for, the mean 5th and 95th percentile.
    """
    scopes = in_order(_union(s.attribution for s in report.swings), SCOPES)
    columns = {(scope, side): _shares(report, scope, side) for scope in scopes for side in sides_of(report)}
    groups = in_order(_union(shares for rows in columns.values() for shares in rows), GROUPS)
    rows = [
        [
            group,
            *(
                _mean_and_spread([row[group] for row in found if group in row], "+.1f")
                + _band(report, f"shares/{scope}/{group}", "+.0f", side)
                for (scope, side), found in columns.items()
            ),
        ]
        for group in groups
    ]
    sums = [_mean_and_spread([sum(row.values()) for row in found], "+.1f") for found in columns.values()]
    header = ["cause", *(f"{scope}, {SIDES[side]} °" for scope, side in columns)]
    return header, [*rows, ["sum", *sums]] if rows else []


def _shares(report: SwingReport, scope: str, side: str) -> list[Mapping[str, float]]:
    mine = (s for s in report.swings if s.side == side and scope in s.attribution)
    return [s.attribution[scope].degrees_by_group() for s in mine]


def ablation_table(report: SwingReport) -> tuple[list[str], list[list[str]]]:
    """Give header and rows, a row a case: each leg's peak flexion, and how often a joint's range stopped it."""
    rows, sides = [], sides_of(report)
    for case in in_order(_union(s.ablation for s in report.swings), CASES):
        found = [(s.side, s.ablation[case]) for s in report.swings if case in s.ablation]
        stopped = sum(bool(a.stopped_by) for _, a in found)
        peaks = {side: [float(np.degrees(a.peak_flexion_rad)) for s, a in found if s == side] for side in sides}
        cells = [_mean_and_spread(peaks[s], ".1f") + _band(report, f"ablation/{case}", ".0f", s) for s in sides]
        rows.append([case, *cells, f"{stopped} of {len(found)}" if stopped else "–"])
    return ["case", *(f"{SIDES[side]} peak °" for side in sides), "stopped by a joint's range"], rows


def _band(report: SwingReport, name: str, style: str, side: str) -> str:
    """Mean 5th and 95th percentile over a leg's swings that have this band; nothing where none has."""
    found = [
        s.bands.degrees(name) for s in report.swings if s.side == side and s.bands is not None and name in s.bands.names
    ]
    return _bounds(np.mean(found, axis=0), style) if found else ""


def _bounds(bounds: Any, style: str) -> str:
    low, high = (float(bound) for bound in bounds)
    return f" [{low:{style}} to {high:{style}}]" if np.isfinite([low, high]).all() else ""


def verdict_lines(report: SwingReport) -> list[str]:
    """Say how often each leg got each verdict, with the reason of the first swing that got it."""
    lines = []
    for side in sides_of(report):
        mine = [s for s in report.swings if s.side == side]
        for verdict in _union([s.verdict] for s in mine):
            same = [s for s in mine if s.verdict == verdict]
            grade = f" ({same[0].evidence})" if same[0].evidence not in ("", verdict) else ""
            told = f"{SIDES[side]} leg: {verdict}{grade} in {len(same)} of {len(mine)} swings"
            lines.append(f"{told}; {same[0].id}: {same[0].verdict_reason}")
    return lines


def claim_table(report: SwingReport) -> tuple[list[str], list[list[str]]]:
    """Give header and rows, a row a claim: its number, where the recording stands to it, and its sentence."""
    return ["", "this recording", "claim"], [[str(j.claim.number), j.stand, j.claim.text] for j in judge(report)]


def emg_lines(report: SwingReport) -> list[str]:
    """Say when the muscles are on by EMG, in the first swing of each side that has any."""
    first = {swing.side: swing for swing in reversed(report.swings) if swing.emg is not None}
    return [f"{s.id}: {_emg_text(s.emg)}" for s in reversed(first.values()) if s.emg is not None]


def _emg_text(emg: EmgRecord) -> str:
    spans = emg.spans_by_group()
    told = [f"{group.replace('_', ' ')} {_spans_text(spans[group]) or 'never'}" for group in in_order(spans, GROUPS)]
    return f"EMG{'' if emg.drives else ' (shown only)'}, % of swing with muscles on: {'; '.join(told)}"


def _spans_text(spans: Sequence[tuple[float, float]]) -> str:
    return ", ".join(f"{begin:.0f}–{end:.0f}" for begin, end in spans)


def metric_table(report: SwingReport) -> tuple[list[str], list[list[str]]]:
    """Give header and rows, a row a metric: mean and spread over left and right swings, unit, why it is undefined.

    Behind them, where bands were asked for, the mean 5th and 95th percentile.
    """
    names, sides = _union(s.metrics for s in report.swings), sides_of(report) or ["l"]
    rows = [
        _metric_row(name, [(s.side, s.metrics[name]) for s in report.swings if name in s.metrics], sides)
        for name in names
    ]
    rows += [
        [name, _significant(m.value) + _bounds((m.p05, m.p95), ".3g"), *([""] * (len(sides) - 1)), m.unit, m.reason]
        for name, m in report.metrics.items()
    ]
    first, *others = (SIDES[side] for side in sides)
    return ["metric", f"{first} (or trial)", *others, "unit", "why undefined"], rows


@_QUIETLY
def _metric_row(name: str, measured: Sequence[tuple[str, Measurement]], sides: Sequence[str]) -> list[str]:
    cells = []
    for side in sides:
        values = np.array([m.value for s, m in measured if s == side and np.isfinite(m.value)])
        spread = f" ± {_significant(values.std(ddof=1))}" if values.size > 1 else ""
        bounds = [(m.p05, m.p95) for s, m in measured if s == side and np.isfinite(m.p05)]
        band = _bounds(np.mean(bounds, axis=0), ".3g") if bounds else ""
        cells.append(f"{_significant(values.mean())}{spread}{band}" if values.size else "–")
    reasons = _union([m.reason] for _, m in measured if m.reason)
    return [name, *cells, measured[0][1].unit, "; ".join(reasons)]


def _significant(value: float) -> str:
    if not np.isfinite(value):
        return "–"
    return f"{value:.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.3g}"


@_QUIETLY
def _mean_and_spread(values: Sequence[float], style: str) -> str:
    """Mean ± standard deviation between swings (n - 1); a single value has no spread."""
    if not values:
        return "–"
    # Adding zero takes the sign from a zero.
    mean = f"{round(float(np.mean(values)), 1) + 0.0:{style}}"
    return f"{mean} ± {np.std(values, ddof=1):.1f}" if len(values) > 1 else mean


def _union(tables: Any) -> list[str]:
    seen: dict[str, None] = {}
    for table in tables:
        seen |= dict.fromkeys(table)
    return list(seen)
