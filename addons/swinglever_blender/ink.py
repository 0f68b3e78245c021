"""Ink: a colour that follows the theme, light or dark, without the file that a picture came from."""

import bpy

from .build import MARK, paint
from .nodes import get_input, group_modifiers, set_input
from .palette import THEMES, for_theme

#: Custom property that holds an object's ink, how much of it there is, and whether it is shaded.
INK = "swinglever_ink"


def paint_ink(
    item: bpy.types.Object, ink: str, theme: str, alpha: float = 1.0, *, flat: bool = True
) -> bpy.types.Object:
    """Paint with one of the theme's own colours ('text', 'line', ...) or with any other, darkened on a light ground."""
    item[INK] = {"ink": ink, "alpha": alpha, "flat": flat}
    colour = THEMES[theme].get(ink, ink)
    readable = for_theme(colour, theme) if ink not in ("background", "ground", "line") and flat else colour
    return paint(item, readable, alpha, flat=flat)


def repaint(item: bpy.types.Object, theme: str) -> None:
    """Paint again what was painted with ink, and what its node group draws with the same material."""
    if INK not in item:
        return
    held = item[INK]
    paint_ink(item, held["ink"], theme, held["alpha"], flat=bool(held["flat"]))
    for modifier in group_modifiers(item):
        current = get_input(modifier, "Material")
        if current is not None and MARK in current:
            set_input(modifier, "Material", item.material_slots[0].material)
