"""What a solved motion and its forces owe to mechanics: to fall, push, stand and balance as a body on the ground."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from swinglever.anatomy.model import Side
from swinglever.checks.balance import check_lean, check_pressure
from swinglever.checks.footing import check_footing
from swinglever.checks.newton import bear_every_step, check_fall, check_push
from swinglever.checks.swings import RMS_BAR_M
from swinglever.motion.foot_events import find_events
from swinglever.motion.foot_path import FootPath, travel_of
from swinglever.motion.inputs import Inputs
from swinglever.records.faults import Fault
from swinglever.records.kinematics import Kinematics

_FEWEST = 6
"""Frames."""
_APART_M = 2.0 * RMS_BAR_M
"""A model that is farther from its markers moves as they do not: public ones are 25 mm from them at most, the bundled
one made smaller or larger by a fifth is 60 to 90 mm, and may fall seven times as fast as a body does."""


def check_laws(inputs: Inputs, kinematics: Kinematics, paths: Mapping[Side, FootPath]) -> list[Fault]:
    """Name motions and forces that no body on the ground has: times, signs, sides, axes and origins that are wrong.

    Parameters
    ----------
    inputs
        Forces and model, with each force under its foot.
    kinematics
        The solved motion. Where the model is far from the markers nothing is an error: the motion is not theirs.
    paths
        How its feet move.
    """
    model, seen = inputs.model, np.isfinite(kinematics.marker_rms_m)
    if len(model.legs) < 2 or not model.gravity.any() or len(kinematics.time_s) < _FEWEST:
        return []
    faults = _check_motion(inputs, kinematics, paths)
    apart_m = float(np.median(kinematics.marker_rms_m[seen])) if seen.any() else 0.0
    if apart_m <= _APART_M:
        return faults
    mend = f"the model is {1e3 * apart_m:.0f} mm from the markers at the median: look at its scale first"
    return [replace(fault, severity="warning", mend=mend) for fault in faults]


def _check_motion(inputs: Inputs, kinematics: Kinematics, paths: Mapping[Side, FootPath]) -> list[Fault]:
    model, place, forces = inputs.model, inputs.trial.place, inputs.trial.ground_forces
    events = find_events(model, kinematics, (), inputs.parameters, paths=paths)
    by_force = find_events(model, kinematics, forces, inputs.parameters, paths=paths) if forces else None
    faults = [
        *check_fall(place, model, kinematics, list(events.values())),
        *check_footing(place, model, kinematics, events, by_force),
    ]
    if travel_of(model, kinematics).time_s is not None:
        return faults  # a body leans into a bend, and is pushed to its inner side
    faults += check_lean(place, model, kinematics, events)
    if bear_every_step(model, kinematics, forces):
        faults += [*check_push(place, model, kinematics, forces), *check_pressure(model, kinematics, forces)]
    return faults
