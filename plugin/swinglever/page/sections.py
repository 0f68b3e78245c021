"""The page's text: verdict, claims, swings, metrics, quality, provenance. It reads without a script, and prints."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.metrics.base import Metric
from swinglever.metrics.claims import Judgement, judge
from swinglever.metrics.legs import leg_values, mean_of
from swinglever.metrics.norms import published_norm
from swinglever.page.html import Html, join, table, tag
from swinglever.page.numbers import spread_text
from swinglever.page.questions import norm_text, place, questions
from swinglever.page.verdict import ground_lines, how_sure, leg_lines, verdict_sentence
from swinglever.records.report import Measurement, Swing, SwingReport
from swinglever.records.words import SIDES


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a plugin adds to a report: a title, and a table, a text, or both."""

    title: str
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    text: str = ""


_SIGNS = {"supports": "✓", "speaks against": "✗", "cannot tell": "?"}


def headline(report: SwingReport) -> Html:
    """Give the verdict, the legs in numbers, and how sure it is."""
    sure = tag("ul", [tag("li", line) for line in how_sure(report)], class_="sure")
    legs = tag("ul", [tag("li", line) for line in leg_lines(report)], class_="legs")
    return tag("div", tag("p", verdict_sentence(report), class_="verdict"), legs, sure, class_="headline")


def grounds(report: SwingReport) -> Html:
    """Give what the verdict rests on."""
    return tag("ul", [tag("li", line) for line in ground_lines(report)], class_="grounds")


def question_list(report: SwingReport) -> Html:
    """Give a coach's questions with their answers."""
    return tag("dl", [join(tag("dt", asked), tag("dd", answer)) for asked, answer in questions(report)], class_="asked")


def claim_list(report: SwingReport, metrics: Mapping[str, Metric]) -> Html:
    """Give the twelve claims: judgement, reason, and the numbers beside those of published runners."""
    return Html("".join(_claim(judgement, report, metrics) for judgement in judge(report)))


def _claim(judgement: Judgement, report: SwingReport, metrics: Mapping[str, Metric]) -> Html:
    claim = judgement.claim
    stand = tag(
        "span", f"{_SIGNS[judgement.stand]} {judgement.stand}", class_=f"stand {judgement.stand.replace(' ', '-')}"
    )
    names = [name for name, m in metrics.items() if m.claim == claim.number and leg_values(report, name)]
    rows = [_metric_row(name, report, metrics[name].meaning) for name in names]
    told = f"{len(names)} numbers" if len(names) > 1 else "1 number"
    numbers = tag("details", tag("summary", told), table(_HEADER, rows, f"Numbers of claim {claim.number}"))
    return tag(
        "section",
        tag("h3", f"{claim.number}. {claim.text} ", stand),
        tag("p", judgement.reason),
        numbers if rows else Html(""),
        class_="claim",
        id=f"claim-{claim.number}",
    )


_HEADER = ("Number", "Left", "Right", "Trained runners at this pace", "What it says")


def _metric_row(name: str, report: SwingReport, meaning: str) -> list[str]:
    """Give a metric's row: each leg's value; one about the whole recording stands under both legs."""
    values = leg_values(report, name)
    by_side = {value.side: spread_text(value) for value in values}
    norm = published_norm(name, mean_of(report, "running_speed"))
    told = "–"
    if norm is not None:
        places = [f"{SIDES.get(v.side, 'it')} {place(v, norm)}" for v in values if v.values]
        told = "; ".join([norm_text(norm, values[0].unit), *places])
    whole = by_side.get("", "–")
    return [name.replace("_", " "), by_side.get("l", whole), by_side.get("r", whole), told, meaning]


def swing_list(report: SwingReport) -> Html:
    """Give a row a swing: events, peak flexion, verdict and its reason."""
    header = ["Swing", "Leg", "Toe-off, s", "Peak, s", "Foot strike, s", "Peak flexion, °", "Verdict", "Reason"]
    return table(header, [_swing_row(swing) for swing in report.swings], "Swings")


def _swing_row(swing: Swing) -> list[str]:
    times = [
        f"{t:.3f}" if np.isfinite(t) else "–" for t in (swing.toe_off_s, swing.peak_flexion_s, swing.foot_strike_s)
    ]
    return [swing.id, SIDES[swing.side], *times, f"{swing.peak_flexion_deg:.1f}", swing.verdict, swing.verdict_reason]


def phase_table(report: SwingReport) -> Html:
    """Give what the hamstrings do while the leg folds and while it unfolds."""
    phases = {
        "Work while shortening, folding": "hamstring_positive_work_folding",
        "Work while lengthening, unfolding": "hamstring_negative_work_unfolding",
        "Impulse, folding": "hamstring_impulse_folding",
        "Impulse, unfolding": "hamstring_impulse_unfolding",
        "Greatest force, folding": "hamstring_force_peak_folding",
        "Greatest force of the swing": "hamstring_force_peak",
        "Its time": "hamstring_force_peak_percent",
    }
    rows = []
    for words, name in phases.items():
        by_side = {value.side: spread_text(value) for value in leg_values(report, name)}
        if by_side:
            rows.append([words, by_side.get("l", "–"), by_side.get("r", "–")])
    return table(["Hamstrings", "Left", "Right"], rows, "Hamstrings by phase") if rows else Html("")


def other_metrics(report: SwingReport, metrics: Mapping[str, Metric]) -> Html:
    """Give the numbers that no claim shows: plain description, and those of a laboratory's own plugins."""
    claimed = {name for name, m in metrics.items() if m.claim}
    names = dict.fromkeys([*(n for s in report.swings for n in s.metrics), *report.metrics])
    rows = [
        _metric_row(name, report, metrics[name].meaning if name in metrics else _plugin_of(report, name))
        for name in names
        if name not in claimed
    ]
    return table(_HEADER, rows, "Other numbers") if rows else Html("")


def plugin_part(part: Part) -> Html:
    """Give what a plugin adds to the report."""
    rows = table(part.header, part.rows, part.title) if part.header else Html("")
    return tag("section", tag("h2", part.title), rows, tag("p", part.text) if part.text else Html(""))


def _plugin_of(report: SwingReport, name: str) -> str:
    measured: Iterable[Measurement | None] = (report.metrics.get(name), *(s.metrics.get(name) for s in report.swings))
    return next((f"from the plugin {m.plugin}" for m in measured if m is not None), "")


def quality(report: SwingReport) -> Html:
    """Give marker error, reserves, closure, toe-off's source, what was mended and what to mind."""
    warnings = [tag("li", warning) for warning in report.warnings]
    heard = (
        tag("ul", warnings, class_="warnings") if warnings else tag("p", "Nothing was mended, and nothing stood out.")
    )
    return join(table(["What", "Value"], _quality_rows(report), "Quality"), tag("h3", "Mended, and to mind"), heard)


def _quality_rows(report: SwingReport) -> Iterator[list[str]]:
    rms = report.kinematics.marker_rms_m
    if np.isfinite(rms).any():
        worst = report.kinematics.marker_max_m
        told = f"{1000 * np.nanmedian(rms):.0f} mm root mean square, {1000 * np.nanmedian(worst):.0f} mm at worst"
        yield ["Marker error, median of the frames", told]
    yield ["Inverse kinematics", report.kinematics.ik_engine]
    yield ["Low-pass filter", f"{report.kinematics.filter_hz:g} Hz"]
    sources = dict.fromkeys(s.event_source.replace("_", " ") for s in report.swings)
    yield ["Toe-off and foot strike from", ", ".join(sources) or "–"]
    closures = [np.degrees(a.closure_rad) for s in report.swings for a in s.attribution.values()]
    if closures:
        yield ["Causes miss the recorded angle by, at most", f"{max(closures):.3f}°"]
    replayed = [
        abs(np.degrees(s.ablation["none"].peak_flexion_rad) - s.peak_flexion_deg)
        for s in report.swings
        if "none" in s.ablation
    ]
    if replayed:
        yield ["Replay of all forces misses the recorded peak by, at most", f"{np.nanmax(replayed):.2f}°"]
    flagged = [s.id for s in report.swings if s.muscles is not None and s.muscles.reserve_flags]
    if any(s.muscles is not None for s in report.swings):
        yield ["Swings with reserves above a tenth of the joint moment", ", ".join(flagged) or "none"]


def provenance(report: SwingReport) -> Html:
    """Give where the result came from, and how to cite it."""
    p = report.provenance
    rows = [
        ["Trial", p.trial_name],
        ["SHA-256 of the trial", p.trial_sha256],
        ["Model", p.model_name],
        ["SHA-256 of the model", p.model_sha256],
        ["Body mass", f"{p.mass_kg:.1f} kg"],
        ["Command", p.command],
        ["Made", p.created_utc],
        ["swinglever", p.swinglever_version],
        ["OpenSim", p.opensim_version],
        ["Plugins", ", ".join(f"{name} {told.get('version', '')}".strip() for name, told in p.plugins.items()) or "–"],
    ]
    rows += [[f"Parameter {name}", str(value)] for name, value in p.parameters.items() if name != "sizes"]
    cite = (
        f"swinglever {p.swinglever_version} (OpenSim {p.opensim_version}), analysis of {p.trial_name} with the model "
        f"{p.model_name}, {p.created_utc[:10]}. Name the model's and the recording's own sources too, and Delp et al. "
        "2007, IEEE Trans Biomed Eng 54: 1940-1950, for OpenSim."
    )
    return join(tag("p", tag("b", "To cite: "), cite), table(["What", "Value"], rows, "Provenance"))
