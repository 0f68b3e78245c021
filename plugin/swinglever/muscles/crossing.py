"""Which muscles cross a joint: one definition, for silencing, replay, load sharing and colours."""

import numpy as np

from swinglever.arrays import Array, Bools

SMALLEST_ARM_M = 1e-4
"""A moment arm below a tenth of a millimetre is rounding in a path, or a path point that slides with another joint; the
smallest at a knee that a muscle really crosses is some millimetres."""


def crosses(moment_arm_m: Array) -> Bools:
    """Tell which muscles (m) have a moment arm (..., m) about a coordinate at any time."""
    largest = np.abs(moment_arm_m).max(axis=tuple(range(moment_arm_m.ndim - 1)), initial=0.0)
    return np.asarray(largest > SMALLEST_ARM_M)
