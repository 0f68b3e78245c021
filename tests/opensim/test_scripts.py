"""The developers' scripts say how they are used, and do nothing else when asked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).resolve().parents[2] / "scripts" / "develop").glob("*.py"))


def run(script: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(script), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)


@pytest.mark.parametrize("script", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_every_script_tells_how_it_is_used(script: Path, tmp_path: Path) -> None:
    if "import bpy" in script.read_text(encoding="utf-8"):
        pytest.importorskip("bpy")
    done = run(script, tmp_path, "--help")
    assert done.returncode == 0, done.stderr
    assert f"usage: {script.name}" in done.stdout  # bpy may say something before
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - hidden files count


@pytest.mark.parametrize("name", ["runners_by_speed", "metrics_of_public_runners"])
def test_a_folder_without_the_data_is_named(name: str, tmp_path: Path) -> None:
    script = next(path for path in SCRIPTS if path.stem == name)
    done = run(script, tmp_path, str(tmp_path))
    assert done.returncode == 2
    assert "error: expected the folders" in done.stderr
    assert str(tmp_path) in done.stderr
    assert "Traceback" not in done.stderr
