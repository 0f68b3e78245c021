"""Measure, in processor time, importing a result into Blender, a frame and a change of looks; and the scene's size."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "addons"))

import swinglever_blender
from swinglever_blender.lookup import Look
from swinglever_blender.ownscene import claim_scene
from swinglever_blender.result import read_result
from swinglever_blender.scene import build_scene

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("result", type=Path, help="result file (.h5)")
path = parser.parse_args().result

bpy.ops.wm.read_factory_settings(use_empty=True)
swinglever_blender.register()
scene = claim_scene(bpy.context.scene)


def empty_ms() -> float:
    """Give milliseconds of a frame of a scene with nothing in it, of the same machine at the same moment."""
    begun = time.process_time()
    for frame in range(1, 201):
        scene.frame_set(frame)
    return 1000 * (time.process_time() - begun) / 200


nothing_ms = empty_ms()
start = time.process_time()
result = read_result(path)
root = build_scene(scene, result, Look())
bpy.context.view_layer.update()
import_s = time.process_time() - start

frames = range(scene.frame_preview_start, scene.frame_preview_end + 1)


def play() -> float:
    """Play the swing once, every shape evaluated; gives milliseconds a frame."""
    begun = time.process_time()
    for frame in frames:
        scene.frame_set(frame)
        graph = bpy.context.evaluated_depsgraph_get()
        for item in scene.objects:
            item.evaluated_get(graph)
    return 1000 * (time.process_time() - begun) / len(frames)


frame_ms = min(play() for _ in range(3))  # the least disturbed of three

with tempfile.TemporaryDirectory() as folder:
    saved = Path(folder) / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(saved), compress=True)
    size_mb = saved.stat().st_size / 1e6


def change_s(name: str, value: object) -> float:
    """Give seconds until a look that was changed is shown."""
    begun = time.process_time()
    setattr(root.swinglever, name, value)
    bpy.context.view_layer.update()
    return time.process_time() - begun


changes = {"colour_by": "activation", "theme": "light", "opacity": 0.5, "speed": 0.5}
taken = ", ".join(f"{name} {change_s(name, value):.3f}" for name, value in changes.items())

n_samples, n_muscles = len(result.time_s), len(result.muscle_names)
print(f"{result.trial_name}: {n_samples} samples, {n_muscles} muscles, {len(result.swings)} swings")
print(f"import   {import_s:6.2f} s      (bar 5 s)")
print(
    f"playing  {frame_ms:6.2f} ms a frame over {len(frames)} frames of a swing (bar 10 ms); "
    f"{frame_ms / max(nothing_ms, 1e-6):.0f} times a frame of an empty scene ({nothing_ms:.3f} ms)"
)
print(f"looks    {taken} s (bar 0.1 s each)")
print(f"scene    {size_mb:6.2f} MB     (bar 40 MB)")
