"""What pulled: muscle forces along each swing, from the net joint moments, another solver, or a table."""

from collections.abc import Mapping, Sequence

import numpy as np

from swinglever.anatomy.fibres.states import elastic_energy
from swinglever.anatomy.groups import group_of
from swinglever.arrays import Array
from swinglever.errors import InputError
from swinglever.muscles.legs import LegMuscles
from swinglever.muscles.static_optimization import solve_activations
from swinglever.readers.storage import Storage
from swinglever.records.results import MuscleForces
from swinglever.signals import interpolate

STATIC_OPTIMIZATION = "static_optimization"
"""Name of the solver in results."""
RESERVE_OPTIMAL_NM = 1.0
"""A reserve of 1 N m costs as much as one muscle's full activation: dear, as OpenSim's users set it."""
RESERVE_SHARE = 0.1
"""A reserve whose peak is above this share of the joint moment's peak is flagged: OpenSim's documented practice."""


def solve_muscles(
    legs: Sequence[LegMuscles],
    *,
    passive: bool = True,
    reserve_optimal_nm: float = RESERVE_OPTIMAL_NM,
    wanted: Mapping[str, Array] | None = None,
    weight: Array | None = None,
    solver: str = STATIC_OPTIMIZATION,
) -> tuple[MuscleForces, ...]:
    """Find muscle forces by static optimization, all frames of all swings of a side at once.

    Parameters
    ----------
    legs
        The swings.
    passive
        Whether passive fibre forces make part of the moments; OpenSim's own StaticOptimization leaves them out.
    reserve_optimal_nm
        Reserve that costs as much as one full activation.
    wanted, weight
        Activations to stay near, (K, m) by the id of each swing, and what a squared distance from them costs, (m):
        for legs of one side. Nothing asks for least activations.
    solver
        What to call it in the record.
    """
    found: dict[str, MuscleForces] = {}
    for side in {leg.dynamics.events.side for leg in legs}:
        mine = [leg for leg in legs if leg.dynamics.events.side == side]
        near = np.concatenate([wanted[leg.dynamics.events.id] for leg in mine]) if wanted else None
        solution = solve_activations(*joint_demand(mine, passive), reserve_optimal_nm, wanted=near, weight=weight)
        cuts = np.cumsum([0, *(len(leg.speed_m_s) for leg in mine)])
        for leg, start, stop in zip(mine, cuts[:-1], cuts[1:], strict=True):
            activation = solution.activation[start:stop]
            found[leg.dynamics.events.id] = muscle_forces(
                leg,
                solver,
                activation=activation,
                active_force_n=activation * leg.fibres.active_force_n,
                passive_force_n=leg.fibres.passive_force_n * float(passive),
                passive_included=passive,
            )
    return tuple(found[leg.dynamics.events.id] for leg in legs)


def joint_demand(legs: Sequence[LegMuscles], passive: bool) -> tuple[Array, Array]:
    """Moments of each muscle at full activation (T, c, m), and those that activation has to make (T, c)."""
    arms = np.concatenate([leg.paths.moment_arm_m for leg in legs])
    strength = np.concatenate([leg.fibres.active_force_n for leg in legs])
    target = np.concatenate([leg.net_moment_nm for leg in legs])
    if passive:
        resting = np.concatenate([leg.fibres.passive_force_n for leg in legs])
        target = target - (resting[:, None, :] @ arms)[:, 0]
    return np.swapaxes(arms * strength[..., None], 1, 2), target


def muscles_from_table(
    legs: Sequence[LegMuscles], table: Storage, *, solver: str = "file", passive: bool = True
) -> tuple[MuscleForces, ...]:
    """Take muscle forces from outside (CMC, MocoInverse, EMG-driven): columns of forces along the tendon, N.

    Parameters
    ----------
    legs
        The swings.
    table
        The forces; labels may be absolute (``/forceset/semimem_r``).
    solver
        What found them, for the record.
    passive
        Whether the forces contain passive ones.

    Raises
    ------
    InputError
        When the table lacks muscles of the swing leg, or does not reach over a swing.

    Notes
    -----
    The passive part is what the fibres would bear with a rigid tendon, as far as the given force reaches; the rest is
    active.
    """
    return tuple(_from_table(leg, table, solver, passive) for leg in legs)


def _from_table(leg: LegMuscles, table: Storage, solver: str, passive_included: bool) -> MuscleForces:
    names, time_s = leg.paths.names, leg.dynamics.time_s
    columns = {label.split("/")[-1]: k for k, label in enumerate(table.names)}
    missing = [n for n in names if n not in columns]
    if missing:
        raise InputError(
            f"expected a column for each of the {len(names)} muscles of the swing leg in '{table.path}', it lacks "
            f"{len(missing)}, such as {missing[:3]}; it has {len(columns)} columns, such as {list(columns)[:3]}: "
            "name the columns as the model does, or leave out --forces"
        )
    if time_s[0] < table.time_s[0] - 1e-6 or time_s[-1] > table.time_s[-1] + 1e-6:
        raise InputError(
            f"expected muscle forces over the whole swing {leg.dynamics.events.id}, {time_s[0]:.3f} to "
            f"{time_s[-1]:.3f} s; '{table.path}' has {table.time_s[0]:.3f} to {table.time_s[-1]:.3f} s: choose a part "
            "of the trial with --start and --end"
        )
    force = interpolate(time_s, table.time_s, table.values[:, [columns[n] for n in names]])
    passive = np.clip(leg.fibres.passive_force_n, 0.0, np.maximum(force, 0.0)) * passive_included
    capacity = leg.fibres.active_force_n
    active = force - passive
    activation = np.divide(active, capacity, out=np.full_like(active, np.nan), where=capacity > 1e-6)
    return muscle_forces(
        leg,
        solver,
        activation=activation,
        active_force_n=active,
        passive_force_n=passive,
        passive_included=passive_included,
    )


def muscle_forces(
    leg: LegMuscles,
    solver: str,
    *,
    activation: Array,
    active_force_n: Array,
    passive_force_n: Array,
    passive_included: bool,
) -> MuscleForces:
    """Put together the record of one swing; what the forces leave of the net moments is the reserve."""
    force = active_force_n + passive_force_n
    reserve = leg.net_moment_nm - (force[:, None, :] @ leg.paths.moment_arm_m)[:, 0]
    model, energy = leg.dynamics.limb.model, elastic_energy(leg.muscles, leg.fibres, force)
    coordinates = tuple(model.coordinate_names[k] for k in leg.released)
    too_large = np.abs(reserve).max(axis=0) > RESERVE_SHARE * np.abs(leg.net_moment_nm).max(axis=0)
    return MuscleForces(
        solver=solver,
        passive_included=passive_included,
        names=leg.paths.names,
        groups=tuple(group_of(name) for name in leg.paths.names),
        coordinate_names=coordinates,
        activation=activation,
        force_n=force,
        active_force_n=active_force_n,
        passive_force_n=passive_force_n,
        length_m=leg.paths.length_m,
        lengthening_speed_m_s=leg.speed_m_s,
        fibre_length_m=leg.fibres.fibre_length_m,
        fibre_velocity_m_s=leg.fibres.fibre_velocity_m_s,
        power_w=-force * leg.speed_m_s,
        # A fibre whose passive force was left out stores nothing either.
        passive_fibre_energy_j=np.where(leg.fibres.passive_force_n.any(axis=0), energy.passive_fibre_j, 0.0),
        tendon_energy_j=energy.tendon_j,
        moment_arm_m=leg.paths.moment_arm_m,
        reserve_nm=reserve,
        reserve_flags=tuple(name for name, flag in zip(coordinates, too_large, strict=True) if flag),
    )
