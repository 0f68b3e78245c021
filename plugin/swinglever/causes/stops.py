"""Where joints stop a leg that swings on by itself: the one place that says which, at what angle, and how."""

from dataclasses import dataclass

import numpy as np

from swinglever.arrays import Array, Bools
from swinglever.motion.leg_swings import LegSwings

_ROOM_RAD = 1e-3
"""A recording that already lies beyond a range must stay reproducible: the range reaches so far beyond it."""


@dataclass(frozen=True, kw_only=True)
class Stops:
    """Ranges (f) of the released coordinates, in the model's signs."""

    low: Array
    high: Array

    def beyond(self, q: Array, v: Array) -> Bools:
        """Tell which coordinates (..., f) are at the end of their range and still move outwards."""
        return ((q > self.high) & (v > 0)) | ((q < self.low) & (v < 0))

    def inside(self, q: Array) -> Array:
        """Coordinates (..., f) brought back into their range."""
        return np.clip(q, self.low, self.high)


def find_stops(swings: LegSwings) -> Stops:
    """Stop the knee alone: where heel and buttock meet, and where it would bend the other way.

    Notes
    -----
    Ranges of hip and ankle in a model are where markers are sought, not where ligaments are. A leg that runs into them
    is folded or blocked by the impact: without muscles, neighbouring swings of one runner then read 18 and 111 degrees.
    With the knee's stop alone they lie within 15 degrees of each other.
    """
    limb, leg = swings.limb, swings.limb.leg
    knee, stop = limb.released.index(leg.knee), np.radians(swings.inputs.parameters.knee_stop_deg)
    straight = limb.model.coordinates[leg.knee]
    low, high = np.full(len(limb.released), -np.inf), np.full(len(limb.released), np.inf)
    low[knee], high[knee] = (straight.minimum, stop) if leg.knee_sign > 0 else (-stop, straight.maximum)
    least, largest = (end[limb.released_in_whole] for end in swings.range_of_all)
    return Stops(low=np.minimum(low, least - _ROOM_RAD), high=np.maximum(high, largest + _ROOM_RAD))


def halt(matrix: Array, v: Array, held: Bools) -> Array:
    """Speeds (..., f) after joints were halted: an impact without rebound, which jolts the other joints as it must.

    Parameters
    ----------
    matrix
        Mass matrix (..., f, f).
    v, held
        Speeds (..., f) before it, and which of them become zero.

    Notes
    -----
    Impulses act at the stopped joints only: they are solved for so that these joints' speeds become zero.
    """
    inverse = np.linalg.inv(matrix)
    among = np.where(held[..., :, None] & held[..., None, :], inverse, 0.0) + np.eye(v.shape[-1]) * ~held[..., :, None]
    impulse = np.linalg.solve(among, np.where(held, -v, 0.0)[..., None])
    return np.asarray(v + (inverse @ impulse)[..., 0])
