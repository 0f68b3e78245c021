"""Freeze a swing, and take the frozen poses away again: the moving figure and the plots are hidden meanwhile."""

from dataclasses import replace
from typing import Any

import bpy
import numpy as np

from . import hud, looks, ownscene
from .build import Spot
from .lookup import (
    ROLE,
    ROOT_KEY,
    bodies_of,
    chosen_entry,
    find_folder,
    find_part,
    folder_of,
    list_roots,
    read_look,
    read_time_map,
)
from .owned import building, claim, clear_folder, own_blocks
from .page import Page, lay_out
from .palette import BOTH, COOL, UNFOLD, WARM
from .poses import FIGURE_M, Layout, choose_times, lay_poses
from .render import pixels_of
from .result import ResultError
from .stage import aim_camera, reset_camera, scale_of
from .strobe import Strobe, draw_floors, draw_path, freeze_poses, hips_of, label_poses, set_frame

_MOVING = ("bodies", "muscles", "swing", "ghosts", "stage", "column", "legend", "differences")
#: Room that a title and the line of words at the lower edge take, in caption units.
_TITLE, _WORDS = 0.185, 0.055
#: A runner on a belt sways and drifts by less during a swing.
_STANDS_M = 0.4


def add_strobe(scene: bpy.types.Scene, root: bpy.types.Object, n_poses: int, spacing: str = "time") -> None:
    """Freeze poses of the chosen swing in rows, and those of a second result below; hide what moves."""
    entry, page = chosen(root), lay_out(*pixels_of(scene))
    seconds = [other for other in list_roots(scene) if other.swinglever.second and not root.swinglever.second]
    figures = [root, *(other for other in seconds if chosen_entry(other))]
    free = _free(page, captions=root.swinglever.captions)
    way = _way_of(root, entry)
    layout = lay_poses(n_poses, way, free[0] / len(figures), FIGURE_M * scale_of(root))
    for index, figure in enumerate(figures):
        clear_strobe(figure)
        lower = replace(layout, drop_m=layout.drop_m + index * layout.height_m)
        _freeze(scene, root, figure, lower, choose_times(chosen(figure), n_poses, spacing))
    with building() as made:
        _add_words(root, page)
    claim(root, made)
    if ownscene.is_ours(scene):
        middle = np.mean(choose_times(entry, n_poses, spacing))
        set_frame(scene, float(read_time_map(root).to_frames(middle)))
    _aim(root, layout, len(figures), free)


def chosen(root: bpy.types.Object) -> dict[str, Any]:
    """Give what is known of the swing that a result shows."""
    entry = chosen_entry(root)
    if not entry:
        raise ResultError("this result has no swing to show")
    return entry


def _way_of(root: bpy.types.Object, entry: dict[str, Any]) -> float:
    """Give how far the poses are apart in the scene already: a runner who is carried over the ground, or runs there."""
    way_m = abs(float(root[ROOT_KEY]["course"]["speed_m_s"])) * float(np.ptp(entry["time_s"]))
    return way_m if way_m > _STANDS_M else 0.0


def _freeze(
    scene: bpy.types.Scene, first: bpy.types.Object, root: bpy.types.Object, layout: Layout, times_s: np.ndarray
) -> None:
    """Freeze one figure; a second one stands under the first, wherever it runs."""
    entry, look, time_map = chosen(root), read_look(root), read_time_map(root)
    parts = ["lever"] if _seen_through(root) else ["lever", "muscles"]
    if root is not first:  # it runs beside or over the first one; its poses stand below
        frame = float(time_map.to_frames(times_s.mean()))
        layout = replace(layout, shift_m=layout.shift_m + _hips_x(scene, first, frame) - _hips_x(scene, root, frame))
    strobe = Strobe(
        bodies=bodies_of(root),
        extra=[item for item in (find_part(root, part) for part in parts) if item is not None],
        frames=time_map.to_frames(times_s),
        layout=layout,
        side=entry["side"],
        theme=first.swinglever.theme,
        second=look.second,
        skin=_seen_through(root),
    )
    floor_m = first[ROOT_KEY]["floor_m"]
    with building() as made:
        folder = folder_of(root, "strobe")
        freeze_poses(scene, folder, strobe)
        label_poses(folder, entry, times_s, floor_m, strobe)
        draw_floors(folder, floor_m, strobe)
        path = find_part(root, "heel path")
        if path is not None:
            frames = time_map.to_frames(np.array(entry["lever_time_s"]))
            draw_path(folder, path, Spot(collection=folder, root=root, frames=frames), strobe)
    claim(root, made)
    _hide_moving(root, hidden=True)


def _hips_x(scene: bpy.types.Scene, root: bpy.types.Object, frame: float) -> float:
    """Give how far along the run a figure is at a frame."""
    held = scene.frame_current, scene.frame_subframe
    set_frame(scene, frame)
    place = hips_of(bodies_of(root)).x
    scene.frame_set(held[0], subframe=held[1])
    return place


def _seen_through(root: bpy.types.Object) -> bool:
    return any(item.get("glass", 1.0) < 1.0 for item in bodies_of(root).values())


def _free(page: Page, *, captions: bool) -> tuple[float, float]:
    """Give height and middle of the area that poses may fill, in shares of the picture's width."""
    title, words = (_TITLE, _WORDS) if captions else (0.02, 0.02)
    high, low = page.top - title, -page.top + words
    return (high - low) * page.unit, (high + low) / 2 * page.unit


def _add_words(root: bpy.types.Object, page: Page) -> None:
    """Say at the lower edge what the colours mean."""
    plane = find_part(root, "plane")
    if plane is None or not root.swinglever.captions:
        return
    sheet = hud.Sheet(page=page, theme=root.swinglever.theme, collection=folder_of(root, "strobe"), holder=plane)
    words = [("lever", "lever, hip to heel"), ("text", "knee bent by")]
    words += [(WARM, "pull"), (BOTH, "both"), (COOL, "momentum")]
    if not _seen_through(root) and find_part(root, "muscles") is not None:
        words += [(UNFOLD, "unfolded")]
    hud.add_words(sheet, words)


def _aim(root: bpy.types.Object, layout: Layout, n_figures: int, free: tuple[float, float]) -> None:
    camera = find_part(root, "camera")
    if camera is None:
        return
    high = layout.height_m * n_figures
    width_m = max(layout.width_m, high / free[0])
    top_m = root[ROOT_KEY]["floor_m"] + FIGURE_M * scale_of(root)
    aim_camera(camera, (0.0, camera["middle"], top_m - high / 2 - free[1] * width_m), width_m)


def clear_strobe(root: bpy.types.Object) -> None:
    """Remove the frozen poses and show the moving figure again."""
    folder = find_folder(root, "strobe")
    if folder is None or not looks.is_frozen(root):
        return
    clear_folder(root, folder)
    _hide_moving(root, hidden=False)
    looks.apply_all(root)
    camera = find_part(root, "camera")
    if camera is not None:
        reset_camera(camera)


def _hide_moving(root: bpy.types.Object, *, hidden: bool) -> None:
    for block in own_blocks(root).values():
        if block.get(ROLE) in _MOVING:
            looks.show(block, visible=not hidden)
