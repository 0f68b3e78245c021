"""How the joints moved: coordinates, speeds and accelerations of a trial, filtered, as curves and as samples."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.errors import InputError, named
from swinglever.motion.inputs import Inputs
from swinglever.motion.inverse_kinematics import MarkerFit, fit_markers, fit_markers_near
from swinglever.motion.marker_distances import CoordinateTarget, MarkersToFit, marker_cost, marker_error
from swinglever.records.kinematics import Kinematics
from swinglever.records.parameters import Parameters
from swinglever.records.trial import Angles, Markers, Trial
from swinglever.signals import interpolate, low_pass, resample_evenly, smooth_curve

OPENSIM_ACCURACY = 1e-6
"""Accuracy asked of OpenSim's own solver: its usual 1e-4 is off by degrees."""

NEAR_BOUND_RAD = np.radians(1.0)
"""Nearer to the end of its range than this, a solver that keeps ranges has most likely held a coordinate there."""


_HELD_SHARE = 0.1
"""A runner does not face the end of a range for longer by chance."""


def solve_kinematics(inputs: Inputs) -> Kinematics:
    """Turn a trial into the motion of a model's joints.

    Parameters
    ----------
    inputs
        Markers (inverse kinematics) or joint angles (taken as they are), the model that moves, and the choices of
        filter, engine and tolerance.

    Raises
    ------
    InputError
        When the model's root cannot turn as the body did.
    """
    trial, model, parameters = inputs.trial, inputs.model, inputs.parameters
    if trial.markers is not None:
        task = _task(inputs, trial.markers)
        if parameters.ik_engine == "opensim":
            fit = _fit_with_opensim(model, task)
        else:
            fit = fit_markers(task.asked_of(model), parameters.ik_tolerance)
        return _of_fit(inputs, task, fit)
    assert trial.angles is not None
    window = _window(trial.time_s, parameters)
    time_s, q = trial.time_s[window], coordinates_of(trial.angles, model)[window]
    return _filtered(inputs, time_s, q, np.full((len(time_s), 1), np.nan), [])


def solve_kinematics_near(varied: Sequence[Inputs], near: Kinematics) -> tuple[Kinematics, ...]:
    """Do so for variations of one recording, whose motion is known to be close: markers are fitted together from there.

    Raises
    ------
    InputError
        When the root of one of the models cannot turn as the body did.
    """
    if varied[0].trial.markers is None or varied[0].parameters.ik_engine == "opensim":
        return tuple(map(solve_kinematics, varied))
    tasks = [_task(inputs, markers) for inputs in varied if (markers := inputs.trial.markers) is not None]
    asked = [task.asked_of(inputs.model) for inputs, task in zip(varied, tasks, strict=True)]
    start = near.at(tasks[0].markers.time_s)[0]
    fits = fit_markers_near(asked, [start] * len(asked), varied[0].parameters.ik_tolerance)
    return tuple(_of_fit(*each) for each in zip(varied, tasks, fits, strict=True))


def _filtered(inputs: Inputs, time_s: Array, q: Array, error: Array, warnings: list[str]) -> Kinematics:
    """Even and smooth coordinates from those of every frame, and what there is to tell of them."""
    model, parameters = inputs.model, inputs.parameters
    even, q = resample_evenly(time_s, q)
    rate = (len(even) - 1) / (even[-1] - even[0])
    smooth = low_pass(q, rate, parameters.filter_hz)
    if len(even) != len(time_s):
        error = interpolate(even, time_s, error)
        warnings.append(f"times were uneven; resampled to {rate:.1f} Hz")
    seen = np.isfinite(error).any(axis=1)
    rms, worst = np.full(len(even), np.nan), np.full(len(even), np.nan)
    rms[seen] = np.sqrt(np.nanmean(error[seen] ** 2, axis=1))
    worst[seen] = np.nanmax(error[seen], axis=1)
    warnings += _warn_of_bounds(model, q)
    return replace(
        kinematics_of(model.coordinate_names, even, smooth),
        marker_rms_m=rms,
        marker_max_m=worst,
        filter_hz=parameters.filter_hz,
        ik_engine="none" if inputs.trial.markers is None else parameters.ik_engine,
        warnings=tuple(warnings),
    )


def kinematics_of(coordinate_names: Sequence[str], time_s: Array, q: Array) -> Kinematics:
    """Take smooth coordinates q (T,n) at even times (T) as they are; speeds and accelerations are their spline's."""
    curve, blank = smooth_curve(time_s, q), np.full(len(time_s), np.nan)
    return Kinematics(
        coordinate_names=tuple(coordinate_names),
        time_s=time_s,
        q=q,
        u=curve(time_s, 1),
        udot=curve(time_s, 2),
        marker_rms_m=blank,
        marker_max_m=blank,
        filter_hz=np.inf,
        ik_engine="none",
    )


@dataclass(frozen=True, kw_only=True)
class MarkerTask:
    """What inverse kinematics is asked: markers (m) over the frames to solve, their weights, coordinates to pull."""

    markers: Markers
    weights: list[float]
    targets: tuple[CoordinateTarget, ...]
    warnings: list[str]

    def asked_of(self, model: Model) -> MarkersToFit:
        """Ask it of a model."""
        return MarkersToFit(
            model=model,
            names=self.markers.names,
            position_m=self.markers.position_m,
            weights=self.weights,
            targets=self.targets,
        )


def marker_task(trial: Trial, markers: Markers, model: Model, window: slice = slice(None)) -> MarkerTask:
    """Choose the markers that trial, model and setup share, in a part of the trial."""
    names, weights, warnings = _choose_markers(trial, markers, model)
    position = markers.position_m[window][:, [markers.names.index(n) for n in names]]
    chosen = replace(markers, time_s=markers.time_s[window], names=tuple(names), position_m=position)
    targets = _coordinate_targets(trial, model, len(position))
    return MarkerTask(markers=chosen, weights=weights, targets=targets, warnings=warnings)


def _task(inputs: Inputs, markers: Markers) -> MarkerTask:
    """The part of the trial that is to be analysed."""
    return marker_task(inputs.trial, markers, inputs.model, _window(inputs.trial.time_s, inputs.parameters))


def _of_fit(inputs: Inputs, task: MarkerTask, fit: MarkerFit) -> Kinematics:
    """The motion that inverse kinematics found."""
    _refuse_held_root(inputs.trial, inputs.model, fit.q)
    time_s, warnings = task.markers.time_s, list(task.warnings)
    if not fit.converged.all():
        count = int((~fit.converged).sum())
        warnings.append(f"inverse kinematics did not converge in {count} of {len(time_s)} frames")
    return _filtered(inputs, time_s, fit.q, fit.error_m, warnings)


def _fit_with_opensim(model: Model, task: MarkerTask) -> MarkerFit:
    """Let OpenSim's tool solve, and measure its solution as ours is measured."""
    from swinglever.engines.opensim.tools import solve_ik

    pulled = {model.coordinates[t.index].name: (t.weight, t.value) for t in task.targets}
    q = solve_ik(model, task.markers, task.weights, pulled, OPENSIM_ACCURACY)
    asked = task.asked_of(model)
    return MarkerFit(q=q, error_m=marker_error(asked, q), cost=marker_cost(asked, q), converged=np.ones(len(q), bool))


def _choose_markers(trial: Trial, markers: Markers, model: Model) -> tuple[list[str], list[float], list[str]]:
    """Give the markers that trial, model and setup share, their weights, and what was left out."""
    on_model = {site.name for site in model.markers}
    weight_of = trial.tasks.marker_weights if trial.tasks is not None else dict.fromkeys(on_model, 1.0)
    names = [n for n in markers.names if n in on_model and weight_of.get(n, 0.0) > 0]
    warnings = []
    absent = sorted(n for n in weight_of if n not in markers.names and weight_of[n] > 0)
    if absent:
        warnings.append(f"markers that the setup or model names but the trial lacks: {named(absent)}")
    unused = sorted(n for n in markers.names if n not in names)
    if unused:
        warnings.append(f"markers of the trial that are not used: {named(unused)}")
    return names, [float(weight_of[n]) for n in names], warnings


def _coordinate_targets(trial: Trial, model: Model, n_frames: int) -> tuple[CoordinateTarget, ...]:
    if trial.tasks is None:
        return ()
    targets = []
    for task in trial.tasks.coordinate_tasks:
        if task.name not in model.coordinate_names or task.source == "from_file":
            continue
        index = model.coordinate_names.index(task.name)
        value = task.value if task.source == "manual_value" else model.coordinates[index].default
        targets.append(CoordinateTarget(index=index, weight=task.weight, value=np.full(n_frames, value)))
    return tuple(targets)


def coordinates_of(angles: Angles, model: Model) -> Array:
    """Coordinates (T,n) of the model, rad and m; one that the trial lacks is locked and keeps its default."""
    columns, blank = angles.columns(), np.ones(len(angles.time_s))
    return np.stack([columns.get(c.name, c.default * blank) for c in model.coordinates], axis=1)


def _refuse_held_root(trial: Trial, model: Model, q: Array) -> None:
    """Refuse a motion in which the model cannot face as the body did: every joint would make up for it.

    Raises
    ------
    InputError
        Naming the coordinate of the root, and its range.
    """
    root = int(np.argmax(model.tree.body_joint >= 0))
    moves_root = (model.tree.body_ancestors @ model.tree.drives)[root] > 0
    for k in np.flatnonzero(moves_root):
        c = model.coordinates[k]
        held = (q[:, k] > c.maximum - NEAR_BOUND_RAD) | (q[:, k] < c.minimum + NEAR_BOUND_RAD)
        if c.turns and c.bounded and not c.locked and held.mean() > _HELD_SHARE:
            low, high = np.degrees([c.minimum, c.maximum])
            raise InputError(
                f"{trial.place}: expected a body that faces inside the range of {c.name!r}, {low:.0f} to {high:.0f} "
                f"deg, got one at its end in {np.count_nonzero(held)} of {len(q)} frames; widen the range in the model"
            )


def _warn_of_bounds(model: Model, q: Array) -> list[str]:
    """Name the knees and hips that were held at an end of their range."""
    warnings = []
    for leg in model.legs.values():
        for k in (leg.knee, *leg.hip):
            c = model.coordinates[k]
            if not c.clamped or c.locked:
                continue
            for bound, held in (
                (c.maximum, q[:, k] > c.maximum - NEAR_BOUND_RAD),
                (c.minimum, q[:, k] < c.minimum + NEAR_BOUND_RAD),
            ):
                if held.any():
                    bent = k == leg.knee and bound * leg.knee_sign > np.radians(45.0)
                    mend = "solve again with --knee-range 160" if bent else "widen its range in the model"
                    warnings.append(
                        f"{c.name} is within 1 deg of the end of its range ({np.degrees(bound):.0f} deg) in "
                        f"{int(held.sum())} of {len(q)} frames; other joints are pulled out of place there: {mend}"
                    )
    return warnings


def _window(time_s: Array, parameters: Parameters) -> slice:
    """Frames of the part that is to be analysed."""
    start = time_s[0] if parameters.start_s is None else parameters.start_s
    end = time_s[-1] if parameters.end_s is None else parameters.end_s
    first, last = np.searchsorted(time_s, [start - 1e-9, end + 1e-9])
    return slice(int(first), int(last))
