"""Muscle forces from outside: computed muscle control, MocoInverse, EMG-driven models."""

from collections.abc import Sequence

import numpy as np

from swinglever.arrays import Array
from swinglever.errors import InputError, named
from swinglever.motion.leg_swings import LegSwings
from swinglever.muscles.choice import FILE
from swinglever.muscles.forces import LegForces
from swinglever.muscles.legs import LegMuscles
from swinglever.readers.storage import Storage
from swinglever.signals import interpolate

_WEAK_N = 1e-6
"""A muscle that pulls with less at full activation, 0.1 mg, has no activation that could be told."""
_SAME_TIME_S = 1e-6
"""Times of tables are written to the microsecond."""


def solve_from_table(legs: LegMuscles) -> LegForces:
    """Take muscle forces from the table that came with the inputs: along the tendon, N, a column a muscle.

    Labels may be absolute (``/forceset/semimem_r``).

    Raises
    ------
    InputError
        When there is no table, or it lacks muscles of the swing leg, or does not reach over a swing.
    """
    table = legs.dynamics.swings.inputs.forces
    if table is None:
        raise InputError("expected a table of muscle forces, got none; give one with --forces")
    _demand_times(legs.dynamics.swings, table)
    return forces_of_tension(legs, read_tension(table, legs.names, legs.dynamics.time_s), FILE)


def forces_of_tension(legs: LegMuscles, force_n: Array, solver: str, *, passive: bool = True) -> LegForces:
    """Split forces that are known as a whole into their active and passive part.

    Parameters
    ----------
    legs
        The muscles.
    force_n
        (S,K,m) along the tendon.
    solver
        What found them, for the record.
    passive
        Whether the forces contain passive ones.

    Notes
    -----
    The passive part is what the fibres would bear with a rigid tendon, as far as the given force reaches; the rest is
    active.
    """
    resting = np.clip(legs.passive_force_n, 0.0, np.maximum(force_n, 0.0)) * passive
    capacity, active = legs.fibres.active_force_n, force_n - resting
    return LegForces(
        legs=legs,
        solver=solver,
        activation=np.divide(active, capacity, out=np.full_like(active, np.nan), where=capacity > _WEAK_N),
        active_force_n=active,
        passive_force_n=resting,
        passive_included=passive,
    )


def read_tension(table: Storage, muscles: Sequence[str], time_s: Array) -> Array:
    """Read the forces (..., m) of some muscles at some times (...).

    Raises
    ------
    InputError
        When the table lacks muscles.
    """
    columns = {label.split("/")[-1]: k for k, label in enumerate(table.names)}
    missing = [name for name in muscles if name not in columns]
    if missing:
        raise InputError(
            f"expected a column for each of the {len(muscles)} muscles of the swing leg in '{table.path}', it lacks "
            f"{len(missing)}, such as {named(missing, 3)}; it has {len(columns)} columns, such as {named(columns, 3)}: "
            "name the columns as the model does, or leave out --forces"
        )
    return interpolate(time_s, table.time_s, table.values[:, [columns[name] for name in muscles]])


def _demand_times(swings: LegSwings, table: Storage) -> None:
    first, last = table.time_s[0] - _SAME_TIME_S, table.time_s[-1] + _SAME_TIME_S
    for swing in swings.events:
        if swing.toe_off_s < first or swing.foot_strike_s > last:
            raise InputError(
                f"expected muscle forces over the whole swing {swing.id}, {swing.toe_off_s:.3f} to "
                f"{swing.foot_strike_s:.3f} s; '{table.path}' has {table.time_s[0]:.3f} to {table.time_s[-1]:.3f} s: "
                "choose a part of the trial with --start and --end"
            )
