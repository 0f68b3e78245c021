"""What a finding owes to the moment that turns the thigh about its own axis, which a recording hardly tells.

Hamstrings turn the hip as well as they bend the knee, so a net moment about the thigh's axis that no other muscle of
the model can make calls for them at full activation, whatever the knee does. Of all moments of the leg it is the least
known: it is small, and hangs on how the thigh turns, which skin hides (of all angles of gait this one repeats worst:
McGinley et al. 2009, *Gait & Posture* 29:360). So the least effort is found once more with this moment left open.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from swinglever.causes.bounds import Asked, new_part, sharings_together
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


def new_parts_without_turn(
    analyses: Sequence[LegForces], asked: Sequence[Asked]
) -> tuple[tuple[float, ...], ...] | None:
    """New part of a group in each swing (S), rad, by least effort that leaves the thigh's turning moment open.

    Parameters
    ----------
    analyses
        The muscle forces of a leg's swings in each of several analyses, with the least effort for all moments.
    asked
        Whose part, in which scope, until when.

    Returns
    -------
    tuple of tuple of float or None
        Of each analysis; None where nothing turns the thigh about its axis.
    """
    column = turning_column(analyses[0].legs.dynamics)
    if column is None:
        return None
    count = max(sample for each in asked for sample in each.samples) + 1
    demands = zip(*(least.legs.demand(least.passive_included) for least in analyses), strict=True)
    gain, target = (np.delete(np.concatenate(x)[:, :count], column, axis=2) for x in demands)
    reserve_nm = analyses[0].legs.dynamics.swings.inputs.parameters.reserve_optimal_nm
    activation = iter(least_for(gain, target, reserve_nm))
    return tuple(
        tuple(
            new_part(replace(sharing, activation=next(activation)[: len(sharing.activation)]), time_s)
            for sharing, time_s in zip(sharings, least.legs.dynamics.time_s, strict=True)
        )
        for sharings, least in zip(sharings_together(analyses, asked), analyses, strict=True)
    )
