"""Muscles of the swing leg."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from swinglever.arrays import Array
from swinglever.errors import UnknownNameError, named
from swinglever.records.fields import EXACT, described, labels
from swinglever.records.record import Record


@dataclass(frozen=True, kw_only=True)
class MuscleForces(Record):
    """Muscles of the swing leg along one swing.

    Attributes
    ----------
    solver
        What found the forces.
    passive_included
        Whether passive fibre forces took part in making the joint moments.
    names, groups
        Muscles (m) and their groups.
    coordinate_names
        Free coordinates of the leg (c).
    activation
        0 to 1, shape (K, m).
    force_n, active_force_n, passive_force_n
        Along the tendon, (K, m); the first is the sum of the others.
    length_m, lengthening_speed_m_s
        Of the path from origin to insertion, (K, m).
    fibre_length_m, fibre_velocity_m_s
        With a rigid tendon, (K, m).
    power_w
        Power that the muscle gives to the skeleton, positive while it shortens, (K, m).
    passive_fibre_energy_j, tendon_energy_j
        Stored elastic energy, (K, m).
    moment_arm_m
        -dL/dq, the model's signs, (K, m, c).
    reserve_nm
        Net joint moment that the muscles did not deliver, (K, c).
    reserve_flags
        Coordinates whose reserve's peak is above a tenth of the joint moment's peak.
    """

    solver: Annotated[str, described("", "", "what found the forces", per="")]
    passive_included: Annotated[
        bool, described("", "1", "passive fibre forces took part in making the moments", per="")
    ]
    names: Annotated[tuple[str, ...], labels("muscle", "muscle of the swing leg")]
    groups: Annotated[tuple[str, ...], described("muscle", "", "group of the muscle", per="", kept_as="group")]
    coordinate_names: Annotated[tuple[str, ...], labels("coordinate", "free coordinate of the leg")]
    activation: Annotated[Array, described("percent muscle", "1", "activation, 0 to 1")]
    force_n: Annotated[Array, described("percent muscle", "N", "force along the tendon, active and passive")]
    active_force_n: Annotated[Array, described("percent muscle", "N", "active force along the tendon")]
    passive_force_n: Annotated[Array, described("percent muscle", "N", "passive fibre force along the tendon")]
    length_m: Annotated[Array, described("percent muscle", "m", "length of the path from origin to insertion")]
    lengthening_speed_m_s: Annotated[Array, described("percent muscle", "m/s", "lengthening speed of the path")]
    fibre_length_m: Annotated[Array, described("percent muscle", "m", "fibre length, rigid tendon")]
    fibre_velocity_m_s: Annotated[Array, described("percent muscle", "m/s", "fibre lengthening speed, rigid tendon")]
    power_w: Annotated[
        Array, described("percent muscle", "W", "power given to the skeleton, positive while shortening")
    ]
    passive_fibre_energy_j: Annotated[Array, described("percent muscle", "J", "energy in the passive fibres")]
    tendon_energy_j: Annotated[Array, described("percent muscle", "J", "energy in the tendon at its force")]
    moment_arm_m: Annotated[
        Array, described("percent muscle coordinate", "m", "moment arm, -dL/dq, the model's own signs")
    ]
    reserve_nm: Annotated[
        Array, described("percent coordinate", "N m", "net joint moment that the muscles did not deliver", step=EXACT)
    ]
    reserve_flags: Annotated[
        tuple[str, ...], described("", "", "coordinates whose reserve peaks above a tenth of their moment's peak")
    ]

    def of(self, muscle: str) -> int:
        """Column of a muscle.

        Raises
        ------
        UnknownNameError
            Saying which there are.
        """
        if muscle not in self.names:
            raise UnknownNameError(f"there is no muscle {muscle!r} in the swing leg; there are {named(self.names)}")
        return self.names.index(muscle)

    def in_group(self, group: str) -> list[int]:
        """Columns of the muscles of a group."""
        return [k for k, name in enumerate(self.groups) if name == group]

    def generalised_force(self, force_n: Array) -> Array:
        """Moments (K, m, c) of forces (K, m) along the tendons."""
        return np.asarray(force_n[..., None] * self.moment_arm_m)
