"""What pushed the leg: net joint moments, or every muscle's active and passive force, as sources of its motion."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.arrays import Array, check_shapes, freeze_fields, given_away
from swinglever.dynamics.limb import Dynamics
from swinglever.muscles.forces import LegForces

UNEXPLAINED = "unexplained"
"""Source and group of the net joint moment that the muscles did not deliver."""
PASSIVE = "_passive"
"""Ending of the names of passive sources and groups."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Causes (s) along the swings (S,K) of one leg.

    Parameters
    ----------
    names, groups
        (s) each source, and the group that it is summed up with.
    force
        (S,K,n,s) generalised force of each in the model's signs: of the limb's coordinates, or of the body's free ones.
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    force: Array

    def __post_init__(self) -> None:
        freeze_fields(self, "force")
        check_shapes(self, force=("S", "K", "n", len(self.names)))

    def and_then(self, other: "Sources") -> "Sources":
        """Give these sources and others behind them."""
        return Sources(
            names=self.names + other.names,
            groups=self.groups + other.groups,
            force=given_away(np.concatenate([self.force, other.force], axis=-1)),
        )


def moment_sources(dynamics: Dynamics) -> Sources:
    """Give the net joint moments of the leg as sources, one for each free coordinate."""
    limb = dynamics.limb
    force = np.zeros((*dynamics.net_moment.shape, len(limb.released)))
    columns = range(len(limb.released))
    force[..., limb.released, columns] = dynamics.released_moment
    return Sources(
        names=tuple(f"{name}_moment" for name in limb.released_names),
        groups=tuple(joint_group(dynamics, k) for k in limb.released),
        force=force,
    )


def joint_group(dynamics: Dynamics, coordinate: int) -> str:
    """Group of the net moment at one of the leg's coordinates."""
    leg = dynamics.limb.leg
    return "hip_moment" if coordinate in leg.hip else "knee_moment" if coordinate == leg.knee else "ankle_moment"


def muscle_sources(forces: LegForces) -> Sources:
    """Give every muscle's active and passive force, and what they leave unexplained; together the net joint moments."""
    dynamics, legs = forces.legs.dynamics, forces.legs
    arms = dynamics.at_released(legs.moment_arm_m)
    pulls = pull_sources(legs.names, legs.groups, (forces.active_force_n, forces.passive_force_n), arms)
    return pulls.and_then(unexplained(dynamics.at_released(forces.reserve_nm)))


def pull_sources(
    names: Sequence[str], groups: Sequence[str], tension_n: tuple[Array, Array], moment_arm_m: Array
) -> Sources:
    """Give muscles as sources, active and passive force apart.

    A muscle's active force has the muscle's name and group; its passive force has both with ``_passive`` behind.

    Parameters
    ----------
    names, groups
        (m) the muscles and their groups.
    tension_n
        Active and passive force (S,K,m) along the tendons.
    moment_arm_m
        (S,K,m,n).
    """
    arms = np.swapaxes(moment_arm_m, -1, -2)
    force = np.empty((*arms.shape, len(tension_n)))
    for kind, tension in enumerate(tension_n):
        np.multiply(tension[..., None, :], arms, out=force[..., kind])
    return Sources(
        names=tuple(name + kind for name in names for kind in ("", PASSIVE)),
        groups=tuple(group + kind for group in groups for kind in ("", PASSIVE)),
        force=given_away(force.reshape(*arms.shape[:-1], -1)),
    )


def unexplained(force: Array) -> Sources:
    """Give what is left (S,K,n) of the net force as a source."""
    return Sources(names=(UNEXPLAINED,), groups=(UNEXPLAINED,), force=force[..., None])
