"""What folded the knee in this run? One trial from markers to a verdict, and a page to look at."""

import argparse
from pathlib import Path

import swinglever as sl

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("trial", type=Path, help="markers (.trc, .c3d) or joint angles (.mot, .sto)")
parser.add_argument("model", type=Path, help="the runner's scaled model (.osim)")
parser.add_argument("--external-loads", type=Path, help="ground forces, and the foot that each acts on (.xml)")
parser.add_argument("--ik-setup", type=Path, help="weights of the markers (.xml)")
parser.add_argument("--emg", type=Path, help="surface EMG (.sto, .csv)")
parser.add_argument("--out", type=Path, default=Path("result.h5"), help="result file to write")
asked = parser.parse_args()

report = sl.analyse(
    asked.trial, asked.model, external_loads=asked.external_loads, ik_setup=asked.ik_setup, emg=asked.emg
)
for swing in report.swings:
    evidence = "" if swing.evidence == swing.verdict else f" ({swing.evidence})"
    print(f"{swing.id}: {swing.verdict}{evidence}, peak {swing.peak_flexion_deg:.0f}°")
    print(f"  {swing.verdict_reason}")
for warning in report.warnings:
    print(f"warning: {warning}")
print(f"written: {sl.write_report(report, asked.out)}")
