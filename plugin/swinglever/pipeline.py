"""The whole analysis, stage by stage: a recording and a model in, every swing's causes out."""

from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from swinglever import __version__
from swinglever.anatomy.model import Model, widen_knees
from swinglever.causes.explanation import OnStage, Prepared, Stages, explain
from swinglever.certainty.bands import add_bands
from swinglever.checks.examination import keep_swings, prepare, prepare_emg
from swinglever.errors import EngineError, ModelError
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.swings import SwingEvents
from swinglever.muscles.emg_exchange import doubt_names
from swinglever.muscles.solvers import swings_with_emg, swings_with_forces
from swinglever.output.playback_build import build_playback
from swinglever.plugins.manager import Plugins, load_plugins
from swinglever.plugins.measuring import announce_report, measure_report
from swinglever.readers.trial import Trial
from swinglever.records.parameters import Parameters
from swinglever.records.report import Provenance, SwingReport
from swinglever.records.results import Kinematics


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
    chosen, plugins = parameters or Parameters(), plugins or load_plugins()
    plugins.check_names()
    stage = Stages(on_stage=on_stage)
    with stage("read"):
        recording = _read(plugins, chosen, trial, grf, external_loads, ik_setup)
        body = _as_asked(model if isinstance(model, Model) else load_body(model, plugins), chosen)
    with stage("check"):
        recording = prepare(recording, body, chosen)
        signals, unused = prepare_emg(emg, recording, body, chosen) if emg is not None else (None, ())
    with stage("kinematics"):
        kinematics = solve_kinematics(recording, body, chosen)
    with stage("swings"):
        swings = _find_swings(plugins, recording, body, kinematics, chosen)
        swings, doubts = keep_swings(swings, recording, body, kinematics, chosen)
        swings, outside = swings_with_forces(swings, forces)
        swings, unmeasured = swings_with_emg(swings, signals, chosen, forces)
        doubts = (*doubts, *outside, *unmeasured)
    given = Prepared(
        recording=recording,
        body=body,
        kinematics=kinematics,
        swings=swings,
        parameters=chosen,
        forces=None if forces is None else Path(forces).resolve(),
        signals=signals,
        solvers=plugins.muscle_solvers(),
    )
    explained = explain(given, stage)
    if signals is not None:
        doubts = (*doubts, *doubt_names(body, kinematics, explained.dynamics, signals, chosen))
    with stage("playback"):
        playback = build_playback(
            body,
            recording,
            kinematics,
            explained.dynamics,
            explained.swings,
            explained.motions,
        )
    report = SwingReport(
        provenance=_provenance(recording, body, chosen, command),
        kinematics=kinematics,
        swings=explained.swings,
        warnings=(*recording.warnings, *unused, *kinematics.warnings, *doubts, *explained.warnings, *body.doubts),
        timing=stage.timing,
        playback=playback,
    )
    with stage("metrics"):
        report = measure_report(report, explained.motions, plugins)
    if chosen.uncertainty:
        with stage("uncertainty"):
            report = add_bands(report, given, plugins, jobs, stage.on_stage)
    return announce_report(report, plugins)


def _as_asked(model: Model, parameters: Parameters) -> Model:
    """Give the model with its knees widened where that was asked for."""
    if parameters.knee_range_deg is None:
        return model
    return widen_knees(model, np.radians(parameters.knee_range_deg))


def _read(plugins: Plugins, parameters: Parameters, trial: str | Path, *beside: str | Path | None) -> Trial:
    names = ("grf", "external_loads", "ik_setup")
    paths = {name: None if path is None else Path(path) for name, path in zip(names, beside, strict=True)}
    return plugins.first("swinglever_read_trial", {"path": Path(trial), **paths, "parameters": parameters}, Trial)


def _find_swings(
    plugins: Plugins, trial: Trial, model: Model, kinematics: Kinematics, parameters: Parameters
) -> tuple[SwingEvents, ...]:
    given = {"trial": trial, "model": model, "kinematics": kinematics, "parameters": parameters}
    return plugins.first("swinglever_find_swings", given, tuple, SwingEvents)


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


def _provenance(trial: Trial, model: Model, parameters: Parameters, command: str) -> Provenance:
    return Provenance(
        trial_name=trial.name,
        trial_sha256=trial.sha256,
        model_name=model.name,
        model_sha256=model.sha256,
        mass_kg=model.mass_kg,
        parameters=parameters.as_table(),
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
