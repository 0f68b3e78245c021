"""Computes how the segments of pelvis and swing leg moved, from the model and its motion."""

from collections.abc import Sequence

import numpy as np

from swinglever.anatomy.model import Leg, Model
from swinglever.anatomy.multibody.spatial import cross
from swinglever.anatomy.multibody.tree import Configuration
from swinglever.arrays import Array
from swinglever.dynamics.limb import Dynamics, Limb, foot_wrench
from swinglever.motion.foot_path import travel_direction
from swinglever.readers.trial import GroundForce
from swinglever.records.parameters import Parameters
from swinglever.records.results import Kinematics
from swinglever.records.segments import SwingMotion, inertia_about


def compute_motion(
    model: Model,
    kinematics: Kinematics,
    dynamics: Sequence[Dynamics],
    forces: tuple[GroundForce, ...],
    parameters: Parameters,
) -> tuple[SwingMotion, ...]:
    """Compute how the segments moved along every swing.

    Parameters
    ----------
    model, kinematics
        The moving body.
    dynamics
        Its swings.
    forces, parameters
        Ground forces, and what counts as contact.
    """
    forward = travel_direction(model, model.place(kinematics.q))
    up = -model.gravity / np.linalg.norm(model.gravity)
    found: dict[str, SwingMotion] = {}
    for side in {d.events.side for d in dynamics}:
        mine = [d for d in dynamics if d.events.side == side]
        columns = _of_one_side(mine, forces, parameters, np.cross(forward, up))
        columns |= _stance(model, kinematics, mine)
        for k, (d, (begin_s, end_s)) in enumerate(zip(mine, _strides(mine), strict=True)):
            found[d.events.id] = SwingMotion(
                coordinate_names=d.limb.model.coordinate_names,
                q=d.q,
                u=d.u,
                udot=d.udot,
                bodies=d.limb.model.body_names,
                parts=_parts(d.limb),
                mass_kg=d.limb.model.masses.mass_kg,
                body_inertia_kg_m2=d.limb.model.masses.inertia_kg_m2,
                forward=forward,
                up=up,
                gravity_m_s2=float(np.linalg.norm(model.gravity)),
                body_mass_kg=model.mass_kg,
                stride_s=end_s - begin_s,
                pelvis_speed_m_s=_pelvis_speed(d.limb, kinematics, begin_s, end_s, forward),
                **{name: values[k] for name, values in columns.items()},
            )
    return tuple(found[d.events.id] for d in dynamics)


def _strides(swings: Sequence[Dynamics]) -> list[tuple[float, float]]:
    """Span of the stride that each swing of one side belongs to: to the next toe-off, else from the last; else nan.

    A gap that is much longer than the shortest one has a swing missing in it, and is no stride.
    """
    offs = np.array([d.events.toe_off_s for d in swings])
    order = np.argsort(offs)
    rising = offs[order]
    gaps = np.diff(rising)
    whole = gaps < 1.5 * gaps.min() if gaps.size else np.zeros(0, bool)
    spans = [(np.nan, np.nan)] * len(offs)
    for k, swing in enumerate(order):
        after, before = k < len(gaps) and whole[k], k > 0 and whole[k - 1]
        if after or before:
            first = k if after else k - 1
            spans[int(swing)] = (float(rising[first]), float(rising[first + 1]))
    return spans


def _pelvis_speed(limb: Limb, kinematics: Kinematics, begin_s: float, end_s: float, forward: Array) -> float:
    span = np.array([begin_s, end_s]) if np.isfinite(begin_s) else kinematics.time_s[[0, -1]]
    placed = limb.model.place(kinematics.at(span)[0][..., limb.coordinates])
    along = placed.body_position[:, limb.leg.pelvis_body] @ forward
    return float((along[1] - along[0]) / (span[1] - span[0]))


def _parts(limb: Limb) -> tuple[str, ...]:
    """Give the part of each body: what turns with the ankle is foot; a patella rides on the thigh, not on the shank."""
    leg, tree = limb.leg, limb.model.tree
    moves = (tree.body_ancestors @ tree.drives) > 0
    on_shank = tree.body_ancestors[:, tree.body_joint[leg.shank]] > 0
    parts = []
    for body in range(len(limb.model.body_names)):
        above = set(np.flatnonzero(moves[body]))
        if body == leg.pelvis_body or not above & set(leg.hip):
            parts.append("pelvis")
        elif body in (leg.ankle_body, leg.foot, leg.toes) or above & set(leg.distal):
            parts.append("foot")
        else:
            parts.append("shank" if on_shank[body] else "thigh")
    return tuple(parts)


def _of_one_side(
    swings: Sequence[Dynamics], forces: tuple[GroundForce, ...], parameters: Parameters, lateral: Array
) -> dict[str, Array]:
    """Arrays (swings, K, ...) of the swing leg."""
    limb, leg, masses = swings[0].limb, swings[0].limb.leg, swings[0].limb.model.masses
    q, u, udot = (np.stack([getattr(d, name) for d in swings]) for name in ("q", "u", "udot"))
    placed = limb.model.place(q)
    centre = placed.stations(np.arange(len(limb.model.body_names)), masses.centre_m)
    velocity, acceleration = placed.body_velocities(u), placed.body_accelerations(u, udot)
    linear = velocity[..., 3:] + cross(velocity[..., :3], centre)
    ankle = placed.body_position[..., leg.ankle_body, :]
    wrench = foot_wrench(limb, np.stack([d.time_s for d in swings]), forces, parameters)
    return {
        "position_m": placed.body_position,
        "rotation": placed.body_rotation,
        "centre_m": centre,
        "velocity_m_s": linear,
        "acceleration_m_s2": acceleration[..., 3:]
        + cross(acceleration[..., :3], centre)
        + cross(velocity[..., :3], linear),
        "angular_velocity_rad_s": velocity[..., :3],
        "angular_acceleration_rad_s2": acceleration[..., :3],
        "ankle_m": ankle,
        "knee_velocity_m_s": _velocity_at(velocity, leg.shank, placed.body_position[..., leg.shank, :]),
        "ankle_velocity_m_s": _velocity_at(velocity, leg.shank, ankle),
        "foot_force_n": wrench[..., 3:],
        "foot_moment_nm": wrench[..., :3],
        "straight_inertia_kg_m2": _straight_inertia(limb, q, lateral),
        **{f"{name}_m": values for name, values in _landmarks(leg, placed).items() if name != "ankle"},
    }


def _velocity_at(velocity: Array, body: int, point: Array) -> Array:
    return np.asarray(velocity[..., body, 3:] + cross(velocity[..., body, :3], point))


def _central_inertia(limb: Limb, placed: Configuration) -> Array:
    turn = placed.body_rotation
    return np.asarray(turn @ limb.model.masses.inertia_kg_m2 @ np.swapaxes(turn, -1, -2))


def _landmarks(leg: Leg, placed: Configuration) -> dict[str, Array]:
    """Joint centres, heel and toes: where the model has the origins of the bodies."""
    at = placed.body_position
    return {
        "hip": at[..., leg.thigh, :],
        "knee": at[..., leg.shank, :],
        "ankle": at[..., leg.ankle_body, :],
        "heel": at[..., leg.foot, :],
        "toes": at[..., leg.toes if leg.toes >= 0 else leg.foot, :],
    }


def _stance(model: Model, kinematics: Kinematics, swings: Sequence[Dynamics]) -> dict[str, Array]:
    """Landmarks (swings, K, 3) of the other leg."""
    time_s = np.stack([d.time_s for d in swings])
    other = model.legs.get("l" if swings[0].events.side == "r" else "r")
    if other is None:
        nothing = np.full((*time_s.shape, 3), np.nan)
        return {f"stance_{name}_m": nothing for name in ("hip", "knee", "ankle", "heel", "toes")}
    placed = model.place(kinematics.at(time_s)[0])
    return {f"stance_{name}_m": values for name, values in _landmarks(other, placed).items()}


def _straight_inertia(limb: Limb, q: Array, lateral: Array) -> Array:
    straight = q.copy()
    straight[..., limb.leg.knee] = 0.0
    placed = limb.model.place(straight)
    centre = placed.stations(np.arange(len(limb.model.body_names)), limb.model.masses.centre_m)
    legs = [k for k, part in enumerate(_parts(limb)) if part != "pelvis"]
    return inertia_about(
        limb.model.masses.mass_kg[legs],
        centre[..., legs, :],
        _central_inertia(limb, placed)[..., legs, :, :],
        placed.body_position[..., limb.leg.thigh, :],
        lateral,
    )
