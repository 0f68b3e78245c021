"""Vertical forces among the plain analog channels of a C3D file that describes no platform."""

import re

import numpy as np
from numpy.typing import NDArray

from swinglever.readers.c3d import C3D

_VERTICAL = re.compile(r"(force|f)?[._ ]?(plate|fp)?\d*[._ ]?(fz|f\d*z)[._ ]?\d*", re.IGNORECASE)
_NEWTONS = {"n": 1.0, "newton": 1.0, "newtons": 1.0, "kn": 1000.0}
"""Newtons in each unit of force that channels have."""
_LEAST_PEAK_N = 100.0  # a child's step; channels in volts, or of an idle plate, stay below


def vertical_forces(recording: C3D) -> tuple[dict[str, NDArray[np.float64]], list[str]]:
    """Vertical forces among plain analog channels, for events where a file describes no platform.

    Parameters
    ----------
    recording
        The recording.

    Returns
    -------
    forces_n
        (Ta) by channel name (like ``Fz1`` or ``F1Z``, with a unit of force), on the body, so up is positive.
    warnings
        Channels with such a name that were not taken.
    """
    forces, warnings = dict[str, NDArray[np.float64]](), list[str]()
    analog = recording.analog
    for column, (name, unit) in enumerate(zip(analog.names, analog.units, strict=False)):
        if not _VERTICAL.fullmatch(name.strip()):
            continue
        scale = _NEWTONS.get(unit.strip().lower())
        signal = analog.values[:, column] * (scale or 1.0)
        extremes = np.nanmin(signal), np.nanmax(signal)
        peak = max(extremes, key=abs)
        if scale is None or abs(peak) < _LEAST_PEAK_N:
            warnings.append(
                f"channel {name!r} peaks at {peak:.3g} {unit!r}; too little for a vertical force in N, not used"
            )
            continue
        forces[name] = signal if peak > 0 else -signal
    return forces, warnings
