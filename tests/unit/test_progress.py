"""Long steps show how far they are, on standard error where somebody looks, and nothing else where nobody does."""

import sys
import time
from pathlib import Path

import pytest

from swinglever.blender.scene import SceneOptions, _listen, count_frames
from swinglever.cli import console
from swinglever.output.store import write_report
from swinglever.records.parameters import Parameters
from swinglever.testing import example_report

FILM = """
import sys, time
for k in range(1, 4):
    print(f"00:0{k}.1  render  | Video append frame {k}", flush=True)
    time.sleep(0.2)
print("EGL is odd", file=sys.stderr)
print('{"render": "m.mp4"}')
"""


def test_frames_of_a_film_are_told_while_it_is_rendered(tmp_path: Path) -> None:
    told: list[float] = []
    done = _listen([sys.executable, "-c", FILM], str(tmp_path), {}, lambda: told.append(time.monotonic()))
    assert len(told) == 3
    assert told[-1] < time.monotonic() - 0.15
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == '{"render": "m.mp4"}'
    assert done.stderr.strip() == "EGL is odd"


def test_a_child_that_fails_keeps_its_status(tmp_path: Path) -> None:
    assert _listen([sys.executable, "-c", "raise SystemExit(3)"], str(tmp_path), {}, None).returncode == 3


def test_a_film_of_a_swing_has_its_time_in_frames(tmp_path: Path) -> None:
    """24 frames a second, slowed down four times: 96 for each second of the swing, and the last one."""
    report = example_report(parameters=Parameters(grid_points=25))
    path = write_report(report, tmp_path / "r.h5")
    swing = report.swings[0]
    expected = 96.0 * (swing.foot_strike_s - swing.toe_off_s) + 1.0
    assert abs(count_frames(path, SceneOptions(speed=0.25)) - expected) <= 1.0


def test_a_bar_is_shown_to_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with console.progress(2) as advance:
        assert advance is None
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(console, "shows_progress", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes standard error for a terminal then
    monkeypatch.setenv("TERM", "xterm")
    with console.progress(2, "read") as advance:
        assert list(console.told(["a", "b"], advance, "read")) == ["a", "b"]
    out, err = capsys.readouterr()
    assert out == ""
    assert "read" in err
    assert "100%" in err
