"""From moving joints to causes: dynamics, muscles, attribution and ghosts of every swing, stage by stage."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from swinglever.causes.attribution import LIMB_SCOPES, attribute_both_ways
from swinglever.causes.body import attribute_body
from swinglever.causes.leg_causes import LegCauses, take_apart
from swinglever.causes.proof import prove_together
from swinglever.causes.replay import moment_cases, muscle_cases, replay_together
from swinglever.causes.silencing import silence_together, silent_cases
from swinglever.causes.sources import muscle_sources
from swinglever.causes.verdict import reason_without_muscles
from swinglever.dynamics.limb import Dynamics, compute_dynamics
from swinglever.dynamics.segments import compute_motion
from swinglever.motion.inputs import Inputs
from swinglever.motion.leg_swings import LegSwings
from swinglever.muscles.choice import MuscleSolver
from swinglever.muscles.doubts import PassiveDoubts, doubts_of, join_doubts, warn_of_muscles
from swinglever.muscles.emg_exchange import doubt_names, frames_for_names
from swinglever.muscles.forces import LegForces
from swinglever.muscles.frames import LegFrames, join_frames
from swinglever.muscles.legs import prepare_muscles_together
from swinglever.muscles.solvers.least_effort import solve_least_effort, solve_least_effort_together
from swinglever.records.bounds import SwingBounds
from swinglever.records.report import Swing
from swinglever.system.stages import Stages


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What was found of the swings, in the order in which they begin, and what `doubts_about` tells of the muscles.

    Attributes
    ----------
    swings
        The swings.
    doubts
        What is doubtful of the muscles at rest, leg by leg.
    frames
        What the muscles of each leg have to do in frames by which the names of EMG channels are judged.
    """

    swings: tuple[Swing, ...]
    doubts: tuple[PassiveDoubts, ...] = ()
    frames: tuple[LegFrames, ...] = ()


OtherSharing = Callable[[Sequence[LegForces], Sequence[Sequence[SwingBounds]]], Sequence[LegForces]]
"""Gives forces that share the load otherwise, from those that analyses found and what is plausible of each swing."""

Legs = tuple[LegCauses, ...]
"""What is known of each leg in one analysis."""


def explain(swings: Sequence[LegSwings], solver: MuscleSolver, stage: Stages) -> Explained:
    """Find the causes of every swing.

    Parameters
    ----------
    swings
        The swings of each leg.
    solver
        Who finds the muscle forces.
    stage
        Who hears of the stages.

    Raises
    ------
    InputError, ModelError
        When muscle forces were asked for that cannot be had.
    """
    return conclude(find_causes(swings, solver, stage), stage)


def join_explained(parts: Sequence[Explained]) -> Explained:
    """Put together what was found of each leg, in the order of the legs."""
    swings = sorted((swing for part in parts for swing in part.swings), key=lambda swing: swing.toe_off_s)
    return Explained(
        swings=tuple(swings),
        doubts=tuple(doubt for part in parts for doubt in part.doubts),
        frames=tuple(frames for part in parts for frames in part.frames),
    )


def find_causes(swings: Sequence[LegSwings], solver: MuscleSolver, stage: Stages) -> Legs:
    """Find forces, shares, ghosts and motion of every swing of each leg."""
    (legs,) = send_ghosts(find_shares(find_forces([swings], solver, stage), stage), stage)
    return _measured(legs, stage)


def find_forces(analyses: Sequence[Sequence[LegSwings]], solver: MuscleSolver, stage: Stages) -> tuple[Legs, ...]:
    """Find moments and muscle forces of every swing of each leg, of one analysis or of several of one recording.

    Each analysis has the same legs in the same order; those of all analyses are solved together.
    """
    by_leg = list(zip(*analyses, strict=True))
    with stage("dynamics"):
        dynamics = [[compute_dynamics(leg) for leg in legs] for legs in by_leg]
    with stage("muscles"):
        return tuple(zip(*(_with_forces(each, solver) for each in dynamics), strict=True))


def find_shares(
    analyses: Sequence[Legs],
    stage: Stages,
    sharing: OtherSharing | None = None,
    *,
    whole: bool = True,
    proved: Collection[str] = (),
) -> tuple[Legs, ...]:
    """Find bounds and shares of every swing of each leg, of one analysis or of several of one recording.

    Parameters
    ----------
    analyses
        With the muscle forces; each has the same legs in the same order, and those of all analyses are solved together.
    stage
        Who hears of the stages.
    sharing
        How the load is shared; as it was found when not given. The verdict knows of all that is plausible already.
    whole
        Whether all bounds and the classical shares are wanted; else the bounds that verdicts and load sharing rest on.
    proved
        Then, the swings whose verdict moments proved before, as `prove_together` has them.
    """
    by_leg = list(zip(*analyses, strict=True))
    with stage("bounds"):
        by_leg = [_proved(legs, sharing, whole=whole, proved=proved) for legs in by_leg]
    with stage("attribution"):
        by_leg = [_attributed(legs, whole=whole) for legs in by_leg]
    if by_leg[0][0].dynamics.swings.inputs.parameters.body_scope:
        with stage("body"):
            by_leg = [tuple(map(_attributed_in_body, legs)) for legs in by_leg]
    return tuple(zip(*by_leg, strict=True))


def send_ghosts(analyses: Sequence[Legs], stage: Stages, *, whole: bool = True) -> tuple[Legs, ...]:
    """Let the legs of one analysis, or of several of one recording, go on from toe-off without some of the forces.

    Each analysis has the same legs in the same order; those of all analyses are integrated together, to foot strike
    where they are wanted ``whole``, else until their peaks are known.
    """
    by_leg = list(zip(*analyses, strict=True))
    with stage("ablation"):
        by_leg = [_replayed(legs, whole=whole) for legs in by_leg]
    with stage("silencing"):
        by_leg = [_silenced(legs, whole=whole) for legs in by_leg]
    return tuple(zip(*by_leg, strict=True))


def conclude(legs: Sequence[LegCauses], stage: Stages) -> Explained:
    """Judge the swings of all legs, and keep what tells whether their muscles and EMG are doubtful."""
    signals, forces = legs[0].dynamics.swings.inputs.emg, [leg.forces for leg in legs if leg.forces is not None]
    frames = () if signals is None else tuple(frames_for_names(each.legs, signals) for each in forces)
    return Explained(swings=judge(legs, stage), doubts=tuple(map(doubts_of, forces)), frames=frames)


def doubts_about(inputs: Inputs, lots: Sequence[Explained], swings: Sequence[Swing]) -> tuple[str, ...]:
    """Say what about muscles and EMG is doubtful, of swings that were explained at once or lot by lot.

    Parameters
    ----------
    inputs
        What was asked for, of which model.
    lots
        What was found, lot by lot.
    swings
        The swings of all lots.
    """
    doubts = join_doubts([doubt for lot in lots for doubt in lot.doubts])
    frames = join_frames([part for lot in lots for part in lot.frames])
    return (*warn_of_muscles(inputs, doubts, swings), *doubt_names(frames, inputs))


def judge(legs: Sequence[LegCauses], stage: Stages) -> tuple[Swing, ...]:
    """Take the swings of all legs apart, in the order in which they begin, each with its verdict."""
    mass_kg = legs[0].dynamics.swings.inputs.model.mass_kg
    legs = _measured(legs, stage)
    found = sorted((swing for leg in legs for swing in take_apart(leg)), key=lambda swing: swing.toe_off_s)
    return tuple(_judged(swing, mass_kg) for swing in found)


def _measured(legs: Sequence[LegCauses], stage: Stages) -> Legs:
    """Find how the segments moved, where that is not known yet."""
    if all(leg.motions for leg in legs):
        return tuple(legs)
    with stage("motion"):
        return tuple(replace(leg, motions=compute_motion(leg.dynamics)) for leg in legs)


def _with_forces(analyses: Sequence[Dynamics], solver: MuscleSolver) -> list[LegCauses]:
    ours = solver.solve is solve_least_effort and analyses[0].swings.inputs.model.musculature is not None
    forces: Sequence[LegForces | None]
    if ours and len(analyses) > 1:
        forces = solve_least_effort_together(prepare_muscles_together(analyses))
    else:
        forces = [solver(dynamics) for dynamics in analyses]
    return [LegCauses(dynamics=d, forces=f) for d, f in zip(analyses, forces, strict=True)]


def _proved(legs: Sequence[LegCauses], sharing: OtherSharing | None, *, whole: bool, proved: Collection[str]) -> Legs:
    forces = [leg.forces for leg in legs if leg.forces is not None]
    if not forces:
        return tuple(legs)
    proofs = prove_together(forces, whole=whole, proved=proved)
    shared = forces if sharing is None else sharing(forces, [[proof.bounds for proof in each] for each in proofs])
    found = zip(proofs, shared, strict=True)
    pairs = [None if leg.forces is None else next(found) for leg in legs]
    return tuple(
        leg if pair is None else replace(leg, proofs=pair[0], forces=pair[1])
        for leg, pair in zip(legs, pairs, strict=True)
    )


def _attributed(legs: Sequence[LegCauses], *, whole: bool) -> Legs:
    sources = [None if leg.forces is None else muscle_sources(leg.forces) for leg in legs]
    dynamics = [leg.dynamics for leg in legs]
    both = {scope: attribute_both_ways(dynamics, scope, sources, classical=whole) for scope in LIMB_SCOPES}
    return tuple(
        replace(
            leg,
            shares={scope: found[k][0] for scope, found in both.items()},
            classical={scope: other for scope, found in both.items() if (other := found[k][1]) is not None},
        )
        for k, leg in enumerate(legs)
    )


def _attributed_in_body(leg: LegCauses) -> LegCauses:
    return replace(leg, shares={**leg.shares, "body": attribute_body(leg.dynamics, leg.forces)})


def _replayed(legs: Sequence[LegCauses], *, whole: bool) -> Legs:
    cases = [moment_cases(leg.dynamics) | ({} if leg.forces is None else muscle_cases(leg.forces)) for leg in legs]
    found = replay_together([leg.dynamics for leg in legs], cases, whole=whole)
    return tuple(replace(leg, ghosts=(*leg.ghosts, paths)) for leg, paths in zip(legs, found, strict=True))


def _silenced(legs: Sequence[LegCauses], *, whole: bool) -> Legs:
    forces = [leg.forces for leg in legs if leg.forces is not None]
    if not forces:
        return tuple(legs)
    found = silence_together(forces, [silent_cases(each) for each in forces], whole=whole)
    return tuple(replace(leg, ghosts=(*leg.ghosts, paths)) for leg, paths in zip(legs, found, strict=True))


def _judged(swing: Swing, mass_kg: float) -> Swing:
    """Say of a swing without muscles what net moments can say; one with muscles has its verdict."""
    if swing.muscles is not None:
        return swing
    return replace(swing, verdict_reason=reason_without_muscles(swing, mass_kg))
