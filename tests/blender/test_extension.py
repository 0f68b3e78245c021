"""The extension as a user installs it, and what it leaves behind when it is switched off."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from swinglever.blender.addon import build_addon, validate_addon
from swinglever.errors import InputError, MissingFileError
from swinglever.system.resources import addon_folder

CHILD = Path(__file__).with_name("blender_install.py")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip for this platform's kind of machine, with the h5py wheel fetched by pip."""
    return build_addon(tmp_path_factory.mktemp("dist"), platforms=["linux-x64"])[0]


def test_the_source_validates_with_blenders_own_tool() -> None:
    validate_addon(addon_folder())


def test_the_zip_carries_its_wheel_and_licence_and_nothing_else_of_weight(built: Path) -> None:
    validate_addon(built)
    names = zipfile.ZipFile(built).namelist()
    assert built.name == "swinglever_blender-0.1.0-linux_x64.zip"
    assert len([name for name in names if name.endswith(".whl")]) == 1
    assert "LICENSE" in names
    assert not [name for name in names if "__pycache__" in name or name.endswith((".h5", ".blend"))]


@pytest.mark.skipif(sys.platform != "linux", reason="the zip of the test is Linux's")
def test_installed_into_an_empty_user_folder_it_works_and_leaves_no_trace(
    built: Path, result_file: Path, tmp_path: Path
) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment["BLENDER_USER_RESOURCES"] = str(tmp_path / "user")
    command = [sys.executable, str(CHILD), str(built), str(result_file), str(tmp_path / "said.json")]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads((tmp_path / "said.json").read_text())
    assert said["module"] == "bl_ext.user_default.swinglever_blender"
    assert said["moved_m"] > 0.3
    assert said["added"], "enabling registers nothing"
    assert said["before"] == said["after"]


def test_a_folder_without_wheels_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="no h5py wheel for windows-x64"):
        build_addon(tmp_path / "out", platforms=["windows-x64"], wheels=tmp_path)
    assert not (tmp_path / "out").exists()


def test_an_unknown_platform_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no platform amiga; there are linux-x64, windows-x64"):
        build_addon(tmp_path, platforms=["amiga"])
