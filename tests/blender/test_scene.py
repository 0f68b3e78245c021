"""What an animator does with a result once it is in the scene."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import bpy
import numpy as np
import pytest
from blender_probe import body_stations, set_frame, strand_points, to_opensim
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

from swinglever_blender import changes, lookup, panel, strobing, summary
from swinglever_blender.families import on_leg
from swinglever_blender.lookup import Look, folder_of, read_time_map
from swinglever_blender.nodes import get_input
from swinglever_blender.owned import own_blocks
from swinglever_blender.poses import choose_times, lay_poses
from swinglever_blender.result import Metric, Result, read_result
from swinglever_blender.scene import build_scene
from swinglever_blender.stage import scale_of


@pytest.fixture
def root(scene: bpy.types.Scene, result: Result) -> bpy.types.Object:
    return build_scene(scene, result, Look(speed=0.5))


_READOUTS = ("Plot value", "Clock", "Inertia", "Lever length")


def go_to(scene: bpy.types.Scene, root: bpy.types.Object, time_s: float) -> None:
    set_frame(scene, float(read_time_map(root).to_frames(time_s)))


def evaluated(name: str) -> bpy.types.Object:
    return bpy.data.objects[name].evaluated_get(bpy.context.evaluated_depsgraph_get())


def visible(item: bpy.types.Object) -> bool:
    return not evaluated(item.name).hide_render


def test_the_weight_hangs_on_the_lever_at_the_legs_radius_of_gyration(
    scene: bpy.types.Scene, root: bpy.types.Object, result: Result
) -> None:
    lever = result.swings["r_1"].lever
    for sample in (0, 12, len(lever.time_s) - 1):
        go_to(scene, root, lever.time_s[sample])
        way = to_opensim(np.array(evaluated("Radius of gyration").matrix_world.translation)) - lever.hip_m[sample]
        along = lever.heel_m[sample] - lever.hip_m[sample]
        expected = lever.radius_of_gyration_m[sample] * along / np.linalg.norm(along)
        np.testing.assert_allclose(way, expected, atol=1e-5)


def test_the_lever_is_shown_during_its_swing_only(
    scene: bpy.types.Scene, root: bpy.types.Object, result: Result
) -> None:
    lever = result.swings["r_1"].lever
    shown = []
    for time_s in (lever.time_s[0] - 0.1, lever.time_s[5], lever.time_s[-1] + 0.1):
        go_to(scene, root, time_s)
        shown.append([visible(bpy.data.objects[name]) for name in ("Lever", "Radius of gyration", "Radius at toe-off")])
    assert shown == [[False] * 3, [True] * 3, [False] * 3]


def test_the_heel_path_grows_with_time(scene: bpy.types.Scene, root: bpy.types.Object, result: Result) -> None:
    lever = result.swings["r_1"].lever
    counts = []
    for sample in (2, 10, len(lever.time_s) - 1):
        go_to(scene, root, lever.time_s[sample])
        counts.append(len(evaluated("Heel path").data.vertices) // 6)
    assert counts == [3, 11, len(lever.time_s)]


def test_the_ghost_leg_stands_where_the_ablation_put_it(
    scene: bpy.types.Scene, root: bpy.types.Object, result: Result
) -> None:
    ghost = result.swings["r_1"].ghosts["no_hamstrings"]
    sample = 15
    go_to(scene, root, ghost.time_s[sample])
    shank = ghost.body_names.index("tibia_r")
    np.testing.assert_allclose(
        body_stations("tibia_r no_hamstrings")[0], ghost.body_pose[sample, shank, :3, 3], atol=1e-5
    )
    # Folded 30 % further, the ghost's heel is well away from the leg's own.
    heel = ghost.body_names.index("calcn_r")
    apart = body_stations("calcn_r")[0] - ghost.body_pose[sample, heel, :3, 3]
    assert np.linalg.norm(apart) > 0.1


def test_ghosts_go_on_and_off(root: bpy.types.Object) -> None:
    folder = folder_of(root, "ghosts").children[0]
    assert not folder.hide_render
    bpy.ops.swinglever.ghost(case="")
    assert folder.hide_render
    assert folder.hide_viewport
    bpy.ops.swinglever.ghost(case="no_hamstrings")
    assert not folder.hide_render
    with pytest.raises(RuntimeError, match=r"no ghost 'no_brain'; there are \['no_hamstrings'\]"):
        bpy.ops.swinglever.ghost(case="no_brain")


def test_events_of_the_swing_are_marked_and_jumped_to(
    scene: bpy.types.Scene, root: bpy.types.Object, result: Result
) -> None:
    events, time_map = result.swings["r_1"].events_s, read_time_map(root)
    frames = {marker.name: marker.frame for marker in scene.timeline_markers}
    assert frames["Peak flexion r_1"] == round(float(time_map.to_frames(events["peak_flexion"])))
    assert "Toe-off l_1" in frames
    bpy.ops.swinglever.jump(event="toe_off")
    assert scene.frame_current_final == pytest.approx(float(time_map.to_frames(events["toe_off"])), abs=1e-4)
    bpy.ops.swinglever.jump(direction=1)
    assert scene.frame_current_final == pytest.approx(float(time_map.to_frames(events["thigh_reversal"])), abs=1e-4)
    bpy.ops.swinglever.jump(direction=-1)
    assert scene.frame_current_final == pytest.approx(float(time_map.to_frames(events["toe_off"])), abs=1e-4)


def test_slow_motion_keeps_every_pose_at_its_time(
    scene: bpy.types.Scene, root: bpy.types.Object, result: Result
) -> None:
    time_s = result.time_s[30]
    go_to(scene, root, time_s)
    before, frame = body_stations("tibia_r"), scene.frame_current_final
    peak = next(m.frame for m in scene.timeline_markers if m.name == "Peak flexion r_1")
    root.swinglever.speed = 0.125
    go_to(scene, root, time_s)
    # Twice rounded to single precision frames: see the tolerance of the motion tests.
    np.testing.assert_allclose(body_stations("tibia_r"), before, atol=2e-5)
    assert scene.frame_current_final - 1 == pytest.approx(4 * (frame - 1), rel=1e-6)
    assert next(m.frame for m in scene.timeline_markers if m.name == "Peak flexion r_1") == 1 + 4 * (peak - 1)


def test_another_swing_brings_its_own_lever_and_leaves_nothing_behind(
    scene: bpy.types.Scene, root: bpy.types.Object, result: Result
) -> None:
    def count() -> list[int]:
        return [len(kind) for kind in (bpy.data.objects, bpy.data.meshes, bpy.data.actions, bpy.data.curves)]

    bpy.ops.swinglever.choose_swing(swing="l_1")
    first = count()
    lever = result.swings["l_1"].lever
    go_to(scene, root, lever.time_s[8])
    np.testing.assert_allclose(strand_points("Lever", 1)[0], [lever.hip_m[8], lever.heel_m[8]], atol=1e-5)
    assert scene.camera.matrix_world.translation.y > 1, "the camera looks from the left at a left swing"
    for key in ("r_1", "l_1", "r_1", "l_1"):
        bpy.ops.swinglever.choose_swing(swing=key)
    assert count() == first


def test_the_strobe_freezes_poses_that_stay(scene: bpy.types.Scene, root: bpy.types.Object, result: Result) -> None:
    swing = result.swings["r_1"]
    bpy.ops.swinglever.strobe(poses=5)
    poses = folder_of(root, "strobe").children
    assert len(poses) == 5
    frozen = next(item for item in poses[2].objects if item.name.startswith("tibia_r"))
    place = frozen.matrix_world.copy()
    scene.frame_set(1)
    assert frozen.matrix_world == place
    middle = (swing.time_s[0] + swing.time_s[-1]) / 2
    go_to(scene, root, middle)
    # The middle pose of an odd number is not shifted along the run.
    shown = np.array([frozen.matrix_world[0][3], frozen.matrix_world[2][3], -frozen.matrix_world[1][3]])
    np.testing.assert_allclose(shown, body_stations("tibia_r")[0], atol=1e-4)
    shifts = [next(i for i in p.objects if i.name.startswith("pelvis")).matrix_world.translation.x for p in poses]
    # On a belt, where no way is told, poses are as far apart as the picture has room for; the pelvis sways a little.
    assert np.diff(shifts).min() > 0.8
    np.testing.assert_allclose(np.diff(shifts), np.diff(shifts).mean(), atol=0.15)
    bpy.ops.swinglever.strobe(poses=0)
    assert not folder_of(root, "strobe").children
    assert not folder_of(root, "bodies").hide_render


def test_a_strobe_keeps_the_muscles_of_the_swing_leg(root: bpy.types.Object, result: Result) -> None:
    bpy.ops.swinglever.strobe(poses=2)
    pose = folder_of(root, "strobe").children[0]
    mesh = next(item for item in pose.objects if item.name.startswith("Muscles")).data
    n_right = sum(name.endswith("_r") for name in result.muscle_names)
    assert len(mesh.vertices) == n_right * result.muscle_path_m.shape[2] * 6


def test_poses_are_spaced_by_time_phase_or_angle(result: Result) -> None:
    entry = summary.summarise(result)["swings"]["r_1"]
    time_s, knee = np.array(entry["time_s"]), np.array(entry["knee_deg"])
    by_time, by_phase, by_angle = (choose_times(entry, 7, spacing) for spacing in ("time", "phase", "angle"))
    np.testing.assert_allclose(np.diff(by_time), np.ptp(time_s) / 6, atol=1e-9)
    assert by_phase[3] == pytest.approx(entry["events_s"]["peak_flexion"])
    moved = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(knee)))])
    np.testing.assert_allclose(np.diff(np.interp(by_angle, time_s, moved)), moved[-1] / 6, atol=0.01)


@pytest.mark.parametrize(("shape", "rows"), [(0.3, 1), (1.6, 2), (4.0, 3)])
def test_poses_fill_the_picture_in_rows(shape: float, rows: int) -> None:
    layout = lay_poses(6, 0.0, shape)
    assert layout.row.max() + 1 == rows
    places = np.column_stack([layout.shift_m, layout.drop_m])
    apart = [np.abs(a - b) for a, b in combinations(places, 2)]
    assert all(x >= 0.85 - 1e-9 or y >= 2.0 for x, y in apart)


def test_a_second_strobe_stands_below_the_first(scene: bpy.types.Scene, root: bpy.types.Object, result: Result) -> None:
    second = changes.add_comparison(scene, root, result, overlaid=False, lock="phase")
    strobing.add_strobe(scene, root, 3, "phase")
    places = [[list(pose["place"]) for pose in folder_of(figure, "strobe").children] for figure in (root, second)]
    apart = np.array(places[1]) - np.array(places[0])
    np.testing.assert_allclose(apart, [[0.0, 0.0, -2.0 * scale_of(root) - 0.65]] * 3, atol=0.02)


@pytest.mark.parametrize("n_poses", [7, 15])
def test_labels_of_a_strobe_do_not_overlap(root: bpy.types.Object, n_poses: int) -> None:
    bpy.ops.swinglever.strobe(poses=n_poses)
    bpy.context.view_layer.update()
    poses = folder_of(root, "strobe").children
    labels = {i: [item for item in pose.objects if item.type == "FONT"] for i, pose in enumerate(poses)}
    shown = [i for i, items in labels.items() if items]
    assert {0, n_poses - 1} <= set(shown), "the first and the last pose are named"
    assert len(shown) == n_poses
    boxes = [(item.location.x, item.location.z, item.dimensions.x / 2) for i in shown for item in labels[i]]
    for (x, z, half), (other_x, other_z, other_half) in combinations(boxes, 2):
        assert abs(x - other_x) > half + other_half or abs(z - other_z) > 0.1


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (800, 1000), (720, 720), (1280, 400)])
def test_every_caption_is_inside_the_picture(scene: bpy.types.Scene, result: Result, size: tuple[int, int]) -> None:
    scene.render.resolution_x, scene.render.resolution_y = size
    build_scene(scene, result, Look())
    bpy.context.view_layer.update()
    said = [item for item in scene.objects if item.type == "FONT" or item.name.startswith(_READOUTS)]
    shown = [evaluated(item.name) for item in said]
    corners = [item.matrix_world @ Vector(corner) for item in shown for corner in item.bound_box]
    seen = np.array([world_to_camera_view(scene, scene.camera, corner)[:2] for corner in corners])
    assert len(said) > 20
    assert seen.min() > 0
    assert seen.max() < 1


def seen(scene: bpy.types.Scene, name: str) -> np.ndarray:
    """Give where the corners of a thing's box are in the picture, from its lower left, (8, 2)."""
    item = evaluated(name)
    corners = [item.matrix_world @ Vector(corner) for corner in item.bound_box]
    return np.array([world_to_camera_view(scene, scene.camera, corner)[:2] for corner in corners])


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (800, 1000), (720, 720), (1280, 400)])
def test_the_clock_stands_below_the_belt_or_above_it(
    scene: bpy.types.Scene, result: Result, size: tuple[int, int]
) -> None:
    scene.render.resolution_x, scene.render.resolution_y = size
    build_scene(scene, result, Look())
    clock, belt = seen(scene, "Clock")[:, 1], seen(scene, "Ground")[:, 1]
    assert clock.max() < belt.min() or clock.min() > belt.max()


def test_the_ghosts_heel_path_is_dashed(root: bpy.types.Object) -> None:
    """Half of it is drawn, so that it is not taken for the runner's own, whose colours may be alike."""
    own, ghost = (bpy.data.objects[f"Heel path{case}"].data for case in ("", " no_hamstrings"))

    def drawn(mesh: bpy.types.Mesh) -> float:
        ends = np.array([[mesh.vertices[k].co for k in edge.vertices] for edge in mesh.edges])
        points = np.array([vertex.co for vertex in mesh.vertices])
        whole = np.linalg.norm(np.diff(points, axis=0), axis=1).sum()
        return float(np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1).sum() / whole)

    assert drawn(own) == pytest.approx(1.0, abs=1e-6)
    assert 0.3 < drawn(ghost) < 0.7


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (800, 1000), (720, 720), (1280, 400)])
def test_the_runner_stands_clear_of_the_plots(scene: bpy.types.Scene, result: Result, size: tuple[int, int]) -> None:
    scene.render.resolution_x, scene.render.resolution_y = size
    root = build_scene(scene, result, Look())
    go_to(scene, root, result.swings["r_1"].events_s["peak_flexion"])

    def span(items: list[bpy.types.Object]) -> np.ndarray:
        shown = [evaluated(item.name) for item in items]
        corners = [item.matrix_world @ Vector(corner) for item in shown for corner in item.bound_box]
        seen = np.array([world_to_camera_view(scene, scene.camera, corner)[:2] for corner in corners])
        return np.array([seen.min(axis=0), seen.max(axis=0)])

    body = span([item for item in lookup.bodies_of(root).values() if item.data.vertices])
    ground = span([bpy.data.objects["Column"]])
    assert body.min() > 0
    assert body.max() < 1
    assert body[1, 0] < ground[0, 0] or body[0, 1] > ground[1, 1], "left of the plots or above them"


@pytest.mark.parametrize("lock", ["time", "phase"])
def test_two_results_run_in_step(
    scene: bpy.types.Scene, root: bpy.types.Object, result_file: Path, result: Result, lock: str
) -> None:
    """The second figure shows its left swing while the first shows its right one."""
    marked = {marker.name: marker.frame for marker in scene.timeline_markers}
    bpy.ops.swinglever.compare(filepath=str(result_file), lock=lock, swing="l_1")
    assert {marker.name: marker.frame for marker in scene.timeline_markers} == marked
    other = next(item for item in lookup.list_roots(scene) if item is not root)
    own, theirs = result.swings["r_1"].events_s, result.swings["l_1"].events_s
    first, second = read_time_map(root), read_time_map(other)
    names = ["toe_off", "peak_flexion", "foot_strike"] if lock == "phase" else ["toe_off"]
    for name in names:
        assert float(second.to_frames(theirs[name])) == pytest.approx(float(first.to_frames(own[name])))
    if lock == "time":
        later = float(second.to_frames(theirs["toe_off"] + 0.1)), float(first.to_frames(own["toe_off"] + 0.1))
        assert later[0] == pytest.approx(later[1])
    assert "hamner, left leg, swing 1: momentum folded the knee, not the hamstrings" in [
        i.data.body for i in scene.objects if i.type == "FONT"
    ]
    set_frame(scene, float(first.to_frames(own["toe_off"])))
    shank = next(item for item in folder_of(other, "bodies").objects if item.name.startswith("tibia_l"))
    sample = int(np.argmin(np.abs(result.time_s - theirs["toe_off"])))
    shown = evaluated(shank.name).matrix_world.translation - evaluated(other.name).matrix_world.translation
    expected = result.body_pose[sample, result.body_names.index("tibia_l"), :3, 3]
    np.testing.assert_allclose([shown.x, shown.z, -shown.y], expected, atol=1e-4)


def in_another_laboratory(result: Result, *, quarters: int, shift_m: tuple[float, float, float]) -> Result:
    """Turn a trial's bodies about the vertical, left about, and move them."""
    turn = np.linalg.matrix_power(np.array([[0, 0, 1, 0], [0, 1, 0, 0], [-1, 0, 0, 0], [0, 0, 0, 1]]), quarters)
    pose = turn @ result.body_pose
    pose[..., :3, 3] += shift_m
    return replace(result, body_pose=pose)


@pytest.mark.parametrize("overground", [False, True])
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_two_results_keep_their_distance_whatever_their_laboratories_call_forward(
    scene: bpy.types.Scene, result: Result, quarters: int, overground: bool
) -> None:
    """One and a half metres behind, facing the same way on the same floor; on the left of a picture from the right."""
    root = build_scene(scene, result, Look(overground=overground))
    other = in_another_laboratory(result, quarters=quarters, shift_m=(1.5, 0.4, -2.0))
    second = changes.add_comparison(scene, root, other, overlaid=False, lock="phase")
    first_pelvis, second_pelvis = (lookup.bodies_of(each)["pelvis"] for each in (root, second))
    for name in ("toe_off", "peak_flexion", "foot_strike"):
        go_to(scene, root, result.swings["r_1"].events_s[name])
        own, theirs = (np.array(evaluated(item.name).matrix_world) for item in (first_pelvis, second_pelvis))
        np.testing.assert_allclose(theirs[:3, 3] - own[:3, 3], [-1.5, 0, 0], atol=1e-4)
        np.testing.assert_allclose(theirs[:3, :3], own[:3, :3], atol=1e-5)


def test_a_runner_is_seen_from_the_side_whatever_the_laboratory_calls_forward(
    scene: bpy.types.Scene, result: Result
) -> None:
    root = build_scene(scene, in_another_laboratory(result, quarters=3, shift_m=(0.7, 0.0, 3.0)), Look())
    bpy.context.view_layer.update()
    pelvis = evaluated(lookup.bodies_of(root)["pelvis"].name)
    view = scene.camera.matrix_world.inverted() @ pelvis.matrix_world
    ahead = np.array(view)[:3, 0]
    assert ahead[0] > 0.9, "the runner faces to the right of the picture"
    assert world_to_camera_view(scene, scene.camera, pelvis.matrix_world.translation).x == pytest.approx(0.37, abs=0.03)


def test_a_treadmill_runner_can_be_carried_over_the_ground(scene: bpy.types.Scene, result: Result) -> None:
    root = build_scene(scene, result, Look(overground=True))
    places = []
    for time_s in result.time_s[[0, -1]]:
        go_to(scene, root, time_s)
        places.append(evaluated(root.name).matrix_world.translation.x)
    expected = result.belt_speed_m_s * (result.time_s[-1] - result.time_s[0])
    assert places[1] - places[0] == pytest.approx(expected, rel=1e-4)


def points_of(name: str) -> np.ndarray:
    """Give the points of a mesh where they stand in the world."""
    item = evaluated(name)
    world = np.array(item.matrix_world)
    local = np.array([vertex.co for vertex in bpy.data.objects[name].data.vertices])
    return local @ world[:3, :3].T + world[:3, 3]


def test_a_heel_path_stays_on_the_ground_while_the_runner_is_carried_over_it(
    scene: bpy.types.Scene, result: Result
) -> None:
    """Each point of it is where the heel was at its time; later it is still there."""
    root = build_scene(scene, result, Look(overground=True, ghost="no_hamstrings"))
    lever = result.swings["r_1"].lever
    go_to(scene, root, lever.time_s[-1])
    path, swept, ghost = (points_of(name) for name in ("Heel path", "Swept by the lever", "Heel path no_hamstrings"))
    carried = result.belt_speed_m_s * (lever.time_s - result.time_s[0])
    expected = np.column_stack([lever.heel_m[:, 0] + carried, -lever.heel_m[:, 2], lever.heel_m[:, 1]])
    np.testing.assert_allclose(path, expected, atol=1e-4)
    np.testing.assert_allclose(swept[len(path) :], expected, atol=1e-4)
    assert ghost[-1, 0] - ghost[0, 0] > 0.9 * (carried[-1] - carried[0])
    go_to(scene, root, result.time_s[0])
    np.testing.assert_allclose(points_of("Heel path"), path, atol=1e-6)
    go_to(scene, root, lever.time_s[8])
    shown = np.array(evaluated("calcn_r").matrix_world)[:3, 3]
    np.testing.assert_allclose(shown, expected[8], atol=1e-4)


@pytest.mark.parametrize(("asked", "expected"), [("", "l_1"), ("r_1", "r_1")])
def test_a_comparison_takes_the_same_leg_unless_another_swing_is_asked_for(
    scene: bpy.types.Scene, root: bpy.types.Object, result: Result, asked: str, expected: str
) -> None:
    bpy.ops.swinglever.choose_swing(swing="l_1")
    second = changes.add_comparison(scene, root, result, overlaid=True, lock="phase", swing=asked)
    assert second.swinglever.swing == expected


def test_the_belt_lies_under_a_runner_who_does_not_run_at_the_origin(scene: bpy.types.Scene, result: Result) -> None:
    root = build_scene(scene, in_another_laboratory(result, quarters=0, shift_m=(0.4, 0.0, 1.03)), Look())
    go_to(scene, root, result.time_s[10])
    pelvis, belt = evaluated(lookup.bodies_of(root)["pelvis"].name), points_of("Ground")
    assert belt[:, 0].min() < pelvis.matrix_world.translation.x < belt[:, 0].max()
    assert belt[:, 1].min() < pelvis.matrix_world.translation.y < belt[:, 1].max()


def test_the_belt_lies_under_both_runners_and_its_stripes_stay_half_a_metre_apart(
    scene: bpy.types.Scene, root: bpy.types.Object, result: Result
) -> None:
    second = changes.add_comparison(scene, root, replace(result, belt_speed_m_s=4.0), overlaid=False, lock="phase")
    go_to(scene, root, result.swings["r_1"].time_s[0])
    belt, stripes = points_of("Ground"), points_of("Stripes")
    for figure in (root, second):
        x = evaluated(lookup.bodies_of(figure)["pelvis"].name).matrix_world.translation.x
        assert belt[:, 0].min() < x - 0.5 < x + 0.5 < belt[:, 0].max()
        assert stripes[:, 0].min() < x < stripes[:, 0].max()
    np.testing.assert_allclose(np.diff(np.unique(stripes[::4, 0].round(3))), 0.5, atol=2e-3)


def test_the_words_about_a_second_result_stay_beside_the_plots(
    scene: bpy.types.Scene, root: bpy.types.Object, result: Result
) -> None:
    changes.add_comparison(
        scene, root, replace(result, trial_name="a_trial_of_a_rather_long_name"), overlaid=False, lock="phase"
    )
    bpy.context.view_layer.update()
    words = [item for item in folder_of(root, "captions").objects if item.name.startswith("Second")]
    plane = lookup.find_part(root, "plane")
    assert len(words) == 2
    for item in words:
        assert item.location.x + item.dimensions.x / plane.matrix_world.median_scale < 0.5 - 0.302


def panel_text(cls: type) -> str:
    """Draw a panel and gather the words on it."""
    layout = MagicMock()
    for name in ("row", "column", "box", "split"):
        getattr(layout, name).return_value = layout
    cls.draw(SimpleNamespace(layout=layout), bpy.context)
    calls = [*layout.label.call_args_list, *layout.operator.call_args_list]
    return "\n".join(str(call.kwargs.get("text", "")) for call in calls)


def test_the_panel_says_verdict_reason_and_a_labs_own_metric(
    scene: bpy.types.Scene, root: bpy.types.Object, result: Result
) -> None:
    said = panel_text(panel.SWINGLEVER_PT_verdict)
    assert "Momentum driven" in said
    assert "the hamstrings make 3 % of the early fold" in said
    peak = result.swings["r_1"].knee_flexion_deg.max()
    said = panel_text(panel.SWINGLEVER_PT_metrics)
    assert f"{peak:.3g} deg ({peak - 4:.3g} to {peak + 4:.3g})" in said
    assert "our lab index" in said
    assert "0.25" in said
    assert "peak without hamstrings" in said


def test_the_panel_says_what_holds_now(scene: bpy.types.Scene, root: bpy.types.Object, result: Result) -> None:
    swing = result.swings["r_1"]
    sample = int(np.argmax(swing.knee_flexion_deg))
    go_to(scene, root, swing.time_s[sample])
    said = panel_text(panel.SWINGLEVER_PT_now)
    assert f"{swing.knee_flexion_deg[sample]:.0f}°" in said
    assert f"{swing.contributions_deg['leg']['hamstrings'][sample]:+.0f}°" in said
    lever = swing.lever
    assert f"{100 * np.linalg.norm(lever.heel_m[sample] - lever.hip_m[sample]):.0f} cm" in said
    go_to(scene, root, swing.time_s[0] - 0.2)
    assert "outside this swing" in panel_text(panel.SWINGLEVER_PT_now)


def test_the_panel_offers_an_import_where_there_is_no_result() -> None:
    assert "Import a result" in panel_text(panel.SWINGLEVER_PT_verdict)


def test_an_undefined_metric_gives_its_reason() -> None:
    metric = {"name": "x", "value": float("nan"), "unit": "s", "low": 0, "high": 0, "reason": "no ground force"}
    assert summary.describe_metrics({"metrics": [metric]}) == [("x", "undefined: no ground force")]


def test_the_legend_follows_the_colours(scene: bpy.types.Scene, result_file: Path) -> None:
    bpy.ops.swinglever.import_result(filepath=str(result_file), colour_by="contribution", new_scene=False)

    def words() -> set[str]:
        shown = (item for item in scene.objects if item.type == "FONT" and item.visible_get())
        return {item.data.body for item in shown}

    assert "through momentum" in words()
    lookup.list_roots(scene)[0].swinglever.colour_by = "power"
    assert "shortens, does work" in words()
    assert "through momentum" not in words()


def test_the_plot_grows_to_the_peak_and_stays(scene: bpy.types.Scene, root: bpy.types.Object, result: Result) -> None:
    swing, seen = result.swings["r_1"], []
    peak_s = swing.time_s[np.argmax(swing.knee_flexion_deg)]
    for time_s in (swing.time_s[0], (swing.time_s[0] + peak_s) / 2, peak_s, swing.time_s[-1]):
        go_to(scene, root, time_s)
        curve = evaluated("momentum").data
        reach = max((vertex.co.x for vertex in curve.vertices), default=0.0)
        seen.append([evaluated("Cursor").location.x, reach])
    width = max(vertex.co.x for vertex in bpy.data.objects["Plot area"].data.vertices)
    cursor, reach = np.array(seen).T
    np.testing.assert_allclose(cursor, [0, width / 2, width, width], atol=1e-4)
    np.testing.assert_allclose(reach, cursor, atol=width / 12)


def text_size(text: str, size: float) -> np.ndarray:
    """Give width and number of points of a text that Blender itself fills."""
    curve = bpy.data.curves.new("probe", "FONT")
    curve.body, curve.size = text, size
    item = bpy.data.objects.new("probe", curve)
    bpy.context.scene.collection.objects.link(item)
    mesh = item.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
    x = [vertex.co.x for vertex in mesh.vertices]
    bpy.data.objects.remove(item)
    return np.array([max(x) - min(x), len(x)])


def test_numbers_count_with_the_frames(scene: bpy.types.Scene, root: bpy.types.Object, result: Result) -> None:
    """What is written is known by its width: the knee's angle with its sign, the clock, the length of the lever."""
    swing, lever = result.swings["r_1"], result.swings["r_1"].lever
    length = 100 * np.linalg.norm(lever.heel_m - lever.hip_m, axis=1)
    for sample in (3, 9):
        go_to(scene, root, swing.time_s[sample])
        gained = swing.contributions_deg["shank"]["hamstrings"][sample]
        expected = {
            "Clock": (f"{swing.time_s[sample] - swing.time_s[0]:.2f} s after toe-off", 0.0215),
            "Plot value.001": (f"{gained:+.0f}°".replace("-", "−"), 0.0195),
            "Lever length": (f"{length[0]:.0f} → {length[sample]:.0f} cm", 0.105 * scale_of(root)),
        }
        for name, (text, size) in expected.items():
            x = [vertex.co.x for vertex in evaluated(name).data.vertices]
            assert max(x) - min(x) == pytest.approx(text_size(text, size)[0], abs=0.02 * size), (name, text)


def test_the_picture_says_who_what_and_why_without_names_of_coordinates(scene: bpy.types.Scene, result: Result) -> None:
    swing, speed = (
        result.swings["r_1"],
        Metric(name="running_speed", value=3.96, unit="m/s", low=3.9, high=4.0, reason=""),
    )
    told = replace(
        swing,
        verdict="hamstring-initiated",
        verdict_reason="hamstrings made 31% of it; large reserves at hip_adduction_l",
        metrics=[*swing.metrics, speed],
    )
    build_scene(scene, replace(result, trial_name="our_runner", swings={"r_1": told}), Look())
    said = [item.data.body for item in scene.objects if item.name.startswith(("Title", "Subtitle"))]
    assert said == [
        "The hamstrings folded the knee",
        "our runner, running at 4.0 m/s, right leg, swing 1",
        "Hamstrings made 31% of it",
    ]


def test_the_lever_says_how_far_it_shortens_and_shows_what_it_has_lost(
    scene: bpy.types.Scene, root: bpy.types.Object, result: Result
) -> None:
    lever = result.swings["r_1"].lever
    lengths = np.linalg.norm(lever.heel_m - lever.hip_m, axis=1)
    go_to(scene, root, lever.time_s[12])
    near, far = strand_points("Lever lost", 1)[0]
    np.testing.assert_allclose(near, lever.heel_m[12], atol=1e-5)
    assert np.linalg.norm(far - lever.hip_m[12]) == pytest.approx(max(lengths[0], lengths[12]), abs=1e-5)
    towards = scene.camera.matrix_world.translation - evaluated("Lever length").matrix_world.translation
    face = evaluated("Lever length").matrix_world.to_3x3() @ Vector((0, 0, 1))
    assert face.dot(towards) > 0, "it can be read from where the camera stands"


def test_a_result_is_found_again_after_reopening(tmp_path: Path, root: bpy.types.Object, result: Result) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "run.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "run.blend"))
    again = lookup.list_roots(bpy.context.scene)[0]
    assert lookup.read_summary(again)["swings"].keys() == result.swings.keys()
    again.swinglever.ghost = "no_hamstrings"
    bpy.ops.swinglever.choose_swing(swing="l_1")
    assert again.swinglever.swing == "l_1"


def test_groups_of_the_same_name_are_summed(result_file: Path) -> None:
    swing = read_result(result_file).swings["r_1"]
    total = sum(swing.contributions_deg["leg"].values())
    # Three sources, each kept to a whole multiple of 2^-17 rad.
    rounding = 3 * np.degrees(2**-18)
    np.testing.assert_allclose(total, swing.knee_flexion_deg - swing.knee_flexion_deg[0], atol=rounding)


def test_a_skin_can_be_made_see_through(scene: bpy.types.Scene, result: Result) -> None:
    root = build_scene(scene, result, Look(opacity=0.4))
    shank = lookup.bodies_of(root)["tibia_r"]
    assert shank.color[3] == pytest.approx(0.4)
    assert shank.material_slots[0].material.diffuse_color[3] == pytest.approx(0.4)
    root.swinglever.opacity = 1.0
    assert shank.color[3] == 1.0


def test_markers_and_forces_stand_where_they_were_measured(scene: bpy.types.Scene, result: Result) -> None:
    """A marker that is lost halfway, and a force of 800 N upwards: 0.4 m of line."""
    n_times = len(result.time_s)
    marker = np.tile([0.3, 1.0, -0.2], (n_times, 1, 1))
    marker[30:] = np.nan
    force, point = np.tile([0.0, 800.0, 0.0], (n_times, 1, 1)), np.tile([0.1, 0.0, 0.2], (n_times, 1, 1))
    measured = {"marker_names": ["knee"], "marker_position_m": marker, "force_n": force, "force_point_m": point}
    root = build_scene(scene, replace(result, **measured), Look(measured=True))
    go_to(scene, root, result.time_s[5])
    np.testing.assert_allclose(strand_points("Markers", 1)[0].mean(axis=0), [0.3, 1.0, -0.2], atol=1e-5)
    line = strand_points("Ground forces", 1)[0]
    np.testing.assert_allclose(line, [[0.1, 0.0, 0.2], [0.1, 0.4, 0.2]], atol=1e-5)
    go_to(scene, root, result.time_s[40])
    assert len(evaluated("Markers").data.polygons) == 0, "what was not seen is not drawn"
    assert not folder_of(root, "measured").hide_render
    root.swinglever.measured = False
    assert folder_of(root, "measured").hide_render


def test_no_arrow_stands_where_there_is_no_force(scene: bpy.types.Scene, result: Result) -> None:
    """Two plates: one carries the runner, the other reads the 8 N that a plate reads of nobody."""
    force, point = np.zeros((len(result.time_s), 2, 3)), np.tile([0.1, 0.0, 0.2], (len(result.time_s), 2, 1))
    force[:, 0, 1], force[:, 1, 1] = 800.0, 8.0
    root = build_scene(scene, replace(result, force_n=force, force_point_m=point), Look(measured=True))
    go_to(scene, root, result.time_s[5])
    np.testing.assert_allclose(strand_points("Ground forces", 1)[0], [[0.1, 0.0, 0.2], [0.1, 0.4, 0.2]], atol=1e-5)


def test_looks_can_be_keyed(scene: bpy.types.Scene, root: bpy.types.Object) -> None:
    state, shank = root.swinglever, lookup.bodies_of(root)["tibia_r"]
    for frame, opacity, way, ghost in ((1, 1.0, "contribution", True), (21, 0.5, "power", False)):
        state.opacity, state.colour_by, state.ghost_visible = opacity, way, ghost
        for name in ("opacity", "colour_by", "ghost_visible"):
            root.keyframe_insert(f"swinglever.{name}", frame=frame)
    shown = []
    for frame in (1, 11, 21, 1):
        scene.frame_set(frame)
        (folder,) = [child for child in folder_of(root, "ghosts").children if child["case"] == "no_hamstrings"]
        muscles = lookup.find_part(root, "muscles").modifiers[0]
        shown.append((round(shank.color[3], 2), get_input(muscles, "Colour by"), not folder.hide_render))
    first = (1.0, "contribution", True)
    assert shown == [first, (0.75, "contribution", True), (0.5, "power", False), first]


def test_looks_can_be_driven(scene: bpy.types.Scene, root: bpy.types.Object) -> None:
    """A driver without any key: the object has no action."""
    shank = lookup.bodies_of(root)["tibia_r"]
    root.driver_add("swinglever.opacity").driver.expression = "0.25 + 0.5 * (frame > 10)"
    shown = []
    for frame in (1, 21):
        scene.frame_set(frame)
        shown.append(round(shank.color[3], 2))
    assert shown == [0.25, 0.75]


def test_a_change_of_colours_brings_no_legend_back_beside_frozen_poses(root: bpy.types.Object) -> None:
    legends = [block for block in own_blocks(root).values() if block.get(lookup.ROLE) == "legend"]
    bpy.ops.swinglever.strobe()
    assert all(block.hide_render for block in legends)
    root.swinglever.colour_by = "power"
    assert all(block.hide_render for block in legends)
    strobing.clear_strobe(root)
    assert [block["way"] for block in legends if not block.hide_render] == ["power"]


def test_a_model_of_legs_alone_fills_the_picture(scene: bpy.types.Scene, result: Result) -> None:
    """Without torso and arms the figure ends at the pelvis; the camera comes nearer."""
    build_scene(scene, result, Look())
    whole = scene.camera["figure"]
    bpy.ops.swinglever.remove()
    legs = [i for i, name in enumerate(result.body_names) if name == "pelvis" or on_leg(name, "r") or on_leg(name, "l")]
    names = [result.body_names[i] for i in legs]
    build_scene(scene, replace(result, body_names=names, body_pose=result.body_pose[:, legs]), Look())
    assert 0.6 * whole < scene.camera["figure"] < 0.8 * whole


@pytest.mark.parametrize(
    ("bodies", "leg"),
    [
        (["pelvis", "femur_r", "patella_r", "tibia_r", "calcn_r", "ulna_r", "femur_l"], 4),
        (["pelvis", "thigh_r", "shank_r", "foot_r", "thigh_l", "upper_arm_r"], 3),
    ],
)
def test_the_leg_is_found_by_the_families_of_models(bodies: list[str], leg: int) -> None:
    assert [name for name in bodies if on_leg(name, "r")] == bodies[1 : leg + 1]
