"""How sure the numbers are: the causes found again with varied inputs, and the bands that the numbers then fill."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from swinglever.engines.base import Model
from swinglever.errors import ModelError, SwingleverError
from swinglever.explanation import OnStage, Prepared, Stages, explain
from swinglever.leg_muscles import Musculature, read_musculature
from swinglever.measuring import measure_report
from swinglever.plugins import Plugins
from swinglever.report import Measurement, Swing, SwingReport
from swinglever.results import Bands
from swinglever.variation import vary
from swinglever.verdict import settle

PERCENTILES = (5.0, 95.0)

_FAILED_SHARE = 0.1
"""Share of repeats that may fail before the bands are worth nothing."""


def add_bands(report: SwingReport, given: Prepared, plugins: Plugins, on_stage: OnStage | None = None) -> SwingReport:
    """Find the causes of a recording again and again with varied inputs, and bound the numbers of its report.

    Parameters
    ----------
    report
        As measured.
    given
        What it followed from; its parameters say how often, from which seed and how far to vary.
    plugins
        Who measures.
    on_stage
        Called before every repeat.

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
    choices, musculature = given.parameters, _musculature(given.body)
    repeats: list[SwingReport] = []
    failed: list[SwingleverError] = []
    for k in range(choices.uncertainty):
        if on_stage is not None:
            on_stage(f"repeat {k + 1} of {choices.uncertainty}")
        random = np.random.default_rng([choices.seed, k])
        try:
            varied = vary(given, musculature, choices.sizes, random)
            again = explain(varied, Stages())
        except SwingleverError as error:
            failed.append(error)
            continue
        changed = replace(report, kinematics=varied.kinematics, swings=again.swings)
        repeats.append(_light(measure_report(changed, again.motions, plugins)))
    if len(failed) > _FAILED_SHARE * choices.uncertainty:
        raise SwingleverError(
            f"{len(failed)} of {choices.uncertainty} repeats with varied inputs failed, the first with: {failed[0]}"
        )
    doubts = (f"{len(failed)} repeats with varied inputs failed, the first with: {failed[0]}",) if failed else ()
    return replace(
        report,
        swings=tuple(_bounded(s, [r.swing(s.id) for r in repeats]) for s in report.swings),
        metrics=_bound(report.metrics, [r.metrics for r in repeats]),
        warnings=(*report.warnings, *doubts),
    )


def _musculature(body: Model) -> Musculature | None:
    try:
        return read_musculature(body)
    except ModelError:
        return None


def _light(report: SwingReport) -> SwingReport:
    """What the bands need of a repeat: of a hundred, all arrays would fill the memory."""
    return replace(report, swings=tuple(replace(s, motion=None, muscles=None, classical={}) for s in report.swings))


def _bounded(swing: Swing, repeats: Sequence[Swing]) -> Swing:
    """Give a swing bands, and settle its verdict."""
    rows = [_numbers(again) for again in repeats]
    names = tuple(_numbers(swing))
    low, high = _percentiles([[row.get(name, 0.0) for name in names] for row in rows])
    verdicts = Counter(again.verdict for again in repeats)
    verdict, reason = settle(swing.verdict, swing.verdict_reason, verdicts)
    return replace(
        swing,
        bands=Bands(names=names, p05_rad=low, p95_rad=high, verdicts=dict(verdicts)),
        metrics=_bound(swing.metrics, [again.metrics for again in repeats]),
        verdict=verdict,
        verdict_reason=reason,
    )


def _numbers(swing: Swing) -> dict[str, float]:
    """Shares of the fold and peaks of the ablation, rad, by the names that `Bands` gives them."""
    shares = {
        f"shares/{scope}/{group}": float(np.radians(degrees))
        for scope, attribution in swing.attribution.items()
        for group, degrees in attribution.degrees_by_group().items()
    }
    peaks = {f"ablation/{case}": a.peak_flexion_rad for case, a in swing.ablation.items()}
    return shares | peaks


def _bound(metrics: Mapping[str, Measurement], repeats: Sequence[Mapping[str, Measurement]]) -> dict[str, Measurement]:
    """Metrics with their percentiles; one that most repeats do not have gets none."""
    names = list(metrics)
    low, high = _percentiles([[again[name].value for name in names] for again in repeats])
    return {name: replace(metrics[name], p05=float(low[k]), p95=float(high[k])) for k, name in enumerate(names)}


def _percentiles(rows: Sequence[Sequence[float]]) -> tuple["np.ndarray[tuple[int], np.dtype[np.float64]]", ...]:
    """5th and 95th percentile of each column; nan where more than a tenth of the rows have none."""
    table = np.array(rows, dtype=float)
    known = np.isfinite(table).mean(axis=0) >= 1.0 - _FAILED_SHARE
    bounds = np.full((2, table.shape[1]), np.nan)
    bounds[:, known] = np.nanpercentile(table[:, known], PERCENTILES, axis=0)
    return bounds[0], bounds[1]
