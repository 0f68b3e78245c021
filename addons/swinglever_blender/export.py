"""A result for other programs: its rig as glTF, FBX, BVH or USD, and the figure alone as Alembic."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import bpy

from .owned import building
from .result import ResultError
from .rig import Rig, add_rig

#: Blender's add-ons that write or read some of the formats; the others are built in.
_ADDONS = {".glb": "io_scene_gltf2", ".gltf": "io_scene_gltf2", ".fbx": "io_scene_fbx", ".bvh": "io_anim_bvh"}


def export_rig(scene: bpy.types.Scene, root: bpy.types.Object, path: str, naming: str) -> None:
    """Write a rig of a result in the format that the file's name says; the scene is afterwards as it was."""
    suffix = Path(path).suffix.lower()
    check_format(path)
    _enable(suffix)
    held = (scene.frame_start, scene.frame_end, scene.frame_current, scene.frame_subframe)
    with building() as made:
        rig = add_rig(scene, root, naming, scene.collection)
    try:
        first, last = (int(frame) for frame in rig.armature.animation_data.action.frame_range)
        scene.frame_start, scene.frame_end = first, last
        scene.frame_set(first)
        _write_alone(scene, rig, lambda: WRITERS[suffix](path, first, last))
    finally:
        bpy.data.batch_remove(made)  # and no other: there may be a rig in the scene that an animator works on
        scene.frame_start, scene.frame_end = held[:2]
        scene.frame_set(held[2], subframe=held[3])


def check_format(path: str) -> None:
    """Refuse a file whose name says no format that can be written."""
    if Path(path).suffix.lower() not in WRITERS:
        raise ResultError(f"expected a file ending in {', '.join(WRITERS)}, got '{Path(path).name}'; rename it")


def _enable(suffix: str) -> None:
    addon_utils = import_module("addon_utils")  # one of Blender's own scripts: in reach once bpy is
    name = _ADDONS.get(suffix)
    if name is not None and not addon_utils.check(name)[1] and addon_utils.enable(name) is None:
        raise ResultError(f"expected Blender's own add-on '{name}' for {suffix} files, and it does not load")


def _write_alone(scene: bpy.types.Scene, rig: Rig, write: Callable[[], object]) -> None:
    """Write with the rig alone selected, and select again what was."""
    layer = scene.view_layers[0]
    selected, active = list(layer.objects.selected), layer.objects.active
    with bpy.context.temp_override(scene=scene, view_layer=layer):
        for item in selected:
            item.select_set(False, view_layer=layer)
        for item in filter(None, (rig.armature, rig.figure)):
            item.select_set(True, view_layer=layer)
        layer.objects.active = rig.armature
        try:
            write()
        finally:
            for item in filter(None, (rig.armature, rig.figure)):
                item.select_set(False, view_layer=layer)
            for item in selected:
                item.select_set(True, view_layer=layer)
            layer.objects.active = active


def _write_gltf(path: str, first: int, last: int) -> None:
    bpy.ops.export_scene.gltf(
        filepath=path,
        export_format="GLB" if path.lower().endswith(".glb") else "GLTF_SEPARATE",
        use_selection=True,
        export_extras=True,
        export_frame_range=True,
        export_optimize_animation_size=False,
        export_anim_single_armature=True,
        export_animation_mode="ACTIVE_ACTIONS",
    )


def _write_fbx(path: str, first: int, last: int) -> None:
    bpy.ops.export_scene.fbx(
        filepath=path,
        use_selection=True,
        use_custom_props=True,
        add_leaf_bones=False,
        bake_anim_use_all_actions=False,
        bake_anim_use_nla_strips=False,
        bake_anim_simplify_factor=0.0,
    )


def _write_bvh(path: str, first: int, last: int) -> None:
    bpy.ops.export_anim.bvh(filepath=path, frame_start=first, frame_end=last)


def _write_usd(path: str, first: int, last: int) -> None:
    bpy.ops.wm.usd_export(
        filepath=path, selected_objects_only=True, export_animation=True, export_custom_properties=True
    )


def _write_alembic(path: str, first: int, last: int) -> None:
    bpy.ops.wm.alembic_export(
        filepath=path, selected=True, start=first, end=last, export_custom_properties=True, as_background_job=False
    )


WRITERS = {
    ".glb": _write_gltf,
    ".gltf": _write_gltf,
    ".fbx": _write_fbx,
    ".bvh": _write_bvh,
    ".usd": _write_usd,
    ".usdc": _write_usd,
    ".usda": _write_usd,
    ".abc": _write_alembic,
}
