"""A report in short: the JSON object that programs read and the tables that people read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from swinglever.records.bands import Bands
from swinglever.records.emg import EmgRecord
from swinglever.records.report import Measurement, Swing, SwingReport

_SCOPES = ("shank", "leg", "body")
_CASES = (
    "none",
    "silent_hamstrings",
    "silent_knee_extensors",
    "silent_knee_crossing_muscles",
    "no_hamstrings",
    "no_knee_extensors",
    "no_hip_flexors",
    "no_knee_crossing_muscles",
    "no_knee_flexor_moment",
    "no_knee_muscles",
    "no_hip_muscles",
    "ballistic",
)
_MUSCLES = ("hamstrings", "other_knee_flexors", "knee_extensors", "hip_flexors", "hip_extensors", "ankle_muscles")
_EMG_COLUMN = "hamstrings' EMG on, % of swing"
_GROUPS = (
    "initial",
    "gravity",
    "proximal",
    "foot",
    "ground_force",
    "ground_contact",
    "knee_moment",
    "hip_moment",
    "ankle_moment",
    *(name + ending for name in (*_MUSCLES, "other_muscles") for ending in ("", "_passive")),
    "unexplained",
)


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
        "evidence": swing.evidence.replace(" only", "").replace(" ", "_") or "none",
        "verdict_reason": swing.verdict_reason,
        **_proof_as_json(swing),
        "muscle_solver": None if swing.muscles is None else swing.muscles.solver,
        "emg": None if swing.emg is None else _emg_as_json(swing.emg),
        "shares": {scope: _numbers(a.degrees_by_group()) for scope, a in swing.attribution.items()},
        "ablation": {case: _number(np.degrees(a.peak_flexion_rad)) for case, a in swing.ablation.items()},
        "stopped_by": {case: list(a.stopped_by) for case, a in swing.ablation.items() if a.stopped_by},
        "bands": None if swing.bands is None else _bands_as_json(swing.bands),
        "metrics": _metrics_as_json(swing.metrics),
    }


def _proof_as_json(swing: Swing) -> dict[str, Any]:
    """What the recording allows the hamstrings, degrees until half of folding, with only the knee released."""
    bounds, name = swing.bounds, "shank/half/hamstrings"
    if bounds is None:
        return {"bounds": None, "pull_price_percent": None, "hamstrings": None}
    part, tail = bounds.degrees(name, "least_effort")[0], float(np.degrees(bounds.tail_rad[bounds.names.index(name)]))
    levels = ("moments", "plausible", "emg")
    return {
        "bounds": {level: [_number(end) for end in bounds.degrees(name, level)] for level in levels},
        "pull_price_percent": _number(100.0 * bounds.pull_extra),
        "hamstrings": {"tail_deg": tail, "new_deg": part - tail},
    }


def _bands_as_json(bands: Bands) -> dict[str, Any]:
    """5th and 95th percentile, degrees, of shares (scope, group) and of ablated peaks (case); verdicts counted."""
    found: dict[str, Any] = {"verdicts": dict(bands.verdicts)}
    for name in bands.names:
        *folders, last = name.split("/")
        table = found
        for folder in folders:
            table = table.setdefault(folder, {})
        table[last] = [_number(bound) for bound in bands.degrees(name)]
    return found


def _emg_as_json(emg: EmgRecord) -> dict[str, Any]:
    spans = emg.spans()
    return {
        "source": emg.source,
        "kind": emg.kind,
        "drives": emg.drives,
        "on_share": emg.on_share,
        "groups_on_percent_of_swing": emg.spans_by_group(),
        "channels": [
            {
                "name": name,
                "unit": unit,
                "group": group,
                "muscles": list(muscles),
                "gain": _number(gain),
                "misfit": _number(misfit),
                "bounded": bool(bounded),
                "measured": bool(measured),
                "on_percent_of_swing": spans[name],
            }
            for name, unit, group, muscles, gain, misfit, bounded, measured in zip(
                emg.names,
                emg.units,
                emg.groups,
                emg.muscles,
                emg.gain,
                emg.misfit,
                emg.bounded,
                emg.measured,
                strict=True,
            )
        ],
    }


def _metrics_as_json(metrics: Mapping[str, Measurement]) -> dict[str, dict[str, Any]]:
    return {
        name: {"value": _number(m.value), "unit": m.unit, "claim": m.claim, "meaning": m.meaning}
        | ({"reason": m.reason} if m.reason else {})
        | ({"p05": m.p05, "p95": m.p95} if np.isfinite(m.p05) else {})
        for name, m in metrics.items()
    }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _numbers(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: _number(value) for name, value in values.items()}


def swing_table(report: SwingReport) -> tuple[list[str], list[list[str]]]:
    """Give header and rows, a row a swing: events, peak flexion as recorded and without hamstrings or knee, verdict.

    With EMG, also when the hamstrings are on.
    """
    known = _union(s.ablation for s in report.swings)
    case = next((c for c in ("silent_hamstrings", "no_hamstrings") if c in known), "no_knee_muscles")
    with_emg = [_EMG_COLUMN] if any(s.emg is not None for s in report.swings) else []
    header = ["swing", "toe-off s", "peak s", "strike s", "peak °", f"{case} °", "verdict", "evidence", *with_emg]
    rows = [
        [
            s.id,
            *(_text(t, 3) for t in (s.toe_off_s, s.peak_flexion_s, s.foot_strike_s)),
            _text(s.peak_flexion_deg, 1),
            _text(np.degrees(s.ablation[case].peak_flexion_rad), 1) if case in s.ablation else "",
            s.verdict,
            s.evidence,
            *([_hamstrings_on(s)] if with_emg else []),
        ]
        for s in report.swings
    ]
    return header, rows


def _hamstrings_on(swing: Swing) -> str:
    spans = {} if swing.emg is None else swing.emg.spans_by_group()
    return (_spans_text(spans["hamstrings"]) or "never") if "hamstrings" in spans else "–"


def share_table(report: SwingReport) -> tuple[list[str], list[list[str]]]:
    """Give header and rows, groups of sources by scopes: degrees of the fold, mean and spread over the swings.

    Behind them, where bands were asked for, the mean 5th and 95th percentile.
    """
    scopes = _in_order(_union(s.attribution for s in report.swings), _SCOPES)
    by_scope = {scope: [s.attribution[scope].degrees_by_group() for s in report.swings] for scope in scopes}
    groups = _in_order(_union(shares for rows in by_scope.values() for shares in rows), _GROUPS)
    rows = [
        [
            group,
            *(
                _mean_and_spread([row[group] for row in by_scope[s] if group in row], "+.1f")
                + _band(report, f"shares/{s}/{group}", "+.0f")
                for s in scopes
            ),
        ]
        for group in groups
    ]
    sums = [_mean_and_spread([sum(row.values()) for row in by_scope[scope]], "+.1f") for scope in scopes]
    return ["cause", *(f"{scope} °" for scope in scopes)], [*rows, ["sum", *sums]] if rows else []


def ablation_table(report: SwingReport) -> tuple[list[str], list[list[str]]]:
    """Give header and rows, a row a case: peak flexion over the swings, and how often a joint's range stopped it."""
    rows = []
    for case in _in_order(_union(s.ablation for s in report.swings), _CASES):
        found = [s.ablation[case] for s in report.swings if case in s.ablation]
        stopped = sum(bool(a.stopped_by) for a in found)
        peaks = [float(np.degrees(a.peak_flexion_rad)) for a in found]
        peak = _mean_and_spread(peaks, ".1f") + _band(report, f"ablation/{case}", ".0f")
        rows.append([case, peak, f"{stopped} of {len(found)}" if stopped else "–"])
    return ["case", "peak °", "stopped by a joint's range"], rows


def _band(report: SwingReport, name: str, style: str) -> str:
    """Mean 5th and 95th percentile over the swings that have this band; nothing where none has."""
    found = [s.bands.degrees(name) for s in report.swings if s.bands is not None and name in s.bands.names]
    return _bounds(np.mean(found, axis=0), style) if found else ""


def _bounds(bounds: Any, style: str) -> str:
    low, high = (float(bound) for bound in bounds)
    return f" [{low:{style}} to {high:{style}}]" if np.isfinite([low, high]).all() else ""


def verdict_lines(report: SwingReport) -> list[str]:
    """Say how often each verdict came, with the reason of the first swing that got it."""
    lines = []
    for verdict in _union([s.verdict] for s in report.swings):
        same = [s for s in report.swings if s.verdict == verdict]
        lines.append(f"{verdict} in {len(same)} of {len(report.swings)}; {same[0].id}: {same[0].verdict_reason}")
    return lines


def emg_lines(report: SwingReport) -> list[str]:
    """Say when the muscles are on by EMG, in the first swing of each side that has any."""
    first = {swing.side: swing for swing in reversed(report.swings) if swing.emg is not None}
    return [f"{s.id}: {_emg_text(s.emg)}" for s in reversed(first.values()) if s.emg is not None]


def _emg_text(emg: EmgRecord) -> str:
    spans = emg.spans_by_group()
    told = [f"{group.replace('_', ' ')} {_spans_text(spans[group]) or 'never'}" for group in _in_order(spans, _GROUPS)]
    return f"EMG{'' if emg.drives else ' (shown only)'}, % of swing with muscles on: {'; '.join(told)}"


def _spans_text(spans: Sequence[tuple[float, float]]) -> str:
    return ", ".join(f"{begin:.0f}–{end:.0f}" for begin, end in spans)


def metric_table(report: SwingReport) -> tuple[list[str], list[list[str]]]:
    """Give header and rows, a row a metric: mean and spread over right and left swings, unit, why it is undefined.

    Behind them, where bands were asked for, the mean 5th and 95th percentile.
    """
    names = _union(s.metrics for s in report.swings)
    rows = [
        _metric_row(name, [(s.side, s.metrics[name]) for s in report.swings if name in s.metrics]) for name in names
    ]
    rows += [
        [name, _significant(m.value) + _bounds((m.p05, m.p95), ".3g"), "", m.unit, m.reason]
        for name, m in report.metrics.items()
    ]
    return ["metric", "right (or trial)", "left", "unit", "why undefined"], rows


def _metric_row(name: str, measured: Sequence[tuple[str, Measurement]]) -> list[str]:
    cells = []
    for side in ("r", "l"):
        values = np.array([m.value for s, m in measured if s == side and np.isfinite(m.value)])
        spread = f" ± {_significant(values.std())}" if values.size > 1 else ""
        bounds = [(m.p05, m.p95) for s, m in measured if s == side and np.isfinite(m.p05)]
        band = _bounds(np.mean(bounds, axis=0), ".3g") if bounds else ""
        cells.append(f"{_significant(values.mean())}{spread}{band}" if values.size else "–")
    reasons = _union([m.reason] for _, m in measured if m.reason)
    return [name, *cells, measured[0][1].unit, "; ".join(reasons)]


def _significant(value: float) -> str:
    if not np.isfinite(value):
        return "–"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _mean_and_spread(values: Sequence[float], style: str) -> str:
    """Mean ± standard deviation; a single value has no spread."""
    if not values:
        return "–"
    # Adding zero takes the sign from a zero.
    mean = f"{round(float(np.mean(values)), 1) + 0.0:{style}}"
    return f"{mean} ± {np.std(values):.1f}" if len(values) > 1 else mean


def _in_order(names: Iterable[str], order: Sequence[str]) -> list[str]:
    """Names in a fixed order, those that it does not know last, however they were stored."""
    return sorted(names, key=lambda name: (order.index(name) if name in order else len(order), name))


def _text(value: float, digits: int) -> str:
    return f"{value:.{digits}f}" if np.isfinite(value) else "–"


def _union(tables: Any) -> list[str]:
    seen: dict[str, None] = {}
    for table in tables:
        seen |= dict.fromkeys(table)
    return list(seen)
