"""Measure how long importing a result into Blender takes, how long a frame, and how large the scene is."""

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

start = time.perf_counter()
result = read_result(path)
root = build_scene(scene, result, Look())
bpy.context.view_layer.update()
import_s = time.perf_counter() - start

frames = range(scene.frame_preview_start, scene.frame_preview_end + 1)


def play() -> float:
    """Play the swing once, every shape evaluated; gives milliseconds a frame."""
    begun = time.perf_counter()
    for frame in frames:
        scene.frame_set(frame)
        graph = bpy.context.evaluated_depsgraph_get()
        for item in scene.objects:
            item.evaluated_get(graph)
    return 1000 * (time.perf_counter() - begun) / len(frames)


frame_ms = min(play() for _ in range(3))  # the least disturbed of three

with tempfile.TemporaryDirectory() as folder:
    saved = Path(folder) / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(saved), compress=True)
    size_mb = saved.stat().st_size / 1e6

start = time.perf_counter()
root.swinglever.colour_by = "activation"
root.swinglever.theme = "light"
bpy.context.view_layer.update()
change_s = time.perf_counter() - start

n_samples, n_muscles = len(result.time_s), len(result.muscle_names)
print(f"{result.trial_name}: {n_samples} samples, {n_muscles} muscles, {len(result.swings)} swings")
print(f"import   {import_s:6.2f} s      (bar 5 s)")
print(f"playing  {frame_ms:6.2f} ms a frame over {len(frames)} frames of a swing (bar 10 ms)")
print(f"looks    {change_s:6.2f} s      (colours and stage; bar 0.1 s each)")
print(f"scene    {size_mb:6.2f} MB     (bar 40 MB)")
