"""What is looked at in a solved motion while its swings are found: laws, the events of its feet, and its markers."""

from dataclasses import dataclass

from swinglever.checks.delays import check_delays
from swinglever.checks.event_times import EventTimes, compare_event_times
from swinglever.checks.laws import check_laws
from swinglever.checks.size import check_size
from swinglever.motion.foot_path import follow_feet
from swinglever.motion.inputs import Inputs
from swinglever.records.faults import Fault
from swinglever.records.kinematics import Kinematics


@dataclass(frozen=True, kw_only=True)
class Looked:
    """Which laws a motion breaks, its events beside those of forces or labels, and what its markers tell of the fit."""

    laws: tuple[Fault, ...]
    times: EventTimes
    fit: tuple[Fault, ...]


def look_at_motion(inputs: Inputs, kinematics: Kinematics) -> Looked:
    """Look at a motion, with each force under its foot."""
    paths = follow_feet(inputs.model, kinematics)
    return Looked(
        laws=tuple(check_laws(inputs, kinematics, paths)),
        times=compare_event_times(inputs, kinematics, paths),
        fit=(*check_size(inputs, kinematics), *check_delays(inputs, kinematics)),
    )
