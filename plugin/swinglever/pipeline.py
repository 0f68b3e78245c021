"""The whole analysis, stage by stage: a recording and a model in, every swing's causes out."""

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from swinglever import __version__
from swinglever.anatomy.model import Model, widen_knees
from swinglever.causes.explanation import explain
from swinglever.certainty.bands import add_bands
from swinglever.checks.examination import keep_swings, prepare, prepare_emg
from swinglever.errors import EngineError, ModelError
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import LegSwings, line_up
from swinglever.motion.swings import SwingEvents
from swinglever.muscles.choice import choose_solver
from swinglever.muscles.coverage import keep_covered
from swinglever.output.playback_build import build_playback
from swinglever.plugins.manager import Plugins, load_plugins
from swinglever.plugins.measuring import announce_report, measure_report
from swinglever.readers.storage import read_storage
from swinglever.readers.trial import Trial
from swinglever.records.parameters import Parameters
from swinglever.records.report import Provenance, SwingReport
from swinglever.records.results import Kinematics
from swinglever.system.stages import OnStage, Stages


def analyse(
    trial: str | Path,
    model: str | Path | Model,
    *,
    grf: str | Path | None = None,
    external_loads: str | Path | None = None,
    ik_setup: str | Path | None = None,
    forces: str | Path | None = None,
    emg: str | Path | None = None,
    parameters: Parameters | None = None,
    plugins: Plugins | None = None,
    command: str = "",
    jobs: int = 1,
    on_stage: OnStage | None = None,
) -> SwingReport:
    """Say for every swing of a trial what flexed the knee.

    Parameters
    ----------
    trial
        Markers (``.trc``) or coordinates (``.mot``, ``.sto``).
    model
        An ``.osim`` file, or a model that is loaded already.
    grf, external_loads, ik_setup
        Ground forces, which foot each acts on, and the weights of the markers.
    forces
        Muscle forces from outside (``.sto``, a column a muscle, N), instead of solving for them.
    emg
        Surface EMG, raw or as envelopes (``.sto``, ``.csv``, ``.c3d``), which static optimization then stays near.
    parameters
        Choices; the defaults when not given.
    plugins
        What plugins offer; the installed ones when not given.
    command
        What the user typed, for the record.
    jobs
        Processes that share the repeats with varied inputs, where those are asked for.
    on_stage
        Called with the name of each stage as it begins.

    Raises
    ------
    InputError
        When the input cannot be used; the message says why and what to do.
    """
    plugins = plugins or load_plugins()
    plugins.check_names()
    stage = Stages(on_stage=on_stage)
    beside = Beside(grf=grf, external_loads=external_loads, ik_setup=ik_setup, forces=forces, emg=emg)
    with stage("read"):
        recording, runner = _read(trial, model, beside, parameters or Parameters(), plugins)
    with stage("check"):
        inputs = _examine(recording, runner, beside, parameters or Parameters())
    with stage("kinematics"):
        kinematics = solve_kinematics(inputs.trial, inputs.model, inputs.parameters)
    with stage("swings"):
        legs, doubts = _find_swings(inputs, kinematics, plugins)
    found = explain(legs, choose_solver(inputs, plugins.muscle_solvers()), stage)
    with stage("playback"):
        playback = build_playback(legs, found.swings)
    report = SwingReport(
        provenance=_provenance(inputs, command),
        kinematics=kinematics,
        swings=found.swings,
        warnings=(*inputs.warnings, *kinematics.warnings, *doubts, *found.warnings, *inputs.model.doubts),
        timing=stage.timing,
        playback=playback,
    )
    with stage("metrics"):
        report = measure_report(report, plugins)
    if inputs.parameters.uncertainty:
        with stage("uncertainty"):
            report = add_bands(report, legs, plugins, jobs, stage.on_stage)
    return announce_report(report, plugins)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Files that came beside a trial, as `analyse` names them."""

    grf: str | Path | None
    external_loads: str | Path | None
    ik_setup: str | Path | None
    forces: str | Path | None
    emg: str | Path | None


def _read(
    trial: str | Path, model: str | Path | Model, beside: Beside, parameters: Parameters, plugins: Plugins
) -> tuple[Trial, Model]:
    """Read the recording, and the model with its knees widened where that was asked for."""
    names = ("grf", "external_loads", "ik_setup")
    paths = {name: None if getattr(beside, name) is None else Path(getattr(beside, name)) for name in names}
    asked = {"path": Path(trial), **paths, "parameters": parameters}
    recording = plugins.first("swinglever_read_trial", asked, Trial)
    loaded = model if isinstance(model, Model) else load_body(model, plugins)
    if parameters.knee_range_deg is not None:
        loaded = widen_knees(loaded, np.radians(parameters.knee_range_deg))
    return recording, loaded


def _examine(trial: Trial, model: Model, beside: Beside, parameters: Parameters) -> Inputs:
    """Look for faults, mend what can be mended, and put the inputs together."""
    trial = prepare(trial, model, parameters)
    signals, unused = (None, ()) if beside.emg is None else prepare_emg(beside.emg, trial, model, parameters)
    return Inputs(
        trial=trial,
        model=model,
        parameters=parameters,
        emg=signals,
        forces=None if beside.forces is None else read_storage(Path(beside.forces)),
        warnings=(*trial.warnings, *unused),
    )


def _find_swings(
    inputs: Inputs, kinematics: Kinematics, plugins: Plugins
) -> tuple[tuple[LegSwings, ...], tuple[str, ...]]:
    """Find the swings that can be analysed, line up each leg's, and say what is doubtful of them."""
    given = {"trial": inputs.trial, "model": inputs.model, "kinematics": kinematics, "parameters": inputs.parameters}
    swings = plugins.first("swinglever_find_swings", given, tuple, SwingEvents)
    swings, doubts = keep_swings(swings, inputs.trial, inputs.model, kinematics, inputs.parameters)
    swings, uncovered = keep_covered(swings, inputs)
    return line_up(inputs, kinematics, swings), (*doubts, *uncovered)


def load_body(path: str | Path, plugins: Plugins | None = None) -> Model:
    """Load a model that has a leg at least, with the engine that its file's ending asks for.

    Raises
    ------
    MissingFileError, ModelError
        When there is no such model, or no leg in it.
    """
    path = Path(path)
    model = (plugins or load_plugins()).engine_for(path)(path)
    if not isinstance(model, Model):
        raise EngineError(f"expected the engine for '{path.suffix}' to give a Model, got {type(model).__name__}")
    if not model.legs:
        raise ModelError(
            f"expected a model with a knee, thigh, shank and foot on one side at least, found none in '{path}'; its "
            f"coordinates are {list(model.coordinate_names)}; add its names to models/families.toml"
        )
    return model


def _provenance(inputs: Inputs, command: str) -> Provenance:
    trial, model = inputs.trial, inputs.model
    return Provenance(
        trial_name=trial.name,
        trial_sha256=trial.sha256,
        model_name=model.name,
        model_sha256=model.sha256,
        mass_kg=model.mass_kg,
        parameters=inputs.parameters.as_table(),
        command=command,
        created_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        swinglever_version=__version__,
        opensim_version=_version_of("opensim"),
    )


def _version_of(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "absent"
