"""One function a tool of OpenSim's: what it finds and what we find of the same frames, and how long each takes."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from swinglever.anatomy.fibres.sampled import SampledCurves
from swinglever.anatomy.fibres.states import FibreStates, Muscles, fibre_states
from swinglever.anatomy.paths.geometry import evaluate_paths_at
from swinglever.arrays import Array
from swinglever.causes.induced import induced_accelerations
from swinglever.errors import InputError
from swinglever.motion.inverse_kinematics import fit_markers
from swinglever.motion.kinematics import OPENSIM_ACCURACY
from swinglever.motion.marker_distances import MarkersToFit, marker_cost
from swinglever.muscles.static_optimization import solve_activations
from swinglever.verification.sample import Sample

if TYPE_CHECKING:
    from swinglever.engines.opensim.analyses import MovingModel
    from swinglever.readers.storage import Storage

LEAST_ACTIVATION, RESERVE_NM, RESIDUAL = 0.01, 1.0, 1000.0
"""Assumptions of OpenSim's StaticOptimization that both sides then make: its lowest activation; our reserves."""

CYLINDERS = (
    "over one cylinder OpenSim's arm is not the derivative of its length (1 mm); over two it is up to 8 mm short"
)
BOUNDS = (
    "OpenSim stops at its accuracy and holds joints within their ranges; coordinate tasks are left out on both sides"
)
SPLINES = "two splines through the same angles; Simbody's velocity terms of joints that follow splines (a thousandth)"
OPTIMIZER = "OpenSim's optimizer stops early and leaves moments unmet, in single frames by much; moment arms, as above"
ARMS = "moment arms, as above"
"""Known reasons, each in docs/muscles.md with its size."""

Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One quantity that both computed.

    Parameters
    ----------
    tool, quantity, unit
        What was compared.
    difference
        Largest absolute difference over the frames.
    tolerance
        Up to which it passes.
    opensim_s, ours_s
        Processor time of both for these frames; OpenSim's with the start of its process.
    reason
        Why the two may differ, where a reason is known.
    """

    tool: str
    quantity: str
    unit: str
    difference: float
    tolerance: float
    opensim_s: float
    ours_s: float
    reason: str = ""

    @property
    def passes(self) -> bool:
        """Whether the difference is within the tolerance."""
        return bool(self.difference <= self.tolerance)


def compare_inverse_kinematics(sample: Sample) -> tuple[Row, ...]:
    """Markers to coordinates, both to convergence: no frame of ours may fit worse than OpenSim's."""
    from swinglever.engines.opensim.tools import solve_ik

    markers, tasks = sample.inputs.trial.markers, sample.inputs.trial.tasks
    if markers is None:
        raise InputError("the trial holds joint angles: there are no markers to fit")
    if sample.inputs.trial.poses is not None:
        raise InputError(
            "the trial holds segment poses: the markers made of them are not on the model that OpenSim reads"
        )
    weights_of = dict(tasks.marker_weights) if tasks is not None else {}
    sites = {site.name for site in sample.model.markers}
    names = [n for n in markers.names if n in sites and (not weights_of or weights_of.get(n, 0) > 0)]
    weights = [float(weights_of.get(n, 1.0)) for n in names]
    keep = (markers.time_s >= sample.window[0] - 1e-9) & (markers.time_s <= sample.window[1] + 1e-9)
    position = markers.position_m[keep][:, [markers.names.index(n) for n in names]]
    part = replace(markers, names=tuple(names), time_s=markers.time_s[keep], position_m=position)
    theirs, opensim_s = _timed(lambda: solve_ik(sample.model, part, weights, {}, OPENSIM_ACCURACY))
    asked = MarkersToFit(model=sample.model, names=names, position_m=position, weights=weights)
    fit, ours_s = _timed(lambda: fit_markers(asked))
    mine, other = (marker_cost(asked, q) for q in (fit.q, theirs))
    knees = [leg.knee for leg in sample.model.legs.values()]
    worse = float(np.max(np.sqrt(mine) / np.sqrt(other)) - 1)
    apart = float(np.degrees(np.abs(fit.q - theirs)[:, knees]).max())
    row = partial(Row, tool="InverseKinematics (1e-6)", opensim_s=opensim_s, ours_s=ours_s)
    return (
        row(quantity="marker error, ours over OpenSim's, less 1", unit="1", difference=worse, tolerance=1e-4),
        row(quantity="knee angles", unit="°", difference=apart, tolerance=0.1, reason=BOUNDS),
    )


def compare_inverse_dynamics(sample: Sample) -> tuple[Row, ...]:
    """Net moments of every free joint, with the ground forces."""
    from swinglever.engines.opensim.analyses import inverse_dynamics

    table, opensim_s = _timed(lambda: inverse_dynamics(_moving(sample)))
    mine, ours_s = _timed(lambda: sample.net_force)
    turning = [k for k in sample.free if sample.model.coordinates[k].turns]
    names = [sample.model.coordinate_names[k] for k in turning]
    theirs = np.stack([_at(table.time_s, table.column(f"{n}_moment"), sample.time_s) for n in names], axis=1)
    legs = [k for k, name in enumerate(names) if name in sample.leg_coordinates]
    apart = np.abs(theirs - mine[:, turning])
    size = float(np.abs(mine[:, turning][:, legs]).max())
    return (
        Row(
            tool="InverseDynamics",
            quantity="net moments at the legs",
            unit="of their peak",
            difference=float(apart[:, legs].max()) / size,
            tolerance=0.01,
            reason=SPLINES,
            opensim_s=opensim_s,
            ours_s=ours_s,
        ),
    )


def compare_muscle_analysis(sample: Sample) -> tuple[Row, ...]:
    """Lengths and moment arms of all muscles about the legs' joints."""
    from swinglever.engines.opensim.analyses import muscle_analysis

    muscles, coordinates = sample.model.require_muscles(), sample.leg_coordinates
    tables, opensim_s = _timed(lambda: muscle_analysis(sample.model, sample.time_s, sample.q, coordinates))
    paths, ours_s = _timed(lambda: evaluate_paths_at(muscles.paths, sample.model.tree, sample.q))
    names = list(muscles.paths.names)
    row = partial(Row, tool="MuscleAnalysis", unit="mm", opensim_s=opensim_s, ours_s=ours_s)
    apart = [
        np.abs(_columns(tables[name], names) - paths.moment_arm_m[:, :, sample.model.coordinate(name)]).max()
        for name in coordinates
    ]
    length = np.abs(_columns(tables["Length"], names) - paths.length_m).max(axis=0)
    several = np.array([len(path.wraps) > 1 for path in muscles.paths.paths])
    return (
        row(quantity="lengths, over one cylinder at most", difference=_most_mm(length[~several]), tolerance=0.01),
        row(quantity="lengths, over two", difference=_most_mm(length[several]), tolerance=8.0, reason=CYLINDERS),
        row(quantity="moment arms", difference=1e3 * float(max(apart)), tolerance=1.5, reason=CYLINDERS),
    )


def compare_static_optimization(sample: Sample) -> tuple[Row, ...]:
    """Activations of all muscles at equal assumptions.

    These are OpenSim's: no passive force, no activation below 0.01, the fibre's force for the tendon's where the muscle
    is Millard's; and the same reserves.
    """
    from swinglever.engines.opensim.analyses import static_optimization

    muscles = sample.model.require_muscles()
    names = list(sample.model.coordinate_names)
    reserves = {names[k]: RESERVE_NM if names[k] in sample.leg_coordinates else RESIDUAL for k in sample.free}
    optimal, net = np.array(list(reserves.values())), sample.net_force[:, sample.free]

    def gains() -> Array:
        states = evaluate_paths_at(muscles.paths, sample.model.tree, sample.q)
        fibres = fibre_states(muscles.muscles, states.length_m, states.lengthening_speed(sample.u))
        arms = states.moment_arm_m[:, :, sample.free] * _opensims_gain(muscles.muscles, fibres)[..., None]
        return np.swapaxes(arms, 1, 2)

    def ours() -> Array:
        return solve_activations(gains(), net, optimal, lowest=LEAST_ACTIVATION).activation

    def effort(activation: Array) -> Array:
        left = net - (gains() @ activation[..., None])[..., 0]
        return np.asarray((activation**2).sum(axis=1) + ((left / optimal) ** 2).sum(axis=1))

    (table, _), opensim_s = _timed(lambda: static_optimization(_moving(sample), reserves))
    mine, ours_s = _timed(ours)
    theirs = np.stack([_at(table.time_s, table.column(n), sample.time_s) for n in muscles.paths.names], axis=1)
    dearer = float((effort(mine) / effort(theirs)).max() - 1)
    apart = float(np.median(np.abs(theirs - mine).max(axis=1)))
    row = partial(Row, tool="StaticOptimization", unit="1", opensim_s=opensim_s, ours_s=ours_s, reason=OPTIMIZER)
    return (
        row(quantity="effort, moments met, ours over OpenSim's, less 1", difference=dearer, tolerance=1e-4),
        row(quantity="activations, largest a frame, median", difference=apart, tolerance=0.02),
    )


def compare_induced_accelerations(sample: Sample) -> tuple[Row, ...]:
    """Accelerations of knees and hips by one newton of every muscle, without contact."""
    from swinglever.engines.opensim.analyses import induced_accelerations as opensims

    paths = sample.model.require_muscles().paths
    watched = [
        sample.model.coordinate_names[k] for leg in sample.model.legs.values() for k in (leg.knee, leg.hip_flexion)
    ]
    tables, opensim_s = _timed(lambda: opensims(sample.model, sample.time_s, sample.q, watched))
    found, ours_s = _timed(lambda: induced_accelerations(sample.model, paths, sample.q, sample.free.tolist()))
    apart = 0.0
    for name in watched:
        mine = found.per_newton[:, :, found.coordinates.index(name)]
        apart = max(apart, float(np.abs(_columns(tables[name], found.muscles) - mine).max() / np.abs(mine).max()))
    return (
        Row(
            tool="InducedAccelerations",
            quantity="knees and hips by a newton of each muscle",
            unit="of the largest",
            difference=apart,
            tolerance=0.02,
            reason=ARMS,
            opensim_s=opensim_s,
            ours_s=ours_s,
        ),
    )


COMPARISONS: tuple[tuple[str, Callable[[Sample], tuple[Row, ...]]], ...] = (
    ("InverseKinematics", compare_inverse_kinematics),
    ("InverseDynamics", compare_inverse_dynamics),
    ("MuscleAnalysis", compare_muscle_analysis),
    ("StaticOptimization", compare_static_optimization),
    ("InducedAccelerations", compare_induced_accelerations),
)
"""The comparisons, in the order of an analysis."""


def _moving(sample: Sample) -> "MovingModel":
    from swinglever.engines.opensim.analyses import MovingModel, point_forces

    forces = point_forces(sample.inputs.trial.ground_forces, sample.model, sample.padded_s)
    return MovingModel(
        model=sample.model, time_s=sample.padded_s, q=sample.padded_q, forces=forces, window=sample.window
    )


def _opensims_gain(muscles: Muscles, fibres: FibreStates) -> Array:
    """Force (T,m) at full activation as OpenSim's tool takes it: Millard's without the cosine of its pennation."""
    gain = np.array(fibres.active_force_n)
    for members, curves in muscles.curves:
        if isinstance(curves, SampledCurves):
            gain[:, members] /= np.cos(fibres.pennation_rad[:, members])
    return gain


def _most_mm(length_m: Array) -> float:
    return 1e3 * float(length_m.max(initial=0.0))


def _columns(table: "Storage", names: Sequence[str]) -> Array:
    return np.asarray(table.values[:, [table.names.index(name) for name in names]])


def _at(time_s: Array, values: Array, wanted_s: Array) -> Array:
    """Values at the nearest of the times of a table, which are ours but for rounding."""
    right = np.clip(np.searchsorted(time_s, wanted_s), 1, len(time_s) - 1)
    nearest = np.where(wanted_s - time_s[right - 1] < time_s[right] - wanted_s, right - 1, right)
    return np.asarray(values[nearest])


def _timed(run: Callable[[], Found]) -> tuple[Found, float]:
    """Result of a call, and processor time of it and of its children."""
    begin = _processor_s()
    found = run()
    return found, _processor_s() - begin


def _processor_s() -> float:
    """Processor time of this process, and of its children that have ended, where the system counts that."""
    used = os.times()
    return time.process_time() + used.children_user + used.children_system
