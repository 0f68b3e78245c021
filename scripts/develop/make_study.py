"""Write a folder of synthetic trials and the manifest of their study: subjects at three paces, several runs each.

Each subject is the mean runner with knees that flex a little more or less, hips as well, at paces of its own; each run
has marker noise of its own. With --poison, some of the trials are broken: cut short, given a model that is none, given
one that crashes whoever loads it, or one that never ends. (The last two need the plugin that is written beside:
swinglever study manifest.csv --plugins-dir plugins.)
"""

import argparse
import csv
from pathlib import Path

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.plugins.reading import load_body
from swinglever.synthetic.capture import TrialFiles, write_trial
from swinglever.synthetic.motion import Motion, mean_motion
from swinglever.synthetic.norms import mean_runner
from swinglever.system.resources import model_file

PACES_M_S = {"slow": 2.8, "medium": 3.5, "fast": 4.2}
POISONS = ("truncated", "wrong model", "crash", "endless")
PLUGIN = '''"""An engine for models that do harm: .crash ends the process, .endless never comes back."""

import os
import signal
import time

from swinglever.hookspecs import Engine, hookimpl


def crash(path):
    os.kill(os.getpid(), signal.SIGSEGV)


def wait(path):
    while True:
        time.sleep(1)


@hookimpl
def swinglever_engines():
    return {"crash": Engine(suffixes=(".crash",), load=crash), "endless": Engine(suffixes=(".endless",), load=wait)}
'''


def write_runs(out: Path, subjects: int, runs: int, seconds: float) -> list[dict[str, str]]:
    """Write the trials; a row of the manifest each."""
    model, rows = load_body(model_file("runner.osim")), []
    for subject in range(1, subjects + 1):
        random = np.random.default_rng([20170509, subject])
        flexing = {"knee_angle": 1.0 + 0.03 * random.normal(), "hip_flexion": 1.0 + 0.03 * random.normal()}
        offset = 0.08 * random.normal()
        for condition, pace in PACES_M_S.items():
            for run in range(1, runs + 1):
                speed = float(np.clip(pace + offset + 0.02 * random.normal(), 2.5, 4.5))
                folder = out / f"sub-{subject:02d}"
                folder.mkdir(parents=True, exist_ok=True)
                motion = flexed(mean_motion(model, speed), model, flexing)
                span = (-0.25 * mean_runner(speed).stride_time_s, seconds)
                stem, seed = folder / f"{condition}_{run}", int(random.integers(2**31))
                files = write_trial(stem, model, mean_runner(speed), motion, span, seed)
                rows.append(row_of(files, out, subject, condition, run, speed))
    return rows


def flexed(motion: Motion, model: Model, by_joint: dict[str, float]) -> Motion:
    """Give a motion whose joints flex a little more or less than the mean runner's."""
    shares = np.array([by_joint.get(name.rpartition("_")[0], 1.0) for name in model.coordinate_names])

    def move(time_s: Array) -> Array:
        return motion(time_s) * shares

    return move


def row_of(files: TrialFiles, out: Path, subject: int, condition: str, run: int, speed: float) -> dict[str, str]:
    """Give a trial's row; paths start at the manifest's folder."""
    names = {"trial": files.trial, "grf": files.grf, "external_loads": files.external_loads, "ik_setup": files.ik_setup}
    told = {"model": "runner.osim"} | {name: path.relative_to(out).as_posix() for name, path in names.items()}
    known = {"subject": f"{subject:02d}", "condition": condition, "run": str(run), "speed_m_s": f"{speed:.3f}"}
    return told | known | {"poison": ""}


def poison(out: Path, rows: list[dict[str, str]], share: float) -> None:
    """Break a share of the trials, each kind in turn."""
    chosen = np.random.default_rng(7).choice(len(rows), round(share * len(rows)), replace=False)
    for k, number in enumerate(sorted(chosen)):
        row, kind = rows[number], POISONS[k % len(POISONS)]
        row["poison"] = kind
        trial = out / row["trial"]
        match kind:
            case "truncated":
                trial.write_bytes(trial.read_bytes()[:2000])
            case "wrong model":
                row["model"] = row["trial"]
            case "crash" | "endless":
                row["model"] = f"runner.{kind}"
                (out / row["model"]).write_text(f"a model that does harm: {kind}\n")


def make_study(out: Path, subjects: int, runs: int, share: float = 0.0, seconds: float = 1.4) -> Path:
    """Write trials, model, plugin and manifest; gives the manifest."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "runner.osim").write_bytes(model_file("runner.osim").read_bytes())
    (out / "plugins").mkdir(exist_ok=True)
    (out / "plugins" / "harm.py").write_text(PLUGIN)
    rows = write_runs(out, subjects, runs, seconds)
    poison(out, rows, share)
    manifest = out / "manifest.csv"
    with manifest.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return manifest


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--subjects", type=int, default=22)
    parser.add_argument("--runs", type=int, default=3, help="of each subject at each of the three paces")
    parser.add_argument("--poison", type=float, default=0.0, metavar="SHARE", help="of the trials, 0.05 for 5 %%")
    parser.add_argument("--seconds", type=float, default=1.4, help="of running in each trial; a swing takes 0.45")
    asked = parser.parse_args()
    print(f"written: {make_study(asked.out, asked.subjects, asked.runs, asked.poison, asked.seconds)}")
