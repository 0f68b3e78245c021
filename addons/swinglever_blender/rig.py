"""A rig of a result: an armature with one action, whose bones stand where the bodies do, and a mesh that follows it."""

from dataclasses import dataclass, replace

import bpy
import numpy as np

from .axes import quaternions_from_poses
from .build import fill_mesh, new_object, paint, read_surface
from .keys import Track, curves_of
from .lookup import bodies_of, chosen_entry, folder_of
from .palette import THEMES
from .result import ResultError
from .skeleton import Bone, basis_of, build_skeleton

#: OpenSim's axes to Blender's: y is up there, z here.
_UPRIGHT = np.array([[1.0, 0, 0, 0], [0, 0, -1.0, 0], [0, 1.0, 0, 0], [0, 0, 0, 1.0]])
#: Bytes that the name of a custom property may have.
_LONGEST_NAME = 63


@dataclass(frozen=True, kw_only=True, eq=False)
class Rig:
    """What was made: the armature and the mesh, none where the bodies have no surfaces."""

    armature: bpy.types.Object
    figure: bpy.types.Object | None


def add_rig(
    scene: bpy.types.Scene, root: bpy.types.Object, naming: str, folder: bpy.types.Collection | None = None
) -> Rig:
    """Add a rig of a result, keyed at every whole frame from its first to its last; in the result's own folder."""
    frames = _frames_of(root)
    poses = poses_of(root, frames)
    trial = {name: np.linalg.inv(_UPRIGHT) @ pose for name, pose in poses.items()}
    bones = [_stand_up(bone) for bone in build_skeleton(trial, naming)]
    armature, bones = _make_armature(scene, bones, f"{root.name} rig")
    for metric in chosen_entry(root).get("metrics", []):
        if np.isfinite(metric["value"]):
            armature[metric["name"].encode()[:_LONGEST_NAME].decode("utf-8", "ignore")] = float(metric["value"])
    _key_bones(armature, bones, poses, frames)
    rig = Rig(armature=armature, figure=_add_figure(scene, root, armature, bones))
    folder = folder or folder_of(root, "rig")
    for item in (armature, rig.figure):
        if item is not None and folder is not scene.collection:
            folder.objects.link(item)
            scene.collection.objects.unlink(item)
    return rig


def _stand_up(bone: Bone) -> Bone:
    """Turn a bone from OpenSim's axes to Blender's."""
    return replace(bone, rest=_UPRIGHT @ bone.rest, tail_m=_UPRIGHT[:3, :3] @ bone.tail_m)


def _frames_of(root: bpy.types.Object) -> np.ndarray:
    """Give the whole frames at which all bodies are keyed."""
    first, last = reach_of(root)
    return np.arange(np.ceil(first - 1e-3), np.floor(last + 1e-3) + 1)


def reach_of(root: bpy.types.Object) -> tuple[float, float]:
    """Give the first and the last frame of a result."""
    curves = [curve for item in bodies_of(root).values() for curve in curves_of(item)]
    if not curves:
        raise ResultError("expected a figure that moves, got one without bodies or keys; import the result again")
    first, last = curves[0].range()
    return float(first), float(last)


def placed(root: bpy.types.Object) -> np.ndarray:
    """Give where a result's empty stands and how it is turned, (4, 4), also just after it was made."""
    bpy.context.view_layer.update()
    return np.array(root.matrix_world)


def poses_of(root: bpy.types.Object, frames: np.ndarray) -> dict[str, np.ndarray]:
    """Give the poses of the bodies in the world, (F, 4, 4), as Blender plays them at these frames, whole or not."""
    carried = np.tile(placed(root), (len(frames), 1, 1))
    carried[:, :3, 3] = _values(root, "location", frames, carried[:, :3, 3])
    found = {}
    for name, item in bodies_of(root).items():
        place = _values(item, "location", frames, np.tile(np.array(item.location), (len(frames), 1)))
        turn = np.tile(np.array(item.rotation_quaternion), (len(frames), 1))
        found[name] = carried @ _matrices(place, _values(item, "rotation_quaternion", frames, turn))
    return found


def _values(item: bpy.types.Object, path: str, frames: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Evaluate the curves of a property at frames; what has no curve is as it is held."""
    values = held.copy()
    for curve in curves_of(item):
        if curve.data_path == path:
            co = np.empty(2 * len(curve.keyframe_points), np.float32)
            curve.keyframe_points.foreach_get("co", co)
            values[:, curve.array_index] = np.interp(frames, co[::2], co[1::2])
    return values


def _matrices(place: np.ndarray, quaternion: np.ndarray) -> np.ndarray:
    w, x, y, z = (quaternion / np.linalg.norm(quaternion, axis=1, keepdims=True)).T
    pose = np.zeros((len(place), 4, 4))
    pose[:, :3, 0] = np.stack([1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)], axis=1)
    pose[:, :3, 1] = np.stack([2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w)], axis=1)
    pose[:, :3, 2] = np.stack([2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)], axis=1)
    pose[:, :3, 3], pose[:, 3, 3] = place, 1.0
    return pose


def _make_armature(scene: bpy.types.Scene, bones: list[Bone], name: str) -> tuple[bpy.types.Object, list[Bone]]:
    """Make the armature at rest, and give the bones with the names that Blender let them have.

    It stands in the world, not under the result's empty, so that it can go elsewhere. Bones can be made only of what is
    shown, and a user may hide the result: so it is made in the scene's own collection.
    """
    armature = new_object(name, bpy.data.armatures.new(name), scene.collection)
    layer = scene.view_layers[0]
    held = layer.objects.active
    with bpy.context.temp_override(scene=scene, view_layer=layer, object=armature, active_object=armature):
        layer.objects.active = armature
        bpy.ops.object.mode_set(mode="EDIT")
        made = {}
        for bone in bones:
            made[bone.body] = edit = armature.data.edit_bones.new(bone.name)
            edit.head, edit.tail = bone.rest[:3, 3], bone.tail_m
            edit.align_roll((0.0, 1.0, 0.0))
            edit.parent = made.get(bone.parent) if bone.parent else None
        named = [replace(bone, name=made[bone.body].name) for bone in bones]
        bpy.ops.object.mode_set(mode="OBJECT")
        layer.objects.active = held
    return armature, named


def _key_bones(armature: bpy.types.Object, bones: list[Bone], poses: dict[str, np.ndarray], frames: np.ndarray) -> None:
    """Key every bone so that its body stands where it does."""
    rest = {bone.body: np.array(armature.data.bones[bone.name].matrix_local) for bone in bones}
    moved = {bone.body: poses[bone.body] @ np.linalg.inv(bone.rest) @ rest[bone.body] for bone in bones}
    track = Track(f"{armature.name} run")
    for bone in bones:
        above = (moved[bone.parent], rest[bone.parent]) if bone.parent else (None, None)
        basis = basis_of(moved[bone.body], above[0], rest[bone.body], above[1])
        armature.pose.bones[bone.name].rotation_mode = "QUATERNION"
        path = f'pose.bones["{bone.name}"].'
        track.key(armature, f"{path}location", frames, basis[:, :3, 3])
        track.key(armature, f"{path}rotation_quaternion", frames, quaternions_from_poses(basis))


def _add_figure(
    scene: bpy.types.Scene, root: bpy.types.Object, armature: bpy.types.Object, bones: list[Bone]
) -> bpy.types.Object | None:
    """Add the surfaces of all bodies as one mesh at rest; each follows its bone alone."""
    items = bodies_of(root)
    parts = [(bone, items[bone.body].data) for bone in bones if len(items[bone.body].data.vertices)]
    if not parts:
        return None
    points, corners, starts = list[np.ndarray](), list[np.ndarray](), list[np.ndarray]()
    groups, n_points, n_corners = dict[str, range](), 0, 0
    for bone, mesh in parts:
        own, at, first = read_surface(mesh)
        points.append(own @ bone.rest[:3, :3].T + bone.rest[:3, 3])
        corners.append(at + n_points)
        starts.append(first + n_corners)
        groups[bone.name] = range(n_points, n_points + len(own))
        n_points, n_corners = n_points + len(own), n_corners + len(at)
    data = fill_mesh(
        bpy.data.meshes.new("Figure"), np.concatenate(points), np.concatenate(corners), np.concatenate(starts)
    )
    data.shade_smooth()
    figure = new_object("Figure", data, scene.collection, armature)
    for name, members in groups.items():
        figure.vertex_groups.new(name=name).add([*members], 1.0, "REPLACE")
    figure.modifiers.new("Rig", "ARMATURE").object = armature
    return paint(figure, THEMES[root.swinglever.theme]["bone"])
