"""The film that tells a swing: which times it shows, what is written, and that it can be stopped."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bpy
import numpy as np
import pytest

from swinglever_blender.film import film_story
from swinglever_blender.lookup import Look, chosen_entry, read_time_map
from swinglever_blender.ownscene import moved_markers
from swinglever_blender.render import render_still
from swinglever_blender.result import Result, ResultError
from swinglever_blender.scene import build_scene
from swinglever_blender.story import name_speed, tell

EVENTS = {"toe_off": 1.0, "peak_flexion": 1.24, "pass": 1.33, "foot_strike": 1.48}


def test_a_film_lasts_ten_seconds_and_is_slow_round_peak_and_pass() -> None:
    story = tell(EVENTS, (0.0, 3.0), 24.0)
    assert len(story.time_s) == len(story.speed) == 240
    np.testing.assert_array_equal(story.time_s[:120], story.time_s[120:], "the same once more")
    time_s, speed = story.time_s[:120], story.speed[:120]
    fast = speed == 1.0
    assert np.ptp(time_s[fast]) == pytest.approx(0.98, abs=2 / 24), "the swing, and the run about it, in real time"
    np.testing.assert_allclose(np.diff(time_s[fast]), 1 / 24)
    slow = ~fast & (speed > 0)
    near, far = (time_s > 1.21) & (time_s < 1.36), (time_s < 1.17) | (time_s > 1.4)
    np.testing.assert_allclose(speed[slow & near], 0.125, atol=0.005)
    np.testing.assert_allclose(speed[slow & far], 0.25, atol=0.01)
    assert (speed == 0).sum() >= 28, "it stands for 1.2 s"
    assert set(time_s[speed == 0]) == {1.24}
    assert time_s[slow].min() == pytest.approx(1.0, abs=0.01)
    assert time_s[slow].max() == pytest.approx(1.48, abs=0.02)


def test_a_film_stays_within_the_trial() -> None:
    story = tell(EVENTS, (0.95, 1.5), 24.0)
    assert 190 < len(story.time_s) <= 240
    assert story.time_s.min() >= 0.95
    assert story.time_s.max() <= 1.5


def test_speeds_are_said_in_words() -> None:
    said = [name_speed(speed) for speed in (1.0, 0.95, 0.25, 0.125, 0.0)]
    assert said == ["real time", "real time", "slowed 4 times", "slowed 8 times", "most bent"]
    assert name_speed(0.0, at_peak=False) == "standing still", "at a marker that was moved from the peak"


@pytest.fixture
def small(scene: bpy.types.Scene, result: Result) -> bpy.types.Object:
    scene.render.resolution_x, scene.render.resolution_y = 64, 36
    return build_scene(scene, result, Look())


def held(scene: bpy.types.Scene) -> list[object]:
    """List what a film might leave changed."""
    render = scene.render
    names = sorted(block.name for block in bpy.data.all_ids if block.id_type != "IMAGE")
    return [scene.frame_current, render.filepath, render.image_settings.media_type, names]


def test_a_film_is_written_with_all_its_frames(scene: bpy.types.Scene, small: bpy.types.Object, tmp_path: Path) -> None:
    before, path = held(scene), tmp_path / "swing.mp4"
    steps = list(film_story(scene, small, str(path), fps=2.0))
    n_frames = len(steps)
    assert steps == [(k, n_frames) for k in range(1, n_frames + 1)]
    assert 16 <= n_frames <= 20, "eight to ten seconds"
    assert held(scene) == before
    clip = bpy.data.movieclips.load(str(path))
    assert (clip.frame_duration, *clip.size) == (n_frames, 64, 36)


def test_a_film_that_is_stopped_leaves_no_trace(
    scene: bpy.types.Scene, small: bpy.types.Object, tmp_path: Path
) -> None:
    before, steps = held(scene), film_story(scene, small, str(tmp_path / "swing.mp4"), fps=2.0)
    for _ in range(3):
        next(steps)
    steps.close()
    assert held(scene) == before
    assert not list(tmp_path.iterdir())


@contextmanager
def noted(scene: bpy.types.Scene) -> Iterator[list[tuple[float, str]]]:
    """Note the frame and the camera of each picture of a scene that is rendered meanwhile."""
    seen = list[tuple[float, str]]()

    def note(rendered: bpy.types.Scene, *_graph: object) -> None:
        if rendered == scene:
            seen.append((rendered.frame_current_final, rendered.camera.name))

    bpy.app.handlers.render_pre.append(note)
    try:
        yield seen
    finally:
        bpy.app.handlers.render_pre.remove(note)


def film_seen(scene: bpy.types.Scene, root: bpy.types.Object, path: Path) -> tuple[list[float], list[str]]:
    """Write a film of two frames a second; gives the scene's frame and the camera of each picture that was rendered."""
    with noted(scene) as seen:
        for _done in film_story(scene, root, str(path), fps=2.0):
            pass
    return [frame for frame, _ in seen], [camera for _, camera in seen]


def test_slow_motion_and_hold_go_with_the_markers(
    scene: bpy.types.Scene, small: bpy.types.Object, tmp_path: Path
) -> None:
    """The marker of peak flexion goes ten frames on (0.1 s of the trial), and follows the speed as ours do."""
    marker, exact = scene.timeline_markers["Peak flexion r_1"], frame_of(small, "peak_flexion")
    recorded, _ = film_seen(scene, small, tmp_path / "recorded.mp4")
    assert exact in [pytest.approx(frame, abs=1e-3) for frame in recorded], "not the marker's whole frame"
    marker.frame += 10
    moved = marker.frame
    shown, _ = film_seen(scene, small, tmp_path / "moved.mp4")
    assert moved in [pytest.approx(frame, abs=1e-3) for frame in shown]
    assert exact not in [pytest.approx(frame, abs=1e-3) for frame in shown]
    small.swinglever.speed /= 2
    assert marker.frame == 1 + 2 * (moved - 1)
    again, _ = film_seen(scene, small, tmp_path / "slower.mp4")
    np.testing.assert_allclose(np.array(again) - 1, 2 * (np.array(shown) - 1), atol=1e-2)


def frame_of(root: bpy.types.Object, event: str) -> float:
    """Give the frame of an event as it was recorded."""
    return float(read_time_map(root).to_frames(chosen_entry(root)["events_s"][event]))


def test_a_moved_marker_stays_while_another_swing_is_shown(scene: bpy.types.Scene, result_file: Path) -> None:
    bpy.ops.swinglever.import_result(filepath=str(result_file))
    scene = bpy.context.scene
    scene.timeline_markers["Peak flexion r_1"].frame = 60
    for swing in ("l_1", "r_1"):
        bpy.ops.swinglever.choose_swing(swing=swing)
    assert [marker.frame for marker in scene.timeline_markers if marker.name == "Peak flexion r_1"] == [60]
    assert [marker.name for marker in moved_markers(scene)] == ["Peak flexion r_1"]


def test_markers_out_of_order_are_refused_before_a_picture_is_rendered(
    scene: bpy.types.Scene, small: bpy.types.Object, tmp_path: Path
) -> None:
    scene.timeline_markers["Peak flexion r_1"].frame = scene.timeline_markers["Foot strike r_1"].frame + 5
    with pytest.raises(ResultError, match=r"in the order Toe-off, Peak flexion, Foot strike, got them at .*move them"):
        next(film_story(scene, small, str(tmp_path / "swing.mp4")))


def test_a_film_cuts_to_the_cameras_of_the_markers(
    scene: bpy.types.Scene, small: bpy.types.Object, tmp_path: Path
) -> None:
    """The result's own camera from toe-off on, another from the peak on; and a still looks where the film does."""
    own, close = scene.camera, bpy.data.objects.new("close", bpy.data.cameras.new("close"))
    scene.collection.objects.link(close)
    scene.timeline_markers["Toe-off r_1"].camera = own
    scene.timeline_markers["Peak flexion r_1"].camera = close
    peak = scene.timeline_markers["Peak flexion r_1"].frame
    assert frame_of(small, "peak_flexion") < peak, "else what is held would be after the cut anyhow"
    frames, cameras = film_seen(scene, small, tmp_path / "cut.mp4")
    assert peak in [pytest.approx(frame, abs=1e-3) for frame in frames]
    assert cameras == ["close" if frame > peak - 1e-3 else own.name for frame in frames]
    assert set(cameras) == {"close", own.name}
    with noted(scene) as seen:
        for frame in (peak - 1, peak):
            scene.frame_set(frame)
            render_still(scene, str(tmp_path / "still.png"), own)
    assert [camera for _, camera in seen] == [own.name, "close"]
