"""Where does a muscle pull, and how hard? MuscleAnalysis and StaticOptimization of every swing, as arrays."""

import argparse
from pathlib import Path

import numpy as np

import swinglever as sl

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("result", type=Path, help="file that `swinglever analyse` wrote")
parser.add_argument("--group", default="hamstrings", help="muscles of which group")
parser.add_argument("--out", type=Path, help="NumPy archive (.npz) to write the first swing's arrays to")
asked = parser.parse_args()
report = sl.read_report(asked.result)

print("swing  muscle            force at peak N  length cm  knee arm mm  knee moment N m (flexion positive)")
for swing in report.swings:
    muscles = swing.muscles
    if muscles is None:
        continue
    knee = muscles.coordinate_names.index(swing.knee_coordinate)
    for k in muscles.in_group(asked.group):
        row = int(np.argmax(muscles.force_n[:, k]))
        force, arm = muscles.force_n[row, k], swing.knee_sign * muscles.moment_arm_m[row, k, knee]
        length = 100 * muscles.length_m[row, k]
        print(f"{swing.id:6} {muscles.names[k]:16} {force:16.0f} {length:10.1f} {1e3 * arm:12.1f} {force * arm:10.1f}")

first = next((swing for swing in report.swings if swing.muscles is not None), None)
if asked.out and first is not None and first.muscles is not None:
    found = first.muscles
    arrays = {"force_n": found.force_n, "activation": found.activation, "moment_arm_m": found.moment_arm_m}
    np.savez(asked.out, time_s=first.time_s, muscles=found.names, coordinates=found.coordinate_names, **arrays)
    print(f"written: {asked.out}")
