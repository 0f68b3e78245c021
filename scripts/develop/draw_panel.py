"""Draw what the add-on's panel says about a swing, as a picture."""

import argparse
import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "addons"))

from swinglever_blender import ownscene, render, summary
from swinglever_blender.build import new_text, paint
from swinglever_blender.palette import THEMES
from swinglever_blender.result import read_result

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("result", type=Path, help="result file (.h5)")
parser.add_argument("swing", help="identifier, such as r_1")
parser.add_argument("out", type=Path, help="picture to write (.png)")
arguments = parser.parse_args()
swing_id = arguments.swing
bpy.ops.wm.read_factory_settings(use_empty=True)
scene = bpy.context.scene
result = read_result(arguments.result)
swing = summary.summarise(result)["swings"][swing_id]
verdict, *reason = summary.describe_verdict(swing)

rows = [(summary.name_swing(swing_id, swing), ""), (verdict, "")]
rows += [(line, "") for text in reason for line in summary.wrap(text, 52, 12)]
rows += [("", ""), ("Now: peak flexion", ""), *summary.describe_moment(swing, swing["events_s"]["peak_flexion"])]
rows += [("", ""), ("Metrics", "")]
rows += [(f"peak {name}", value) for name, value in summary.describe_ablation(swing)]
rows += summary.describe_metrics(swing)[:9]

ink = THEMES["dark"]["text"]
for index, (name, value) in enumerate(rows):
    size = 0.9 if name in (verdict, "Metrics", "Now: peak flexion") or index == 0 else 0.7
    for text, x in ((name, 0.0), (value, 13.0)):
        paint(new_text("row", text, (x, -1.15 * index), size, scene.collection), ink, flat=True)

camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
scene.collection.objects.link(camera)
camera.data.type, width, height = "ORTHO", 21.0, 1.15 * len(rows) + 1.0
camera.data.ortho_scale = max(width, height)
camera.location = (width / 2 - 0.5, 1.0 - height / 2, 10.0)
scene.camera = camera
ownscene.claim_scene(scene, (int(24 * width), int(24 * height)))
ownscene.set_background(scene, "dark")
render.render_still(scene, str(arguments.out.resolve()), camera)
