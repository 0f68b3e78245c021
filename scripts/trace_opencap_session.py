"""What folded the knee in an OpenCap session? Every trial of a downloaded session, with the model that OpenCap scaled.

OpenCap has no ground forces: toe-off comes from the motion of the foot, and its markers come from video. Read
`swinglever check` and the warnings before you believe a verdict.
"""

import argparse
import sys
from pathlib import Path

import swinglever as sl

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("session", type=Path, help="folder of the session: MarkerData/, OpenSimData/")
parser.add_argument("--trial", help="name of one trial; all when not given")
parser.add_argument("--out", type=Path, default=Path("opencap"), help="folder to write into")
asked = parser.parse_args()

models = sorted(asked.session.glob("OpenSimData/**/Model/**/*scaled*.osim"))
trials = sorted(asked.session.glob(f"OpenSimData/**/Kinematics/**/{asked.trial or '*'}.mot"))
if not models or not trials:
    parser.error(f"expected OpenSimData/Model/*scaled*.osim and OpenSimData/Kinematics/*.mot in '{asked.session}'")
asked.out.mkdir(parents=True, exist_ok=True)
failed = 0
for trial in trials:
    try:
        report = sl.analyse(trial, models[0])
    except Exception as error:  # noqa: BLE001 - a static or a jump in the session is no run
        print(f"{trial.stem}: left out; {error}")
        failed += 1
        continue
    sl.write_report(report, asked.out / f"{trial.stem}.h5")
    for swing in report.swings:
        print(f"{trial.stem} {swing.id}: {swing.verdict}; toe-off by {swing.event_source}, {swing.verdict_reason}")
sys.exit(failed == len(trials))
