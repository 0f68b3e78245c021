"""A copy to hand on: all inside, no path of this machine, the same in a fresh Blender."""

import json
from pathlib import Path

import bpy
import numpy as np
import pytest

from swinglever_blender import share
from swinglever_blender.lookup import Look, bodies_of, list_roots
from swinglever_blender.result import Result, ResultError
from swinglever_blender.scene import build_scene


@pytest.fixture
def root(scene: bpy.types.Scene, result: Result) -> bpy.types.Object:
    return build_scene(scene, result, Look())


def test_a_copy_is_verified_and_names_nothing_of_this_machine(
    scene: bpy.types.Scene, root: bpy.types.Object, result: Result, tmp_path: Path
) -> None:
    held = root.swinglever.path, root.swinglever.text.as_string(), scene.frame_current
    picture = bpy.data.images.new("mine", 4, 4)
    picture.filepath_raw, picture.file_format = str(tmp_path / "mine.png"), "PNG"
    picture.save()
    picture.source = "FILE"
    said = bpy.ops.swinglever.share(filepath=str(tmp_path / "run.blend"))
    assert said == {"FINISHED"}
    assert held == (root.swinglever.path, root.swinglever.text.as_string(), scene.frame_current)
    assert picture.packed_file is None, "what is here stays as it is"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.png", "run.blend"]
    (tmp_path / "mine.png").unlink()
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "run.blend"))
    copy = list_roots(bpy.context.scene)[0]
    assert copy.swinglever.path == Path(result.path).name
    assert str(Path(result.path).parent) not in copy.swinglever.text.as_string()
    assert json.loads(copy.swinglever.text.as_string())["path"] == Path(result.path).name


def test_what_needs_another_file_is_refused_and_nothing_is_left(
    scene: bpy.types.Scene, root: bpy.types.Object, tmp_path: Path
) -> None:
    other = tmp_path / "library.blend"
    mesh = bpy.data.meshes.new("theirs")
    bpy.data.libraries.write(str(other), {mesh})
    with bpy.data.libraries.load(str(other), link=True) as (_, into):
        into.meshes = ["theirs"]
    scene.collection.objects.link(bpy.data.objects.new("linked", bpy.data.meshes["theirs", str(other)]))
    with pytest.raises(ResultError, match=r"needs .*library\.blend"):
        share.prepare_for_sharing(scene, str(tmp_path / "run.blend"))
    assert [path.name for path in tmp_path.iterdir()] == ["library.blend"]


def test_a_copy_that_shows_something_else_is_refused(
    scene: bpy.types.Scene, root: bpy.types.Object, tmp_path: Path
) -> None:
    """A user's handler moves a body here, and is gone there."""
    body = next(iter(bodies_of(root).values()))

    def push(scene: bpy.types.Scene, graph: object = None) -> None:
        body.delta_location.x = 0.01 * scene.frame_current

    bpy.app.handlers.frame_change_pre.append(push)
    try:
        with pytest.raises(ResultError, match="objects differ"):
            share.prepare_for_sharing(scene, str(tmp_path / "run.blend"))
    finally:
        bpy.app.handlers.frame_change_pre.remove(push)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "said"), [("run.png", "ending in .blend"), ("nowhere/run.blend", "no such folder")])
def test_a_place_that_cannot_be_written_is_refused(
    scene: bpy.types.Scene, root: bpy.types.Object, tmp_path: Path, name: str, said: str
) -> None:
    with pytest.raises(ResultError, match=said):
        share.prepare_for_sharing(scene, str(tmp_path / name))
    np.testing.assert_equal(len(list(tmp_path.iterdir())), 0)
