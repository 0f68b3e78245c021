"""What does a study cost? Elapsed and processor time, and memory: the plain loop, one worker, two, and the growth.

Analyses the synthetic trials that make_study.py writes. Run it on an idle machine: the ratio of two workers to one is
disturbed by whatever else runs.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

from make_study import make_study

STUDY = [sys.executable, "-m", "swinglever", "study"]


def measured(command: list[str]) -> tuple[float, float, str]:
    """Run a command: elapsed time, processor time of it and all below it, s, and what it printed."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    after, elapsed = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - begin
    return elapsed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def study(manifest: Path, out: Path, workers: int) -> tuple[float, float, str]:
    """Run a study from nothing."""
    shutil.rmtree(out, ignore_errors=True)
    options = ["--out", str(out), "--workers", str(workers), "--json"]
    return measured([*STUDY, str(manifest), *options])


LOOP = """
import sys
from pathlib import Path
import swinglever as sl
from swinglever.study.manifest import read_manifest
for asked in read_manifest(Path(sys.argv[1])):
    report = sl.analyse(asked.trial, asked.model, parameters=asked.parameters, **asked.files)
    sl.write_report(report, Path(sys.argv[2]) / (asked.name.replace("/", "_") + ".h5"))
"""

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("out", type=Path)
parser.add_argument("--subjects", type=int, default=2, help="of nine trials each, for the comparison")
parser.add_argument("--growth", type=int, nargs="*", default=[], metavar="SUBJECTS", help="also measure so many")
asked = parser.parse_args()

manifest = make_study(asked.out / "trials", asked.subjects, 3)
count = 9 * asked.subjects
(asked.out / "loop").mkdir(exist_ok=True)
loop_s, cpu_s, _ = measured([sys.executable, "-c", LOOP, str(manifest), str(asked.out / "loop")])
print(f"plain loop: {count} trials, {loop_s:.1f} s, {loop_s / count:.2f} s a trial, {cpu_s:.1f} s of processor")
times = {}
for workers in (1, 2):
    times[workers], cpu_s, told = study(manifest, asked.out / f"workers_{workers}", workers)
    peak = max(event["peak_bytes"] for event in map(json.loads, told.splitlines()) if event["event"] == "trial") / 1e6
    each_s = times[workers] / count
    print(
        f"workers {workers}: {times[workers]:.1f} s, {each_s:.2f} s a trial, {cpu_s:.1f} s of processor, {peak:.0f} MB"
    )
print(f"two workers against one: {times[1] / times[2]:.2f}; against the plain loop: {loop_s / times[2]:.2f}")
for subjects in (asked.subjects, *asked.growth):
    more, out = make_study(asked.out / f"trials_{subjects}", subjects, 3), asked.out / f"study_{subjects}"
    elapsed_s, cpu_s, _ = study(more, out, 2)
    again_s, again_cpu_s, _ = measured([*STUDY, str(more), "--out", str(out), "--json"])
    print(
        f"{9 * subjects} trials: {elapsed_s:.1f} s, {cpu_s:.1f} s of processor; "
        f"started again, with everything kept: {again_s:.1f} s, {again_cpu_s:.1f} s of processor"
    )
