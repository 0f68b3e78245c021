"""Which stages are faster than OpenSim's own tools, by how much, and how equal: side by side in one run.

Needs the Hamner running trial: the folder that SWINGLEVER_DATA names, else ../shared/data.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from swinglever.bench import BENCHES, Row, bench_bounds, bench_whole_job, prepare_bench

DATA = Path(os.environ.get("SWINGLEVER_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))


def show(row: Row) -> None:
    """Print one line of the table; a ratio below what is promised is marked."""
    ratio = row.opensim_ms / row.ours_ms
    mark = "" if ratio >= row.promised else f"  BELOW the promised {row.promised:g}"
    print(
        f"{row.stage:<46} {row.opensim_ms:>10.1f} {row.ours_ms:>10.3f} {ratio:>8.0f}  {row.agreement}{mark}", flush=True
    )


def main() -> int:
    """Run every bench; the exit status tells whether all promises are kept."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    folder = DATA / "hamner2010_run"
    if not folder.is_dir():
        print(f"error: expected the running trial in '{folder}'; set SWINGLEVER_DATA", file=sys.stderr)
        return 2
    print(f"{'stage (ms of processor a frame)':<46} {'OpenSim':>10} {'here':>10} {'ratio':>8}  agreement")
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as out:  # first, so that the memory is this job's own
        job = bench_whole_job(folder, Path(out) / "run.h5")
    inputs = prepare_bench(folder)
    rows = []
    for bench in BENCHES:
        rows.append(bench(inputs))
        show(rows[-1])
    bounds = bench_bounds(inputs)
    print(
        f"bounds of the hamstrings' part, by moments and by effort: {bounds.processor_s:.3f} s of processor a swing "
        f"(promised: 0.2; {bounds.n_swings} swings of {bounds.n_muscles} muscles and {bounds.n_instants} instants)"
    )
    print(
        f"the whole job, markers to result file: {job.recorded_s:.1f} s of running, {job.n_swings} swings, "
        f"in {job.seconds:.1f} s (promised: 10; {job.processor_s:.1f} s of processor) "
        f"and {job.peak_mb:.0f} MB (promised: 1000)"
    )
    print(f"{time.perf_counter() - begin:.0f} s in all")
    kept = all(row.opensim_ms / row.ours_ms >= row.promised for row in rows)
    kept = kept and bounds.processor_s <= 0.2
    return 0 if kept and job.seconds <= 10 and job.peak_mb < 1000 else 1


if __name__ == "__main__":
    sys.exit(main())
