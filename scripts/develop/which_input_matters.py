"""Which input's error makes the bands wide? One after the other is varied alone; prints a table.

    python scripts/develop/which_input_matters.py TRIAL MODEL [--grf F] [--external-loads XML] [--ik-setup XML]
        [--emg F] [--start S] [--end S] [--repeats N]

Rows are the sizes of swinglever.records.spread, columns the width from the 5th to the 95th percentile, mean of the
swings.
"""

import argparse
from dataclasses import asdict, replace

import numpy as np

import swinglever as sl

COLUMNS = {
    "hamstrings' share, °": "shares/shank/hamstrings",
    "knee extensors' share, °": "shares/shank/knee_extensors",
    "share of thigh and pelvis, °": "shares/shank/proximal",
    "peak, hamstrings silent, °": "ablation/silent_hamstrings",
    "peak, knee muscles silent, °": "ablation/silent_knee_crossing_muscles",
}
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("trial")
parser.add_argument("model")
for option in ("--grf", "--external-loads", "--ik-setup", "--emg"):
    parser.add_argument(option)
parser.add_argument("--start", type=float)
parser.add_argument("--end", type=float)
parser.add_argument("--repeats", type=int, default=40)
given = parser.parse_args()
names = list(asdict(sl.Sizes()))
nothing = sl.Sizes(**dict.fromkeys(names, 0.0))
cases = {name: replace(nothing, **{name: getattr(sl.Sizes(), name)}) for name in names} | {"all together": sl.Sizes()}

print("| varied |", " | ".join(COLUMNS), "| peak flexion, ° |")
print("|---" * (len(COLUMNS) + 2) + "|")
for name, sizes in cases.items():
    report = sl.analyse(
        given.trial,
        given.model,
        grf=given.grf,
        external_loads=given.external_loads,
        ik_setup=given.ik_setup,
        emg=given.emg,
        parameters=sl.Parameters(uncertainty=given.repeats, sizes=sizes, start_s=given.start, end_s=given.end),
    )
    bands = [[np.ptp(s.bands.degrees(column)) for column in COLUMNS.values()] for s in report.swings]
    peaks = [s.metrics["peak_knee_flexion"].p95 - s.metrics["peak_knee_flexion"].p05 for s in report.swings]
    cells = [f"{width:.1f}" for width in (*np.mean(bands, axis=0), np.mean(peaks))]
    print(f"| `{name}` |", " | ".join(cells), "|", flush=True)
