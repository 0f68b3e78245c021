"""Questions that a coach asks, answered from the recording in full sentences."""

from collections.abc import Iterator

import numpy as np

from swinglever.causes.limits import calibrated_limits
from swinglever.causes.standing import standings
from swinglever.metrics.legs import LegValue, leg_values, mean_of, sides_of
from swinglever.metrics.norms import Norm, published_norm
from swinglever.page.numbers import spread_text, unit_text, value_text
from swinglever.page.verdict import how_sure, verdict_sentence
from swinglever.records.report import SwingReport
from swinglever.records.words import SIDES, list_in_prose

_CLASSES = ("near the ground", "at the height of the other calf", "at the height of the other knee", "at the buttock")


def questions(report: SwingReport) -> Iterator[tuple[str, str]]:
    """Give question and answer, one after another."""
    yield "What folds the leg?", verdict_sentence(report)
    yield "Which leg folds more?", _which_leg(report)
    yield "Would it fold by itself?", _by_itself(report)
    yield "How sure is that?", " ".join(how_sure(report))
    yield "Could the hamstrings have pulled?", _could_have_pulled(report)
    yield "Is that much for this pace?", _for_this_pace(report, "peak_knee_flexion", "The knee bends to")
    yield (
        "How short does the lever get?",
        _for_this_pace(report, "hip_heel_share_minimum", "Hip to heel, of the leg's length:"),
    )
    yield "How high does the foot pass?", _how_high(report)
    yield "Do the hamstrings pull early or brake late?", _pull_or_brake(report)
    yield "Are the legs alike?", _alike(report)
    yield "What can this recording not tell?", _not_told(report)


def _by_leg(values: list[LegValue]) -> str:
    told = [f"{spread_text(v)} ({SIDES[v.side]})" if v.side else spread_text(v) for v in values if v.values]
    return list_in_prose(told) or "not known"


def _which_leg(report: SwingReport) -> str:
    legs = [v for v in leg_values(report, "peak_knee_flexion") if v.values]
    if len(legs) < 2:
        return f"Only one leg was seen to swing: {_by_leg(legs)}."
    more = max(legs, key=lambda v: v.mean)
    difference = abs(legs[0].mean - legs[1].mean)
    spread = float(np.sqrt(np.nansum([v.sd**2 for v in legs])))
    sure = "" if difference > spread else " That is less than the swings of one leg differ among themselves."
    return f"The {SIDES[more.side]} leg, by {value_text(difference, 1.0)}°: {_by_leg(legs)}.{sure}"


def _by_itself(report: SwingReport) -> str:
    found = leg_values(report, "passive_peak_flexion")
    if not any(v.values for v in found):
        reasons = list(dict.fromkeys(reason for v in found for reason in v.reasons))
        return f"Not known: {list_in_prose(reasons) or 'it was not measured'}."
    recorded = _by_leg(leg_values(report, "peak_knee_flexion"))
    return (
        f"With every muscle across the knee silent from toe-off on, the knee would bend to {_by_leg(found)}; "
        f"as recorded it bends to {recorded}."
    )


def _could_have_pulled(report: SwingReport) -> str:
    told = []
    for side, found in standings(report).items():
        parts = np.array([[f.percent(part) for part in (f.new_deg, *f.likely_deg)] for f in found.values()])
        new, low, high = parts.mean(axis=0)
        told.append(f"{SIDES[side]} {new:.0f} % of the early fold, likely {low:.0f} to {high:.0f} %")
    if not told:
        return "Not known: that needs muscle forces."
    limits = calibrated_limits()
    return (
        f"Their new pull made, in the mean of the swings: {'; '.join(told)}. Below {100 * limits.driven_share:.0f} % "
        f"it is momentum alone, from {100 * limits.pull_share:.0f} % on a pull."
    )


def _for_this_pace(report: SwingReport, metric: str, words: str) -> str:
    speed = mean_of(report, "running_speed")
    told = f"{words} {_by_leg(leg_values(report, metric))}."
    if not np.isfinite(speed):
        return f"{told} The running speed is not known, so there is nothing to hold it against."
    norm = published_norm(metric, speed)
    if norm is None:
        return f"{told} No published values are known at {speed:.1f} m/s (there are some from 2.5 to 4.5 m/s)."
    unit = next(v.unit for v in leg_values(report, metric))
    places = [f"{place(v, norm)} ({SIDES[v.side]})" for v in leg_values(report, metric) if v.values]
    return (
        f"{told} Trained runners at {speed:.1f} m/s: {norm_text(norm, unit)}. This runner is {list_in_prose(places)}."
    )


def norm_text(norm: Norm, unit: str) -> str:
    """Give a norm as text."""
    if norm.is_of_sizes:
        most = f"{value_text(norm.largest, 10.0)}{unit_text(unit)}"
        return f"{value_text(norm.mean, 1.0)}{unit_text(unit)} on average, up to {most}"
    if np.isfinite(norm.sd):
        spread = f"{value_text(norm.mean, norm.sd)} ± {value_text(norm.sd, norm.sd)}"
        return f"{spread}{unit_text(unit)}"
    return f"{value_text(norm.mean)}{unit_text(unit)} (mean; spread not published)"


def place(value: LegValue, norm: Norm) -> str:
    """Say where a leg's mean lies among published runners, without a judgement where their spread is not known."""
    if norm.is_of_sizes:
        return "within what trained runners show" if abs(value.mean) <= norm.largest else "beyond any trained runner"
    side = "above" if value.mean > norm.mean else "below"
    if not np.isfinite(norm.sd):
        return f"{side} their mean"
    away = abs(value.mean - norm.mean) / norm.sd
    return (
        f"{side} their mean, within one standard deviation"
        if away <= 1.0
        else f"{away:.1f} standard deviations {side} them"
    )


def _how_high(report: SwingReport) -> str:
    heights = leg_values(report, "heel_height_at_pass")
    classes = [v for v in leg_values(report, "heel_height_class_at_pass") if v.values]
    told = [f"{_CLASSES[round(float(np.median(v.values)))]} ({SIDES[v.side]})" for v in classes]
    if not told:
        return "Not known: the ankle is not seen to pass under the hip."
    return f"As the foot passes under the hip, the heel is {list_in_prose(told)} (height {_by_leg(heights)})."


def _pull_or_brake(report: SwingReport) -> str:
    when = leg_values(report, "hamstring_force_peak_percent")
    if not any(v.values for v in when):
        return "Not known: the result has no muscle forces."
    pull = _by_leg(leg_values(report, "hamstring_positive_work_folding"))
    brake = _by_leg(leg_values(report, "hamstring_negative_work_unfolding"))
    peak = _by_leg(leg_values(report, "peak_flexion_percent"))
    return (
        f"They pull hardest at {_by_leg(when)} of the swing (the knee is bent most at {peak}). While the leg folds "
        f"they do {pull} of work by shortening; while it unfolds, {brake} by braking (below zero they take energy)."
    )


def _alike(report: SwingReport) -> str:
    metric = "peak_knee_flexion_left_right_difference"
    value = next((v for v in leg_values(report, metric) if v.values), None)
    if value is None:
        return "Not known: both legs are needed."
    more = "more" if value.mean > 0 else "less"
    told = f"The right knee bends {more} than the left by {value_text(abs(value.mean), 1.0)}°."
    norm = published_norm(metric, mean_of(report, "running_speed"))
    if norm is None:
        return f"{told} No published difference is known at this pace."
    return f"{told} Trained runners: {norm_text(norm, value.unit)}, so that is {place(value, norm)}."


def _not_told(report: SwingReport) -> str:
    told = ["whether the hamstrings tire", "whether another pace would change it"]
    if not any(s.emg is not None for s in report.swings):
        told.insert(0, "whether hamstrings pulled against other muscles (that needs EMG)")
    if all(s.bands is None for s in report.swings):
        told.insert(0, "how far the numbers move with the errors of the inputs (that needs --uncertainty)")
    if len(sides_of(report)) < 2:
        told.append("whether the legs are alike")
    return f"It does not tell {list_in_prose(told, 'or')}."
