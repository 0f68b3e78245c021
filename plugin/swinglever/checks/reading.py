"""Reads everything that a request names; a file that cannot be read hides nothing but itself."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from swinglever.anatomy.model import Model, widen_knees
from swinglever.anatomy.naming import name_parts
from swinglever.checks.request import Readers, Request
from swinglever.errors import InputError, OutputError
from swinglever.readers.emg import read_emg
from swinglever.readers.ground_forces import read_ground_forces
from swinglever.readers.ik_setup import read_ik_setup
from swinglever.readers.names import read_names
from swinglever.readers.storage import Storage, read_storage
from swinglever.records.faults import Fault, faults_of
from swinglever.records.trial import Trial

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Found:
    """What could be read.

    Attributes
    ----------
    trial
        The recording with all that belongs to it; without any motion where its own file cannot be read.
    opened
        Whether the recording itself was read.
    model, forces
        None where they were not asked for, or cannot be read.
    faults
        What cannot be read, what was mended while reading.
    """

    trial: Trial
    opened: bool
    model: Model | None
    forces: Storage | None
    faults: tuple[Fault, ...]


def read_inputs(request: Request, readers: Readers) -> Found:
    """Read the recording, the model and every file beside them."""
    faults = list[Fault]()
    recording = _attempt(lambda: _read_trial(request, readers), faults)
    trial = _complete(recording or Trial(name=str(request.trial)), request, faults)
    forces = request.forces
    table = None if forces is None else _attempt(lambda: read_storage(forces), faults)
    model = _attempt(lambda: _read_model(request, readers), faults)  # another process loads it meanwhile
    said = (*trial.warnings, *(trial.emg.warnings if trial.emg is not None else ()))
    told = [Fault(code="file", severity="mended", place="", got=text) for text in said]
    return Found(
        trial=trial, opened=recording is not None, model=model, forces=table, faults=(*faults, *dict.fromkeys(told))
    )


def _attempt(read: Callable[[], T], faults: list[Fault]) -> T | None:
    """Read something; when that fails, note what it says."""
    try:
        return read()
    except OutputError:  # of temporary files: no input is to blame
        raise
    except InputError as failure:
        faults += faults_of(failure)
        return None


def _read_model(request: Request, readers: Readers) -> Model:
    if isinstance(request.model, Model):
        model = request.model if request.names is None else name_parts(request.model, read_names(request.names))
    else:
        model = readers.model(request.model, request.names)
    widest = request.parameters.knee_range_deg
    return model if widest is None else widen_knees(model, np.radians(widest))


def _read_trial(request: Request, readers: Readers) -> Trial:
    """Read the recording; of one made by hand, leave out what files are to replace."""
    if not isinstance(request.trial, Trial):
        return readers.trial(request)
    trial = request.trial
    return replace(
        trial,
        ground_forces=() if request.names_forces else trial.ground_forces,
        tasks=trial.tasks if request.ik_setup is None else None,
        emg=trial.emg if request.emg is None else None,
    )


def _complete(trial: Trial, request: Request, faults: list[Fault]) -> Trial:
    """Read the files beside a recording, as far as its own reader has not."""
    grf, loads, setup, emg = request.grf, request.external_loads, request.ik_setup, request.emg
    if request.names_forces and not trial.ground_forces:
        forces, warnings = _attempt(lambda: read_ground_forces(grf, loads), faults) or ((), ())
        trial = replace(trial, ground_forces=forces, warnings=(*trial.warnings, *warnings))
    if setup is not None and trial.tasks is None:
        read = _attempt(lambda: read_ik_setup(setup), faults)
        if read is not None:
            chosen = request.parameters.start_s is not None or request.parameters.end_s is not None
            told = read.not_followed(trial.time_s[:0] if chosen else trial.time_s)
            trial = replace(trial, tasks=read.tasks, warnings=(*trial.warnings, *told))
    if emg is not None and trial.emg is None:
        trial = replace(trial, emg=_attempt(lambda: read_emg(emg), faults))
    return trial
