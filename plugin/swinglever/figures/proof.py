"""What the hamstrings can have made of each early fold, and the price of a pull, as figures for papers."""

from typing import TYPE_CHECKING, Any

import numpy as np

from swinglever.causes.limits import calibrated_limits
from swinglever.causes.standing import Standing, standings
from swinglever.errors import InputError
from swinglever.figures.looks import sheet
from swinglever.page.ranges import price_curves
from swinglever.records.words import SIDES

if TYPE_CHECKING:
    from swinglever.records.report import SwingReport

_ALLOWED, _LIKELY, _LIMIT = "#C8CDD3", "#0072B2", "#D55E00"
_EDGE = 100.0


def draw_bounds(report: "SwingReport") -> Any:
    """Bars of each swing: what the moments allow, the likely range, and the least effort, beside both limits."""
    legs = _legs(report)
    most = max(len(swings) for swings in legs.values())
    figure, axes = sheet(1, len(legs), max(35.0, 22.0 + 4.0 * most), share=False)
    for (side, swings), ax in zip(legs.items(), axes[0], strict=True):
        for row, found in enumerate(swings.values()):
            draw_standing(ax, row, found)
        ax.set(ylim=(len(swings) - 0.4, -0.6), yticks=range(len(swings)), yticklabels=list(swings))
        ax.set(xlim=(0, _EDGE), xlabel="share of the early fold (%)", title=f"{SIDES[side]} leg, n = {len(swings)}")
        ax.tick_params(axis="y", length=0)
        _limits(ax.axvline)
    figure.legend(*axes[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    return axes[0]


def draw_price(report: "SwingReport") -> Any:
    """Largest share of the early fold that the hamstrings can have, by the effort above the least."""
    legs = _legs(report)
    figure, axes = sheet(1, len(legs), 65.0, share=True)
    for (side, found), ax in zip(legs.items(), axes[0], strict=True):
        swings = [s for s in report.swings if s.id in found]
        effort, shares = price_curves(swings, found)
        for row in shares:
            ax.plot(100 * effort, row, color=_LIKELY, lw=0.5, alpha=0.5)
        ax.plot(100 * effort, shares.mean(axis=0), color=_LIKELY, lw=1.8, label="mean of the swings")
        ax.set_xscale("function", functions=(np.sqrt, np.square))
        ax.set(xlim=(0, 100 * effort[-1]), xticks=[0, 10, 50, 100, 200, 400], ylim=(0, None))
        price = 100.0 * float(np.median([s.bounds.pull_extra for s in swings if s.bounds is not None]))
        cost = f"a pull costs {price:.0f} %" if np.isfinite(price) else "no effort makes a pull"
        ax.set(xlabel="effort above the least (%)", title=f"{SIDES[side]} leg, n = {len(swings)}: {cost} (median)")
        _limits(ax.axhline)
    axes[0][0].set_ylabel("most that the hamstrings can have made\n(% of the early fold)")
    figure.legend(*axes[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return axes[0]


def _legs(report: "SwingReport") -> dict[str, dict[str, Standing]]:
    legs = standings(report)
    if not legs:
        raise InputError("expected a result with bounds, this one has none: analyse with a model that has muscles")
    return legs


def draw_standing(ax: Any, row: int, found: Standing) -> None:
    """Draw one swing's ranges as bars in a row of axes in percent, and its likeliest part as a dot."""
    bars = {"allowed by the moments": (found.allowed_deg, _ALLOWED, 0.62), "likely": (found.likely_deg, _LIKELY, 0.34)}
    for name, (ends, colour, height) in bars.items():
        low, high = map(found.percent, ends)
        ax.barh(row, high - low, height, left=low, color=colour, lw=0, label=name if row == 0 else None)
    new = found.percent(found.new_deg)
    dot = {"color": "white", "mec": "black", "mew": 0.7, "ms": 3.6, "zorder": 4}
    ax.plot(new, row, "o", label="least effort, or near EMG" if row == 0 else None, **dot)
    if found.percent(found.allowed_deg[1]) > _EDGE:
        ax.annotate("▸", (_EDGE, row), fontsize=5, va="center", ha="right", annotation_clip=False)


def _limits(line: Any) -> None:
    limits = calibrated_limits()
    looks = {"color": _LIMIT, "lw": 0.9, "zorder": 3}
    line(100 * limits.driven_share, ls=(0, (4, 2)), label="momentum alone ends", **looks)
    line(100 * limits.pull_share, ls="-", label="a pull begins", **looks)
