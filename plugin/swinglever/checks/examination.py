"""Looks at everything that goes into an analysis before it costs a result: every fault at once, and the safe mends."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.checks.coordinates import check_coordinates
from swinglever.checks.emg import (
    check_channels,
    check_envelopes,
    check_signals,
    check_times,
    known_sides,
    sound_channels,
)
from swinglever.checks.forces import check_force_table, check_ground_forces
from swinglever.checks.gaps import fill_gaps, gap_warnings
from swinglever.checks.markers import check_markers, wanted_markers
from swinglever.checks.model import check_model
from swinglever.checks.names import common_prefix
from swinglever.checks.swings import check_fit, keep_observed
from swinglever.checks.timing import check_timing
from swinglever.emg.channels import read_channels
from swinglever.emg.envelopes import EmgSignals, process_emg
from swinglever.errors import SwingleverError
from swinglever.motion.swings import SwingEvents
from swinglever.readers.axes import find_axes, turn_to_opensim
from swinglever.readers.emg import EmgRecording, read_emg
from swinglever.readers.external_loads import read_external_loads
from swinglever.readers.ik_setup import read_ik_setup
from swinglever.readers.markers import Markers
from swinglever.readers.storage import read_storage
from swinglever.readers.trial import Trial, read_trial
from swinglever.records.faults import Fault, require_no_errors, sort_faults
from swinglever.records.parameters import Parameters
from swinglever.records.results import Kinematics

T = TypeVar("T")

_TOLD_LATER = {"at-bound", "marker-absent"}
"""Doubts that solving for the motion tells too, and better: an analysis leaves them to it."""


def check_inputs(
    trial: str | Path,
    load_model: Callable[[], Model],
    *,
    model: str | Path | None = None,
    grf: str | Path | None = None,
    external_loads: str | Path | None = None,
    ik_setup: str | Path | None = None,
    emg: str | Path | None = None,
    parameters: Parameters | None = None,
) -> tuple[Fault, ...]:
    """Find every fault of the inputs of an analysis; an unreadable file hides only its own.

    Parameters
    ----------
    trial, grf, external_loads, ik_setup, emg
        As for an analysis.
    load_model
        Loads the model.
    model
        The model's file, for its meshes.
    parameters
        Choices of the analysis.

    Returns
    -------
    tuple of Fault
        Errors first.
    """
    chosen, faults = parameters or Parameters(), list[Fault]()
    body = _attempt(load_model, faults)
    setup = _attempt(lambda: read_ik_setup(ik_setup), faults) if ik_setup is not None else None
    recording = _attempt(lambda: read_trial(trial, units=chosen.units), faults)
    if body is not None and model is not None:
        faults += check_model(Path(model), body)
    if recording is not None:
        faults += _reading_mends(recording)
        if body is not None:
            recording, found = examine(replace(recording, setup=setup), body, chosen)
            faults += found
    faults += _check_forces(trial, grf, external_loads, recording, body, _sided(recording, faults))
    recorded = _attempt(lambda: read_emg(emg), faults) if emg is not None else None
    if recorded is not None:
        faults += [Fault(code="file", severity="mended", place="", got=text) for text in recorded.warnings]
        faults += _examine_emg(recorded, body, _times(recording), chosen)[1]
    return sort_faults(dict.fromkeys(faults))


def _attempt(read: Callable[[], T], faults: list[Fault]) -> T | None:
    """Read a file; when that fails, note its error as a fault."""
    try:
        return read()
    except SwingleverError as failure:
        faults.append(Fault(code="unreadable", severity="error", place="", got=str(failure)))
        return None


def _reading_mends(trial: Trial) -> list[Fault]:
    """What the readers mended or doubted."""
    return [Fault(code="file", severity="mended", place="", got=text) for text in trial.warnings]


def _check_forces(
    trial: str | Path,
    grf: str | Path | None,
    external_loads: str | Path | None,
    recording: Trial | None,
    model: Model | None,
    markers: Markers | None,
) -> list[Fault]:
    if grf is None and external_loads is None:
        return []
    faults = list[Fault]()
    loads = _attempt(lambda: read_external_loads(external_loads), faults) if external_loads is not None else None
    named = grf if grf is not None else (loads.datafile if loads is not None else None)
    table = _attempt(lambda: read_storage(named), faults) if named is not None else None
    if table is not None and (external_loads is None or loads is not None):
        faults += [Fault(code="file", severity="mended", place="", got=text) for text in table.warnings]
        faults += check_force_table(table, loads, model)
    if any(fault.severity == "error" for fault in faults) or recording is None or model is None:
        return faults
    whole = _attempt(lambda: read_trial(trial, grf, external_loads), faults)
    if whole is not None:
        faults += check_ground_forces(whole.ground_forces, model, _times(recording), markers)
    return faults


def _sided(trial: Trial | None, faults: list[Fault]) -> Markers | None:
    """Markers to compare forces with: none when their sides are exchanged, which would blame the forces too."""
    return None if trial is None or any(f.code == "sides-swapped" for f in faults) else trial.markers


def _times(trial: Trial | None) -> Array:
    recording = None if trial is None else trial.markers if trial.markers is not None else trial.coordinates
    return np.empty(0) if recording is None else recording.time_s


def prepare(trial: Trial, model: Model, parameters: Parameters) -> Trial:
    """Mend what can be mended safely and refuse what cannot be analysed.

    Returns
    -------
    Trial
        The mended trial; what was mended or is doubtful is among its warnings.

    Raises
    ------
    InputError
        With the first fault that forbids an analysis, and the number of the others.
    """
    mended, faults = examine(trial, model, parameters)
    faults += check_ground_forces(trial.ground_forces, model, _times(trial), _sided(mended, faults))
    require_no_errors(sort_faults(faults))
    said = tuple(str(f) for f in faults if f.severity != "note" and f.code not in _TOLD_LATER)
    return replace(mended, warnings=(*trial.warnings, *said))


def prepare_emg(
    path: str | Path, trial: Trial, model: Model, parameters: Parameters
) -> tuple[EmgSignals, tuple[str, ...]]:
    """Read EMG and make the envelopes of the channels that are known.

    Returns
    -------
    signals, warnings
        Channels that are not used, or silent, are among the warnings.

    Raises
    ------
    MissingFileError, InputError
        With the first fault that forbids its use.
    """
    recording = read_emg(path)
    signals, faults = _examine_emg(recording, model, _times(trial), parameters)
    require_no_errors(faults)
    assert signals is not None
    return signals, (*recording.warnings, *map(str, faults))


def _examine_emg(
    recording: EmgRecording, model: Model | None, time_s: Array, parameters: Parameters
) -> tuple[EmgSignals | None, list[Fault]]:
    """Envelopes of the channels to use, None where there are none, and the faults of EMG."""
    place = str(recording.path)
    if wrong := check_times(recording, time_s):
        return None, wrong
    muscles = () if model is None else _muscle_names(model)
    known = read_channels(recording.names, muscles, parameters.emg_names)
    sided, faults = known_sides(known, parameters, place)
    faults += check_channels(recording, known, sided)
    channels, broken = sound_channels(recording, sided, parameters) if sided else ((), [])
    faults += [*broken, *(check_signals(recording, channels, parameters) if channels else [])]
    if any(fault.severity == "error" for fault in faults):
        return None, faults
    signals = process_emg(recording, channels, parameters)
    told = [Fault(code="emg-signal", severity="warning", place=place, got=text) for text in signals.warnings]
    return signals, [*faults, *check_envelopes(signals, place), *told]


def _muscle_names(model: Model) -> tuple[str, ...]:
    return () if model.musculature is None else model.musculature.names


def keep_swings(
    swings: Sequence[SwingEvents], trial: Trial, model: Model, kinematics: Kinematics, parameters: Parameters
) -> tuple[tuple[SwingEvents, ...], tuple[str, ...]]:
    """Return the swings that were observed, and what to warn of: swings left out, gaps in others, a poor fit.

    Raises
    ------
    InputError
        When no swing is left.
    """
    kept, faults = keep_observed(swings, trial, model, parameters.longest_gap_s)
    if not kept:
        require_no_errors(faults)
    return kept, tuple(map(str, [*check_fit(kinematics), *faults]))


def examine(trial: Trial, model: Model, parameters: Parameters) -> tuple[Trial, list[Fault]]:
    """Return the mended motion of a trial, and the faults of its motion, mended ones among them."""
    place, faults = str(trial.path), list[Fault]()
    if trial.coordinates is not None:
        faults += check_timing(place, trial.coordinates.time_s, parameters)
        faults += check_coordinates(trial.coordinates, model, parameters.angles)
    if trial.markers is not None:
        for mend in (_strip_prefix, _turn_axes):
            trial = mend(trial, model, parameters, faults)
        assert trial.markers is not None
        faults += check_timing(place, trial.markers.time_s, parameters)
        faults += check_markers(trial.markers, model, trial.setup)
        filled, gaps = fill_gaps(trial.markers, parameters.longest_gap_s)
        wanted = wanted_markers(model, trial.setup)
        told = gap_warnings([gap for gap in gaps if gap.marker in wanted])
        severity = "mended" if filled is not trial.markers else "warning"
        faults += [
            Fault(code="gaps", severity="mended" if severity == "mended" else "warning", place=place, got=t)
            for t in told
        ]
        trial = replace(trial, markers=filled)
    return trial, faults


def _strip_prefix(trial: Trial, model: Model, parameters: Parameters, faults: list[Fault]) -> Trial:
    """Drop a prefix that every marker has and the model does not know."""
    markers = trial.markers
    known = {site.name for site in model.markers}
    prefix = common_prefix(markers.names, known) if markers is not None else ""
    if markers is None or not prefix:
        return trial
    names = tuple(name.removeprefix(prefix) for name in markers.names)
    if len(set(names)) < len(names):
        return trial
    fit = sum(name in known for name in names)
    faults.append(
        Fault(
            code="marker-prefix",
            severity="mended",
            place=str(trial.path),
            expected="markers of the model",
            got=f"names that begin with {prefix!r}",
            mend=f"dropped it; {fit} of {len(names)} names are the model's",
        )
    )
    return replace(trial, markers=replace(markers, names=names))


def _turn_axes(trial: Trial, model: Model, parameters: Parameters, faults: list[Fault]) -> Trial:
    """Turn markers to the model's axes where the user allows it."""
    markers = trial.markers
    if markers is None or not parameters.turn_axes:
        return trial
    axes = find_axes(markers.names, markers.position_m)
    if axes.up is None or axes.up == "+y":
        return trial
    faults.append(
        Fault(
            code="marker-axes",
            severity="mended",
            place=str(trial.path),
            expected="+y upwards",
            got=f"a body that stands along {axes.up} and faces {axes.forward or 'no axis'}",
            mend="markers turned to x forward, y up, z right",
        )
    )
    turned = markers.position_m @ turn_to_opensim(axes).T
    return replace(trial, markers=replace(markers, position_m=turned))
