"""EMG-BIDS: channels over time from EDF and BDF files, called by the muscles that their side files name."""

import io
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from swinglever.arrays import Array
from swinglever.errors import InputError, how_to_install, named, told
from swinglever.readers.bids import data_set_of, entities_of, read_channels, read_rows, side_files
from swinglever.readers.text import read_bytes
from swinglever.records.trial import EmgRecording

_SAME = ("sub", "ses", "task", "acq", "run")
"""Entities by which EMG belongs to a recording of motion."""
_MOST_HZ = 1e6
"""Samples a second that no amplifier takes."""
_MOST_TIMES = 1000
"""Samples that are made of each, where a slow channel stands beside a fast one."""


def read_emg_bids(path: Path) -> EmgRecording:
    """Read EMG of EDF or BDF; with a ``_channels.tsv`` beside it, the channels of the type EMG by their target muscles.

    Raises
    ------
    InputError
        When it cannot be read.
    """
    try:
        import edfio
    except ImportError:
        raise InputError(f"EDF and BDF files need edfio; install it with {how_to_install('study')}") from None
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            read = edfio.read_bdf if path.suffix.lower() == ".bdf" else edfio.read_edf
            channels = [_channel(signal) for signal in read(io.BytesIO(read_bytes(path))).signals]
        except InputError:
            raise
        except Exception as error:  # noqa: BLE001 - edfio ends on a damaged file in any way
            raise InputError(f"expected EMG as {path.suffix[1:].upper()} in '{path}': {told(error)}") from None
    names = _names(path, [channel.label for channel in channels])
    kept = [(channel, names[channel.label]) for channel in channels if names.get(channel.label)]
    if not kept:
        raise InputError(f"expected channels of EMG in '{path}', got {named(c.label for c in channels)}")
    time_s = _shared_times(path, [channel for channel, _ in kept])
    values = [np.interp(time_s, np.arange(len(c.values)) / c.rate_hz, c.values) for c, _ in kept]
    return EmgRecording(
        path=path,
        time_s=time_s + _later_s(path),
        names=tuple(name for _, name in kept),
        units=tuple(channel.unit for channel, _ in kept),
        values=np.stack(values, axis=1),
        warnings=tuple(f"{path.name}: {text}" for text in dict.fromkeys(str(each.message) for each in said)),
    )


@dataclass(frozen=True, kw_only=True)
class _Channel:
    """What a file says of a channel: its label, unit, samples a second, and samples (T)."""

    label: str
    unit: str
    rate_hz: float
    values: Array


def _channel(signal: Any) -> _Channel:
    values, rate_hz = np.asarray(signal.data, dtype=np.float64), float(signal.sampling_frequency)
    if not (0 < rate_hz <= _MOST_HZ and len(values) and np.isfinite(values).all()):
        raise ValueError(f"{len(values)} samples at {rate_hz:g} Hz of {signal.label!r}, or some that are no number")
    return _Channel(label=signal.label, unit=str(signal.physical_dimension), rate_hz=rate_hz, values=values)


def _shared_times(path: Path, channels: Sequence[_Channel]) -> Array:
    """Times (T) of the fastest channel, as long as the longest lasts."""
    rate_hz = max(channel.rate_hz for channel in channels)
    count = max(round(len(c.values) * rate_hz / c.rate_hz) for c in channels)
    if count * len(channels) > _MOST_TIMES * sum(len(c.values) for c in channels):
        slowest = min(channel.rate_hz for channel in channels)
        raise InputError(f"expected channels at similar rates in '{path}', got {slowest:g} and {rate_hz:g} Hz")
    return np.asarray(np.arange(count) / rate_hz)


def _names(path: Path, labels: list[str]) -> dict[str, str]:
    """What to call each channel: its target muscle where that is told, else its label; nothing for what is not EMG."""
    if not side_files(path, "channels", ".tsv"):
        return {label: label for label in labels}
    rows = [row for row in read_channels(path) if row["type"] == "EMG" and row.get("status") != "bad"]
    targets = Counter(row.get("target_muscle", "") for row in rows)
    return {row["name"]: _name(row, targets) for row in rows}


def _name(row: dict[str, str], targets: Counter[str]) -> str:
    target = row.get("target_muscle", "")
    return row["name"] if not target else target if targets[target] == 1 else f"{row['name']} {target}"


def _later_s(path: Path) -> float:
    """How much later EMG began than the motion that it belongs to, by the times of acquisition; 0 where not told."""
    own = {key: value for key, value in entities_of(path.name).items() if key in _SAME}
    for file in side_files(path, "scans", ".tsv"):
        times = {row.get("filename", ""): _instant(row.get("acq_time", "")) for row in read_rows(file)}
        begun = {name.rpartition("/")[2]: time for name, time in times.items() if time is not None}
        motion = [
            time
            for name, time in begun.items()
            if name.endswith("_motion.tsv") and {k: v for k, v in entities_of(name).items() if k in _SAME} == own
        ]
        if motion and path.name in begun:
            if (begun[path.name].tzinfo is None) != (motion[0].tzinfo is None):
                raise InputError(f"expected acq_time with a time zone everywhere in '{file}', or nowhere, got both")
            return float((begun[path.name] - motion[0]).total_seconds())
    return 0.0


def _instant(text: str) -> Any:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def emg_beside(motion: Path) -> Path | None:
    """Give the EMG that was recorded with a motion file of a BIDS tree."""
    own = {key: value for key, value in entities_of(motion.name).items() if key in _SAME}
    folder = motion.parent.parent / "emg"
    files = [file for ending in ("edf", "bdf") for file in sorted(folder.glob(f"*_emg.{ending}"))]
    fits = [f for f in files if {k: v for k, v in entities_of(f.name).items() if k in _SAME} == own]
    return fits[0] if fits and data_set_of(motion) in folder.parents else None
