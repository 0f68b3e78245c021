"""Captions that render: title, legend and plots on a plane that hangs before the camera.

The plane's unit is that of the `Page`; (0, 0) is the picture's middle.
"""

import bpy
import numpy as np

from .build import new_object, new_rectangle, new_ribbon, new_text, paint
from .keys import Track
from .page import CHART_SIZE, Page
from .palette import THEMES, colour_of_group, for_theme
from .result import Swing
from .stage import LENS_MM, SENSOR_MM

_MOST_CURVES = 5


def add_hud(page: Page, camera: bpy.types.Object, collection: bpy.types.Collection) -> bpy.types.Object:
    """Hang the caption plane one metre before a camera."""
    plane = new_object("Captions", None, collection, camera)
    plane.location, plane.scale = (0.0, 0.0, -1.0), (page.unit * SENSOR_MM / LENS_MM,) * 3
    plane.empty_display_size = 0.05
    return plane


def add_title(
    title: str, lines: list[str], page: Page, theme: str, collection: bpy.types.Collection, plane: bpy.types.Object
) -> None:
    """Write what the picture shows, at the upper left."""
    ink = THEMES[theme]["text"]
    paint(new_text("Title", title, (page.left, page.top - 0.035), 0.030, collection, plane), ink, flat=True)
    for index, line in enumerate(lines):
        item = new_text("Subtitle", line, (page.left, page.top - 0.064 - 0.022 * index), 0.017, collection, plane)
        paint(item, ink, flat=True)


def add_legend(
    rows: tuple[tuple[str, str], ...],
    heading: str,
    corner: tuple[float, float],
    theme: str,
    collection: bpy.types.Collection,
    plane: bpy.types.Object,
) -> float:
    """Say what colours mean, from the upper left corner down; gives where it ends."""
    left, top = corner
    ink = THEMES[theme]["text"]
    if heading:
        top -= 0.020
        paint(new_text("Legend", heading, (left, top), 0.015, collection, plane), ink, flat=True)
    for colour, meaning in rows:
        top -= 0.0175
        paint(new_rectangle("Legend colour", (left, top), (0.018, 0.011), collection, plane), colour, flat=True)
        paint(new_text("Legend text", meaning, (left + 0.026, top), 0.0135, collection, plane), ink, flat=True)
    return top - 0.006


def add_column(page: Page, theme: str, collection: bpy.types.Collection, plane: bpy.types.Object) -> None:
    """Lay a plain ground behind plots and legend, so that nothing in the scene shows through the words."""
    ground = new_rectangle("Column", page.ground[:2], page.ground[2:], collection, plane)
    paint(ground, THEMES[theme]["background"], flat=True).location.z = -0.003


def choose_curves(groups: dict[str, np.ndarray], peak: int, most: int = _MOST_CURVES) -> dict[str, np.ndarray]:
    """Keep the groups that weigh most at the peak and sum the others up, so that the curves add up to the whole."""
    order = sorted(groups, key=lambda name: -abs(float(groups[name][peak])))
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


def add_chart(
    title: str,
    time_s: np.ndarray,
    curves: dict[str, tuple[np.ndarray, str]],
    peak: int,
    frames: np.ndarray,
    corner: tuple[float, float],
    size: tuple[float, float],
    theme: str,
    collection: bpy.types.Collection,
    plane: bpy.types.Object,
) -> None:
    """Plot curves (name to values in degrees and colour) over a swing, with a cursor that moves with the frames.

    The words below name each curve and its value at the sample `peak`.
    """
    holder = new_object(title, None, collection, plane)
    holder.location, holder.empty_display_size = (*corner, 0.0), 0.01
    ink = THEMES[theme]["text"]
    width, height = size
    low, high = _bounds([values for values, _ in curves.values()])
    paint(
        new_rectangle("Plot area", (0, 0), size, collection, holder), THEMES[theme]["ground"], 1.0, flat=True
    ).location.z = -0.001
    paint(new_text("Plot title", title, (0, height + 0.008), 0.015, collection, holder), ink, flat=True)
    _add_scale(low, high, size, ink, theme, collection, holder)
    x = (time_s - time_s[0]) / (time_s[-1] - time_s[0]) * width
    for index, (name, (values, colour)) in enumerate(curves.items()):
        points = np.column_stack([x, (np.nan_to_num(values) - low) / (high - low) * height])
        paint(new_ribbon(name, points, 0.0032, collection, holder), colour, flat=True).location.z = 0.0004 * (index + 1)
        place = (0.002 + (index % 2) * 0.53 * width, -0.016 - 0.0155 * (index // 2))
        said = f"{name.replace('_', ' ')} {values[peak]:+.0f}°"
        paint(new_text("Plot label", said, place, 0.0106, collection, holder), colour, flat=True)
    cursor = paint(new_rectangle("Cursor", (-0.0008, 0), (0.0016, height), collection, holder), ink, flat=True)
    cursor.location.z = 0.004
    ends = np.column_stack([[0.0, width], [0.0, 0.0], [0.004, 0.004]])
    Track(f"{collection.name} cursor").key(cursor, "location", frames[[0, -1]], ends)


def _bounds(values: list[np.ndarray]) -> tuple[float, float]:
    low, high = min(float(np.nanmin(v)) for v in values), max(float(np.nanmax(v)) for v in values)
    margin = max(0.08 * (high - low), 1.0)
    return min(low, 0.0) - margin, max(high, 0.0) + margin


def _add_scale(
    low: float,
    high: float,
    size: tuple[float, float],
    ink: str,
    theme: str,
    collection: bpy.types.Collection,
    holder: bpy.types.Object,
) -> None:
    """Draw the zero line and name the highest and lowest value."""
    width, height = size
    zero = -low / (high - low) * height
    line = new_rectangle("Zero", (0, zero - 0.0004), (width, 0.0008), collection, holder)
    paint(line, THEMES[theme]["line"], flat=True).location.z = 0.0002
    for value, y in ((high, height - 0.010), (0.0, zero - 0.004), (low, 0.0)):
        if value == 0.0 or abs(y - zero) > 0.018:
            paint(
                new_text("Scale", f"{value:+.0f}°" if value else "0°", (-0.005, y), 0.011, collection, holder, "RIGHT"),
                ink,
                flat=True,
            )


def add_swing_charts(
    swing: Swing, frames: np.ndarray, page: Page, theme: str, collection: bpy.types.Collection, plane: bpy.types.Object
) -> float:
    """Plot the contributions of each group, one chart for each scope; gives where they end."""
    peak, ends = int(np.argmax(swing.knee_flexion_deg)), [page.chart_top]
    for left, (scope, groups) in zip(page.chart_x, swing.contributions_deg.items(), strict=False):
        chosen = choose_curves(merge_passive(groups), peak)
        curves = {name: (values, for_theme(colour_of_group(name), theme)) for name, values in chosen.items()}
        total = swing.knee_flexion_deg - swing.knee_flexion_deg[0]
        curves["all together"] = (total, THEMES[theme]["text"])
        corner = (left, ends[0 if page.side_by_side else -1] - 0.022 - CHART_SIZE[1])
        title = f"Knee flexion by cause ({scope} free)"
        add_chart(title, swing.time_s, curves, peak, frames, corner, CHART_SIZE, theme, collection, plane)
        ends.append(corner[1] - 0.016 - 0.0155 * ((len(curves) + 1) // 2))
    return min(ends)
