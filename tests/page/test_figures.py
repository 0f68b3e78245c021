"""Figures for papers."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from swinglever.causes.standing import gained_deg, standing, standings
from swinglever.errors import InputError
from swinglever.figures import KINDS, save_figure
from swinglever.page.ranges import price_curves
from swinglever.records.bounds import HEADLINE
from swinglever.records.report import SwingReport


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_is_vector_with_its_text_as_text(both_legs: SwingReport, tmp_path: Path, kind: str) -> None:
    drawn = save_figure(both_legs, kind, tmp_path / "f.svg").read_text(encoding="utf-8")
    assert "<image" not in drawn
    told = {"kinogram": "thigh reversal", "claims": "cannot tell", "bounds": "a pull begins", "price": "effort above"}
    words = told.get(kind, "% of swing")
    assert words in drawn


def test_the_same_result_gives_the_same_file(both_legs: SwingReport, tmp_path: Path) -> None:
    first, second = (save_figure(both_legs, "lever", tmp_path / name) for name in ("a.svg", "b.svg"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(("ending", "start"), [(".pdf", b"%PDF"), (".png", b"\x89PNG")])
def test_the_ending_chooses_the_format(both_legs: SwingReport, tmp_path: Path, ending: str, start: bytes) -> None:
    assert save_figure(both_legs, "lever", tmp_path / f"f{ending}").read_bytes().startswith(start)


def test_lines_are_means_and_shades_are_standard_deviations(both_legs: SwingReport) -> None:
    lowered = tuple(
        dataclasses.replace(s, lever={**s.lever, "hip_heel_share": s.lever["hip_heel_share"] - 0.1 * k})
        for k, s in enumerate(both_legs.swings)
    )
    report = dataclasses.replace(both_legs, swings=lowered)
    axes = report.plot.lever()
    for side, ax in zip("lr", axes, strict=True):
        mine = np.array([s.lever["hip_heel_share"] for s in lowered if s.side == side])
        np.testing.assert_allclose(ax.lines[0].get_ydata(), mine.mean(axis=0), atol=1e-6)
        edge = ax.collections[0].get_paths()[0].vertices
        high = max(y for x, y in edge if x == 50.0)
        assert high == pytest.approx(mine[:, 50].mean() + mine[:, 50].std(ddof=1), abs=1e-6)
        assert ax.get_title().endswith(f"leg, n = {len(mine)}")


def test_what_cannot_be_drawn_is_said_in_a_line(both_legs: SwingReport, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ends in \.svg, \.pdf or \.png"):
        save_figure(both_legs, "lever", tmp_path / "f.gif")
    with pytest.raises(InputError, match="expected a figure of contributions"):
        save_figure(both_legs, "pie", tmp_path / "f.svg")
    with pytest.raises(InputError, match="with contributions body, it has"):
        both_legs.plot.contributions("body")
    with pytest.raises(InputError, match="poses to draw"):
        dataclasses.replace(both_legs, playback=None).plot.kinogram()


def test_bars_are_the_ranges_of_each_swing(both_legs: SwingReport) -> None:
    """A bar from the least to the largest share that the moments allow, one inside it for the likely range."""
    for side, ax in zip("lr", both_legs.plot.bounds(), strict=True):
        swings = [s for s in both_legs.swings if s.side == side]
        assert [label.get_text() for label in ax.get_yticklabels()] == [s.id for s in swings]
        for row, swing in enumerate(swings):
            found = standing(swing)
            assert found is not None
            drawn = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches[2 * row : 2 * row + 2]]
            expected = [100.0 * np.array(ends) / gained_deg(swing) for ends in (found.allowed_deg, found.likely_deg)]
            np.testing.assert_allclose(drawn, expected)
        assert {line.get_label() for line in ax.lines} >= {"momentum alone ends", "a pull begins"}


def test_the_range_that_is_drawn_is_the_one_that_the_verdict_rests_on(with_emg: SwingReport) -> None:
    """EMG makes the pull a robust one: its range begins at a pull, whatever least effort alone would have left open."""
    swing = with_emg.swings[0]
    found = standing(swing)
    assert found is not None
    assert swing.bounds is not None
    assert (swing.verdict, swing.evidence) == ("hamstring-initiated", "robust")
    assert found.pull_deg <= found.likely_deg[0] <= found.new_deg <= found.likely_deg[1]
    assert swing.bounds.degrees(HEADLINE, "plausible")[0] - found.tail_deg < found.pull_deg
    alone = dataclasses.replace(swing.bounds, informed_new_rad=float("nan"))
    without = standing(dataclasses.replace(swing, bounds=alone))
    assert without is not None
    assert without.new_deg < found.new_deg


def test_the_price_begins_at_the_least_effort_and_never_falls(both_legs: SwingReport) -> None:
    swings = [s for s in both_legs.swings if s.side == "l"]
    effort, shares = price_curves(swings, standings(both_legs)["l"])
    found = [standing(s) for s in swings]
    least = [100.0 * f.new_deg / gained_deg(s) for s, f in zip(swings, found, strict=True) if f is not None]
    np.testing.assert_allclose(shares[:, 0], least, atol=0.5)
    assert (np.diff(shares, axis=1) >= -1e-6).all()
    assert effort[0] == 0.0
    line = both_legs.plot.price()[0].lines[0]
    np.testing.assert_allclose(line.get_xdata(), 100.0 * effort)
    np.testing.assert_allclose(line.get_ydata(), shares[0])


def test_without_bounds_there_is_nothing_to_draw(both_legs: SwingReport) -> None:
    bare = dataclasses.replace(both_legs, swings=tuple(dataclasses.replace(s, bounds=None) for s in both_legs.swings))
    for kind in ("bounds", "price"):
        with pytest.raises(InputError, match="a result with bounds"):
            getattr(bare.plot, kind)()
