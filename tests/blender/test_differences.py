"""Lines from the joints of a second runner to those of the first."""

from dataclasses import replace

import bpy
import numpy as np
import pytest
from blender_probe import set_frame, to_opensim

from swinglever_blender import changes
from swinglever_blender.differences import compare_poses
from swinglever_blender.lookup import Look, find_folder, find_part, read_time_map
from swinglever_blender.result import Result
from swinglever_blender.scene import build_scene


def bent(result: Result, body: str, forward_m: float) -> Result:
    """The same runner, one of his bodies further forward, and he himself elsewhere and faster."""
    pose = result.body_pose.copy()
    pose[:, result.body_names.index(body), 0, 3] += forward_m
    pose[:, :, 0, 3] += 3.0
    return replace(result, body_pose=pose, trial_name="bent")


@pytest.mark.parametrize("overlaid", [True, False])
def test_a_line_is_as_long_as_the_joint_is_away_pelvis_on_pelvis(
    scene: bpy.types.Scene, result: Result, overlaid: bool
) -> None:
    root = build_scene(scene, result, Look())
    second = changes.add_comparison(scene, root, bent(result, "calcn_r", 0.12), overlaid=overlaid, lock="phase")
    frames, names, ends = compare_poses(root, second)
    length = np.linalg.norm(ends[:, :, 1] - ends[:, :, 0], axis=2)
    heel = names.index("calcn_r")
    np.testing.assert_allclose(length[:, heel], 0.12, atol=1e-5)
    np.testing.assert_allclose(np.delete(length, heel, axis=1), 0.0, atol=1e-5)
    sample = len(frames) // 2
    time_s = float(read_time_map(root).to_seconds(frames[sample]))
    here = [
        np.interp(time_s, result.time_s, result.body_pose[:, result.body_names.index("calcn_r"), a, 3])
        for a in range(3)
    ]
    np.testing.assert_allclose(to_opensim(ends[sample, heel, 1]), here, atol=2e-3)


def test_the_lines_come_and_go_live_with_a_number_that_counts(scene: bpy.types.Scene, result: Result) -> None:
    root = build_scene(scene, result, Look())
    second = changes.add_comparison(scene, root, bent(result, "calcn_r", 0.12), overlaid=True, lock="phase")
    before = {block.session_uid for block in bpy.data.objects}
    second.swinglever.differences = True
    folder = find_folder(second, "differences")
    assert {item.name for item in folder.objects} == {"Differences", "Differences.001", "Apart"}
    set_frame(scene, float(read_time_map(root).to_frames(result.swings["r_1"].events_s["peak_flexion"])))
    number = next(item for item in folder.objects if item.name == "Apart")
    values = np.empty(len(number.data.vertices), np.float32)
    number.data.attributes["value"].data.foreach_get("value", values)
    np.testing.assert_allclose(values, 12.0, atol=1e-2)
    words = [item.location.y for item in find_folder(root, "captions").objects if item.type == "FONT"]
    assert number.location.y < min(words), "below what the title says, clear of the second figure"
    bpy.context.view_layer.objects.active = root
    bpy.ops.swinglever.choose_swing(swing="r_1")
    assert len(folder.objects) == 3
    second.swinglever.differences = False
    assert not folder.objects
    left = [block.name for block in bpy.data.objects if block.session_uid not in before]
    assert not [name for name in left if name.startswith(("Differences", "Apart"))]


def test_unlike_legs_have_no_differences_and_both_labels_face_the_camera(
    scene: bpy.types.Scene, result: Result
) -> None:
    """The first shows the right leg and the second the left; then the first shows the left too."""
    root = build_scene(scene, result, Look(swing="r_1"))
    second = changes.add_comparison(scene, root, result, overlaid=False, lock="phase", swing="l_1")
    second.swinglever.differences = True

    def facing() -> list[float]:
        """How far each label faces the camera, 1 to -1."""
        bpy.context.view_layer.update()
        ahead = scene.camera.matrix_world.col[2].to_3d()
        labels = [find_part(figure, "lever label") for figure in (root, second)]
        return [float(ahead @ label.matrix_world.col[2].to_3d()) for label in labels]

    assert find_folder(second, "differences") is None or not find_folder(second, "differences").objects
    np.testing.assert_allclose(facing(), 1.0, atol=1e-6)
    bpy.context.view_layer.objects.active = root
    bpy.ops.swinglever.choose_swing(swing="l_1")
    np.testing.assert_allclose(facing(), 1.0, atol=1e-6)
    assert find_folder(second, "differences").objects
