"""How does the main job take inputs that are wrong? Counts the ways in which runs end, and names those that should not.

Two sources of wrong inputs: folders of cases (`base` with sound inputs, and a folder a case, with the files that differ
and the command in `cmd`), and a seeded fuzz of the bundled swing, which changes one of its files or options at random.
Every run is a process of its own in a fresh folder. Leaves with status 1 when a run ended as none should.
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from swinglever.synthetic.trials import bundled_trial

CLASSES = {
    "clear": "refused in one line, exit status 1 or 2",
    "told": "done, with a warning",
    "quiet": "done without a word: harmless, or to be looked at by a person",
    "garbage": "done, and prints what is no JSON, or nan in it",
    "lines": "refused in several lines, or with another status",
    "should not happen": "says so itself",
    "traceback": "shows one",
    "hang": "does not end in time",
    "crash": "ended by a signal",
}
UNEXPECTED = ("garbage", "lines", "should not happen", "traceback", "hang", "crash")


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One run: a name, the sound inputs and what is laid over them, and the command line."""

    name: str
    lay: Callable[[Path], None]
    command: str


def cases_of(folder: Path) -> Iterator[Attack]:
    """Give the cases of a folder."""
    for case in sorted(path.parent for path in folder.glob("*/cmd")):

        def lay(place: Path, case: Path = case) -> None:
            for source in (folder / "base", case):
                shutil.copytree(source, place, dirs_exist_ok=True, symlinks=True)

        yield Attack(name=case.name, lay=lay, command=os.fsdecode((case / "cmd").read_bytes()).strip())


_NUMBER = re.compile(rb"-?\d+\.?\d*(?:[eE][-+]?\d+)?")
_ODD = (b"nan", b"inf", b"1e300", b"-1e300", b"0", b"", b"x", b"1e-320", b"99999999999", b"\xff\xfe", b"-0.0")
_OPTIONS = ("--start", "--end", "--filter-hz", "--knee-range", "--side", "--playback", "--muscle-solver", "--jobs")


def fuzz(seed: int, count: int) -> Iterator[Attack]:
    """Give random changes of the bundled swing's files and options; the same ones for a seed."""
    pulled = bundled_trial("pulled")
    files = pulled.files
    names = {
        "trial": files.trial,
        "--model": pulled.model,
        "--grf": files.grf,
        "--external-loads": files.external_loads,
        "--ik-setup": files.ik_setup,
    }
    for number in range(count):
        chance = random.Random(seed * 1_000_003 + number)
        words = ["swinglever", "analyse", files.trial.name, "--out", "out.h5", "--json"]
        words += [word for option, path in names.items() if option != "trial" for word in (option, path.name)]
        target = chance.choice([*names.values(), None])
        if target is None:
            odd = chance.choice(_ODD).decode("latin-1")
            words += [chance.choice(_OPTIONS), f"'{odd}'"]

        def lay(place: Path, target: Path | None = target, chance: random.Random = chance) -> None:
            for path in names.values():
                content = path.read_bytes()
                (place / path.name).write_bytes(_changed(content, chance) if path == target else content)

        name = f"{seed}/{number} {'options' if target is None else target.name}"
        yield Attack(name=name, lay=lay, command=" ".join(words))


def _changed(content: bytes, chance: random.Random) -> bytes:
    """Change a file as typing errors, transfers and other programs do."""
    lines = content.splitlines(keepends=True)
    where = chance.randrange(len(lines))
    way = chance.choice(("number", "number", "number", "line", "twice", "cut", "bytes", "swap", "encoding", "empty"))
    if way == "number":
        found = list(_NUMBER.finditer(content))
        spot = chance.choice(found)
        return content[: spot.start()] + chance.choice(_ODD) + content[spot.end() :]
    if way == "line":
        return b"".join(lines[:where] + lines[where + 1 :])
    if way == "twice":
        return b"".join(lines[: where + 1] + lines[where:])
    if way == "cut":
        return content[: chance.randrange(len(content))]
    if way == "bytes":
        changed = bytearray(content)
        for _ in range(chance.randint(1, 20)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        return bytes(changed)
    if way == "swap":
        other = chance.randrange(len(lines))
        lines[where], lines[other] = lines[other], lines[where]
        return b"".join(lines)
    return content.decode("utf-8", "replace").encode("utf-16") if way == "encoding" else b""


def run(attack: Attack, timeout_s: float) -> tuple[str, str]:
    """Run one attack; gives its class, and the end of what was said."""
    with tempfile.TemporaryDirectory() as folder:
        attack.lay(Path(folder))
        command = attack.command.replace("swinglever ", f"{sys.executable} -m swinglever ")
        with subprocess.Popen(
            ["bash", "-c", command],
            cwd=folder,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as child:
            try:
                out, err = child.communicate(timeout=timeout_s)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, 9)
                return "hang", f"more than {timeout_s:g} s"
    return class_of(child.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"), attack.command)


def class_of(status: int, out: str, err: str, command: str) -> tuple[str, str]:
    """Sort the ending of a run into one of `CLASSES`."""
    said = err.strip().splitlines()
    last = said[-1] if said else ""
    if status < 0 or status > 128:
        return "crash", f"status {status}: {last}"
    if "swinglever " not in command and last.startswith("swinglever.errors."):  # Python, and an error of ours
        return "clear", last
    if "Traceback (most recent call last)" in out + err and "plugin '" not in err:
        return "traceback", last
    if "this should not happen" in err:
        return "should not happen", last
    if status == 0:
        if "--json" in command and not set(";>") & set(command) and not _is_sound_json(out):
            return "garbage", out[:200]
        return (
            ("told", last) if any("warning" in line for line in said) or '"warnings": []' not in out else ("quiet", "")
        )
    errors = [line for line in said if line.startswith("error:")]
    if "swinglever check" in command and status == 2 and not said and out:  # its faults are what it prints
        return "clear", out.strip().splitlines()[-1]
    if status in (1, 2) and (len(errors) == 1 or "Usage:" in err):
        return "clear", last
    return "lines", f"status {status}: {err[-300:]}"


def _is_sound_json(text: str) -> bool:
    def refuse(word: str) -> float:
        raise ValueError(word)

    try:
        json.loads(text, parse_constant=refuse)
    except ValueError:
        return False
    return True


def main() -> int:
    """Run all attacks; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path, nargs="*", help="folders of cases")
    parser.add_argument("--fuzz", type=int, default=0, metavar="N", help="random changes of the bundled swing")
    parser.add_argument("--seed", type=int, default=1, help="of the random changes")
    parser.add_argument("--budget", type=float, default=1e9, metavar="S", help="begin no run after so many seconds")
    parser.add_argument("--timeout", type=float, default=600.0, metavar="S", help="longest that a run may take")
    asked = parser.parse_args()
    begin, counts = time.monotonic(), Counter[str]()
    for attack in (a for source in [*map(cases_of, asked.cases), fuzz(asked.seed, asked.fuzz)] for a in source):
        if time.monotonic() - begin > asked.budget:
            break
        kind, said = run(attack, asked.timeout)
        counts[kind] += 1
        if kind in UNEXPECTED or kind == "quiet":
            print(f"{kind}: {attack.name}: {said}", flush=True)
    print(f"\n| ending | what that is | runs |\n|---|---|---|\n| tried | | {counts.total()} |")
    for kind, meaning in CLASSES.items():
        print(f"| {kind} | {meaning} | {counts[kind]} |")
    return int(any(counts[kind] for kind in UNEXPECTED))


if __name__ == "__main__":
    sys.exit(main())
