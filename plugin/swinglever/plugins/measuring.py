"""Metrics of an analysis: the lever's curves, every metric that plugins offer, and word to who wants to hear."""

from collections.abc import Sequence
from dataclasses import replace

from swinglever.metrics.lever import lever_curves
from swinglever.plugins.manager import Plugins
from swinglever.records.report import Swing, SwingReport
from swinglever.records.segments import SwingMotion


def measure_report(report: SwingReport, motions: Sequence[SwingMotion], plugins: Plugins) -> SwingReport:
    """Add motion, lever curves and metrics to a report.

    Parameters
    ----------
    report
        What the stages before found.
    motions
        How the segments moved, swing by swing in the report's order.
    plugins
        Who offers metrics.
    """
    offered = plugins.offers("swinglever_metrics")

    def measured(swing: Swing, motion: SwingMotion) -> Swing:
        moved = replace(swing, motion=motion, lever=lever_curves(motion))
        return replace(moved, metrics=plugins.measure("swing", moved, offered))

    swings = tuple(measured(s, m) for s, m in zip(report.swings, motions, strict=True))
    whole = replace(report, swings=swings)
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
