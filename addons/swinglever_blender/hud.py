"""Captions that render: title, legend and plots on a plane that hangs before the camera.

The plane's unit is that of the `Page`; (0, 0) is the picture's middle.
"""

from dataclasses import dataclass, replace

import bpy
import numpy as np

from .build import Spot, new_object, new_rectangle, new_ribbon, new_text, paint
from .causes import told_causes
from .ink import paint_ink
from .keys import Track
from .lever import reveal
from .page import CHART_SIZE, EDGE, LOW, Page
from .palette import colour_of_group
from .readout import Place, add_readout
from .result import Lever, Swing
from .stage import LENS_MM, SENSOR_MM
from .summary import wrap

#: Size of the title and of what stands below it, and the lines that each may take; the panel says the rest.
_LARGE, SMALL, _MOST_LINES = 0.031, 0.0215, 3
#: Size of the words beside a plot and in a legend: 16 pixels where the picture is 830 wide, as on a web page.
_WORDS, _ROW = 0.0195, 0.0265
#: Room that the clock takes beside a film's speed.
_CLOCK = 0.2
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
    letters = int(0.94 * sheet.page.wrap * SMALL / _LARGE)
    for line in wrap(title, letters, _MOST_LINES):
        top -= 0.038
        sheet.write("Title", line, (left, top), _LARGE, "text")
    top -= 0.007
    for line in (line for text in said for line in wrap(text, sheet.page.wrap, _MOST_LINES)):
        top -= 0.029
        sheet.write("Subtitle", line, (left, top), SMALL, "text")


def add_legend(sheet: Sheet, rows: tuple[tuple[str, str], ...], heading: str, corner: tuple[float, float]) -> float:
    """Say what colours mean, from the upper left corner down; gives where it ends."""
    left, top = corner
    if heading:
        top -= _ROW
        sheet.write("Legend", heading, (left, top), _WORDS, "text")
    for colour, meaning in rows:
        top -= _ROW
        box = new_rectangle("Legend colour", (left, top), (0.018, 0.014), sheet.collection, sheet.holder)
        paint(box, colour, flat=True) if colour.startswith("#") else paint_ink(box, colour, sheet.theme, flat=False)
        sheet.write("Legend text", meaning, (left + 0.026, top), _WORDS, "text")
    return top - 0.010


def add_column(sheet: Sheet) -> None:
    """Lay a plain ground behind plots and legend, so that nothing in the scene shows through the words."""
    sheet.fill("Column", sheet.page.ground[:2], sheet.page.ground[2:], "background").location.z = -0.003


@dataclass(frozen=True, kw_only=True, eq=False)
class Chart:
    """A plot whose curves grow with the frames.

    Parameters
    ----------
    time_s, frames
        (K,) when the values hold, in the trial and in the scene.
    curves
        Name to values (K,) and their ink.
    after, decimals, signed
        The unit behind each number, its decimals, and whether it has a sign.
    """

    time_s: np.ndarray
    frames: np.ndarray
    curves: dict[str, tuple[np.ndarray, str]]
    after: str = "°"
    decimals: int = 0
    signed: bool = True

    def bounds(self) -> tuple[float, float]:
        """Give the lowest and the highest value that there is room for, zero included."""
        known = [values for values, _ in self.curves.values()]
        low, high = min(float(np.nanmin(v)) for v in known), max(float(np.nanmax(v)) for v in known)
        low, high = min(low, 0.0), max(high, 0.0)
        margin = max(0.08 * (high - low), 10.0**-self.decimals)
        return low - margin, high + margin


def add_chart(sheet: Sheet, chart: Chart, corner: tuple[float, float]) -> float:
    """Plot curves that grow with the frames; the words below count each value. Gives where they end."""
    holder = new_object("Plot", None, sheet.collection, sheet.holder)
    holder.location, holder.empty_display_size = (*corner, 0.0), 0.01
    sheet = replace(sheet, holder=holder)
    width, height = CHART_SIZE
    sheet.fill("Plot area", (0.0, 0.0), CHART_SIZE, "ground").location.z = -0.001
    low, high = chart.bounds()
    zero = sheet.fill("Zero", (0.0, -low / (high - low) * height - 0.0004), (width, 0.0008), "line")
    zero.location.z = _LAYER / 2
    for index, name in enumerate(chart.curves):
        _add_curve(sheet, chart, name, index)
    cursor = sheet.fill("Cursor", (-0.0008, 0.0), (0.0016, height), "text")
    ends = np.array([[0.0, 0.0, 10 * _LAYER], [width, 0.0, 10 * _LAYER]])
    Track(f"{sheet.collection.name} cursor").key(cursor, "location", chart.frames[[0, -1]], ends)
    return corner[1] - _ROW * len(chart.curves) - 0.004


def _add_curve(sheet: Sheet, chart: Chart, name: str, index: int) -> None:
    """Draw a curve, and below the plot its name with its value at the cursor."""
    (values, ink), (low, high), (width, height) = chart.curves[name], chart.bounds(), CHART_SIZE
    x = (chart.time_s - chart.time_s[0]) / (chart.time_s[-1] - chart.time_s[0]) * width
    points = np.column_stack([x, (np.nan_to_num(values) - low) / (high - low) * height])
    ribbon = new_ribbon(name, points, 0.0040, sheet.collection, sheet.holder)
    paint_ink(ribbon, ink, sheet.theme).location.z = _LAYER * (index + 1)
    spot = Spot(collection=sheet.collection, root=sheet.holder, frames=chart.frames)
    clear = ribbon.material_slots[0].material
    reveal(ribbon, np.tile(np.arange(len(x)), 2), spot, radius=0.0, material=clear)
    row = -_ROW * (index + 1)
    sheet.write("Plot label", name.replace("_", " "), (0.0, row), _WORDS, ink)
    place = Place(
        collection=sheet.collection,
        holder=sheet.holder,
        at=(width, row, 0.0),
        size=_WORDS,
        ink=ink,
        theme=sheet.theme,
        align=1.0,
    )
    counted = dict(zip(chart.frames, values, strict=True))
    add_readout("Plot value", counted, place, after=chart.after, decimals=chart.decimals, signed=chart.signed)


def add_swing_chart(sheet: Sheet, swing: Swing, frames: np.ndarray) -> float:
    """Plot what each cause has given the knee since toe-off, up to the peak; gives where it ends."""
    peak = max(int(np.nanargmax(swing.knee_flexion_deg)), 1)
    causes = told_causes(swing, peak)
    part = slice(0, peak + 1)
    curves = {name: (values[part], colour_of_group(name)) for name, values in causes.items()}
    curves["knee, all together"] = (swing.knee_flexion_deg[part] - swing.knee_flexion_deg[0], "text")
    chart = Chart(time_s=swing.time_s[part], frames=frames[part], curves=curves)
    return add_titled_chart(sheet, ["What bent the knee,", "toe-off to most bent"], chart)


def add_titled_chart(sheet: Sheet, title: list[str], chart: Chart) -> float:
    """Plot in the column's first place, below a title of two lines; gives where it ends."""
    left, top = sheet.page.chart_x[0], sheet.page.chart_top
    for line in title[:2]:
        top -= _ROW
        sheet.write("Plot title", line, (left, top), _WORDS, "text")
    return add_chart(sheet, chart, (left, sheet.page.chart_top - 2 * _ROW - 0.010 - CHART_SIZE[1]))


def add_clock(sheet: Sheet, frames: np.ndarray, since_s: np.ndarray) -> None:
    """Count, at the lower left, the time since toe-off."""
    at = (sheet.page.left, LOW - sheet.page.top, 0.0)
    place = Place(collection=sheet.collection, holder=sheet.holder, at=at, size=SMALL, ink="text", theme=sheet.theme)
    add_readout("Clock", dict(zip(frames, since_s, strict=True)), place, after=" s after toe-off", decimals=2)


def add_inertia(sheet: Sheet, lever: Lever, frames: np.ndarray, corner: tuple[float, float]) -> float:
    """Say what the weight on the lever is, and count the leg's inertia about the hip; gives where it ends."""
    radius = lever.radius_of_gyration_m
    if not np.isfinite(radius[0]):
        return corner[1]
    share = 100.0 * (radius / radius[0]) ** 2
    left, row = corner[0], corner[1] - _ROW
    box = new_rectangle("Legend colour", (left, row), (0.018, 0.014), sheet.collection, sheet.holder)
    paint_ink(box, "bob", sheet.theme, flat=False)
    place = Place(
        collection=sheet.collection,
        holder=sheet.holder,
        at=(left + 0.026, row, 0.0),
        size=_WORDS,
        ink="text",
        theme=sheet.theme,
    )
    add_readout("Inertia", dict(zip(frames, share, strict=True)), place, before="inertia ", after=" % of toe-off")
    return row - 0.010


def add_words(sheet: Sheet, words: list[tuple[str, str]]) -> None:
    """Write words of several inks side by side at the lower left."""
    x = sheet.page.left
    for ink, text in words:
        item = sheet.write("Words", text, (x, -sheet.page.top + EDGE), _WORDS, ink)
        bpy.context.view_layer.update()
        x += item.dimensions.x / item.matrix_world.median_scale + 0.02


def add_speed(sheet: Sheet) -> bpy.types.Object:
    """Write beside the clock how fast a film is; what it says is set frame by frame."""
    at = (sheet.page.left + _CLOCK, LOW - sheet.page.top)
    return sheet.write("Speed", "real time", at, SMALL, "text")
