"""What the picture says by itself: title, legend, plots and the name of the ghost."""

from . import hud
from .build import new_collection, new_text, paint
from .ghosts import colour_of_case
from .lookup import ROOT_KEY, Look, folder_of, muscles_of, read_summary
from .nodes import get_input
from .palette import LEGENDS, THEMES, for_theme
from .result import Result, Swing
from .summary import describe_verdict, name_case, name_swing, wrap
from .timing import TimeMap


def add_captions(scene, root, result: Result, swing: Swing, look: Look, time_map: TimeMap, camera) -> None:
    """Hang title, plots, legend and ghost label before a camera; the right column holds all but the title."""
    folder = folder_of(root, "captions")
    plane = hud.add_hud(camera, folder)
    column = new_collection(f"{folder.name} column", folder)
    column["role"] = "column"
    top = 0.5 * scene.render.resolution_y / scene.render.resolution_x
    entry = read_summary(root)["swings"][swing.swing_id]
    verdict, *reason = describe_verdict(entry)
    lines = [line for text in reason for line in wrap(text, 90)]
    hud.add_title(f"{name_swing(swing.swing_id, entry)}: {verdict.lower()}", lines, top, look.theme, folder, plane)
    hud.add_column(top, look.theme, column, plane)
    below = hud.add_swing_charts(swing, time_map.to_frames(swing.time_s), top, look.theme, column, plane)
    words = new_collection(f"{folder.name} legend", folder)
    words["role"] = "legend"
    shown = []
    if swing.lever is not None:
        shown.append((THEMES[look.theme]["lever"], "lever; disc: radius of gyration"))
    if look.ghost in swing.ghosts:
        shown.append((colour_of_case(look.ghost), f"ghost: {name_case(look.ghost)}"))
    below = hud.add_legend(tuple(shown), "", below, look.theme, column, plane)
    muscles = muscles_of(root)
    if muscles is not None and result.muscle_activation is not None:
        heading, rows = LEGENDS[get_input(muscles.modifiers[0], "Colour by")]
        hud.add_legend(rows, heading, below, look.theme, words, plane)


def name_second(root, second, theme: str) -> None:
    """Say under the title, in the second figure's colour, who that is and what its verdict is."""
    folder = folder_of(root, "captions")
    plane = next((item for item in folder.objects if item.type == "EMPTY"), None)
    if plane is None:
        return
    summary, key = read_summary(second), second[ROOT_KEY]["swing"]
    entry = summary["swings"][key]
    said = f"{summary['trial']}, {name_swing(key, entry).lower()}: {describe_verdict(entry)[0].lower()}"
    lowest = min(item.location.y for item in folder.objects if item.name.startswith(("Title", "Subtitle")))
    text = new_text("Second", said, (-0.48, lowest - 0.030), 0.020, folder, plane)
    paint(text, for_theme(THEMES["second"]["leg"], theme), flat=True)
