"""The whole analysis, stage by stage: a recording and a model in, every swing's causes out."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from swinglever import __version__
from swinglever.ablation import ablate, moment_cases
from swinglever.attribution import attribute, attribute_classically
from swinglever.body import attribute_bodies
from swinglever.dynamics import Dynamics, compute_dynamics
from swinglever.engines.base import Model, widen_knees
from swinglever.errors import EngineError, ModelError
from swinglever.kinematics import solve_kinematics
from swinglever.measuring import measure_report
from swinglever.motion_build import compute_motion
from swinglever.muscle_solvers import FoundMuscles, find_muscles, swings_with_emg, swings_with_forces
from swinglever.muscle_sources import muscle_cases, muscle_sources
from swinglever.parameters import Parameters
from swinglever.playback_build import build_playback, show_model
from swinglever.plugins import Plugins, load_plugins
from swinglever.preflight import keep_swings, prepare, prepare_emg
from swinglever.report import Moments, Provenance, Swing, SwingReport
from swinglever.results import Ablation, Attribution, Kinematics, MuscleForces
from swinglever.silencing import silence, silent_cases
from swinglever.swing import SwingEvents
from swinglever.trial import Trial
from swinglever.verdict import decide, decide_by_moments, gather_findings

SCOPES = ("shank", "leg")
OnStage = Callable[[str], None]


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
    on_stage
        Called with the name of each stage as it begins.

    Raises
    ------
    InputError
        When the input cannot be used; the message says why and what to do.
    """
    chosen, plugins = parameters or Parameters(), plugins or load_plugins()
    plugins.check_names()
    timing: dict[str, float] = {}
    with _stage("read", timing, on_stage):
        recording = _read(plugins, chosen, trial, grf, external_loads, ik_setup)
        body = _as_asked(model if isinstance(model, Model) else load_body(model, plugins), chosen)
    with _stage("check", timing, on_stage):
        recording = prepare(recording, body, chosen)
        signals, unused = prepare_emg(emg, recording, body, chosen) if emg is not None else (None, ())
    with _stage("kinematics", timing, on_stage):
        kinematics = solve_kinematics(recording, body, chosen)
    with _stage("swings", timing, on_stage):
        swings = _find_swings(plugins, recording, body, kinematics, chosen)
        swings, doubts = keep_swings(swings, recording, body, kinematics, chosen)
        swings, outside = swings_with_forces(swings, forces)
        swings, unmeasured = swings_with_emg(swings, signals, chosen, forces)
        doubts = (*doubts, *outside, *unmeasured)
    with _stage("dynamics", timing, on_stage):
        dynamics = compute_dynamics(body, kinematics, swings, recording.ground_forces, chosen)
    with _stage("muscles", timing, on_stage):
        solved = find_muscles(
            body, kinematics, dynamics, chosen, forces, recording.ground_forces, _solvers(plugins), signals
        )
        muscles = solved.forces
        sources = [muscle_sources(d, muscles[d.events.id]) if muscles else None for d in dynamics]
    with _stage("attribution", timing, on_stage):
        shares = [{scope: attribute(d, scope, s) for scope in SCOPES} for d, s in zip(dynamics, sources, strict=True)]
        classical = [
            {scope: attribute_classically(d, scope, s) for scope in SCOPES}
            for d, s in zip(dynamics, sources, strict=True)
        ]
    if chosen.body_scope:
        with _stage("body", timing, on_stage):
            whole = attribute_bodies(body, kinematics, dynamics, recording.ground_forces, chosen, bool(muscles))
            shares = [s | {"body": b} for s, b in zip(shares, whole, strict=True)]
    with _stage("ablation", timing, on_stage):
        cases = moment_cases() | (muscle_cases(muscles) if muscles else {})
        ablations = ablate(kinematics, dynamics, cases, chosen)
    if muscles:
        with _stage("silencing", timing, on_stage):
            silenced = silence(body, kinematics, dynamics, muscles, silent_cases(), chosen)
            ablations = tuple(replayed | s for replayed, s in zip(ablations, silenced, strict=True))
    found = tuple(
        _collect(d, s, c, a, _verdict(d, s, a, muscles, body.mass_kg), solved)
        for d, s, c, a in zip(dynamics, shares, classical, ablations, strict=True)
    )
    with _stage("motion", timing, on_stage):
        motions = compute_motion(body, kinematics, dynamics, recording.ground_forces, chosen)
    with _stage("playback", timing, on_stage):
        paths, meshes, unseen = show_model(body)
        playback = build_playback(body, recording, kinematics, dynamics, found, motions, paths=paths, meshes=meshes)
    report = SwingReport(
        provenance=_provenance(recording, body, chosen, command),
        kinematics=kinematics,
        swings=found,
        warnings=(*recording.warnings, *unused, *kinematics.warnings, *doubts, *solved.warnings, *unseen),
        timing=timing,
        playback=playback,
    )
    with _stage("metrics", timing, on_stage):
        return measure_report(report, motions, plugins)


def _collect(
    dynamics: Dynamics,
    attribution: Mapping[str, Attribution],
    classical: Mapping[str, Attribution],
    ablation: Mapping[str, Ablation],
    verdict: tuple[str, str],
    muscles: FoundMuscles,
) -> Swing:
    """Put together what the stages found of one swing."""
    events, leg = dynamics.events, dynamics.limb.leg
    names = dynamics.limb.model.coordinate_names
    return Swing(
        id=events.id,
        side=events.side,
        toe_off_s=events.toe_off_s,
        thigh_reversal_s=events.thigh_reversal_s,
        peak_flexion_s=events.peak_flexion_s,
        pass_s=events.pass_s,
        foot_strike_s=events.foot_strike_s,
        event_source=events.event_source,
        verdict=verdict[0],
        verdict_reason=verdict[1],
        time_s=dynamics.time_s,
        knee_flexion_rad=dynamics.knee_flexion_rad,
        hip_flexion_rad=dynamics.q[:, leg.hip_flexion],
        knee_sign=leg.knee_sign,
        knee_coordinate=names[leg.knee],
        moments=Moments(
            coordinate_names=tuple(names[k] for k in leg.released),
            net_moment_nm=dynamics.net_moment[:, list(leg.released)],
        ),
        attribution=attribution,
        classical=classical,
        ablation=ablation,
        muscles=muscles.forces.get(events.id),
        emg=muscles.emg.get(events.id),
    )


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


def _solvers(plugins: Plugins) -> dict[str, Callable[..., Any]]:
    """Muscle solvers that plugins offer, the built-in one among them."""
    return {name: solve for name, (_, solve) in plugins.offers("swinglever_muscle_solvers").items()}


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


def _verdict(
    dynamics: Dynamics,
    shares: Mapping[str, Attribution],
    ablations: Mapping[str, Ablation],
    muscles: Mapping[str, MuscleForces],
    mass_kg: float,
) -> tuple[str, str]:
    if not muscles:
        return decide_by_moments(dynamics, mass_kg)
    return decide(gather_findings(dynamics, shares["shank"], ablations, muscles[dynamics.events.id], mass_kg))


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


@contextmanager
def _stage(name: str, timing: dict[str, float], on_stage: OnStage | None) -> Iterator[None]:
    if on_stage is not None:
        on_stage(name)
    begin = time.perf_counter()
    yield
    timing[name] = time.perf_counter() - begin
