"""Which foot bears each contact of each plate: decided by where the soles are, over the whole contact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from swinglever.anatomy.model import Model, Side
from swinglever.arrays import Array, Bools, runs_of
from swinglever.motion.soles import Sole
from swinglever.records.trial import GroundForce

SHORTEST_CONTACT_S = 0.05
"""A shorter contact is a plate's noise: the best sprinters stand for 0.08 s and more."""
_LOOKS = 40
"""Instants at which a contact is looked at."""
FAR_M = 0.15
"""Soles and foot markers of public recordings are 0.075 m at most from their own centre of pressure, the other foot is
0.18 m and more away."""
_NOBODY_M = 0.5
"""A centre of pressure farther than this from every sole, which is two feet's length, lies under none."""
_ALOFT_M = 0.12
"""A sole whose lowest point is higher than this over its own floor, in the mean of a contact, does not bear it."""
_PLAINLY = 0.5
"""Another foot than the one that is named, or that of a step that is cut, counts if it is by this share nearer."""
_STEADY_SHARE = 0.75
"""Share of a contact's load under its foot; a plate that bears one foot and then the other has less under either."""

_FADES_S, _FADED_N = 0.03, 5.0
"""Before and after a contact a force rises and fades for so long at most, and then there is a plate's noise."""

Contact = tuple[float, float]
"""Begin and end, s; nan where the recording cuts it."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One contact on one plate.

    Attributes
    ----------
    on_s, off_s
        nan where the recording of the force cuts it.
    said
        The foot that the recording names; None where it names none.
    side
        The foot that bears it; None where no foot is under it, or both are one after the other.
    gap_m
        Mean distance of the centre of pressure from each sole, weighed by load; empty where it was not measured.
    """

    on_s: float
    off_s: float
    said: Side | None
    side: Side | None
    gap_m: Mapping[Side, float]

    @property
    def moved(self) -> bool:
        """Whether another foot bears it than the one that is named, or none."""
        return self.said is not None and self.side != self.said


def find_steps(force: GroundForce, model: Model, soles: Mapping[Side, Sole], threshold_n: float) -> tuple[Step, ...]:
    """Find the contacts of one plate while the motion is known, and the foot of each.

    Parameters
    ----------
    force
        One plate; what acts on no foot has no steps.
    model
        Whose bodies it may act on.
    soles
        Where the soles are.
    threshold_n
        Vertical force that counts as contact.
    """
    owner = side_of(force, model)
    if not soles or (owner is None and force.body in model.body_names):
        return ()
    begin, end = next(iter(soles.values())).time_s[[0, -1]]
    found = []
    for on, off in crossings(force.time_s, force.force_n[:, 1], threshold_n):
        first = max(begin, float(np.nan_to_num(on, nan=force.time_s[0])))
        last = min(end, float(np.nan_to_num(off, nan=force.time_s[-1])))
        if last <= first:
            continue
        cut = bool(np.isnan(on) or np.isnan(off) or on < begin or off > end)
        gaps = _gaps(force, soles, np.linspace(first, last, _LOOKS), threshold_n)
        side = _bearer(gaps, owner, cut, len(model.legs)) if gaps else _lower(soles, owner, cut, (first, last))
        mean = {s: float(np.average(gap[0], weights=gap[1])) for s, gap in gaps.items()}
        if side is not None and _is_aloft(soles[side], mean.get(side), np.linspace(first, last, _LOOKS)):
            side = None
        found.append(Step(on_s=on, off_s=off, said=owner, side=side, gap_m=mean))
    return tuple(found)


def _is_aloft(sole: Sole, gap_m: float | None, time_s: Array) -> bool:
    """Whether a foot is in the air in the mean of some times (k): over its own floor, and away from the force's point.

    A foot on a slope or a stair is over the floor of the other steps, but at the force's point.
    """
    seen_s, lowest_m = sole.lowest
    if not seen_s.size or (gap_m is not None and gap_m < _ALOFT_M):
        return False
    over = np.interp(time_s, seen_s, lowest_m) - sole.floor_m
    return bool(over.mean() > _ALOFT_M)


def side_of(force: GroundForce, model: Model) -> Side | None:
    """Leg that the recording says a force acts on."""
    return next((s for s, leg in model.legs.items() if force.body in {model.body_names[b] for b in leg.bodies}), None)


def crossings(time_s: Array, vertical_n: Array, threshold_n: float) -> list[Contact]:
    """Every contact that is no noise, its ends interpolated between samples; nan at the ends of the recording.

    One that the recording cuts may have lasted longer than what is seen of it.
    """
    loaded = vertical_n > threshold_n
    change = np.flatnonzero(np.diff(loaded))
    part = (threshold_n - vertical_n[change]) / (vertical_n[change + 1] - vertical_n[change])
    at = time_s[change] + part * (time_s[change + 1] - time_s[change])
    starts, ends = list(at[loaded[change + 1]]), list(at[loaded[change]])
    if loaded[0]:
        starts.insert(0, np.nan)
    if loaded[-1]:
        ends.append(np.nan)
    return [(float(on), float(off)) for on, off in zip(starts, ends, strict=True) if not off - on < SHORTEST_CONTACT_S]


def _gaps(
    force: GroundForce, soles: Mapping[Side, Sole], time_s: Array, threshold_n: float
) -> dict[Side, tuple[Array, Array]]:
    """Distance of the centre of pressure from each sole, and the load, where measured (k); empty where nowhere."""
    push, point, _ = force.at(time_s)
    known = (push[:, 1] > threshold_n) & np.isfinite(point).all(axis=1) & (np.abs(point).max(axis=1) > 0)
    gaps = {side: sole.gap_m(time_s[known], point[known]) for side, sole in soles.items()} if known.any() else {}
    seen: Bools = np.all([np.isfinite(gap) for gap in gaps.values()], axis=0) if gaps else np.zeros(0, bool)
    if not seen.any():
        return {}
    return {side: (gap[seen], push[known][seen, 1]) for side, gap in gaps.items()}


def _bearer(gaps: Mapping[Side, tuple[Array, Array]], owner: Side | None, cut: bool, n_legs: int) -> Side | None:
    """Foot under the centre of pressure; the one that is named unless another is plainly nearer."""
    mean = {side: float(np.average(gap, weights=load)) for side, (gap, load) in gaps.items()}
    nearest = min(mean, key=mean.__getitem__)
    others = [gap for side, gap in mean.items() if side != nearest]
    if not others:
        if owner is not None or n_legs > 1:
            return owner
        return nearest if mean[nearest] < FAR_M else None
    plain = all(mean[nearest] < _PLAINLY * gap for gap in others)
    if owner is not None:
        return nearest if plain and nearest != owner and mean[nearest] < _NOBODY_M else owner
    if mean[nearest] > _NOBODY_M or (cut and not plain):
        return None
    (own, load), least = gaps[nearest], np.min([gap for gap, _ in gaps.values()], axis=0)
    return nearest if load[own <= least].sum() >= _STEADY_SHARE * load.sum() else None


def _lower(soles: Mapping[Side, Sole], owner: Side | None, cut: bool, contact: Contact) -> Side | None:
    """Foot that is lower, for a plate that tells no centre of pressure."""
    if owner is not None or cut or len(soles) < 2:
        return owner
    heights_m = {side: sole.height_m(np.linspace(*contact, _LOOKS)) for side, sole in soles.items()}
    if any(not np.isfinite(height_m).any() for height_m in heights_m.values()):
        return None
    return min(heights_m, key=lambda side: float(np.nanmean(heights_m[side])))


def share_out(force: GroundForce, steps: Sequence[Step], model: Model) -> tuple[GroundForce, ...]:
    """Give a force to the feet that bear its steps: one force a foot, zero in every other's steps.

    A force whose steps are all those of its own foot stays as it is, and so does one without any step.
    """
    sides, owner = dict.fromkeys(step.side for step in steps), side_of(force, model)
    if not steps or (owner is not None and list(sides) == [owner]):
        return (force,)
    return tuple(
        _masked(force, [step for step in steps if step.side == side], model.body_names[model.legs[side].foot])
        for side in sides
        if side is not None
    )


def _masked(force: GroundForce, steps: Sequence[Step], body: str) -> GroundForce:
    """A force in some of its steps alone, each with what little it grows from and fades to."""
    mine = np.zeros(len(force.time_s), dtype=bool)
    for step in steps:
        on, off = np.nan_to_num(step.on_s, nan=-np.inf), np.nan_to_num(step.off_s, nan=np.inf)
        near = (force.time_s >= on - _FADES_S) & (force.time_s <= off + _FADES_S)
        rising = force.force_n[:, 1] > _FADED_N
        inside = (force.time_s >= on) & (force.time_s <= off)
        for first, last in runs_of(near & (rising | inside)):
            if inside[first:last].any():  # one sample more at either end, where the force is next to nothing
                mine[max(first - 1, 0) : last + 1] = True
    return replace(
        force,
        body=body,
        force_n=np.where(mine[:, None], force.force_n, 0.0),
        moment_nm=np.where(mine[:, None], np.nan_to_num(force.moment_nm), 0.0),
    )


def join(contacts: Sequence[Contact]) -> tuple[Contact, ...]:
    """Contacts of one foot in the order in which they begin; those that overlap, as on two plates at once, are one."""
    joined = list[Contact]()
    for on, off in sorted(contacts, key=lambda c: np.nan_to_num(c[0], nan=-np.inf)):
        if joined and np.nan_to_num(on, nan=-np.inf) <= np.nan_to_num(joined[-1][1], nan=np.inf):
            ends = (joined[-1][1], off)
            joined[-1] = (joined[-1][0], float("nan") if np.isnan(ends).any() else max(ends))
        else:
            joined.append((on, off))
    return tuple(joined)
