"""The figures, one a method; each gives its axes, so that a paper's author can go on drawing."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from swinglever.errors import InputError
from swinglever.figures.looks import STYLE, colour_of, pyplot, sheet
from swinglever.figures.proof import draw_bounds, draw_price
from swinglever.metrics.claims import judge
from swinglever.metrics.comparison import mean_and_spread
from swinglever.metrics.legs import leg_values, mean_of, sides_of
from swinglever.metrics.norms import published_norm
from swinglever.page.curves import PERCENT, Topic, topics_of
from swinglever.page.kinogram import frames_of, stick_points, typical_swing
from swinglever.page.recording import leg_bodies
from swinglever.page.sticks import find_sticks
from swinglever.page.surfaces import thin_surfaces
from swinglever.records.words import SIDES

if TYPE_CHECKING:
    from swinglever.records.report import SwingReport

KINDS = ("contributions", "ablation", "lever", "kinogram", "claims", "bounds", "price")
_LARGEST = 7
_CASES = ("recorded", "silent_hamstrings", "silent_knee_crossing_muscles", "no_hip_muscles")


class Plots:
    """Figures of one result: ``report.plot.contributions()``. Each method gives matplotlib's axes.

    Parameters
    ----------
    report
        The result.
    """

    def __init__(self, report: "SwingReport") -> None:
        self.report = report

    def contributions(self, scope: str = "shank") -> Any:
        """Degrees of knee flexion by cause over the swing, a leg an axes; mean ± standard deviation of the swings."""
        topic = self._topic(f"contributions_{scope}")
        size = np.nansum(np.abs(topic.values), axis=(0, 2))
        largest = np.sort(np.argsort(size)[::-1][:_LARGEST])
        return self._curves(topic, [topic.keys[k] for k in largest], "change of knee flexion since toe-off (°)")

    def ablation(self, cases: Sequence[str] = _CASES) -> Any:
        """Knee flexion as recorded and without some forces, a leg an axes; mean ± standard deviation of the swings."""
        topic = self._topic("replays")
        known = [case for case in cases if case in topic.keys]
        return self._curves(topic, known, "knee flexion (°)")

    def lever(self) -> Any:
        """Distance from hip to heel over the leg's length, a leg an axes; mean ± standard deviation of the swings."""
        topic = self._topic("lever")
        return self._curves(topic, topic.keys, "hip to heel / leg length")

    def kinogram(self) -> Any:
        """Stick figures of each leg's typical swing at its events, an event an axes."""
        report = self.report
        if report.playback is None or not report.swings:
            raise InputError(
                "expected a result with poses to draw, this one has none: analyse again with playback full"
            )
        playback, sides = report.playback, sides_of(report)
        sticks = find_sticks(playback.body_pose, thin_surfaces(playback.meshes), playback.body_names)
        rows = [frames_of(typical_swing(report, side)) for side in sides]
        _, axes = sheet(len(sides), max(map(len, rows)), 55.0 * len(sides))
        for side, frames, row in zip(sides, rows, axes, strict=True):
            leg = leg_bodies(report, side)
            for ax, (words, time_s, knee) in zip(row, frames, strict=False):
                for (a, b, _), ends in zip(sticks, stick_points(report, sticks, time_s), strict=True):
                    mine = a in leg and b in leg
                    look = {"color": "#0072B2" if mine else "#B0B0B0", "lw": 2.2 if mine else 1.2, "zorder": 2 + mine}
                    ax.plot(ends[:, 0], ends[:, 1], solid_capstyle="round", **look)
                ax.set_title(f"{words}\nknee {knee:.0f}°")
            row[0].text(-0.02, 0.5, SIDES[side], transform=row[0].transAxes, rotation=90, va="center", ha="right")
            for ax in row:
                ax.set_aspect("equal")
                ax.set_axis_off()
        return axes

    def claims(self) -> Any:
        """The twelve claims with their judgement, and how far each leg lies from trained runners at this pace."""
        _, axes = sheet(1, 2, 95.0, widths=(2.0, 0.8))
        text, dots = axes[0]
        for judgement in judge(self.report):
            row = -judgement.claim.number
            claim = textwrap.fill(f"{judgement.claim.number}. {judgement.claim.text}", 68, subsequent_indent="    ")
            text.text(0.0, row, claim, va="center", fontsize=6.0)
            text.text(1.0, row, judgement.stand, va="center", ha="right", fontsize=6.0, weight="bold")
        text.set_xlim(0, 1)
        text.set_axis_off()
        self._norms(dots)
        for ax in (text, dots):
            ax.set_ylim(-12.7, -0.3)
        return axes

    def bounds(self) -> Any:
        """What the hamstrings can have made of each early fold beside the limits of a verdict, a leg an axes."""
        return draw_bounds(self.report)

    def price(self) -> Any:
        """How much effort a pull of the hamstrings would have cost, a leg an axes."""
        return draw_price(self.report)

    def _norms(self, ax: Any) -> None:
        """Dots at standard deviations from trained runners, for each claim's numbers whose spread is published."""
        from swinglever.page.write import OUR_METRICS

        speed = mean_of(self.report, "running_speed")
        for claim in range(1, 13):
            norms = {n: published_norm(n, speed) for n, metric in OUR_METRICS.items() if metric.claim == claim}
            known = {name: norm for name, norm in norms.items() if norm is not None and np.isfinite(norm.sd)}
            for number, (name, norm) in enumerate(known.items()):
                row = -claim + 0.4 * ((len(known) - 1) / 2 - number)
                for value in leg_values(self.report, name):
                    away = (value.mean - norm.mean) / norm.sd
                    ax.plot(away, row, "<" if value.side == "l" else ">", color="#0072B2", ms=3.5)
                ax.text(
                    1.02, row, name.replace("_", " "), transform=ax.get_yaxis_transform(), fontsize=5.5, va="center"
                )
        ax.axvspan(-1, 1, color="#E8E8E8", zorder=0)
        ax.axvline(0.0, color="#909090", lw=0.5, zorder=0)
        reach = max(3.0, 1.1 * max(map(abs, ax.get_xlim())))
        ax.set_xlim(-reach, reach)
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        told = f"at {speed:.1f} m/s" if np.isfinite(speed) else "(speed not known)"
        ax.set_xlabel(f"standard deviations from trained\nrunners {told}; ◂ left, ▸ right")

    def _topic(self, name: str) -> Topic:
        topics = {topic.id: topic for topic in topics_of(self.report)}
        if name not in topics:
            raise InputError(
                f"expected a result with {name.replace('_', ' ')}, it has {', '.join(topics) or 'nothing'}"
            )
        return topics[name]

    def _curves(self, topic: Topic, keys: Sequence[str], label: str) -> Any:
        """Curves of each leg, with the spread of its swings; a legend below."""
        sides = sides_of(self.report)
        figure, axes = sheet(1, len(sides), 75.0, share=True)
        for side, ax in zip(sides, axes[0], strict=True):
            mine = [k for k, swing in enumerate(self.report.swings) if swing.side == side]
            for number, key in enumerate(keys):
                column = topic.keys.index(key)
                mean, sd = mean_and_spread(topic.values[mine, column])
                look = {"color": colour_of(key, number), "ls": "--" if key.endswith("_passive") else "-"}
                ax.plot(PERCENT, mean, label=topic.labels[column], **look)
                ax.fill_between(PERCENT, mean - sd, mean + sd, color=look["color"], alpha=0.2, lw=0)
            ax.axhline(0.0, color="#909090", lw=0.5, zorder=0)
            ax.set(xlim=(0, 100), xlabel="% of swing", title=f"{SIDES[side]} leg, n = {len(mine)}")
        axes[0][0].set_ylabel(label)
        figure.legend(*axes[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
        return axes[0]


def save_figure(report: "SwingReport", kind: str, path: Path) -> Path:
    """Draw a figure of one of `KINDS` and write it; the ending of the file chooses the format.

    Raises
    ------
    InputError
        For a kind or an ending that is not known.
    """
    if kind not in KINDS:
        raise InputError(f"expected a figure of {', '.join(KINDS)}, got {kind!r}")
    if path.suffix not in (".svg", ".pdf", ".png"):
        raise InputError(f"expected a file that ends in .svg, .pdf or .png, got '{path}'")
    import io

    from swinglever.system.whole_files import MADE_BY, write_whole

    plt = pyplot()
    drawn, form = io.BytesIO(), path.suffix.removeprefix(".")
    undated = {
        "png": {"Software": MADE_BY},
        "svg": {"Creator": MADE_BY, "Date": None},
        "pdf": {"Creator": MADE_BY, "CreationDate": None},
    }[form]
    with plt.rc_context(dict(STYLE)):
        axes = getattr(Plots(report), kind)()
        figure = np.ravel(axes)[0].figure
        figure.savefig(drawn, format=form, metadata=undated)
        plt.close(figure)
    write_whole(path, drawn.getvalue())
    return path
