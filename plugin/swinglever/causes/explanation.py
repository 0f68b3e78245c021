"""From moving joints to causes: dynamics, muscles, attribution and ghosts of every swing, stage by stage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from swinglever.causes.attribution import LIMB_SCOPES, attribute_both_ways
from swinglever.causes.body import attribute_body
from swinglever.causes.leg_causes import LegCauses, take_apart
from swinglever.causes.proof import prove
from swinglever.causes.replay import moment_cases, muscle_cases, replay
from swinglever.causes.silencing import silence, silent_cases
from swinglever.causes.sources import muscle_sources
from swinglever.causes.verdict import reason_without_muscles
from swinglever.dynamics.limb import compute_dynamics
from swinglever.dynamics.segments import compute_motion
from swinglever.motion.leg_swings import LegSwings
from swinglever.muscles.choice import MuscleSolver
from swinglever.muscles.doubts import warn_of_muscles
from swinglever.muscles.forces import LegForces
from swinglever.records.bounds import SwingBounds
from swinglever.records.report import Swing
from swinglever.system.stages import Stages


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What was found of the swings, in the order in which they begin; and what the user should know of it."""

    swings: tuple[Swing, ...]
    warnings: tuple[str, ...]


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
    inputs = swings[0].inputs
    with stage("dynamics"):
        dynamics = [compute_dynamics(leg) for leg in swings]
    with stage("muscles"):
        legs = [LegCauses(dynamics=d, forces=solve(d)) for d in dynamics]
    with stage("bounds"):
        legs = [leg if leg.forces is None else replace(leg, proofs=prove(leg.forces)) for leg in legs]
        legs = [leg if sharing is None else _shared(leg, sharing) for leg in legs]
    with stage("attribution"):
        legs = [_attributed(leg) for leg in legs]
    if inputs.parameters.body_scope:
        with stage("body"):
            legs = [
                replace(leg, shares={**leg.shares, "body": attribute_body(leg.dynamics, leg.forces)}) for leg in legs
            ]
    with stage("ablation"):
        legs = [_replayed(leg) for leg in legs]
    with stage("silencing"):
        legs = [_silenced(leg) for leg in legs]
    with stage("motion"):
        legs = [replace(leg, motions=compute_motion(leg.dynamics)) for leg in legs]
    found = sorted((swing for leg in legs for swing in take_apart(leg)), key=lambda swing: swing.toe_off_s)
    judged = tuple(_judged(swing, inputs.model.mass_kg) for swing in found)
    return Explained(swings=judged, warnings=warn_of_muscles(inputs, [leg.forces for leg in legs], judged))


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


def _replayed(leg: LegCauses) -> LegCauses:
    cases = moment_cases(leg.dynamics) | ({} if leg.forces is None else muscle_cases(leg.forces))
    return replace(leg, ghosts=(*leg.ghosts, replay(leg.dynamics, cases)))


def _silenced(leg: LegCauses) -> LegCauses:
    if leg.forces is None:
        return leg
    return replace(leg, ghosts=(*leg.ghosts, silence(leg.forces, silent_cases(leg.forces))))


def _judged(swing: Swing, mass_kg: float) -> Swing:
    """Say of a swing without muscles what net moments can say; one with muscles has its verdict."""
    if swing.muscles is not None:
        return swing
    return replace(swing, verdict_reason=reason_without_muscles(swing, mass_kg))
