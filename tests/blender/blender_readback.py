"""Open exported files in a process of its own, without the add-on, and save where bones and points are at frames."""

import os
import sys
from importlib import import_module
from pathlib import Path

import bpy
import numpy as np


def open_file(path: Path) -> None:
    """Open a file of any of the formats in an empty scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.scene.render.fps = 60
    name = str(path)
    addons = {".glb": "io_scene_gltf2", ".bvh": "io_anim_bvh"}
    if path.suffix in addons:
        import_module("addon_utils").enable(addons[path.suffix])
    {
        ".glb": lambda: bpy.ops.import_scene.gltf(filepath=name, import_scene_extras=True),
        ".fbx": lambda: bpy.ops.wm.fbx_import(filepath=name, anim_offset=0.0),
        ".bvh": lambda: bpy.ops.import_anim.bvh(filepath=name, axis_forward="Y", axis_up="Z"),
        ".usd": lambda: bpy.ops.wm.usd_import(filepath=name),
        ".abc": lambda: bpy.ops.wm.alembic_import(filepath=name, as_background_job=False),
    }[path.suffix]()


def places() -> dict[str, np.ndarray]:
    """Give the heads of all bones, and the points of the figure, in the world at the current frame."""
    graph, found = bpy.context.evaluated_depsgraph_get(), {}
    for item in bpy.data.objects:
        shape = item.evaluated_get(graph)
        if item.type == "ARMATURE":
            found |= {bone.name: np.array(shape.matrix_world @ bone.matrix.translation) for bone in shape.pose.bones}
        if item.type == "MESH" and item.name.startswith("Figure"):
            points = np.empty(3 * len(shape.data.vertices), np.float32)
            shape.data.vertices.foreach_get("co", points)
            matrix = np.array(shape.matrix_world)
            found["Figure"] = points.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]
    return found


def main() -> None:
    """Read them: readback.py FRAME,FRAME FILE..."""
    frames = [int(frame) for frame in sys.argv[1].split(",")]
    for path in map(Path, sys.argv[2:]):
        open_file(path)
        seen = {}
        for frame in frames:
            bpy.context.scene.frame_set(frame)
            seen |= {f"{name}|{frame}": value for name, value in places().items()}
        metrics = [item["peak_flexion"] for item in bpy.data.objects if "peak_flexion" in item]
        np.savez(path.with_suffix(path.suffix + ".npz"), actions=len(bpy.data.actions), metrics=metrics, **seen)


if __name__ == "__main__":
    main()
    os._exit(0)
