"""Captions that render: title, legend and plots on a plane that hangs before the camera.

The plane's unit is that of the `Page`; (0, 0) is the picture's middle.
"""

from dataclasses import dataclass, replace

import bpy
import numpy as np

from .build import new_object, new_rectangle, new_ribbon, new_text, paint
from .ink import paint_ink
from .keys import Track
from .page import CHART_SIZE, Page
from .palette import colour_of_group
from .result import Swing
from .stage import LENS_MM, SENSOR_MM
from .summary import wrap

_MOST_CURVES = 5
#: Size of the title and of what stands below it, and the lines that each may take; the panel says the rest.
_LARGE, _SMALL, _MOST_LINES = 0.030, 0.017, 4
#: The lead of one layer over the one below it, in caption units: enough for Workbench to tell them apart.
_LAYER = 0.0004


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """Where captions are drawn: the page they are laid out on, the theme, their collection and what they hang on."""

    page: Page
    theme: str
    collection: bpy.types.Collection
    holder: bpy.types.Object

    def write(self, name: str, text: str, place: tuple[float, float], size: float, ink: str) -> bpy.types.Object:
        """Write a line of text."""
        item = new_text(name, text, place, size, self.collection, self.holder)
        return paint_ink(item, ink, self.theme)

    def fill(self, name: str, corner: tuple[float, float], size: tuple[float, float], ink: str) -> bpy.types.Object:
        """Draw a rectangle from its lower left corner."""
        return paint_ink(new_rectangle(name, corner, size, self.collection, self.holder), ink, self.theme)


def add_plane(page: Page, camera: bpy.types.Object, collection: bpy.types.Collection) -> bpy.types.Object:
    """Hang the caption plane one metre before a camera."""
    plane = new_object("Captions", None, collection, camera)
    plane.location, plane.scale = (0.0, 0.0, -1.0), (page.unit * SENSOR_MM / LENS_MM,) * 3
    plane.empty_display_size = 0.05
    return plane


def add_title(sheet: Sheet, title: str, said: tuple[str, ...]) -> None:
    """Write what the picture shows, at the upper left: a sentence, and smaller what stands behind it."""
    left, top = sheet.page.left, sheet.page.top
    letters = int(0.85 * sheet.page.wrap * _SMALL / _LARGE)  # a short line has less of an average to rely on
    for line in wrap(title, letters, _MOST_LINES):
        top -= 0.035
        sheet.write("Title", line, (left, top), _LARGE, "text")
    top -= 0.007
    for line in (line for text in said for line in wrap(text, sheet.page.wrap, _MOST_LINES)):
        top -= 0.022
        sheet.write("Subtitle", line, (left, top), _SMALL, "text")


def add_legend(sheet: Sheet, rows: tuple[tuple[str, str], ...], heading: str, corner: tuple[float, float]) -> float:
    """Say what colours mean, from the upper left corner down; gives where it ends."""
    left, top = corner
    if heading:
        top -= 0.020
        sheet.write("Legend", heading, (left, top), 0.015, "text")
    for colour, meaning in rows:
        top -= 0.0175
        box = new_rectangle("Legend colour", (left, top), (0.018, 0.011), sheet.collection, sheet.holder)
        paint(box, colour, flat=True) if colour.startswith("#") else paint_ink(box, colour, sheet.theme)
        sheet.write("Legend text", meaning, (left + 0.026, top), 0.0135, "text")
    return top - 0.006


def add_column(sheet: Sheet) -> None:
    """Lay a plain ground behind plots and legend, so that nothing in the scene shows through the words."""
    sheet.fill("Column", sheet.page.ground[:2], sheet.page.ground[2:], "background").location.z = -0.003


def choose_curves(groups: dict[str, np.ndarray], peak: int, most: int = _MOST_CURVES) -> dict[str, np.ndarray]:
    """Keep the groups that weigh most at the peak and sum the others up, so that the curves add up to the whole."""
    order = sorted(groups, key=lambda name: -abs(float(np.nan_to_num(groups[name][peak]))))
    kept = {name: groups[name] for name in order[:most]}
    others = [groups[name] for name in order[most:]]
    return kept | ({"all others": np.sum(others, axis=0)} if others else {})


def merge_passive(groups: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Add what a group's muscles did passively to what they did actively: a plot has room for one curve each."""
    merged: dict[str, np.ndarray] = {}
    for name, values in groups.items():
        plain = name.removesuffix("_passive")
        merged[plain] = merged[plain] + values if plain in merged else values
    return merged


@dataclass(frozen=True, kw_only=True, eq=False)
class Chart:
    """A plot over a swing.

    Parameters
    ----------
    title
        What is written above it.
    time_s, frames
        (K,) when the values hold, in the trial and in the scene.
    curves
        Name to values (K,) in degrees and their ink.
    peak
        The sample whose values are written below.
    """

    title: str
    time_s: np.ndarray
    frames: np.ndarray
    curves: dict[str, tuple[np.ndarray, str]]
    peak: int

    def bounds(self) -> tuple[float, float]:
        """Give the lowest and the highest value that there is room for, zero included."""
        known = [values for values, _ in self.curves.values()]
        low, high = min(float(np.nanmin(v)) for v in known), max(float(np.nanmax(v)) for v in known)
        margin = max(0.08 * (high - low), 1.0)
        return min(low, 0.0) - margin, max(high, 0.0) + margin


def add_chart(sheet: Sheet, chart: Chart, corner: tuple[float, float]) -> None:
    """Plot curves, with a cursor that moves with the frames; the words below name each curve and its value."""
    holder = new_object(chart.title, None, sheet.collection, sheet.holder)
    holder.location, holder.empty_display_size = (*corner, 0.0), 0.01
    sheet = replace(sheet, holder=holder)
    width, height = CHART_SIZE
    sheet.fill("Plot area", (0.0, 0.0), CHART_SIZE, "ground").location.z = -0.001
    sheet.write("Plot title", chart.title, (0.0, height + 0.008), 0.015, "text")
    _add_scale(sheet, *chart.bounds())
    for index, name in enumerate(chart.curves):
        _add_curve(sheet, chart, name, index)
    cursor = sheet.fill("Cursor", (-0.0008, 0.0), (0.0016, height), "text")
    ends = np.array([[0.0, 0.0, 10 * _LAYER], [width, 0.0, 10 * _LAYER]])
    Track(f"{sheet.collection.name} cursor").key(cursor, "location", chart.frames[[0, -1]], ends)


def _add_curve(sheet: Sheet, chart: Chart, name: str, index: int) -> None:
    (values, ink), (low, high), (width, height) = chart.curves[name], chart.bounds(), CHART_SIZE
    x = (chart.time_s - chart.time_s[0]) / (chart.time_s[-1] - chart.time_s[0]) * width
    points = np.column_stack([x, (np.nan_to_num(values) - low) / (high - low) * height])
    ribbon = new_ribbon(name, points, 0.0032, sheet.collection, sheet.holder)
    paint_ink(ribbon, ink, sheet.theme).location.z = _LAYER * (index + 1)
    place = (0.002 + (index % 2) * 0.53 * width, -0.016 - 0.0155 * (index // 2))
    sheet.write("Plot label", f"{name.replace('_', ' ')} {values[chart.peak]:+.0f}°", place, 0.0106, ink)


def _add_scale(sheet: Sheet, low: float, high: float) -> None:
    """Draw the zero line and name the highest and lowest value."""
    width, height = CHART_SIZE
    zero = -low / (high - low) * height
    sheet.fill("Zero", (0.0, zero - 0.0004), (width, 0.0008), "line").location.z = _LAYER / 2
    for value, y in ((high, height - 0.010), (0.0, zero - 0.004), (low, 0.0)):
        if value == 0.0 or abs(y - zero) > 0.018:
            said = f"{value:+.0f}°" if value else "0°"
            sheet.write("Scale", said, (-0.005, y), 0.011, "text").data.align_x = "RIGHT"


def add_swing_charts(sheet: Sheet, swing: Swing, frames: np.ndarray) -> float:
    """Plot the contributions of each group, one chart for each scope; gives where they end."""
    page, peak = sheet.page, int(np.nanargmax(swing.knee_flexion_deg))
    ends = [page.chart_top]
    for left, (scope, groups) in zip(page.chart_x, swing.contributions_deg.items(), strict=False):
        known = {name: values for name, values in groups.items() if np.isfinite(values).any()}
        chosen = choose_curves(merge_passive(known), peak)
        curves = {name: (values, colour_of_group(name)) for name, values in chosen.items()}
        curves["all together"] = (swing.knee_flexion_deg - swing.knee_flexion_deg[0], "text")
        corner = (left, ends[0 if page.side_by_side else -1] - 0.022 - CHART_SIZE[1])
        title = f"Knee flexion by cause ({scope} free)"
        add_chart(sheet, Chart(title=title, time_s=swing.time_s, frames=frames, curves=curves, peak=peak), corner)
        ends.append(corner[1] - 0.016 - 0.0155 * ((len(curves) + 1) // 2))
    return min(ends)
