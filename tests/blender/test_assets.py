"""Node groups as assets, laid out to be read."""

from pathlib import Path

import bpy
import numpy as np
import pytest

from swinglever_blender import changes
from swinglever_blender.assets import draw_lines
from swinglever_blender.build import MARK
from swinglever_blender.lookup import Look
from swinglever_blender.result import Result
from swinglever_blender.scene import build_scene


def our_groups() -> list[bpy.types.NodeTree]:
    return [group for group in bpy.data.node_groups if MARK in group]


def test_every_group_is_an_asset_with_a_picture_of_its_own_also_after_reopening(
    scene: bpy.types.Scene, result: Result, tmp_path: Path
) -> None:
    build_scene(scene, result, Look())
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "run.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "run.blend"))
    groups, pictures = our_groups(), []
    assert len(groups) == 3
    for group in groups:
        assert group.asset_data.description
        assert "swinglever" in group.asset_data.tags
        pixels = np.empty(4 * 128 * 128, np.float32)
        group.preview.image_pixels_float.foreach_get(pixels)
        assert 0.05 < (pixels.reshape(-1, 4)[:, 3] > 0.5).mean() < 0.6
        pictures.append(pixels)
    assert not np.allclose(pictures[0], pictures[1])


def test_they_go_with_the_result_although_assets_are_kept(scene: bpy.types.Scene, result: Result) -> None:
    root = build_scene(scene, result, Look())
    changes.remove_result(scene, root)
    assert not our_groups()


def test_nodes_of_a_tree_do_not_lie_on_each_other_and_are_left_of_what_they_feed(
    scene: bpy.types.Scene, result: Result
) -> None:
    build_scene(scene, result, Look())
    for group in our_groups():
        places = {(round(node.location.x), round(node.location.y)) for node in group.nodes}
        assert len(places) == len(group.nodes)
        assert all(link.from_node.location.x < link.to_node.location.x for link in group.links)


def test_a_line_is_drawn_where_it_is() -> None:
    """A level line at a quarter of the height: its colour there, nothing at the top."""
    picture = draw_lines([(np.array([[0.1, 0.25], [0.9, 0.25]]), "#FFFFFF")])
    np.testing.assert_allclose(picture[32, 64], 1.0)
    assert picture[100].max() == 0.0
    assert picture[32, 2, 3] == pytest.approx(0.0)
