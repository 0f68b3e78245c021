"""What flexed the knee? Splits the fold of the swing leg in running by cause.

The names below are loaded when they are first used, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from swinglever.errors import UndefinedError
    from swinglever.hookspecs import hookimpl
    from swinglever.metrics.base import Metric, metric
    from swinglever.output.store import read_report, write_report
    from swinglever.pipeline import analyse
    from swinglever.records.ablation import Ablation
    from swinglever.records.attribution import Attribution
    from swinglever.records.bands import Bands
    from swinglever.records.parameters import Parameters
    from swinglever.records.report import Measurement, Swing, SwingReport
    from swinglever.records.spread import InputSpread as Sizes
    from swinglever.records.trial import Angles, EmgRecording, GroundForce, IKTasks, Markers, Trial

__version__ = "0.1.0"

_HOMES = {
    "Ablation": "records.ablation",
    "Angles": "records.trial",
    "Attribution": "records.attribution",
    "Bands": "records.bands",
    "EmgRecording": "records.trial",
    "GroundForce": "records.trial",
    "IKTasks": "records.trial",
    "Markers": "records.trial",
    "Measurement": "records.report",
    "Metric": "metrics.base",
    "Parameters": "records.parameters",
    "Sizes": "records.spread",
    "Swing": "records.report",
    "SwingReport": "records.report",
    "Trial": "records.trial",
    "UndefinedError": "errors",
    "analyse": "pipeline",
    "hookimpl": "hookspecs",
    "metric": "metrics.base",
    "read_report": "output.store",
    "write_report": "output.store",
}

_THERE_CALLED = {"Sizes": "InputSpread"}
"""Names that mean something else where they are from: an EMG channel has a size there, too."""

__all__ = [
    "Ablation",
    "Angles",
    "Attribution",
    "Bands",
    "EmgRecording",
    "GroundForce",
    "IKTasks",
    "Markers",
    "Measurement",
    "Metric",
    "Parameters",
    "Sizes",
    "Swing",
    "SwingReport",
    "Trial",
    "UndefinedError",
    "analyse",
    "hookimpl",
    "metric",
    "read_report",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'swinglever' has no attribute {name!r}; it has {__all__}")
    return getattr(import_module(f"swinglever.{_HOMES[name]}"), _THERE_CALLED.get(name, name))
