"""Pictures as they were when somebody last looked at them, to the grain of a postage stamp.

Each picture is rendered by Workbench at 320 by 180 pixels or the same upright, and averaged over blocks of 10 by 10:
that evens out what drivers and fonts' edges differ by, and still tells a lost legend, plot, figure or colour. After a
change that is wanted, look at the new pictures, and keep them with `SWINGLEVER_SNAPSHOTS=write` in the environment.
"""

import os
from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
import pytest
from blender_probe import set_frame

from swinglever_blender import changes, render, strobing
from swinglever_blender.lookup import Look, camera_of, read_time_map
from swinglever_blender.result import Result
from swinglever_blender.scene import build_scene

KEPT = Path(__file__).with_name("snapshots")
BLOCK, WIDE, TALL = 10, (320, 180), (180, 320)
#: Largest mean difference of a picture, and of one block, as shares of white: a row of the legend that is gone is more.
MEAN, ONE = 0.006, 0.09


def _still(scene: bpy.types.Scene, result: Result, look: Look) -> bpy.types.Object:
    root = build_scene(scene, result, look)
    set_frame(scene, float(read_time_map(root).to_frames(result.swings["r_1"].events_s["peak_flexion"])))
    return root


def _strobe(scene: bpy.types.Scene, result: Result) -> bpy.types.Object:
    root = build_scene(scene, result, Look(swing="r_1", theme="light"))
    strobing.add_strobe(scene, root, 4, "time")
    return root


def _comparison(scene: bpy.types.Scene, result: Result) -> bpy.types.Object:
    root = _still(scene, result, Look(swing="r_1"))
    changes.add_comparison(scene, root, result, overlaid=False, lock="phase")
    return root


CASES: dict[str, tuple[tuple[int, int], Callable[[bpy.types.Scene, Result], bpy.types.Object]]] = {
    "still_dark": (WIDE, lambda scene, result: _still(scene, result, Look(swing="r_1"))),
    "still_light_upright": (TALL, lambda scene, result: _still(scene, result, Look(swing="r_1", theme="light"))),
    "plot": (WIDE, lambda scene, result: _still(scene, result, Look(swing="r_1", quantity="knee flexion"))),
    "strobe_light": (WIDE, _strobe),
    "comparison": (WIDE, _comparison),
}


def blocks_of(path: Path, block: int = 1) -> np.ndarray:
    """Read a picture, averaged over blocks, (rows, columns, 3)."""
    image = bpy.data.images.load(str(path))
    image.colorspace_settings.name = "Non-Color"
    values = np.array(image.pixels[:]).reshape(image.size[1], image.size[0], 4)[..., :3]
    bpy.data.images.remove(image)
    return values.reshape(len(values) // block, block, -1, block, 3).mean(axis=(1, 3))


def keep(values: np.ndarray, path: Path) -> None:
    """Write blocks as a small picture."""
    image = bpy.data.images.new("kept", values.shape[1], values.shape[0])
    image.colorspace_settings.name = "Non-Color"
    image.pixels.foreach_set(np.dstack([values, np.ones(values.shape[:2])]).astype(np.float32).ravel())
    image.filepath_raw, image.file_format = str(path), "PNG"
    path.parent.mkdir(exist_ok=True)
    image.save()


@pytest.mark.parametrize("name", CASES)
def test_the_picture_is_as_it_was_looked_at(scene: bpy.types.Scene, result: Result, tmp_path: Path, name: str) -> None:
    size, build = CASES[name]
    scene.render.resolution_x, scene.render.resolution_y = size
    root = build(scene, result)
    render.render_still(scene, str(tmp_path / "now.png"), camera_of(root))
    now, kept = blocks_of(tmp_path / "now.png", BLOCK), KEPT / f"{name}.png"
    if os.environ.get("SWINGLEVER_SNAPSHOTS") == "write":
        keep(now, kept)
    apart = np.abs(now - blocks_of(kept)).max(axis=2)
    assert apart.mean() < MEAN
    assert apart.max() < ONE, f"in block (row from below, column) {np.unravel_index(apart.argmax(), apart.shape)}"


def test_a_picture_without_its_legend_is_told_from_one_with_it(
    scene: bpy.types.Scene, result: Result, tmp_path: Path
) -> None:
    """The tolerance can fail."""
    scene.render.resolution_x, scene.render.resolution_y = WIDE
    root = _still(scene, result, Look(swing="r_1"))
    for item in [item for item in scene.objects if item.name.startswith("Legend")][:2]:
        item.hide_render = True
    render.render_still(scene, str(tmp_path / "now.png"), camera_of(root))
    apart = np.abs(blocks_of(tmp_path / "now.png", BLOCK) - blocks_of(KEPT / "still_dark.png")).max(axis=2)
    assert apart.max() > ONE
