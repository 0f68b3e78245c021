"""Computes how the segments of pelvis and swing leg moved, from the model and its motion."""

import numpy as np

from swinglever.anatomy.limb import Limb
from swinglever.anatomy.model import Leg
from swinglever.anatomy.multibody.configuration import Configuration
from swinglever.anatomy.multibody.spatial import cross
from swinglever.arrays import Array
from swinglever.dynamics.limb import Dynamics
from swinglever.motion.foot_path import travel_of
from swinglever.motion.leg_swings import LegSwings
from swinglever.records.segments import SwingMotion, inertia_about

_A_SWING_MISSING = 1.5
"""A gap between toe-offs that is longer than the shortest by this factor has a swing missing in it."""


def compute_motion(dynamics: Dynamics) -> tuple[SwingMotion, ...]:
    """Compute how the segments moved along every swing of one leg."""
    swings, limb = dynamics.swings, dynamics.limb
    model, kinematics = swings.inputs.model, swings.kinematics
    travel = travel_of(model, kinematics)
    forward = np.array([travel.over(span) for span in swings.time_s[:, [0, -1]]])
    up = model.up
    columns = _leg_arrays(dynamics, np.cross(forward, up)) | _stance_arrays(swings)
    strides = _strides(swings)
    speeds = _pelvis_speeds(swings, strides, forward)
    return tuple(
        SwingMotion(
            coordinate_names=limb.model.coordinate_names,
            bodies=limb.model.body_names,
            parts=_parts(limb),
            mass_kg=limb.model.masses.mass_kg,
            body_inertia_kg_m2=limb.model.masses.inertia_kg_m2,
            forward=forward[k],
            up=up,
            gravity_m_s2=float(np.linalg.norm(model.gravity)),
            body_mass_kg=model.mass_kg,
            stride_s=float(strides[k, 1] - strides[k, 0]),
            pelvis_speed_m_s=float(speeds[k]),
            **{name: values[k] for name, values in columns.items()},
        )
        for k in range(len(swings.events))
    )


def _strides(swings: LegSwings) -> Array:
    """Span (S,2) of the stride that each swing belongs to: to the next toe-off, else from the last; else nan."""
    offs, rising = swings.time_s[:, 0], np.sort(swings.toe_offs_of_all_s)
    gaps = np.diff(rising)
    whole = gaps < _A_SWING_MISSING * gaps.min() if gaps.size else np.zeros(0, bool)
    spans = np.full((len(offs), 2), np.nan)
    for swing, k in enumerate(np.searchsorted(rising, offs)):
        after, before = k < len(gaps) and whole[k], k > 0 and whole[k - 1]
        if after or before:
            first = k if after else k - 1
            spans[swing] = rising[first : first + 2]
    return spans


def _pelvis_speeds(swings: LegSwings, strides: Array, forward: Array) -> Array:
    """Mean forward speed (S) of the pelvis over each stride, over the recording where there is none."""
    kinematics, limb = swings.kinematics, swings.limb
    spans = np.where(np.isfinite(strides), strides, kinematics.time_s[[0, -1]])
    placed = limb.model.place(kinematics.at(spans)[0][..., limb.coordinates])
    along = (placed.body_position[..., limb.leg.pelvis_body, :] * forward[:, None]).sum(axis=-1)
    return np.asarray((along[:, 1] - along[:, 0]) / (spans[:, 1] - spans[:, 0]))


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
        elif body in leg.segments["foot"] or above & set(leg.distal):
            parts.append("foot")
        else:
            parts.append("shank" if on_shank[body] else "thigh")
    return tuple(parts)


def _leg_arrays(dynamics: Dynamics, lateral: Array) -> dict[str, Array]:
    """Arrays (S,K, ...) of the swing leg, with the axis (S,3) to the right."""
    limb, leg, masses = dynamics.limb, dynamics.limb.leg, dynamics.limb.model.masses
    q, u, udot = dynamics.q, dynamics.u, dynamics.udot
    placed = limb.model.place(q)
    centre = placed.stations(np.arange(len(limb.model.body_names)), masses.centre_m)
    velocity, acceleration = placed.body_velocities(u), placed.body_accelerations(u, udot)
    linear = velocity[..., 3:] + cross(velocity[..., :3], centre)
    ankle = placed.body_position[..., leg.ankle_body, :]
    wrench = dynamics.foot_wrench
    return {
        "q": q,
        "u": u,
        "udot": udot,
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
        "straight_inertia_kg_m2": np.stack([_straight_inertia(limb, *own) for own in zip(q, lateral, strict=True)]),
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


def _stance_arrays(swings: LegSwings) -> dict[str, Array]:
    """Landmarks (S,K,3) of the other leg."""
    model = swings.inputs.model
    other = model.legs.get("l" if swings.side == "r" else "r")
    if other is None:
        nothing = np.full((*swings.time_s.shape, 3), np.nan)
        return {f"stance_{name}_m": nothing for name in ("hip", "knee", "ankle", "heel", "toes")}
    placed = model.place(swings.q)
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
