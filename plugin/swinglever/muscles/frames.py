"""What the muscles of a leg have to do in some frames, picked out of all its swings at once or lot by lot."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.arrays import Array, Ints, check_shapes, freeze_fields, given_away
from swinglever.muscles.legs import LegMuscles


@dataclass(frozen=True, kw_only=True)
class LegFrames:
    """What the muscles (m) of a leg have to do in some frames (T) of its swings.

    Attributes
    ----------
    side
        The leg: ``r`` or ``l``.
    muscles
        Names (m).
    time_s
        (T).
    pull_nm
        (T,m,c) moments of each muscle at full activation.
    moment_nm
        (T,c) moments that activation has to make.
    """

    side: str
    muscles: tuple[str, ...]
    time_s: Array
    pull_nm: Array
    moment_nm: Array

    def __post_init__(self) -> None:
        freeze_fields(self, "time_s", "pull_nm", "moment_nm")
        m = len(self.muscles)
        check_shapes(self, time_s="T", pull_nm=("T", m, "c"), moment_nm=("T", "c"))

    @property
    def strength_nm(self) -> Array:
        """(T,c,m) moments of each muscle at full activation."""
        return np.swapaxes(self.pull_nm, 1, 2)


def pick_frames(legs: LegMuscles, wanted: Ints) -> LegFrames:
    """Pick those frames that some swings of a leg have.

    Parameters
    ----------
    legs
        The muscles along these swings.
    wanted
        Numbers of frames among those of all swings of the leg, from 0 on, rising.
    """
    swings = legs.dynamics.swings
    first, count = swings.number_of_first * swings.time_s.shape[1], swings.time_s.size
    mine = wanted[(wanted >= first) & (wanted < first + count)] - first
    strength_nm, moment_nm = legs.demand(swings.inputs.parameters.passive_force)
    pull_nm = np.swapaxes(strength_nm, -1, -2)
    return LegFrames(
        side=swings.side,
        muscles=legs.names,
        time_s=swings.time_s.ravel()[mine],
        pull_nm=pull_nm.reshape(-1, *pull_nm.shape[2:])[mine],
        moment_nm=moment_nm.reshape(-1, moment_nm.shape[2])[mine],
    )


def join_frames(parts: Sequence[LegFrames]) -> tuple[LegFrames, ...]:
    """Put the frames of several lots of each leg's swings one after the other."""
    return tuple(
        _joined([part for part in parts if part.side == side]) for side in dict.fromkeys(p.side for p in parts)
    )


def _joined(parts: Sequence[LegFrames]) -> LegFrames:
    return LegFrames(
        side=parts[0].side,
        muscles=parts[0].muscles,
        time_s=_end_to_end([part.time_s for part in parts]),
        pull_nm=_end_to_end([part.pull_nm for part in parts]),
        moment_nm=_end_to_end([part.moment_nm for part in parts]),
    )


def _end_to_end(arrays: Sequence[Array]) -> Array:
    """Put arrays one after the other: 200 MB for half an hour."""
    return given_away(np.concatenate(arrays))
