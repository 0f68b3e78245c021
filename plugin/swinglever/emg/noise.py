"""Signals without a message: when an envelope is no more than noise, when a muscle is off, what is clipped."""

import numpy as np

from swinglever.arrays import Array

_ANALOG_HZ = 400.0
"""Amplifiers of surface EMG pass no more (SENIAM asks for 400 to 500 Hz)."""
_FALSE_ALARM = 1e-3
"""How often noise alone may seem to be a signal, but for the ends of a short recording: there, 3 in 100."""
QUIET_V = 10e-6
"""Mean rectified EMG of a muscle that is off: amplifiers' noise is a few microvolts (SENIAM)."""
CLIPPED_SHARE, SATURATED_SHARE, _AT_RAIL = 0.01, 0.5, 1e-3
"""Share of samples at the ends of the range beyond which they were cut there, and beyond which nothing else is left;
how near, of the range, the end is."""
_VOLTS = {"v": 1.0, "volt": 1.0, "volts": 1.0, "mv": 1e-3, "millivolt": 1e-3, "uv": 1e-6, "microvolt": 1e-6}


def noise_ratio(rate_hz: float, length_s: float, high_pass_hz: float, low_pass_hz: float) -> float:
    """Give what the highest level of smoothed noise is, at most, beside its 5th percentile.

    Parameters
    ----------
    rate_hz, length_s
        Of the raw recording.
    high_pass_hz, low_pass_hz
        Cut-offs of `swinglever.emg.envelopes.envelope_of`.

    Notes
    -----
    Rectified Gaussian noise of bandwidth W, smoothed to bandwidth B, varies by (π/2 - 1) B / W of its mean squared;
    B of the double Butterworth is 1.04 cut-offs. The envelope has about 2 B independent values a second and its
    logarithm is nearly normal. Ten times lower rates have a rougher envelope: 2.0 at 1000 Hz in 1 s, 4.2 at 240 Hz.
    """
    smooth_hz = 1.04 * low_pass_hz
    variation = np.sqrt((np.pi / 2 - 1) * smooth_hz / (min(rate_hz / 2, _ANALOG_HZ) - high_pass_hz))
    # Imported here, as scipy's filters are: both take longer to load than most trials without EMG to filter.
    from scipy.stats import norm

    highest = norm.isf(_FALSE_ALARM / max(2 * smooth_hz * length_s, 1.0))
    return float(np.exp(variation * (highest - norm.ppf(0.05))))


def volts(unit: str) -> float:
    """Give a unit in volts; nan where it is none or is not known.

    Examples
    --------
    >>> volts("mV"), volts("µV")
    (0.001, 1e-06)
    """
    plain = unit.strip().strip("[]()").lower().replace("\u00b5", "u").replace("\u03bc", "u")
    return _VOLTS.get(plain, float("nan"))


def share_at_ends(values: Array) -> Array:
    """Share of samples of each column (T, c) that sit at the ends of its range."""
    low, high = values.min(axis=0), values.max(axis=0)
    near = _AT_RAIL * (high - low)
    return np.asarray(((values <= low + near) | (values >= high - near)).mean(axis=0))
