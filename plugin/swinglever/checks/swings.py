"""Checks of swings after the motion is solved: were the leg's markers seen, and does the model fit them."""

from collections.abc import Sequence

import numpy as np

from swinglever.anatomy.model import Leg, Model
from swinglever.arrays import Array, Bools
from swinglever.checks.markers import wanted_markers
from swinglever.checks.names import some
from swinglever.motion.swings import SwingEvents
from swinglever.readers.trial import Trial
from swinglever.records.faults import Fault, error, warning
from swinglever.records.results import Kinematics

RMS_BAR_M, WORST_BAR_M = 0.02, 0.04
"""Marker error that OpenSim's guide to inverse kinematics calls good: 2 cm root mean square, 2 to 4 cm at worst."""


def check_fit(kinematics: Kinematics) -> list[Fault]:
    """Compare the marker error of the whole trial with the quality bars."""
    seen = np.isfinite(kinematics.marker_rms_m)
    if not seen.any():
        return []
    rms_m = float(np.median(kinematics.marker_rms_m[seen]))
    worst_m = float(np.median(kinematics.marker_max_m[seen]))
    if rms_m <= RMS_BAR_M and worst_m <= WORST_BAR_M:
        return []
    expected = f"marker errors of {1e3 * RMS_BAR_M:.0f} mm root mean square and {1e3 * WORST_BAR_M:.0f} mm at worst"
    got = f"{1e3 * rms_m:.0f} and {1e3 * worst_m:.0f} mm (medians over the frames)"
    mend = "look at marker placement, weights and the model's scale"
    return [warning("marker-error", "fit of the model", expected, got, mend)]


def keep_observed(
    swings: Sequence[SwingEvents], trial: Trial, model: Model, longest_gap_s: float
) -> tuple[tuple[SwingEvents, ...], list[Fault]]:
    """Drop the swings in which nothing holds a segment of the leg, and tell of those with fewer markers.

    Parameters
    ----------
    swings
        The swings.
    trial
        With its short gaps filled.
    model
        The model.
    longest_gap_s
        A segment without any marker for longer than this leaves the swing without a measurement.

    Returns
    -------
    kept
        The swings that were observed; all of them for a trial of coordinates.
    faults
        An ``error`` for each that was dropped, a ``warning`` for each that has gaps.
    """
    if trial.markers is None:
        return tuple(swings), []
    faults, kept = list[Fault](), list[SwingEvents]()
    for swing in swings:
        told = _check_swing(swing, trial, model, longest_gap_s)
        faults += told
        if not any(fault.severity == "error" for fault in told):
            kept.append(swing)
    return tuple(kept), faults


def _check_swing(swing: SwingEvents, trial: Trial, model: Model, longest_gap_s: float) -> list[Fault]:
    assert trial.markers is not None
    markers, weights = trial.markers, wanted_markers(model, trial.setup)
    inside = (markers.time_s >= swing.toe_off_s) & (markers.time_s <= swing.foot_strike_s)
    place = f"swing {swing.id} ({swing.toe_off_s:.3f}-{swing.foot_strike_s:.3f} s)"
    faults, gone = [], list[str]()
    for segment, bodies in _segments(model.legs[swing.side]).items():
        names = [s.name for s in model.markers if s.body in bodies and s.name in weights and s.name in markers.names]
        columns = [markers.names.index(name) for name in names]
        seen = np.isfinite(markers.position_m[inside][:, columns, 0])
        if not names:
            continue
        if _longest(~seen.any(axis=1), markers.time_s[inside]) > longest_gap_s:
            expected = f"a marker on the {segment} ({some(names, 4)})"
            got = f"none for more than {longest_gap_s:g} s"
            faults.append(error("swing-unseen", place, expected, got, "the swing is left out"))
        gone += [name for k, name in enumerate(names) if not seen[:, k].all() and seen[:, k].any()]
    if gone and not faults:
        got = f"gaps in {some(gone)}"
        faults.append(
            warning("swing-gaps", place, "every marker of leg and pelvis", got, "its angles rest on the others")
        )
    return faults


def _segments(leg: Leg) -> dict[str, set[int]]:
    return {"pelvis": {leg.pelvis_body}, "thigh": {leg.thigh}, "shank": {leg.shank}}


def _longest(missing: Bools, time_s: Array) -> float:
    """Duration of the longest run of missing frames, s."""
    if not missing.any():
        return 0.0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]])))
    runs = edges.reshape(-1, 2)
    step = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0
    return float((runs[:, 1] - runs[:, 0]).max() * step)
