"""EMG-BIDS: channels over time from EDF and BDF files, called by the muscles that their side files name."""

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from swinglever.errors import InputError, how_to_install
from swinglever.readers.bids import data_set_of, entities_of, read_channels, read_rows, side_files
from swinglever.records.trial import EmgRecording

_SAME = ("sub", "ses", "task", "acq", "run")
"""Entities by which EMG belongs to a recording of motion."""


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
    try:
        signals = (edfio.read_bdf if path.suffix.lower() == ".bdf" else edfio.read_edf)(path).signals
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise InputError(f"expected EMG as {path.suffix[1:].upper()} in '{path}': {error}") from None
    names = _names(path, [signal.label for signal in signals])
    kept = [(signal, names[signal.label]) for signal in signals if names.get(signal.label)]
    if not kept:
        raise InputError(f"expected channels of EMG in '{path}', got {', '.join(s.label for s in signals) or 'none'}")
    rate = max(float(signal.sampling_frequency) for signal, _ in kept)
    time_s = np.arange(max(round(len(s.data) * rate / s.sampling_frequency) for s, _ in kept)) / rate
    values = [np.interp(time_s, np.arange(len(s.data)) / s.sampling_frequency, s.data) for s, _ in kept]
    return EmgRecording(
        path=path,
        time_s=time_s + _later_s(path),
        names=tuple(name for _, name in kept),
        units=tuple(str(signal.physical_dimension) for signal, _ in kept),
        values=np.stack(values, axis=1),
    )


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
