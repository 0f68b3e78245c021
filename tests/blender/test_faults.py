"""A file that cannot be shown gives a report that says why, and leaves the scene as it was."""

import shutil
from pathlib import Path

import bpy
import h5py
import pytest


def contents() -> dict[str, list[str]]:
    """List what the file holds, kind by kind."""
    kinds = ("objects", "meshes", "actions", "materials", "collections", "node_groups", "texts", "curves", "worlds")
    return {kind: sorted(item.name for item in getattr(bpy.data, kind)) for kind in kinds}


def assert_refused(path: Path, message: str) -> None:
    before = contents()
    with pytest.raises(RuntimeError, match=message):
        bpy.ops.swinglever.import_result(filepath=str(path))
    assert contents() == before


@pytest.fixture
def copy(result_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(result_file, tmp_path / "copy.h5"))


@pytest.mark.parametrize("share", [0.02, 0.5, 0.999])
def test_a_truncated_file_is_refused(copy: Path, share: float) -> None:
    content = copy.read_bytes()
    copy.write_bytes(content[: int(len(content) * share)])
    assert_refused(copy, r"copy\.h5 is truncated or damaged .* run 'swinglever analyse' again")


def test_a_newer_schema_is_refused(copy: Path) -> None:
    with h5py.File(copy, "a") as file:
        file.attrs["schema"] = 99
    assert_refused(copy, r"copy\.h5 has schema 99; this add-on reads up to 2: install a newer add-on")
    with h5py.File(copy, "a") as file:
        file.attrs["schema"] = 1
    assert_refused(copy, r"copy\.h5 has schema 1, this add-on reads 2: run 'swinglever analyse' again")


def test_a_schema_that_is_no_number_is_refused(copy: Path) -> None:
    with h5py.File(copy, "a") as file:
        file.attrs["schema"] = float("inf")
    assert_refused(copy, r"copy\.h5 is truncated or damaged .* run 'swinglever analyse' again")


def test_a_file_of_another_program_is_refused(copy: Path, tmp_path: Path) -> None:
    with h5py.File(copy, "a") as file:
        file.attrs["format"] = "gaitalytics"
    assert_refused(copy, r"copy\.h5 is not a swinglever result: its format is 'gaitalytics'")
    text = tmp_path / "notes.h5"
    text.write_text("not even HDF5")
    assert_refused(text, r"notes\.h5 is not a swinglever result: expected an HDF5 file")
    assert_refused(tmp_path / "gone.h5", r"gone\.h5: no such file")


def test_a_result_without_playback_is_refused(copy: Path) -> None:
    with h5py.File(copy, "a") as file:
        del file["playback"]
    assert_refused(copy, r"copy\.h5 holds no playback: run 'swinglever analyse' again")


def test_a_result_that_lost_an_array_is_refused(copy: Path) -> None:
    with h5py.File(copy, "a") as file:
        del file["playback/swings/folding_rad_s"]
    assert_refused(copy, r"copy\.h5 is truncated or damaged")


def test_an_unknown_swing_is_refused(copy: Path) -> None:
    before = contents()
    with pytest.raises(RuntimeError, match=r"the result has no swing 'r_99'; it has \['r_1', 'l_1'\]"):
        bpy.ops.swinglever.import_result(filepath=str(copy), swing="r_99")
    assert contents() == before


def test_a_result_without_muscles_is_shown_without_and_says_so(
    copy: Path, capfd: pytest.CaptureFixture[str], scene: bpy.types.Scene
) -> None:
    with h5py.File(copy, "a") as file:
        for name in [key for key in file["playback"] if key.startswith(("muscle", "paths"))]:
            del file["playback"][name]
    assert bpy.ops.swinglever.import_result(filepath=str(copy), new_scene=False) == {"FINISHED"}
    assert "hamner has no muscle paths: the skeleton is shown without muscles" in capfd.readouterr().out
    assert "femur_r" in scene.objects
    assert "Muscles" not in scene.objects


def test_choosing_a_swing_of_a_file_that_is_gone_changes_nothing(copy: Path) -> None:
    bpy.ops.swinglever.import_result(filepath=str(copy))
    copy.unlink()
    before = contents()
    with pytest.raises(RuntimeError, match=r"copy\.h5: no such file"):
        bpy.ops.swinglever.choose_swing(swing="l_1")
    assert contents() == before
