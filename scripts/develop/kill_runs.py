"""Kills runs of every verb that writes at random moments, and counts what is lost, half-written, left or running.

Half of the runs are interrupted (SIGINT or SIGTERM), which must end them within three seconds with status 130; the
others are killed (SIGKILL), after which no process of theirs may be left. Then the next run sweeps what they left.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from swinglever.errors import SwingleverError
from swinglever.output.store import read_report, write_report
from swinglever.synthetic.trials import bundled_trial
from swinglever.system import scratch, whole_files
from swinglever.testing import example_report

_LONGEST_S = 8.0
_SOON_S = 3.0
_TARGETS = (
    "run.h5",
    "page.html",
    "s.blend",
    "s.png",
    "lever.png",
    "both.html",
    "scaled.osim",
    "scaled_scale_as_run.xml",
)
_TARGETS += ("f.blend", "f.mp4", "g.blend", "g.glb")


def _inputs(folder: Path) -> list[list[str]]:
    """Lay out inputs and give the commands that are tried."""
    pulled = bundled_trial("pulled")
    files = ["--model", str(pulled.model), "--grf", str(pulled.files.grf)]
    files += ["--external-loads", str(pulled.files.external_loads), "--ik-setup", str(pulled.files.ik_setup)]
    analyse = ["analyse", str(pulled.files.trial), *files, "--out", "run.h5"]
    shutil.copy(pulled.model, folder / "model.osim")
    write_report(example_report(), folder / "small.h5")
    (folder / "trials.csv").write_text(f"trial,model\n{pulled.files.trial},model.osim\n")
    film = ["--render", "f.mp4", "--size", "320", "180", "--force"]
    return [
        analyse,
        [*analyse, "--uncertainty", "40", "--jobs", "3"],
        ["export", "small.h5", "--format", "csv", "--out", "tables"],
        ["report", "small.h5", "--out", "page.html"],
        ["scene", "small.h5", "--out", "s.blend", "--render", "s.png", "--size", "320", "180", "--force"],
        ["plot", "small.h5", "--kind", "kinogram", "--out", "lever.png"],
        ["compare", "small.h5", "small.h5", "--out", "both.html"],
        ["scale", "model.osim", "--static", str(pulled.files.trial), "--mass", "70", "--out", "scaled.osim"],
        ["check", *analyse[1:]],
        ["study", "trials.csv", "--out", "study", "--report"],
        ["scene", "small.h5", "--out", "f.blend", *film],
        ["scene", "small.h5", "--out", "g.blend", "--export", "g.glb", "--force"],
    ]


def _descendants(root: int) -> set[int]:
    """Processes that a process started, and those that they started."""
    found, parents = set(), {root}
    table = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                table[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
    while parents:
        parents = {child for child, parent in table.items() if parent in parents} - found
        found |= parents
    return found


def _alive(processes: set[int]) -> set[int]:
    return {p for p in processes if (Path("/proc") / str(p)).exists() and "Z" not in _state(p)}


def _state(process: int) -> str:
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def _whole(path: Path) -> bool:
    """Tell whether a file that stands there is whole."""
    if path.suffix == ".h5":
        try:
            read_report(path)
        except SwingleverError:
            return False
        return True
    endings = {".html": b"</html>\n", ".png": b"IEND\xaeB`\x82", ".json": b"}", ".osim": b"</OpenSimDocument>\n"}
    return path.read_bytes().endswith(endings.get(path.suffix, b""))


def _kill_one(command: list[str], folder: Path, chance: random.Random) -> list[str]:
    """Run a command, kill it at some moment, and say what went wrong."""
    kind = chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
    child = subprocess.Popen(
        [sys.executable, "-m", "swinglever", *command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    time.sleep(chance.uniform(0.4, _LONGEST_S))
    processes = _descendants(child.pid)
    if child.poll() is not None:
        child.communicate()
        return ["over before"]
    child.send_signal(kind)
    begin = time.monotonic()
    child.communicate()
    took_s = time.monotonic() - begin
    time.sleep(0.5)
    wrong = [f"took {took_s:.1f} s to end"] if took_s > _SOON_S else []
    starting = child.returncode == -kind and not processes  # before Python had read the program
    if kind != signal.SIGKILL and child.returncode not in (130, 0) and not starting:
        wrong.append(f"ended with {child.returncode} after signal {kind}")
    if left := _alive(processes):
        wrong.append(f"{len(left)} processes left")
    return wrong or [f"well, {kind.name}"]


def main() -> int:
    """Kill, sweep, count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=100)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    asked = parser.parse_args()
    count, seed = asked.count, asked.seed
    # A shell's background jobs would ignore it, and pass that on.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    chance, outcomes = random.Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        folder, temporary = Path(name) / "work", Path(name) / "temporary"
        folder.mkdir()
        temporary.mkdir()
        os.environ["TMPDIR"] = str(temporary)
        commands = _inputs(folder)
        kept = {path: path.read_bytes() for path in folder.iterdir()}
        for number in range(count):
            outcomes.update(_kill_one(commands[number % len(commands)], folder, chance))
        outcomes["inputs changed"] = sum(path.read_bytes() != content for path, content in kept.items())
        made = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
        outcomes["files half-written"] = sum(not _whole(path) for path in made if ".part" not in str(path))
        time.sleep(6.0)
        scratch.sweep(str(temporary))
        for target in _TARGETS:
            whole_files.sweep_drafts(folder / target)
        left = [str(p.relative_to(name)) for p in Path(name).rglob("*") if p.name.endswith(".part")]
        outcomes["left after the sweep"] = len([*left, *temporary.iterdir()])
        for path in [*left, *temporary.iterdir()]:
            print("left:", path)
    for what, number in sorted(outcomes.items()):
        print(f"{number:5d}  {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
