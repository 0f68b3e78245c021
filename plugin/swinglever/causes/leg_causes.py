"""What was found of the swings of one leg, batch by batch, and the one place that takes it apart, swing by swing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from swinglever.causes.attribution import Shares
from swinglever.causes.ghosts import GhostPaths
from swinglever.causes.limits import calibrated_on
from swinglever.causes.proof import Proof
from swinglever.causes.verdict import UNDECIDED
from swinglever.dynamics.limb import Dynamics
from swinglever.errors import UndefinedError
from swinglever.metrics.stride import running_speed
from swinglever.muscles.emg_records import record_emg
from swinglever.muscles.forces import LegForces
from swinglever.records.foot_event import Gait
from swinglever.records.report import Moments, Swing
from swinglever.records.segments import SwingMotion


@dataclass(frozen=True, kw_only=True)
class LegCauses:
    """All that was found of the swings of one leg, in batches; it grows stage by stage.

    Parameters
    ----------
    dynamics, forces
        How the leg moved, and the one muscle solution that everything else rests on; None where there is none.
    shares, classical
        The knee's motion by source in each scope: velocity terms shared out, and as a source of their own.
    ghosts
        The swings as they would have gone.
    proofs
        What the recording proves of each swing, and the verdict; none without muscles.
    motions
        How the segments of each swing moved.
    """

    dynamics: Dynamics
    forces: LegForces | None
    shares: Mapping[str, Shares] = field(default_factory=dict)
    classical: Mapping[str, Shares] = field(default_factory=dict)
    ghosts: tuple[GhostPaths, ...] = ()
    proofs: tuple[Proof, ...] = ()
    motions: tuple[SwingMotion, ...] = ()


def take_apart(leg: LegCauses) -> Iterator[Swing]:
    """Take the batches of a leg apart into the records of its swings, the one place that does."""
    dynamics, anatomy = leg.dynamics, leg.dynamics.limb.leg
    names, free = dynamics.limb.model.coordinate_names, dynamics.limb.released
    shares, classical = (
        {scope: found.records() for scope, found in each.items()} for each in (leg.shares, leg.classical)
    )
    ghosts = [paths.records() for paths in leg.ghosts]
    emg = record_emg(dynamics.swings, leg.forces)
    muscles = (None,) * len(emg) if leg.forces is None else leg.forces.records()
    proofs: tuple[Proof | None, ...] = leg.proofs or (None,) * len(emg)
    for k, events in enumerate(dynamics.swings.events):
        proof = proofs[k]
        swing = Swing(
            id=events.id,
            side=events.side,
            toe_off_s=events.toe_off_s,
            thigh_reversal_s=events.thigh_reversal_s,
            peak_flexion_s=events.peak_flexion_s,
            pass_s=events.pass_s,
            foot_strike_s=events.foot_strike_s,
            event_source=events.event_source,
            verdict=UNDECIDED if proof is None else proof.judgement.category,
            evidence="" if proof is None else proof.judgement.grade,
            verdict_reason="" if proof is None else proof.judgement.reason,
            time_s=dynamics.time_s[k],
            knee_flexion_rad=dynamics.knee_flexion_rad[k],
            hip_flexion_rad=dynamics.q[k, :, anatomy.hip_flexion],
            knee_sign=anatomy.knee_sign,
            knee_coordinate=names[anatomy.knee],
            moments=Moments(
                coordinate_names=dynamics.limb.released_names, net_moment_nm=dynamics.net_moment[k][:, free]
            ),
            attribution={scope: records[k] for scope, records in shares.items()},
            classical={scope: records[k] for scope, records in classical.items()},
            ablation={case: record for records in ghosts for case, record in records[k].items()},
            muscles=muscles[k],
            bounds=None if proof is None else proof.bounds,
            emg=emg[k],
            motion=leg.motions[k],
        )
        yield swing if proof is None else replace(swing, verdict_reason=_with_pace(swing, events.gait))


def _with_pace(swing: Swing, gait: Gait) -> str:
    """The reason, and that the runner's pace is none of those by which verdicts were calibrated."""
    try:
        return f"{swing.verdict_reason} {calibrated_on().doubt(gait, running_speed(swing))}".rstrip()
    except UndefinedError:
        return swing.verdict_reason
