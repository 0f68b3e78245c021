"""The verdict in a sentence that a runner understands, how sure it is, and what it rests on."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from swinglever.metrics.legs import sides_of
from swinglever.records.report import Swing, SwingReport
from swinglever.records.words import SIDES, list_in_prose

_SENTENCES = {
    "momentum-driven": "folds by momentum: the thigh swings forward and the shank lags behind, with hardly a pull of "
    "the hamstrings",
    "hamstring-initiated": "folds because the hamstrings pull the heel up",
    "mixed": "folds by momentum and by a pull of the hamstrings together",
    "undecided": "folds, but this recording does not decide by what",
}
_SOLVERS = {
    "static_optimization": "static optimization: of all muscle forces that make the measured joint moments, those of "
    "least effort",
    "opensim": "OpenSim's static optimization: of all muscle forces that make the measured joint moments, those of "
    "least effort",
}
_EVIDENCE = {
    "proved": "proved by the joint moments alone: no other muscle forces that fit them would change it",
    "proved_with_emg": "proved by the joint moments and EMG together",
    "robust": "robust: it holds for the range that held nine of ten true values on simulated swings, or two channels "
    "of hamstrings are off in early folding",
    "given_forces": "as good as the muscle forces that were given",
    "least_effort": "least effort only: other muscle forces that fit the joint moments could change it",
    "least_effort_only": "least effort only: EMG informs it, and the range reaches into the neighbouring verdict; or "
    "the only channel of hamstrings is off in early folding",
    "none": "no evidence for any cause",
    "undecided": "the recording leaves the cause open",
}


def verdict_sentence(report: SwingReport) -> str:
    """Say in one sentence what folds each leg, legs together only where all their swings agree."""
    if not report.swings:
        return "No swing of a leg was found in this recording."
    sides = sides_of(report)
    counts = {side: Counter(s.verdict for s in report.swings if s.side == side) for side in sides}
    if len({frozenset(count) for count in counts.values()}) == 1 and len(counts[sides[0]]) == 1:
        (verdict,) = counts[sides[0]]
        who = "Each leg" if len(sides) == 2 else f"The {SIDES[sides[0]]} leg"
        return f"{who} {_said(verdict)}."
    return " ".join(_leg_sentence(side, count) for side, count in counts.items())


def _leg_sentence(side: str, count: Counter[str]) -> str:
    (verdict, most), *rest = count.most_common()
    swings = (
        f"in {most} of {count.total()} swings" if rest else f"in all {most} swings" if most > 1 else "in its one swing"
    )
    others = f" ({list_in_prose([f'{name} in {n}' for name, n in rest])})" if rest else ""
    return f"The {SIDES[side]} leg {_said(verdict)}, {swings}{others}."


def _said(verdict: str) -> str:
    return _SENTENCES.get(verdict, f"folds: {verdict}")


def leg_lines(report: SwingReport) -> Iterator[str]:
    """Give a line a leg: how far the knee bends, and how far it would without hamstrings, without the knee, the hip."""
    cases = {
        "silent_hamstrings": "with silent hamstrings",
        "silent_knee_crossing_muscles": "with every muscle across the knee silent",
        "no_hip_muscles": "without the hip's moment",
    }
    for side in sides_of(report):
        swings = [s for s in report.swings if s.side == side]
        told = [f"{_degrees([s.peak_flexion_deg for s in swings])}"]
        for case, words in cases.items():
            found = [s.ablation[case] for s in swings if case in s.ablation]
            if found:
                stopped = sum(bool(a.stopped_by) for a in found)
                note = f" (a joint's range stopped {stopped} of {len(found)})" if stopped else ""
                told.append(f"{words} {_degrees([float(np.degrees(a.peak_flexion_rad)) for a in found])}{note}")
        yield f"{SIDES[side].capitalize()} knee: bends to {'; '.join(told)}."


def _degrees(values: list[float]) -> str:
    """Mean ± standard deviation of angles."""
    spread = f" ± {np.std(values, ddof=1):.1f}" if len(values) > 1 else ""
    return f"{np.mean(values):.1f}{spread}°".replace("-", "−")


def how_sure(report: SwingReport) -> Iterator[str]:
    """Say how well the verdict is supported, and whether varied inputs give it too."""
    yield from _evidence(report)
    yield _repeats(report)


def ground_lines(report: SwingReport) -> Iterator[str]:
    """Say why the verdict is what it is, and what it rests on."""
    yield from _reasons(report)
    yield from _muscle_lines(report)
    yield _toe_off(report)
    flagged = [s for s in report.swings if s.muscles is not None and s.muscles.reserve_flags]
    if flagged:
        yield (
            f"In {len(flagged)} of {len(report.swings)} swings the muscles could not make the joint moments "
            "(reserves above a tenth of the moment's peak)."
        )


def _reasons(report: SwingReport) -> Iterator[str]:
    """Say of the first swing of each leg what is known, what is open, and what a pull would have cost."""
    for side in sides_of(report):
        first = next(s for s in report.swings if s.side == side)
        if first.bounds is not None:
            yield f"{SIDES[side].capitalize()} leg, swing {first.id}: {first.verdict_reason}"


def _repeats(report: SwingReport) -> str:
    banded = [s for s in report.swings if s.bands is not None]
    if not banded:
        return (
            "With varied inputs: not known, for none were asked for (analyse with --uncertainty 100). The spread shown "
            "is that between the swings."
        )
    same = sum(s.bands.verdicts.get(s.verdict, 0) for s in banded if s.bands is not None)
    total = sum(sum(s.bands.verdicts.values()) for s in banded if s.bands is not None)
    return f"With varied inputs: {same} of {total} repeats gave the swing's own verdict."


def _evidence(report: SwingReport) -> Iterator[str]:
    counts = Counter(str(getattr(s, "evidence", "")).lower().replace(" ", "_") for s in report.swings)
    counts.pop("", None)
    told = [f"{_EVIDENCE.get(name, name)} ({n} of {len(report.swings)} swings)" for name, n in counts.most_common()]
    if told:
        yield f"How sure: {list_in_prose(told)}."


def _muscle_lines(report: SwingReport) -> Iterator[str]:
    solvers = dict.fromkeys(s.muscles.solver for s in report.swings if s.muscles is not None)
    if not solvers:
        yield "Rests on net joint moments alone: no muscle forces were found."
    for solver in solvers:
        base, *informed = solver.split("+")
        follows = ", following EMG where it was recorded" if informed else ""
        yield f"Muscle forces rest on {_SOLVERS.get(base, base.replace('_', ' '))}{follows}."
    if solvers:
        yield _emg(report.swings)


def _emg(swings: tuple[Swing, ...]) -> str:
    if any(s.emg is not None and s.emg.drives for s in swings):
        return "EMG was recorded, and the muscle forces follow it."
    if any(s.emg is not None for s in swings):
        return "EMG was recorded and is shown, but the muscle forces do not rest on it."
    return "No EMG was recorded, so a pull of the hamstrings against other muscles would not be seen."


def _toe_off(report: SwingReport) -> str:
    sources = {s.event_source for s in report.swings}
    if sources == {"ground_force"}:
        return "Toe-off comes from the ground force."
    if sources == {"kinematics"}:
        return "Toe-off comes from how the foot moves, 0 to 28 ms late."
    return f"Toe-off comes from {list_in_prose(sorted(s.replace('_', ' ') for s in sources))}."
