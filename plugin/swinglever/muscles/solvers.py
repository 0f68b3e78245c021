"""Who finds the muscle forces: static optimization, OpenSim's own, or a file; and what the user should know of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.dynamics.limb import Dynamics
from swinglever.emg.envelopes import EmgSignals
from swinglever.errors import EngineError, SwingleverError, UnknownNameError
from swinglever.muscles.emg_informed import EmgDrive, record_emg, solve_with_emg
from swinglever.muscles.legs import LegMuscles, leave_out_overstretched, prepare_muscles
from swinglever.muscles.solve import STATIC_OPTIMIZATION, muscles_from_table, solve_muscles
from swinglever.readers.storage import Storage
from swinglever.records.emg import LARGEST_MISFIT, EmgRecord
from swinglever.records.parameters import Parameters
from swinglever.records.results import Kinematics, MuscleForces
from swinglever.records.trial import GroundForce

MuscleSolver = Callable[[Sequence[LegMuscles]], Sequence[MuscleForces]]
"""Gives the forces of each swing's muscles, in the same order."""
BUILT_IN = (STATIC_OPTIMIZATION, "opensim", "none")
STEP_S, PAD_S = 0.01, 0.1
"""Step at which OpenSim solves, which takes about half a second each; and how far its splines reach beyond a swing."""


@dataclass(frozen=True, kw_only=True)
class FoundMuscles:
    """Muscle forces and EMG of the swings, by their id, where there are any; and what the user should know."""

    forces: Mapping[str, MuscleForces] = field(default_factory=dict)
    emg: Mapping[str, EmgRecord] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def find_muscles(
    model: Model,
    kinematics: Kinematics,
    dynamics: Sequence[Dynamics],
    parameters: Parameters,
    forces: Storage | None = None,
    ground_forces: Sequence[GroundForce] = (),
    solvers: Mapping[str, MuscleSolver] | None = None,
    emg: EmgSignals | None = None,
) -> FoundMuscles:
    """Find the muscle forces of every swing, by its id; nothing where there are no muscles to solve for.

    Parameters
    ----------
    model, kinematics, dynamics, parameters
        The swings; ``parameters.muscle_solver`` says who solves.
    forces
        A table of forces from outside, which goes before any solver.
    ground_forces
        For OpenSim's own solver, which solves the whole body.
    solvers
        Further solvers by name.
    emg
        EMG, which informs static optimization and is only shown beside any other solver's forces.

    Raises
    ------
    ModelError, InputError
        When forces from a file were asked for and model or file cannot give them.
    """
    if parameters.muscle_solver == "none" and forces is None:
        return FoundMuscles(emg=_records(emg, dynamics, {}, parameters))
    if model.musculature is None and forces is None:
        warnings = (f"no muscle forces: {model.no_muscles}",)
        return FoundMuscles(emg=_records(emg, dynamics, {}, parameters), warnings=warnings)
    legs, doubts = leave_out_overstretched(prepare_muscles(model, kinematics, dynamics))
    if not parameters.passive_force:
        doubts = []
    drives: Mapping[str, EmgDrive] = {}
    if forces is not None:
        found = muscles_from_table(legs, forces)
    elif parameters.muscle_solver == "opensim":
        found = _with_opensim(model, kinematics, legs, parameters, ground_forces)
    elif parameters.muscle_solver != STATIC_OPTIMIZATION:
        found = _solve_with(parameters.muscle_solver, solvers or {}, legs)
    elif emg is not None:
        found, drives = solve_with_emg(legs, emg, parameters)
    else:
        found = solve_muscles(legs, passive=parameters.passive_force, reserve_optimal_nm=parameters.reserve_optimal_nm)
    by_id = {leg.dynamics.events.id: f for leg, f in zip(legs, found, strict=True)}
    names = {leg.dynamics.events.id: leg.paths.names for leg in legs}
    records = _records(emg, dynamics, drives, parameters, names, by_id)
    return FoundMuscles(
        forces=by_id,
        emg=records,
        warnings=(*doubts, *_warn_of_reserves(by_id), *_warn_of_contradiction(records)),
    )


def _records(
    emg: EmgSignals | None,
    dynamics: Sequence[Dynamics],
    drives: Mapping[str, EmgDrive],
    parameters: Parameters,
    muscles: Mapping[str, Sequence[str]] | None = None,
    forces: Mapping[str, MuscleForces] | None = None,
) -> dict[str, EmgRecord]:
    """What EMG tells of each swing that it reaches over."""
    if emg is None:
        return {}
    names = muscles or {}
    found = {
        d.events.id: record_emg(
            emg,
            d.events,
            d.time_s,
            names.get(d.events.id, ()),
            drives.get(d.events.side),
            parameters.emg_on_share,
            (forces or {}).get(d.events.id),
        )
        for d in dynamics
    }
    return {swing: record for swing, record in found.items() if record is not None}


def _other_solver(name: str, solvers: Mapping[str, MuscleSolver]) -> MuscleSolver:
    if name not in solvers:
        known = sorted({*solvers, *BUILT_IN})
        raise UnknownNameError(f"there is no muscle solver {name!r}; there are {known}")
    return solvers[name]


def _solve_with(name: str, solvers: Mapping[str, MuscleSolver], legs: Sequence[LegMuscles]) -> tuple[MuscleForces, ...]:
    """Let a plugin solve, and look at what it gives."""
    solve = _other_solver(name, solvers)
    try:
        found = tuple(solve(legs))
    except SwingleverError:
        raise
    except Exception as error:
        raise EngineError(f"the muscle solver {name!r} failed: {type(error).__name__}: {error}") from error
    kinds = sorted({type(f).__name__ for f in found})
    if len(found) != len(legs) or kinds != ["MuscleForces"]:
        raise EngineError(
            f"expected MuscleForces of {len(legs)} swings from the muscle solver {name!r}, got {len(found)} {kinds}"
        )
    return found


def _warn_of_reserves(forces: dict[str, MuscleForces]) -> list[str]:
    """One line that tells at which coordinates reserves are large, and in how many swings."""
    large: dict[str, int] = {}
    for found in forces.values():
        for coordinate in found.reserve_flags:
            large[coordinate] = large.get(coordinate, 0) + 1
    if not large:
        return []
    told = ", ".join(f"{coordinate} in {count}" for coordinate, count in large.items())
    return [f"muscles fall short (reserve's peak above a tenth of the net moment's) of {len(forces)} swings: {told}"]


def _warn_of_contradiction(records: Mapping[str, EmgRecord]) -> list[str]:
    """One line for every channel that the joint moments contradict, with the swings."""
    told: dict[str, list[str]] = {}
    worst: dict[str, float] = {}
    for swing, record in records.items():
        for name in record.contradicted():
            told.setdefault(name, []).append(swing)
            worst[name] = max(worst.get(name, 0.0), float(record.misfit[record.names.index(name)]))
    if not told:
        return []
    each = ", ".join(
        f"{name} by {worst[name]:.2f} ({len(swings)} of {len(records)} swings)" for name, swings in told.items()
    )
    return [
        f"the joint moments contradict EMG, RMS of activation found less activation asked for above {LARGEST_MISFIT:g} "
        f"or gain at its bound: {each}; look at the channels' names, their timing and artefacts"
    ]


def _with_opensim(
    model: Model,
    kinematics: Kinematics,
    legs: Sequence[LegMuscles],
    parameters: Parameters,
    ground_forces: Sequence[GroundForce],
) -> tuple[MuscleForces, ...]:
    """Solve swing by swing with OpenSim's StaticOptimization, which leaves passive forces out."""
    return tuple(
        muscles_from_table(
            [leg],
            _static_optimization(model, kinematics, leg, parameters, ground_forces),
            solver="opensim",
            passive=False,
        )[0]
        for leg in legs
    )


def _static_optimization(
    model: Model,
    kinematics: Kinematics,
    leg: LegMuscles,
    parameters: Parameters,
    ground_forces: Sequence[GroundForce],
) -> Storage:
    from swinglever.engines.opensim.analyses import OTHER_OPTIMAL, PointForce, static_optimization

    time_s = leg.dynamics.time_s
    first, last = max(time_s[0] - PAD_S, kinematics.time_s[0]), min(time_s[-1] + PAD_S, kinematics.time_s[-1])
    samples = np.linspace(first, last, int(np.ceil((last - first) / STEP_S)) + 1)
    mine = {leg.dynamics.limb.model.coordinate_names[k] for k in leg.released}
    reserves = {
        c.name: parameters.reserve_optimal_nm if c.name in mine else OTHER_OPTIMAL
        for c in model.coordinates
        if not c.locked
    }
    forces = []
    for force in ground_forces:
        push, point, moment = (np.nan_to_num(x) for x in force.at(samples))
        if force.body in model.body_names and push.any():
            forces.append(PointForce(body=force.body, force_n=push, point_m=point, moment_nm=moment))
    around = (
        float(samples[np.searchsorted(samples, time_s[0], side="right") - 1]),
        float(samples[np.searchsorted(samples, time_s[-1])]),
    )
    return static_optimization(
        model, samples, kinematics.at(samples)[0], reserves, window=around, forces=forces, only=leg.paths.names
    )[1]
