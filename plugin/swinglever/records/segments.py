"""How the segments of the swing leg moved, and how they would carry a straight leg: what metrics are computed from.

Everything is in the ground frame, in plain arrays, so that a metric needs neither a model nor an engine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from swinglever.arrays import Array, check_shapes, freeze_fields

PARTS = ("pelvis", "thigh", "shank", "foot")


@dataclass(frozen=True, kw_only=True)
class SwingMotion:
    """Pelvis and swing leg along one swing, ground frame, SI.

    Parameters
    ----------
    coordinate_names
        (n) coordinates of pelvis and leg, the model's own names, order and signs.
    q, u, udot
        (K,n).
    bodies, parts
        (b) each body, and the part that it belongs to: ``pelvis``, ``thigh``, ``shank`` or ``foot``.
    mass_kg
        (b).
    body_inertia_kg_m2
        (b,3,3) about the body's own centre of mass, in body axes.
    position_m, rotation
        (K,b,3) origin; (K,b,3,3) turns body axes into ground axes.
    centre_m, velocity_m_s, acceleration_m_s2
        (K,b,3) of the centre of mass.
    angular_velocity_rad_s, angular_acceleration_rad_s2
        (K,b,3).
    hip_m, knee_m, ankle_m, heel_m, toes_m
        (K,3) centres of the swing leg's joints; origins of the foot (the heel, in OpenSim's models) and of the toes.
    knee_velocity_m_s, ankle_velocity_m_s
        (K,3) velocity of the shank at its knee and at its ankle.
    stance_hip_m, stance_knee_m, stance_ankle_m, stance_heel_m, stance_toes_m
        (K,3) of the other leg; nan where the model has one leg only.
    foot_force_n, foot_moment_nm
        (K,3) ground force on the swing foot, and its moment about the ground's origin.
    straight_inertia_kg_m2
        (K) the leg's moment of inertia about the hip had the knee been straight, everything else as it was.
    forward, up
        (3) horizontal direction of travel; against gravity.
    gravity_m_s2, body_mass_kg
        Magnitude; mass of the whole body.
    stride_s
        Time from this leg's toe-off to its next, or since its last where the recording ends; nan where neither is.
    pelvis_speed_m_s
        Mean forward speed of the pelvis in the ground frame over that stride, over the recording where there is none.
    """

    coordinate_names: tuple[str, ...]
    q: Array
    u: Array
    udot: Array
    bodies: tuple[str, ...]
    parts: tuple[str, ...]
    mass_kg: Array
    body_inertia_kg_m2: Array
    position_m: Array
    rotation: Array
    centre_m: Array
    velocity_m_s: Array
    acceleration_m_s2: Array
    angular_velocity_rad_s: Array
    angular_acceleration_rad_s2: Array
    hip_m: Array
    knee_m: Array
    ankle_m: Array
    heel_m: Array
    toes_m: Array
    knee_velocity_m_s: Array
    ankle_velocity_m_s: Array
    stance_hip_m: Array
    stance_knee_m: Array
    stance_ankle_m: Array
    stance_heel_m: Array
    stance_toes_m: Array
    foot_force_n: Array
    foot_moment_nm: Array
    straight_inertia_kg_m2: Array
    forward: Array
    up: Array
    gravity_m_s2: float
    body_mass_kg: float
    stride_s: float
    pelvis_speed_m_s: float

    def __post_init__(self) -> None:
        freeze_fields(self, *ARRAYS, "mass_kg", "body_inertia_kg_m2", "forward", "up")
        n, b = len(self.coordinate_names), len(self.bodies)
        tails: dict[str, tuple[int, ...]] = {"n": (n,), "b3": (b, 3), "b33": (b, 3, 3), "3": (3,), "": ()}
        shapes: dict[str, Sequence[int | str]] = {n: ("K", *tails[kind]) for n, (kind, _, _) in ARRAYS.items()}
        check_shapes(self, **shapes)
        check_shapes(self, mass_kg=(b,), body_inertia_kg_m2=(b, 3, 3), forward=(3,), up=(3,))

    @property
    def lateral(self) -> Array:
        """(3) unit axis about which the leg swings: to the right of the direction of travel."""
        return np.cross(self.forward, self.up)

    @cached_property
    def inertia_kg_m2(self) -> Array:
        """(K,b,3,3) about the body's own centre of mass, in ground axes."""
        return np.asarray(self.rotation @ self.body_inertia_kg_m2 @ np.swapaxes(self.rotation, -1, -2))

    def of(self, *parts: str) -> list[int]:
        """Indices of the bodies of some parts."""
        return [k for k, part in enumerate(self.parts) if part in parts]


_BODY, _POINT = "b3", "3"
ARRAYS = {
    "q": ("n", "rad or m", "coordinate"),
    "u": ("n", "rad/s or m/s", "speed"),
    "udot": ("n", "rad/s2 or m/s2", "acceleration"),
    "position_m": (_BODY, "m", "origin of the body"),
    "rotation": ("b33", "1", "from body axes to ground axes"),
    "centre_m": (_BODY, "m", "centre of mass"),
    "velocity_m_s": (_BODY, "m/s", "velocity of the centre of mass"),
    "acceleration_m_s2": (_BODY, "m/s2", "acceleration of the centre of mass"),
    "angular_velocity_rad_s": (_BODY, "rad/s", "angular velocity"),
    "angular_acceleration_rad_s2": (_BODY, "rad/s2", "angular acceleration"),
    "hip_m": (_POINT, "m", "hip centre"),
    "knee_m": (_POINT, "m", "knee centre"),
    "ankle_m": (_POINT, "m", "ankle centre"),
    "heel_m": (_POINT, "m", "heel"),
    "toes_m": (_POINT, "m", "origin of the toes"),
    "knee_velocity_m_s": (_POINT, "m/s", "velocity of the shank at the knee"),
    "ankle_velocity_m_s": (_POINT, "m/s", "velocity of the shank at the ankle"),
    "stance_hip_m": (_POINT, "m", "hip centre of the other leg"),
    "stance_knee_m": (_POINT, "m", "knee centre of the other leg"),
    "stance_ankle_m": (_POINT, "m", "ankle centre of the other leg"),
    "stance_heel_m": (_POINT, "m", "heel of the other leg"),
    "stance_toes_m": (_POINT, "m", "origin of the toes of the other leg"),
    "foot_force_n": (_POINT, "N", "ground force on the swing foot"),
    "foot_moment_nm": (_POINT, "N m", "its moment about the origin of the ground"),
    "straight_inertia_kg_m2": ("", "kg m2", "moment of inertia about the hip with a straight knee"),
}
"""Arrays (K, ...) of a `SwingMotion`: shape after K, unit, what it is."""


def inertia_about(mass: Array, centre: Array, inertia: Array, point: Array, axis: Array) -> Array:
    """Moment of inertia (...) of bodies about an axis (3) through a point (..., 3), kg m2 (parallel axes)."""
    away = centre - point[..., None, :]
    lever_squared = (away**2).sum(-1) - (away @ axis) ** 2
    return np.asarray((axis @ inertia @ axis + mass * lever_squared).sum(-1))
