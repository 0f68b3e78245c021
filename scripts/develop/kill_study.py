"""Kill a study at random moments and go on: is anything lost, computed twice, or different at the end?

Runs the study of MANIFEST once whole, then again with the command, or a process of its workers, killed by signal 9
after a random time, as often as asked, until it comes to its end. Prints how many outcomes were kept at each kill, and
whether the tables at the end are those of the whole study, to the bit.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

NAMES = ("swings", "metrics", "curves", "trials", "comparisons")
TABLES = [f"{name}.{ending}" for name in NAMES for ending in ("parquet", "csv")]

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("manifest", type=Path)
parser.add_argument("out", type=Path, help="folder to work in")
parser.add_argument("--kills", type=int, default=20)
parser.add_argument("--workers", type=int, default=2)
parser.add_argument("--least", type=float, default=8.0, metavar="S", help="shortest time before a kill")
parser.add_argument("--most", type=float, default=40.0, metavar="S", help="longest time before a kill")
parser.add_argument("--seed", type=int, default=1)
parser.epilog = "What comes after -- are further options of study."
cut = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
asked, more = parser.parse_args(sys.argv[1:cut]), sys.argv[cut + 1 :]
dice = random.Random(asked.seed)


def start(out: Path) -> "subprocess.Popen[bytes]":
    """Start the study."""
    options = ["--out", str(out), "--workers", str(asked.workers), *more]
    command = [sys.executable, "-m", "swinglever", "study", str(asked.manifest), *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kept(out: Path) -> dict[str, int]:
    """Outcomes that are kept, and when each was written."""
    found = (path for path in (out / "results").glob("*/outcome.json") if not path.parent.name.startswith("."))
    return {path.parent.name: path.stat().st_mtime_ns for path in found}


def kill(command: "subprocess.Popen[bytes]") -> str:
    """Kill the command, or one of the processes below it: a worker, or a trial's."""
    below = psutil.Process(command.pid).children(recursive=True)
    chosen = dice.choice([command.pid, *(process.pid for process in below)])
    name = "the command" if chosen == command.pid else " ".join(psutil.Process(chosen).cmdline())[-60:]
    os.kill(chosen, signal.SIGKILL)
    return name


whole, broken = asked.out / "whole", asked.out / "broken"
shutil.rmtree(broken, ignore_errors=True)
if not (whole / "study.html").exists():
    start(whole).wait()
print(f"whole: {len(kept(whole))} outcomes", flush=True)
seen, twice = dict[str, int](), set[str]()
for number in range(asked.kills):
    command = start(broken)
    time.sleep(dice.uniform(asked.least, asked.most))
    if command.poll() is not None:
        print(f"it ended by itself after {number} kills: give more trials, or shorter times")
        break
    try:
        what = kill(command)
    except (psutil.Error, ProcessLookupError):
        what = "nothing, as it had just ended"
    if what == "the command":
        command.wait()
    else:  # it goes on without that process for a while, and is stopped then
        time.sleep(dice.uniform(0.0, 5.0))
        command.kill()
        command.wait()
    now = kept(broken)
    twice |= {address for address in seen if now.get(address) != seen[address]}
    seen |= now
    print(f"kill {number + 1}: {what}; {len(now)} outcomes kept", flush=True)
start(broken).wait()
now = kept(broken)
twice |= {address for address in seen if now.get(address) != seen[address]}
differ = [name for name in TABLES if (whole / name).read_bytes() != (broken / name).read_bytes()]
left = list((broken / "results").glob(".part-*"))
print(f"at the end {len(now)} outcomes; lost or computed twice: {len(twice)}; left over: {len(left)}")
print("every table is the same to the bit" if not differ else f"these tables differ: {', '.join(differ)}")
sys.exit(1 if differ or twice or left else 0)
