"""Short gaps are filled well, long ones are left, and every one is told."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swinglever.checks.gaps import LONGEST_FILLED_S, fill_gaps, find_gaps, gap_warnings, held_as_missing
from swinglever.readers.c3d import read_c3d
from swinglever.records.trial import Markers

RATE_HZ = 100.0


def cubic_markers(missing: dict[str, list[int]], n_frames: int = 60) -> tuple[Markers, np.ndarray]:
    """Return markers on cubic paths, some frames blank, and the whole paths."""
    time = np.arange(n_frames) / RATE_HZ
    path = np.stack([time**3, 1 - time**2, 0.5 * time], axis=1)
    whole = np.stack([path, path + 1.0], axis=1)
    seen = whole.copy()
    for column, name in enumerate(("a", "b")):
        seen[missing.get(name, []), column] = np.nan
    record = Markers(path=Path("x"), time_s=time, names=("a", "b"), position_m=seen, rate_hz=RATE_HZ, units="m")
    return record, whole


def test_a_short_gap_in_a_cubic_path_is_filled_exactly():
    markers, whole = cubic_markers({"a": [20, 21, 22]})
    filled, (gap,) = fill_gaps(markers)
    assert filled.position_m == pytest.approx(whole, abs=1e-12)
    assert (gap.marker, gap.first, gap.last, gap.filled) == ("a", 20, 22, True)
    assert (gap.start_s, gap.end_s) == pytest.approx((0.20, 0.22))


def test_long_gaps_and_gaps_at_the_ends_are_left():
    markers, _ = cubic_markers({"a": [0, 1, *range(20, 30)], "b": [58, 59]})
    filled, gaps = fill_gaps(markers)
    assert filled is markers
    assert [(g.marker, g.first, g.last, g.filled) for g in gaps] == [
        ("a", 0, 1, False),
        ("a", 20, 29, False),
        ("b", 58, 59, False),
    ]


def test_the_longest_gap_to_fill_is_the_callers_choice():
    markers, whole = cubic_markers({"a": list(range(20, 30))})
    filled, (gap,) = fill_gaps(markers, longest_s=0.1)
    assert gap.filled
    assert filled.position_m == pytest.approx(whole, abs=1e-12)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(blank=st.lists(st.integers(0, 59), max_size=40), longest_s=st.sampled_from([0.0, 0.01, 0.05, 1.0]))
def test_what_was_seen_is_never_changed_and_every_gap_is_either_filled_or_left(blank, longest_s):
    markers, _ = cubic_markers({"b": blank})
    filled, gaps = fill_gaps(markers, longest_s)
    seen = np.isfinite(markers.position_m)
    assert np.array_equal(filled.position_m[seen], markers.position_m[seen])
    missing = np.isnan(filled.position_m[:, 1, 0])
    left = np.zeros(60, dtype=bool)
    for gap in gaps:
        left[gap.first : gap.last + 1] = not gap.filled
    assert np.array_equal(missing, left)
    assert sum(gap.last - gap.first + 1 for gap in gaps) == len(set(blank))


def test_the_gaps_of_a_marker_are_told_in_one_line():
    markers, _ = cubic_markers({"a": [5, 20, *range(30, 45)]})
    _, gaps = fill_gaps(markers)
    assert gap_warnings(gaps) == ["marker a: 2 short gaps filled by a cubic spline; missing in 0.300-0.440 s"]
    assert gap_warnings(find_gaps(markers))[0].startswith("marker a: missing in 0.050-0.050 s, 0.200-0.200 s")


def test_gaps_cut_into_running_legs_come_back_as_well_as_documented(data_file):
    markers = read_c3d(data_file("fukuchi2017_run/RBDS020/RBDS020runT45.c3d")).markers
    length = int(LONGEST_FILLED_S * markers.rate_hz)
    legs = [m for m, name in enumerate(markers.names) if any(word in name for word in ("Thigh", "Shank", "Heel", "MT"))]
    position, truth = markers.position_m.copy(), markers.position_m
    for start in range(40, 4400, 60):
        position[start : start + length, legs] = np.nan
    filled, gaps = fill_gaps(replace(markers, position_m=position))
    cut = np.isnan(position[:, legs, 0]) & np.isfinite(truth[:, legs, 0])
    error_m = np.linalg.norm(filled.position_m[:, legs] - truth[:, legs], axis=2)[cut]
    assert all(gap.filled for gap in gaps if gap.marker in {markers.names[m] for m in legs})
    # As the documentation of LONGEST_FILLED_S says, in whole mm: 1 in the median, 10 in 95 of 100 frames.
    assert round(1000 * np.median(error_m)) <= 1
    assert round(1000 * np.percentile(error_m, 95)) <= 10


def test_a_marker_that_keeps_its_place_while_the_others_move_was_not_seen():
    markers, _ = cubic_markers({})
    position_m = np.repeat(markers.position_m, 2, axis=1)
    position_m[30:40, 0] = position_m[30, 0]
    body = replace(markers, names=("a", "b", "c", "d"), position_m=position_m)
    mended, (told,) = held_as_missing(body, ("a", "b"))
    assert np.flatnonzero(np.isnan(mended.position_m[:, 0, 0])).tolist() == list(range(31, 40))
    assert told == "marker a keeps one place in 0.300-0.390 s; treated as missing"
    assert held_as_missing(body, ("b",)) == (body, [])
    # A body that stands still keeps every marker.
    still = replace(body, position_m=np.broadcast_to(position_m[30], position_m.shape).copy())
    assert held_as_missing(still, ("a",)) == (still, [])
