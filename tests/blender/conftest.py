"""Fixtures for the Blender tests: the add-on in reach, an empty file before each test, a result of real motion."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "addons")]

try:
    import bpy
except ImportError:  # Blender's module has wheels for one Python a release
    collect_ignore_glob = ["*.py"]


def pytest_report_header() -> str:
    """Say when the tests of this folder are left out."""
    return "" if "bpy" in globals() else "tests/blender left out: no bpy; pip install '.[blender]' on Python 3.13"


@pytest.fixture(autouse=True)
def addon() -> Iterator[None]:
    """The add-on registered, and taken away after the test."""
    import swinglever_blender

    swinglever_blender.register()
    yield
    swinglever_blender.unregister()


@pytest.fixture(autouse=True)
def scene(addon: None) -> "bpy.types.Scene":
    """Start every test from an empty file, whose scene is ours to set up."""
    from swinglever_blender.ownscene import claim_scene

    bpy.ops.wm.read_factory_settings(use_empty=True)
    return claim_scene(bpy.context.scene)


@pytest.fixture(scope="session")
def posed(data_folder: Path):
    """OpenSim's model of Hamner's runner, to be posed at a row of the reference motion."""
    from blender_sample import PosedModel

    return PosedModel(data_folder)


@pytest.fixture(scope="session")
def result_file(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One second of Hamner's run, rows 20 to 80 of the reference motion, with plain bones."""
    from blender_sample import write_sample

    return write_sample(tmp_path_factory.mktemp("result") / "run.h5", data_folder, meshes=False)


@pytest.fixture
def result(result_file: Path):
    """The same as the add-on reads it."""
    from swinglever_blender.result import read_result

    return read_result(result_file)
