"""Fills gaps in public recordings by the usual curves, and prints how many of them `check` would tell.

Joint angles are those of hips, knees and ankles in the motions of a folder, markers all of its trials. Each gap lies
where it happens to, in one column or marker. Before, every column and marker is looked at as it is: what is found there
is a false alarm, and is printed.
"""

import argparse
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.unit.test_fills import CURVES, filled

from swinglever.arrays import Array
from swinglever.checks.fills import find_fill
from swinglever.readers.storage import read_storage
from swinglever.readers.trial import read_trial

_GAPS_S = (0.07, 0.10, 0.15, 0.20)
_JOINTS = ("knee_angle", "hip_flexion", "ankle_angle")
Recording = dict[str, tuple[Array, Array]]
"""Times (T) in s and values (T,d) by where they are."""


def angles_of(folder: Path) -> Recording:
    """Read the joint angles of every motion."""
    found = Recording()
    for path in sorted(folder.rglob("*_ik*.mot")):
        table = read_storage(path)
        for name in table.names:
            if name.startswith(_JOINTS):
                found[f"{path.name} {name}"] = table.time_s, table.values[:, [table.names.index(name)]]
    return found


def markers_of(folder: Path) -> Recording:
    """Read the markers of every trial."""
    found = Recording()
    for path in [*sorted(folder.rglob("*run*.c3d")), *sorted(folder.rglob("subject*.trc"))]:
        markers = read_trial(path).markers
        assert markers is not None
        for k, name in enumerate(markers.names):
            if np.isfinite(markers.position_m[:, k]).all():
                found[f"{path.name} {name}"] = markers.time_s, markers.position_m[:, k]
    return found


def main() -> int:
    """Print what is found in recordings as they are, and the share of fills that are found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--count", type=int, default=100, help="fills of each kind")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance, wrong = np.random.default_rng(asked.seed), 0
    print(f"| recording | curve | {' | '.join(f'{gap:.2f} s' for gap in _GAPS_S)} |")
    print("|---" * (2 + len(_GAPS_S)) + "|")
    for kind, recordings in {"angles": angles_of(asked.data), "markers": markers_of(asked.data)}.items():
        by_rate = defaultdict[int, list[str]](list)
        for place, (time_s, values) in recordings.items():
            by_rate[round(1.0 / float(np.median(np.diff(time_s))))].append(place)
            if fill := find_fill(time_s, values):
                wrong += 1
                print(f"false alarm: {place}: {fill}", file=sys.stderr)
        for rate_hz, places in sorted(by_rate.items()):
            for curve, (make, _) in CURVES.items():
                told = []
                for gap_s in _GAPS_S:
                    found = 0
                    for place in chance.choice(places, asked.count):
                        time_s, values = recordings[place]
                        rows = round(gap_s * rate_hz)
                        first = int(chance.integers(20, len(time_s) - rows - 20))
                        found += find_fill(time_s, filled(values, make, first, first + rows)) is not None
                    told.append(f"{100 * found / asked.count:.0f} %")
                print(f"| {kind}, {rate_hz} Hz, {len(places)} | {curve} | {' | '.join(told)} |", flush=True)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
