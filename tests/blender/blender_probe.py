"""Read back what Blender shows: used in the tests and, without the add-on, in a process of their own."""

import sys
import tempfile
from pathlib import Path

import bpy
import numpy as np

#: Corners of a frame, in metres: three of them and the origin fix a pose.
STATIONS = np.array([[0, 0, 0, 1], [0.1, 0, 0, 1], [0, 0.1, 0, 1], [0, 0, 0.1, 1]])


def set_frame(scene: bpy.types.Scene, frame: float) -> None:
    """Go to a frame, whole or not."""
    scene.frame_set(int(np.floor(frame)), subframe=float(frame - np.floor(frame)))


def to_opensim(points: np.ndarray) -> np.ndarray:
    """Turn Blender's axes to OpenSim's, written out here once more so that the add-on's own module is tested too."""
    return np.stack([points[..., 0], points[..., 2], -points[..., 1]], axis=-1)


def body_stations(name: str) -> np.ndarray:
    """Give the (4, 3) stations of a body as it stands at the current frame, in OpenSim's axes."""
    graph = bpy.context.evaluated_depsgraph_get()
    matrix = np.array(bpy.data.objects[name].evaluated_get(graph).matrix_world)
    return to_opensim((STATIONS @ matrix.T)[:, :3])


def strand_points(name: str, n_strands: int) -> np.ndarray:
    """Give the (strands, points, 3) centre lines of an object's tubes at the current frame, in OpenSim's axes."""
    graph = bpy.context.evaluated_depsgraph_get()
    shape = bpy.data.objects[name].evaluated_get(graph)
    vertices = np.empty(3 * len(shape.data.vertices), dtype=np.float32)
    shape.data.vertices.foreach_get("co", vertices)
    rings = _whole_rings(vertices.reshape(-1, 3)).astype(float)
    centres = rings.reshape(-1, 6, 3).mean(axis=1)
    world = np.column_stack([centres, np.ones(len(centres))]) @ np.array(shape.matrix_world).T
    return to_opensim(world[:, :3]).reshape(n_strands, -1, 3)


def _whole_rings(vertices: np.ndarray) -> np.ndarray:
    """Drop the single point that the node group joins to keep the active colour; it comes first or last."""
    spare = len(vertices) % 6
    ends = vertices[spare:], vertices[: len(vertices) - spare]
    return min(ends, key=_roundness)


def _roundness(vertices: np.ndarray) -> float:
    """Tell how far groups of six are from circles: 0 where they are the rings of tubes."""
    rings = vertices.reshape(-1, 6, 3)
    radii = np.linalg.norm(rings - rings.mean(axis=1, keepdims=True), axis=2)
    return float(np.ptp(radii, axis=1).max())


def render_pixels(scene: bpy.types.Scene, size: int = 96) -> np.ndarray:
    """Render the scene flat and give (size, size, 4) pixels, 0 to 1 as displayed; clear where nothing is."""
    scene.render.engine = "BLENDER_WORKBENCH"
    scene.display.shading.light, scene.display.shading.color_type = "FLAT", "VERTEX"
    scene.display.render_aa = "OFF"
    scene.view_settings.view_transform = "Standard"
    scene.render.film_transparent = True
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.render.resolution_percentage = 100
    settings = scene.render.image_settings
    settings.media_type, settings.file_format, settings.color_mode = "IMAGE", "PNG", "RGBA"
    with tempfile.TemporaryDirectory() as folder:
        scene.render.filepath = str(Path(folder) / "shot.png")
        bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(scene.render.filepath)
        pixels = np.array(image.pixels[:]).reshape(size, size, 4)
        bpy.data.images.remove(image)
    return pixels


def mean_colour(pixels: np.ndarray) -> np.ndarray:
    """Average what is fully covered, (3,)."""
    covered = pixels[pixels[..., 3] > 0.99]
    assert len(covered) > 20, "the picture is empty"
    return covered[:, :3].mean(axis=0)


def show_only(scene: bpy.types.Scene, name: str, width_m: float = 1.5) -> None:
    """Hide all but one object and look at it from the runner's right."""
    for item in scene.objects:
        item.hide_render = item.name != name
        item.animation_data_clear() if item.name != name else None
    camera = bpy.data.objects.new("probe", bpy.data.cameras.new("probe"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", width_m
    scene.collection.objects.link(camera)
    camera.location, camera.rotation_euler = (0.0, -4.0, 0.8), (np.pi / 2, 0, 0)
    scene.camera = camera


def main() -> None:
    """Open a scene and save what it shows at frames: probe.py SCENE OUT.npz N_STRANDS FRAME..."""
    path, out, n_strands, *frames = sys.argv[1:]
    bpy.ops.wm.open_mainfile(filepath=path)
    scene, seen = bpy.context.scene, {}
    names = [item.name for item in scene.objects if item.parent and item.type == "MESH" and item.name.endswith("_r")]
    for index, frame in enumerate(frames):
        set_frame(scene, float(frame))
        seen |= {f"{name}_{index}": body_stations(name) for name in names}
        seen[f"Muscles_{index}"] = strand_points("Muscles", int(n_strands))
    show_only(scene, "Muscles")
    for index, frame in enumerate(frames):
        set_frame(scene, float(frame))
        seen[f"colour_{index}"] = mean_colour(render_pixels(scene))
    seen["operators"] = np.array(hasattr(bpy.types, "SWINGLEVER_PT_verdict"))
    np.savez(out, **seen)


if __name__ == "__main__":
    main()
    import os

    os._exit(0)
