"""How the segments of the swing leg moved, and how they would carry a straight leg: what metrics are computed from.

Everything is in the ground frame, in plain arrays, so that a metric needs neither a model nor an engine.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np

from swinglever.arrays import Array
from swinglever.records.fields import EXACT, described, described_fields, labels
from swinglever.records.record import Record

FINE = {
    "1": 2.0**-20,
    "m": 2.0**-22,
    "m/s": 2.0**-17,
    "m/s2": 2.0**-12,
    "rad/s": 2.0**-17,
    "rad/s2": 2.0**-12,
    "rad or m": 2.0**-20,
    "rad/s or m/s": 2.0**-17,
    "rad/s2 or m/s2": 2.0**-12,
    "N": 2.0**-8,
    "N m": 2.0**-10,
    "kg m2": 2.0**-20,
}
"""What result files round a motion to, by unit: metrics computed from it keep five digits, small differences too."""


@dataclass(frozen=True, kw_only=True)
class SwingMotion(Record):
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

    coordinate_names: Annotated[tuple[str, ...], labels("coordinate", "coordinate of pelvis and leg")]
    q: Annotated[
        Array, described("percent coordinate", "rad or m", "coordinate", step=FINE["rad or m"], together="derivative")
    ]
    u: Annotated[
        Array,
        described("percent coordinate", "rad/s or m/s", "speed", step=FINE["rad/s or m/s"], together="derivative"),
    ]
    udot: Annotated[
        Array,
        described(
            "percent coordinate", "rad/s2 or m/s2", "acceleration", step=FINE["rad/s2 or m/s2"], together="derivative"
        ),
    ]
    bodies: Annotated[tuple[str, ...], labels("body", "body of pelvis and leg")]
    parts: Annotated[
        tuple[str, ...],
        described("body", "", "part that it belongs to: pelvis, thigh, shank or foot", per="", kept_as="part"),
    ]
    mass_kg: Annotated[Array, described("body", "kg", "mass", step=EXACT, per="")]
    body_inertia_kg_m2: Annotated[
        Array,
        described("body axis body_axis", "kg m2", "about the own centre of mass, body axes", step=EXACT, per=""),
    ]
    position_m: Annotated[
        Array, described("percent body axis", "m", "origin of the body", step=FINE["m"], together="vector")
    ]
    rotation: Annotated[
        Array, described("percent body axis body_axis", "1", "from body axes to ground axes", step=FINE["1"])
    ]
    centre_m: Annotated[Array, described("percent body axis", "m", "centre of mass", step=FINE["m"], together="vector")]
    velocity_m_s: Annotated[
        Array,
        described("percent body axis", "m/s", "velocity of the centre of mass", step=FINE["m/s"], together="vector"),
    ]
    acceleration_m_s2: Annotated[
        Array,
        described(
            "percent body axis", "m/s2", "acceleration of the centre of mass", step=FINE["m/s2"], together="vector"
        ),
    ]
    angular_velocity_rad_s: Annotated[
        Array, described("percent body axis", "rad/s", "angular velocity", step=FINE["rad/s"], together="vector")
    ]
    angular_acceleration_rad_s2: Annotated[
        Array, described("percent body axis", "rad/s2", "angular acceleration", step=FINE["rad/s2"], together="vector")
    ]
    hip_m: Annotated[Array, described("percent axis", "m", "hip centre", step=FINE["m"], together="point")]
    knee_m: Annotated[Array, described("percent axis", "m", "knee centre", step=FINE["m"], together="point")]
    ankle_m: Annotated[Array, described("percent axis", "m", "ankle centre", step=FINE["m"], together="point")]
    heel_m: Annotated[Array, described("percent axis", "m", "heel", step=FINE["m"], together="point")]
    toes_m: Annotated[Array, described("percent axis", "m", "origin of the toes", step=FINE["m"], together="point")]
    knee_velocity_m_s: Annotated[
        Array, described("percent axis", "m/s", "velocity of the shank at the knee", step=FINE["m/s"], together="point")
    ]
    ankle_velocity_m_s: Annotated[
        Array,
        described("percent axis", "m/s", "velocity of the shank at the ankle", step=FINE["m/s"], together="point"),
    ]
    stance_hip_m: Annotated[
        Array, described("percent axis", "m", "hip centre of the other leg", step=FINE["m"], together="point")
    ]
    stance_knee_m: Annotated[
        Array, described("percent axis", "m", "knee centre of the other leg", step=FINE["m"], together="point")
    ]
    stance_ankle_m: Annotated[
        Array, described("percent axis", "m", "ankle centre of the other leg", step=FINE["m"], together="point")
    ]
    stance_heel_m: Annotated[
        Array, described("percent axis", "m", "heel of the other leg", step=FINE["m"], together="point")
    ]
    stance_toes_m: Annotated[
        Array, described("percent axis", "m", "origin of the toes of the other leg", step=FINE["m"], together="point")
    ]
    foot_force_n: Annotated[
        Array, described("percent axis", "N", "ground force on the swing foot", step=FINE["N"], together="point")
    ]
    foot_moment_nm: Annotated[
        Array,
        described(
            "percent axis", "N m", "its moment about the origin of the ground", step=FINE["N m"], together="point"
        ),
    ]
    straight_inertia_kg_m2: Annotated[
        Array, described("percent", "kg m2", "moment of inertia about the hip with a straight knee", step=FINE["kg m2"])
    ]
    forward: Annotated[Array, described("axis", "1", "horizontal direction of travel", step=EXACT, per="")]
    up: Annotated[Array, described("axis", "1", "against gravity", step=EXACT, per="")]
    gravity_m_s2: Annotated[float, described("", "m/s2", "magnitude of gravity", per="")]
    body_mass_kg: Annotated[float, described("", "kg", "mass of the whole body", per="")]
    stride_s: Annotated[
        float, described("", "s", "time from this toe-off to the leg's next, or since its last; nan without")
    ]
    pelvis_speed_m_s: Annotated[float, described("", "m/s", "mean forward speed of the pelvis over that stride")]

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


ARRAYS = tuple(f.name for f in described_fields(SwingMotion) if f.about.dimensions[:1] == ("percent",))
"""Fields of a `SwingMotion` that change along the swing, (K, ...)."""


def inertia_about(mass: Array, centre: Array, inertia: Array, point: Array, axis: Array) -> Array:
    """Moment of inertia (...) of bodies about an axis (3) through a point (..., 3), kg m2 (parallel axes)."""
    away = centre - point[..., None, :]
    lever_squared = (away**2).sum(-1) - (away @ axis) ** 2
    return np.asarray((axis @ inertia @ axis + mass * lever_squared).sum(-1))
