"""Draw swings of known cause, analyse them, and print how often each statement about them is right."""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product, repeat
from pathlib import Path

import numpy as np

from swinglever.causes.grading import GRADES
from swinglever.causes.known import Ends
from swinglever.causes.limits import calibrated_limits
from swinglever.causes.verdict import HAMSTRING_INITIATED, MOMENTUM_DRIVEN, UNDECIDED
from swinglever.certainty.calibration import (
    CATEGORIES,
    LEVELS,
    NO_EMG,
    bought,
    confusion,
    cover,
    cover_by_bands,
    decided,
    errors_with_emg,
    judged,
    net_errors,
    true_category,
    truth_of,
    usable,
    wrong_of,
)
from swinglever.certainty.known_findings import BAND_CHANNELS, EMG, Found
from swinglever.certainty.known_swings import MODELS, KnownSwing, know_swings
from swinglever.engines.opensim import load_model
from swinglever.synthetic.draws import KINDS
from swinglever.system.resources import model_file

AT_ONCE = 20
"""Swings that are simulated side by side; their files are written together."""
EXTRAS = (0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 2.0)
OTHER = MODELS[-1]
Row = Sequence[object]


def main() -> None:
    """Make what is missing, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the swings are kept; those that are there are not made again")
    parser.add_argument("--swings", type=int, default=240, help="how many are drawn")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    paths = [chosen.folder / f"swing_{chosen.seed}_{k:04d}.json" for k in range(chosen.swings)]
    missing = [k for k, path in enumerate(paths) if not path.is_file()]
    batches = [missing[k : k + AT_ONCE] for k in range(0, len(missing), AT_ONCE)]
    with ProcessPoolExecutor(chosen.jobs) as pool:
        for made in pool.map(make, repeat(chosen.folder), repeat(chosen.seed), batches):
            print(f"made {made} swings", flush=True)
    report([KnownSwing.from_table(json.loads(path.read_text(encoding="utf-8"))) for path in paths])


def make(folder: Path, seed: int, numbers: list[int]) -> int:
    """Write a file for each number."""
    for known in know_swings(load_model(model_file("runner.osim")), seed, numbers):
        path = folder / f"swing_{seed}_{known.number:04d}.json"
        unfinished = path.with_suffix(".part")
        unfinished.write_text(json.dumps(known.as_table()), encoding="utf-8")
        unfinished.replace(path)
    return len(numbers)


def report(drawn: list[KnownSwing]) -> None:
    """Print every table."""
    swings = usable(drawn)
    refused = Counter(swing.refused for swing in drawn if swing.refused)
    print(f"\n{len(drawn)} swings drawn, {len(swings)} that a runner could have made; refused: {dict(refused)}")
    say("What was drawn", ["kind", *CATEGORIES], drawn_rows(swings))
    say("What was so", ["quantity", "5 %", "25 %", "50 %", "75 %", "95 %"], truth_rows(swings))
    say("How often a range holds the hamstrings' part", ["range", "model", "all", "width", *KINDS], range_rows(swings))
    say("EMG: how often a range holds the new part", ["range", "held", "width", "contradicted"], emg_rows(swings))
    say("EMG: true less found share", ["channels", "solved", "5 %", "50 %", "95 %"], error_rows(swings))
    say(
        "Bands until the peak: how often they hold the truth",
        ["bands", "all", "median width", *KINDS],
        band_rows(swings),
    )
    say("Confusion", ["model", "EMG", "was", *CATEGORIES, UNDECIDED], confusion_rows(swings))
    say("Grades: wrong of given", ["model", "EMG", *GRADES[:-1], "decided"], grade_rows(swings))
    say(
        "Undecided: what is excluded, wrong of told",
        ["model", "EMG", MOMENTUM_DRIVEN, HAMSTRING_INITIATED],
        excluded_rows(swings),
    )
    say("Net knee muscles", ["model", "rms", "most", "side wrong"], net_rows(swings))


def say(title: str, head: Row, rows: Sequence[Row]) -> None:
    """Print a table in Markdown."""
    print(f"\n### {title}\n")
    for row in (head, ["---"] * len(head), *rows):
        print("| " + " | ".join(str(cell) for cell in row) + " |")


def drawn_rows(swings: list[KnownSwing]) -> list[Row]:
    """Kinds by what they came out as."""
    counts = Counter((swing.kind, true_category(truth_of(swing))) for swing in swings)
    return [[kind, *(counts[kind, category] for category in CATEGORIES)] for kind in KINDS]


def truth_rows(swings: list[KnownSwing]) -> list[Row]:
    """Distribution of what was so."""
    truths = [truth_of(swing) for swing in swings]
    halves = [truth.peak // 2 for truth in truths]
    parts = [t.whole[h] for t, h in zip(truths, halves, strict=True)]
    known = [s.found[MODELS[0]] for s in swings]
    quantities = {
        "hamstrings' part at half, °": parts,
        "lost at half when simulated again without, °": [t.lost_half for t in truths],
        "lost at the peak when simulated again without, °": [t.lost_peak for t in truths],
        "effort, in what was needed": [t.effort[f.sample] / f.least_effort for t, f in zip(truths, known, strict=True)],
        "price of a pull, where momentum drove, %": [
            100.0 * (np.inf if f.pull_extra is None else f.pull_extra)
            for f, t in zip(known, truths, strict=True)
            if true_category(t) == CATEGORIES[-1]
        ],
    }
    return [[name, *np.quantile(x, [0.05, 0.25, 0.5, 0.75, 0.95]).round(1)] for name, x in quantities.items()]


def range_rows(swings: list[KnownSwing]) -> list[Row]:
    """Coverage of moments and of extra efforts, by kind of swing."""
    limits = calibrated_limits()
    ranges: dict[str, Callable[[Found], Ends | None]] = {"moments": by_moments}
    ranges |= {
        f"{100.0 * extra:.0f} % more effort": partial(bought, less_extra=extra, more_extra=extra) for extra in EXTRAS
    }
    ranges["plausible"] = partial(bought, less_extra=limits.less_extra, more_extra=limits.more_extra)
    rows: list[Row] = []
    for model in MODELS:
        for name, of in ranges.items():
            whole = cover(swings, model, of)
            by_kind = [cover([s for s in swings if s.kind == kind], model, of) for kind in KINDS]
            cells = [percent(each.share) for each in by_kind]
            rows.append([name, model, percent(whole.share), f"{whole.width:.2f}", *cells])
    return rows


def by_moments(found: Found) -> Ends:
    """Whole part that moments allow."""
    return found.moments[0], found.moments[1]


def emg_rows(swings: list[KnownSwing]) -> list[Row]:
    """Coverage of what EMG allows; a swing in which it allows nothing is not counted."""
    rows: list[Row] = []
    for name in EMG:
        whole = cover(swings, OTHER, partial(by_emg, name=name), new=True)
        contradicted = np.mean([bool(swing.found[OTHER].contradictions[name]) for swing in swings])
        rows.append([name, f"{whole.held} of {whole.swings}", f"{whole.width:.2f}", percent(float(contradicted))])
    return rows


def by_emg(found: Found, name: str) -> Ends | None:
    """New part that EMG allows."""
    ends = found.emg[name]
    return None if ends is None else (ends[0], ends[1])


def band_rows(swings: list[KnownSwing]) -> list[Row]:
    """Coverage of the Monte Carlo bands, with the load sharing among what is drawn and without, by kind of swing."""
    rows: list[Row] = []
    for with_emg, shared in product((False, True), (False, True)):
        of = partial(cover_by_bands, model=OTHER, with_emg=with_emg, shared=shared)
        by_kind = [of([s for s in swings if s.kind == kind]) for kind in KINDS]
        name = f"{BAND_CHANNELS if with_emg else NO_EMG}, {'load sharing drawn' if shared else 'inputs alone'}"
        whole = of(swings)
        told = [f"{each.held} of {each.swings}" for each in by_kind]
        rows.append([name, f"{percent(whole.share)} of {whole.swings}", f"{whole.width:.2f}", *told])
    return rows


def error_rows(swings: list[KnownSwing]) -> list[Row]:
    """How far off static optimization with EMG is."""
    rows: list[Row] = []
    for level in LEVELS[1:]:
        errors = errors_with_emg(swings, OTHER, level)
        rows.append([level, len(errors), *np.quantile(errors, [0.05, 0.5, 0.95]).round(3)])
    return rows


def levels() -> list[tuple[str, str]]:
    """Models with the EMG that they were analysed with."""
    return [(MODELS[0], NO_EMG), *((OTHER, level) for level in LEVELS)]


def confusion_rows(swings: list[KnownSwing]) -> list[Row]:
    """What is said of what was so."""
    rows: list[Row] = []
    for model, level in levels():
        counts = confusion(swings, model, level)
        for so in CATEGORIES:
            told = [sum(n for key, n in counts.items() if key[:2] == (so, said)) for said in (*CATEGORIES, UNDECIDED)]
            rows.append([model, level, so, *told])
    return rows


def grade_rows(swings: list[KnownSwing]) -> list[Row]:
    """How often each grade is given, and is wrong."""
    rows: list[Row] = []
    for model, level in levels():
        counts = confusion(swings, model, level)
        cells = ["{} of {}".format(*wrong_of(counts, grade)) for grade in GRADES[:-1]]
        rows.append([model, level, *cells, percent(decided(counts))])
    return rows


def excluded_rows(swings: list[KnownSwing]) -> list[Row]:
    """How often an undecided swing is said not to be something, and was."""
    rows: list[Row] = []
    for model, level in levels():
        cells = []
        for name in (MOMENTUM_DRIVEN, HAMSTRING_INITIATED):
            told = [swing for swing in swings if name in judged(swing, model, level).excluded]
            cells.append(f"{sum(true_category(truth_of(swing)) == name for swing in told)} of {len(told)}")
        rows.append([model, level, *cells])
    return rows


def net_rows(swings: list[KnownSwing]) -> list[Row]:
    """How well the net knee moment's part is known; wrong is a pull called a brake, or the other way."""
    rows: list[Row] = []
    for model in MODELS:
        errors = np.array(net_errors(swings, model))
        said = [judged(swing, model, NO_EMG).net_knee for swing in swings]
        true = [truth_of(swing).net[swing.found[model].sample] for swing in swings]
        wrong = sum((s == "pulled" and t < 0.0) or (s == "braked" and t > 0.0) for s, t in zip(said, true, strict=True))
        rows.append([model, f"{np.sqrt(np.mean(errors**2)):.2f}°", f"{np.abs(errors).max():.2f}°", f"{wrong}"])
    return rows


def percent(share: float) -> str:
    """Nothing for nan."""
    return f"{100.0 * share:.0f} %" if np.isfinite(share) else ""


if __name__ == "__main__":
    main()
