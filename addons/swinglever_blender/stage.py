"""Camera, lamps and ground of a result: made once, and afterwards moved only as far as a user has not."""

import bpy
import numpy as np

from .build import MARK, Spot, fill_mesh, new_object, new_rectangle
from .course import Course
from .families import on_foot
from .ink import paint_ink
from .keys import Track
from .lookup import PART, find_part
from .page import Page
from .result import Result

LENS_MM, SENSOR_MM = 50.0, 36.0
_STRIPE_M, _BELT_M, _FLOOR_M = 0.5, (2.4, 0.8), (30.0, 3.0)
#: A camera that is no further than this from where it was put has not been moved; positions are single precision.
_MOVED = 1e-4
#: A page is laid out for a runner so tall; one of legs alone, or of another size, is framed at a share of it.
_GROWN_M, _SMALLEST, _LARGEST = 1.8, 0.65, 1.4


def add_ground(result: Result, spot: Spot, course: Course, floor_m: float, theme: str, *, overground: bool) -> None:
    """Add a belt whose stripes run at the measured speed under the runner, or a floor with lines across it."""
    still = overground or result.belt_speed_m_s <= 0
    length, width = _FLOOR_M if still else _BELT_M
    middle = float(course.x_at(result.time_s).mean())
    holder = new_object("Under the runner", None, spot.collection)
    holder.location, holder.empty_display_size = (middle, course.y_m, floor_m - 0.002), 0.1
    ground = new_rectangle("Ground", (-length / 2, -width / 2), (length, width), spot.collection, holder)
    paint_ink(ground, "ground", theme, flat=False)
    ground[PART] = "ground"
    stripes = new_object("Stripes", _stripes_mesh(int(length / _STRIPE_M) - 1, width), spot.collection, holder)
    paint_ink(stripes, "line", theme, flat=False).location.z = 0.001
    stripes[PART], stripes["width"] = "stripes", width
    if not still:
        a_second = (spot.frames[-1] - spot.frames[0]) / np.ptp(result.time_s)
        period = (spot.frames[0], spot.frames[0] + a_second * _STRIPE_M / result.belt_speed_m_s)
        ends = (_STRIPE_M / 2, -_STRIPE_M / 2)
        Track(f"{spot.collection.name} belt").repeat(stripes, "location", period, ends, 0)


def lengthen_ground(root: bpy.types.Object, behind_m: float) -> None:
    """Make the ground long enough for a second figure too, so far from the first; its stripes stay as far apart."""
    ground, stripes = find_part(root, "ground"), find_part(root, "stripes")
    if behind_m == 0.0 or ground is None or stripes is None or ground.parent is None:
        return
    length = ground.dimensions.x
    longer = length + abs(behind_m)
    ground.scale.x *= longer / length
    shorter, mesh = stripes.data, _stripes_mesh(int(longer / _STRIPE_M) - 1, stripes["width"])
    for _ in shorter.materials:  # the object's own materials stay in as many places
        mesh.materials.append(None)
    stripes.data = mesh
    if MARK in shorter and shorter.users == 0:
        bpy.data.meshes.remove(shorter)
    ground.parent.location.x += behind_m / 2


def find_floor(result: Result) -> float:
    """Find the height of the floor: the lowest mesh point of the feet in the trial, in metres."""
    lowest = np.inf
    for mesh in result.meshes:
        if on_foot(mesh.body) and mesh.body in result.body_names:
            pose = result.body_pose[:, result.body_names.index(mesh.body)]
            heights = np.asarray(mesh.vertices_m)[:, :] @ pose[:, 1, :3].T + pose[:, 1, 3]
            lowest = min(lowest, float(np.percentile(heights.min(axis=0), 2)))
    return lowest if np.isfinite(lowest) else float(result.body_pose[:, :, 1, 3].min())


def find_height(result: Result, floor_m: float) -> float:
    """Find how far the figure reaches above the floor, in metres: the highest point of a surface, at three instants."""
    tops = [float(result.body_pose[:, :, 1, 3].max())]
    for mesh in result.meshes:
        if mesh.body in result.body_names and len(mesh.vertices_m):
            pose = result.body_pose[[0, len(result.time_s) // 2, -1], result.body_names.index(mesh.body)]
            tops.append(float((mesh.vertices_m @ pose[:, 1, :3].T + pose[:, 1, 3]).max()))
    return max(tops) - floor_m


def _stripes_mesh(n_stripes: int, width: float) -> bpy.types.Mesh:
    x = (np.arange(n_stripes) - (n_stripes - 1) / 2) * _STRIPE_M
    corners = np.array([[-0.02, -width / 2], [0.02, -width / 2], [0.02, width / 2], [-0.02, width / 2]])
    flat = np.stack([x[:, np.newaxis] + corners[:, 0], np.broadcast_to(corners[:, 1], (n_stripes, 4))], axis=-1)
    vertices = np.concatenate([flat, np.zeros((n_stripes, 4, 1))], axis=-1).reshape(-1, 3)
    return fill_mesh(bpy.data.meshes.new("Stripes"), vertices, np.arange(4 * n_stripes), np.arange(0, 4 * n_stripes, 4))


def add_camera(spot: Spot, course: Course, time_s: np.ndarray, floor_m: float, tall_m: float) -> bpy.types.Object:
    """Add a camera that goes along with the runner, not yet aimed."""
    rig = new_object("Camera rig", None, spot.collection)
    rig.empty_display_size = 0.1
    rig[PART] = "rig"
    way = np.column_stack([course.x_at(time_s[[0, -1]]), np.zeros((2, 2))])
    Track(f"{spot.collection.name} camera").key(rig, "location", spot.frames[[0, -1]], way)
    lens = bpy.data.cameras.new("Swinglever camera")
    lens.lens, lens.sensor_width, lens.sensor_fit = LENS_MM, SENSOR_MM, "HORIZONTAL"
    camera = new_object("Swinglever camera", lens, spot.collection, rig)
    camera[PART], camera["middle"], camera["floor"], camera["tall"] = "camera", course.y_m, floor_m, tall_m
    return camera


def frame_figure(root: bpy.types.Object, page: Page, side: str) -> None:
    """Look at the figure from the side of the swing leg, clear of the plots where there are any."""
    camera = find_part(root, "camera")
    if camera is None:
        return
    beside = page.offset_m if root.swinglever.captions else 0.0
    scale = scale_of(root)
    beside *= scale if side == "r" else -scale  # left of the plots from either side
    camera["side"], camera["beside"] = side, beside
    camera["height"], camera["figure"] = camera["floor"] + scale * page.height_m, scale * page.width_m
    widen_camera(camera, camera.get("behind", 0.0))


def scale_of(root: bpy.types.Object) -> float:
    """Give how tall the figure is beside the grown runner that pages are laid out for: what it is framed at."""
    camera = find_part(root, "camera")
    tall = _GROWN_M if camera is None else camera.get("tall", _GROWN_M)
    return float(np.clip(tall / _GROWN_M, _SMALLEST, _LARGEST))


def widen_camera(camera: bpy.types.Object, behind_m: float) -> None:
    """Step back so that a second figure, so far from the first, is in the picture too."""
    camera["behind"], camera["width"] = behind_m, camera["figure"] + abs(behind_m)
    camera["offset"] = behind_m / 2 + camera["beside"] / camera["figure"] * camera["width"]
    reset_camera(camera)


def reset_camera(camera: bpy.types.Object) -> None:
    """Look at the figures in full, with the floor as low in the picture as it is for one of them."""
    above = (camera["height"] - camera["floor"]) * camera["width"] / camera["figure"]
    aim_camera(camera, (camera["offset"], camera["middle"], camera["floor"] + above), camera["width"])


def aim_camera(camera: bpy.types.Object, centre: tuple[float, float, float], width_m: float) -> None:
    """Look at a point of the rig from the runner's right or left, `width_m` filling the picture's width.

    A camera that a user has moved or keyed stays where it is; so does its lens.
    """
    if is_moved(camera):
        return
    away = width_m * camera.data.lens / camera.data.sensor_width
    sign = -1.0 if camera["side"] == "r" else 1.0  # the runner's right is Blender's -y
    camera.location = (centre[0], centre[1] + sign * away, centre[2])
    camera.rotation_euler = (np.pi / 2, 0.0, 0.0 if camera["side"] == "r" else np.pi)
    camera["placed"] = [*camera.location, *camera.rotation_euler]


def is_moved(camera: bpy.types.Object) -> bool:
    """Tell whether a user has moved a camera, or moves it by keys, a driver or a constraint."""
    if camera.animation_data or camera.constraints:
        return True
    here = np.array([*camera.location, *camera.rotation_euler])
    return "placed" in camera and float(np.abs(here - np.array(camera["placed"])).max()) > _MOVED


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
