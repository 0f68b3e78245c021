"""Mends that are safe: what the names of all markers have in common, axes that may be turned, short gaps."""

from dataclasses import replace

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.checks.cloud import fit_cloud
from swinglever.checks.gaps import fill_gaps, gap_warnings, halted_as_missing, held_as_missing
from swinglever.checks.heading import face_range
from swinglever.checks.markers import wanted_markers
from swinglever.checks.names import respell, respelt_faults
from swinglever.motion.pose_markers import segment_of
from swinglever.readers.axes import Axes, axis_vector, find_axes, signed_axis, turn_to_opensim
from swinglever.records.faults import Fault
from swinglever.records.parameters import Parameters
from swinglever.records.trial import Markers, Trial


def name_and_turn(trial: Trial, model: Model, parameters: Parameters) -> tuple[Trial, list[Fault]]:
    """Give the markers the model's names and, where the user allows it, its axes."""
    faults = list[Fault]()
    for mend in (_respell, _forget_held, _turn_axes, face_range):
        trial = mend(trial, model, parameters, faults)
    return trial, faults


def fill_short_gaps(trial: Trial, model: Model, longest_s: float) -> tuple[Trial, list[Fault]]:
    """Fill short gaps, and tell of every gap of a marker that is used."""
    if trial.markers is None:
        return trial, []
    filled, gaps = fill_gaps(trial.markers, longest_s)
    wanted = wanted_markers(model, trial.tasks)
    used = [gap for gap in gaps if gap.marker in wanted]
    if trial.poses is None:
        told = gap_warnings(used)
    else:
        told = gap_warnings(list(dict.fromkeys(replace(gap, marker=segment_of(gap.marker)) for gap in used)), "segment")
    faults = [
        Fault(code="gaps", severity="warning" if filled is trial.markers else "mended", place=trial.place, got=text)
        for text in told
    ]
    return replace(trial, markers=filled), faults


def _respell(trial: Trial, model: Model, parameters: Parameters, faults: list[Fault]) -> Trial:
    """Drop what every marker's name has and the model's have not, and take the model's spelling."""
    markers = trial.markers
    if markers is None:
        return trial
    known = {site.name for site in model.markers}
    names, mends = respell(markers.names, known)
    told = Fault(
        code="marker-prefix",
        severity="mended",
        place=trial.place,
        expected="markers of the model",
        got="names",
        mend=f"{sum(name in known for name in names)} of {len(names)} names are the model's",
    )
    faults += respelt_faults(told, mends)
    return replace(trial, markers=replace(markers, names=names))


def _forget_held(trial: Trial, model: Model, parameters: Parameters, faults: list[Fault]) -> Trial:
    """Take markers of pelvis, thighs and shanks for unseen while they keep their last place, or all while all do."""
    if trial.markers is None:
        return trial
    markers, halted = halted_as_missing(trial.markers)
    moving = {b for leg in model.legs.values() for b in (leg.pelvis_body, leg.thigh, leg.shank)}
    names = {site.name for site in model.markers if site.body in moving}
    markers, told = held_as_missing(markers, names)
    faults += [Fault(code="marker-held", severity="mended", place=trial.place, got=text) for text in [*halted, *told]]
    return replace(trial, markers=markers)


def _turn_axes(trial: Trial, model: Model, parameters: Parameters, faults: list[Fault]) -> Trial:
    """Turn markers to the model's axes where the user allows it."""
    markers = trial.markers
    if markers is None or not parameters.turn_axes:
        return trial
    axes = _axes_of(markers, model)
    if axes.up is None or axes.up == "+y":
        return trial
    faults.append(
        Fault(
            code="marker-axes",
            severity="mended",
            place=trial.place,
            expected="+y upwards",
            got=f"a body that stands along {axes.up} and faces {axes.forward or 'no axis'}",
            mend="markers turned to x forward, y up, z right",
        )
    )
    turned = markers.position_m @ turn_to_opensim(axes).T
    return replace(trial, markers=replace(markers, position_m=turned))


def _axes_of(markers: Markers, model: Model) -> Axes:
    """Which way is up and forward: from where the model has its markers, else from their names."""
    cloud = fit_cloud(markers, model)
    if cloud is None:
        return find_axes(markers.names, markers.position_m)
    up = signed_axis(cloud.direction(model.up))
    level = np.ones(3) if up is None else 1.0 - np.abs(axis_vector(up))
    return Axes(up=up, forward=signed_axis(cloud.direction(np.array([1.0, 0.0, 0.0])) * level), right_by_names=None)
