"""Would markers that somebody smoothed show it? Prints how much of the feet's acceleration is fast.

Each number is the amplitude of the acceleration of the markers of both feet at 9 to 13 Hz over that at 2 to 5 Hz: as
recorded, low-passed at some cut-offs, and by steep filters (fourth order, forwards and backwards).
"""

import argparse
from dataclasses import replace
from pathlib import Path

from compare_toe_off import Files, bundled_trials, public_trials
from scipy.signal import butter, sosfiltfilt

from swinglever.checks.markers import wanted_markers
from swinglever.checks.smoothing import fast_share, feet_of
from swinglever.engines.opensim import load_model
from swinglever.readers.trial import read_trial
from swinglever.signals import low_pass

CUT_OFFS_HZ = (12.0, 10.0, 8.0, 6.0, 5.0)
STEEP_HZ = (12.0, 10.0, 8.0, 6.0)


def row_of(name: str, files: Files, seconds: float) -> str:
    """Measure one trial."""
    trial, model = read_trial(files.trial), load_model(files.model)
    assert trial.markers is not None
    early = trial.markers.time_s <= trial.markers.time_s[0] + seconds
    markers = replace(trial.markers, time_s=trial.markers.time_s[early], position_m=trial.markers.position_m[early])
    columns, rate_hz = feet_of(markers, model, wanted_markers(model, trial.tasks)), markers.rate_hz
    versions = [columns, *(low_pass(columns, rate_hz, cut_off_hz) for cut_off_hz in CUT_OFFS_HZ)]
    versions += [sosfiltfilt(butter(4, hz, fs=rate_hz, output="sos"), columns, axis=0) for hz in STEEP_HZ]
    return f"| {name} | {' | '.join(f'{fast_share(each, rate_hz):.3f}' for each in versions)} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each long trial")
    asked = parser.parse_args()
    steep = " | ".join(f"{hz:g} Hz, steep" for hz in STEEP_HZ)
    print(f"| trial | as recorded | {' | '.join(f'{hz:g} Hz' for hz in CUT_OFFS_HZ)} | {steep} |")
    print("|---" * (len(CUT_OFFS_HZ) + len(STEEP_HZ) + 2) + "|")
    for name, files in (public_trials(asked.data) | bundled_trials()).items():
        print(row_of(name, files, asked.seconds), flush=True)


if __name__ == "__main__":
    main()
