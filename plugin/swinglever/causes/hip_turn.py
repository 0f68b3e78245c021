"""What a finding owes to the moment that turns the thigh about its own axis, which a recording hardly tells.

Hamstrings turn the hip as well as they bend the knee, so a net moment about the thigh's axis that no other muscle of
the model can make calls for them at full activation, whatever the knee does. Of all moments of the leg it is the least
known: it is small, and hangs on how the thigh turns, which skin hides (of all angles of gait this one repeats worst:
McGinley et al. 2009, *Gait & Posture* 29:360). So the least effort is found once more with this moment left open.
"""

from dataclasses import replace

import numpy as np

from swinglever.causes.bounds import Asked, sharings_until, tail_part
from swinglever.dynamics.limb import Dynamics
from swinglever.muscles.forces import LegForces
from swinglever.muscles.solvers.least_effort import least_for

_ALONG = 0.8
"""Cosine between a hip coordinate's axis and the thigh, from which on it turns the thigh about itself."""


def turning_column(dynamics: Dynamics) -> int | None:
    """Column, among the released coordinates, of the one that turns the thigh about its own axis; None without one."""
    limb, leg = dynamics.limb, dynamics.limb.leg
    placed = limb.model.place(dynamics.q)
    thigh = placed.body_position[..., leg.shank, :] - placed.body_position[..., leg.thigh, :]
    thigh = thigh / np.linalg.norm(thigh, axis=-1, keepdims=True)
    turns = np.swapaxes(placed.axes[..., :3], -1, -2) @ placed.tree.drives
    along = np.abs(thigh[..., None, :] @ turns)[..., 0, :].mean(axis=(0, 1))
    mine = [k for k in leg.hip if k in limb.released and k != leg.hip_flexion and along[k] >= _ALONG]
    return limb.released.index(max(mine, key=lambda k: along[k])) if mine else None


def new_parts_without_turn(least: LegForces, asked: Asked) -> tuple[float, ...] | None:
    """New part of a group in each swing (S), rad, by least effort that leaves the thigh's turning moment open.

    Parameters
    ----------
    least
        The muscle forces of the swings, with the least effort for all moments.
    asked
        Whose part, in which scope, until when.

    Returns
    -------
    tuple of float or None
        None where nothing turns the thigh about its axis.
    """
    dynamics = least.legs.dynamics
    column = turning_column(dynamics)
    if column is None:
        return None
    gain, target = least.legs.demand(least.passive_included)
    count = max(asked.samples) + 1
    gain, target = (np.delete(x[:, :count], column, axis=2) for x in (gain, target))
    activation = least_for(gain, target, dynamics.swings.inputs.parameters.reserve_optimal_nm)
    found = []
    for k, (sharing, sample) in enumerate(zip(sharings_until(least, asked), asked.samples, strict=True)):
        other = replace(sharing, activation=activation[k, : sample + 1])
        found.append(other.part_rad - tail_part(other, dynamics.time_s[k, : sample + 1] - dynamics.time_s[k, 0]))
    return tuple(found)
