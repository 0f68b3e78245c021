"""Draw the pictures that explain the method (`python scripts/develop/draw_ideas.py`), from the bundled runners."""

import argparse
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

import swinglever as sl
from swinglever.arrays import Array
from swinglever.causes.limits import calibrated_limits
from swinglever.causes.standing import standing
from swinglever.figures.looks import STYLE, colour_of, pyplot, sheet
from swinglever.figures.proof import draw_standing
from swinglever.page.kinogram import stick_points
from swinglever.page.recording import leg_bodies
from swinglever.page.sticks import Stick, find_sticks
from swinglever.page.surfaces import thin_surfaces
from swinglever.page.view import turn_points, view_axes
from swinglever.records.report import Swing, SwingReport
from swinglever.records.words import GROUPS, title_of
from swinglever.synthetic.trials import bundled_trial

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
CAUSES = ("passive", "braked", "pulled")
RECORDED, QUIET, STRONG = "#2B2F36", "#B8BCC2", "#0072B2"
RELEASED = {
    "shank": ("released: the knee", ("knee",)),
    "leg": ("released: hip, knee, ankle", ("hip", "knee", "ankle")),
    "body": ("released: every joint", ("hip", "knee", "ankle", "other")),
}


def analyse(cause: str, **beside: str) -> SwingReport:
    """Analyse the bundled runner of a known cause, with more of its files (`emg="emg"`, `forces="known_forces"`)."""
    files, model = bundled_trial(cause).files, bundled_trial(cause).model
    more = {what: files.trial.with_name(f"{files.trial.stem}_{name}.sto") for what, name in beside.items()}
    return sl.analyse(files.trial, model, external_loads=files.external_loads, ik_setup=files.ik_setup, **more)


def sticks_of(report: SwingReport) -> list[Stick]:
    """Give the stick figure of a result."""
    playback = report.require_playback()
    return find_sticks(playback.body_pose, thin_surfaces(playback.meshes), playback.body_names)


def draw_figure(ax: Any, report: SwingReport, time_s: float, colour: str = STRONG) -> dict[str, Array]:
    """Draw the runner at a time; give where the swing leg's joints and the others are."""
    sticks, leg = sticks_of(report), leg_bodies(report, report.swings[0].side)
    points = stick_points(report, sticks, time_s)
    for (a, b, _), ends in zip(sticks, points, strict=True):
        mine = a in leg and b in leg
        look = {"color": colour if mine else QUIET, "lw": 3.2 if mine else 1.8, "zorder": 2 + mine}
        ax.plot(ends[:, 0], ends[:, 1], solid_capstyle="round", **look)
    ax.set_aspect("equal")
    ax.set_axis_off()
    names = report.require_playback().body_names
    origin = {names[b]: ends[1] for (_, b, tip), ends in zip(sticks, points, strict=True) if not any(tip)}
    side = report.swings[0].side
    places = {"hip": f"femur_{side}", "knee": f"tibia_{side}", "ankle": f"talus_{side}"}
    found = {joint: origin[body][:2] for joint, body in places.items()}
    rest = [place[:2] for body, place in origin.items() if body not in places.values() and "calcn" not in body]
    return found | {f"other {k}": place for k, place in enumerate(rest)}


def draw_scopes(report: SwingReport) -> Any:
    """Draw which joints each scope releases."""
    swing = report.swings[0]
    time_s = swing.toe_off_s + 0.6 * (swing.peak_flexion_s - swing.toe_off_s)
    figure, axes = sheet(1, 3, 62.0)
    for ax, (scope, (words, released)) in zip(axes[0], RELEASED.items(), strict=True):
        for joint, place in draw_figure(ax, report, time_s).items():
            free = joint.split()[0] in released
            look = {"mfc": "#D55E00" if free else "white", "mec": "#D55E00" if free else "#7C828A", "zorder": 5}
            ax.plot(*place, "o", ms=7.0 if free else 4.5, mew=1.1, **look)
        ax.set_title(f"scope “{scope}”\n{words}")
    return figure


def draw_sources(report: SwingReport) -> Any:
    """Draw how the sources sum to the recorded change of the knee angle, at peak flexion."""
    swing = report.swings[0]
    parts = swing.attribution["shank"].degrees_by_group()
    large = {name: value for name, value in parts.items() if abs(value) >= 1.0}
    large["the rest"] = sum(parts.values()) - sum(large.values())
    figure, axes = sheet(1, 1, 62.0)
    ax, at = axes[0][0], 0.0
    for row, (name, value) in enumerate(large.items()):
        ax.barh(row, value, left=at, color=colour_of(name, row), height=0.62)
        ax.plot([at + value] * 2, [row, row + 1], color=RECORDED, lw=0.5)
        ax.text(max(at, at + value) + 1.5, row, f"{value:+.0f}°", va="center")
        at += value
    ax.barh(len(large), at, color=RECORDED, height=0.62)
    ax.text(at + 1.5, len(large), f"{at:.0f}°", va="center", weight="bold")
    labels = [title_of(name, GROUPS) for name in large]
    ax.set_yticks(range(len(large) + 1), [*labels, "recorded change of the knee angle"])
    ax.invert_yaxis()
    ax.axvline(0.0, color=RECORDED, lw=0.6)
    ax.set_xlabel("knee flexion since toe-off, at peak flexion (°)")
    return figure


def draw_replay(report: SwingReport) -> Any:
    """Draw the recorded knee, the leg with silent hamstrings, and the leg without their forces."""
    swing = report.swings[0]
    lines = {
        "recorded": (swing.time_s, swing.knee_flexion_rad, RECORDED, "-"),
        "silencing: hamstrings not activated": (*_case(swing, "silent_hamstrings"), "#D55E00", "-"),
        "replay: hamstrings' forces taken away": (*_case(swing, "no_hamstrings"), "#0072B2", (0, (4, 2))),
    }
    figure, axes = sheet(1, 2, 62.0, widths=(2.0, 1.0))
    curves, person = axes[0]
    end_s = swing.toe_off_s + 1.2 * (swing.peak_flexion_s - swing.toe_off_s)
    for label, (time_s, knee, colour, dashes) in lines.items():
        shown = time_s <= end_s
        since_ms, degrees = 1000.0 * (time_s - swing.toe_off_s), np.degrees(knee)
        curves.plot(since_ms[shown], degrees[shown], color=colour, ls=dashes, label=label)
    curves.set(xlabel="time since toe-off (ms)", ylabel="knee flexion (°)")
    curves.legend(loc="upper left")
    draw_figure(person, report, swing.peak_flexion_s, RECORDED)
    draw_ghost(person, report, swing, "silent_hamstrings", "#D55E00")
    person.set_title("recorded (dark), and with\nsilent hamstrings (orange)")
    return figure


def _case(swing: Swing, case: str) -> tuple[Array, Array]:
    found = swing.ablation[case]
    return np.asarray(found.time_s), np.asarray(found.knee_flexion_rad)


def draw_ghost(ax: Any, report: SwingReport, swing: Swing, case: str, colour: str) -> None:
    """Draw the leg of an ablation at the recorded peak."""
    ghost = report.require_playback().swings[swing.id].ghosts[case]
    frame = int(np.argmin(np.abs(ghost.time_s - swing.peak_flexion_s)))
    names, place = report.require_playback().body_names, {}
    for k, name in enumerate(ghost.body_names):
        place[names.index(name)] = ghost.body_pose[frame, k]
    for a, b, tip in sticks_of(report):
        if a in place and b in place:
            ends = np.array([place[a][:3, 3], place[b][:3, :3] @ np.array(tip) + place[b][:3, 3]])
            ends = turn_points(ends, view_axes(report))
            ax.plot(ends[:, 0], ends[:, 1], color=colour, lw=2.4, alpha=0.8, zorder=4, solid_capstyle="round")


def draw_bounds(known: dict[str, SwingReport], truth: dict[str, float]) -> Any:
    """Draw what the moments allow, the likely range, the least effort and the truth of three known causes."""
    figure, axes = sheet(1, 1, 48.0)
    ax = axes[0][0]
    for row, (cause, report) in enumerate(known.items()):
        found = standing(report.swings[0])
        assert found is not None
        draw_standing(ax, row, found)
        look = {"color": "#D55E00", "ms": 4.5, "mec": "black", "mew": 0.7, "zorder": 4}
        ax.plot(truth[cause], row, "D", label="the truth" if row == 0 else None, **look)
    ax.set(yticks=range(len(known)), yticklabels=list(known), ylim=(len(known) - 0.4, -0.6), xlim=(-3.0, 100.0))
    ax.set_xlabel("hamstrings' new activation, part of the early fold (%)")
    figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure


def draw_verdict(measured: dict[str, SwingReport]) -> Any:
    """Draw the categories of a verdict on the axis of the share, and where EMG leaves three known causes."""
    limits = calibrated_limits()
    edges = [0.0, 100.0 * limits.driven_share, 100.0 * limits.pull_share, 100.0]
    figure, axes = sheet(1, 1, 42.0)
    ax = axes[0][0]
    for (low, high), colour, words in zip(
        pairwise(edges),
        ("#DCEBF5", "#F2F2F2", "#FBE3D4"),
        ("momentum-\ndriven", "mixed", "hamstring-initiated"),
        strict=True,
    ):
        ax.axvspan(low, high, color=colour, lw=0)
        ax.text((low + high) / 2, -0.95, words, ha="center", va="center", fontsize=6.5)
    for row, report in enumerate(measured.values()):
        swing, found = report.swings[0], standing(report.swings[0])
        assert found is not None
        share = found.percent(found.new_deg)
        ax.plot(share, row, "o", color=RECORDED, ms=4.5)
        ax.text(share + 2.0, row, f"{swing.verdict}, {swing.evidence}", va="center")
    ax.set(yticks=range(len(measured)), yticklabels=list(measured), ylim=(len(measured) - 0.4, -1.5), xlim=(0.0, 100.0))
    ax.set_xlabel("hamstrings' new activation, part of the early fold (%), with EMG")
    return figure


def true_share(cause: str) -> float:
    """Hamstrings' part of the early fold in percent, by the muscle forces that the runner was simulated with."""
    swing = analyse(cause, forces="known_forces").swings[0]
    shank = swing.attribution["shank"]
    half = int(np.argmin(np.abs(swing.time_s - 0.5 * (swing.toe_off_s + swing.peak_flexion_s))))
    made = float(shank.flexion_of_group("hamstrings")[half])
    return 100.0 * made / float(swing.knee_flexion_rad[half] - swing.knee_flexion_rad[0])


def main() -> None:
    """Draw them all into docs/pictures."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    measured = {cause: analyse(cause, emg="emg") for cause in CAUSES}
    unmeasured = {cause: analyse(cause) for cause in CAUSES}
    truth = {cause: true_share(cause) for cause in CAUSES}
    with pyplot().rc_context(dict(STYLE)):
        drawings = {
            "scopes": draw_scopes(measured["pulled"]),
            "sources": draw_sources(measured["pulled"]),
            "replay": draw_replay(measured["pulled"]),
            "bounds": draw_bounds(unmeasured, truth),
            "verdict": draw_verdict(measured),
        }
        for name, figure in drawings.items():
            figure.savefig(PICTURES / f"idea_{name}.svg", metadata={"Date": None})
    sys.stdout.write(f"true shares of the early fold, %: {truth}\nwritten: {PICTURES}\n")


if __name__ == "__main__":
    main()
