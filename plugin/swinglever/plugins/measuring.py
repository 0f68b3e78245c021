"""Metrics of an analysis: the lever's curves, every metric that plugins offer, and word to who wants to hear."""

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
    offered = plugins.offers("swinglever_metrics")

    def measured(swing: Swing) -> Swing:
        curved = swing if swing.motion is None else replace(swing, lever=lever_curves(swing.motion))
        return replace(curved, metrics=plugins.measure("swing", curved, offered))

    whole = replace(report, swings=tuple(measured(swing) for swing in report.swings))
    return replace(whole, metrics=plugins.measure("trial", whole, offered))


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
