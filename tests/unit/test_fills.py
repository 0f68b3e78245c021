"""Rows that lie on one polynomial in a recording that trembles were filled; nothing that was measured looks so."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import Akima1DInterpolator, CubicSpline, PchipInterpolator, make_interp_spline
from scipy.signal import butter, sosfiltfilt

from swinglever.checks.fills import find_fill
from swinglever.readers.storage import read_storage
from swinglever.readers.trial import read_trial

Curve = Callable[[np.ndarray, np.ndarray], Callable[[np.ndarray], np.ndarray]]
RATE_HZ, FIRST, AFTER = 150.0, 120, 138
TIME_S = np.arange(300) / RATE_HZ
CURVES: dict[str, tuple[Curve, int]] = {
    "line": (lambda t, v: make_interp_spline(t, v, 1), 1),
    "cubic spline": (CubicSpline, 3),
    "shape-preserving spline": (PchipInterpolator, 3),
    "Akima's spline": (Akima1DInterpolator, 3),
    "quintic spline": (lambda t, v: make_interp_spline(t, v, 5), 5),
}


def knee(noise_rad: float = 2e-3, time_s: np.ndarray = TIME_S) -> np.ndarray:
    """Return angles (T,1), rad, that swing as a knee does, with noise: 0.1 degrees by default."""
    motion = 0.9 + 0.7 * np.sin(9.0 * time_s) + 0.2 * np.sin(18.0 * time_s + 1.0)
    return (motion + noise_rad * np.random.default_rng(3).standard_normal(len(time_s)))[:, None]


def filled(values: np.ndarray, curve: Curve, first: int = FIRST, after: int = AFTER) -> np.ndarray:
    rows = np.r_[0:first, after : len(values)]
    spoilt = values.copy()
    spoilt[first:after] = curve(rows, values[rows])(np.arange(first, after))
    return spoilt


@pytest.mark.parametrize(("curve", "degree"), CURVES.values(), ids=CURVES)
def test_a_filled_gap_is_found_where_it_is(curve: Curve, degree: int) -> None:
    """Both rows beside the gap lie on the curve too, and so may another one or two, by chance."""
    fill = find_fill(TIME_S, filled(knee(), curve))
    assert fill is not None
    assert fill.degree <= degree  # what noise hides of a quintic leaves a cubic
    assert FIRST - 3 <= fill.first <= FIRST - 1
    assert AFTER + 1 <= fill.first + fill.rows <= AFTER + 3


@pytest.mark.parametrize("curve", [curve for curve, _ in CURVES.values()], ids=CURVES)
def test_a_filled_marker_is_found_in_all_three_directions_at_once(curve: Curve) -> None:
    places = np.concatenate([knee(1e-3), knee(1e-3)[::-1], 0.1 * knee(1e-2)], axis=1)
    assert find_fill(TIME_S, filled(places, curve)) is not None
    one = places.copy()
    one[:, 0] = filled(places, curve)[:, 0]
    assert find_fill(TIME_S, one) is None


@pytest.mark.parametrize("noise_rad", [0.0, 1e-6, 2e-3])
def test_what_moves_smoothly_or_trembles_was_not_filled(noise_rad: float) -> None:
    assert find_fill(TIME_S, knee(noise_rad)) is None


def test_few_digits_and_uneven_times_tell_nothing() -> None:
    spoilt = filled(knee(), CubicSpline)
    assert find_fill(TIME_S, spoilt.round(2)) is None
    assert find_fill(TIME_S + 2e-3 * np.sin(np.arange(300.0)), spoilt) is None
    assert find_fill(TIME_S[:4], spoilt[:4]) is None


def test_gaps_beside_a_fill_are_no_part_of_it() -> None:
    spoilt = filled(knee(), CubicSpline)
    spoilt[[20, 21, 260]] = np.nan
    assert find_fill(TIME_S, spoilt) is not None
    assert find_fill(TIME_S, np.full((300, 1), np.nan)) is None


TABLES = (
    "hamner2010_run/reference/subject02_running_ik.mot",
    "hamner2010_run/reference/subject02_Kinematics_q.sto",
    "gait2392_walk/subject01_walk1_ik.mot",
    "fukuchi2017_run/RBDS020/RBDS020_T35_ik_complex.mot",
    "fukuchi2017_run/RBDS03/RBDS03_T35_ik_complex.mot",
)
MARKERS = (
    "hamner2010_run/subject02_running.trc",
    "gait2392_walk/subject01_walk1.trc",
    *(f"fukuchi2017_run/{who}/{who}runT{pace}.c3d" for who in ("RBDS020", "RBDS03") for pace in (25, 35, 45)),
)


@pytest.mark.parametrize("name", TABLES)
def test_nothing_of_a_public_motion_was_filled(data_file: Callable[[str], Path], name: str) -> None:
    """With any number of decimals, and with every second or third row alone."""
    table = read_storage(data_file(name))
    for column in np.flatnonzero(np.ptp(table.values, axis=0) > 0.0):
        for every in (1, 2, 3):
            values = np.radians(table.values[::every, column, None])
            for decimals in range(1, 10):
                told = find_fill(table.time_s[::every], np.radians(np.degrees(values).round(decimals)))
                assert told is None, (table.names[column], every, decimals)


@pytest.mark.parametrize("name", TABLES)
def test_a_public_motion_that_was_smoothed_was_not_filled(data_file: Callable[[str], Path], name: str) -> None:
    table = read_storage(data_file(name))
    rate_hz = 1.0 / np.median(np.diff(table.time_s))
    for order, cut_off_hz in itertools.product((2, 4), (3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0)):
        smooth = sosfiltfilt(butter(order, cut_off_hz, fs=rate_hz, output="sos"), np.radians(table.values), axis=0)
        for column in np.flatnonzero(np.ptp(table.values, axis=0) > 0.0):
            assert find_fill(table.time_s, smooth[:, column, None]) is None, (table.names[column], cut_off_hz)


@pytest.mark.parametrize("name", MARKERS)
def test_no_marker_of_a_public_trial_was_filled(data_file: Callable[[str], Path], name: str) -> None:
    markers = read_trial(data_file(name)).markers
    assert markers is not None
    for column, marker in enumerate(markers.names):
        for every in (1, 2):
            told = find_fill(markers.time_s[::every], markers.position_m[::every, column])
            assert told is None, (marker, every)
