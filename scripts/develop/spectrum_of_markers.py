"""Would markers that somebody smoothed show it? Prints how much faster parts of the feet's acceleration there are.

Each number is the amplitude of the acceleration of the markers of both feet at 17 to 22 Hz over that at 2 to 5 Hz: as
recorded, and low-passed at some cut-offs.
"""

import argparse
from pathlib import Path

import numpy as np
from compare_toe_off import Files, bundled_trials, public_trials
from scipy.signal import welch

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.engines.opensim import load_model
from swinglever.readers.trial import read_trial
from swinglever.records.trial import Markers
from swinglever.signals import low_pass

CUT_OFFS_HZ = (20.0, 15.0, 12.0, 10.0, 8.0, 6.0, 5.0)
FAST_HZ, SLOW_HZ = (17.0, 22.0), (2.0, 5.0)
EDGE = 20
"""Frames at both ends that the filter bends."""


def feet_of(markers: Markers, model: Model, seconds: float) -> Array:
    """Columns (T,n) of the markers of both feet that are hardly ever missing, with their gaps bridged."""
    feet = {b for leg in model.legs.values() for b in (leg.ankle_body, leg.foot, leg.toes)}
    names = {site.name for site in model.markers if site.body in feet}
    early = markers.time_s <= markers.time_s[0] + seconds
    columns = markers.position_m[early][:, [k for k, name in enumerate(markers.names) if name in names]]
    columns = columns.reshape(len(columns), -1)
    columns = columns[:, np.isfinite(columns).mean(axis=0) > 0.98]
    rows = np.arange(len(columns))
    whole = [np.interp(rows, rows[seen], own[seen]) for own in columns.T if (seen := np.isfinite(own)).any()]
    return np.stack(whole, axis=1)


def shaking(columns: Array, rate_hz: float) -> float:
    """Amplitude of the acceleration at fast frequencies over that at slow ones."""
    acceleration = np.diff(columns, 2, axis=0)[EDGE:-EDGE]
    length = min(len(acceleration), round(rate_hz))
    frequency, power = welch(acceleration, rate_hz, ("kaiser", 9.0), length, axis=0, detrend="linear")
    of_difference = (np.sin(np.pi * frequency / rate_hz) / (np.pi * np.maximum(frequency, 0.1) / rate_hz)) ** 4
    density = power.mean(axis=1) / np.maximum(of_difference, 1e-9)
    fast, slow = (density[(frequency >= low) & (frequency < high)].mean() for low, high in (FAST_HZ, SLOW_HZ))
    return float(np.sqrt(fast / slow))


def row_of(name: str, files: Files, seconds: float) -> str:
    """Measure one trial."""
    markers = read_trial(files.trial).markers
    assert markers is not None
    columns, rate_hz = feet_of(markers, load_model(files.model), seconds), markers.rate_hz
    versions = [columns, *(low_pass(columns, rate_hz, cut_off_hz) for cut_off_hz in CUT_OFFS_HZ)]
    return f"| {name} | {' | '.join(f'{shaking(each, rate_hz):.4f}' for each in versions)} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each long trial")
    asked = parser.parse_args()
    print(f"| trial | as recorded | {' | '.join(f'{cut_off_hz:g} Hz' for cut_off_hz in CUT_OFFS_HZ)} |")
    print("|---" * (len(CUT_OFFS_HZ) + 2) + "|")
    for name, files in (public_trials(asked.data) | bundled_trials()).items():
        print(row_of(name, files, asked.seconds), flush=True)


if __name__ == "__main__":
    main()
