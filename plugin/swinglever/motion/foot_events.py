"""When each foot leaves and meets the ground: from ground forces, else from how the foot moves."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.signal import find_peaks

from swinglever.anatomy.model import Leg, Model, Side
from swinglever.anatomy.multibody.tree import Configuration
from swinglever.arrays import Array, Bools
from swinglever.records.parameters import Parameters
from swinglever.records.results import Kinematics
from swinglever.records.trial import GroundForce

_SHORTEST_CONTACT_S = 0.05
"""A shorter contact is a plate's noise: the best sprinters stand for 0.08 s and more."""
_SHORTEST_STRIDE_S = 0.4
"""No runner's stride is shorter: the fastest sprinters take less than 5 steps, 2.5 strides, a second."""
_RATE_HZ = 250.0
"""Rate at which feet are looked at: events are known to 4 ms at best where no force was measured."""
_LEAST_RISE_M = 0.2
"""A foot swings by more than this before and behind the pelvis; a smaller peak of its path is none of a stride."""
_CLEARANCE_M = 0.01
"""A foot within this of its lowest (1st percentile) is down: the marker error of a foot that rests."""
_LOWEST_PERCENTILE = 1.0
_PUSH_BEFORE_S, _PUSH_AFTER_S = 0.2, 0.05
"""Where the toes' greatest upward acceleration is looked for, around the time when they are rearmost."""
_STRAIGHT_BEFORE_S, _STRAIGHT_AFTER_S = 0.05, 0.1
"""Where the knee's fullest extension is looked for, around that push (Fellin 2010: a tenth of a second after)."""
_LANDS_WITHIN_S = 0.25
"""The foot comes down within this time after it was foremost."""


@dataclass(frozen=True, kw_only=True)
class FootEvents:
    """Toe-offs and foot strikes of one leg, s, rising, and what they come from (``ground_force`` or ``kinematics``)."""

    side: Side
    toe_off_s: tuple[float, ...]
    foot_strike_s: tuple[float, ...]
    source: str


def find_events(
    model: Model, kinematics: Kinematics, forces: tuple[GroundForce, ...], parameters: Parameters
) -> dict[Side, FootEvents]:
    """Find the events of every leg that the model has.

    Parameters
    ----------
    model, kinematics
        The moving body.
    forces
        Ground forces; with none, or none that overlaps the motion, events come from kinematics.
    parameters
        The threshold of contact.
    """
    contacts = _contacts(model, kinematics, forces, parameters.force_threshold_n)
    if any(contacts.values()):
        return {
            side: FootEvents(
                side=side,
                foot_strike_s=tuple(sorted(on for on, _ in pairs if np.isfinite(on))),
                toe_off_s=tuple(sorted(off for _, off in pairs if np.isfinite(off))),
                source="ground_force",
            )
            for side, pairs in contacts.items()
        }
    time_s = _dense(kinematics)
    configuration = model.place(kinematics.at(time_s)[0])
    speed_forward = travel_direction(model, configuration)
    return {
        side: _from_motion(
            leg, time_s, configuration, speed_forward, leg.knee_sign * kinematics.at(time_s)[0][:, leg.knee]
        )
        for side, leg in model.legs.items()
    }


def travel_direction(model: Model, configuration: Configuration) -> Array:
    """Horizontal unit vector (3) in which the body faces, averaged over the frames: the pelvis's forward axis."""
    pelvis = next(iter(model.legs.values())).pelvis_body
    up = -model.gravity / np.linalg.norm(model.gravity)
    forward = configuration.body_rotation[..., pelvis, :, 0].reshape(-1, 3).mean(axis=0)
    forward = forward - (forward @ up) * up
    return np.asarray(forward / np.linalg.norm(forward))


_UNDER_FOOT_M = 0.3
"""A centre of pressure farther than this from the heel, which is a foot's length, lies under another foot."""
_PLAINLY_NEARER = 0.5
"""A foot is told from the other in a step that is cut if it is by this share nearer to the centre of pressure."""
_LOOKS_AT_A_CUT_STEP = 50
"""Instants at which a step that the recording cuts is looked at for its largest load."""

Contact = tuple[float, float]


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


def _dense(kinematics: Kinematics) -> Array:
    begin, end = kinematics.time_s[0], kinematics.time_s[-1]
    return np.linspace(begin, end, int((end - begin) * _RATE_HZ) + 1)


def _from_motion(leg: Leg, time_s: Array, placed: Configuration, forward: Array, knee_flexion: Array) -> FootEvents:
    """Events of one leg from its foot's path.

    Notes
    -----
    Toe-off: in the time before the toes are rearmost behind the pelvis (Zeni 2008), the later of the toes' greatest
    upward acceleration and, within a tenth of a second of it, the knee's fullest extension (Fellin 2010). Against
    ground forces (Hamner 2010, two runners of Fukuchi 2017) it is 0 to 28 ms late and never more than 2 ms early, so
    that no contact leaks into a swing. Foot strike: after the heel is foremost, the first time that heel or toes come
    within 1 cm of their lowest; -3 to 14 ms.
    """
    rate = 1.0 / (time_s[1] - time_s[0])
    toes = placed.body_position[:, leg.toes if leg.toes >= 0 else leg.foot]
    heel, pelvis = placed.body_position[:, leg.foot], placed.body_position[:, leg.pelvis_body]
    apart = int(_SHORTEST_STRIDE_S * rate)
    rearmost, _ = find_peaks((pelvis - toes) @ forward, distance=apart, prominence=_LEAST_RISE_M)
    foremost, _ = find_peaks((heel - pelvis) @ forward, distance=apart, prominence=_LEAST_RISE_M)
    upward = np.gradient(np.gradient(toes[:, 1], time_s), time_s)
    offs = [_toe_off(time_s, upward, knee_flexion, int(peak), rate) for peak in rearmost]
    low = (heel[:, 1] < np.percentile(heel[:, 1], _LOWEST_PERCENTILE) + _CLEARANCE_M) | (
        toes[:, 1] < np.percentile(toes[:, 1], _LOWEST_PERCENTILE) + _CLEARANCE_M
    )
    strikes = [_first_low(time_s, low, int(peak), rate) for peak in foremost]
    return FootEvents(
        side=leg.side,
        toe_off_s=tuple(t for t in offs if np.isfinite(t)),
        foot_strike_s=tuple(t for t in strikes if np.isfinite(t)),
        source="kinematics",
    )


def _toe_off(time_s: Array, upward: Array, knee_flexion: Array, rearmost: int, rate: float) -> float:
    first = rearmost - int(_PUSH_BEFORE_S * rate)
    last = rearmost + int(_PUSH_AFTER_S * rate)
    if first < 0 or last > len(time_s):
        return float("nan")
    push = first + int(np.argmax(upward[first:last]))
    near = slice(max(push - int(_STRAIGHT_BEFORE_S * rate), 0), push + int(_STRAIGHT_AFTER_S * rate))
    straight = near.start + int(np.argmin(knee_flexion[near]))
    return float(time_s[max(push, straight)])


def _first_low(time_s: Array, low: Bools, foremost: int, rate: float) -> float:
    after = np.flatnonzero(low[foremost : foremost + int(_LANDS_WITHIN_S * rate)])
    return float(time_s[foremost + after[0]]) if after.size else float("nan")
