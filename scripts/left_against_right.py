"""Do the legs fold alike? Metrics of the left leg beside the right one's, the largest differences first."""

import argparse
from pathlib import Path

import numpy as np

import swinglever as sl

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("result", type=Path, help="file that `swinglever analyse` wrote")
parser.add_argument("--rows", type=int, default=10, help="how many differences to print")
asked = parser.parse_args()
report = sl.read_report(asked.result)

legs = {side: [swing for swing in report.swings if swing.side == side] for side in "lr"}
rows = []
for name in sorted({name for swing in report.swings for name in swing.metrics}):
    values = {
        side: np.array([swing.metrics[name].value for swing in swings if np.isfinite(swing.metrics[name].value)])
        for side, swings in legs.items()
    }
    if min(len(each) for each in values.values()) < 2:
        continue  # a spread needs two swings a leg
    spread = np.sqrt((values["l"].var(ddof=1) + values["r"].var(ddof=1)) / 2)
    means = {side: each.mean() for side, each in values.items()}
    effect = (means["l"] - means["r"]) / spread if spread else 0.0
    rows.append((abs(effect), name, means["l"], means["r"], effect))

if not rows:
    print("each leg needs two swings at least; record a longer trial")
for _, name, left, right, effect in sorted(rows, reverse=True)[: asked.rows]:
    print(f"{name:42} left {left:9.3g}  right {right:9.3g}  difference {effect:+.1f} standard deviations")
