"""Envelopes of EMG: raw signals rectified and smoothed, without the noise that is there when the muscle is not.

Raw EMG is high-passed (cables and skin move the baseline), rectified and low-passed, all without delay; the lowest
level of the recording is taken for noise and subtracted. What was smoothed already is taken as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from swinglever.arrays import Array, Bools, check_shapes, freeze_fields
from swinglever.emg.activation import activate
from swinglever.emg.channels import EmgChannel
from swinglever.emg.noise import CLIPPED_SHARE, QUIET_V, SATURATED_SHARE, noise_ratio, share_at_ends, volts
from swinglever.records.parameters import Parameters
from swinglever.records.trial import EmgRecording
from swinglever.signals import TWO_PASSES, filters, interpolate, low_pass

RAW, ENVELOPE = "raw", "envelope"
SIGNED_SHARE = 0.05
"""A smoothing filter may undershoot zero by less than this share of the peak; raw EMG goes as far down as up."""
FAST_HZ, FAST_SHARE = 30.0, 0.3
"""An envelope has no more than this share of its variance above this frequency."""
SWAYING_SHARE = 0.2
"""Raw EMG of both signs has more than this share, even with a swaying baseline; an RMS over 20 ms leaves 0.14."""
EVEN_SHARE = 0.4
"""Raw EMG with an offset reaches as far down as up; rectified noise a third as far (0.67 of 2.1 deviations)."""
LEAST_CONTRAST = 2.0
"""A channel whose peak is less than this many times what its own noise may reach cannot tell on from off."""
FLOOR_PERCENTILE = 5.0
"""Level of the envelope that is noise: a muscle is quiet for a twentieth of any stride."""
PEAK_PERCENTILE = 98.0
"""Level of the envelope that is its peak: a twitch, a tug at a cable, are shorter than a fiftieth of most recordings.
"""
SPIKE_S, SPIKE = 0.05, 6.0
"""Raw EMG beyond so many medians (of its size) of the 50 ms around it is no EMG: of Gaussian noise, 1 in 20 000 is.
A burst lasts longer than that, the jolt of an electrode does not."""
SMALL_SHARE = 0.02
"""No recording stays below this share of a maximal contraction: its values are in another unit."""
ACTIVATION_RATE_HZ = 500.0
"""Rate at which activation is integrated; a tenth of the shortest time constant, 5 ms, is not needed: steps are exact.
"""


@dataclass(frozen=True, kw_only=True)
class EmgSignals:
    """The known channels of a recording, ready to be looked at or to drive muscles.

    Attributes
    ----------
    source
        Name of the file.
    kind
        ``raw`` or ``envelope``: what the file had.
    channels, units
        (c).
    time_s
        (T), even.
    envelope
        (T, c) not negative, in the channel's unit.
    peak
        (c) level that the envelope passes in a fiftieth of the recording, or its largest where that is zero.
    noise
        (c) level that noise alone may reach in the envelope; zero where it was smoothed before it came.
    silent
        (c) channels of nothing but noise, so low that the muscle is off.
    unmeasured
        (c) channels of one level all along that may be noise, a saturated amplifier, or a muscle that never rests: they
        tell nothing.
    warnings
        What the user should know of them.
    """

    source: str
    kind: str
    channels: tuple[EmgChannel, ...]
    units: tuple[str, ...]
    time_s: Array
    envelope: Array
    peak: Array
    noise: Array
    silent: Bools
    unmeasured: Bools
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        freeze_fields(self, "time_s", "envelope", "peak", "noise")
        freeze_fields(self, "silent", "unmeasured", dtype=bool)
        c = len(self.channels)
        check_shapes(self, time_s="T", envelope=("T", c), peak=(c,), noise=(c,), silent=(c,), unmeasured=(c,))

    def of_side(self, side: str) -> list[int]:
        """Channels of one leg, by index."""
        return [k for k, channel in enumerate(self.channels) if channel.side == side]

    def telling_of(self, group: str, side: str) -> list[int]:
        """Channels of a group of one leg's muscles that measured something, by index."""
        return [k for k in self.of_side(side) if self.channels[k].group == group and not self.unmeasured[k]]

    @property
    def stands_out(self) -> Bools:
        """Which channels (c) have bursts that stand out of their noise, and so tell when their muscles are on."""
        return np.asarray((self.peak >= LEAST_CONTRAST * self.noise) & ~self.unmeasured & ~self.silent)

    def covers(self, begin_s: float, end_s: float) -> bool:
        """Whether the recording reaches over a span."""
        return bool(self.time_s[0] <= begin_s and end_s <= self.time_s[-1])

    def near(self, begin_s: float, end_s: float) -> "EmgSignals":
        """Give the part of the recording that reaches over a span, as far as there is one: a swing's is short."""
        first = max(int(np.searchsorted(self.time_s, begin_s, side="right")) - 1, 0)
        last = int(np.searchsorted(self.time_s, end_s)) + 1
        return replace(self, time_s=self.time_s[first:last], envelope=self.envelope[first:last])

    def activation(self, excitation_at_peak: Array) -> Array:
        """Activation (T, c), where each channel's peak means this excitation (c), 0 to 1."""
        share = np.divide(self.envelope, self.peak, out=np.zeros_like(self.envelope), where=self.peak > 0)
        step_s = (self.time_s[-1] - self.time_s[0]) / (len(self.time_s) - 1)
        return activate(np.clip(share * excitation_at_peak, 0.0, 1.0), step_s)


def process_emg(recording: EmgRecording, channels: Sequence[EmgChannel], parameters: Parameters) -> EmgSignals:
    """Make envelopes of the channels that are known.

    Parameters
    ----------
    recording, channels
        What was recorded, and which columns to take; sound, as `swinglever.checks.emg` demands.
    parameters
        Cut-offs of the filters, delay, and what the values of an envelope are.
    """
    values = recording.values[:, [c.column for c in channels]]
    kind = RAW if is_raw(values, recording.rate_hz).any() else ENVELOPE
    units = tuple(recording.units[c.column] for c in channels)
    flat = quiet = np.zeros(len(channels), dtype=bool)
    noise = np.zeros(len(channels))
    if kind == RAW:
        smooth = envelope_of(values, recording.rate_hz, parameters.emg_high_pass_hz, parameters.emg_low_pass_hz)
        floor = np.percentile(smooth, FLOOR_PERCENTILE, axis=0)
        length_s = float(recording.time_s[-1] - recording.time_s[0])
        pure = noise_ratio(recording.rate_hz, length_s, parameters.emg_high_pass_hz, parameters.emg_low_pass_hz)
        flat = (smooth.max(axis=0) < pure * floor) | (share_at_ends(values) > SATURATED_SHARE)
        quiet = np.median(smooth, axis=0) * [volts(unit) for unit in units] < QUIET_V
        noise = (pure - 1.0) * floor
        smooth = np.where(flat, 0.0, np.maximum(smooth - floor, 0.0))
    else:
        smooth = np.maximum(values, 0.0)
    names = [c.name for c in channels]
    told = _told_of_raw(names, flat, quiet, share_at_ends(values) > CLIPPED_SHARE) if kind == RAW else []
    if parameters.emg_gain == "given":
        told += _told_of_shares(values)
    time_s, smooth = _thinned(recording.time_s + parameters.emg_delay_s, smooth)
    peak = np.percentile(smooth, PEAK_PERCENTILE, axis=0)
    return EmgSignals(
        source=recording.path.name,
        kind=kind,
        channels=tuple(channels),
        units=units,
        time_s=time_s,
        envelope=smooth,
        peak=np.where(peak > 0, peak, smooth.max(axis=0)),
        noise=noise,
        silent=flat & quiet,
        unmeasured=flat & ~quiet,
        warnings=tuple(told),
    )


def _told_of_raw(names: Sequence[str], flat: Bools, quiet: Bools, clipped: Bools) -> list[str]:
    """What to say of raw channels."""

    def some(which: Bools) -> str:
        return ", ".join(name for name, this in zip(names, which, strict=True) if this)

    found = {
        f"one level all along in {some(flat & ~quiet)}, which is not known to be noise of a few microvolts: not used, "
        "its muscles are taken as unmeasured": flat & ~quiet,
        f"more than a hundredth of the samples at the ends of the range in {some(clipped & ~flat)}: "
        "clipped, bursts are larger than they look": clipped & ~flat,
    }
    return [text for text, which in found.items() if which.any()]


def _told_of_shares(values: Array) -> list[str]:
    """What to say of envelopes that are given as shares of a maximal contraction."""
    if (most := float(values.max())) < SMALL_SHARE:
        return [f"no share of a maximal contraction above {most:.2g}, as emg_gain 'given' takes the values: volts?"]
    return []


def is_signed(values: Array) -> Bools:
    """Which columns (T, c) have both signs."""
    return np.asarray(-values.min(axis=0) > SIGNED_SHARE * np.abs(values).max(axis=0))


def is_raw(values: Array, rate_hz: float) -> Bools:
    """Which columns (T, c) are raw EMG: fast, and as far below the middle as above it, wherever an offset puts that.

    Notes
    -----
    Both signs alone do not tell: an envelope without its baseline has them too.
    """
    low, middle, high = np.percentile(values, [0.5, 50.0, 99.5], axis=0)
    even = middle - low > EVEN_SHARE * (high - middle)
    fast = share_above(values, rate_hz, FAST_HZ)
    return np.where(is_signed(values), fast > SWAYING_SHARE, even & (fast > FAST_SHARE))


def envelope_of(values: Array, rate_hz: float, high_pass_hz: float, low_pass_hz: float) -> Array:
    """Rectified and smoothed raw EMG (T, c): of Gaussian noise, √(2/π) of its standard deviation.

    Notes
    -----
    Both filters are Butterworth of second order run forwards and backwards, so that nothing is delayed; the cut-offs
    are those of both passes (see `swinglever.signals.low_pass`). Spikes are cut before to what is
    usual around them, lest the filters spread them over a burst's length.
    """
    sections = filters().butter(2, TWO_PASSES * high_pass_hz, btype="highpass", fs=rate_hz, output="sos")
    padding = min(len(values) - 1, round(3 * rate_hz / high_pass_hz))
    steady = filters().sosfiltfilt(sections, _without_spikes(values, rate_hz), axis=0, padlen=padding)
    return np.maximum(low_pass(np.abs(steady), rate_hz, low_pass_hz), 0.0)


def _without_spikes(values: Array, rate_hz: float) -> Array:
    """Cut what stands far out of its surroundings (T, c); those of a burst's first samples are the burst."""
    from scipy.ndimage import maximum_filter1d

    window = 2 * round(SPIKE_S * rate_hz / 2) + 1
    baseline = _median_around(values, window)
    away = values - baseline
    most = SPIKE * maximum_filter1d(_median_around(np.abs(away), window), window, axis=0, mode="nearest")
    return baseline + np.clip(away, -most, most)


def _median_around(values: Array, window: int) -> Array:
    from scipy.ndimage import median_filter

    return np.stack([median_filter(column, window, mode="nearest") for column in values.T], axis=1)


def share_above(values: Array, rate_hz: float, frequency_hz: float) -> Array:
    """Share of each column's variance (T, c) above a frequency: next to nothing for an envelope."""
    power = np.abs(np.fft.rfft(values - values.mean(axis=0), axis=0)) ** 2
    fast = np.fft.rfftfreq(len(values), 1.0 / rate_hz) > frequency_hz
    return np.asarray(power[fast].sum(axis=0) / np.maximum(power.sum(axis=0), np.finfo(float).tiny))


def _thinned(time_s: Array, values: Array) -> tuple[Array, Array]:
    """Resample smooth signals evenly, no faster than activation needs."""
    span = time_s[-1] - time_s[0]
    count = min(len(time_s), int(span * ACTIVATION_RATE_HZ) + 1)
    even = np.linspace(time_s[0], time_s[-1], count)
    return even, interpolate(even, time_s, values)
