"""How do time, memory and file grow with a trial? Hamner's ten seconds of running, looped, analysed and shown.

Whole strides are repeated: from the early frame to the late one whose markers are most alike, the rest of their
difference spread evenly over the loop, so that nothing jumps where one ends and the next begins. Prints a line for each
length, of processes of their own: processor time, peak memory, size of the file, and the peak memory of `show`. With
--emg the trial has envelopes of ten muscles too: what least effort makes them do in each swing of the recording. With
--stages it prints the peak so far as each stage begins, too. Needs the public recordings: the folder that
SWINGLEVER_DATA names, else ../shared/data.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import swinglever as sl
from swinglever.arrays import Array
from swinglever.bench import RUNNERS
from swinglever.checks.request import Request
from swinglever.long_trials import analyse_to_file
from swinglever.plugins.manager import load_plugins
from swinglever.readers.storage import read_storage, write_storage
from swinglever.readers.trc import read_trc, write_trc

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("SWINGLEVER_DATA", ROOT.parent / "shared" / "data"))
COLUMNS = ("length, s", "playback", "swings", "processor, s", "peak, MB", "file, MB", "show, MB")
MUSCLES = ("bifemlh", "semiten", "rect_fem", "vas_int", "med_gas")
EMG_HZ = 200.0
SEAM_S = 2.0
"""The loop begins within so many seconds of the recording's beginning, and ends within so many of its end."""


def find_loop(position_m: Array, rate_hz: float) -> tuple[int, int]:
    """First frame of a loop, and the one after its last: those where markers (T, m, 3) and speeds are most alike."""
    many = round(SEAM_S * rate_hz)
    states = np.stack([position_m[:-1], np.diff(position_m, axis=0) * rate_hz / 20], axis=1).reshape(
        len(position_m) - 1, -1
    )
    apart = np.linalg.norm(states[:many, None] - states[None, -many:], axis=-1)
    first, last = np.unravel_index(np.argmin(apart), apart.shape)
    return int(first), len(states) - many + int(last)


def envelopes(given: Mapping[str, Path], time_s: Array) -> tuple[tuple[str, ...], Array]:
    """What EMG of `MUSCLES` would look like: activations of least effort in the swings, a little noise elsewhere."""
    found = sl.analyse(**given, parameters=sl.Parameters(playback="none"))
    names = tuple(f"{muscle}_{side}" for muscle in MUSCLES for side in "rl")
    columns = 0.005 * np.abs(np.random.default_rng(1).normal(size=(len(time_s), len(names))))
    for swing in found.swings:
        for k, name in enumerate(names):
            if name in swing.muscles.names:
                course = swing.muscles.activation[:, swing.muscles.names.index(name)]
                columns[:, k] += np.interp(time_s, swing.time_s, course, 0.0, 0.0)
    return names, columns


def loop_trial(length_s: float, folder: Path, emg: bool) -> dict[str, Path]:
    """Write a looped trial into a folder, with EMG or without; gives the files as `sl.analyse` takes them."""
    given = RUNNERS[0].files(DATA)
    markers, forces = read_trc(given["trial"]), read_storage(given["grf"])
    seen = ~np.isnan(markers.position_m).any(axis=(0, 2))
    first, last = find_loop(markers.position_m[:, seen], markers.rate_hz)
    count = round(length_s * markers.rate_hz)
    time_s, frames = np.arange(count) / markers.rate_hz, first + np.arange(count) % (last - first)
    drift = np.nan_to_num(markers.position_m[last] - markers.position_m[first])
    along = (frames - first)[:, None, None] / (last - first)
    position_m = markers.position_m[frames] - along * drift
    rows = np.searchsorted(forces.time_s, frames / markers.rate_hz - 0.001)
    trial = write_trc(folder / "looped.trc", replace(markers, time_s=time_s, position_m=position_m))
    grf = write_storage(folder / "looped_grf.mot", time_s, forces.names, forces.values[rows])
    files = {**given, "trial": trial, "grf": grf}
    if emg:
        once_s = np.arange(0.0, last / markers.rate_hz, 1.0 / EMG_HZ)
        names, columns = envelopes(given, once_s)
        at = np.round(np.arange(0.0, length_s, 1.0 / EMG_HZ) % ((last - first) / markers.rate_hz) * EMG_HZ).astype(int)
        rows = columns[np.minimum(round(first / markers.rate_hz * EMG_HZ) + at, len(columns) - 1)]
        files["emg"] = write_storage(folder / "looped_emg.sto", np.arange(len(rows)) / EMG_HZ, names, rows)
    return files


def run_job(given: Mapping[str, Any], out: Path, playback: str) -> dict[str, Any]:
    """Analyse in this process and write the result; gives peak memory by stage, and all that it took, MB and s."""
    stages: dict[str, float] = {}
    asked = sl.Parameters(playback=playback)
    files = {name: path for name, path in given.items() if name not in ("trial", "model")}
    request = Request.of(given["trial"], given["model"], asked, **files)
    told = lambda name: stages.update({name: peak_mb()})  # noqa: E731
    report = analyse_to_file(Path(out), request, load_plugins(), on_stage=told)
    stages["end"] = peak_mb()
    mine, joining = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "stages": stages,
        "peak_mb": max(peak_mb(), joining.ru_maxrss * 1024 / 1e6),
        "processor_s": sum(used.ru_utime + used.ru_stime for used in (mine, joining)),
        "n_swings": len(report.swings),
    }


def peak_mb() -> float:
    """Most memory that this process has held so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def peak_of(command: list[str]) -> float:
    """Most memory that a command holds, MB."""
    ask = (
        "import resource,subprocess,sys;subprocess.run(sys.argv[1:],check=True,stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss*1024/1e6)"
    )
    done = subprocess.run([sys.executable, "-c", ask, *command], check=True, capture_output=True, text=True)
    return float(done.stdout)


def measure(length_s: float, playback: str, stages: bool, emg: bool) -> None:
    """Print the line of one length."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "looped.h5"
        given = {name: str(path) for name, path in loop_trial(length_s, Path(folder), emg).items()}
        job = json.dumps([given, str(result), playback])
        done = subprocess.run([sys.executable, __file__, "--job", job], check=True, capture_output=True, text=True)
        took = json.loads(done.stdout.splitlines()[-1])
        shown = peak_of([sys.executable, "-m", "swinglever", "show", str(result)])
        size = result.stat().st_size / 1e6
    numbers = f"{took['processor_s']:.0f} | {took['peak_mb']:.0f} | {size:.1f} | {shown:.0f}"
    print(f"| {length_s:g} | {playback or 'not said'} | {took['n_swings']} | {numbers} |", flush=True)
    for name, peak in took["stages"].items() if stages else ():
        print(f"    {name:<16} begins at {peak:7.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lengths_s", type=float, nargs="*", default=[10.0, 60.0], help="lengths to measure, s")
    parser.add_argument("--playback", default="", help="full, thin or none; as analyse decides when not given")
    parser.add_argument("--emg", action="store_true", help="also give it EMG")
    parser.add_argument("--stages", action="store_true", help="also print the peak so far as each stage begins")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.job:
        print(json.dumps(run_job(*json.loads(asked.job))))
        sys.exit()
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|")
    for asked_s in asked.lengths_s:
        measure(asked_s, asked.playback, asked.stages, asked.emg)
