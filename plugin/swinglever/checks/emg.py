"""Checks of EMG: channels that are known, sound numbers, a rate and a kind that can be used, times that fit."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from swinglever.arrays import Array, Bools
from swinglever.checks.names import some
from swinglever.checks.ranges import RANGES, outside
from swinglever.emg.channels import EmgChannel
from swinglever.emg.envelopes import FAST_HZ, FAST_SHARE, EmgSignals, is_raw, is_signed, share_above
from swinglever.emg.labels import places
from swinglever.emg.noise import volts
from swinglever.records.faults import Fault, error, warning
from swinglever.records.parameters import Parameters
from swinglever.records.trial import EmgRecording

SHORTEST_S = 0.25
"""Shorter than any swing, and than two periods of the smoothing filter."""
SLOWEST_RAW, GOOD_RAW_HZ = 8.0, 1000.0
"""Least rate of raw EMG, in high-pass cut-offs: below, next to nothing of it is left. SENIAM asks for 1000 Hz."""
SLOWEST_ENVELOPE_HZ = 50.0
"""Five samples a period of the smoothing at 10 Hz that envelopes have as a rule."""
SLOWEST_MS_HZ = 10.0
"""Times in ms make 1000 Hz 1 Hz, and 50 Hz of an envelope 0.05 Hz; nobody records so slowly."""
_COPY = 0.9999
"""Correlation of two raw channels that are one: noise alone makes two recordings of one muscle differ by more."""
LARGEST_SHARE = 1.2
"""Shares of a maximal contraction may pass one a little, for nobody is sure to reach the maximum when asked to."""


ASK_SIDE = "left out; say --side r or --side l where all are of one leg, or name them like 'BF_R'"
ASK_NAME = "left out; say what they are under [emg_names] in the file of --config, as in"


def known_sides(
    channels: Sequence[EmgChannel], parameters: Parameters, place: str
) -> tuple[tuple[EmgChannel, ...], list[Fault]]:
    """Give the channels of known place and side, and ask for the others.

    Those without a side belong to the leg that is analysed where it is but one.
    """
    leg = "" if parameters.side == "both" else parameters.side
    certain = [c for c in channels if not c.may_be]
    sided = tuple(c if c.side or c.perhaps not in ("", leg) else replace(c, side=leg) for c in certain)
    unclear = [c.name for c in sided if not c.side and c.perhaps]
    without = [c.name for c in sided if not c.side and not c.perhaps]
    faults = [_ask_which(c, place) for c in channels if c.may_be]
    if without:
        faults.append(warning("emg-side", place, "a side in the name of each channel", some(without), ASK_SIDE))
    if unclear:
        mend = f"{ASK_NAME} {unclear[0]!r} = 'right biceps femoris': a letter may be a side or a head of the muscle"
        faults.append(warning("emg-side", place, "a side in the name of each channel", some(unclear), mend))
    sided = tuple(c for c in sided if c.side)
    if any(not c.stated for c in sided):
        legs = (("right", "r"), ("left", "l"))
        taken = [f"{word}: {', '.join(names)}" for word, s in legs if (names := [c.name for c in sided if c.side == s])]
        faults.append(Fault(code="emg-side", severity="note", place=place, got=f"channels taken as {'; '.join(taken)}"))
    return sided, faults


def _ask_which(channel: EmgChannel, place: str) -> Fault:
    expected, got = "names that tell one muscle", f"{channel.name!r}, which may be {' or '.join(channel.may_be)}"
    return warning("emg-names", place, expected, got, f"{ASK_NAME} {channel.name!r} = {channel.may_be[0]!r}")


def check_channels(recording: EmgRecording, channels: Sequence[EmgChannel], sided: Sequence[EmgChannel]) -> list[Fault]:
    """Faults of the names: none that is known, or some that are not."""
    place = str(recording.path)
    if channels and not sided:
        expected, mend = "a side in the name of some channel", "name them like 'BF_R', or say --side r or --side l"
        return [error("emg-side", place, expected, some([c.name for c in channels], 12), mend)]
    if not sided:
        known = some(sorted({place.words for place in places().values()}), 30)
        expected = f"channels named after muscles of the model, or with a side and one of: {known}"
        mend = "rename them, as in 'BF_R' or 'R Biceps Femoris'"
        return [error("emg-channels", place, expected, some(recording.names, 12), mend)]
    unknown = [n for k, n in enumerate(recording.names) if k not in {c.column for c in channels}]
    return (
        [warning("emg-channels", place, "known channels", some(unknown, 12), "not used: nothing tells which muscle")]
        if unknown
        else []
    )


def sound_channels(
    recording: EmgRecording, channels: Sequence[EmgChannel], parameters: Parameters
) -> tuple[tuple[EmgChannel, ...], list[Fault]]:
    """Return the channels of the legs that are analysed which have a signal, and what is wrong with the others."""
    place = str(recording.path)
    mine = [c for c in channels if parameters.side in ("both", c.side)]
    if not mine:
        expected = f"a channel of the leg {parameters.side} that is analysed"
        return (), [error("emg-channels", place, expected, f"those of the other: {some([c.name for c in channels])}")]
    broken = {c.name: fault for c in mine if (fault := _no_signal(place, c.name, recording.values[:, c.column]))}
    sound = tuple(c for c in mine if c.name not in broken)
    faults = list(broken.values())
    return sound, faults if sound else [replace(fault, severity="error") for fault in faults]


def _no_signal(place: str, name: str, column: Array) -> Fault | None:
    if bad := np.count_nonzero(~np.isfinite(column)):
        got, mend = f"{bad} empty or nan cells in {name!r}", "left out; fill them to use it"
        return warning("emg-nan", place, "a number in every row", got, mend)
    if (beyond := column[outside("EMG", column)]).size:
        known = RANGES["EMG"]
        expected, got = f"numbers of {known.low:g} to {known.high:g} ({known.reason})", f"{beyond[0]:.3g} in {name!r}"
        return warning("emg-range", place, expected, got, "left out; look at its digits")
    if np.ptp(column) == 0:
        got, mend = f"{column[0]:g} all along in {name!r}", "left out: it was not connected"
        return warning("emg-flat", place, "a signal", got, mend)
    return None


def check_signals(recording: EmgRecording, channels: Sequence[EmgChannel], parameters: Parameters) -> list[Fault]:
    """Faults of the numbers of the channels that are used, sound ones."""
    place, values = str(recording.path), recording.values[:, [c.column for c in channels]]
    faults = _check_sampling(place, recording) or _check_kind(recording, channels, values, parameters)
    return [*faults, *_check_copies(recording, channels, values)]


def _check_copies(recording: EmgRecording, channels: Sequence[EmgChannel], values: Array) -> list[Fault]:
    """Channels of two places that hold one signal: raw ones in whatever size, envelopes to the last digit."""
    place, raw = str(recording.path), is_raw(values, recording.rate_hz)
    with np.errstate(invalid="ignore", divide="ignore"):
        alike = np.abs(np.corrcoef(values, rowvar=False)).reshape(len(channels), -1) > _COPY
    copies = [
        f"{one.name!r} and {other.name!r}"
        for (k, one), (j, other) in combinations(enumerate(channels), 2)
        if ((alike[k, j] and raw[k] and raw[j]) or np.array_equal(values[:, k], values[:, j]))
        and (one.side, one.site.name) != (other.side, other.site.name)
    ]
    if not copies:
        return []
    mend = "look which electrode it came from: one of them is not measured"
    return [warning("emg-copy", place, "a signal of its own in every channel", f"one in {some(copies)}", mend)]


def _check_sampling(place: str, recording: EmgRecording) -> list[Fault]:
    step = np.diff(recording.time_s)
    length = float(recording.time_s[-1] - recording.time_s[0])
    if length < SHORTEST_S:
        return [error("emg-short", place, f"{SHORTEST_S:g} s of EMG or more", f"{length:.3f} s")]
    if step.max() > 1.5 * np.median(step) + 1e-9:
        at_s = float(recording.time_s[int(step.argmax())])
        got = f"a step of {step.max():g} s at {at_s:.3f} s where others are {np.median(step):g} s"
        return [error("emg-gap", place, "even times", got, "cut the recording there, or write it again without gaps")]
    return []


def _check_kind(
    recording: EmgRecording, channels: Sequence[EmgChannel], values: Array, parameters: Parameters
) -> list[Fault]:
    place, rate_hz = str(recording.path), recording.rate_hz
    raw, signed, least = is_raw(values, rate_hz), is_signed(values), SLOWEST_RAW * parameters.emg_high_pass_hz
    if rate_hz < least and signed.any():
        expected, got = f"raw EMG at {least:g} Hz or more, or envelopes that are not negative", f"{rate_hz:.0f} Hz"
        return [error("emg-rate", place, expected, f"{got} and both signs in {_named(channels, signed)}")]
    if (below := ~raw & signed).any():
        got = f"smooth values of both signs in {_named(channels, below)}"
        mend = "write an envelope from its baseline upwards, or take the sway out of a raw signal"
        return [error("emg-kind", place, "raw EMG, or an envelope that is not negative", got, mend)]
    if raw.any() and not raw.all():
        few, other = ("raw", "envelopes") if raw.sum() <= len(raw) / 2 else ("an envelope", "raw")
        got = f"{few} in {_named(channels, raw if few == 'raw' else ~raw)}, the others {other}"
        return [error("emg-kind", place, "raw channels or envelopes, not both", got)]
    if raw.all():
        return _check_raw(place, rate_hz, least, parameters)
    return _check_envelope(recording, channels, values, parameters)


def _named(channels: Sequence[EmgChannel], which: Bools) -> str:
    return some([c.name for c, this in zip(channels, which, strict=True) if this])


def _check_raw(place: str, rate_hz: float, least: float, parameters: Parameters) -> list[Fault]:
    if parameters.emg_gain == "given":
        expected = "an envelope in shares of a maximal contraction, 0 to 1, for emg_gain 'given'"
        return [error("emg-gain", place, expected, "raw signals of both signs", "rectify, smooth and divide first")]
    if rate_hz < least:
        return [error("emg-rate", place, f"raw EMG at {least:g} Hz or more", f"{rate_hz:.0f} Hz", "give its envelope")]
    if rate_hz < 0.99 * GOOD_RAW_HZ:
        mend = "envelopes are rougher"
        return [warning("emg-rate", place, f"raw EMG at {GOOD_RAW_HZ:g} Hz or more", f"{rate_hz:.0f} Hz", mend)]
    return []


def _check_envelope(
    recording: EmgRecording, channels: Sequence[EmgChannel], values: Array, parameters: Parameters
) -> list[Fault]:
    place, rate_hz = str(recording.path), recording.rate_hz
    if rate_hz < SLOWEST_ENVELOPE_HZ:
        return [error("emg-rate", place, f"an envelope at {SLOWEST_ENVELOPE_HZ:g} Hz or more", f"{rate_hz:.0f} Hz")]
    fast = share_above(values, rate_hz, FAST_HZ) > FAST_SHARE
    if fast.any():
        got = f"values without sign that are not smooth in {_named(channels, fast)}"
        mend = "smooth a rectified signal"
        return [error("emg-kind", place, "raw EMG of both signs, or its envelope", got, mend)]
    units = sorted({recording.units[c.column] for c in channels} if parameters.emg_gain == "given" else ())
    if in_volts := [unit for unit in units if np.isfinite(volts(unit))]:
        expected = "shares of a maximal contraction, 0 to 1, for emg_gain 'given'"
        return [error("emg-gain", place, expected, f"values in {in_volts[0]}", "divide, or say emg_gain 'fitted'")]
    if parameters.emg_gain == "given" and (most := float(values.max())) > LARGEST_SHARE:
        expected = "shares of a maximal contraction, 0 to 1, for emg_gain 'given'"
        return [error("emg-gain", place, expected, f"values up to {most:g}", "divide by it, or say emg_gain 'fitted'")]
    return []


def check_envelopes(signals: EmgSignals, place: str) -> list[Fault]:
    """Doubts of what was made of the channels."""
    faults, names = list[Fault](), [c.name for c in signals.channels]
    if quiet := [name for name, silent in zip(names, signals.silent, strict=True) if silent]:
        got = f"nothing but noise in {', '.join(quiet)}: taken as silent"
        faults.append(Fault(code="emg-silent", severity="warning", place=place, got=got))
    places = [(c.side, c.site.name) for c in signals.channels]
    for one in dict.fromkeys(p for p in places if places.count(p) > 1):
        same = ", ".join(repr(name) for name, p in zip(names, places, strict=True) if p == one)
        got, mend = f"{same} for {one[1].replace('_', ' ')}", "the mean of them is used; leave out what should not be"
        faults.append(warning("emg-twice", place, "one channel a place", got, mend))
    return faults


def check_times(recording: EmgRecording, time_s: Array) -> list[Fault]:
    """Compare the times of EMG with those of the trial."""
    begin, end = recording.time_s[[0, -1]]
    if len(time_s) and (end <= time_s[0] or begin >= time_s[-1] or recording.rate_hz < SLOWEST_MS_HZ):
        expected, got = f"times inside {time_s[0]:g} to {time_s[-1]:g} s", f"{begin:g} to {end:g} s"
        mend = "write times in s, from the same start as the trial's"
        if recording.rate_hz < SLOWEST_MS_HZ:
            mend = "these look like ms: write them in s"
        return [error("emg-time", str(recording.path), expected, got, mend)]
    return []
