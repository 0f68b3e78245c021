"""Metrics of an analysis: the lever's curves, every metric that plugins offer, and word to who wants to hear."""

from collections.abc import Sequence
from dataclasses import replace

from swinglever.metrics.lever import lever_curves
from swinglever.plugins.manager import Plugins
from swinglever.records.report import Swing, SwingReport


def measure_report(report: SwingReport, plugins: Plugins) -> SwingReport:
    """Add lever curves and metrics to a report.

    Parameters
    ----------
    report
        What the stages before found.
    plugins
        Who offers metrics.
    """
    return measure_trial(replace(report, swings=measure_swings(report.swings, plugins)), plugins)


def measure_swings(swings: Sequence[Swing], plugins: Plugins) -> tuple[Swing, ...]:
    """Add lever curves and metrics to swings."""
    offered = plugins.offers("swinglever_metrics")

    def measured(swing: Swing) -> Swing:
        curved = swing if swing.motion is None else replace(swing, lever=lever_curves(swing.motion))
        return replace(curved, metrics=plugins.measure("swing", curved, offered))

    return tuple(map(measured, swings))


def measure_trial(report: SwingReport, plugins: Plugins) -> SwingReport:
    """Add the metrics of the trial to a report whose swings are measured."""
    return replace(report, metrics=plugins.measure("trial", report, plugins.offers("swinglever_metrics")))


def announce_report(report: SwingReport, plugins: Plugins) -> SwingReport:
    """Tell plugins that a report is ready; write down which took part, and what was wrong with them."""
    for _ in plugins.answers("swinglever_report_ready", report=_with_plugins(report, plugins)):
        pass
    return _with_plugins(report, plugins)


def _with_plugins(report: SwingReport, plugins: Plugins) -> SwingReport:
    return replace(
        report,
        warnings=(*report.warnings, *plugins.warnings()),
        provenance=replace(report.provenance, plugins=plugins.as_table()),
    )
