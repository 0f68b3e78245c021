"""An analysis that goes to a file: a long trial lot by lot, so that its swings never lie in memory all at once.

What the swings of a leg have in common (how far joints reach, when strides begin, what EMG asks of the muscles) is
known to every lot, so a result is the same as that of `pipeline.analyse`. Where more than that is shared, as by repeats
with varied inputs, softer quadriceps and plugins that look at a whole report, the trial is analysed as a whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from swinglever.both_legs import explain_legs
from swinglever.causes.explanation import Explained, doubts_about
from swinglever.causes.reliance import withhold
from swinglever.checks.request import Request
from swinglever.dynamics.limb import compute_dynamics
from swinglever.motion.inputs import Inputs
from swinglever.motion.leg_swings import WholeLeg, line_up, whole_legs
from swinglever.motion.swings import SwingEvents
from swinglever.muscles.choice import WITH_EMG, MuscleSolver, choose_solver
from swinglever.muscles.doubts import PassiveDoubts
from swinglever.muscles.drive import EmgDrive
from swinglever.muscles.legs import prepare_muscles
from swinglever.muscles.solvers.emg_informed import Driven, find_drive
from swinglever.output.parts import parts_of
from swinglever.output.playback_build import choose_playback, lay_muscles
from swinglever.output.store import write_report
from swinglever.pipeline import Begun, begin_analysis, explain_whole, provenance_of
from swinglever.plugins.manager import BUILT_IN, Plugins
from swinglever.plugins.measuring import announce_report, measure_swings, measure_trial
from swinglever.records.playback import Playback, SwingPlayback
from swinglever.records.report import Swing, SwingReport
from swinglever.records.short import at_instant, in_short
from swinglever.system.partner import Partner, partner_of
from swinglever.system.stages import OnStage, Stages

SWINGS_AT_ONCE = 96
"""Of both legs: half a minute of running, some 300 MB."""

_OF_ALL = {"swinglever_muscle_solvers", "swinglever_report_sections", "swinglever_report_ready"}
"""Hooks of plugins that look at all swings at once."""


def analyse_to_file(
    target: Path,
    request: Request,
    plugins: Plugins,
    *,
    command: str = "",
    jobs: int = 1,
    partner: Partner | None = None,
    on_stage: OnStage | None = None,
    at_once: int = SWINGS_AT_ONCE,
) -> SwingReport:
    """Analyse a trial and write the result.

    Parameters
    ----------
    target
        The result file.
    request, plugins, command, jobs, on_stage
        As `pipeline.analyse` takes them.
    partner
        A second process that has begun already, as to load the model.
    at_once
        Swings that lie in memory together.

    Returns
    -------
    SwingReport
        The report; of a long trial with its swings in short (`records.short`) and without playback.

    Raises
    ------
    InputError
        When the input cannot be used; the message says why and what to do.
    OutputError
        When the result cannot be written.
    """
    with partner_of(jobs, partner) as second:
        begun = begin_analysis(request, plugins, on_stage, second)
        short = _analyse_lots(begun, target, command, at_once) if _goes_in_lots(begun, at_once) else None
        report = explain_whole(begun, command, jobs) if short is None else short
    if short is None:
        write_report(report, target)
    return report


def _goes_in_lots(begun: Begun, at_once: int) -> bool:
    """Tell whether a trial is long, and its swings share nothing but what every lot knows."""
    inputs = begun.motion.inputs
    parameters = inputs.parameters
    shares = parameters.uncertainty or parameters.soft_quadriceps
    return len(begun.motion.events) > at_once and not shares and not _look_at_all(begun.plugins)


def _look_at_all(plugins: Plugins) -> bool:
    """Tell whether a plugin looks at more than a swing at a time: at the muscles of a leg, or at a whole report."""
    foreign = [plugin for name, plugin in plugins.loaded.items() if name != BUILT_IN]
    metrics = plugins.offers("swinglever_metrics").values()
    return any(set(plugin.hooks) & _OF_ALL for plugin in foreign) or any(
        plugin != BUILT_IN and metric.scope == "trial" for plugin, metric in metrics
    )


def _analyse_lots(begun: Begun, target: Path, command: str, at_once: int) -> SwingReport | None:
    """Explain, measure and write lot by lot; None where lots differ in the muscles whose passive force is left out."""
    motion, plugins, stage = begun.motion, begun.plugins, Stages(timing=begun.stage.timing)
    inputs, kinematics = motion.inputs, motion.kinematics
    kept, thinned = choose_playback(inputs.parameters.playback, kinematics.time_s)
    with stage("playback"):
        playback = motion.frames()
    report = SwingReport(
        provenance=provenance_of(inputs, command, kept), kinematics=kinematics, swings=(), timing=stage.timing
    )
    whole = whole_legs(kinematics, motion.events)
    solve = choose_solver(inputs, plugins.muscle_solvers())
    if solve.name == WITH_EMG and inputs.model.musculature is not None:
        with stage("muscles"):
            drives = _find_drives(inputs, whole, at_once, begun.stage.on_stage)
            solve = MuscleSolver(name=WITH_EMG, solve=Driven(drives=drives))
            if begun.partner is not None:
                begun.partner.share(*filter(None, drives.values()), solve)
    short: list[Swing] = []
    told: list[Explained] = []
    with parts_of(target) as parts:
        for events in _lots(motion.events, at_once, begun.stage.on_stage):
            legs = line_up(inputs, kinematics, events, whole)
            both = explain_legs(legs, solve, kept, stage, begun.partner_for_a_leg)
            found = both.explained
            swings = withhold(found.swings, kinematics, motion.force_late_s)
            with stage("metrics"):
                swings = measure_swings(swings, plugins)
            with stage("playback"):
                playback = None if playback is None else lay_muscles(playback, swings)
                shown = None if playback is None else _of_swings(playback, both.playback)
            with stage("write"):
                first = replace(report, kinematics=at_instant(kinematics, 0, "frame"))
                parts.add(replace(first, swings=swings, playback=shown))
            short += map(in_short, swings)
            told.append(replace(found, swings=()))
            del legs, both, found, swings, shown  # or a lot would stay while the next one is explained
        if _lots_differ([doubt for lot in told for doubt in lot.doubts]):
            return None
        warnings = doubts_about(inputs, told, short)
        report = replace(report, swings=tuple(short), warnings=(*motion.warnings, *warnings, *thinned))
        with stage("metrics"):
            report = announce_report(measure_trial(report, plugins), plugins)
        parts.join(replace(report, swings=(), playback=playback))
    return report


def _find_drives(
    inputs: Inputs, whole: Mapping[str, WholeLeg], at_once: int, on_stage: OnStage | None
) -> dict[str, EmgDrive | None]:
    """Look at all swings once, lot by lot, for what EMG asks of each leg."""
    drives = {}
    for side, leg in whole.items():
        lots = (
            prepare_muscles(compute_dynamics(legs))
            for events in _lots(leg.events, at_once, on_stage, f"EMG {side}: ")
            for legs in line_up(inputs, leg.kinematics, events, whole)
        )
        drives[side] = find_drive(lots)
    return drives


def _lots(
    events: Sequence[SwingEvents], at_once: int, on_stage: OnStage | None, what: str = ""
) -> Iterator[tuple[SwingEvents, ...]]:
    """Give swings lot by lot, in the order in which they begin, and tell of each lot."""
    rising = sorted(events, key=lambda swing: swing.toe_off_s)
    for begin in range(0, len(rising), at_once):
        lot = tuple(rising[begin : begin + at_once])
        if on_stage is not None:
            on_stage(f"{what}swings {begin + 1} to {begin + len(lot)} of {len(rising)}")
        yield lot


def _lots_differ(doubts: Sequence[PassiveDoubts]) -> bool:
    """Tell whether a muscle's passive force was left out of some lots of a leg and not of others."""
    return len({(lot.side, frozenset(lot.overstretched)) for lot in doubts}) > len({lot.side for lot in doubts})


def _of_swings(playback: Playback, shown: Mapping[str, SwingPlayback]) -> Playback:
    """Give what a viewer needs of some swings; of the trial's own frames, the first alone."""
    return Playback(
        time_s=playback.time_s[:1],
        body_names=playback.body_names,
        body_pose=playback.body_pose[:1],
        swings=shown,
    )
