"""Were the markers low-passed before they came here: then the feet have lost the fast part of their motion."""

from collections.abc import Mapping

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.records.faults import Fault, warning
from swinglever.records.trial import Markers
from swinglever.signals import filters

FAST_HZ, SLOW_HZ = (9.0, 13.0), (2.0, 5.0)
"""What a cut-off of 6 Hz takes away, and what it leaves."""
_LEAST = 0.065
"""Amplitude of the feet's acceleration at fast frequencies over that at slow ones. Public runs as they were recorded
have 0.26 to 0.36, a walk 0.22, bundled trials 0.15 to 0.24; low-passed at 12 Hz they have 0.11 to 0.30, at 10 Hz 0.08
to 0.26. At 5 Hz it is 0.03 to 0.06, and 0.006 to 0.014 by a steep filter of 6 Hz."""
_SEEN = 0.98
"""Share of the frames in which a marker is seen, of those that are looked at."""
_LEAST_S = 0.9
"""Shorter recordings do not tell slow frequencies apart."""
_ENDS = 2
"""Frames at both ends that are left out: filters bend them."""


def check_smoothing(place: str, markers: Markers, model: Model, weights: Mapping[str, float]) -> list[Fault]:
    """Name markers whose feet move too smoothly for what was recorded.

    Parameters
    ----------
    place, markers, model
        Where they come from, the markers, and the model that tells which are on the feet.
    weights
        Of the markers that are followed; of others nothing is said.
    """
    if markers.rate_hz < 2.0 * FAST_HZ[1] or len(markers.time_s) < _LEAST_S * markers.rate_hz:
        return []
    columns = feet_of(markers, model, weights)
    if not columns.size or not (share := fast_share(columns, markers.rate_hz)) < _LEAST:
        return []
    expected = f"feet whose acceleration at {FAST_HZ[0]:g} to {FAST_HZ[1]:g} Hz is {_LEAST:g} or more of that at "
    mend = "these markers were low-passed at 6 Hz or so, which blunts net moments: give them as they were recorded"
    expected += f"{SLOW_HZ[0]:g} to {SLOW_HZ[1]:g} Hz (0.15 to 0.36 as recorded)"
    return [warning("marker-smoothed", place, expected, f"{share:.2g}", mend)]


def feet_of(markers: Markers, model: Model, weights: Mapping[str, float]) -> Array:
    """Positions (T,n) along each axis of the markers of both feet that are hardly ever missing, their gaps bridged."""
    feet = {b for leg in model.legs.values() for b in leg.segments["foot"]}
    names = {site.name for site in model.markers if site.body in feet and site.name in weights}
    columns = markers.position_m[:, [k for k, name in enumerate(markers.names) if name in names]]
    columns = columns.reshape(len(columns), -1)
    columns = columns[:, np.isfinite(columns).mean(axis=0) > _SEEN]
    rows = np.arange(len(columns))
    for own in columns.T:
        own[:] = np.interp(rows, rows[seen := np.isfinite(own)], own[seen])
    return columns


def fast_share(columns: Array, rate_hz: float) -> float:
    """Amplitude of the acceleration of curves (T,n) at fast frequencies over that at slow ones; nan where they rest."""
    acceleration = np.diff(columns, 2, axis=0)[_ENDS:-_ENDS]
    length = min(len(acceleration), round(rate_hz))
    frequency, power = filters().welch(acceleration, rate_hz, ("kaiser", 9.0), length, axis=0, detrend="linear")
    # A second difference is less than the second derivative, the more so the faster the motion.
    of_difference = np.sinc(frequency / rate_hz) ** 4
    density = power.mean(axis=1) / of_difference
    fast, slow = (density[(frequency >= low) & (frequency < high)].mean() for low, high in (FAST_HZ, SLOW_HZ))
    return float(np.sqrt(fast / slow)) if slow > 0.0 else float("nan")
