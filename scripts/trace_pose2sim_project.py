"""What folded the knee in a Pose2Sim project? Its kinematics with the models that it scaled.

Pose2Sim writes a scaled model beside each motion: kinematics/RUN.osim and RUN.mot. It has no ground forces: toe-off
comes from the motion of the foot, and its markers come from video. Read the warnings before you believe a verdict.
"""

import argparse
import sys
from pathlib import Path

import swinglever as sl

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("project", type=Path, help="folder of the project: kinematics/ with .osim and .mot")
parser.add_argument("--filter-hz", type=float, default=6.0, help="low-pass filter; video is noisier than markers")
parser.add_argument("--out", type=Path, default=Path("pose2sim"), help="folder to write into")
asked = parser.parse_args()

motions = sorted(asked.project.glob("**/kinematics/*.mot"))
pairs = [(path, path.with_suffix(".osim")) for path in motions if path.with_suffix(".osim").is_file()]
if not pairs:
    parser.error(
        f"expected kinematics/RUN.mot with kinematics/RUN.osim in '{asked.project}'; run Pose2Sim.kinematics()"
    )
asked.out.mkdir(parents=True, exist_ok=True)
parameters, failed = sl.Parameters(filter_hz=asked.filter_hz), 0
for motion, model in pairs:
    try:
        report = sl.analyse(motion, model, parameters=parameters)
    except Exception as error:  # noqa: BLE001 - the next person has nothing to do with it
        print(f"{motion.stem}: left out; {error}")
        failed += 1
        continue
    sl.write_report(report, asked.out / f"{motion.stem}.h5")
    for swing in report.swings:
        print(f"{motion.stem} {swing.id}: {swing.verdict}; toe-off by {swing.event_source}, {swing.verdict_reason}")
sys.exit(failed == len(pairs))
