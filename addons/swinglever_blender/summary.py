"""What the panel and the captions say: kept inside the scene as text, so that it stays when the file is gone."""

import json
import math
import re
import textwrap
from typing import Any

import numpy as np

from .events import label_event
from .result import Result, Swing

_HEADLINES = {
    "momentum-driven": "Momentum folded the knee, not the hamstrings",
    "hamstring-initiated": "The hamstrings folded the knee",
    "mixed": "Neither momentum nor the hamstrings alone folded the knee",
    "undecided": "What folded the knee is undecided",
}
_CASES = {
    "none": "replayed with all forces",
    "silent_hamstrings": "with silent hamstrings",
    "silent_knee_extensors": "with silent knee extensors",
    "silent_knee_crossing_muscles": "with silent muscles across the knee",
    "no_hamstrings": "without hamstrings",
    "no_knee_extensors": "without knee extensors",
    "no_hip_flexors": "without hip flexors",
    "no_knee_crossing_muscles": "without muscles that cross the knee",
    "no_knee_flexor_moment": "without knee flexor moment",
    "no_knee_muscles": "without knee moment",
    "no_hip_muscles": "without hip moment",
    "ballistic": "without any leg muscle",
}

_SIDES = {"r": "right", "l": "left"}
#: Where a sentence ends, and the hyphen that stands for a minus.
_SENTENCE, _MINUS = re.compile(r"(?<=[^\d])\.\s+(?=[A-Z])"), re.compile(r"(?<!\w)-(?=\d)")
#: Letters that are kept of a verdict and of its reason.
_LONGEST_VERDICT, _LONGEST_REASON = 60, 2000
#: What is known where the text is gone.
EMPTY: dict[str, Any] = {"trial": "", "model": "", "path": "", "belt_speed_m_s": 0.0, "swings": {}}


def summarise(result: Result) -> dict[str, Any]:
    """Gather, JSON-ready, the numbers of all swings; curves keep at most 60 points."""
    return {
        "trial": result.trial_name,
        "model": result.model_name,
        "path": result.path,
        "belt_speed_m_s": result.belt_speed_m_s,
        "swings": {key: _summarise_swing(swing) for key, swing in result.swings.items()},
    }


def _summarise_swing(swing: Swing) -> dict[str, Any]:
    rows = np.unique(np.linspace(0, len(swing.time_s) - 1, 60).round().astype(int))
    shares = swing.contributions_deg.items()
    distance = [] if swing.lever is None else np.linalg.norm(swing.lever.heel_m - swing.lever.hip_m, axis=1)
    return {
        "side": swing.side,
        "events_s": swing.events_s,
        "verdict": _clip(swing.verdict, _LONGEST_VERDICT),
        "reason": _clip(swing.verdict_reason, _LONGEST_REASON),
        "time_s": _rounded(swing.time_s[rows], 5),
        "knee_deg": _rounded(swing.knee_flexion_deg[rows], 2),
        "contributions_deg": {scope: {g: _rounded(v[rows], 2) for g, v in groups.items()} for scope, groups in shares},
        "lever_time_s": [] if swing.lever is None else _rounded(swing.lever.time_s, 5),
        "lever_m": _rounded(distance, 4),
        "ablation_peak_deg": swing.ablation_peak_deg,
        "metrics": [vars(metric) for metric in swing.metrics],
    }


def _clip(text: str, most: int) -> str:
    """Put a text into one line, and cut a long one."""
    line = " ".join(text[: 10 * most].split())
    return line if len(line) <= most else f"{line[: most - 2]} …"


def _rounded(values: Any, digits: int) -> list[float | None]:
    return [round(float(v), digits) if math.isfinite(v) else None for v in values]


def to_text(summary: dict[str, Any]) -> str:
    """Write a summary as text, in short lines: Blender's text blocks take a long line in quadratic time."""
    return json.dumps(summary).replace("], ", "],\n")


def from_text(text: str, otherwise: dict[str, Any]) -> dict[str, Any]:
    """Read a summary back; what somebody wrote over gives the other one, whose names it has to have."""
    try:
        read = json.loads(text)
    except ValueError:
        return otherwise
    return read if isinstance(read, dict) and otherwise.keys() <= read.keys() else otherwise


def name_case(case: str) -> str:
    """Name an ablation case for people."""
    return _CASES.get(case, case.replace("_", " "))


def name_swing(key: str, swing: dict[str, Any]) -> str:
    """Name a swing for people: 'Right swing 3'."""
    side = _SIDES.get(swing["side"], swing["side"])
    return f"{side.capitalize()} swing {key.rpartition('_')[2]}"


def headline(swing: dict[str, Any]) -> str:
    """Say the verdict as a sentence, for somebody who knows nothing of verdicts; a laboratory's own as it is."""
    lever = [length for length in swing.get("lever_m", ()) if length is not None]
    if swing["verdict"] == "undecided" and lever:
        return f"Leg folded to {100 * min(lever):.0f} of {100 * lever[0]:.0f} cm; why is undecided"
    verdict = swing["verdict"].replace("-", " ").capitalize()
    return _HEADLINES.get(swing["verdict"], verdict or "What folded the knee is not known")


def describe_runner(summary: dict[str, Any], key: str) -> str:
    """Say who runs, how fast and on which leg."""
    swing = summary["swings"][key]
    speeds = [metric["value"] for metric in swing["metrics"] if metric["name"] == "running_speed"]
    fast = [f"{speed:.1f} m/s" for speed in speeds if math.isfinite(speed)]
    leg = f"{_SIDES.get(swing['side'], swing['side'])} leg, swing {key.rpartition('_')[2]}"
    return ", ".join([summary["trial"].replace("_", " "), *(f"running at {speed}" for speed in fast), leg])


def describe_reason(swing: dict[str, Any]) -> str:
    """Say why in one sentence, without the parts that name a model's coordinates: the rest is for the panel."""
    first = _SENTENCE.split(swing["reason"], maxsplit=1)[0]
    said = "; ".join(part for part in first.split("; ") if "_" not in part)
    return _MINUS.sub("−", said[:1].upper() + said[1:])


def describe_verdict(swing: dict[str, Any]) -> list[str]:
    """Say the verdict and its reason."""
    return [
        swing["verdict"].replace("-", " ").capitalize() or "No verdict",
        *([swing["reason"]] if swing["reason"] else []),
    ]


def describe_metrics(swing: dict[str, Any]) -> list[tuple[str, str]]:
    """Say every metric that the result holds, a lab's own included: (name, value with unit and band)."""
    return [(metric["name"].replace("_", " "), _say_metric(metric)) for metric in swing["metrics"]]


def _say_metric(metric: dict[str, Any]) -> str:
    if not math.isfinite(metric["value"]):
        return f"undefined: {metric['reason']}" if metric["reason"] else "undefined"
    unit = "" if metric["unit"] in ("", "1") else f" {metric['unit']}"
    value, low, high = metric["value"], metric["low"], metric["high"]
    if metric["unit"] == "rad":
        value, low, high, unit = math.degrees(value), math.degrees(low), math.degrees(high), "°"
    band = f" ({low:.3g} to {high:.3g})" if math.isfinite(low) and math.isfinite(high) else ""
    return f"{value:.3g}{unit}{band}"


def describe_ablation(swing: dict[str, Any]) -> list[tuple[str, str]]:
    """Say the peak flexion of every case."""
    return [(name_case(case), f"{peak:.0f}°") for case, peak in swing["ablation_peak_deg"].items()]


def describe_moment(swing: dict[str, Any], time_s: float) -> list[tuple[str, str]]:
    """Say the values at a time: knee, lever, and each group's contribution since toe-off, scope by scope."""
    if not swing["time_s"][0] <= time_s <= swing["time_s"][-1]:
        return [("outside this swing", "")]
    rows = [("time since toe-off", f"{1000 * (time_s - swing['time_s'][0]):.0f} ms")]
    rows.append(("knee flexion", f"{_at(swing, swing['knee_deg'], time_s):.0f}°"))
    if swing["lever_m"]:
        lever = np.interp(time_s, swing["lever_time_s"], np.array(swing["lever_m"], dtype=float))
        rows.append(("hip to heel", f"{100 * lever:.0f} cm"))
    return rows + _describe_shares(swing, time_s)


def _describe_shares(swing: dict[str, Any], time_s: float) -> list[tuple[str, str]]:
    """Say what each cause has contributed, a value for each scope; what rounds to nothing in all scopes is left out."""
    scopes = swing["contributions_deg"]
    causes = list(dict.fromkeys(cause for groups in scopes.values() for cause in groups))
    rows = []
    for cause in causes:
        said = [_signed(_at(swing, g[cause], time_s)) if cause in g else "–" for g in scopes.values()]
        if set(said) - {"0°", "–"}:
            rows.append((cause.replace("_", " "), " / ".join(said)))
    return [("since toe-off by cause", f"{' / '.join(scopes)} free"), *rows] if rows else []


def _signed(degrees: float) -> str:
    """Write a contribution with its sign; one that rounds to nothing has none."""
    return f"{degrees:+.0f}°" if round(degrees) else "0°"


def _at(swing: dict[str, Any], values: list[float | None], time_s: float) -> float:
    return float(np.interp(time_s, swing["time_s"], np.array(values, dtype=float)))


def describe_events(swing: dict[str, Any]) -> list[tuple[str, str, float]]:
    """Say every event: name, label, time in seconds."""
    return [(name, label_event(name), time_s) for name, time_s in swing["events_s"].items()]


def wrap(text: str, width: int, most: int) -> list[str]:
    """Break a text into lines, `most` of them; a word that is too long for a line is broken too."""
    return textwrap.wrap(text, width, max_lines=most, placeholder=" …")
