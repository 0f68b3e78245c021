"""The film that tells a swing: which times it shows, what is written, and that it can be stopped."""

from pathlib import Path

import bpy
import numpy as np
import pytest

from swinglever_blender.film import film_story
from swinglever_blender.lookup import Look
from swinglever_blender.result import Result
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
