"""From moving joints to causes: dynamics, muscles, attribution and ablation of every swing, stage by stage."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from swinglever.causes.ablation import ablate, moment_cases
from swinglever.causes.attribution import attribute_both_ways
from swinglever.causes.body import attribute_bodies
from swinglever.causes.muscle_sources import muscle_cases, muscle_sources
from swinglever.causes.silencing import silence, silent_cases
from swinglever.causes.verdict import decide, decide_by_moments, gather_findings
from swinglever.dynamics.limb import Dynamics, compute_dynamics
from swinglever.dynamics.segments import compute_motion
from swinglever.motion.inputs import Inputs
from swinglever.motion.swings import SwingEvents
from swinglever.muscles.solvers import FoundMuscles, MuscleSolver, find_muscles
from swinglever.records.report import Moments, Swing
from swinglever.records.results import Ablation, Attribution, Kinematics
from swinglever.records.segments import SwingMotion

SCOPES = ("shank", "leg")
OnStage = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Stages:
    """Tells and times the stages of an analysis.

    Parameters
    ----------
    timing
        Seconds by stage; filled as they end.
    on_stage
        Called with the name of each stage as it begins.
    """

    timing: dict[str, float] = field(default_factory=dict)
    on_stage: OnStage | None = None

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Begin a stage; it ends with the block."""
        if self.on_stage is not None:
            self.on_stage(name)
        begin = time.perf_counter()
        yield
        self.timing[name] = time.perf_counter() - begin


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """All that the causes of a recording's swings follow from.

    Parameters
    ----------
    inputs, kinematics, swings
        What was measured on which body, how it moved, and where its swings are.
    solvers
        Muscle solvers by name.
    """

    inputs: Inputs
    kinematics: Kinematics
    swings: tuple[SwingEvents, ...]
    solvers: Mapping[str, MuscleSolver] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What was found of the swings, all in one order; ``warnings`` are about the muscles."""

    dynamics: tuple[Dynamics, ...]
    swings: tuple[Swing, ...]
    motions: tuple[SwingMotion, ...]
    warnings: tuple[str, ...]


def explain(given: Prepared, stage: Stages) -> Explained:
    """Find the causes of every swing.

    Parameters
    ----------
    given
        What they follow from.
    stage
        Who hears of the stages.

    Raises
    ------
    InputError, ModelError
        When muscle forces were asked for that cannot be had.
    """
    inputs, kinematics = given.inputs, given.kinematics
    body, parameters, ground_forces = inputs.model, inputs.parameters, inputs.trial.ground_forces
    with stage("dynamics"):
        dynamics = compute_dynamics(body, kinematics, given.swings, ground_forces, parameters)
    with stage("muscles"):
        solved = find_muscles(
            body,
            kinematics,
            dynamics,
            parameters,
            inputs.forces,
            ground_forces,
            given.solvers,
            inputs.emg,
        )
        muscles = solved.forces
        sources = [muscle_sources(d, muscles[d.events.id]) if muscles else None for d in dynamics]
    with stage("attribution"):
        split = [
            {scope: attribute_both_ways(d, scope, s) for scope in SCOPES}
            for d, s in zip(dynamics, sources, strict=True)
        ]
        shares = [{scope: by_cause for scope, (by_cause, _) in each.items()} for each in split]
        classical = [{scope: induced for scope, (_, induced) in each.items()} for each in split]
    if parameters.body_scope:
        with stage("body"):
            whole = attribute_bodies(
                body,
                kinematics,
                dynamics,
                ground_forces,
                parameters,
                bool(muscles),
                solved.emg,
            )
            shares = [s | {"body": b} for s, b in zip(shares, whole, strict=True)]
    with stage("ablation"):
        cases = moment_cases() | (muscle_cases(muscles) if muscles else {})
        ablations = ablate(kinematics, dynamics, cases, parameters)
    if muscles:
        with stage("silencing"):
            silenced = silence(body, kinematics, dynamics, muscles, silent_cases(), parameters)
            ablations = tuple(replayed | s for replayed, s in zip(ablations, silenced, strict=True))
    with stage("motion"):
        motions = compute_motion(body, kinematics, dynamics, ground_forces, parameters)
    swings = tuple(
        _collect(d, s, c, a, _verdict(d, s, a, solved, body.mass_kg), solved)
        for d, s, c, a in zip(dynamics, shares, classical, ablations, strict=True)
    )
    return Explained(dynamics=dynamics, swings=swings, motions=tuple(motions), warnings=solved.warnings)


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


def _verdict(
    dynamics: Dynamics,
    shares: Mapping[str, Attribution],
    ablations: Mapping[str, Ablation],
    muscles: FoundMuscles,
    mass_kg: float,
) -> tuple[str, str]:
    swing, shank = dynamics.events.id, shares["shank"]
    if not muscles.forces:
        return decide_by_moments(dynamics, mass_kg)
    return decide(gather_findings(dynamics, shank, ablations, muscles.forces[swing], mass_kg, muscles.emg.get(swing)))
