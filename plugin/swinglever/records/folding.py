"""Early folding: the one definition that verdicts, metrics and bounds share."""

import numpy as np

from swinglever.arrays import Array


def half_fold(knee_flexion_rad: Array) -> int:
    """Sample at which early folding ends: half the time from toe-off to peak flexion.

    Parameters
    ----------
    knee_flexion_rad
        (K) of a swing at even times from toe-off on, flexion positive.

    Examples
    --------
    >>> half_fold(np.radians([0.0, 20.0, 50.0, 80.0, 100.0, 60.0]))
    2
    """
    return int(np.argmax(knee_flexion_rad)) // 2
