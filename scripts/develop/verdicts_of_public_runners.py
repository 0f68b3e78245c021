"""What is proved of the public runners' swings, and how steady it is? Prints the tables of ``docs/validity.md``.

Each trial is analysed twice, with its ground force and with the force hidden. Beside the whole leg's replay stands one
of hip flexion and knee alone, whose joints nothing stops.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from compare_toe_off import Files, bundled_trials, public_trials

import swinglever as sl
from swinglever.anatomy.model import Model, widen_knees
from swinglever.arrays import Array
from swinglever.causes.grading import categorise
from swinglever.causes.limits import calibrated_limits
from swinglever.causes.replay import moment_cases, replay
from swinglever.causes.stops import Stops
from swinglever.dynamics.limb import compute_dynamics
from swinglever.engines.opensim import load_model
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import LegSwings, line_up
from swinglever.motion.swings import find_swings
from swinglever.readers.trial import read_trial
from swinglever.records.bounds import HEADLINE as HALF
from swinglever.records.parameters import Parameters
from swinglever.records.report import Swing
from swinglever.records.trial import Trial

CASES = ("ballistic", "no_hip_muscles")
SAME_S = 0.08
"""A swing whose toe-off lies no farther from another's, on the same leg, is the same swing."""
Peaks = Mapping[str, Array]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One trial: its swings with and without ground force; peaks (deg) of two coordinates' replays by side and case."""

    name: str
    swings: Sequence[Swing]
    hidden: Sequence[Swing]
    two: Mapping[str, Peaks]


def look_at(name: str, files: Files, seconds: float) -> Seen:
    """Analyse a trial with and without its ground force."""
    model = load_model(files.model)
    parameters = Parameters(knee_range_deg=160.0)
    trial = read_trial(files.trial, external_loads=files.external_loads, ik_setup=files.ik_setup)
    if trial.markers is not None and trial.markers.time_s[-1] - trial.markers.time_s[0] > seconds:
        parameters = replace(parameters, end_s=float(trial.markers.time_s[0] + seconds))
    given = {"external_loads": files.external_loads, "ik_setup": files.ik_setup, "parameters": parameters}
    seen = sl.analyse(files.trial, model, **given)  # type: ignore[arg-type] # the keys are analyse's own
    blind = sl.analyse(replace(trial, ground_forces=()), model, parameters=parameters)
    return Seen(name=name, swings=seen.swings, hidden=blind.swings, two=two_coordinates(trial, model, parameters))


def two_coordinates(trial: Trial, model: Model, parameters: Parameters) -> dict[str, Peaks]:
    """Peak flexion (S), deg, of each case, with only hip flexion and knee released and no stop anywhere; by side."""
    widened = widen_knees(model, np.radians(parameters.knee_range_deg or 160.0))
    inputs = Inputs(trial=trial, model=widened, parameters=parameters)
    kinematics = solve_kinematics(inputs)
    found = {}
    for swings in line_up(inputs, kinematics, find_swings(trial, inputs.model, kinematics, parameters)):
        dynamics = compute_dynamics(_with_two(swings))
        cases = {name: taken for name, taken in moment_cases(dynamics).items() if name in CASES}
        free = Stops(low=np.full(2, -np.inf), high=np.full(2, np.inf))
        records = replay(dynamics, cases, free).records()
        found[swings.side] = {
            case: np.array([np.degrees(each[case].peak_flexion_rad) for each in records]) for case in cases
        }
    return found


def _with_two(swings: LegSwings) -> LegSwings:
    leg = swings.limb.leg
    return replace(swings, limb=replace(swings.limb, leg=replace(leg, released=(leg.hip_flexion, leg.knee))))


def report(trials: Sequence[Seen]) -> None:
    """Print every table."""
    say(
        "Hamstrings until half of folding, scope shank, °: medians over the swings (L and U: what the moments allow)",
        ["trial", "swings", "L", "least effort", "U", "plausible", "price of a pull, %", "tail", "new", "verdicts"],
        [proof_row(t) for t in trials],
    )
    first = trials[0].swings[:4]
    say(
        f"The same of {trials[0].name}'s first swings",
        ["swing", "L", "least effort", "U", "price, %", "tail", "new", "verdict", "evidence"],
        [swing_row(s) for s in first],
    )
    say(
        "Replays: peak, °, median, and the largest step between neighbouring swings of one side",
        ["trial", *(f"{case}, {which}" for case in CASES for which in ("leg", "two coordinates"))],
        [steady_row(t) for t in trials],
    )
    say(
        "Neighbouring swings of one side: verdicts that differ, and least effort's category",
        ["trial", "verdict", "category by least effort"],
        [neighbour_row(t) for t in trials],
    )
    say(
        "Ground force hidden: toe-offs found, equal verdict or undecided, least effort's category the same",
        ["trial", "swings", "found", "equal or undecided", "same category by least effort"],
        [hidden_row(t) for t in trials],
    )


def say(title: str, head: Sequence[object], rows: Sequence[Sequence[object]]) -> None:
    """Print a table in Markdown."""
    print(f"\n### {title}\n")
    for row in (head, ["---"] * len(head), *rows):
        print("| " + " | ".join(str(cell) for cell in row) + " |")


def ends(swing: Swing, level: str) -> tuple[float, float]:
    """Least and largest part, degrees."""
    assert swing.bounds is not None
    return swing.bounds.degrees(HALF, level)


def tail(swing: Swing) -> float:
    """What of the part with the least effort is a tail, degrees."""
    assert swing.bounds is not None
    return float(np.degrees(swing.bounds.tail_rad[swing.bounds.names.index(HALF)]))


def proof_row(seen: Seen) -> list[object]:
    """Medians over the swings of a trial."""
    swings = seen.swings
    low, high = np.median([ends(s, "moments") for s in swings], axis=0)
    least = np.median([ends(s, "least_effort")[0] for s in swings])
    likely = np.median([ends(s, "plausible") for s in swings], axis=0)
    price = np.median([100.0 * s.bounds.pull_extra for s in swings if s.bounds is not None])
    tails = np.array([tail(s) for s in swings])
    new = np.median([ends(s, "least_effort")[0] for s in swings] - tails)
    said = Counter(s.verdict if s.verdict == s.evidence else f"{s.verdict}, {s.evidence}" for s in swings)
    told = "; ".join(f"{count} {what}" for what, count in said.most_common())
    plausible = f"{likely[0]:.1f} to {likely[1]:.1f}"
    cells = [f"{x:.1f}" for x in (low, least, high)]
    return [seen.name, len(swings), *cells, plausible, f"{price:.1f}", f"{np.median(tails):.1f}", f"{new:.1f}", told]


def swing_row(swing: Swing) -> list[object]:
    """One swing."""
    assert swing.bounds is not None
    (low, high), least = ends(swing, "moments"), ends(swing, "least_effort")[0]
    price = 100.0 * swing.bounds.pull_extra
    cells = [f"{x:.1f}" for x in (low, least, high, price, tail(swing), least - tail(swing))]
    return [swing.id, *cells, swing.verdict, swing.evidence]


def by_side(swings: Sequence[Swing]) -> dict[str, list[Swing]]:
    """Swings of each leg in order."""
    return {side: [s for s in swings if s.side == side] for side in ("r", "l")}


def steady_row(seen: Seen) -> list[object]:
    """Median and largest step of each case."""
    row: list[object] = [seen.name]
    for case in CASES:
        whole = {
            side: np.degrees([s.ablation[case].peak_flexion_rad for s in mine])
            for side, mine in by_side(seen.swings).items()
        }
        row += [_steady(whole.values()), _steady([peaks[case] for peaks in seen.two.values()])]
    return row


def _steady(peaks: Iterable[Array]) -> str:
    sides = [side for side in peaks if len(side)]
    steps = [np.abs(np.diff(x)).max() for x in sides if len(x) > 1]
    median = np.nanmedian(np.concatenate(sides))
    return f"{median:.0f} ({max(steps):.0f})" if steps else f"{median:.0f}"


def category(swing: Swing) -> str:
    """What the new part with the least effort alone would be called."""
    flexion = swing.knee_flexion_rad
    gained = float(np.degrees(flexion[int(np.argmax(flexion)) // 2] - flexion[0]))
    return categorise((ends(swing, "least_effort")[0] - tail(swing)) / gained, calibrated_limits())


def neighbour_row(seen: Seen) -> list[object]:
    """How many neighbours differ."""
    pairs = [pair for mine in by_side(seen.swings).values() for pair in pairwise(mine)]
    differ = [sum(of(a) != of(b) for a, b in pairs) for of in (lambda s: s.verdict, category)]
    return [seen.name, *(f"{n} of {len(pairs)}" for n in differ)]


def hidden_row(seen: Seen) -> list[object]:
    """How many swings are told of alike with the force hidden."""
    pairs = list(_same(seen))
    held = sum(b.verdict in (a.verdict, "undecided") for a, b in pairs)
    alike = sum(category(a) == category(b) for a, b in pairs)
    return [seen.name, len(seen.swings), len(pairs), f"{held} of {len(pairs)}", f"{alike} of {len(pairs)}"]


def _same(seen: Seen) -> Iterator[tuple[Swing, Swing]]:
    for swing in seen.swings:
        near = [s for s in seen.hidden if s.side == swing.side and abs(s.toe_off_s - swing.toe_off_s) < SAME_S]
        if near:
            yield swing, near[0]


def main() -> None:
    """Look at every trial and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder that holds hamner2010_run and fukuchi2017_run")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each trial (10)")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="*", help="names of trials, as the tables have them; all when not given")
    asked = parser.parse_args()
    public = {name: files for name, files in public_trials(asked.data).items() if name != "walk"}
    trials = public | {name: files for name, files in bundled_trials().items() if name.startswith("mean")}
    trials = {name: files for name, files in trials.items() if asked.only is None or name in asked.only}
    with ProcessPoolExecutor(asked.jobs) as pool:
        found = [pool.submit(look_at, name, files, asked.seconds) for name, files in trials.items()]
        report([each.result() for each in found])


if __name__ == "__main__":
    main()
