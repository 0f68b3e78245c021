"""Does OpenSim find the same? Its own tools from the same files, and our numbers beside theirs.

InverseKinematics at accuracy 1e-6, InverseDynamics, MuscleAnalysis, StaticOptimization at equal assumptions and
InducedAccelerations run in child processes, on frames from the first toe-off on.
"""

import argparse
import sys
from pathlib import Path

import swinglever as sl

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("trial", type=Path, help="markers (.trc, .c3d)")
parser.add_argument("model", type=Path, help="the runner's scaled model (.osim)")
parser.add_argument("--external-loads", type=Path, help="ground forces, and the foot that each acts on (.xml)")
parser.add_argument("--ik-setup", type=Path, help="weights of the markers (.xml)")
parser.add_argument("--frames", type=int, default=20, help="how many to compare")
asked = parser.parse_args()

files = {"external_loads": asked.external_loads, "ik_setup": asked.ik_setup}
report = sl.analyse(asked.trial, asked.model, **files)
found = sl.verify(report, asked.trial, asked.model, **files, frames=asked.frames)

print(f"{'tool':26}{'quantity':52}{'difference':>12} {'unit':16}{'OpenSim s':>10}{'ours s':>8}")
for row in found.rows:
    told = f"{row.difference:12.2g} {row.unit:16}{row.opensim_s:10.2f}{row.ours_s:8.3f}"
    print(f"{row.tool:26}{row.quantity:52}{told}  {'pass' if row.passes else 'FAIL'}")
for line in (*found.left_out, *found.failed):
    print(line)
sys.exit(not found.passes)
