"""When each foot leaves and meets the ground: from ground forces, else as the file labels it, else from its motion."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import Model, Side
from swinglever.arrays import Array
from swinglever.motion.foot_path import FootPath, follow_feet, gait_of
from swinglever.motion.foot_strike import find_foot_strikes
from swinglever.motion.toe_off import find_toe_offs
from swinglever.records.foot_event import EventSource, FootEvent, Gait
from swinglever.records.kinematics import Kinematics
from swinglever.records.parameters import Parameters
from swinglever.records.trial import GroundForce

_SHORTEST_CONTACT_S = 0.05
"""A shorter contact is a plate's noise: the best sprinters stand for 0.08 s and more."""

Contact = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class FootEvents:
    """Toe-offs and foot strikes of one leg, s, rising, what they come from, and how the person went."""

    side: Side
    toe_off_s: tuple[float, ...]
    foot_strike_s: tuple[float, ...]
    source: EventSource
    gait: Gait


def find_events(
    model: Model,
    kinematics: Kinematics,
    forces: tuple[GroundForce, ...],
    parameters: Parameters,
    labels: tuple[FootEvent, ...] = (),
) -> dict[Side, FootEvents]:
    """Find the events of every leg that the model has.

    Parameters
    ----------
    model, kinematics
        The moving body.
    forces
        Ground forces; with none, or none that overlaps the motion, the labels count.
    parameters
        The threshold of contact.
    labels
        Events that the recording's file names; a foot without a toe-off and a foot strike among them has its own from
        how it moves.
    """
    contacts = _contacts(model, kinematics, forces, parameters.force_threshold_n)
    paths = follow_feet(model, kinematics)
    if any(contacts.values()):
        return {side: _from_contacts(side, contacts[side], gait_of(path)) for side, path in paths.items()}
    return {side: _from_labels(side, labels, gait_of(path)) or _from_motion(side, path) for side, path in paths.items()}


def _from_contacts(side: Side, contacts: Iterable[Contact], gait: Gait) -> FootEvents:
    return FootEvents(
        side=side,
        toe_off_s=tuple(sorted(off for _, off in contacts if np.isfinite(off))),
        foot_strike_s=tuple(sorted(on for on, _ in contacts if np.isfinite(on))),
        source="ground_force",
        gait=gait,
    )


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


_UNDER_FOOT_M = 0.3
"""A centre of pressure farther than this from the heel, which is a foot's length, lies under another foot."""
_PLAINLY_NEARER = 0.5
"""A foot is told from the other in a step that is cut if it is by this share nearer to the centre of pressure."""
_LOOKS_AT_A_CUT_STEP = 50
"""Instants at which a step that the recording cuts is looked at for its largest load."""


def _contacts(
    model: Model, kinematics: Kinematics, forces: tuple[GroundForce, ...], threshold_n: float
) -> dict[Side, list[Contact]]:
    """Contacts (on, off; nan where cut by the recording's ends) of each leg."""
    contacts: dict[Side, list[Contact]] = {side: [] for side in model.legs}
    begin, end = kinematics.time_s[0], kinematics.time_s[-1]
    for force in forces:
        if force.time_s[-1] <= begin or force.time_s[0] >= end:
            continue
        owner = {model.body_names[b]: side for side, leg in model.legs.items() for b in leg.bodies}.get(force.body)
        if owner is None and force.body in model.body_names:
            continue  # the foot of a leg that the model does not have, or no foot at all
        for on, off, middle in _crossings(force.time_s, force.force_n[:, 1], threshold_n):
            whole = bool(np.isfinite(on) and np.isfinite(off)) and begin <= middle <= end
            if not (whole or begin <= on <= end or begin <= off <= end):
                continue
            side = owner
            if side is None and whole:
                side = _foot_of_step(model, kinematics, force, middle)
            elif side is None:
                side = _foot_of_cut_step(model, kinematics, force, (on, off))
            if side is not None:
                contacts[side].append((on, off))
    return contacts


def _crossings(time_s: Array, vertical_n: Array, threshold_n: float) -> list[tuple[float, float, float]]:
    """Times (on, off, middle) of every contact, interpolated between samples; on or off is nan at the ends."""
    loaded = vertical_n > threshold_n
    change = np.flatnonzero(np.diff(loaded))
    part = (threshold_n - vertical_n[change]) / (vertical_n[change + 1] - vertical_n[change])
    at = time_s[change] + part * (time_s[change + 1] - time_s[change])
    starts, ends = list(at[loaded[change + 1]]), list(at[loaded[change]])
    if loaded[0]:
        starts.insert(0, np.nan)
    if loaded[-1]:
        ends.append(np.nan)
    found = []
    for on, off in zip(starts, ends, strict=True):
        first, last = np.nan_to_num(on, nan=time_s[0]), np.nan_to_num(off, nan=time_s[-1])
        if last - first >= _SHORTEST_CONTACT_S:
            found.append((float(on), float(off), float(0.5 * (first + last))))
    return found


def _foot_distances(model: Model, kinematics: Kinematics, force: GroundForce, time_s: float) -> dict[Side, float]:
    """Distance of each foot from the centre of pressure, seen from above, or its height where that is not measured."""
    feet = model.place(kinematics.at(np.array(time_s))[0]).body_position
    point = force.at(np.array(time_s))[1]
    if not _is_measured(point):
        return {side: float(feet[leg.foot][1]) for side, leg in model.legs.items()}
    return {side: float(np.linalg.norm((feet[leg.foot] - point)[[0, 2]])) for side, leg in model.legs.items()}


def _is_measured(point: Array) -> bool:
    return bool(np.isfinite(point).all() and np.abs(point).max() > 0)


def _foot_of_step(model: Model, kinematics: Kinematics, force: GroundForce, time_s: float) -> Side | None:
    """Give the foot that is nearest; a leg whose fellow the model lacks has only what lies under its own foot."""
    distances = _foot_distances(model, kinematics, force, time_s)
    nearest = _by_distance(distances)[0]
    return nearest if len(distances) > 1 or distances[nearest] < _UNDER_FOOT_M else None


def _foot_of_cut_step(model: Model, kinematics: Kinematics, force: GroundForce, contact: Contact) -> Side | None:
    """Give the foot of a step that the recording cuts, or None where it cannot be told.

    Notes
    -----
    Near leaving or landing both feet may be near the ground. Where the seen part is loaded most, the centre of pressure
    tells, if one foot is less than half as far from it as the other.
    """
    first = max(kinematics.time_s[0], force.time_s[0], np.nan_to_num(contact[0], nan=-np.inf))
    last = min(kinematics.time_s[-1], force.time_s[-1], np.nan_to_num(contact[1], nan=np.inf))
    time_s = np.linspace(first, last, _LOOKS_AT_A_CUT_STEP)
    push, point, _ = force.at(time_s)
    most = int(np.argmax(push[:, 1]))
    if not _is_measured(point[most]):
        return None
    distances = _foot_distances(model, kinematics, force, float(time_s[most]))
    nearest, *others = _by_distance(distances)
    plain = all(distances[nearest] < _PLAINLY_NEARER * distances[other] for other in others)
    return nearest if plain and (others or distances[nearest] < _UNDER_FOOT_M) else None


def _by_distance(distances: Mapping[Side, float]) -> list[Side]:
    return [side for side, _ in sorted(distances.items(), key=lambda item: item[1])]
