"""Explains the swings of both legs, one of them in a second process where there is one.

No leg knows of the other until all causes are found, so the numbers are the same to the last bit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from swinglever.causes.explanation import Explained, explain, join_explained
from swinglever.motion.leg_swings import LegSwings
from swinglever.muscles.choice import MuscleSolver
from swinglever.output.playback_build import build_swings
from swinglever.records.playback import SwingPlayback
from swinglever.system.partner import Partner, meanwhile
from swinglever.system.stages import Stages


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What was found of some swings, and what a viewer needs of each, by its id."""

    explained: Explained
    playback: Mapping[str, SwingPlayback]


def explain_legs(
    legs: Sequence[LegSwings], solver: MuscleSolver, kept: str, stage: Stages, partner: Partner | None = None
) -> Shown:
    """Find the causes of every swing, and gather what a viewer needs of it.

    Parameters
    ----------
    legs
        The swings of each leg.
    solver
        Who finds the muscle forces.
    kept
        How much is kept of a playback: ``full``, ``thin`` or ``none``; see `Parameters`.
    stage
        Who hears of the stages.
    partner
        Does all legs but one.

    Raises
    ------
    InputError, ModelError
        When muscle forces were asked for that cannot be had.
    """
    if partner is None or len(legs) < 2:
        return explain_and_show(legs, solver, kept, stage)
    partner.share(*(known for leg in legs for known in (leg.inputs, leg.kinematics, leg.whole) if known is not None))
    # A partner has to send back what it finds: this process keeps the leg with the most swings.
    own = max(range(len(legs)), key=lambda k: len(legs[k].events))
    asked = [
        meanwhile(partner, explain_and_show, [leg], solver, kept, Stages()) for leg in (*legs[:own], *legs[own + 1 :])
    ]
    mine = explain_and_show([legs[own]], solver, kept, stage)
    with stage("other leg"):
        theirs = [wait() for wait in asked]
    found = [*theirs[:own], mine, *theirs[own:]]
    explained = join_explained([each.explained for each in found])
    shown = {name: swing for each in found for name, swing in each.playback.items()}
    return Shown(explained=explained, playback={s.id: shown[s.id] for s in explained.swings if s.id in shown})


def explain_and_show(legs: Sequence[LegSwings], solver: MuscleSolver, kept: str, stage: Stages) -> Shown:
    """Do the same in one process."""
    explained = explain(legs, solver, stage)
    if kept == "none":
        return Shown(explained=explained, playback={})
    with stage("playback"):
        return Shown(explained=explained, playback=build_swings(legs, explained.swings, kept))
