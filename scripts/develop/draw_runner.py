"""Draw our own model, standing, from the front and from its right side: skin, and muscles beside it."""

import argparse
from pathlib import Path

import bpy
import numpy as np

from swinglever.synthetic.actuators import build_muscles
from swinglever.synthetic.joints import build_joints
from swinglever.synthetic.osim import DEFAULT_MASS_KG, DEFAULT_STATURE_M
from swinglever.synthetic.shapes import build_skins
from swinglever.synthetic.tables import length_scale, read_table

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument(
    "out", nargs="?", type=Path, default=Path("docs/pictures/runner.png"), help="picture to write (.png)"
)
picture = parser.parse_args().out.resolve()
bpy.ops.wm.read_factory_settings(use_empty=True)
scene, origin = bpy.context.scene, {"ground": np.zeros(3)}
for joint in build_joints(DEFAULT_STATURE_M):
    shift = [c.default * c.axis for c in joint.coordinates if not c.rotational]
    origin[joint.child] = origin[joint.parent] + joint.at_m + sum(shift, np.zeros(3))
scale = length_scale(read_table("runner_shapes.toml"), DEFAULT_STATURE_M)


def upright(points, turn, at):
    """From x forward, y up, z right to Blender's z up; ``turn`` degrees about the vertical, ``at`` metres across."""
    c, s = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))
    x, y, z = points.T
    return np.stack([c * x + s * z + at, s * x - c * z, y], axis=1)


def add(name, vertices, faces, colour, edges=()):
    """Put a mesh of one colour into the scene."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(vertices.tolist(), list(edges), [list(f) for f in faces])
    mesh.shade_smooth()
    thing = bpy.data.objects.new(name, mesh)
    thing.color = colour
    scene.collection.objects.link(thing)
    return thing


for turn, across in ((-90, -0.75), (0, 0.75)):
    for skin in build_skins():
        points = upright(skin.vertices_m * scale + origin[skin.body], turn, across - 0.35)
        add(skin.name, points, skin.faces, (0.86, 0.76, 0.68, 1))
    for muscle in build_muscles(DEFAULT_STATURE_M, DEFAULT_MASS_KG):
        path = np.array([origin[p.body] + p.polynomial_m[:, 0] for p in muscle.path])
        edges = [(i, i + 1) for i in range(len(path) - 1)]
        line = add(muscle.name, upright(path, turn, across + 0.35), [], (0.7, 0.1, 0.1, 1), edges)
        line.modifiers.new("tube", "SKIN")
        for vertex in line.data.skin_vertices[0].data:
            vertex.radius = [1.2e-4 * np.sqrt(muscle.max_force_n)] * 2
camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
camera.data.type, camera.data.ortho_scale = "ORTHO", 3.2
camera.location, camera.rotation_euler = (0, -5, 0.9), (np.pi / 2, 0, 0)
scene.collection.objects.link(camera)
scene.camera, scene.render.engine = camera, "BLENDER_WORKBENCH"
scene.display.shading.color_type, scene.display.shading.show_cavity = "OBJECT", True
scene.render.resolution_x, scene.render.resolution_y, scene.render.dither_intensity = 1200, 712, 0.0
scene.render.filepath = str(picture)
bpy.ops.render.render(write_still=True)
