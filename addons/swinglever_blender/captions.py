"""What the picture says by itself: title, legend, plots and the name of the ghost."""

import bpy

from . import hud
from .build import new_collection, new_text, paint
from .ghosts import colour_of_case
from .lookup import ROOT_KEY, Look, folder_of, muscles_of, read_summary
from .nodes import get_input
from .page import lay_out
from .palette import LEGENDS, THEMES, for_theme
from .result import Result, Swing
from .summary import describe_verdict, name_case, name_swing, wrap
from .timing import TimeMap


def add_captions(
    scene: bpy.types.Scene,
    root: bpy.types.Object,
    result: Result,
    swing: Swing,
    look: Look,
    time_map: TimeMap,
    camera: bpy.types.Object,
) -> None:
    """Hang title, plots and legends before a camera; what goes when poses are frozen is in a collection of its own."""
    folder = folder_of(root, "captions")
    page = lay_out(scene.render.resolution_x, scene.render.resolution_y)
    plane = hud.add_hud(page, camera, folder)
    column = new_collection(f"{folder.name} column", folder)
    column["role"] = "column"
    entry = read_summary(root)["swings"][swing.swing_id]
    verdict, *reason = describe_verdict(entry)
    lines = [line for text in reason for line in wrap(text, page.wrap)]
    hud.add_title(f"{name_swing(swing.swing_id, entry)}: {verdict.lower()}", lines, page, look.theme, folder, plane)
    hud.add_column(page, look.theme, column, plane)
    below = hud.add_swing_charts(swing, time_map.to_frames(swing.time_s), page, look.theme, column, plane)
    words = new_collection(f"{folder.name} legend", folder)
    words["role"] = "legend"
    shown = []
    if swing.lever is not None:
        shown.append((THEMES[look.theme]["lever"], "lever; disc: radius of gyration"))
    if look.ghost in swing.ghosts:
        shown.append((colour_of_case(look.ghost), f"ghost: {name_case(look.ghost)}"))
    end = hud.add_legend(tuple(shown), "", (page.chart_x[0], below), look.theme, column, plane)
    muscles = muscles_of(root)
    if muscles is not None and result.muscle_activation is not None:
        heading, rows = LEGENDS[get_input(muscles.modifiers[0], "Colour by")]
        corner = (page.chart_x[1], below if page.side_by_side else end)
        hud.add_legend(rows, heading, corner, look.theme, words, plane)


def name_second(root: bpy.types.Object, second: bpy.types.Object, theme: str) -> None:
    """Say under the title, in the second figure's colour, who that is and what its verdict is."""
    folder = folder_of(root, "captions")
    plane = next((item for item in folder.objects if item.type == "EMPTY"), None)
    if plane is None:
        return
    summary, key = read_summary(second), second[ROOT_KEY]["swing"]
    entry = summary["swings"][key]
    said = f"{summary['trial']}, {name_swing(key, entry).lower()}: {describe_verdict(entry)[0].lower()}"
    left, lowest, _ = min((item.location for item in folder.objects if item.type == "FONT"), key=lambda place: place.y)
    text = new_text("Second", said, (left, lowest - 0.030), 0.020, folder, plane)
    paint(text, for_theme(THEMES["second"]["leg"], theme), flat=True)
