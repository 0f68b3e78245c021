"""What flexed the knee? Splits the fold of the swing leg in running by cause.

The names below are loaded when they are first used, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from swinglever.anatomy.model import Model
    from swinglever.errors import UndefinedError
    from swinglever.hookspecs import Engine, Section, hookimpl
    from swinglever.metrics.base import Metric, metric
    from swinglever.motion.swings import SwingEvents
    from swinglever.muscles.forces import LegForces, forces_of_activation
    from swinglever.muscles.legs import LegMuscles
    from swinglever.output.store import read_report, write_report
    from swinglever.pipeline import analyse
    from swinglever.plugins.reading import load_body as load_model
    from swinglever.records.ablation import Ablation
    from swinglever.records.attribution import Attribution
    from swinglever.records.bands import Bands
    from swinglever.records.foot_event import FootEvent
    from swinglever.records.kinematics import Kinematics
    from swinglever.records.muscle_forces import MuscleForces
    from swinglever.records.parameters import Parameters
    from swinglever.records.poses import SegmentPoses
    from swinglever.records.report import Measurement, Swing, SwingReport
    from swinglever.records.spread import InputSpread as Sizes
    from swinglever.records.trial import Angles, CoordinateTask, EmgRecording, GroundForce, IKTasks, Markers, Trial
    from swinglever.verification.run import Verification, verify

__version__ = "0.1.0"

_HOMES = {
    "Ablation": "records.ablation",
    "Angles": "records.trial",
    "Attribution": "records.attribution",
    "Bands": "records.bands",
    "CoordinateTask": "records.trial",
    "EmgRecording": "records.trial",
    "Engine": "hookspecs",
    "FootEvent": "records.foot_event",
    "GroundForce": "records.trial",
    "IKTasks": "records.trial",
    "Kinematics": "records.kinematics",
    "LegForces": "muscles.forces",
    "LegMuscles": "muscles.legs",
    "Markers": "records.trial",
    "Measurement": "records.report",
    "Metric": "metrics.base",
    "Model": "anatomy.model",
    "MuscleForces": "records.muscle_forces",
    "Parameters": "records.parameters",
    "Section": "hookspecs",
    "SegmentPoses": "records.poses",
    "Sizes": "records.spread",
    "Swing": "records.report",
    "SwingEvents": "motion.swings",
    "SwingReport": "records.report",
    "Trial": "records.trial",
    "UndefinedError": "errors",
    "Verification": "verification.run",
    "analyse": "pipeline",
    "forces_of_activation": "muscles.forces",
    "hookimpl": "hookspecs",
    "load_model": "plugins.reading",
    "metric": "metrics.base",
    "read_report": "output.store",
    "verify": "verification.run",
    "write_report": "output.store",
}

_THERE_CALLED = {"Sizes": "InputSpread", "load_model": "load_body"}
"""Names that mean something else where they are from: an EMG channel has a size there, too."""

__all__ = [
    "Ablation",
    "Angles",
    "Attribution",
    "Bands",
    "CoordinateTask",
    "EmgRecording",
    "Engine",
    "FootEvent",
    "GroundForce",
    "IKTasks",
    "Kinematics",
    "LegForces",
    "LegMuscles",
    "Markers",
    "Measurement",
    "Metric",
    "Model",
    "MuscleForces",
    "Parameters",
    "Section",
    "SegmentPoses",
    "Sizes",
    "Swing",
    "SwingEvents",
    "SwingReport",
    "Trial",
    "UndefinedError",
    "Verification",
    "analyse",
    "forces_of_activation",
    "hookimpl",
    "load_model",
    "metric",
    "read_report",
    "verify",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'swinglever' has no attribute {name!r}; it has {__all__}")
    return getattr(import_module(f"swinglever.{_HOMES[name]}"), _THERE_CALLED.get(name, name))
