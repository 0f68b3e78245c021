"""How sure the numbers are: the bands that they fill when the causes are found again with varied inputs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from swinglever.arrays import Array
from swinglever.causes.grading import PROVED
from swinglever.causes.verdict import UNDECIDED, settle
from swinglever.certainty.headline import headline_curves, headline_numbers
from swinglever.certainty.repeats import Original, Repeat, make_repeats
from swinglever.errors import SwingleverError
from swinglever.motion.leg_swings import LegSwings
from swinglever.plugins.manager import Plugins
from swinglever.records.bands import Bands
from swinglever.records.report import Measurement, Swing, SwingReport
from swinglever.system.partner import Partner
from swinglever.system.stages import OnStage

PERCENTILES = (5.0, 95.0)

_FAILED_SHARE = 0.1
"""Share of repeats that may fail before the bands are worth nothing."""


def add_bands(
    report: SwingReport,
    swings: Sequence[LegSwings],
    plugins: Plugins,
    jobs: int = 1,
    on_stage: OnStage | None = None,
    partner: Partner | None = None,
) -> SwingReport:
    """Find the causes of a recording again and again with varied inputs, and bound the numbers of its report.

    Parameters
    ----------
    report
        As measured.
    swings
        What it followed from: the swings of each leg. The parameters of their inputs say how often, from which seed and
        how far to vary.
    plugins
        Who measures.
    jobs
        Processes that share the repeats, this one among them.
    on_stage
        Called with each repeat that is done.
    partner
        The second of those processes, where it is there already.

    Returns
    -------
    SwingReport
        The same numbers, with 5th and 95th percentiles beside them, and verdicts that stand only where nearly all
        repeats give them.

    Raises
    ------
    SwingleverError
        When more than a tenth of the repeats cannot be analysed.
    """
    count = swings[0].inputs.parameters.uncertainty
    original = Original(
        report=replace(report, swings=(), playback=None),
        swings=swings,
        proved=frozenset(s.id for s in report.swings if s.evidence == PROVED),
    )
    repeats: list[Repeat] = []
    failed: list[SwingleverError] = []
    for number, found in enumerate(make_repeats(original, plugins, jobs, partner), start=1):
        if on_stage is not None:
            on_stage(f"repeat {number} of {count}")
        if isinstance(found, Repeat):
            repeats.append(found)
        else:
            failed.append(found)
    doubts = [f"{len(failed)} of {count} repeats with varied inputs failed, the first with: {e}" for e in failed[:1]]
    if len(failed) > _FAILED_SHARE * count:
        raise SwingleverError(doubts[0])
    return replace(
        report,
        swings=tuple(_bounded(swing, repeats) for swing in report.swings),
        metrics=_bound(report.metrics, [r.trial_metrics for r in repeats]),
        warnings=(*report.warnings, *doubts),
    )


def _bounded(swing: Swing, repeats: Sequence[Repeat]) -> Swing:
    """Give a swing bands, and settle its verdict."""
    names, curves = tuple(headline_numbers(swing)), tuple(headline_curves(swing))
    low, high = _percentiles([[_number(r, swing.id, name) for name in names] for r in repeats])
    low_curve, high_curve = _percentiles([_curve_row(r, swing, curves) for r in repeats])
    verdicts = Counter(r.verdicts[swing.id] for r in repeats)
    verdict, reason = settle(swing.verdict, swing.verdict_reason, verdicts)
    return replace(
        swing,
        bands=Bands(
            names=names,
            p05_rad=low,
            p95_rad=high,
            verdicts=dict(verdicts),
            curves=curves,
            p05_curve_rad=low_curve.reshape(-1, len(curves)),
            p95_curve_rad=high_curve.reshape(-1, len(curves)),
        ),
        metrics=_bound(swing.metrics, [r.metrics[swing.id] for r in repeats]),
        verdict=verdict,
        evidence=UNDECIDED if verdict == UNDECIDED and swing.evidence else swing.evidence,
        verdict_reason=reason,
    )


def _number(repeat: Repeat, swing: str, name: str) -> float:
    """One number of a repeat: a group that does nothing has no share, a case that was not made has no peak."""
    return repeat.numbers[swing].get(name, float("nan") if name.startswith("ablation/") else 0.0)


def _curve_row(repeat: Repeat, swing: Swing, names: Sequence[str]) -> Array:
    """Curves of a repeat one after another, (K·c); zeros for a group that does nothing in it."""
    found, nothing = repeat.curves[swing.id], np.zeros(len(swing.time_s))
    return np.stack([found.get(name, nothing) for name in names], axis=1).ravel()


def _bound(metrics: Mapping[str, Measurement], repeats: Sequence[Mapping[str, float]]) -> dict[str, Measurement]:
    """Metrics with their percentiles; one that too many repeats do not have gets none."""
    names = list(metrics)
    low, high = _percentiles([[again[name] for name in names] for again in repeats])
    return {name: replace(metrics[name], p05=float(low[k]), p95=float(high[k])) for k, name in enumerate(names)}


def _percentiles(rows: Sequence[Sequence[float] | Array]) -> tuple[Array, Array]:
    """5th and 95th percentile of each column; nan where more than a tenth of the rows have none."""
    table = np.array(rows, dtype=float)
    known = np.isfinite(table).mean(axis=0) >= 1.0 - _FAILED_SHARE
    bounds = np.full((2, table.shape[1]), np.nan)
    whole = np.isfinite(table).all(axis=0)  # numpy sorts such columns together, and any with a gap one by one
    bounds[:, whole] = np.percentile(table[:, whole], PERCENTILES, axis=0)
    bounds[:, known & ~whole] = np.nanpercentile(table[:, known & ~whole], PERCENTILES, axis=0)
    return bounds[0], bounds[1]
