"""What the picture says by itself: title, legend, plots and the name of the ghost."""

from dataclasses import replace

import bpy

from . import hud
from .build import new_text, paint
from .ghosts import colour_of_case
from .lookup import PART, chosen_entry, colour_ways, find_folder, find_part, folder_of, new_folder, read_summary
from .page import Page
from .palette import LEGENDS, THEMES, for_theme
from .result import Swing
from .summary import describe_reason, describe_runner, headline, name_case, wrap
from .timing import TimeMap

#: Size of what is said of a second figure, beside that of what is said of the first.
_SMALLER = 0.93


def add_captions(root: bpy.types.Object, swing: Swing, page: Page, time_map: TimeMap) -> None:
    """Hang title, plots and legends before the camera; what goes when poses are frozen is in a collection of its own.

    The legend of every way to colour the muscles is there, and of every ghost, so that either can change at once.
    """
    camera, folder = find_part(root, "camera"), folder_of(root, "captions")
    if camera is None:  # a user deleted it: there is nothing to hang them on
        return
    plane = hud.add_plane(page, camera, folder)
    plane[PART] = "plane"
    sheet = hud.Sheet(page=page, theme=root.swinglever.theme, collection=folder, holder=plane)
    entry = chosen_entry(root)
    who = describe_runner(read_summary(root), swing.swing_id)
    hud.add_title(sheet, headline(entry), (who, describe_reason(entry)))
    column = replace(sheet, collection=new_folder("column", folder))
    hud.add_column(column)
    since_s = swing.time_s - swing.events_s["toe_off"]
    hud.add_clock(column, time_map.to_frames(swing.time_s), since_s)
    causes = replace(column, collection=new_folder("causes", column.collection))
    below = hud.add_swing_chart(causes, swing, time_map.to_frames(swing.time_s))
    corner = (page.chart_x[1], page.chart_top if page.side_by_side else below)
    _add_ways(root, sheet, (corner[0], _add_marks(column, swing, time_map, corner)))


def _add_marks(sheet: hud.Sheet, swing: Swing, time_map: TimeMap, corner: tuple[float, float]) -> float:
    """Say what the lever and the weight on it are, and each ghost in a collection of its own; gives where they end."""
    left, top = corner
    if swing.lever is not None:
        top = hud.add_legend(sheet, (("lever", "lever; faint: at toe-off"),), "", (left, top)) + 0.010
        top = hud.add_inertia(sheet, swing.lever, time_map.to_frames(swing.lever.time_s), (left, top))
    ends = [top]
    for case in swing.ghosts:
        folder = new_folder("ghost legend", sheet.collection)
        folder["case"] = case
        row = ((colour_of_case(case), name_case(case)),)
        ends.append(hud.add_legend(replace(sheet, collection=folder), row, "", (left, top)))
    return min(ends)


def _add_ways(root: bpy.types.Object, sheet: hud.Sheet, corner: tuple[float, float]) -> None:
    """Say what the muscles' colours mean, for each way to colour them."""
    for way in colour_ways(root):
        folder = new_folder("legend", sheet.collection)
        folder["way"] = way
        heading, rows = LEGENDS[way]
        hud.add_legend(replace(sheet, collection=folder), rows, heading, corner)


def name_second(root: bpy.types.Object, second: bpy.types.Object, page: Page) -> None:
    """Say under the title, in the second figure's colour, who that is and what its verdict is."""
    folder, plane = find_folder(root, "captions"), find_part(root, "plane")
    if plane is None or folder is None:
        return
    entry = chosen_entry(second)
    said = f"{describe_runner(read_summary(second), second.swinglever.swing)}: {headline(entry).lower()}"
    texts = [item for item in folder.objects if item.type == "FONT"]
    left, lowest, _ = min((item.location for item in texts), key=lambda place: place.y)
    ink = for_theme(THEMES["second"]["leg"], root.swinglever.theme)
    for line in wrap(said, int(page.wrap / _SMALLER), 2):
        lowest -= 0.030
        paint(new_text("Second", line, (left, lowest), _SMALLER * hud.SMALL, folder, plane), ink, flat=True)
