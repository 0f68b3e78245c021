"""How does the fold change with speed? Results of one runner, the slowest first, in one table."""

import argparse
from pathlib import Path

import numpy as np

import swinglever as sl

ROWS = {
    "running_speed": "m/s",
    "peak_knee_flexion": "deg",
    "hip_heel_share_minimum": "of leg length",
    "hip_flexor_moment_peak": "N m/kg",
    "early_knee_moment": "N m/kg",
    "fold_lost_without_hamstrings": "deg",
}

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("results", nargs="+", type=Path, help="files that `swinglever analyse` wrote")
reports = [sl.read_report(path) for path in parser.parse_args().results]


def mean(report: sl.SwingReport, metric: str) -> float:
    """Mean of a metric over the swings that have it, or the trial's own; nan where none has."""
    found = [swing.metrics[metric].value for swing in report.swings if metric in swing.metrics]
    found += [report.metrics[metric].value] if metric in report.metrics else []
    known = [value for value in found if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")


reports.sort(key=lambda report: mean(report, "running_speed"))
print(f"{'':42}" + "".join(f"{report.provenance.trial_name[:18]:>20}" for report in reports))
for name, unit in ROWS.items():
    print(f"{name + ', ' + unit:42}" + "".join(f"{mean(report, name):20.3g}" for report in reports))
verdicts = [", ".join(sorted({swing.verdict for swing in report.swings})) for report in reports]
print(f"{'verdicts':42}" + "".join(f"{verdict:>20}" for verdict in verdicts))
