"""A report in short: the JSON object that programs read."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from swinglever.records.bands import Bands
from swinglever.records.bounds import HEADLINE
from swinglever.records.emg import EmgRecord
from swinglever.records.report import Measurement, Swing, SwingReport


def as_json(report: SwingReport, n_frames: int | None = None) -> dict[str, Any]:
    """Give the object that ``analyse --json`` prints; undefined numbers are null.

    ``n_frames`` is how many frames the motion has, where the report does not hold them all.
    """
    return {
        "swings": [_swing_as_json(s) for s in report.swings],
        "metrics": _metrics_as_json(report.metrics),
        "warnings": list(report.warnings),
        "timing": dict(report.timing),
        "n_frames": len(report.kinematics.time_s) if n_frames is None else n_frames,
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
        "evidence": _evidence_as_json(swing),
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


def _evidence_as_json(swing: Swing) -> str:
    """Give the grade as one word; ``none`` where there is no verdict that it could be of."""
    grade = swing.evidence if swing.evidence != swing.verdict else ""
    return grade.replace(" only", "").replace(" ", "_").lower() or "none"


def _proof_as_json(swing: Swing) -> dict[str, Any]:
    """What the recording allows the hamstrings, degrees until half of folding, with only the knee released."""
    bounds = swing.bounds
    if bounds is None:
        return {"bounds": None, "pull_price_percent": None, "hamstrings": None}
    part = bounds.degrees(HEADLINE, "least_effort")[0]
    tail = float(np.degrees(bounds.tail_rad[bounds.names.index(HEADLINE)]))
    levels = ("moments", "plausible", "emg")
    return {
        "bounds": {level: [_number(end) for end in bounds.degrees(HEADLINE, level)] for level in levels},
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
        | ({"p05": _number(m.p05), "p95": _number(m.p95)} if np.isfinite(m.p05) else {})
        for name, m in metrics.items()
    }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _numbers(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: _number(value) for name, value in values.items()}
