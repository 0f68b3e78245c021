"""What ships with the package is found, in a checkout and in a wheel."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from swinglever.errors import UnknownNameError
from swinglever.system import resources

ROOT = Path(__file__).resolve().parents[2]


def test_a_model_that_does_not_ship_is_answered_with_those_that_do():
    shipped = sorted(p.name for p in (ROOT / "models").iterdir() if p.is_file())
    with pytest.raises(UnknownNameError, match=r"no_such\.osim") as caught:
        resources.model_file("no_such.osim")
    assert all(name in str(caught.value) for name in shipped)


def test_a_shipped_file_is_found_in_a_checkout():
    assert resources.model_file("README.md") == ROOT / "models" / "README.md"


def test_the_wheel_carries_the_models_and_the_types_marker(tmp_path: Path):
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=600)
    (wheel,) = tmp_path.glob("swinglever-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = {f"swinglever/models/{p.relative_to(ROOT / 'models').as_posix()}" for p in _tracked("models")}
    assert {"swinglever/__init__.py", "swinglever/py.typed", *shipped} <= names
    assert not any(name.startswith(("plugin/", "models/", "tests/")) for name in names)


def _tracked(folder: str) -> list[Path]:
    return [p for p in (ROOT / folder).rglob("*") if p.is_file() and "__pycache__" not in p.parts]
