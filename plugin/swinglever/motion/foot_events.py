"""When each foot leaves and meets the ground: from ground forces, else as the file labels it, else from its motion."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from swinglever.anatomy.model import Model, Side
from swinglever.motion.foot_path import FootPath, follow_feet, gait_of
from swinglever.motion.foot_strike import find_foot_strikes
from swinglever.motion.soles import soles_of_motion
from swinglever.motion.steps import Contact, find_steps, join
from swinglever.motion.toe_off import find_toe_offs
from swinglever.records.foot_event import EventSource, FootEvent, Gait
from swinglever.records.kinematics import Kinematics
from swinglever.records.parameters import Parameters
from swinglever.records.trial import GroundForce

_OWN_SHARE, _OWN_S = 0.3, 0.2
"""An event nearer to a measured contact than this share of a stride (or this time, where no stride is known) is one of
that contact's own, found otherwise: in running a swing lasts 0.6 of a stride and more, in walking 0.4."""


@dataclass(frozen=True, kw_only=True)
class FootEvents:
    """Toe-offs and foot strikes of one leg, s, rising, and how the person went.

    ``source`` is where those come from that no force tells; ``by_force_s`` are the toe-offs that a force does.
    """

    side: Side
    toe_off_s: tuple[float, ...]
    foot_strike_s: tuple[float, ...]
    source: EventSource
    gait: Gait
    by_force_s: frozenset[float] = frozenset()

    def source_of(self, toe_off_s: float) -> EventSource:
        """Where a toe-off comes from: plates may cover some of the steps only."""
        return "ground_force" if toe_off_s in self.by_force_s else self.source


def find_events(
    model: Model,
    kinematics: Kinematics,
    forces: tuple[GroundForce, ...],
    parameters: Parameters,
    labels: tuple[FootEvent, ...] = (),
    paths: Mapping[Side, FootPath] | None = None,
) -> dict[Side, FootEvents]:
    """Find the events of every leg that the model has.

    Parameters
    ----------
    model, kinematics
        The moving body.
    forces
        Ground forces; where they miss steps, as plates in the floor do, those are found otherwise.
    parameters
        The threshold of contact.
    labels
        Events that the recording's file names; a foot without a toe-off and a foot strike among them has its own from
        how it moves.
    paths
        How the feet move, where that is known already (`follow_feet`).
    """
    contacts = find_contact_times(model, kinematics, forces, parameters.force_threshold_n)
    found = dict[Side, FootEvents]()
    for side, path in (follow_feet(model, kinematics) if paths is None else paths).items():
        unloaded = _from_labels(side, labels, gait_of(path)) or _from_motion(side, path)
        found[side] = _with_contacts(unloaded, contacts[side], _recorded(forces)) if contacts[side] else unloaded
    return found


def _recorded(forces: Iterable[GroundForce]) -> Contact:
    """First and last time of all forces, s."""
    spans = np.array([force.time_s[[0, -1]] for force in forces])
    return float(spans[:, 0].min()), float(spans[:, 1].max())


def find_contact_times(
    model: Model, kinematics: Kinematics, forces: Sequence[GroundForce], threshold_n: float
) -> dict[Side, tuple[Contact, ...]]:
    """Contacts of each leg by force, in the order in which they begin."""
    soles = soles_of_motion(model, kinematics) if forces else {}
    steps = [step for force in forces for step in find_steps(force, model, soles, threshold_n)]
    return {side: join([(s.on_s, s.off_s) for s in steps if s.side == side]) for side in model.legs}


def _with_contacts(beside: FootEvents, contacts: Sequence[Contact], recorded: Contact) -> FootEvents:
    """Take the events of contacts that were measured, and the others where steps are missing, or forces end."""
    offs, strikes = [off for _, off in contacts if np.isfinite(off)], [on for on, _ in contacts if np.isfinite(on)]
    spans = _spans_of(contacts, recorded, _stride_s(beside))
    return replace(
        beside,
        toe_off_s=tuple(sorted([*offs, *_missing(beside.toe_off_s, spans)])),
        foot_strike_s=tuple(sorted([*strikes, *_missing(beside.foot_strike_s, spans)])),
        by_force_s=frozenset(offs),
    )


def _stride_s(events: FootEvents) -> float:
    """Time of a stride; inf where no foot did the same thing twice."""
    steps = [np.diff(times) for times in (events.toe_off_s, events.foot_strike_s) if len(times) > 1]
    return float(np.median(np.concatenate(steps))) if steps else float("inf")


def _spans_of(contacts: Sequence[Contact], recorded: Contact, stride_s: float) -> list[Contact]:
    """Spans in which every event is one of a contact; one that the recording of the forces cuts ends where they do."""
    near_s, (begin, end) = _OWN_SHARE * stride_s if np.isfinite(stride_s) else _OWN_S, recorded
    return [(begin if np.isnan(on) else on - near_s, end if np.isnan(off) else off + near_s) for on, off in contacts]


def _missing(times_s: Iterable[float], spans: Sequence[Contact]) -> list[float]:
    """Those of some events that lie in no contact, nor so near to one that they could be its own."""
    return [t for t in times_s if not any(on < t < off for on, off in spans)]


def _from_labels(side: Side, labels: Iterable[FootEvent], gait: Gait) -> FootEvents | None:
    offs = sorted(e.time_s for e in labels if (e.side, e.kind) == (side, "toe_off"))
    strikes = sorted(e.time_s for e in labels if (e.side, e.kind) == (side, "foot_strike"))
    if not (offs and strikes):
        return None
    return FootEvents(side=side, toe_off_s=tuple(offs), foot_strike_s=tuple(strikes), source="labels", gait=gait)


def _from_motion(side: Side, path: FootPath) -> FootEvents:
    gait = gait_of(path)
    return FootEvents(
        side=side,
        toe_off_s=find_toe_offs(path, gait),
        foot_strike_s=find_foot_strikes(path),
        source="kinematics",
        gait=gait,
    )
