"""The swings of one leg, lined up: they travel as one batch of arrays from here on, and are taken apart at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from swinglever.anatomy.limb import Limb, take_limb
from swinglever.arrays import Array, check_shapes, freeze_fields
from swinglever.motion.inputs import Inputs
from swinglever.motion.swings import SwingEvents
from swinglever.records.kinematics import Kinematics


@dataclass(frozen=True, kw_only=True)
class LegSwings:
    """The swings (S) of one leg, each at as many instants (K), evenly from its toe-off to its foot strike.

    Parameters
    ----------
    inputs, kinematics
        The recording and the model, and how the model moved in it.
    limb
        Pelvis and swing leg. Both legs of a model may differ, so a batch has one side.
    events
        (S) where each swing is.
    time_s
        (S,K).
    q, u, udot
        (S,K,N) coordinates, speeds and accelerations of the whole model.
    whole
        All swings of the leg, where these are a part of them.
    """

    inputs: Inputs
    kinematics: Kinematics
    limb: Limb
    events: tuple[SwingEvents, ...]
    time_s: Array
    q: Array
    u: Array
    udot: Array
    whole: "WholeLeg | None" = None

    def __post_init__(self) -> None:
        freeze_fields(self, "time_s", "q", "u", "udot")
        shape = (len(self.events), "K", "N")
        check_shapes(self, time_s=shape[:2], q=shape, u=shape, udot=shape)

    @property
    def side(self) -> str:
        """The leg: ``r`` or ``l``."""
        return self.limb.leg.side

    @property
    def lasting_s(self) -> Array:
        """(S) duration of each swing."""
        return np.asarray(self.time_s[:, -1] - self.time_s[:, 0])

    @property
    def toe_offs_of_all_s(self) -> Array:
        """(n) when all swings of the leg begin, those of other batches too."""
        return self.time_s[:, 0] if self.whole is None else self.whole.toe_offs_s

    @property
    def number_of_first(self) -> int:
        """How many swings of the leg begin before these."""
        if self.whole is None:
            return 0
        return int(np.count_nonzero(self.whole.toe_offs_s < self.events[0].toe_off_s))

    @property
    def time_of_all_s(self) -> Array:
        """(n,K) instants of all swings of the leg, in the order in which they begin; those of other batches too."""
        return self.time_s if self.whole is None else self.whole.time_s(self.time_s.shape[1])

    @property
    def range_of_all(self) -> tuple[Array, Array]:
        """Least and largest of each coordinate (N) at such instants of all swings of the leg."""
        if self.whole is None:
            return self.q.min((0, 1)), self.q.max((0, 1))
        return self.whole.range_at(self.q.shape[1])


@dataclass(frozen=True, kw_only=True)
class WholeLeg:
    """All swings of a leg in a recording, of which a batch is a part: what its swings have in common.

    Parameters
    ----------
    kinematics
        How the model moved.
    events
        Where each swing is.
    """

    kinematics: Kinematics
    events: tuple[SwingEvents, ...]
    _ranges: dict[int, tuple[Array, Array]] = field(default_factory=dict)

    @property
    def toe_offs_s(self) -> Array:
        """(n) when the swings begin."""
        return np.array([swing.toe_off_s for swing in self.events])

    def time_s(self, n_instants: int) -> Array:
        """So many instants of each swing (n,K), in the order in which they begin."""
        return np.stack([swing.grid(n_instants) for swing in sorted(self.events, key=lambda e: e.toe_off_s)])

    def range_at(self, n_instants: int) -> tuple[Array, Array]:
        """Least and largest of each coordinate (N) at so many instants of each swing."""
        if n_instants not in self._ranges:
            each = [self.kinematics.curve(swing.grid(n_instants)) for swing in self.events]
            least, largest = (np.array([end(q, axis=0) for q in each]) for end in (np.min, np.max))
            self._ranges[n_instants] = (least.min(axis=0), largest.max(axis=0))
        return self._ranges[n_instants]


def line_up(
    inputs: Inputs,
    kinematics: Kinematics,
    events: Sequence[SwingEvents],
    whole: Mapping[str, WholeLeg] = MappingProxyType({}),
) -> tuple[LegSwings, ...]:
    """Line up the swings of each leg that has any.

    Parameters
    ----------
    inputs, kinematics
        The recording and the model, and how the model moved in it.
    events
        The swings, of any sides; each leg's are put in the order in which they begin.
    whole
        All swings of each leg by its side, where these are a part of them.
    """
    rising = sorted(events, key=lambda e: e.toe_off_s)
    batches = {side: [e for e in rising if e.side == side] for side in inputs.model.legs}
    return tuple(
        line_up_leg(inputs, kinematics, take_limb(inputs.model, side), mine, whole=whole.get(side))
        for side, mine in batches.items()
        if mine
    )


def whole_legs(kinematics: Kinematics, events: Sequence[SwingEvents]) -> dict[str, WholeLeg]:
    """Give all swings of each leg by its side."""
    sides = dict.fromkeys(swing.side for swing in events)
    return {s: WholeLeg(kinematics=kinematics, events=tuple(e for e in events if e.side == s)) for s in sides}


def line_up_leg(
    inputs: Inputs,
    kinematics: Kinematics,
    limb: Limb,
    events: Sequence[SwingEvents],
    n_instants: int | None = None,
    whole: WholeLeg | None = None,
) -> LegSwings:
    """Line up swings of one leg, at as many instants as the parameters say unless told otherwise."""
    count = n_instants or inputs.parameters.grid_points
    time_s = np.stack([swing.grid(count) for swing in events])
    q, u, udot = kinematics.at(time_s)
    return LegSwings(
        inputs=inputs,
        kinematics=kinematics,
        limb=limb,
        events=tuple(events),
        time_s=time_s,
        q=q,
        u=u,
        udot=udot,
        whole=whole,
    )


def join_swings(batches: Sequence[LegSwings]) -> LegSwings:
    """Put batches of one leg, each at as many instants, one after the other; recording and model are the first's."""
    if len(batches) == 1:
        return batches[0]
    return replace(
        batches[0],
        events=tuple(e for batch in batches for e in batch.events),
        time_s=np.concatenate([batch.time_s for batch in batches]),
        q=np.concatenate([batch.q for batch in batches]),
        u=np.concatenate([batch.u for batch in batches]),
        udot=np.concatenate([batch.udot for batch in batches]),
    )


def events_of(batches: Sequence[LegSwings]) -> tuple[SwingEvents, ...]:
    """Give the swings of all legs in the order in which they begin."""
    return tuple(sorted((e for batch in batches for e in batch.events), key=lambda e: e.toe_off_s))
