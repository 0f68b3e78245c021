"""Where do the metrics of the public recordings lie, next to the figures of the whole group of runners? Prints a table.

The group's figures are means of 26 trained runners, from the data of Fukuchi et al. 2017 (PeerJ 5: e3298).
"""

import argparse
import sys
from pathlib import Path

import numpy as np

import swinglever as sl

GROUP = {  # metric: mean at 2.5, 3.5, 4.5 m/s
    "peak_knee_flexion": (94, 107, 115),
    "peak_flexion_percent": (50, 51, 50),
    "knee_flexion_speed_at_toe_off": (8, -86, -144),
    "fold_before_thigh_reversal": (6, 9, np.nan),
    "hip_heel_share_minimum": (0.64, 0.55, 0.49),
    "leg_inertia_minimum_over_maximum": (0.60, 0.52, 0.47),
    "late_knee_flexor_moment_peak": (1.06, 1.34, 1.62),
    "folding_knee_extensor_moment_peak": (0.25, 0.41, 0.64),
    "hip_flexor_moment_peak": (1.03, 1.52, 2.04),
    "hip_extension_peak": (15, 19, 22),
    "running_speed": (2.5, 3.5, 4.5),
}
parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("data", type=Path, help="folder that holds hamner2010_run and fukuchi2017_run")
data = parser.parse_args().data
hamner, fukuchi = data / "hamner2010_run", data / "fukuchi2017_run"
if not (hamner.is_dir() and fukuchi.is_dir()):
    parser.error(f"expected the folders hamner2010_run and fukuchi2017_run in '{data}'; give the folder of the data")
reports = {
    "Hamner": sl.analyse(
        hamner / "subject02_running.trc",
        hamner / "subject02_registered.osim",
        external_loads=hamner / "External_Loads.xml",
        ik_setup=hamner / "Setup_IK.xml",
    )
}
for runner in ("RBDS020", "RBDS03"):
    for speed in ("25", "35", "45"):
        folder = fukuchi / runner
        reports[f"{runner} {speed[0]}.{speed[1]}"] = sl.analyse(
            folder / f"{runner}runT{speed}.c3d",
            folder / f"{runner}_scaledAdjusted_complex.osim",
            ik_setup=folder / f"{runner}_T{speed}_ikSetup.xml",
            parameters=sl.Parameters(knee_range_deg=160.0),
        )
        print(f"{runner} {speed}: {len(reports[f'{runner} {speed[0]}.{speed[1]}'].swings)} swings", file=sys.stderr)

print("| metric | unit |", " | ".join(reports), "| group 2.5 / 3.5 / 4.5 |")
print("|---" * (len(reports) + 3) + "|")
first = next(iter(reports.values()))
for name, measured in first.swings[0].metrics.items():
    values = [np.array([s.metrics[name].value for s in r.swings]) for r in reports.values()]
    cells = [f"{np.nanmean(v):.3g} ± {np.nanstd(v):.2g}" if np.isfinite(v).any() else "–" for v in values]
    group = " / ".join("–" if np.isnan(g) else f"{g:g}" for g in GROUP.get(name, ()))
    print(f"| {name} | {measured.unit} |", " | ".join(cells), f"| {group} |")
for name, measured in first.metrics.items():
    cells = [f"{r.metrics[name].value:.3g}" for r in reports.values()]
    print(f"| {name} | {measured.unit} |", " | ".join(cells), "| |")
