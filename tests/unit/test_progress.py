"""Long steps show how far they are, on standard error where somebody looks, and nothing else where nobody does."""

from pathlib import Path

import pytest

from swinglever.blender.scene import SceneOptions, _tell_frame, count_frames
from swinglever.cli import console
from swinglever.output.store import write_report
from swinglever.records.parameters import Parameters
from swinglever.testing import example_report


def test_each_frame_is_told_as_blender_says_that_it_has_it() -> None:
    told: list[int] = []
    for line in ("00:16.077  render           | Video append frame 10", "Saved: still.png", '{"render": "m.mp4"}'):
        _tell_frame(lambda: told.append(1), line)
    assert told == [1]


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
