"""Checks that only the solved motion allows: does the model fit the markers, and which swings were measured."""

from collections.abc import Sequence

import numpy as np

from swinglever.anatomy.model import Leg
from swinglever.arrays import Array, Bools, runs_of
from swinglever.checks.markers import FASTEST_M_S, marker_speeds, wanted_markers
from swinglever.checks.muscle_forces import muscles_without_forces
from swinglever.checks.names import some
from swinglever.checks.ranges import check_leg_ranges
from swinglever.checks.unlike import check_unlike
from swinglever.motion.inputs import Inputs
from swinglever.motion.swings import SwingEvents
from swinglever.muscles.choice import WITH_EMG, solver_name
from swinglever.records.faults import Fault, error, is_sound, require_no_errors, warning
from swinglever.records.kinematics import Kinematics
from swinglever.records.trial import Markers

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


def check_solved(inputs: Inputs, kinematics: Kinematics) -> None:
    """Look at the legs of a motion that was solved of markers; recorded angles were looked at before.

    Raises
    ------
    FaultyInputError
        When a knee bends as none does: the model's range says that it bends the other way.
    """
    if inputs.trial.markers is not None:
        solved = dict(zip(kinematics.coordinate_names, kinematics.q.T, strict=True))
        require_no_errors(check_leg_ranges(f"{inputs.model.name}, fitted to the markers", inputs.model, solved))


def keep_swings(
    inputs: Inputs, kinematics: Kinematics, swings: Sequence[SwingEvents]
) -> tuple[tuple[SwingEvents, ...], tuple[str, ...]]:
    """Leave out the swings that were not measured, and tell of them.

    Parameters
    ----------
    inputs
        As examined: markers, EMG and a table of muscle forces, each of which may not reach over a swing.
    kinematics
        For the fit of the markers.
    swings
        All that were found.

    Returns
    -------
    kept, warnings
        Swings to analyse; and what to warn of: swings left out, gaps in others, a poor fit, one unlike the others.

    Raises
    ------
    InputError
        When no swing is left.
    """
    kept, faults = keep_observed(inputs, swings)
    if not kept:
        require_no_errors(faults)
    kept, outside = keep_with_forces(kept, inputs)
    kept, unmeasured = keep_with_emg(kept, inputs)
    unlike = check_unlike(inputs.model, kinematics, kept)
    return kept, tuple(map(str, [*check_fit(kinematics), *faults, *outside, *unmeasured, *unlike]))


def keep_observed(inputs: Inputs, swings: Sequence[SwingEvents]) -> tuple[tuple[SwingEvents, ...], list[Fault]]:
    """Drop the swings in which nothing holds a segment of the leg, or a marker leaps, and tell of those with gaps.

    Parameters
    ----------
    inputs
        With short gaps filled. A segment without any marker for longer than ``longest_gap_s`` leaves a swing without a
        measurement.
    swings
        The swings.

    Returns
    -------
    kept
        The swings that were observed; all of them for a trial of coordinates.
    faults
        An ``error`` for each that was dropped, a ``warning`` for each that has gaps.
    """
    markers = inputs.trial.markers
    if markers is None:
        return tuple(swings), []
    faults, kept = list[Fault](), list[SwingEvents]()
    for swing in swings:
        told = _check_swing(swing, markers, inputs)
        faults += told
        if is_sound(told):
            kept.append(swing)
    return tuple(kept), faults


def keep_with_forces(swings: Sequence[SwingEvents], inputs: Inputs) -> tuple[tuple[SwingEvents, ...], list[Fault]]:
    """Give the swings that a table of muscle forces tells of, and a warning that counts the others.

    Raises
    ------
    InputError
        When the table reaches over none.
    """
    table = inputs.forces
    if table is None:
        return tuple(swings), []
    begin, end = table.time_s[[0, -1]]
    lacking = muscles_without_forces(table, inputs.model)
    mine = [s for s in swings if not lacking[s.side]]
    kept = tuple(s for s in mine if begin <= s.toe_off_s and s.foot_strike_s <= end)
    place, expected = str(table.path), "muscle forces over a whole swing"
    if not kept:
        got = f"{begin:.3f} to {end:.3f} s; the swings are {_spans(mine or swings)}"
        require_no_errors([error("muscle-forces-time", place, expected, got)])
    if len(kept) == len(swings):
        return kept, []
    got, mend = f"none over {len(swings) - len(kept)} of {len(swings)} swings", "these are left out"
    return kept, [warning("muscle-forces-time", place, expected, got, mend)]


def keep_with_emg(swings: Sequence[SwingEvents], inputs: Inputs) -> tuple[tuple[SwingEvents, ...], list[Fault]]:
    """Give the swings that can be analysed alike, and warnings that name the others.

    Where EMG informs the muscle forces, swings of a leg with channels that it does not reach over are left out; a leg
    without channels is solved without. Where it is only shown, every swing stays.

    Raises
    ------
    InputError
        When EMG reaches over no swing of any leg with channels.
    """
    emg = inputs.emg
    if emg is None:
        return tuple(swings), []
    told = [s for s in swings if emg.of_side(s.side)]
    reached = [s for s in told if emg.covers(s.toe_off_s, s.foot_strike_s)]
    expected = "EMG over a whole swing of its leg"
    if not reached:
        sides = " and ".join(sorted({c.side for c in emg.channels}))
        span = f"{emg.time_s[0]:.3f} to {emg.time_s[-1]:.3f} s"
        got = f"channels of {sides} from {span}; the swings are {_spans(swings)}"
        require_no_errors([error("emg-swings", emg.source, expected, got)])
    informs, faults = solver_name(inputs) == WITH_EMG, list[Fault]()
    for side in sorted({s.side for s in swings if s not in told}) if informs else []:
        got, mend = f"none of the leg {side}", "its swings are solved without"
        faults.append(warning("emg-swings", emg.source, expected, got, mend))
    if missed := [s for s in told if s not in reached]:
        got, mend = f"none over {', '.join(s.id for s in missed)}", "left out" if informs else "shown without it"
        faults.append(warning("emg-swings", emg.source, expected, got, mend))
    return tuple(s for s in swings if not (informs and s in missed)), faults


def _spans(swings: Sequence[SwingEvents]) -> str:
    return ", ".join(f"{s.id} {s.toe_off_s:.3f} to {s.foot_strike_s:.3f}" for s in swings[:5])


def _check_swing(swing: SwingEvents, markers: Markers, inputs: Inputs) -> list[Fault]:
    model, longest_s = inputs.model, inputs.parameters.longest_gap_s
    weights = wanted_markers(model, inputs.trial.tasks)
    inside = (markers.time_s >= swing.toe_off_s) & (markers.time_s <= swing.foot_strike_s)
    place = swing.place
    faults, gone = [], list[str]()
    for segment, bodies in _segments(model.legs[swing.side]).items():
        names = [s.name for s in model.markers if s.body in bodies and s.name in weights and s.name in markers.names]
        if not names:
            continue
        seen = np.isfinite(markers.position_m[inside][:, [markers.names.index(name) for name in names], 0])
        if _longest(~seen.any(axis=1), markers.time_s[inside]) > longest_s:
            expected, got = f"a marker on the {segment} ({some(names, 4)})", f"none for more than {longest_s:g} s"
            faults.append(error("swing-unseen", place, expected, got, "the swing is left out"))
        if leaping := _leaping(markers, names, swing, 1.0 / inputs.parameters.filter_hz):
            expected = f"markers of the {segment} slower than {FASTEST_M_S:g} m/s"
            faults.append(error("swing-jump", place, expected, f"leaps of {some(leaping)}", "the swing is left out"))
        gone += [name for k, name in enumerate(names) if not seen[:, k].all() and seen[:, k].any()]
    if gone and not faults:
        got = f"gaps in {some(gone)}"
        faults.append(
            warning("swing-gaps", place, "every marker of leg and pelvis", got, "its angles rest on the others")
        )
    return faults


def _leaping(markers: Markers, names: Sequence[str], swing: SwingEvents, around_s: float) -> list[str]:
    """Markers that move faster than a body can, in a swing or so near to it that the filter carries it in."""
    near = (markers.time_s >= swing.toe_off_s - around_s) & (markers.time_s <= swing.foot_strike_s + around_s)
    speed = marker_speeds(markers.time_s[near], markers.position_m[near])
    return [name for name in names if (speed[:, markers.names.index(name)] > FASTEST_M_S).any()]


def _segments(leg: Leg) -> dict[str, set[int]]:
    return {"pelvis": {leg.pelvis_body}, "thigh": {leg.thigh}, "shank": {leg.shank}}


def _longest(missing: Bools, time_s: Array) -> float:
    """Duration of the longest run of missing frames, s."""
    if not missing.any():
        return 0.0
    runs = runs_of(missing)
    step = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0
    return float((runs[:, 1] - runs[:, 0]).max() * step)
