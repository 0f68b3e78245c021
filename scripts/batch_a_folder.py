"""What folded the knee in all of these runs? Every trial of a folder with one model, to one table.

A trial `run.trc` takes `run_grf.xml`, `run_ik.xml` and `run_emg.sto` beside it, where they are there. One that fails
costs its own row. For many runners, see `swinglever study`.
"""

import argparse
import csv
import sys
from pathlib import Path

import swinglever as sl

BESIDE = {"external_loads": "_grf.xml", "ik_setup": "_ik.xml", "emg": "_emg.sto"}

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("folder", type=Path, help="folder of markers (.trc)")
parser.add_argument("model", type=Path, help="the runner's scaled model (.osim)")
parser.add_argument("--pattern", default="*.trc", help="which trials")
parser.add_argument("--out", type=Path, default=Path("results"), help="folder to write into")
asked = parser.parse_args()
asked.out.mkdir(parents=True, exist_ok=True)

rows, failed = [], 0
for trial in sorted(asked.folder.glob(asked.pattern)):
    files = {name: trial.with_name(trial.stem + ending) for name, ending in BESIDE.items()}
    try:
        report = sl.analyse(trial, asked.model, **{name: path for name, path in files.items() if path.is_file()})
    except Exception as error:  # noqa: BLE001 - the next trial has nothing to do with it
        rows.append([trial.name, "", "", "", "", str(error)])
        failed += 1
        continue
    sl.write_report(report, asked.out / f"{trial.stem}.h5")
    rows += [[trial.name, s.id, f"{s.peak_flexion_deg:.1f}", s.verdict, s.evidence, ""] for s in report.swings]
    print(f"{trial.name}: {len(report.swings)} swings")

with (asked.out / "swings.csv").open("w", newline="", encoding="utf-8") as file:
    csv.writer(file).writerows([["trial", "swing", "peak_deg", "verdict", "evidence", "error"], *rows])
print(f"written: {asked.out / 'swings.csv'}")
sys.exit(failed > 0)
