"""Camera, ground, light or dark, and how the picture is rendered."""

from functools import lru_cache

import bpy
import numpy as np

from .build import fill_mesh, new_object, new_rectangle, paint
from .course import find_course
from .keys import Track
from .page import Page
from .palette import THEMES, linear
from .result import Result
from .timing import TimeMap

LENS_MM, SENSOR_MM = 50.0, 36.0
_STRIPE_M = 0.5


def set_up_render(
    scene: bpy.types.Scene, size: tuple[int, int] | None = None, engine: str = "BLENDER_WORKBENCH"
) -> None:
    """Set colours that are what they say, and an engine that needs neither lamps nor a graphics card."""
    scene.render.engine = engine
    if size:
        scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = *size, 100
    scene.view_settings.view_transform = "Standard"
    shading = scene.display.shading
    shading.light, shading.studio_light, shading.color_type = "STUDIO", "paint.sl", "VERTEX"
    shading.show_cavity = shading.show_object_outline = False
    shading.show_specular_highlight = False
    scene.display.render_aa = "8"
    scene.render.dither_intensity = 0.0  # noise that makes a picture five times larger
    scene.render.image_settings.compression = 100
    scene.cycles.samples = 8


def set_up_views() -> None:
    """Let every 3D view look through the camera and show the colours that Workbench renders."""
    for screen in bpy.data.screens:
        for area in (area for area in screen.areas if area.type == "VIEW_3D"):
            space = area.spaces.active
            space.shading.type, space.shading.light, space.shading.color_type = "SOLID", "STUDIO", "VERTEX"
            space.shading.studio_light, space.shading.background_type = "paint.sl", "WORLD"
            space.overlay.show_relationship_lines = False
            space.region_3d.view_perspective = "CAMERA"


def set_theme(scene: bpy.types.Scene, theme: str) -> None:
    """Set the background light or dark."""
    world = bpy.data.worlds.get("Swinglever stage") or bpy.data.worlds.new("Swinglever stage")
    world.color = linear(THEMES[theme]["background"])[:3]
    background = next((n for n in world.node_tree.nodes if n.type == "BACKGROUND"), None) if world.node_tree else None
    if background is not None:
        background.inputs["Color"].default_value = linear(THEMES[theme]["background"])
    scene.world = world
    scene.display.shading.background_type = "WORLD"


def add_ground(
    result: Result, time_map: TimeMap, collection: bpy.types.Collection, theme: str, *, overground: bool
) -> None:
    """Add a belt whose stripes run at the measured speed, or a floor with lines across it."""
    top, still = find_floor(result) - 0.002, overground or result.belt_speed_m_s == 0
    length, width = (30.0, 3.0) if still else (2.4, 0.8)
    course = find_course(result, overground=False)
    holder = new_object("Ground", None, collection)
    holder.location, holder.empty_display_size = (float(course.x_at(result.time_s).mean()), 0.0, top), 0.1
    ground = new_rectangle("Ground", (-length / 2, -width / 2), (length, width), collection, holder)
    paint(ground, THEMES[theme]["ground"])
    stripes = new_object("Stripes", _stripes_mesh(int(length / _STRIPE_M) - 1, width), collection, holder)
    paint(stripes, THEMES[theme]["line"]).location.z = 0.001
    if not still:
        start = float(result.time_s[0])
        period = time_map.to_frames(np.array([start, start + _STRIPE_M / result.belt_speed_m_s]))
        Track(f"{collection.name} belt").repeat(stripes, "location", tuple(period), (_STRIPE_M / 2, -_STRIPE_M / 2), 0)


@lru_cache(maxsize=2)
def find_floor(result: Result) -> float:
    """Find the height of the floor: the lowest mesh point of the feet in the trial, in metres."""
    lowest = np.inf
    for mesh in result.meshes:
        if mesh.body.startswith(("toes", "calcn", "foot")) and mesh.body in result.body_names:
            pose = result.body_pose[:, result.body_names.index(mesh.body)]
            heights = np.asarray(mesh.vertices_m)[:, :] @ pose[:, 1, :3].T + pose[:, 1, 3]
            lowest = min(lowest, float(np.percentile(heights.min(axis=0), 2)))
    return lowest if np.isfinite(lowest) else float(result.body_pose[:, :, 1, 3].min())


def _stripes_mesh(n_stripes: int, width: float) -> bpy.types.Mesh:
    x = (np.arange(n_stripes) - (n_stripes - 1) / 2) * _STRIPE_M
    corners = np.array([[-0.02, -width / 2], [0.02, -width / 2], [0.02, width / 2], [-0.02, width / 2]])
    flat = np.stack([x[:, np.newaxis] + corners[:, 0], np.broadcast_to(corners[:, 1], (n_stripes, 4))], axis=-1)
    vertices = np.concatenate([flat, np.zeros((n_stripes, 4, 1))], axis=-1).reshape(-1, 3)
    return fill_mesh(bpy.data.meshes.new("Stripes"), vertices, np.arange(4 * n_stripes), np.arange(0, 4 * n_stripes, 4))


def add_camera(
    result: Result,
    time_map: TimeMap,
    collection: bpy.types.Collection,
    side: str,
    page: Page,
    *,
    overground: bool,
    captions: bool,
) -> bpy.types.Object:
    """Add a camera at the swing leg's side that goes along with the runner; gives the camera."""
    course = find_course(result, overground=overground)
    rig = new_object("Camera rig", None, collection)
    rig.empty_display_size = 0.1
    ends = np.array([result.time_s[0], result.time_s[-1]])
    way = np.column_stack([course.x_at(ends), np.zeros((2, 2))])
    Track(f"{collection.name} camera").key(rig, "location", time_map.to_frames(ends), way)
    lens = bpy.data.cameras.new("Swinglever camera")
    lens.lens, lens.sensor_width, lens.sensor_fit = LENS_MM, SENSOR_MM, "HORIZONTAL"
    camera = new_object("Swinglever camera", lens, collection, rig)
    beside = page.offset_m if captions else 0.0
    camera["side"], camera["offset"] = side, beside if side == "r" else -beside  # left of the plots from either side
    camera["middle"] = course.y_m
    camera["height"], camera["width"] = find_floor(result) + page.height_m, page.width_m
    add_lamps(collection, rig)
    reset_camera(camera)
    return camera


def reset_camera(camera: bpy.types.Object) -> None:
    """Look at the figure as `add_camera` did."""
    centre = (camera["offset"], camera["middle"], camera["height"])
    aim_camera(camera, camera["side"], centre, camera["width"])


def widen_camera(camera: bpy.types.Object, behind_m: float) -> None:
    """Step back so that a second figure, so far from the first, is in the picture too."""
    share = camera["offset"] / camera["width"]
    camera["width"] += abs(behind_m)
    camera["offset"] = behind_m / 2 + share * camera["width"]
    reset_camera(camera)


def add_lamps(collection: bpy.types.Collection, parent: bpy.types.Object) -> None:
    """Add lamps at both sides of the runner for Cycles and EEVEE; Workbench has its own light."""
    for name, turn, strength in (
        ("Key", (0.9, 0.0, 0.5), 3.0),
        ("Fill", (-0.9, 0.0, 0.5), 3.0),
        ("Top", (0, 0, 0), 1.0),
    ):
        lamp = bpy.data.lights.new(f"Swinglever {name}", "SUN")
        lamp.energy = strength
        item = new_object(lamp.name, lamp, collection, parent)
        item.rotation_euler, item.location = turn, (0.0, 0.0, 3.0)


def aim_camera(camera: bpy.types.Object, side: str, centre: tuple[float, float, float], width_m: float) -> None:
    """Look at a point of the rig from the runner's right or left, `width_m` filling the picture's width."""
    away = width_m * camera.data.lens / camera.data.sensor_width
    sign = -1.0 if side == "r" else 1.0  # the runner's right is Blender's -y
    camera.location = (centre[0], centre[1] + sign * away, centre[2])
    camera.rotation_euler = (np.pi / 2, 0.0, 0.0 if side == "r" else np.pi)


def render_still(scene: bpy.types.Scene, path: str) -> None:
    """Render the current frame to a picture."""
    settings = scene.render.image_settings
    settings.media_type, settings.file_format, settings.color_mode = "IMAGE", "PNG", "RGB"
    scene.render.filepath = path
    bpy.ops.render.render(write_still=True)


def render_film(scene: bpy.types.Scene, path: str) -> None:
    """Render the preview range, which is the chosen swing, to an H.264 film."""
    held = scene.frame_start, scene.frame_end
    if scene.use_preview_range:
        scene.frame_start, scene.frame_end = scene.frame_preview_start, scene.frame_preview_end
    scene.render.image_settings.media_type = "VIDEO"
    scene.render.ffmpeg.format, scene.render.ffmpeg.codec = "MPEG4", "H264"
    scene.render.ffmpeg.constant_rate_factor = "HIGH"
    scene.render.use_file_extension = False
    scene.render.filepath = path
    bpy.ops.render.render(animation=True)
    scene.frame_start, scene.frame_end = held
