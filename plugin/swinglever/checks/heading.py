"""Turns a recording about the vertical where its body faces beyond the range in which the model's root may turn."""

from dataclasses import replace

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.checks.cloud import fit_cloud
from swinglever.records.faults import Fault, error
from swinglever.records.parameters import Parameters
from swinglever.records.trial import GroundForce, Trial

_ROOM_RAD = np.radians(20.0)
"""Pelvis and trunk, which tell the heading, turn by less against each other; and a solver needs room."""
_QUARTER_RAD = 0.5 * np.pi
_NUDGE_RAD = 1e-3


def face_range(trial: Trial, model: Model, parameters: Parameters, faults: list[Fault]) -> Trial:
    """Turn markers and forces by quarters about the vertical, so that the model's root can face as the body did.

    Parameters
    ----------
    trial, model, parameters
        The recording in the model's axes. A root that may turn all round needs nothing.
    faults
        What was done, or that no turn serves, is added.
    """
    root, markers = _heading_coordinate(model), trial.markers
    if root is None or markers is None or model.coordinates[root[0]].locked:
        return trial
    cloud, coordinate = fit_cloud(markers, model), model.coordinates[root[0]]
    if cloud is None or cloud.is_mirrored or cloud.direction(model.up) @ model.up < np.cos(np.pi / 4):
        return trial
    heading = root[1] * cloud.heading_rad
    low, high = np.percentile(heading, [2.0, 98.0])
    told, middle = (
        f"{np.degrees(low):.0f} to {np.degrees(high):.0f} deg",
        0.5 * (coordinate.minimum + coordinate.maximum),
    )
    if coordinate.minimum + _ROOM_RAD <= low and high <= coordinate.maximum - _ROOM_RAD:
        return trial
    quarters = round((middle - 0.5 * (low + high)) / _QUARTER_RAD)
    turn = quarters * _QUARTER_RAD
    expected = (
        f"a body that faces inside the range of {coordinate.name!r}, {np.degrees(coordinate.minimum):.0f} to "
        f"{np.degrees(coordinate.maximum):.0f} deg"
    )
    if low + turn < coordinate.minimum or high + turn > coordinate.maximum:
        mend = "widen the range in the model, or analyse a part with --start and --end"
        faults.append(error("heading", trial.place, expected, f"one that faces {told}", mend))
        return trial
    if not quarters % 4:
        return trial
    faults.append(
        Fault(
            code="heading",
            severity="mended",
            place=trial.place,
            expected=expected,
            got=f"one that faces {told}",
            mend=f"markers and forces turned by {90 * (quarters % 4)} deg about the vertical",
        )
    )
    about = _about_vertical(root[1] * turn)
    forces = tuple(_turned(force, about) for force in trial.ground_forces)
    return replace(trial, markers=replace(markers, position_m=markers.position_m @ about.T), ground_forces=forces)


def _heading_coordinate(model: Model) -> tuple[int, float] | None:
    """Coordinate of the root that turns the body about the vertical, and its sign; None where it may turn all round."""
    pelvis = next(iter(model.legs.values())).pelvis_body
    moves = (model.tree.body_ancestors @ model.tree.drives)[pelvis] > 0
    default = np.array([c.default for c in model.coordinates])
    for k in np.flatnonzero(moves):
        if not model.coordinates[k].turns or not model.coordinates[k].bounded:
            continue
        nudged = np.stack([default, default + _NUDGE_RAD * (np.arange(len(default)) == k)])
        before, after = model.place(nudged).body_rotation[:, pelvis]
        spin = after @ before.T
        rate = np.array([spin[2, 1] - spin[1, 2], spin[0, 2] - spin[2, 0], spin[1, 0] - spin[0, 1]]) / (
            2.0 * _NUDGE_RAD
        )
        if abs(rate @ model.up) > np.cos(np.pi / 4):
            return int(k), float(np.sign(rate @ model.up))
    return None


def _about_vertical(angle_rad: float) -> Array:
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])


def _turned(force: GroundForce, turn: Array) -> GroundForce:
    return replace(
        force, force_n=force.force_n @ turn.T, point_m=force.point_m @ turn.T, moment_nm=force.moment_nm @ turn.T
    )
