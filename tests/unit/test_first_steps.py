"""A newcomer is told what comes next, and what is missing, in one line each."""

from pathlib import Path

import pytest

from swinglever.blender import scene
from swinglever.cli import demo


def test_the_demo_ends_with_full_paths_and_the_way_to_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo.shutil, "which", lambda _: None)
    steps = demo.next_steps(tmp_path)
    assert steps[1].strip().startswith(". /") or "Activate" in steps[1]
    assert str(tmp_path / "report.html") in steps[2]
    words = steps[-1].split()
    for option in ("--model", "--grf", "--emg"):
        assert Path(words[words.index(option) + 1]).is_file()
    monkeypatch.setattr(demo.shutil, "which", lambda _: "/usr/bin/swinglever")
    assert not any("activate" in step.lower() for step in demo.next_steps(tmp_path))


def test_a_missing_library_is_one_line_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "Traceback …\nImportError: libX11.so.6: cannot open shared object file: No such file or directory"
    said = str(scene.explain_failure(1, told))
    assert "misses libX11.so.6; on Debian and Ubuntu: apt-get install libx11-6" in said
    assert "\n" not in said
    assert "failed (status 1): Segmentation" in str(scene.explain_failure(1, "Segmentation fault"))
