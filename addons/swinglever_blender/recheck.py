"""What a scene shows at some frames, told by a Blender that has never seen the extension: run as a script of its own.

`recheck.py SCENE PLACES`: reads from the second file, as JSON, the frames and the names of objects; writes to it what
they show, and what the scene needs that is not inside it. Nothing here imports the extension.
"""

import json
import os
import sys
from pathlib import Path

import bpy


def seen(scene: bpy.types.Scene, names: list[str], frames: list[float]) -> dict[str, list[list[float]]]:
    """Give, for each object, numbers that tell what it shows at each frame: its place, its size, how many points."""
    found: dict[str, list[list[float]]] = {name: [] for name in names}
    for frame in frames:
        scene.frame_set(int(frame // 1), subframe=frame % 1)
        graph = bpy.context.evaluated_depsgraph_get()
        for name in names:
            item = scene.objects[name].evaluated_get(graph)
            matrix = [value for row in item.matrix_world[:3] for value in row]
            found[name].append([float(v) for v in matrix] + _shape(item))
    return found


def _shape(item: bpy.types.Object) -> list[float]:
    """Give the number of points of a mesh, and their sums, which move with any of them."""
    if item.type != "MESH":
        return [0.0]
    points = [0.0] * (3 * len(item.data.vertices))
    item.data.vertices.foreach_get("co", points)
    return [float(len(points)), *(sum(points[axis::3]) / max(len(points), 1) for axis in range(3))]


def outside() -> list[str]:
    """List what the file needs and does not hold: libraries, films, pictures, sounds, fonts, volumes and caches."""
    found = [library.filepath for library in bpy.data.libraries]
    found += [clip.filepath for clip in bpy.data.movieclips]
    for blocks in (bpy.data.images, bpy.data.sounds, bpy.data.fonts, bpy.data.volumes, bpy.data.cache_files):
        for block in blocks:
            inside = getattr(block, "packed_file", None) or getattr(block, "source", "") in ("GENERATED", "VIEWER")
            if block.filepath and block.filepath != "<builtin>" and not inside:
                found.append(block.filepath)
    return sorted(set(found))


def main(scene_path: str, places: str) -> None:
    """Open a scene and tell."""
    asked = json.loads(Path(places).read_text(encoding="utf-8"))
    bpy.ops.wm.open_mainfile(filepath=scene_path)
    scene = bpy.data.scenes[asked["scene"]]
    bpy.context.window.scene = scene
    told = {
        "seen": seen(scene, asked["names"], asked["frames"]),
        "outside": outside(),
        "extension": hasattr(bpy.types, "SWINGLEVER_PT_verdict"),
    }
    Path(places).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[-2:])
    sys.stdout.flush()
    os._exit(0)  # Blender's module has been seen to crash while Python tears it down
