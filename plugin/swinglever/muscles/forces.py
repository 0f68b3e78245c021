"""What pulled: the one muscle solution of the swings of a leg, which every scope, replay and band goes by."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from swinglever.anatomy.fibres.states import elastic_energy
from swinglever.arrays import Array, check_shapes, freeze_fields
from swinglever.muscles.drive import EmgDrive
from swinglever.muscles.legs import LegMuscles
from swinglever.records.muscle_forces import MuscleForces

RESERVE_SHARE = 0.1
"""A reserve whose peak is above this share of the joint moment's peak is flagged: OpenSim's documented practice."""


@dataclass(frozen=True, kw_only=True)
class LegForces:
    """The muscle forces of one leg along its swings; what they leave of the net moments is the reserve.

    Parameters
    ----------
    legs
        The muscles (m) and their swings (S,K).
    solver
        What found the forces.
    activation
        (S,K,m) 0 to 1; more where forces from outside ask for it, nan where the muscle could not pull at all.
    active_force_n, passive_force_n
        (S,K,m) along the tendon.
    passive_included
        Whether passive fibre forces take part in making the joint moments.
    drive
        What EMG asked of the muscles, where it took part.
    """

    legs: LegMuscles
    solver: str
    activation: Array
    active_force_n: Array
    passive_force_n: Array
    passive_included: bool = True
    drive: EmgDrive | None = None

    def __post_init__(self) -> None:
        names = ("activation", "active_force_n", "passive_force_n")
        freeze_fields(self, *names)
        shape = (*self.legs.dynamics.time_s.shape, len(self.legs.names))
        check_shapes(self, **dict.fromkeys(names, shape))

    @property
    def force_n(self) -> Array:
        """(S,K,m) active and passive force together."""
        return np.asarray(self.active_force_n + self.passive_force_n)

    @cached_property
    def reserve_nm(self) -> Array:
        """(S,K,c) net joint moment that the muscles did not deliver."""
        return np.asarray(self.legs.net_moment_nm - self.legs.moments(self.force_n))

    def records(self) -> tuple[MuscleForces, ...]:
        """Give the record of each swing."""
        legs, force, reserve = self.legs, self.force_n, self.reserve_nm
        energy = elastic_energy(legs.musculature.muscles, legs.fibres, force)
        coordinates = legs.dynamics.limb.released_names
        too_large = np.abs(reserve).max(axis=1) > RESERVE_SHARE * np.abs(legs.net_moment_nm).max(axis=1)
        # A fibre whose passive force was left out stores nothing either.
        stored = legs.passive_share * energy.passive_fibre_j
        return tuple(
            MuscleForces(
                solver=self.solver,
                passive_included=self.passive_included,
                names=legs.names,
                groups=legs.groups,
                coordinate_names=coordinates,
                activation=self.activation[k],
                force_n=force[k],
                active_force_n=self.active_force_n[k],
                passive_force_n=self.passive_force_n[k],
                length_m=legs.length_m[k],
                lengthening_speed_m_s=legs.speed_m_s[k],
                fibre_length_m=legs.fibres.fibre_length_m[k],
                fibre_velocity_m_s=legs.fibres.fibre_velocity_m_s[k],
                power_w=-force[k] * legs.speed_m_s[k],
                passive_fibre_energy_j=stored[k],
                tendon_energy_j=energy.tendon_j[k],
                moment_arm_m=legs.moment_arm_m[k],
                reserve_nm=reserve[k],
                reserve_flags=tuple(np.array(coordinates)[too_large[k]].tolist()),
            )
            for k in range(len(force))
        )


def forces_of_activation(
    legs: LegMuscles, solver: str, activation: Array, *, passive: bool = True, drive: EmgDrive | None = None
) -> LegForces:
    """Give the forces that activations make, with rigid tendons.

    Parameters
    ----------
    legs
        The muscles.
    solver
        What found the activations, for the record.
    activation
        (S,K,m).
    passive
        Whether passive fibre forces take part.
    drive
        What EMG asked for, where it took part.
    """
    return LegForces(
        legs=legs,
        solver=solver,
        activation=activation,
        active_force_n=activation * legs.fibres.active_force_n,
        passive_force_n=legs.passive_force_n * float(passive),
        passive_included=passive,
        drive=drive,
    )
