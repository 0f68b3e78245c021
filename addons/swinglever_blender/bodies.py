"""The skeleton: one object a body, all in one layered action, keyed at the trial's own sampling times."""

import bpy
import numpy as np

from .axes import quaternions_from_poses
from .build import Spot, fill_mesh, new_object, paint
from .families import on_leg
from .keys import Track
from .lookup import BODY
from .palette import THEMES
from .result import Mesh, Result

#: Two legs of bone hold about 3 litres, two legs of flesh about 20.
_SKIN_M3 = 0.008
#: Share of its opacity that the skin of the swing leg keeps, so that its muscles are seen.
GLASS = 0.25


def add_bodies(result: Result, spot: Spot) -> None:
    """Add the skeleton and its motion: an object a body, which keeps the body's name whatever Blender calls it."""
    track = Track(f"{spot.collection.name} bodies")
    for index, name in enumerate(result.body_names):
        item = new_object(name, join_meshes(name, result.meshes), spot.collection, spot.root)
        key_pose(track, item, spot.frames, result.body_pose[:, index])
        item["opacity"] = float(min((mesh.colour[3] for mesh in result.meshes if mesh.body == name), default=1.0))
        item["glass"] = GLASS if has_skin(result) and result.muscle_path_m is not None else 1.0
        item[BODY] = name
        paint(item, THEMES["dark"]["bone"])


def has_skin(result: Result) -> bool:
    """Tell whether the surfaces are skin with muscles under it: those of a leg enclose litres that bones do not."""
    legs = [mesh for mesh in result.meshes if any(on_leg(mesh.body, side) for side in ("r", "l"))]
    return sum(enclosed_m3(mesh) for mesh in legs) > _SKIN_M3


def enclosed_m3(mesh: Mesh) -> float:
    """Give the volume that a closed surface encloses, by the divergence theorem over triangles fanned from corners."""
    size = np.diff(np.append(mesh.loop_start, len(mesh.loop_vertex)))
    first = np.repeat(mesh.loop_start, size - 2)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(size - 2) - (size - 2), size - 2)
    a, b, c = (mesh.vertices_m[mesh.loop_vertex[corner]].astype(float) for corner in (first, second, second + 1))
    return abs(float((a * np.cross(b, c)).sum()) / 6.0)


def join_meshes(body: str, meshes: list[Mesh]) -> bpy.types.Mesh:
    """Join the surfaces of one body into one smooth mesh; a body without any gets an empty one."""
    parts = [mesh for mesh in meshes if mesh.body == body]
    n_vertices = np.cumsum([0] + [len(part.vertices_m) for part in parts])
    n_corners = np.cumsum([0] + [len(part.loop_vertex) for part in parts])
    mesh = bpy.data.meshes.new(body)
    if parts:
        vertices = np.concatenate([part.vertices_m for part in parts])
        corners = np.concatenate([part.loop_vertex + n for part, n in zip(parts, n_vertices, strict=False)])
        starts = np.concatenate([part.loop_start + n for part, n in zip(parts, n_corners, strict=False)])
        fill_mesh(mesh, vertices, corners, starts).shade_smooth()
    return mesh


def key_pose(track: Track, item: bpy.types.Object, frames: np.ndarray, pose: np.ndarray) -> None:
    """Key the (T, 4, 4) poses of an object."""
    item.rotation_mode = "QUATERNION"
    track.key(item, "location", frames, pose[:, :3, 3])
    track.key(item, "rotation_quaternion", frames, quaternions_from_poses(pose))
