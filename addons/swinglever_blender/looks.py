"""How a result looks, changed at once and in place: nothing here reads the result file or touches what is not ours."""

import bpy
import numpy as np

from . import ownscene, stage
from .build import MARK, paint
from .families import on_leg
from .ink import repaint
from .keys import stretch_curves
from .lookup import (
    ROLE,
    ROOT_KEY,
    bodies_of,
    chosen_entry,
    colour_ways,
    find_folder,
    find_part,
    list_roots,
    muscle_columns,
    read_look,
)
from .nodes import THICKNESS, group_modifiers, player_of, set_input
from .owned import own_blocks
from .page import lay_out
from .palette import THEMES
from .render import pixels_of


def apply_all(root: bpy.types.Object) -> None:
    """Show everything as the state says, for a figure that was just built."""
    for apply in (apply_theme, apply_colours, apply_thickness, apply_ghost, apply_captions, apply_measured):
        apply(root)


def apply_theme(root: bpy.types.Object) -> None:
    """Paint stage, captions, lever and bones for a light or a dark ground."""
    look = read_look(root)
    for block in own_blocks(root).values():
        if isinstance(block, bpy.types.Object):
            repaint(block, look.theme)
    for part in ("lever", "lever lost"):
        player = player_of(find_part(root, part))
        if player is not None:
            set_input(player, "Colour by", look.theme)
    apply_opacity(root)
    if not look.second:
        for scene in root.users_scene:
            ownscene.set_background(scene, look.theme)


def apply_opacity(root: bpy.types.Object) -> None:
    """Tell the swing leg from the rest of the body by its colour, and a second figure from the first."""
    look, side = read_look(root), chosen_entry(root).get("side", "r")
    colours = THEMES["second" if look.second else look.theme]
    for name, item in bodies_of(root).items():
        leg = on_leg(name, side)
        clear = item["opacity"] * look.opacity * (item.get("glass", 1.0) if leg else 1.0)
        paint(item, colours["leg" if leg else "bone"], clear)


def is_frozen(root: bpy.types.Object) -> bool:
    """Whether poses stand frozen in the place of the moving figure."""
    folder = find_folder(root, "strobe")
    return folder is not None and bool(folder.all_objects)


def apply_colours(root: bpy.types.Object) -> None:
    """Colour the muscles in the chosen way, or in the first that the result allows, and show its legend."""
    player, ways = player_of(find_part(root, "muscles")), colour_ways(root)
    chosen = root.swinglever.colour_by if root.swinglever.colour_by in ways else next(iter(ways), "")
    if player is not None and chosen:
        set_input(player, "Colour by", chosen)
    for block in own_blocks(root).values():
        if block.get(ROLE) == "legend":
            show(block, visible=block["way"] == chosen and not is_frozen(root))


def apply_thickness(root: bpy.types.Object) -> None:
    """Draw muscles as thick as they pull, or all alike; those of scenes of an older version stay alike."""
    player = player_of(find_part(root, "muscles"))
    if player is not None and has_thickness(root):
        set_input(player, "Thickness", root.swinglever.thickness)


def has_thickness(root: bpy.types.Object) -> bool:
    """Tell whether the scene holds the forces of the muscles."""
    return THICKNESS in muscle_columns(root)


def apply_ghost(root: bpy.types.Object) -> None:
    """Show the ghost leg of one case, or none."""
    folder = find_folder(root, "ghosts")
    for child in folder.children if folder is not None else ():
        if "case" in child:
            show(child, visible=root.swinglever.ghost_visible and child["case"] == root.swinglever.ghost)
    for block in own_blocks(root).values():
        if block.get(ROLE) == "ghost legend":
            show(block, visible=root.swinglever.ghost_visible and block["case"] == root.swinglever.ghost)


def apply_captions(root: bpy.types.Object) -> None:
    """Show or hide title, legend and plots, and give the figure the room that they take."""
    folder = find_folder(root, "captions")
    state = root.swinglever
    if folder is not None:  # they hang before the figure's camera, not before that of a film behind it
        show(folder, visible=state.captions and (state.film is None or state.film_beside))
    for scene in root.users_scene:
        stage.frame_figure(root, lay_out(*pixels_of(scene)), chosen_entry(root).get("side", "r"))


def apply_measured(root: bpy.types.Object) -> None:
    """Show or hide markers and ground forces."""
    folder = find_folder(root, "measured")
    if folder is not None:
        show(folder, visible=root.swinglever.measured)


def show(collection: bpy.types.Collection, *, visible: bool) -> None:
    """Show or hide a collection on screen and in renders; Blender plays node groups of what is hidden, unless told."""
    collection.hide_viewport = collection.hide_render = not visible
    for modifier in (modifier for item in collection.all_objects for modifier in group_modifiers(item)):
        modifier.show_viewport = visible


def apply_speed(root: bpy.types.Object) -> None:
    """Play every result of the scene at a share of real speed; in a scene of ours markers and range go along."""
    speed = root.swinglever.speed
    for scene in root.users_scene:
        ratio = root[ROOT_KEY]["speed"] / speed
        for other in list_roots(scene):
            _stretch(other, speed)
        if ratio != 1.0:
            ownscene.stretch(scene, ratio)


def _stretch(root: bpy.types.Object, speed: float) -> None:
    numbers = root[ROOT_KEY]
    ratio = numbers["speed"] / speed
    if ratio != 1.0:
        stretch_curves(actions_of(root), ratio)
        numbers["frames"] = [float(frame) for frame in 1.0 + (np.array(numbers["frames"]) - 1.0) * ratio]
        numbers["speed"] = speed
        root.swinglever.speed = speed


def actions_of(root: bpy.types.Object) -> list[bpy.types.Action]:
    """List the actions of ours that move a result."""
    items = [root, *(block for block in own_blocks(root).values() if isinstance(block, bpy.types.Object))]
    actions = (item.animation_data.action for item in items if item.animation_data)
    return list({action for action in actions if action is not None and MARK in action})
