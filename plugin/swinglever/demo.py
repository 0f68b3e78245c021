"""The main job on the runners that come with swinglever: what a newcomer sees first."""

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from swinglever.blender.scene import SceneOptions, write_scene
from swinglever.errors import SwingleverError, how_to_install
from swinglever.output.store import write_report
from swinglever.page.write import write_page
from swinglever.pipeline import analyse
from swinglever.plugins.reading import load_body
from swinglever.records.report import Swing, SwingReport
from swinglever.synthetic.trials import bundled_trial
from swinglever.system.endings import naming_finished

DEMO_TRIALS: Mapping[str, str] = {
    "mean_35": "mean of 23 runners at 3.5 m/s",
    "passive": "simulated, with EMG: knee muscles silent",
    "pulled": "simulated, with EMG: hamstrings pull",
}
"""Bundled trials that the demo analyses, and what each is."""

_FIRST = "mean_35"
"""Trial whose scene is made."""

OnTrial = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Demo:
    """What the demo found and wrote.

    Parameters
    ----------
    reports
        By bundled trial.
    written
        Every file, in the order in which it was written.
    notes
        What was left out, and why.
    """

    reports: Mapping[str, SwingReport]
    written: tuple[Path, ...]
    notes: tuple[str, ...]


def demo_files(folder: Path) -> list[Path]:
    """Name the files that the demo writes into a folder."""
    drawn = [f"{_FIRST}.blend", f"{_FIRST}.png"] if _can_draw() else []
    return [folder / name for name in (*(f"{name}.h5" for name in DEMO_TRIALS), "report.html", *drawn)]


def _can_draw() -> bool:
    return importlib.util.find_spec("bpy") is not None


def run_demo(folder: Path, on_trial: OnTrial | None = None) -> Demo:
    """Analyse the bundled runners, and write results and what else the installed parts can make.

    Parameters
    ----------
    folder
        Where to write; made if it does not exist.
    on_trial
        Called with what is being done.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tell = on_trial or (lambda _: None)
    model = load_body(bundled_trial(_FIRST).model)
    reports: dict[str, SwingReport] = {}
    written: list[Path] = []
    with naming_finished(written):
        for name, meaning in DEMO_TRIALS.items():
            tell(meaning)
            trial = bundled_trial(name)
            files = trial.files
            reports[name] = analyse(
                files.trial,
                model,
                grf=files.grf,
                external_loads=files.external_loads,
                ik_setup=files.ik_setup,
                emg=trial.emg,
                command="swinglever demo",
            )
            written.append(write_report(reports[name], folder / f"{name}.h5"))
        tell("page")
        written.append(write_page(list(reports.values()), folder / "report.html"))
        tell("scene")
        drawn, notes = _draw(folder / f"{_FIRST}.h5")
    return Demo(reports=reports, written=(*written, *drawn), notes=notes)


def verdict_table(reports: Mapping[str, SwingReport]) -> tuple[list[str], list[list[str]]]:
    """Header and rows that put the runners side by side: peak flexion, peaks without some causes, and the verdict.

    A runner with several swings has the mean of them, and every verdict that they got.
    """
    cases = ("silent_hamstrings", "silent_knee_crossing_muscles", "no_hip_muscles")
    known = [c for c in cases if any(c in swing.ablation for r in reports.values() for swing in r.swings)]
    header = ["runner", "swings", "peak °", *(f"{case} °" for case in known), "verdict"]
    rows = []
    for name, report in reports.items():
        peaks = [swing.peak_flexion_deg for swing in report.swings]
        without = [[s.ablation[case].peak_flexion_rad for s in report.swings if case in s.ablation] for case in known]
        verdicts = sorted({_said(swing) for swing in report.swings})
        numbers = [_mean(peaks), *(_mean(np.degrees(values)) for values in without)]
        rows.append([DEMO_TRIALS[name], str(len(peaks)), *numbers, "; ".join(verdicts)])
    return header, rows


def _said(swing: Swing) -> str:
    """Verdict, and how well it is supported; undecided says both."""
    return swing.verdict if swing.evidence in ("", swing.verdict) else f"{swing.verdict} ({swing.evidence})"


def _mean(values: "list[float] | np.ndarray[tuple[int], np.dtype[np.float64]]") -> str:
    return f"{np.mean(values):.1f}" if len(values) else "–"


def _draw(result: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Make a scene and a picture where Blender's module is; its absence or failure costs the picture, not the demo."""
    if not _can_draw():
        return (), (f"no scene: Blender's module is not installed ({how_to_install('blender')}, on Python 3.13)",)
    scene, picture = result.with_suffix(".blend"), result.with_suffix(".png")
    try:
        write_scene(result, scene=scene, render=picture, options=SceneOptions(opacity=0.35))
    except SwingleverError as error:
        return (), (f"no scene: {error}",)
    return (scene, picture), ()
