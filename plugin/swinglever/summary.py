"""A report in short: the JSON object that programs read and the tables that people read."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from swinglever.report import Measurement, Swing, SwingReport


def as_json(report: SwingReport) -> dict[str, Any]:
    """Give the object that ``analyse --json`` prints; undefined numbers are null."""
    return {
        "swings": [_swing_as_json(s) for s in report.swings],
        "metrics": _metrics_as_json(report.metrics),
        "warnings": list(report.warnings),
        "timing": dict(report.timing),
        "n_frames": len(report.kinematics.time_s),
    }


def _swing_as_json(swing: Swing) -> dict[str, Any]:
    return {
        "id": swing.id,
        "side": swing.side,
        "toe_off_s": _number(swing.toe_off_s),
        "thigh_reversal_s": _number(swing.thigh_reversal_s),
        "peak_flexion_s": _number(swing.peak_flexion_s),
        "pass_s": _number(swing.pass_s),
        "foot_strike_s": _number(swing.foot_strike_s),
        "event_source": swing.event_source,
        "peak_flexion_deg": _number(swing.peak_flexion_deg),
        "verdict": swing.verdict,
        "verdict_reason": swing.verdict_reason,
        "shares": {scope: _numbers(a.degrees_by_group()) for scope, a in swing.attribution.items()},
        "ablation": {case: _number(np.degrees(a.peak_flexion_rad)) for case, a in swing.ablation.items()},
        "metrics": _metrics_as_json(swing.metrics),
    }


def _metrics_as_json(metrics: Mapping[str, Measurement]) -> dict[str, dict[str, Any]]:
    return {
        name: {"value": _number(m.value), "unit": m.unit} | ({"reason": m.reason} if m.reason else {})
        for name, m in metrics.items()
    }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _numbers(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: _number(value) for name, value in values.items()}


def swing_table(report: SwingReport) -> tuple[list[str], list[list[str]]]:
    """Give header and rows, a row a swing: events, peak flexion, peaks of the ablations, verdict."""
    cases = _union(s.ablation for s in report.swings)
    header = ["swing", "toe-off s", "reversal s", "peak s", "pass s", "strike s", "peak °", *(f"{c} °" for c in cases)]
    rows = [
        [
            s.id,
            *(_text(t, 3) for t in (s.toe_off_s, s.thigh_reversal_s, s.peak_flexion_s, s.pass_s, s.foot_strike_s)),
            _text(s.peak_flexion_deg, 1),
            *(_text(np.degrees(s.ablation[c].peak_flexion_rad), 1) if c in s.ablation else "" for c in cases),
            s.verdict,
        ]
        for s in report.swings
    ]
    return [*header, "verdict"], rows


def share_table(report: SwingReport) -> tuple[list[str], list[list[str]]]:
    """Give header and rows, scopes by groups of sources: degrees of the fold, mean and spread over the swings."""
    scopes = _union(s.attribution for s in report.swings)
    by_scope = {scope: [s.attribution[scope].degrees_by_group() for s in report.swings] for scope in scopes}
    groups = _union(shares for rows in by_scope.values() for shares in rows)
    rows = []
    for scope, shares in by_scope.items():
        sums = [sum(row.values()) for row in shares]
        cells = [_mean_and_spread([row[g] for row in shares if g in row]) for g in groups]
        rows.append([scope, *cells, _mean_and_spread(sums)])
    return ["scope", *groups, "sum"], rows


def metric_table(report: SwingReport) -> tuple[list[str], list[list[str]]]:
    """Give header and rows, a row a metric: mean and spread over right and left swings, unit, why it is undefined."""
    names = _union(s.metrics for s in report.swings)
    rows = [
        _metric_row(name, [(s.side, s.metrics[name]) for s in report.swings if name in s.metrics]) for name in names
    ]
    rows += [[name, _significant(m.value), "", m.unit, m.reason] for name, m in report.metrics.items()]
    return ["metric", "right (or trial)", "left", "unit", "why undefined"], rows


def _metric_row(name: str, measured: Sequence[tuple[str, Measurement]]) -> list[str]:
    cells = []
    for side in ("r", "l"):
        values = np.array([m.value for s, m in measured if s == side and np.isfinite(m.value)])
        cells.append(f"{_significant(values.mean())} ± {_significant(values.std())}" if values.size else "–")
    reasons = _union([m.reason] for _, m in measured if m.reason)
    return [name, *cells, measured[0][1].unit, "; ".join(reasons)]


def _significant(value: float) -> str:
    return f"{value:.3g}" if np.isfinite(value) else "–"


def _mean_and_spread(values: Sequence[float]) -> str:
    return f"{np.mean(values):+.1f} ± {np.std(values):.1f}" if values else "–"


def _text(value: float, digits: int) -> str:
    return f"{value:.{digits}f}" if np.isfinite(value) else "–"


def _union(tables: Any) -> list[str]:
    seen: dict[str, None] = {}
    for table in tables:
        seen |= dict.fromkeys(table)
    return list(seen)
