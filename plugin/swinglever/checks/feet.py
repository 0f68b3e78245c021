"""Does each ground force lie under the foot that it is said to act on: step by step, by where the soles are."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from swinglever.anatomy.model import Model, Side
from swinglever.checks.names import some
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import coordinates_of, kinematics_of
from swinglever.motion.soles import Sole, soles_of_markers, soles_of_motion
from swinglever.motion.steps import FAR_M, Step, find_steps, share_out, side_of
from swinglever.records.faults import Fault, error, warning
from swinglever.records.kinematics import Kinematics
from swinglever.records.trial import GroundForce, Trial

_MOST = 0.8
"""Share of the steps that lie under the other foot when the plates' names are exchanged."""
_OFF_M = 0.11
"""Farther from the sole, in the median of its steps, no plate of a public recording is: 0.075 m at most."""
_FARTHEST_M = 2.0
"""As far as no foot is, whatever its markers."""
_FEWEST_FRAMES = 8
"""A spline through the angles needs more than its order."""


def soles_of(trial: Trial, model: Model) -> dict[Side, Sole]:
    """Where the soles are before anything is solved: by the feet's markers, or by the joint angles."""
    if trial.markers is not None:
        return soles_of_markers(model, trial.markers)
    if trial.angles is None or len(trial.time_s) < _FEWEST_FRAMES:
        return {}
    return soles_of_motion(
        model, kinematics_of(model.coordinate_names, trial.time_s, coordinates_of(trial.angles, model))
    )


def check_feet(
    forces: Sequence[GroundForce], model: Model, soles: Mapping[Side, Sole], threshold_n: float
) -> list[Fault]:
    """Name plates on the wrong foot, forces far from any foot, and single steps on another plate than their own."""
    faults = list[Fault]()
    for force in forces:
        if foreign := _check_owner(force, model, soles, threshold_n):
            faults += foreign
            continue
        steps = find_steps(force, model, soles, threshold_n)
        faults += _check_plate(force, steps, model) or tell_moved_steps(force, steps)
    return faults


def _check_owner(force: GroundForce, model: Model, soles: Mapping[Side, Sole], threshold_n: float) -> list[Fault]:
    """A force on a body that is no foot, while its steps lie under the feet."""
    feet = {s: model.body_names[leg.foot] for s, leg in model.legs.items()}
    on_ground = {model.body_names[b] for leg in model.legs.values() for b in leg.segments["foot"]}
    if not force.body or force.body not in model.body_names or force.body in on_ground:
        return []
    steps = find_steps(replace(force, body=""), model, soles, threshold_n)
    under = [step.side for step in steps if step.side and step.gap_m and step.gap_m[step.side] < FAR_M]
    if len(under) <= 0.5 * len(steps):
        return []  # a pole in a hand, a harness
    expected, got = f"a force on {some([feet[s] for s in dict.fromkeys(under)])}", f"applied_to_body {force.body!r}"
    mend = "its centre of pressure lies under that foot: name the foot"
    return [error("force-foot", f"ground force {force.name!r}", expected, got, mend)]


def _check_plate(force: GroundForce, steps: Sequence[Step], model: Model) -> list[Fault]:
    """Faults of one plate as a whole."""
    known = [step for step in steps if step.gap_m]
    place = f"ground force {force.name!r}"
    if not known:
        return []
    aloft = sum(step.moved and step.side is None for step in known)
    if aloft > _MOST * len(known):
        expected, got = (
            f"a force under the foot of {force.body!r}",
            f"{aloft} of {len(known)} steps while it is in the air",
        )
        mend = "look at the times of both, at the signs of the joint angles, and at applied_to_body"
        return [error("force-foot", place, expected, got, mend)]
    moved = [step for step in known if step.moved and step.side]
    if len(moved) > _MOST * len(known):
        foot = next(model.body_names[model.legs[step.side].foot] for step in moved if step.side)
        expected, got = f"a force under the foot of {force.body!r}", f"one under the foot of leg {moved[0].side}"
        mend = f"say {foot} in applied_to_body of the external loads"
        return [error("force-foot", place, expected, got, mend)]
    owner = side_of(force, model)
    far = float(np.median([step.gap_m.get(owner, np.inf) if owner else min(step.gap_m.values()) for step in known]))
    expected, got = (
        f"a force under the foot of {force.body!r}" if owner else "a force under a foot",
        f"one {far:.2f} m from it",
    )
    if far > _FARTHEST_M:
        mend = "look at its axes and its unit: points in m, moments in N m"
        return [error("force-far", place, expected, got, mend)]
    if far > _OFF_M:
        return [warning("force-far", place, expected, got, "forces and motion may have other axes, origins or units")]
    return []


def settle_plates(inputs: Inputs, kinematics: Kinematics) -> tuple[Inputs, list[Fault]]:
    """Give every step of every plate to the foot that bears it, and tell of what was moved or left out.

    Parameters
    ----------
    inputs, kinematics
        The forces, and the solved motion that tells where the soles are.
    """
    if not inputs.trial.ground_forces:
        return inputs, []
    model, soles = inputs.model, soles_of_motion(inputs.model, kinematics)
    shared, faults = list[GroundForce](), list[Fault]()
    for force in inputs.trial.ground_forces:
        steps = find_steps(force, model, soles, inputs.parameters.force_threshold_n)
        shared += share_out(force, steps, model)
        told = _check_plate(force, steps, model) or tell_moved_steps(force, steps)
        faults += told or _tell_unused(force, steps, inputs, kinematics)
    return replace(inputs, trial=replace(inputs.trial, ground_forces=tuple(shared))), faults


def tell_moved_steps(force: GroundForce, steps: Sequence[Step]) -> list[Fault]:
    """Name the steps that another foot bears than the recording says, and those that no foot can be found for."""
    faults = list[Fault]()
    for step in steps:
        place = f"ground force {force.name!r}, {step.on_s:.3f}-{step.off_s:.3f} s"
        if step.moved:
            mend = "given to that foot" if step.side else "left out"
            got = f"one under the foot of leg {step.side}" if step.side else "one under no foot"
            faults.append(warning("force-step", place, f"a force under the foot of {force.body!r}", got, mend))
        elif step.side is None and np.isfinite(step.on_s + step.off_s):
            least = min(step.gap_m.values(), default=float("nan"))
            got = f"one {least:.2f} m from the nearest, or under both one after the other"
            faults.append(warning("force-step", place, "a force under one foot", got, "left out"))
    return faults


def _tell_unused(force: GroundForce, steps: Sequence[Step], inputs: Inputs, kinematics: Kinematics) -> list[Fault]:
    """Say of a force that was given why no event comes from it."""
    begin, end = kinematics.time_s[[0, -1]]
    used = any(step.side and (begin <= step.on_s <= end or begin <= step.off_s <= end) for step in steps)
    if used or (force.body in inputs.model.body_names and side_of(force, inputs.model) is None):
        return []
    threshold_n, inside = inputs.parameters.force_threshold_n, (force.time_s >= begin) & (force.time_s <= end)
    up = force.force_n[inside, 1]
    if not up.size:
        return []  # told as a force from another time
    if up.max() <= threshold_n:
        why = f"no more than {up.max():.3g} N"
    elif up.min() > threshold_n:
        why = f"no less than {up.min():.0f} N: it never leaves the ground"
    else:
        why = f"no contact of a foot with a begin or an end inside {begin:.3f} to {end:.3f} s"
    expected = f"a vertical force that passes {threshold_n:g} N"
    mend = "no toe-off or foot strike comes from this force"
    return [warning("force-unused", f"ground force {force.name!r}", expected, why, mend)]
