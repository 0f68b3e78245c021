"""What `show` prints: a line a swing, legs apart, the criterion, claims by number, the next step."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

import swinglever as sl
from swinglever.causes.standing import criterion, gained_deg, standing
from swinglever.cli.app import cli
from swinglever.output.json_object import as_json
from swinglever.output.tables import ablation_table, share_table, swing_table
from swinglever.records.bounds import HEADLINE
from swinglever.records.report import Swing, SwingReport
from swinglever.records.words import apart


@pytest.fixture(scope="module")
def result(both_legs: SwingReport, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("show") / "a.h5"
    sl.write_report(both_legs, path)
    return str(path)


def show(*arguments: str) -> str:
    done = CliRunner().invoke(cli, ["show", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_show_has_a_line_a_swing_a_mean_a_leg_and_the_claims(result: str, both_legs: SwingReport) -> None:
    lines = show(result).splitlines()
    starts = [line.split()[0] for line in lines if line]
    assert all(starts.count(swing.id) == 1 for swing in both_legs.swings)
    assert sum(line.startswith(("left mean", "right mean")) for line in lines) == 2
    assert [start for start in starts if start.isdigit()] == [str(number) for number in range(1, 13)]
    left, right = (sum(s.side == side for s in both_legs.swings) for side in "lr")
    assert lines[0].endswith(f"{left + right} swings ({left} left and {right} right)")
    assert any(line.startswith(f"next: 'swinglever report {result}'") for line in lines)
    assert len(lines) < 50
    assert max(map(len, lines[:8])) < 130


def test_brief_says_what_folds_each_leg_alone(result: str) -> None:
    lines = show(result, "--brief").splitlines()
    assert [line.split(":")[0] for line in lines[1:]] == ["left leg", "right leg"]


def test_one_swing_has_its_events_and_all_its_numbers(result: str, both_legs: SwingReport) -> None:
    told = show(result, "--swing", "l_1")
    swing = both_legs.swing("l_1")
    assert f"l_1: toe-off {swing.toe_off_s:.3f} s" in told
    assert "peak_knee_flexion" in told
    assert "shank, left °" in told
    assert not re.search(r"^(r_1|left mean)", told, re.MULTILINE)


def test_tables_has_every_number(result: str) -> None:
    assert "peak_knee_flexion" not in show(result)
    assert "peak_knee_flexion" in show(result, "--tables")


def test_means_are_of_one_leg(both_legs: SwingReport) -> None:
    """Left 60° and 64° with silent hamstrings, right 70° and 74°: means 62 and 72, both with a spread of 2.8."""
    peaks = {"l_1": 60.0, "l_2": 64.0, "r_1": 70.0, "r_2": 74.0}
    chosen = [s for s in both_legs.swings if s.id in peaks]
    report = dataclasses.replace(both_legs, swings=tuple(_silent(s, peaks[s.id]) for s in chosen))
    header, rows = swing_table(report)
    column = header.index("hamstrings silent °")
    assert {row[0]: row[column] for row in rows[-2:]} == {"left mean": "62.0 ± 2.8", "right mean": "72.0 ± 2.8"}
    _, cases = ablation_table(report)
    silent = next(row for row in cases if row[0] == "silent_hamstrings")
    assert silent[1:3] == ["62.0 ± 2.8", "72.0 ± 2.8"]
    assert share_table(report)[0] == ["cause", "shank, left °", "shank, right °", "leg, left °", "leg, right °"]


def _silent(swing: Swing, peak_deg: float) -> Swing:
    case = swing.ablation["silent_hamstrings"]
    curve = case.knee_flexion_rad / case.peak_flexion_rad * np.radians(peak_deg)
    made = dataclasses.replace(case, knee_flexion_rad=curve, peak_flexion_rad=np.radians(peak_deg))
    return dataclasses.replace(swing, ablation={**swing.ablation, "silent_hamstrings": made})


@example([9.7], 10.2, 30.0)
@given(st.lists(st.floats(-50, 150), min_size=1, max_size=4), st.floats(1, 20), st.floats(20.5, 60))
def test_rounding_never_moves_a_number_over_a_limit(values: list[float], first: float, second: float) -> None:
    texts = [float(text) for text in apart(values, (first, second))]
    for value, text in zip(values, texts, strict=False):
        for limit, edge in zip((first, second), texts[-2:], strict=True):
            # Three decimals at most: what is nearer to a limit than that is drawn on it.
            assert (text < edge) == (value < limit) or abs(value - limit) < 1e-3


def test_a_part_just_below_a_pull_is_not_shown_as_one(both_legs: SwingReport) -> None:
    swing = both_legs.swings[0]
    gained, bounds = gained_deg(swing), swing.bounds
    assert bounds is not None
    at, low = bounds.names.index(HEADLINE), bounds.low_rad.copy()
    low[at, bounds.levels.index("least_effort")] = np.radians(0.25 * gained - 0.02) + bounds.tail_rad[at]
    near = dataclasses.replace(swing, bounds=dataclasses.replace(bounds, low_rad=low))
    found = standing(near)
    assert found is not None
    assert found.new_deg == pytest.approx(0.25 * gained - 0.02)
    header, rows = swing_table(dataclasses.replace(both_legs, swings=(near,)))
    new, limits = rows[0][header.index("new °")], rows[0][header.index("limits °")]
    assert float(new) < float(limits.split(", ")[1])


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ("proved", "all that moments allow"),
        ("robust", "plausible range"),
        ("given forces", "forces that were given"),
        ("undecided", "range over a limit"),
    ],
)
def test_the_criterion_is_named(both_legs: SwingReport, evidence: str, expected: str) -> None:
    assert criterion(dataclasses.replace(both_legs.swings[0], evidence=evidence)) == expected


def test_emg_that_is_off_is_the_criterion_where_the_range_is_not(both_legs: SwingReport) -> None:
    reason = "The hamstrings' EMG (R_BF and R_ST) is off in early folding."
    swing = dataclasses.replace(both_legs.swings[0], evidence="robust", verdict_reason=reason)
    assert criterion(swing) == "hamstrings' EMG is off"


def test_json_says_none_where_there_is_no_evidence(both_legs: SwingReport) -> None:
    for verdict, evidence, said in (
        ("undecided", "undecided", "none"),
        ("momentum-driven", "least effort only", "least_effort"),
        ("momentum-driven", "proved with EMG", "proved_with_emg"),
    ):
        swing = dataclasses.replace(both_legs.swings[0], verdict=verdict, evidence=evidence)
        assert as_json(dataclasses.replace(both_legs, swings=(swing,)))["swings"][0]["evidence"] == said


def test_without_bounds_it_says_so(both_legs: SwingReport) -> None:
    assert criterion(dataclasses.replace(both_legs.swings[0], evidence="undecided", bounds=None)) == "no muscle forces"


def test_an_unknown_swing_is_named_in_prose(result: str, both_legs: SwingReport) -> None:
    done = CliRunner().invoke(cli, ["show", result, "--swing", "r_9"])
    *front, last = (swing.id for swing in both_legs.swings)
    assert f"there is no swing 'r_9'; there are {', '.join(front)} and {last}" in str(done.exception)
    assert not Path("r_9").exists()
