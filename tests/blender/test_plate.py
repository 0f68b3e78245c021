"""The runner's own film: in step with the trial, and seen through the camera that took it."""

from dataclasses import replace
from pathlib import Path

import bpy
import numpy as np
import pytest
from blender_probe import set_frame
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

from swinglever_blender import changes, clicks, plate, render
from swinglever_blender.calibration import read_camera
from swinglever_blender.film import _encode
from swinglever_blender.lookup import FILM_CAMERA, Look, bodies_of, camera_of, find_folder, find_part, read_time_map
from swinglever_blender.result import Result, ResultError
from swinglever_blender.rig import poses_of
from swinglever_blender.scene import build_scene
from swinglever_blender.viewpoint import turn_by

FPS, N_FRAMES, SIZE = 20.0, 25, (160, 90)
#: The film had run for so long when the trial's time was zero.
OFFSET_S = 0.1
JOINTS = ("femur_r", "tibia_r", "calcn_r", "femur_l", "tibia_l", "torso")


@pytest.fixture
def root(scene: bpy.types.Scene, result: Result) -> bpy.types.Object:
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    return build_scene(scene, result, Look(captions=False))


@pytest.fixture(scope="session")
def grey_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film whose frame k, from 1, is grey at k / 30."""
    folder, pictures = tmp_path_factory.mktemp("film"), []
    for k in range(1, N_FRAMES + 1):
        image = bpy.data.images.new("frame", *SIZE)
        image.pixels.foreach_set(np.tile(np.float32([k / 30, k / 30, k / 30, 1.0]), SIZE[0] * SIZE[1]))
        image.filepath_raw, image.file_format = str(folder / f"{k:03d}.png"), "PNG"
        image.save()
        pictures.append(Path(image.filepath_raw))
        bpy.data.images.remove(image)
    _encode(pictures, str(folder / "film.mp4"), SIZE, FPS)
    return folder / "film.mp4"


def pixels(path: Path) -> np.ndarray:
    image = bpy.data.images.load(str(path))
    values = np.array(image.pixels[:]).reshape(image.size[1], image.size[0], 4)[..., :3]
    bpy.data.images.remove(image)
    return values


def shown_frame(scene: bpy.types.Scene, root: bpy.types.Object, path: Path) -> float:
    """Render, and tell by its grey which frame of the film stands behind."""
    render.render_still(scene, str(path), camera_of(root))
    return float(np.median(pixels(path)[:, :3])) * 30


def frame_at(scene: bpy.types.Scene, root: bpy.types.Object, time_s: float) -> None:
    set_frame(scene, float(round(float(read_time_map(root).to_frames(time_s)))))


def test_the_film_shows_the_instant_of_the_trial_at_any_speed_and_offset(
    scene: bpy.types.Scene, root: bpy.types.Object, result: Result, grey_film: Path, tmp_path: Path
) -> None:
    plate.add_film(scene, root, str(grey_film), OFFSET_S - result.time_s[0], beside=False)
    for speed, more_s in ((0.25, 0.0), (0.1, 0.0), (0.1, 0.2)):
        root.swinglever.speed = speed
        root.swinglever.film_offset_s = OFFSET_S + more_s - result.time_s[0]
        frame_at(scene, root, result.time_s[0] + 0.5)
        now_s = float(read_time_map(root).to_seconds(scene.frame_current)) - result.time_s[0]
        expected = round((now_s + OFFSET_S + more_s) * FPS) + 1
        assert shown_frame(scene, root, tmp_path / "still.png") == pytest.approx(expected, abs=0.4)
    frame_at(scene, root, result.time_s[-1])
    assert shown_frame(scene, root, tmp_path / "still.png") == pytest.approx(N_FRAMES, abs=0.4), "it stands at its end"


def a_camera(scene: bpy.types.Scene) -> bpy.types.Object:
    """A camera that is known, neither level nor at a right angle to the run, with the lens of a telephone."""
    camera = bpy.data.objects.new("known", bpy.data.cameras.new("known"))
    scene.collection.objects.link(camera)
    camera.data.lens = 28.0
    camera.location = (1.7, -3.4, 1.5)
    camera.rotation_euler = (Vector((0.1, 0.0, 0.85)) - camera.location).to_track_quat("-Z", "Y").to_euler()
    bpy.context.view_layer.update()
    return camera


def seen_at(scene: bpy.types.Scene, camera: bpy.types.Object, points: np.ndarray) -> np.ndarray:
    """Where a camera of Blender sees points, pixels from the upper left."""
    seen = [world_to_camera_view(scene, camera, Vector(point)) for point in points]
    return np.array([[p.x, 1.0 - p.y] for p in seen]) * SIZE


def click_joints(
    scene: bpy.types.Scene, root: bpy.types.Object, camera: bpy.types.Object, at: tuple[int, ...], error: float
) -> list[clicks.Click]:
    """Click joints of the runner in frames of the film, beside them by so many pixels at most."""
    random, found = np.random.default_rng(0), []
    for frame in at:
        film_s = (frame - 1) / FPS
        places = poses_of(root, read_time_map(root).to_frames(np.array([film_s - root.swinglever.film_offset_s])))
        for name in JOINTS:
            x, y = seen_at(scene, camera, places[name][:, :3, 3])[0] + random.uniform(-error, error, 2)
            found.append(clicks.Click(name=name, film_s=film_s, x_px=float(x), y_px=float(y)))
    return found


def test_a_known_camera_is_matched_within_a_pixel_and_its_picture_is_the_film(
    scene: bpy.types.Scene, root: bpy.types.Object, result: Result, grey_film: Path, tmp_path: Path
) -> None:
    known, offset_s = a_camera(scene), OFFSET_S - result.time_s[0]
    plate.add_film(scene, root, str(grey_film), offset_s, beside=False)
    clicks.add_clicks(root, click_joints(scene, root, known, (3, 7, 12), 0.4))
    said = bpy.ops.swinglever.match_film()
    assert said == {"FINISHED"}
    bpy.context.view_layer.update()
    found = find_part(root, FILM_CAMERA)
    assert scene.camera is found
    assert found.data.lens == pytest.approx(known.data.lens, rel=0.1)
    frame_at(scene, root, result.time_s[0] + 0.3)
    points = np.array([item.matrix_world.translation for item in bodies_of(root).values()])
    off = np.linalg.norm(seen_at(scene, found, points) - seen_at(scene, known, points), axis=1)
    assert off.max() < 1.0
    pictures = []
    plate.remove_film(scene, root)
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    render.render_still(scene, str(tmp_path / "known.png"), known)
    plate.add_film(scene, root, str(tmp_path / "known.png"), 0.0, beside=False)  # the picture that it took
    clip_points = [
        clicks.Click(name=name, film_s=0.0, x_px=float(x), y_px=float(y))
        for name in JOINTS
        for x, y in [seen_at(scene, known, [np.array(bodies_of(root)[name].matrix_world.translation)])[0]]
    ]
    now_s = float(read_time_map(root).to_seconds(scene.frame_current))
    root.swinglever.film_offset_s = -now_s
    clicks.add_clicks(root, clip_points)
    plate.match_film(root)
    render.render_still(scene, str(tmp_path / "laid.png"), camera_of(root))
    pictures = [pixels(tmp_path / name) for name in ("known.png", "laid.png")]
    assert pictures[0].std() > 0.05, "there is a runner in it"
    assert np.abs(pictures[0] - pictures[1]).mean() < 0.01


def test_a_calibration_stands_where_its_numbers_say(
    scene: bpy.types.Scene, root: bpy.types.Object, result: Result, grey_film: Path, tmp_path: Path
) -> None:
    """The calibration's x, y and z are the trial's z, x and y."""
    turn, shift = np.array([1.5, -0.4, 0.3]), np.array([0.2, 0.9, 4.2])
    text = (
        '[metadata]\nerror = 0.1\n[int_cam1]\nname = "cam1"\nsize = [160.0, 90.0]\n'
        "matrix = [[150.0, 0.0, 83.0], [0.0, 150.0, 42.0], [0.0, 0.0, 1.0]]\n"
        f"rotation = {turn.tolist()}\ntranslation = {shift.tolist()}\ndistortions = [0.0, 0.0, 0.0, 0.0]\n"
    )
    (tmp_path / "Calib.toml").write_text(text)
    plate.add_film(scene, root, str(grey_film), OFFSET_S - result.time_s[0], beside=False)
    bpy.ops.swinglever.calibrate_film(filepath=str(tmp_path / "Calib.toml"), camera="cam1")
    bpy.context.view_layer.update()
    frame_at(scene, root, result.time_s[10])
    now = float(read_time_map(root).to_seconds(scene.frame_current))
    trial = np.array([np.interp(now, result.time_s, result.body_pose[:, 0, axis, 3]) for axis in range(3)])
    lab = trial[[2, 0, 1]]
    x, y, z = turn_by(turn) @ lab + shift
    expected = np.array([150.0 * x / z + 83.0, 150.0 * y / z + 42.0])
    body = bodies_of(root)[result.body_names[0]]
    seen = seen_at(scene, find_part(root, FILM_CAMERA), [np.array(body.matrix_world.translation)])[0]
    np.testing.assert_allclose(seen, expected, atol=0.05)
    with pytest.raises(ResultError, match="one of the cameras"):
        read_camera(tmp_path / "Calib.toml", "cam2")


def test_markers_and_a_users_objects_can_be_clicked(scene: bpy.types.Scene, result: Result, grey_film: Path) -> None:
    """Two markers: one goes a tenth of a metre forward a sample, the other is not seen at first."""
    places = np.full((len(result.time_s), 2, 3), [0.0, 0.1, 0.2])
    places[:, 0, 0] = 0.1 * np.arange(len(places))
    places[:5, 1] = np.nan
    marked = replace(result, marker_names=["heel", "toe"], marker_position_m=places)
    root = build_scene(scene, marked, Look())
    plate.add_film(scene, root, str(grey_film), OFFSET_S - result.time_s[0], beside=False)
    corner = bpy.data.objects.new("corner of the belt", None)
    scene.collection.objects.link(corner)
    corner.location = (1.0, 2.0, 3.0)
    bpy.context.view_layer.update()
    np.testing.assert_allclose(plate.find_places(root, "corner of the belt", np.array([0.0])), [[1.0, 2.0, 3.0]])
    time_s = result.time_s[[3, 8]]
    np.testing.assert_allclose(plate.find_places(root, "heel", time_s), [[0.3, -0.2, 0.1], [0.8, -0.2, 0.1]], atol=1e-5)
    assert np.isnan(plate.find_places(root, "toe", time_s)).any(axis=1).tolist() == [True, False], "not seen at first"
    with pytest.raises(ResultError, match="named as a body, a marker or an object"):
        plate.find_places(root, "nobody", time_s)
    with pytest.raises(ResultError, match="look at the film's time offset"):
        plate.find_places(root, "tibia_r", time_s + 99.0)


def test_a_film_beside_leaves_the_camera_and_captions_alone(
    scene: bpy.types.Scene, result: Result, grey_film: Path
) -> None:
    root = build_scene(scene, result, Look())
    camera, size = scene.camera, (scene.render.resolution_x, scene.render.resolution_y)
    plate.add_film(scene, root, str(grey_film), 0.0, beside=True)
    assert scene.camera is camera
    assert (scene.render.resolution_x, scene.render.resolution_y) == size
    assert camera_of(root) is camera
    assert not find_folder(root, "captions").hide_render


def test_a_film_goes_without_a_trace(
    scene: bpy.types.Scene, root: bpy.types.Object, result: Result, grey_film: Path
) -> None:
    def held() -> list[str]:
        return sorted(block.name_full for block in bpy.data.all_ids)

    before, camera = held(), scene.camera
    for end in (
        lambda: plate.remove_film(scene, root),
        lambda: plate.add_film(scene, root, str(grey_film), 1.0, beside=True),
    ):
        plate.add_film(scene, root, str(grey_film), 0.0, beside=False)
        end()
    plate.remove_film(scene, root)
    assert held() == before
    assert scene.camera is camera
    assert scene.compositing_node_group is None
    assert not scene.render.film_transparent
    plate.add_film(scene, root, str(grey_film), 0.0, beside=False)
    changes.remove_result(scene, root)
    assert not [block.name for block in bpy.data.all_ids if "ilm" in block.name]


def test_a_runner_who_is_carried_is_refused(scene: bpy.types.Scene, result: Result, grey_film: Path) -> None:
    carried = build_scene(scene, replace(result, belt_speed_m_s=3.0), Look(overground=True))
    with pytest.raises(ResultError, match="not carried"):
        plate.add_film(scene, carried, str(grey_film), 0.0, beside=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [("name,film_s\na,1\n", "expected columns"), ("name,film_s,x_px,y_px\na,1,b,2\n", "expected columns")],
)
def test_a_table_of_clicks_that_is_none_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "clicks.csv").write_text(text)
    with pytest.raises(ResultError, match=said):
        clicks.read_clicks(tmp_path / "clicks.csv")
