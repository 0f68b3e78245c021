"""Where the time goes, what is faster than OpenSim's own tools and by how much, and what got slower than it was.

Prints, for a model without wrapping and one of the Rajagopal family: whole jobs from markers to result file by stage
(seconds of processor, and as many times the inverse kinematics of the same job), repeats with varied inputs, and stages
beside OpenSim's on the same motion. Writes all of it as JSON, and compares ratios, which other work on the machine
hardly touches, with the last figures that were kept: those worse by a fifth are named. How cost grows with the number
of muscles is measured with ``--only muscles``, on parts of one model; with a trial's length, by ``growth.py``. Needs
the public recordings: the folder that SWINGLEVER_DATA names, else ../shared/data.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from swinglever.bench import BENCHES, RUNNERS, Row, Runner, bench_bounds, bench_whole_job, prepare_bench

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("SWINGLEVER_DATA", ROOT.parent / "shared" / "data"))
KEPT = Path(__file__).with_name("bench.json")
SLOWER = 1.2
"""Other processors and other work move a ratio by less than this, seen on one machine."""
SHORT_S = 0.05
"""Stages that are shorter than this in the kept figures are not compared."""

HAMNER, RAJAGOPAL = RUNNERS
JOBS: dict[str, tuple[Runner, dict[str, Any]]] = {
    "hamner 10 s": (HAMNER, {}),
    "hamner 5 s": (HAMNER, {"end_s": 5.0}),
    "rajagopal 10 s": (RAJAGOPAL, {"end_s": 10.0}),
    "rajagopal 30 s": (RAJAGOPAL, {}),
    "hamner 10 s, two jobs": (HAMNER, {"jobs": 2}),
    "rajagopal 10 s, two jobs": (RAJAGOPAL, {"end_s": 10.0, "jobs": 2}),
    "rajagopal 30 s, two jobs": (RAJAGOPAL, {"jobs": 2}),
}
REPEATS: dict[str, tuple[Runner, dict[str, Any]]] = {
    "hamner one swing, 200 repeats": (
        HAMNER,
        {"start_s": 0.6, "end_s": 1.25, "side": "r", "uncertainty": 200, "jobs": 2},
    ),
    "hamner 10 s, 100 repeats": (HAMNER, {"uncertainty": 100, "jobs": 2}),
}
COUNTS = (10, 43, 80, 92)
MUSCLES: dict[str, tuple[Runner, dict[str, Any]]] = {
    f"hamner 5 s, {count} muscles": (HAMNER, {"end_s": 5.0, "n_muscles": count}) for count in COUNTS
}
WHOLE = JOBS | REPEATS | MUSCLES


def run_job(name: str) -> dict[str, Any]:
    """Figures of one job, made in a process of its own."""
    command = [sys.executable, __file__, "--job", name]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def show_job(name: str, job: Mapping[str, Any]) -> None:
    """Print what a job took, and each of its stages."""
    print(
        f"{name}: {job['recorded_s']:.1f} s of running, {job['n_swings']} swings, in {job['seconds']:.1f} s elapsed "
        f"({job['processor_s']:.1f} s of processor, {job['peak_mb']:.0f} MB, a child {job['child_peak_mb']:.0f} MB)"
    )
    for stage, seconds in job["stages"].items():
        print(f"    {stage:<16} {seconds:7.2f} s")


def show_growth(jobs: Mapping[str, Mapping[str, Any]]) -> None:
    """Print each stage by the number of muscles, and the exponent of a power law through the figures."""
    mine = [jobs[name] for name in MUSCLES]
    print(f"{'seconds of processor with so many muscles':<44}" + "".join(f"{n:>8}" for n in COUNTS) + "  exponent")
    rows = {stage: [job["stages"].get(stage, 0.0) for job in mine] for stage in mine[-1]["stages"]}
    rows |= {"all": [job["processor_s"] for job in mine], "memory, MB": [job["peak_mb"] for job in mine]}
    for stage, values in rows.items():
        if min(values) > 0.0 and (values[-1] > SHORT_S or stage == "memory, MB"):
            exponent = float(np.polyfit(np.log(COUNTS), np.log(values), 1)[0])
            print(f"    {stage:<40}" + "".join(f"{value:>8.2f}" for value in values) + f"{exponent:>10.2f}")


def show_row(name: str, row: Row) -> None:
    """Print one line of the table; a ratio below what is promised is marked."""
    ratio = row.opensim_ms / row.ours_ms
    mark = "" if ratio >= row.promised else f"  BELOW the promised {row.promised:g}"
    told = f"{row.opensim_ms:>10.1f} {row.ours_ms:>10.3f} {ratio:>8.0f}  {row.agreement}{mark}"
    print(f"{name:<10} {row.stage:<46} {told}", flush=True)


def bench_tools() -> dict[str, dict[str, float]]:
    """Each stage beside OpenSim's, ms of processor a frame, on both models."""
    print(f"{'model':<10} {'stage (ms of processor a frame)':<46} {'OpenSim':>10} {'here':>10} {'ratio':>8}  agreement")
    found = {}
    for runner in RUNNERS:
        inputs = prepare_bench(runner, DATA)
        for bench in BENCHES:
            row = bench(inputs)
            show_row(runner.name, row)
            found[f"{runner.name}, {row.stage}"] = {
                "opensim_ms": row.opensim_ms,
                "ours_ms": row.ours_ms,
                "promised": row.promised,
            }
        bounds = bench_bounds(inputs)
        size = f"{bounds.n_swings} swings of {bounds.n_muscles} muscles and {bounds.n_instants} instants"
        took = f"{bounds.processor_s:.3f} s of processor a swing ({size})"
        print(f"{runner.name:<10} bounds of the hamstrings' part, by moments and by effort: {took}")
    return found


def slower(kept: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Name what got slower by a fifth: against OpenSim's tools, and against the job's own inverse kinematics."""
    for name, before in kept.get("tools", {}).items():
        if (row := now["tools"].get(name)) is not None:
            was, is_ = (r["opensim_ms"] / r["ours_ms"] for r in (before, row))
            if was > SLOWER * is_:
                yield f"{name}: was {was:.0f} times faster than OpenSim, is {is_:.0f} times"
    for name, before in kept.get("jobs", {}).items():
        if (job := now["jobs"].get(name)) is not None:
            was_s, is_s = before["stages"], job["stages"]
            for stage in was_s.keys() & is_s.keys() - {"kinematics"}:
                was, is_ = (s[stage] / s["kinematics"] for s in (was_s, is_s))
                if is_ > SLOWER * was and was_s[stage] > SHORT_S:
                    yield f"{name}, {stage}: took {was:.2f} of the kinematics' time, takes {is_:.2f}"


def broken(tools: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Stages that are not as many times faster than OpenSim's as is promised."""
    return [name for name, row in tools.items() if row["opensim_ms"] < row["promised"] * row["ours_ms"]]


def main() -> int:
    """Run what was asked for; the exit status tells whether all promises are kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["jobs", "repeats", "muscles", "tools"], nargs="+", default=["jobs", "tools"])
    parser.add_argument("--match", default="", metavar="TEXT", help="only jobs with this in their name")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench.json", help="where the JSON goes")
    parser.add_argument("--keep", action="store_true", help="keep the figures as those to compare with")
    parser.add_argument("--job", choices=list(WHOLE), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if not (DATA / "hamner2010_run").is_dir():
        print(f"error: expected public recordings in '{DATA}'; set SWINGLEVER_DATA", file=sys.stderr)
        return 2
    if chosen.job is not None:
        runner, options = WHOLE[chosen.job]
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(asdict(bench_whole_job(runner, DATA, Path(folder) / "run.h5", **options))))
        return 0
    now: dict[str, Any] = {"jobs": {}, "tools": {}}
    for part, some in (("jobs", JOBS), ("repeats", REPEATS), ("muscles", MUSCLES)):
        for name in [name for name in some if part in chosen.only and chosen.match in name]:
            now["jobs"][name] = run_job(name)
            show_job(name, now["jobs"][name])
    if now["jobs"].keys() >= MUSCLES.keys():
        show_growth(now["jobs"])
    if "tools" in chosen.only:
        now["tools"] = bench_tools()
    return finish(now, chosen.out, keep=chosen.keep)


def finish(now: dict[str, Any], out: Path, *, keep: bool) -> int:
    """Write the figures, and say what got slower."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    for line in slower(kept, now):
        print(f"SLOWER {line}")
    figures = json.dumps(now, indent=1, default=float) + "\n"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(figures, encoding="utf-8")
    if keep:
        merged = {part: kept.get(part, {}) | now[part] for part in now}
        KEPT.write_text(json.dumps(merged, indent=1) + "\n", encoding="utf-8")
    return 1 if broken(now["tools"]) else 0


if __name__ == "__main__":
    sys.exit(main())
