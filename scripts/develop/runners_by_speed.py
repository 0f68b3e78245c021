"""How do two runners fold their legs at three speeds? From C3D files to a table, beside the means of 26 runners.

The data are those of Fukuchi, Fukuchi & Duarte 2017 (PeerJ 5:e3298), a folder a runner:
RBDS020/RBDS020runT35.c3d, RBDS020_T35_ikSetup.xml, RBDS020_scaledAdjusted_complex.osim.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

import swinglever as sl

# Over 26 runners by speed, computed from the same public data: peak flexion, hip-heel distance / leg length,
# leg inertia least / most, net knee moment early (extensor) and late (flexor).
MEANS = {
    "25": (94, 0.64, 0.60, -0.25, 1.06),
    "35": (107, 0.55, 0.52, -0.41, 1.34),
    "45": (115, 0.49, 0.47, -0.64, 1.62),
}
RUNNERS = ("RBDS020", "RBDS03")
TITLES = ("peak, deg", "hip-heel", "inertia", "early, N m/kg", "late, N m/kg")


def swing_row(swing: sl.Swing, mass_kg: float) -> list[float]:
    """Return the numbers of one swing, in the order of TITLES."""
    moment, third = swing.knee_flexion_moment_nm / mass_kg, len(swing.time_s) // 3
    lever = [swing.metrics[name].value for name in ("hip_heel_share_minimum", "leg_inertia_minimum_over_maximum")]
    return [swing.peak_flexion_deg, *lever, moment[:third].min(), moment[-third:].max()]


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("folder", type=Path, help="folder that holds RBDS020 and RBDS03")
data = parser.parse_args().folder
if not all((data / runner).is_dir() for runner in RUNNERS):
    parser.error(f"expected the folders {' and '.join(RUNNERS)} in '{data}'; give the folder that holds them")
table = Table("runner", "m/s", "swings", *TITLES, "extensor early", "flexor late", "left out", box=None)
for speed, means in MEANS.items():
    for runner in RUNNERS:
        folder = data / runner
        print(f"{runner} at {int(speed) / 10} m/s", file=sys.stderr, flush=True)
        report = sl.analyse(
            folder / f"{runner}runT{speed}.c3d",
            model=folder / f"{runner}_scaledAdjusted_complex.osim",
            ik_setup=folder / f"{runner}_T{speed}_ikSetup.xml",
            parameters=sl.Parameters(knee_range_deg=160.0),
        )
        rows = np.array([swing_row(swing, report.provenance.mass_kg) for swing in report.swings])
        numbers = [f"{m:.2f} ± {s:.2f}" for m, s in zip(np.nanmean(rows, 0), np.nanstd(rows, 0), strict=True)]
        signs = [f"{np.mean(rows[:, 3] < 0):.0%}", f"{np.mean(rows[:, 4] > 0):.0%}"]
        lost = sum("the swing is left out" in text for text in report.warnings)
        table.add_row(runner, f"{int(speed) / 10}", str(len(rows)), *numbers, *signs, str(lost))
    table.add_row("26 runners", f"{int(speed) / 10}", "", *map(str, means), end_section=True)
Console(width=160).print(table)
