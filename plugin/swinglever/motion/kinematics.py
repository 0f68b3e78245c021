"""How the joints moved: coordinates, speeds and accelerations of a trial, filtered, as curves and as samples."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.errors import InputError
from swinglever.motion.inverse_kinematics import CoordinateTarget, MarkerFit, fit_markers, marker_cost, marker_error
from swinglever.readers.markers import Markers
from swinglever.readers.storage import Storage
from swinglever.readers.trial import Trial
from swinglever.records.parameters import Parameters
from swinglever.records.results import Kinematics
from swinglever.signals import interpolate, low_pass, resample_evenly, smooth_curve

OPENSIM_ACCURACY = 1e-6
"""Accuracy asked of OpenSim's own solver: its usual 1e-4 is off by degrees."""

_NEAR_BOUND_RAD = np.radians(1.0)


def solve_kinematics(trial: Trial, model: Model, parameters: Parameters) -> Kinematics:
    """Turn a trial into the motion of a model's joints.

    Parameters
    ----------
    trial
        Markers (inverse kinematics) or coordinates (taken as they are).
    model
        The model that moves.
    parameters
        Filter, engine and tolerance.

    Raises
    ------
    InputError
        When markers or coordinates do not fit the model, or are too few or too slow for the filter.
    """
    if trial.markers is not None:
        time_s, q, error, warnings = _from_markers(trial, trial.markers, model, parameters)
        engine = parameters.ik_engine
    elif trial.coordinates is not None:
        time_s, q, warnings = _from_coordinates(trial.coordinates, model, parameters)
        error, engine = np.full((len(time_s), 1), np.nan), "none"
    else:
        raise InputError(f"expected markers or coordinates in '{trial.path}', got neither")
    if len(time_s) < 20:
        raise InputError(f"expected at least 20 frames in '{trial.path}', got {len(time_s)}")
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
        ik_engine=engine,
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


def _from_markers(
    trial: Trial, markers: Markers, model: Model, parameters: Parameters
) -> tuple[Array, Array, Array, list[str]]:
    names, weights, warnings = _choose_markers(trial, markers, model)
    window = _window(markers.time_s, parameters, str(trial.path))
    position = markers.position_m[window][:, [markers.names.index(n) for n in names]]
    chosen = replace(markers, time_s=markers.time_s[window], names=tuple(names), position_m=position)
    targets = _coordinate_targets(trial, model, chosen.time_s)
    if parameters.ik_engine == "opensim":
        fit = _fit_with_opensim(model, chosen, weights, targets)
    else:
        fit = fit_markers(model, names, position, weights, targets, parameters.ik_tolerance)
    if not fit.converged.all():
        count = int((~fit.converged).sum())
        warnings.append(f"inverse kinematics did not converge in {count} of {len(chosen.time_s)} frames")
    return chosen.time_s, fit.q, fit.error_m, warnings


def _fit_with_opensim(
    model: Model, markers: Markers, weights: list[float], targets: tuple[CoordinateTarget, ...]
) -> MarkerFit:
    """Let OpenSim's tool solve, and measure its solution as ours is measured."""
    from swinglever.engines.opensim.tools import solve_ik

    tasks = {model.coordinates[t.index].name: (t.weight, t.value) for t in targets}
    q = solve_ik(model, markers, weights, tasks, OPENSIM_ACCURACY)
    return MarkerFit(
        q=q,
        error_m=marker_error(model, markers.names, markers.position_m, q),
        cost=marker_cost(model, markers.names, markers.position_m, weights, targets, q),
        converged=np.ones(len(q), bool),
    )


def _choose_markers(trial: Trial, markers: Markers, model: Model) -> tuple[list[str], list[float], list[str]]:
    """Give the markers that trial, model and setup share, their weights, and what was left out."""
    on_model = {site.name for site in model.markers}
    weight_of = trial.setup.marker_weights if trial.setup is not None else dict.fromkeys(on_model, 1.0)
    names = [n for n in markers.names if n in on_model and weight_of.get(n, 0.0) > 0]
    if not on_model:
        raise InputError(
            f"expected markers on the model '{model.name}', it has none; add a marker set to it, or scale it with one"
        )
    if len(names) < 3:
        raise InputError(
            f"expected markers of the model in '{trial.path}', {len(names)} of its {len(markers.names)} fit; the "
            f"file has {_some(markers.names)}, the model {_some(sorted(on_model))}; rename one or the other"
        )
    warnings = []
    absent = sorted(n for n in weight_of if n not in markers.names and weight_of[n] > 0)
    if absent:
        warnings.append(f"markers that the setup or model names but the trial lacks: {_some(absent)}")
    unused = sorted(n for n in markers.names if n not in names)
    if unused:
        warnings.append(f"markers of the trial that are not used: {_some(unused)}")
    return names, [float(weight_of[n]) for n in names], warnings


def _coordinate_targets(trial: Trial, model: Model, time_s: Array) -> tuple[CoordinateTarget, ...]:
    if trial.setup is None:
        return ()
    targets = []
    for task in trial.setup.coordinate_tasks:
        if task.name not in model.coordinate_names or task.source == "from_file":
            continue
        index = model.coordinate_names.index(task.name)
        default = model.coordinates[index].default
        value = task.value if task.source == "manual_value" else default
        targets.append(CoordinateTarget(index=index, weight=task.weight, value=np.full(len(time_s), value)))
    return tuple(targets)


def _from_coordinates(table: Storage, model: Model, parameters: Parameters) -> tuple[Array, Array, list[str]]:
    columns = table.coordinates()
    missing = [c.name for c in model.coordinates if c.name not in columns and not c.locked]
    if missing:
        raise InputError(
            f"expected a column for every free coordinate of the model in '{table.path}', missing {missing}; "
            f"it has {_some(table.names)}"
        )
    in_degrees, warnings = are_degrees(table, model, parameters.angles)
    window = _window(table.time_s, parameters, str(table.path))
    q = np.empty((len(table.time_s), len(model.coordinates)))
    for k, coordinate in enumerate(model.coordinates):
        if coordinate.name not in columns:
            q[:, k] = coordinate.default
            continue
        values = table.values[:, columns[coordinate.name]]
        q[:, k] = np.radians(values) if in_degrees and coordinate.turns else values
    if not np.isfinite(q).all():
        raise InputError(f"expected numbers for every coordinate in '{table.path}', got empty or nan cells")
    return table.time_s[window], q[window], warnings


def are_degrees(table: Storage, model: Model, angles: str) -> tuple[bool, list[str]]:
    """Tell whether a table's angles are degrees, and what was guessed.

    The user is believed, else the header; where both are silent, a knee beyond two pi can only be degrees.
    """
    columns = table.coordinates()
    if angles:
        return angles == "degrees", []
    if table.in_degrees is not None:
        return table.in_degrees, []
    knees = [columns[model.coordinates[leg.knee].name] for leg in model.legs.values()]
    degrees = bool(np.abs(table.values[:, knees]).max() > 2 * np.pi) if knees else True
    unit = "degrees" if degrees else "radians"
    return degrees, [f"'{table.path}' does not say inDegrees; by the range of the knee it is in {unit}"]


def _warn_of_bounds(model: Model, q: Array) -> list[str]:
    """Name the knees and hips that were held at an end of their range."""
    warnings = []
    for leg in model.legs.values():
        for k in (leg.knee, *leg.hip):
            c = model.coordinates[k]
            if not c.clamped or c.locked:
                continue
            for bound, held in (
                (c.maximum, q[:, k] > c.maximum - _NEAR_BOUND_RAD),
                (c.minimum, q[:, k] < c.minimum + _NEAR_BOUND_RAD),
            ):
                if held.any():
                    bent = k == leg.knee and bound * leg.knee_sign > np.radians(45.0)
                    mend = "solve again with --knee-range 160" if bent else "widen its range in the model"
                    warnings.append(
                        f"{c.name} is within 1 deg of the end of its range ({np.degrees(bound):.0f} deg) in "
                        f"{int(held.sum())} of {len(q)} frames; other joints are pulled out of place there: {mend}"
                    )
    return warnings


def _window(time_s: Array, parameters: Parameters, path: str) -> slice:
    start = time_s[0] if parameters.start_s is None else parameters.start_s
    end = time_s[-1] if parameters.end_s is None else parameters.end_s
    if start < time_s[0] - 1e-6 or end > time_s[-1] + 1e-6:
        raise InputError(
            f"expected --start and --end inside '{path}' ({time_s[0]:g} to {time_s[-1]:g} s), got {start:g} to "
            f"{end:g} s"
        )
    first, last = np.searchsorted(time_s, [start - 1e-9, end + 1e-9])
    return slice(int(first), int(last))


def _some(names: object, most: int = 8) -> str:
    listed = [str(n) for n in names]  # type: ignore[attr-defined]
    return f"{listed[:most]}" + (f" and {len(listed) - most} more" if len(listed) > most else "")
