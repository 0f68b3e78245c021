"""From moving joints to causes: dynamics, muscles, attribution and ghosts of every swing, stage by stage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from swinglever.causes.attribution import LIMB_SCOPES, attribute_both_ways
from swinglever.causes.body import attribute_body
from swinglever.causes.leg_causes import LegCauses, take_apart
from swinglever.causes.proof import prove
from swinglever.causes.replay import moment_cases, muscle_cases, replay_together
from swinglever.causes.silencing import silence_together, silent_cases
from swinglever.causes.sources import muscle_sources
from swinglever.causes.verdict import reason_without_muscles
from swinglever.dynamics.limb import compute_dynamics
from swinglever.dynamics.segments import compute_motion
from swinglever.motion.leg_swings import LegSwings
from swinglever.muscles.choice import MuscleSolver
from swinglever.muscles.doubts import PassiveDoubts, doubts_of, warn_of_muscles
from swinglever.muscles.emg_exchange import doubt_names
from swinglever.muscles.forces import LegForces
from swinglever.records.bounds import SwingBounds
from swinglever.records.report import Swing
from swinglever.system.stages import Stages


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What was found of the swings, in the order in which they begin; and what the user should know of it.

    ``doubts`` are those that the muscles at rest give, leg by leg; ``warnings`` tell of them already.
    """

    swings: tuple[Swing, ...]
    warnings: tuple[str, ...]
    doubts: tuple[PassiveDoubts, ...] = ()


OtherSharing = Callable[[LegForces, Sequence[SwingBounds]], LegForces]
"""Gives forces that share the load otherwise, from those that were found and what is plausible of each swing."""


def explain(
    swings: Sequence[LegSwings], solve: MuscleSolver, stage: Stages, sharing: OtherSharing | None = None
) -> Explained:
    """Find the causes of every swing.

    Parameters
    ----------
    swings
        The swings of each leg.
    solve
        Who finds the muscle forces.
    stage
        Who hears of the stages.
    sharing
        How the load is shared; as it was found when not given. The verdict knows of all that is plausible already.

    Raises
    ------
    InputError, ModelError
        When muscle forces were asked for that cannot be had.
    """
    legs = find_shares(swings, solve, stage, sharing)
    (legs,) = send_ghosts([legs], stage)
    return conclude(legs, stage)


def find_shares(
    swings: Sequence[LegSwings],
    solve: MuscleSolver,
    stage: Stages,
    sharing: OtherSharing | None = None,
    *,
    whole: bool = True,
) -> tuple[LegCauses, ...]:
    """Find forces, bounds and shares of every swing of each leg: all that `explain` finds but ghosts and motion.

    ``whole`` asks for all bounds; without it there are those that verdicts and load sharing rest on.
    """
    with stage("dynamics"):
        dynamics = [compute_dynamics(leg) for leg in swings]
    with stage("muscles"):
        legs = [LegCauses(dynamics=d, forces=solve(d)) for d in dynamics]
    with stage("bounds"):
        legs = [leg if leg.forces is None else replace(leg, proofs=prove(leg.forces, whole=whole)) for leg in legs]
        legs = [leg if sharing is None else _shared(leg, sharing) for leg in legs]
    with stage("attribution"):
        legs = [_attributed(leg) for leg in legs]
    if swings[0].inputs.parameters.body_scope:
        with stage("body"):
            legs = [
                replace(leg, shares={**leg.shares, "body": attribute_body(leg.dynamics, leg.forces)}) for leg in legs
            ]
    return tuple(legs)


def send_ghosts(analyses: Sequence[Sequence[LegCauses]], stage: Stages) -> tuple[tuple[LegCauses, ...], ...]:
    """Let the legs of one analysis, or of several of one recording, go on from toe-off without some of the forces.

    Each analysis has the same legs in the same order; those of all analyses are integrated together.
    """
    by_leg = list(zip(*analyses, strict=True))
    with stage("ablation"):
        by_leg = [_replayed(legs) for legs in by_leg]
    with stage("silencing"):
        by_leg = [_silenced(legs) for legs in by_leg]
    return tuple(zip(*by_leg, strict=True))


def conclude(legs: Sequence[LegCauses], stage: Stages) -> Explained:
    """Take the swings of all legs apart, in the order in which they begin."""
    inputs = legs[0].dynamics.swings.inputs
    with stage("motion"):
        legs = [replace(leg, motions=compute_motion(leg.dynamics)) for leg in legs]
    found = sorted((swing for leg in legs for swing in take_apart(leg)), key=lambda swing: swing.toe_off_s)
    judged = tuple(_judged(swing, inputs.model.mass_kg) for swing in found)
    forces = [leg.forces for leg in legs if leg.forces is not None]
    doubts, exchanged = tuple(map(doubts_of, forces)), doubt_names([each.legs for each in forces])
    return Explained(swings=judged, warnings=(*warn_of_muscles(inputs, doubts, judged), *exchanged), doubts=doubts)


def _shared(leg: LegCauses, sharing: OtherSharing) -> LegCauses:
    if leg.forces is None:
        return leg
    return replace(leg, forces=sharing(leg.forces, [proof.bounds for proof in leg.proofs]))


def _attributed(leg: LegCauses) -> LegCauses:
    sources = None if leg.forces is None else muscle_sources(leg.forces)
    both = {scope: attribute_both_ways(leg.dynamics, scope, sources) for scope in LIMB_SCOPES}
    return replace(
        leg,
        shares={scope: superposed for scope, (superposed, _) in both.items()},
        classical={scope: induced for scope, (_, induced) in both.items()},
    )


def _replayed(legs: Sequence[LegCauses]) -> tuple[LegCauses, ...]:
    cases = [moment_cases(leg.dynamics) | ({} if leg.forces is None else muscle_cases(leg.forces)) for leg in legs]
    found = replay_together([leg.dynamics for leg in legs], cases)
    return tuple(replace(leg, ghosts=(*leg.ghosts, paths)) for leg, paths in zip(legs, found, strict=True))


def _silenced(legs: Sequence[LegCauses]) -> tuple[LegCauses, ...]:
    forces = [leg.forces for leg in legs if leg.forces is not None]
    if not forces:
        return tuple(legs)
    found = silence_together(forces, [silent_cases(each) for each in forces])
    return tuple(replace(leg, ghosts=(*leg.ghosts, paths)) for leg, paths in zip(legs, found, strict=True))


def _judged(swing: Swing, mass_kg: float) -> Swing:
    """Say of a swing without muscles what net moments can say; one with muscles has its verdict."""
    if swing.muscles is not None:
        return swing
    return replace(swing, verdict_reason=reason_without_muscles(swing, mass_kg))
