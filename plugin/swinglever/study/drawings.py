"""Drawings of a study's page: curves by condition, and intervals, as SVG without a script."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.arrays import Floats
from swinglever.page.html import Html, tag
from swinglever.study.effects import Effect, Share

_HUES = 6


@dataclass(frozen=True, kw_only=True)
class Line:
    """A curve (P) at percents of the swing (P), with half its spread (P) or nothing, and the number of its looks."""

    number: int
    percent: Floats
    values: Floats
    spread: Floats | None = None


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The frame of a drawing of curves: its size in pixels, and the least and greatest value."""

    width: float
    height: float
    low: float
    high: float
    ticks: tuple[float, ...] = ()
    label: str = ""

    def place(self, percent: Floats, values: Floats) -> str:
        """Give points in pixels, as SVG writes them."""
        left = 34.0 if self.ticks else 4.0
        x = left + (self.width - left - 6.0) * np.asarray(percent) / 100.0
        bottom = 20.0 if self.ticks else 4.0
        share = (np.asarray(values) - self.low) / (self.high - self.low)
        y = self.height - bottom - (self.height - bottom - 6.0) * share
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))


def curves(lines: Sequence[Line], frame: Frame, told: str) -> Html:
    """Draw curves over the swing, with words for those who do not see them."""
    shapes = [*_ticks(frame), *(_band(line, frame) for line in lines if line.spread is not None)]
    shapes += [tag("polyline", points=frame.place(e.percent, e.values), class_=looks(e.number)) for e in lines]
    looks_ = "curves wide" if frame.ticks else "curves"
    box = f"0 0 {frame.width:g} {frame.height:g}"
    return tag("svg", tag("title", told), shapes, viewBox=box, class_=looks_, role="img", aria_label=told)


def looks(number: int) -> str:
    """Give the classes of a curve's colour and dashes: the second time that a colour comes, its dashes are others."""
    turn, hue = divmod(number, _HUES)
    return f"c{hue} d{(hue + turn) % _HUES}"


def _band(line: Line, frame: Frame) -> Html:
    assert line.spread is not None
    upper, lower = (frame.place(line.percent, line.values + s * line.spread) for s in (1.0, -1.0))
    back = " ".join(reversed(lower.split()))
    return tag("polygon", points=f"{upper} {back}", class_=f"half c{line.number % _HUES}")


def _ticks(frame: Frame) -> Iterable[Html]:
    """Lines across at round values, percents below."""
    for value in frame.ticks:
        ends = [point.split(",") for point in frame.place(np.array([0.0, 100.0]), np.array([value, value])).split()]
        (x, y), (to, _) = ends
        yield tag("line", x1=x, y1=y, x2=to, y2=y, class_="axis")
        yield tag("text", f"{value:g}", x=28, y=float(y) + 4, text_anchor="end")
    for percent in (0, 25, 50, 75, 100) if frame.ticks else ():
        x = frame.place(np.array([percent]), np.array([frame.low])).split(",")[0]
        word = f"{percent} % of the swing" if percent == 50 else f"{percent}"
        anchor = "end" if percent == 100 else "middle"
        yield tag("text", word, x=x, y=frame.height - 4, text_anchor=anchor)


def keys(names: Sequence[str]) -> Html:
    """Say which looks belong to which name."""
    return tag("ul", [tag("li", _key(k), tag("bdi", name)) for k, name in enumerate(names)], class_="keys")


def _key(number: int) -> Html:
    line = tag("line", x1=1, y1=5, x2=33, y2=5, stroke_width=2.5, class_=looks(number))
    return tag("svg", line, viewBox="0 0 34 10", aria_hidden="true")


def interval(low: float, middle: float, high: float, least: float, most: float) -> Html:
    """Draw an interval and its middle between a least and a greatest value, with zero where it lies between."""
    span = most - least if most > least else 1.0
    x = [4.0 + 168.0 * (value - least) / span for value in (low, middle, high, 0.0)]
    zero = tag("line", x1=x[3], y1=1, x2=x[3], y2=19, class_="zero") if least <= 0.0 <= most else Html("")
    bar = tag("line", x1=f"{x[0]:.1f}", y1=10, x2=f"{x[2]:.1f}", y2=10, class_="whisker")
    dot = tag("circle", cx=f"{x[1]:.1f}", cy=10, r=3.5)
    return tag("svg", zero, bar, dot, viewBox="0 0 176 20", class_="interval", aria_hidden="true")


def effect_interval(effect: Effect, effects: Sequence[Effect]) -> Html:
    """Draw an effect, on the scale of all effects of its metric."""
    alike = [e for e in effects if e.metric == effect.metric and np.isfinite([e.low, e.high]).all()]
    if effect not in alike:
        return Html("")
    ends = [0.0, *(value for e in alike for value in (e.low, e.high))]
    return interval(effect.low, effect.difference, effect.high, min(ends), max(ends))


def share_interval(share: Share) -> Html:
    """Draw a share and Wilson's interval, from 0 to 1."""
    return interval(share.low, share.count / share.total, share.high, 0.0, 1.0)
