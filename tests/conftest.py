"""Fixtures for every test: where the public data are."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parent.parent

# Child processes of tests run this checkout too, wherever they stand, installed or not.
os.environ["PYTHONPATH"] = os.pathsep.join([str(_ROOT / "plugin"), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)

# What runs in a shell's background, or under nohup, ignores signals and hands that on to its children; tests send them.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests in tests/opensim and tests/blender by their folder."""
    for item in items:
        for tier in ("opensim", "blender"):
            if (_ROOT / "tests" / tier) in item.path.parents:
                item.add_marker(tier)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder of the public data: SWINGLEVER_DATA, else ../shared/data; without either the test is skipped."""
    named = os.environ.get("SWINGLEVER_DATA")
    folder = Path(named) if named else _ROOT.parent / "shared" / "data"
    if folder.is_dir():
        return folder
    if named:
        pytest.fail(f"SWINGLEVER_DATA names {folder}, which is not a folder")
    pytest.skip(f"no public data: SWINGLEVER_DATA is not set and there is no folder {folder}")


@pytest.fixture(scope="session")
def data_file(data_folder: Path) -> Callable[[str], Path]:
    """Return a function from a path below the data folder to the file; a file that is not there fails the test."""

    def find(name: str) -> Path:
        path = data_folder / name
        if not path.exists():
            pytest.fail(f"the data folder {data_folder} has no {name}")
        return path

    return find
