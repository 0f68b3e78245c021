"""Muscles as causes: sources for the attribution, and cases for the ablation."""

from collections.abc import Callable, Mapping

import numpy as np

from swinglever.arrays import Array
from swinglever.causes.ablation import Removal
from swinglever.causes.attribution import Source
from swinglever.dynamics.limb import Dynamics
from swinglever.records.results import MuscleForces

UNEXPLAINED = "unexplained"
"""Source and group of the net joint moment that the muscles did not deliver."""
PASSIVE = "_passive"
"""Ending of the names of passive sources and groups."""


def muscle_sources(dynamics: Dynamics, forces: MuscleForces) -> list[Source]:
    """Give every muscle's active and passive force, and what they leave unexplained; together the net joint moments.

    A muscle's active force has the muscle's name and group; its passive force has both with ``_passive`` behind.
    """
    active = forces.generalised_force(forces.active_force_n)
    passive = forces.generalised_force(forces.passive_force_n)
    sources = []
    for k, (name, group) in enumerate(zip(forces.names, forces.groups, strict=True)):
        sources.append(Source(name=name, group=group, force=_spread(dynamics, active[:, k])))
        if np.any(forces.passive_force_n[:, k]):
            force = _spread(dynamics, passive[:, k])
            sources.append(Source(name=name + PASSIVE, group=group + PASSIVE, force=force))
    sources.append(Source(name=UNEXPLAINED, group=UNEXPLAINED, force=_spread(dynamics, forces.reserve_nm)))
    return sources


def _spread(dynamics: Dynamics, moment: Array) -> Array:
    """Moments (K, c) of the leg's coordinates as generalised forces (K, n) of the limb's."""
    force = np.zeros_like(dynamics.net_moment)
    force[:, list(dynamics.limb.leg.released)] = moment
    return force


Selection = Callable[[Dynamics, MuscleForces], list[int]]
"""Gives columns of a swing's muscles."""


def of_group(group: str) -> Selection:
    """Select the muscles of a group."""
    return lambda _, forces: forces.in_group(group)


def crossing_knee(dynamics: Dynamics, forces: MuscleForces) -> list[int]:
    """Select every muscle with a moment arm about the knee."""
    knee = dynamics.limb.leg.released.index(dynamics.limb.leg.knee)
    return [int(k) for k in np.flatnonzero(np.abs(forces.moment_arm_m[:, :, knee]).max(axis=0) > 1e-9)]


def muscle_cases(forces: Mapping[str, MuscleForces]) -> dict[str, Removal]:
    """Give the cases that muscle forces allow: one without each of some groups of muscles.

    Parameters
    ----------
    forces
        By the id of the swing.

    Notes
    -----
    A muscle that is taken away takes its passive force along. ``no_knee_crossing_muscles`` silences every muscle that
    crosses the knee, at the hip too; the reserve of the knee stays.
    """
    return {
        "no_hamstrings": _without(forces, of_group("hamstrings")),
        "no_knee_extensors": _without(forces, of_group("knee_extensors")),
        "no_hip_flexors": _without(forces, of_group("hip_flexors")),
        "no_knee_crossing_muscles": _without(forces, crossing_knee),
    }


def _without(forces: Mapping[str, MuscleForces], chosen: Selection) -> Removal:
    def remove(dynamics: Dynamics) -> Array:
        mine = forces[dynamics.events.id]
        taken = mine.generalised_force(mine.force_n)[:, chosen(dynamics, mine)]
        return _spread(dynamics, taken.sum(axis=1))

    return remove
