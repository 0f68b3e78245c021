"""How fast does the heel rise? A metric of one's own, measured on every swing of a trial.

The same function in a plugin is measured in every analysis: see `swinglever plugins new`.
"""

import argparse
from pathlib import Path

import numpy as np

import swinglever as sl


@sl.metric(unit="m/s", meaning="How quickly the leg is shortened: the heel approaches the hip.")
def heel_approach_speed(swing: sl.Swing) -> float:
    """Highest speed at which the distance from hip to heel falls, between toe-off and peak flexion."""
    distance_m, time_s = swing.lever["hip_heel_distance_m"], swing.time_s
    folding = time_s <= swing.peak_flexion_s
    if folding.sum() < 3:
        raise sl.UndefinedError("the swing has hardly any folding")
    return float(-np.gradient(distance_m[folding], time_s[folding]).min())


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("result", type=Path, help="file that `swinglever analyse` wrote")
report = sl.read_report(parser.parse_args().result)
for swing in report.swings:
    print(f"{swing.id}: {heel_approach_speed(swing):.2f} m/s")
