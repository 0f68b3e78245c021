"""Gaps in marker trajectories: short ones filled, long ones left, all of them told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from swinglever.arrays import Array, runs_of
from swinglever.records.trial import Markers

LONGEST_FILLED_S = 0.05
"""Gaps up to this are filled. Gaps cut into whole trajectories of legs that run at 3.5 and 4.5 m/s (Fukuchi 2017,
150 Hz) come back within 1 mm in the median and 10 mm in 95 of 100 frames: no more than skin moves over bone. Those
twice as long come back within 17 mm."""

_HELD_ROWS, _HELD_S, _MOVED_M = 6, 0.03, 0.02
"""A marker that keeps its place to the last digit for so long, while half of the others move so far, was not seen."""
_BODY_ROWS, _HALTED_M_S = 4, 0.3
"""So many frames alike in every marker, beside one in which the body moves so fast, were not measured: nobody halts
from one frame to the next, and markers of somebody who stands tremble."""
_NEIGHBOURS = 4  # samples on either side that the cubic goes through; more change nothing


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A run of frames in which a marker was not seen.

    Attributes
    ----------
    marker
        Its name.
    first, last
        Frames, from 0, both in the gap.
    start_s, end_s
        Times of these frames.
    filled
        Whether it was filled.
    """

    marker: str
    first: int
    last: int
    start_s: float
    end_s: float
    filled: bool = False


def find_gaps(markers: Markers) -> tuple[Gap, ...]:
    """Every gap of every marker, by marker and time."""
    gaps = []
    for column, name in enumerate(markers.names):
        missing = np.isnan(markers.position_m[:, column, 0])
        for first, after in runs_of(missing).tolist():
            start_s, end_s = float(markers.time_s[first]), float(markers.time_s[after - 1])
            gaps.append(Gap(marker=name, first=first, last=after - 1, start_s=start_s, end_s=end_s))
    return tuple(gaps)


def held_as_missing(markers: Markers, names: Collection[str]) -> tuple[Markers, list[str]]:
    """Take a marker for unseen while it keeps its last place, as some systems write it; and say when.

    Parameters
    ----------
    markers
        Trajectories.
    names
        Markers that never rest: not those of the feet.
    """
    position_m, told = markers.position_m.copy(), list[str]()
    for column in [k for k, name in enumerate(markers.names) if name in names]:
        still = (np.diff(markers.position_m[:, column], axis=0) == 0.0).all(axis=1)
        for first, last in [
            (a, b) for a, b in runs_of(still).tolist() if is_held(markers.time_s, markers.position_m, a, b)
        ]:
            position_m[first + 1 : last + 1, column] = np.nan
            span = f"{markers.time_s[first]:.3f}-{markers.time_s[last]:.3f} s"
            told.append(f"marker {markers.names[column]} keeps one place in {span}; treated as missing")
    return (replace(markers, position_m=position_m) if told else markers), told


def halted_as_missing(markers: Markers) -> tuple[Markers, list[str]]:
    """Take the whole body for unseen while it halts amid motion, as where frames were repeated; and say when."""
    place_m = markers.position_m
    with np.errstate(invalid="ignore"):
        stride_m = np.linalg.norm(np.diff(place_m, axis=0), axis=2)
    seen = np.isfinite(stride_m)
    still = (seen.sum(axis=1) >= 3) & (np.where(seen, stride_m, 0.0) == 0.0).all(axis=1)
    position_m, told = place_m.copy(), list[str]()
    for first, last in runs_of(still).tolist():
        lasts_s = markers.time_s[last] - markers.time_s[first]
        if last - first + 1 < _BODY_ROWS or lasts_s < _HELD_S or not _moves_beside(markers, stride_m, first, last):
            continue
        position_m[first + 1 : last + 1] = np.nan
        span = f"{markers.time_s[first]:.3f}-{markers.time_s[last]:.3f} s"
        told.append(f"every marker keeps one place in {span}, amid motion; treated as missing")
    return (replace(markers, position_m=position_m) if told else markers), told


def _moves_beside(markers: Markers, stride_m: Array, first: int, last: int) -> bool:
    """Whether the body moves from the frame before the first, or to the one after the last."""
    speeds = [
        np.nanmedian(stride_m[k]) / (markers.time_s[k + 1] - markers.time_s[k])
        for k in (first - 1, last)
        if 0 <= k < len(stride_m) and np.isfinite(stride_m[k]).any()
    ]
    return any(speed > _HALTED_M_S for speed in speeds)


def is_held(time_s: Array, position_m: Array, first: int, last: int) -> bool:
    """Whether half of the places (T, m, 3) move between two frames between which one stays, for long enough."""
    moved = np.linalg.norm(position_m[last] - position_m[first], axis=1)
    others = moved[np.isfinite(moved)]
    lasts = last - first + 1 >= _HELD_ROWS and time_s[last] - time_s[first] >= _HELD_S
    return bool(lasts and len(others) and np.median(others) > _MOVED_M)


def fill_gaps(markers: Markers, longest_s: float = LONGEST_FILLED_S) -> tuple[Markers, tuple[Gap, ...]]:
    """Fill short gaps by a cubic spline through the samples on both sides.

    Parameters
    ----------
    markers
        Trajectories with nan where missing.
    longest_s
        Gaps that last longer than this are left, as are those at the start and the end of the recording, and those with
        fewer than two samples on a side.

    Returns
    -------
    filled
        The trajectories; the same record when nothing was filled.
    gaps
        Every gap, with whether it was filled.
    """
    position_m = markers.position_m.copy()
    gaps = [_fill(markers, position_m, gap, longest_s) for gap in find_gaps(markers)]
    if not any(gap.filled for gap in gaps):
        return markers, tuple(gaps)
    return replace(markers, position_m=position_m), tuple(gaps)


def _fill(markers: Markers, position_m: NDArray[np.float64], gap: Gap, longest_s: float) -> Gap:
    """Fill one gap in place where it may be; return it with the answer."""
    duration_s = (gap.last - gap.first + 1) / markers.rate_hz
    seen = np.flatnonzero(np.isfinite(markers.position_m[:, markers.names.index(gap.marker), 0]))
    before, after = seen[seen < gap.first][-_NEIGHBOURS:], seen[seen > gap.last][:_NEIGHBOURS]
    if duration_s > longest_s or len(before) < 2 or len(after) < 2:
        return gap
    knots, column = np.concatenate([before, after]), markers.names.index(gap.marker)
    curve = CubicSpline(markers.time_s[knots], markers.position_m[knots, column])
    inside = slice(gap.first, gap.last + 1)
    position_m[inside, column] = curve(markers.time_s[inside])
    return replace(gap, filled=True)


def gap_warnings(gaps: Sequence[Gap], of: str = "marker") -> list[str]:
    """One line a marker, or whatever has the gaps: how many were filled, and which were left."""
    lines = []
    for name in dict.fromkeys(gap.marker for gap in gaps):
        own = [gap for gap in gaps if gap.marker == name]
        left = [f"{gap.start_s:.3f}-{gap.end_s:.3f} s" for gap in own if not gap.filled]
        filled = len(own) - len(left)
        parts = [f"{filled} short gap{'s' * (filled > 1)} filled by a cubic spline"] if filled else []
        if left:
            more = f" and {len(left) - 5} more" if len(left) > 5 else ""
            parts.append(f"missing in {', '.join(left[:5])}{more}")
        lines.append(f"{of} {name}: {'; '.join(parts)}")
    return lines
