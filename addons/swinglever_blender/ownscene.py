"""A scene of our own: its range, markers, world and render settings are ours to set; a user's scene is left alone."""

import json

import bpy
import numpy as np

from .build import MARK
from .events import Marked
from .palette import THEMES, linear

#: Custom properties of a scene of ours: the markers and the range that were set, so that a user's own are known.
_MARKERS, _RANGE = "swinglever_markers", "swinglever_range"


def new_scene(name: str, like: bpy.types.Scene) -> bpy.types.Scene:
    """Make a scene of our own, with the frame rate of another one."""
    scene = bpy.data.scenes.new(name)
    scene.render.fps, scene.render.fps_base = like.render.fps, like.render.fps_base
    return claim_scene(scene, (like.render.resolution_x, like.render.resolution_y))


def claim_scene(
    scene: bpy.types.Scene, size: tuple[int, int] = (1280, 720), engine: str = "BLENDER_WORKBENCH"
) -> bpy.types.Scene:
    """Make a scene ours: colours that are what they say, an engine that needs neither lamps nor a graphics card."""
    scene[MARK] = "scene"
    render, shading = scene.render, scene.display.shading
    render.engine = engine
    render.resolution_x, render.resolution_y, render.resolution_percentage = *size, 100
    render.dither_intensity = 0.0  # noise that makes a picture five times larger
    render.image_settings.compression = 100
    scene.view_settings.view_transform = "Standard"
    shading.light, shading.studio_light, shading.color_type = "STUDIO", "paint.sl", "VERTEX"
    shading.show_cavity = shading.show_object_outline = shading.show_specular_highlight = False
    shading.background_type = "WORLD"
    scene.display.render_aa = "8"
    scene.cycles.samples = 8
    scene.world = bpy.data.worlds.new("Swinglever stage")
    scene.world[MARK] = "world"
    return scene


def is_ours(scene: bpy.types.Scene) -> bool:
    """Tell whether a scene was made here."""
    return MARK in scene


def remove_scene(scene: bpy.types.Scene) -> None:
    """Remove a scene of ours in which nothing is left, and its world with it; Blender keeps at least one scene."""
    if not is_ours(scene) or scene.objects or scene.collection.children or len(bpy.data.scenes) < 2:
        return
    world, others = scene.world, [other for other in bpy.data.scenes if other is not scene]
    for window in bpy.context.window_manager.windows:
        if window.scene is scene:
            window.scene = others[0]
    bpy.data.scenes.remove(scene)
    if world is not None and MARK in world and world.users == 0:
        bpy.data.worlds.remove(world)


def set_background(scene: bpy.types.Scene, theme: str) -> None:
    """Make the world of a scene of ours light or dark, unless a user gave it another world."""
    world = scene.world
    if not is_ours(scene) or world is None or MARK not in world:
        return
    world.color = linear(THEMES[theme]["background"])[:3]
    background = next((n for n in world.node_tree.nodes if n.type == "BACKGROUND"), None) if world.node_tree else None
    if background is not None:
        background.inputs["Color"].default_value = linear(THEMES[theme]["background"])


def mark_events(scene: bpy.types.Scene, marked: list[Marked]) -> None:
    """Mark events in a scene of ours in place of those that were marked before."""
    if not is_ours(scene):
        return
    cuts = dict[str, bpy.types.Object]()  # cameras that a user bound to events go to the same events of another swing
    for marker in own_markers(scene):
        if marker.camera is not None:
            cuts[_event_of(marker.name)] = marker.camera
        scene.timeline_markers.remove(marker)
    for name, frame in marked:
        if name not in scene.timeline_markers:  # one that a user has moved stays where it was put
            scene.timeline_markers.new(name, frame=frame).camera = cuts.get(_event_of(name))
    _note_markers(scene, marked)


def _event_of(name: str) -> str:
    """Give the event of a marker, without its swing."""
    return name.rpartition(" ")[0]


def own_markers(scene: bpy.types.Scene) -> list[bpy.types.TimelineMarker]:
    """List the markers that were made here and are still as they were made: others are the user's."""
    noted = _noted_markers(scene)
    return [marker for marker in scene.timeline_markers if noted.get(marker.name) == marker.frame]


def moved_markers(scene: bpy.types.Scene) -> list[bpy.types.TimelineMarker]:
    """List the events' markers that a user has put at another frame, or doubled there."""
    noted = _noted_markers(scene)
    return [marker for marker in scene.timeline_markers if noted.get(marker.name, marker.frame) != marker.frame]


def _noted_markers(scene: bpy.types.Scene) -> dict[str, int]:
    """Give name to frame of the markers that were made here."""
    return dict(json.loads(scene.get(_MARKERS, "[]")))


def _note_markers(scene: bpy.types.Scene, marked: list[Marked]) -> None:
    scene[_MARKERS] = json.dumps(marked)


def set_range(scene: bpy.types.Scene, whole: tuple[float, float], part: tuple[float, float] | None) -> None:
    """Set the frames of a scene of ours to a trial, and the preview to a swing; a range that a user set stays."""
    if not is_ours(scene) or (_RANGE in scene and list(scene[_RANGE]) != _range_of(scene)):
        return
    scene.frame_start, scene.frame_end = max(int(whole[0]), 0), max(int(np.ceil(whole[1])), 1)
    if part is not None:
        scene.use_preview_range = True
        scene.frame_preview_start, scene.frame_preview_end = max(int(part[0]), 0), int(np.ceil(part[1]))
        scene.frame_set(int(np.ceil(part[0])))
    scene[_RANGE] = _range_of(scene)


def _range_of(scene: bpy.types.Scene) -> list[int]:
    return [scene.frame_start, scene.frame_end, scene.frame_preview_start, scene.frame_preview_end]


def stretch(scene: bpy.types.Scene, ratio: float) -> None:
    """Move the markers of events, the range and the moment of a scene of ours, as the figures' keys have been moved."""
    if not is_ours(scene):
        return

    def moved(frame: int) -> int:
        return round(1 + (frame - 1) * ratio)

    for marker in (*own_markers(scene), *moved_markers(scene)):
        marker.frame = moved(marker.frame)
    _note_markers(scene, [(name, moved(frame)) for name, frame in _noted_markers(scene).items()])
    if list(scene.get(_RANGE, ())) == _range_of(scene):
        scene.frame_end, scene.frame_preview_end = moved(scene.frame_end), moved(scene.frame_preview_end)
        scene.frame_preview_start = moved(scene.frame_preview_start)
        scene[_RANGE] = _range_of(scene)
    scene.frame_set(moved(scene.frame_current))
