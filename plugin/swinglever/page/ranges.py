"""How much of the early fold the hamstrings can have made, swing by swing: a picture that reads without a script."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from swinglever.arrays import Array
from swinglever.causes.limits import calibrated_limits
from swinglever.causes.standing import Standing, standings
from swinglever.page.html import Html, join, tag
from swinglever.records.report import Swing, SwingReport
from swinglever.records.words import SIDES, apart

_WHOLE = 100.0
"""Share of the early fold at the right edge, percent."""

_NOTE = (
    "What the hamstrings' new activation made of the flexion that the knee gained in early folding, the knee alone "
    "released. Point: with the least effort, or, where EMG of the hamstrings was given, near what it says. Dark bar: "
    "the likely range, from the least that 5 % more effort allows to the most that 50 % more allows, or about what EMG "
    "says. Pale bar: all that the joint moments allow, whatever the effort; an arrow where it goes on beyond the whole "
    "fold. Striped bar, where there is one: what the size of EMG allows. A verdict stands where the dark bar keeps to "
    "one side of each line, or where EMG alone decides, and nothing else speaks against it."
)


def range_section(report: SwingReport) -> Html:
    """Give the pictures of each leg; nothing without bounds."""
    stand = standings(report)
    legs = [_leg(side, [s for s in report.swings if s.id in found], found) for side, found in stand.items()]
    if not legs:
        return Html("")
    limits = calibrated_limits()
    told = (
        f"Below {100 * limits.driven_share:.0f} % of the early fold it was momentum alone, from "
        f"{100 * limits.pull_share:.0f} % on a pull."
    )
    return tag(
        "section",
        tag("h2", "Could the hamstrings have pulled?"),
        tag("p", f"{told} {_NOTE}", class_="note"),
        tag("div", legs, class_="panels"),
        id="ranges",
    )


def _leg(side: str, swings: Sequence[Swing], found: Mapping[str, Standing]) -> Html:
    limits = calibrated_limits()
    marks = {100 * limits.driven_share: "momentum", 100 * limits.pull_share: "a pull begins"}
    axis = [
        tag("span", "0", style="left:0"),
        *(tag("span", f"{at:.0f} %", style=f"left:{at:.4g}%") for at in (*marks, 50, 100)),
        *(tag("b", words, style=f"left:{at:.4g}%") for at, words in marks.items()),
    ]
    rows = [_row(swing, found[swing.id]) for swing in swings]
    return tag(
        "figure",
        tag("figcaption", tag("h3", f"{SIDES[side].capitalize()} leg: share of the early fold")),
        tag("div", tag("div", axis, class_="axis", aria_hidden="true"), rows, class_="ranges"),
        tag("h4", "The price of a pull"),
        _price(swings, found, limits.pull_share),
        class_="leg range-figure",
    )


def _row(swing: Swing, found: Standing) -> Html:
    share = found.percent
    allowed, likely = ([share(end) for end in ends] for ends in (found.allowed_deg, found.likely_deg))
    limits = (share(found.momentum_deg), share(found.pull_deg))
    new, low, high, *_ = apart([share(found.new_deg), *likely], limits)
    told = (
        f"Swing {swing.id}: likeliest {new} %; likely range {low} to {high} %; the moments allow "
        f"{allowed[0]:.0f} to {allowed[1]:.0f} %. {swing.verdict}"
    )
    parts = [
        _bar("allowed", *allowed),
        *([_bar("informed", *(share(end) for end in found.emg_deg))] if found.emg_deg is not None else []),
        _bar("likely", *likely),
        tag("i", class_="least", style=f"left:{_inside(share(found.new_deg)):.4g}%"),
        *(tag("i", class_="limit", style=f"left:{at:.4g}%") for at in limits),
        *([tag("i", "→", class_="beyond")] if allowed[1] > _WHOLE else []),
    ]
    track = tag("div", parts, class_="track", role="img", aria_label=told)
    return tag("div", tag("span", swing.id), track, class_="range-row", title=told)


def _bar(kind: str, low: float, high: float) -> Html:
    left, right = _inside(low), _inside(high)
    return tag("i", class_=kind, style=f"left:{left:.4g}%;width:{max(right - left, 0.4):.4g}%")


def _inside(share: float) -> float:
    return min(max(share, 0.0), _WHOLE)


# --- The price curve


def _price(swings: Sequence[Swing], found: Mapping[str, Standing], pull_share: float) -> Html:
    """Largest share of the early fold that the hamstrings can have, by the effort above the least."""
    effort, shares = price_curves(swings, found)
    if not len(effort):
        return tag("p", "No pull could have been bought.")
    most = max(_WHOLE, float(np.nanmax(shares)))
    height = [f"M{' L'.join(f'{x:.1f} {100 - 100 * y / most:.1f}' for x, y in _points(effort, row))}" for row in shares]
    mean = f"M{' L'.join(f'{x:.1f} {100 - 100 * y / most:.1f}' for x, y in _points(effort, shares.mean(axis=0)))}"
    line = 100 - 100 * 100 * pull_share / most
    still = {"vector_effect": "non-scaling-stroke", "fill": "none"}
    drawing = tag(
        "svg",
        tag("line", x1=0, x2=100, y1=line, y2=line, class_="limit", vector_effect="non-scaling-stroke"),
        [tag("path", d=path, class_="thin", **still) for path in height],
        tag("path", d=mean, class_="mean", **still),
        viewBox="0 0 100 100",
        preserveAspectRatio="none",
        aria_hidden="true",
        focusable="false",
    )
    scale = [tag("span", f"{100 * e:.0f} %", style=f"left:{_place(e, effort):.4g}%") for e in _ticks(effort)]
    top = tag("span", f"{most:.0f} % of the early fold", class_="top", aria_hidden="true")
    pull = tag("span", "a pull begins", class_="pull", style=f"top:{line:.4g}%", aria_hidden="true")
    told = " ".join(_prices(swings))
    return join(
        tag("div", top, pull, drawing, class_="price", role="img", aria_label=told),
        tag("div", scale, class_="axis below", aria_hidden="true"),
        tag("p", f"Across: effort above the least. {told}", class_="note"),
    )


def price_curves(swings: Sequence[Swing], found: Mapping[str, Standing]) -> tuple[Array, Array]:
    """Extra efforts (n), shares of the least; largest share of the early fold, %, that each buys, (swing, n).

    Parameters
    ----------
    swings, found
        Swings that have bounds, and by id where they stand.
    """
    bounds = [(s.bounds, found[s.id]) for s in swings if s.bounds is not None]
    if not bounds or not bounds[0][0].efforts:
        return np.empty(0), np.empty((0, 0))
    effort = np.array([float(extra) for extra in bounds[0][0].efforts])
    reach = [at.percent(1.0) * np.maximum(np.degrees(b.reach_rad) - at.tail_deg, 0.0) for b, at in bounds]
    return effort, np.array(reach)


def _place(extra: float, effort: Array) -> float:
    """Percent of the width: the square root of the effort, as a little of it buys most."""
    return 100.0 * float(np.sqrt(extra / effort[-1]))


def _points(effort: Array, row: Array) -> Iterator[tuple[float, float]]:
    return ((_place(float(e), effort), float(y)) for e, y in zip(effort, row, strict=True))


def _ticks(effort: Array) -> list[float]:
    return [float(e) for e in effort if e in (0.0, 0.1, 0.5, 1.0, 2.0, 4.0)]


def _prices(swings: Sequence[Swing]) -> Iterator[str]:
    extra = np.array([s.bounds.pull_extra for s in swings if s.bounds is not None])
    if not np.isfinite(extra).any():
        yield "In no swing does any effort make it a pull."
        return
    known = 100.0 * extra[np.isfinite(extra)]
    if known.max() == 0:
        yield "What the least effort has is a pull already."
    else:
        span = " to ".join(dict.fromkeys(f"{end:.0f}" for end in (known.min(), known.max())))
        yield f"A pull would have cost {span} % more effort than was needed."
    if len(known) < len(extra):
        yield f"In {len(extra) - len(known)} of {len(extra)} swings no effort makes it a pull."
