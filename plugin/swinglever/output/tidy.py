"""A report as tidy tables: one observation a row, names in full, the unit beside the value."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from swinglever.records.report import Swing, SwingReport

Row = Sequence[Any]
_KEY = {
    "trial": "name of the recording",
    "swing": "id of the swing; empty for the whole trial",
    "side": "r or l: the leg that swings; empty for the whole trial",
}


@dataclass(frozen=True, kw_only=True)
class TidyTable:
    """One table.

    Attributes
    ----------
    columns
        Each column and what it holds, with its unit.
    rows
        Makes the rows of a report.
    """

    columns: Mapping[str, str]
    rows: Callable[[SwingReport], Iterator[Row]]


def _each_swing(rows: Callable[[Swing], Iterator[Row]]) -> Callable[[SwingReport], Iterator[Row]]:
    """Put trial, swing and side before the rows of every swing."""

    def all_rows(report: SwingReport) -> Iterator[Row]:
        for swing in report.swings:
            for row in rows(swing):
                yield report.provenance.trial_name, swing.id, swing.side, *row

    return all_rows


_EVENTS = ("toe_off_s", "thigh_reversal_s", "peak_flexion_s", "pass_s", "foot_strike_s")


def _swing_rows(swing: Swing) -> Iterator[Row]:
    times = [getattr(swing, event) for event in _EVENTS]
    solver = "" if swing.muscles is None else swing.muscles.solver
    yield (
        *times,
        swing.event_source,
        swing.peak_flexion_deg,
        solver,
        swing.verdict,
        swing.evidence,
        swing.verdict_reason,
    )


def _metric_rows(report: SwingReport) -> Iterator[Row]:
    for swing_id, side, metrics in (("", "", report.metrics), *((s.id, s.side, s.metrics) for s in report.swings)):
        for name, m in metrics.items():
            trial = report.provenance.trial_name
            yield trial, swing_id, side, name, m.value, m.unit, m.p05, m.p95, m.plugin, m.reason


def _share_rows(swing: Swing) -> Iterator[Row]:
    for form, scopes in (("superposed", swing.attribution), ("classical", swing.classical)):
        for scope, a in scopes.items():
            for source, group in zip(a.sources, a.groups, strict=True):
                yield form, scope, source, group, a.degrees(source)


def _ablation_rows(swing: Swing) -> Iterator[Row]:
    for case, a in swing.ablation.items():
        yield case, float(np.degrees(a.peak_flexion_rad)), " ".join(a.stopped_by)


def _bound_rows(swing: Swing) -> Iterator[Row]:
    if swing.bounds is None:
        return
    for name in swing.bounds.names:
        scope, until, group = name.split("/")
        for level in swing.bounds.levels:
            yield scope, until, group, level, *swing.bounds.degrees(name, level)


def _curve_rows(swing: Swing) -> Iterator[Row]:
    length = swing.foot_strike_s - swing.toe_off_s
    for quantity, item, unit, time_s, values in _curves(swing):
        for t, value in zip(time_s, values, strict=True):
            percent = round(100.0 * (float(t) - swing.toe_off_s) / length, 6) + 0.0
            yield percent, float(t), quantity, item, float(value), unit


def _curves(swing: Swing) -> Iterator[tuple[str, str, str, Any, Any]]:
    """Quantity, item, unit, times and values of every curve of a swing."""
    own = swing.time_s
    yield "knee_flexion", "", "rad", own, swing.knee_flexion_rad
    yield "hip_flexion", "", "rad", own, swing.hip_flexion_rad
    for name, values in swing.lever.items():
        stem, unit = split_unit(name)
        yield stem, "", unit, own, values
    for k, name in enumerate(swing.moments.coordinate_names):
        yield "net_moment", name, "N m", own, swing.moments.net_moment_nm[:, k]
    for scope, a in swing.attribution.items():
        for group in dict.fromkeys(a.groups):
            chosen = [k for k, other in enumerate(a.groups) if other == group]
            yield f"knee_flexion_by_cause_{scope}", group, "rad", a.time_s, a.knee_flexion_rad[:, chosen].sum(axis=1)
    for case, ablation in swing.ablation.items():
        yield "knee_flexion_replayed", case, "rad", ablation.time_s, ablation.knee_flexion_rad
    if swing.muscles is not None:
        for name, unit in (("activation", "1"), ("force_n", "N"), ("power_w", "W")):
            for k, muscle in enumerate(swing.muscles.names):
                yield f"muscle_{split_unit(name)[0]}", muscle, unit, own, getattr(swing.muscles, name)[:, k]
        for k, coordinate in enumerate(swing.muscles.coordinate_names):
            yield "reserve_moment", coordinate, "N m", own, swing.muscles.reserve_nm[:, k]
    if swing.emg is not None:
        for k, (channel, unit) in enumerate(zip(swing.emg.names, swing.emg.units, strict=True)):
            yield "emg_envelope", channel, unit, own, swing.emg.envelope[:, k]
            yield "emg_activation", channel, "1", own, swing.emg.activation[:, k]


def split_unit(name: str) -> tuple[str, str]:
    """Take the unit off a name.

    Examples
    --------
    >>> split_unit("leg_inertia_kg_m2"), split_unit("hip_heel_share"), split_unit("heel_height_m")
    (('leg_inertia', 'kg m2'), ('hip_heel_share', '1'), ('heel_height', 'm'))
    """
    for ending, unit in (("_kg_m2", "kg m2"), ("_rad", "rad"), ("_n", "N"), ("_w", "W"), ("_m", "m"), ("_s", "s")):
        if name.endswith(ending):
            return name.removesuffix(ending), unit
    return name, "1"


TABLES: Mapping[str, TidyTable] = {
    "metrics": TidyTable(
        columns=_KEY
        | {
            "metric": "name",
            "value": "in the unit beside it; empty where it is undefined",
            "unit": "of value, p05 and p95",
            "p05": "5th percentile with varied inputs; empty where none were asked for",
            "p95": "95th percentile with varied inputs",
            "plugin": "who measured it",
            "reason": "why it is undefined",
        },
        rows=_metric_rows,
    ),
    "shares": TidyTable(
        columns=_KEY
        | {
            "form": "superposed: velocity terms shared out by cause; classical: a source of their own",
            "scope": "what was released: shank, leg or body",
            "source": "cause",
            "group": "group of the cause",
            "degrees": "knee flexion from toe-off to peak flexion, deg",
        },
        rows=_each_swing(_share_rows),
    ),
    "swings": TidyTable(
        columns=_KEY
        | dict.fromkeys(_EVENTS, "time in the recording, s; empty where the swing has none")
        | {
            "event_source": "ground_force or kinematics",
            "peak_flexion_deg": "highest knee flexion, deg",
            "muscle_solver": "what found the muscle forces; empty without any",
            "verdict": "what initiated the fold",
            "evidence": "how well that is supported; empty in results of an earlier version",
            "verdict_reason": "what that rests on",
        },
        rows=_each_swing(_swing_rows),
    ),
    "ablations": TidyTable(
        columns=_KEY
        | {
            "case": "what was silent or removed",
            "peak_flexion_deg": "highest knee flexion of the replay, deg",
            "stopped_by": "coordinates that reached the end of their range, separated by blanks",
        },
        rows=_each_swing(_ablation_rows),
    ),
    "bounds": TidyTable(
        columns=_KEY
        | {
            "scope": "what was released: shank or leg",
            "until": "half: until half of folding; peak: until peak flexion",
            "group": "muscles",
            "level": "what is assumed: least_effort, moments, plausible, emg",
            "low_degrees": "least part of the active force in the knee's flexion, deg; empty where nothing is known",
            "high_degrees": "largest part, deg",
        },
        rows=_each_swing(_bound_rows),
    ),
    "curves": TidyTable(
        columns=_KEY
        | {
            "percent": "of the swing: 0 at toe-off, 100 at foot strike",
            "time_s": "time in the recording, s",
            "quantity": "what it is",
            "item": "of which cause, case, muscle, coordinate or channel; empty where there is one only",
            "value": "in the unit beside it; flexion positive, net moments in the model's own signs",
            "unit": "of value",
        },
        rows=_each_swing(_curve_rows),
    ),
}
"""Tables by name, in the order in which they are written."""
