"""What a solved motion and its forces owe to mechanics: to fall, push, stand and balance as a body on the ground."""

from swinglever.checks.balance import check_lean, check_pressure
from swinglever.checks.footing import check_footing
from swinglever.checks.newton import bear_every_step, check_fall, check_push
from swinglever.motion.foot_events import find_events
from swinglever.motion.foot_path import travel_of
from swinglever.motion.inputs import Inputs
from swinglever.records.faults import Fault
from swinglever.records.kinematics import Kinematics

_FEWEST = 6
"""Frames."""


def check_laws(inputs: Inputs, kinematics: Kinematics) -> list[Fault]:
    """Name motions and forces that no body on the ground has: times, signs, sides, axes and origins that are wrong.

    Parameters
    ----------
    inputs
        Forces and model, with each force under its foot.
    kinematics
        The solved motion.
    """
    model, place, forces = inputs.model, inputs.trial.place, inputs.trial.ground_forces
    if len(model.legs) < 2 or not model.gravity.any() or len(kinematics.time_s) < _FEWEST:
        return []
    events = find_events(model, kinematics, (), inputs.parameters)
    faults = [
        *check_fall(place, model, kinematics, list(events.values())),
        *check_footing(place, model, kinematics, events, forces_tell=bool(forces)),
    ]
    if travel_of(model, kinematics).time_s is not None:
        return faults  # a body leans into a bend, and is pushed to its inner side
    faults += check_lean(place, model, kinematics, events)
    if bear_every_step(model, kinematics, forces):
        faults += [*check_push(model, kinematics, forces), *check_pressure(model, kinematics, forces)]
    return faults
