"""The scene from Python and from a shell, without opening Blender."""

import json
from pathlib import Path

import bpy
import click
import h5py
import numpy as np
import pytest

from swinglever.blender.scene import SceneOptions, write_scene
from swinglever.cli.app import main
from swinglever.cli.scene import scene as scene_verb
from swinglever.errors import InputError, MissingFileError
from swinglever_blender import command
from swinglever_blender.lookup import folder_of, list_roots

SMALL = SceneOptions(size=(320, 180))


def test_a_scene_and_a_picture_are_written(result_file: Path, tmp_path: Path) -> None:
    said = write_scene(result_file, scene=tmp_path / "s.blend", render=tmp_path / "p.png", options=SMALL)
    assert said == {"swing": "r_1", "scene": str(tmp_path / "s.blend"), "render": str(tmp_path / "p.png")}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.png", "s.blend"]
    image = bpy.data.images.load(said["render"])
    assert tuple(image.size) == (320, 180)
    pixels = np.array(image.pixels[:]).reshape(180, 320, 4)[..., :3]
    # Dark stage, pale bones, warm ghost, cool curves: a spread that no empty frame has.
    assert pixels.max() > 0.8
    assert pixels.min() < 0.15
    bpy.ops.wm.open_mainfile(filepath=said["scene"])
    assert list_roots(bpy.context.scene)[0].swinglever.swing == "r_1"


def test_a_film_has_the_frames_of_the_swing(result_file: Path, tmp_path: Path) -> None:
    options = SceneOptions(size=(320, 180), speed=1.0, captions=False, swing="l_1")
    said = write_scene(result_file, render=tmp_path / "m.mp4", options=options)
    clip = bpy.data.movieclips.load(said["render"])
    with h5py.File(result_file) as file:
        lasts_s = np.ptp(file["swings/time_s"][file["swing"].asstr()[()].tolist().index("l_1")])
    # Whole frames around the swing: up to one more at each end.
    assert 24 * lasts_s <= clip.frame_duration <= 24 * lasts_s + 2


@pytest.mark.parametrize(("suffix", "kind"), [(".mp4", b"ftyp"), (".mov", b"ftypqt"), (".mkv", b"matroska")])
def test_a_film_is_what_its_name_says(result_file: Path, tmp_path: Path, suffix: str, kind: bytes) -> None:
    options = SceneOptions(size=(64, 36), speed=2.0, captions=False)
    said = write_scene(result_file, render=tmp_path / f"m{suffix}", options=options)
    content = Path(said["render"]).read_bytes()[:64]
    assert kind in content
    assert (b"ftypqt" in content) == (suffix == ".mov")


def test_a_size_that_cannot_be_rendered_is_refused_before_anything_is_built(result_file: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^expected a film of even width and height, got 321x180; 322x180 would do$"):
        write_scene(result_file, render=tmp_path / "m.mp4", options=SceneOptions(size=(321, 180)))
    with pytest.raises(InputError, match=r"^expected a picture of 4 to 16384 pixels a side, got 99999x180"):
        write_scene(result_file, render=tmp_path / "p.png", options=SceneOptions(size=(99999, 180)))
    assert not list(tmp_path.iterdir())


def test_a_strobe_comes_from_the_shell_too(result_file: Path, tmp_path: Path) -> None:
    write_scene(result_file, scene=tmp_path / "s.blend", options=SceneOptions(strobe=4, compare=result_file))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "s.blend"))
    roots = list_roots(bpy.context.scene)
    assert len(roots) == 2
    assert sorted(len(folder_of(root, "strobe").children) for root in roots) == [4, 4]


def test_bad_input_is_named_and_writes_nothing(result_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "s.blend"
    with pytest.raises(MissingFileError, match=r"gone\.h5: no such result file"):
        write_scene(tmp_path / "gone.h5", scene=target)
    with pytest.raises(InputError, match=r"the result has no swing 'r_9'; it has \['r_1', 'l_1'\]"):
        write_scene(result_file, scene=target, options=SceneOptions(swing="r_9"))
    with pytest.raises(InputError, match=r"the swing has no event 'landing'; it has \['toe_off'"):
        write_scene(result_file, scene=target, options=SceneOptions(at="landing"))
    with pytest.raises(InputError, match=r"a picture ends in \.png"):
        write_scene(result_file, render=tmp_path / "p.gif")
    with pytest.raises(InputError, match="nothing to write"):
        write_scene(result_file)
    for speed in (0.0, float("inf"), float("nan")):
        with pytest.raises(InputError, match=r"expected speed in \(0, 100\]"):
            SceneOptions(speed=speed)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("speed", [1e-9, 1e-6])
def test_a_speed_at_which_blender_runs_out_of_frames_is_refused(
    result_file: Path, tmp_path: Path, speed: float
) -> None:
    """At 1e-9 Blender raised; at 1e-6 it cut the end off and said nothing: a second is 24 million frames."""
    expected = rf"expected a speed of 2\.4e-05 or more for a trial of 0.983 s .*, got {speed:g}; choose a higher speed"
    with pytest.raises(InputError, match=expected):
        write_scene(result_file, scene=tmp_path / "s.blend", options=SceneOptions(speed=speed))
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that nobody may write to")
def test_a_place_that_cannot_be_written_is_named(result_file: Path, tmp_path: Path) -> None:
    """And the picture, whose place is good, is not written either."""
    with pytest.raises(InputError, match=r"^cannot write '/proc/\w+/s\.blend': .*; choose another place$"):
        write_scene(result_file, render=tmp_path / "p.png", scene=Path("/proc/self/s.blend"), options=SMALL)
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"^cannot write '.*file/s\.blend': .*; choose another place$"):
        write_scene(result_file, scene=tmp_path / "file" / "s.blend")
    (tmp_path / "p.png").mkdir()
    with pytest.raises(InputError, match=r"^expected a file to write, got the folder '.*p\.png'; choose another name$"):
        write_scene(result_file, render=tmp_path / "p.png", options=SMALL)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "p.png"]


def run(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Run the command line; gives its status and what it said."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    said = capsys.readouterr()
    return int(stop.value.code or 0), said.out, said.err


def test_the_verb_writes_a_scene_and_says_so(
    result_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "s.blend"
    status, out, _ = run(["scene", str(result_file), "--out", str(target), "--swing", "l_1", "--json"], capsys)
    assert status == 0
    assert json.loads(out) == {"swing": "l_1", "scene": str(target)}
    assert target.is_file()


def test_the_verb_names_bad_input_in_one_line(
    result_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(["scene", str(result_file), "--out", str(tmp_path / "s.txt")], capsys)
    assert (status, out) == (2, "")
    assert err == f"error: {tmp_path / 's.txt'}: a scene ends in .blend\n"
    status, _, err = run(["addon", "build", "--out", str(tmp_path), "--platform", "amiga"], capsys)
    assert status == 2
    assert err.startswith("error: no platform amiga; there are linux-x64")


def test_the_command_has_each_option_that_a_scene_has_with_the_same_default() -> None:
    options, parsed = SceneOptions(), vars(command.parse(["run.h5"]))
    for name, value in vars(options).items():
        said = "x".join(str(part) for part in value) if isinstance(value, tuple) else value
        assert (parsed.pop(name) or False) == (said or False), name
    assert set(parsed) == {"result", "out", "render", "export"}
    assert vars(command.parse(["run.h5", *options.arguments()])).keys() == vars(command.parse(["run.h5"])).keys()


def test_the_command_knows_every_choice_that_the_verb_offers() -> None:
    offered = [
        option for option in scene_verb.params if isinstance(option.type, click.Choice) and option.name != "shape"
    ]
    assert len(offered) >= 6
    for option in offered:
        for choice in option.type.choices:
            said = command.parse(["run.h5", f"{option.opts[0]}={choice}"])
            assert getattr(said, option.name) == choice


def test_inside_blender_the_command_writes_the_same_and_tells_faults_by_its_status(
    result_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """As `blender --command swinglever` calls it, with the extension registered."""
    assert command.main([str(result_file), f"--out={tmp_path / 'run.blend'}", "--swing=l_1"]) == 0
    assert json.loads(capfd.readouterr().out.splitlines()[-1]) == {"swing": "l_1", "scene": str(tmp_path / "run.blend")}
    assert command.main([str(tmp_path / "none.h5"), f"--out={tmp_path / 'none.blend'}"]) == 2
    assert capfd.readouterr().err.splitlines()[-1] == "error: none.h5: no such file"
    assert command.main(["--help"]) == 0
    assert command.main([str(result_file), "--theme=pink"]) == 2
    assert not (tmp_path / "none.blend").exists()
