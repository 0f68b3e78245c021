"""The whole analysis, stage by stage: a recording and a model in, every swing's causes out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

from swinglever import __version__
from swinglever.anatomy.limb import take_limb
from swinglever.anatomy.model import Model
from swinglever.both_legs import explain_legs
from swinglever.causes.explanation import doubts_about
from swinglever.causes.reliance import withhold
from swinglever.checks.event_times import check_event_times, force_lateness
from swinglever.checks.examination import Examined, examine, require
from swinglever.checks.feet import settle_plates
from swinglever.checks.motion import look_at_motion
from swinglever.checks.request import Request
from swinglever.checks.room import free_memory, require_room
from swinglever.checks.swings import check_fit, check_solved, keep_swings
from swinglever.checks.threshold import check_threshold
from swinglever.engines.apart import loading_ahead
from swinglever.errors import InputError, SwingleverError
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import line_up
from swinglever.motion.swings import SwingEvents
from swinglever.muscles.choice import choose_solver, solver_name
from swinglever.output.playback_build import add_swings, build_frames, choose_playback
from swinglever.plugins.manager import BUILT_IN, Plugins, load_plugins
from swinglever.plugins.measuring import announce_report, measure_report
from swinglever.plugins.reading import readers
from swinglever.records.faults import Fault, faults_of, require_no_errors, sort_faults, told_beside
from swinglever.records.kinematics import Kinematics
from swinglever.records.parameters import Parameters
from swinglever.records.playback import Playback
from swinglever.records.report import Provenance, SwingReport
from swinglever.records.trial import Trial
from swinglever.signals import import_filters
from swinglever.system.partner import Partner, meanwhile, partner_of
from swinglever.system.stages import OnStage, Stages
from swinglever.system.versions import version_of

T = TypeVar("T")
_FOR_A_LOOK, _FOR_CAUSES = look_at_motion.__module__, explain_legs.__module__
"""What a partner imports before it looks at a motion, and before it finds causes."""


def analyse(
    trial: str | Path | Trial,
    model: str | Path | Model,
    *,
    grf: str | Path | None = None,
    external_loads: str | Path | None = None,
    ik_setup: str | Path | None = None,
    forces: str | Path | None = None,
    emg: str | Path | None = None,
    names: str | Path | None = None,
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
        Markers (``.trc``, ``.c3d``) or coordinates (``.mot``, ``.sto``), or a `Trial` made by hand.
    model
        An ``.osim`` file, or a model that is loaded already.
    grf, external_loads, ik_setup
        Ground forces, which foot each acts on, and the weights of the markers.
    forces
        Muscle forces from outside (``.sto``, a column a muscle, N), instead of solving for them.
    emg
        Surface EMG, raw or as envelopes (``.sto``, ``.csv``, ``.c3d``), which static optimization then stays near.
    names
        What is what in the model (``.toml``), where neither its names nor how it is built tell.
    parameters
        Choices; the defaults when not given.
    plugins
        What plugins offer; the installed ones when not given.
    command
        What the user typed, for the record.
    jobs
        Processes that share the work: with two, one for each leg; with more, the repeats with varied inputs are
        shared by all. The numbers are the same for any.
    on_stage
        Called with the name of each stage as it begins.

    Raises
    ------
    InputError
        When the input cannot be used; the message says why and what to do.
    """
    beside = {"grf": grf, "external_loads": external_loads, "ik_setup": ik_setup, "forces": forces, "emg": emg}
    asked = Request.of(trial, model, parameters, names=names, **beside)
    with partner_of(jobs) as partner:
        begun = begin_analysis(asked, plugins or load_plugins(), on_stage, partner)
        return explain_whole(begun, command, jobs)


def explain_whole(begun: "Begun", command: str = "", jobs: int = 1) -> SwingReport:
    """Find the causes of all swings, with all of them in memory.

    Raises
    ------
    InputError
        When they would not find room there.
    """
    plugins, stage, motion = begun.plugins, begun.stage, begun.motion
    inputs, kinematics = motion.inputs, motion.kinematics
    require_room(len(motion.events), free_memory())
    legs = line_up(inputs, kinematics, motion.events)
    kept, thinned = choose_playback(inputs.parameters.playback, kinematics.time_s)
    solver = choose_solver(inputs, plugins.muscle_solvers())
    shown = explain_legs(legs, solver, kept, stage, begun.partner_for_a_leg)
    found = shown.explained
    with stage("playback"):
        playback = add_swings(motion.frames(), found.swings, shown.playback)
    if begun.partner is not None and not inputs.parameters.uncertainty:
        begun.partner.end()  # it would keep its memory
    report = SwingReport(
        provenance=provenance_of(inputs, command, kept),
        kinematics=kinematics,
        swings=withhold(found.swings, kinematics, motion.force_late_s),
        warnings=(*motion.warnings, *doubts_about(inputs, [found], found.swings), *thinned),
        timing=stage.timing,
        playback=playback,
    )
    with stage("metrics"):
        report = measure_report(report, plugins)
    if inputs.parameters.uncertainty:
        from swinglever.certainty.bands import add_bands  # what repeats need is imported where there are some

        with stage("uncertainty"):
            report = add_bands(report, legs, plugins, jobs, stage.on_stage, begun.partner)
    return announce_report(report, plugins)


def foresee(examined: Examined, plugins: Plugins) -> tuple[Fault, ...]:
    """Give every fault that an analysis would tell before it looks for causes, or be refused for.

    Parameters
    ----------
    examined
        Of the files. Where a fault forbids an analysis there is no motion to look at.
    plugins
        Who may find the swings.
    """
    if examined.inputs is None:
        return examined.faults
    try:
        told: tuple[Fault, ...] = _measure(examined.inputs, plugins, Stages()).told
    except SwingleverError as error:
        told = faults_of(error)
    return sort_faults(dict.fromkeys([*examined.lasting, *told]))


@dataclass(frozen=True, kw_only=True)
class Motion:
    """A solved motion: its inputs with each force under its foot, its swings, and what there is to tell of them.

    ``frames`` gives the playback of the trial's own frames, which is laid out when it is first asked for.
    """

    inputs: Inputs
    kinematics: Kinematics
    events: tuple[SwingEvents, ...]
    force_late_s: float
    told: tuple[Fault, ...]
    frames: Callable[[], Playback | None]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know so far."""
        return (*self.inputs.warnings, *map(str, self.told))


@dataclass(frozen=True, kw_only=True)
class Begun:
    """An analysis whose swings are found and not yet explained; and who helps, where somebody does."""

    plugins: Plugins
    stage: Stages
    motion: Motion
    partner: Partner | None = None

    @property
    def partner_for_a_leg(self) -> Partner | None:
        """Who does one of the legs: nobody where there is one alone, or where a plugin finds the forces."""
        inputs, offered = self.motion.inputs, self.plugins.offers("swinglever_muscle_solvers")
        ours = offered.get(solver_name(inputs), ("",))[0] == BUILT_IN
        return self.partner if ours and _has_two_legs(inputs) else None


def _has_two_legs(inputs: Inputs) -> bool:
    return len(inputs.model.legs) > 1 and inputs.parameters.side == "both"


def begin_analysis(
    request: Request, plugins: Plugins, on_stage: OnStage | None, partner: Partner | None = None
) -> Begun:
    """Read and check the files, solve the motion and find its swings; a partner loads the model meanwhile.

    Raises
    ------
    InputError
        When the input cannot be used; the message says why and what to do.
    """
    plugins.check_names()
    stage = Stages(on_stage=on_stage)
    model = None if isinstance(request.model, Model) else request.model
    with stage("read and check"), loading_ahead(model, partner):
        one_leg = request.parameters.side != "both"
        if partner is not None and (not one_leg or request.parameters.uncertainty):
            partner.begin(import_filters)
            partner.prepare(_FOR_A_LOOK, *([_FOR_CAUSES] if one_leg else []))
        import_filters()  # meanwhile
        inputs = require(examine(request, readers(plugins)))
    both = partner if _has_two_legs(inputs) else None
    return Begun(plugins=plugins, stage=stage, motion=_measure(inputs, plugins, stage, both), partner=partner)


def _measure(inputs: Inputs, plugins: Plugins, stage: Stages, partner: Partner | None = None) -> Motion:
    """Solve the motion and find its swings, while a partner looks at laws and events of the motion."""
    with stage("kinematics"):
        kinematics = solve_kinematics(inputs)
        check_solved(inputs, kinematics)
    with stage("swings"):
        inputs, shared = settle_plates(inputs, kinematics)
        if partner is not None:
            partner.share(inputs, kinematics)
        asked = meanwhile(partner, look_at_motion, inputs, kinematics)
        if partner is not None:
            partner.prepare(_FOR_CAUSES)
        found = _attempt(lambda: _find_swings(inputs, kinematics, plugins))
        kept, _ = choose_playback(inputs.parameters.playback, kinematics.time_s)
        frames = cache(partial(build_frames, inputs, kinematics, kept))
        if partner is not None:
            frames()  # while the partner looks at the motion
        looked = asked()
        shared += [*looked.fit, *check_event_times(looked.times)]
        shared += [*check_threshold(inputs, kinematics), *looked.laws]
        require_no_errors(shared)
        if isinstance(found, InputError):
            raise told_beside(found, list(dict.fromkeys([*looked.laws, *check_fit(kinematics), *shared]))) from found
        if isinstance(found, SwingleverError):
            raise found
        events, doubts = found
    solved, left = (
        [Fault(code=code, severity="warning", place="", got=text) for text in texts]
        for code, texts in (("motion", kinematics.warnings), ("swings", doubts))
    )
    return Motion(
        inputs=inputs,
        kinematics=kinematics,
        events=events,
        force_late_s=force_lateness(looked.times),
        told=(*solved, *shared, *left),
        frames=frames,
    )


def _attempt(find: Callable[[], T]) -> T | SwingleverError:
    """What was found, or why not: what else is wrong may be worth more to know."""
    try:
        return find()
    except SwingleverError as failure:
        return failure


def _find_swings(
    inputs: Inputs, kinematics: Kinematics, plugins: Plugins
) -> tuple[tuple[SwingEvents, ...], tuple[str, ...]]:
    """Find the swings that can be analysed, and say what is doubtful of them."""
    given = {"trial": inputs.trial, "model": inputs.model, "kinematics": kinematics, "parameters": inputs.parameters}
    swings = plugins.first("swinglever_find_swings", given, tuple, SwingEvents)
    kept, doubts = keep_swings(inputs, kinematics, swings)
    for side in dict.fromkeys(swing.side for swing in kept):
        take_limb(inputs.model, side)  # a leg that cannot be taken is an error before any cause is looked for
    return kept, doubts


def provenance_of(inputs: Inputs, command: str, playback: str) -> Provenance:
    """Say where a report comes from."""
    trial, model = inputs.trial, inputs.model
    return Provenance(
        trial_name=trial.name,
        trial_sha256=trial.sha256,
        model_name=model.name,
        model_sha256=model.sha256,
        mass_kg=model.mass_kg,
        parameters=inputs.parameters.as_table() | {"playback": playback},
        command=command,
        created_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        swinglever_version=__version__,
        opensim_version=version_of("opensim"),
    )
