"""Damages small files of every format that is read, and prints what the readers made of them.

The formats and the ways of damage are those of ``tests/unit/readers``, which tries the first few with every run of the
tests. Each reader works in a process of its own until its processor time, children's included, is spent. Unexpected is
an error that is not ours or not one line, a record that breaks its promise, a process that ends or does not end, more
than ten seconds and one for each 100 kB, more than 100 MB and 100 bytes for each byte. What was unexpected is kept in a
folder, and the exit status is 1.
"""

import argparse
import itertools
import multiprocessing
import os
import re
import resource
import signal
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.unit.readers.formats import Format, formats
from tests.unit.readers.fuzzing import Example, attack, try_one

_LONGEST_S = 600
"""Of the clock, after which a reader counts as hanging."""
_SLOW_S, _SLOW_S_PER_BYTE = 10.0, 1e-5
_LARGE, _LARGE_PER_BYTE = 100e6, 100.0
_TOLD_OF_EACH = 3


@dataclass
class Counts:
    """What became of a reader's examples."""

    endings: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    peak_bytes: float = 0.0
    spent_s: float = 0.0


def _processor_s() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in spent)


def _reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _memory(kind: str) -> float:
    """Memory of this process now (VmRSS) or at most since it was reset (VmHWM), in bytes."""
    found = re.search(rf"{kind}:\s+(\d+)", Path("/proc/self/status").read_text())
    return 1024.0 * float(found[1]) if found else 0.0


def _work(known: Format, folder: Path, seed: int, budget_s: float, pipe: Connection, other: Connection) -> None:
    """In a process of its own: try examples until the time is spent; tell of each."""
    other.close()  # so that the pipe breaks, and this process ends, when the one that listens has ended
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    begin_s = _processor_s()
    cost = [0.0, 0.0]

    def look(known: Format, folder: Path, content: bytes) -> Example:
        signal.alarm(_LONGEST_S)
        _reset_peak()
        before, before_s = _memory("VmRSS"), _processor_s()
        example = try_one(known, folder, content)
        cost[:] = _processor_s() - before_s, _memory("VmHWM") - before
        signal.alarm(0)
        return example

    examples = attack(known, folder, seed, look)
    next(examples)  # the first one imports what is needed
    while (spent_s := _processor_s() - begin_s) < budget_s:
        example = next(examples)
        took_s, grown = cost
        ending, said, size = example.ending, example.said, len(example.content)
        if ending != "unexpected" and took_s > _SLOW_S + _SLOW_S_PER_BYTE * size:
            ending, said = "unexpected", f"took {took_s:.1f} s for {size} bytes, {ending}: {said}"
        if ending != "unexpected" and grown > _LARGE + _LARGE_PER_BYTE * size:
            ending, said = "unexpected", f"took {grown / 1e6:.0f} MB for {size} bytes, {ending}: {said}"
        pipe.send((ending, said, took_s, grown, spent_s + took_s, example.content if ending == "unexpected" else b""))


def _fuzz(known: Format, seed: int, budget_s: float, kept: Path) -> Counts:
    """Run one reader; begins another process where one is ended."""
    counts, told = Counts(), Counter[str]()

    def keep(said: str, content: bytes) -> None:
        counts.endings["unexpected"] += 1
        kind = re.sub(r"0x\w+|\d+|'[^']*'|/\S+", "", said)[:90]
        told[kind] += 1
        if told[kind] <= _TOLD_OF_EACH:
            place = kept / f"{known.name.replace(' ', '_')}-{seed}-{counts.endings.total()}-{Path(known.file).name}"
            place.write_bytes(content)
            print(f"unexpected: {known.name}: {said[:600]}\n  {place}", file=sys.stderr, flush=True)

    for again in itertools.count():
        left_s = budget_s - counts.spent_s
        if left_s <= 0:
            return counts
        with tempfile.TemporaryDirectory() as name:
            ours, theirs = multiprocessing.Pipe(duplex=False)
            child = multiprocessing.get_context("fork").Process(
                target=_work, args=(known, Path(name), seed + 1_000_003 * again, left_s, theirs, ours)
            )
            child.start()
            theirs.close()
            begun_s = counts.spent_s
            while True:
                try:
                    ending, said, took_s, grown, spent_s, content = ours.recv()
                except EOFError:
                    break
                counts.slowest_s, counts.peak_bytes = max(counts.slowest_s, took_s), max(counts.peak_bytes, grown)
                counts.spent_s = begun_s + spent_s
                if ending == "unexpected":
                    keep(said, content)
                else:
                    counts.endings[ending] += 1
            child.join()
            if child.exitcode == 0:
                return counts
            counts.spent_s += 1.0
            keep(f"the process ended with {child.exitcode}", (Path(name) / known.file).read_bytes())


def main() -> int:
    """Fuzz, and print a row a reader; the exit status."""
    known = {each.name: each for each in formats()}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="processor time of each reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reader", action="append", choices=list(known), help="this one; may be repeated")
    parser.add_argument("--kept", type=Path, default=Path("out/fuzz"), help="where unexpected files go")
    asked = parser.parse_args()
    asked.kept.mkdir(parents=True, exist_ok=True)
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(Path(__file__).parents[2] / "plugin"), os.environ.get("PYTHONPATH", "")]
    )
    print("| reader | examples | refused | read | unexpected | slowest, s | most memory, MB | processor, s |")
    print("|---|---|---|---|---|---|---|---|")
    bad = 0
    for name in asked.reader or known:
        counts = _fuzz(known[name], asked.seed, 60.0 * asked.minutes, asked.kept)
        endings = counts.endings
        row = [endings.total(), endings["refused"], endings["read"], endings["unexpected"], f"{counts.slowest_s:.2f}"]
        row += [f"{counts.peak_bytes / 1e6:.0f}", f"{counts.spent_s:.0f}"]
        print("| " + " | ".join(map(str, [name, *row])) + " |", flush=True)
        bad += endings["unexpected"]
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
