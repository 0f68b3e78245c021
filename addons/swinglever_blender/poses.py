"""Which poses of a swing are frozen, and where they stand: beside each other, in rows. Nothing here knows Blender."""

from dataclasses import dataclass
from typing import Any

import numpy as np

SPACINGS = ("time", "phase", "angle")
#: Distance of two poses where no way over the ground is told, from least to most; heights of a grown figure and of the
#: words below it; and room at both ends.
GAP_M, _WIDEST_M, FIGURE_M, WORDS_M, ENDS_M = 0.85, 1.25, 2.0, 0.65, 1.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """Where poses stand.

    Parameters
    ----------
    shift_m, drop_m
        (n,) how far each pose is moved along the run and down, m.
    row
        (n,) which row it is in, from the top.
    width_m, height_m
        What all of them take.
    """

    shift_m: np.ndarray
    drop_m: np.ndarray
    row: np.ndarray
    width_m: float
    height_m: float


def choose_times(entry: dict[str, Any], n_poses: int, spacing: str) -> np.ndarray:
    """Choose instants of a swing, the first and the last among them.

    They are equally far apart in time; or in phase, where toe-off to peak flexion is one half; or in the angle that the
    knee has moved through.
    """
    time_s, share = np.array(entry["time_s"], dtype=float), np.linspace(0.0, 1.0, n_poses)
    if spacing == "phase" and "peak_flexion" in entry["events_s"]:
        return np.interp(share, [0.0, 0.5, 1.0], [time_s[0], entry["events_s"]["peak_flexion"], time_s[-1]])
    if spacing == "angle":
        moved = np.abs(np.diff(np.array(entry["knee_deg"], dtype=float)))
        way = np.concatenate([[0.0], np.cumsum(np.maximum(np.nan_to_num(moved), 1e-6))])
        return np.interp(share * way[-1], way, time_s)
    return np.interp(share, [0.0, 1.0], time_s[[0, -1]])


def lay_poses(n_poses: int, way_m: float, shape: float, figure_m: float = FIGURE_M) -> Layout:
    """Lay poses out in as many rows as make them largest in a free area.

    Parameters
    ----------
    way_m
        How far the runner gets over the ground from the first pose to the last, where that is told; else 0.
    shape
        Height over width of the free area.
    figure_m
        How far a figure reaches above its floor.
    """
    row_m = figure_m + WORDS_M
    rows = 1 if way_m > 0 else min(range(1, n_poses + 1), key=lambda r: _size(n_poses, r, row_m / shape))
    columns = int(np.ceil(n_poses / rows))
    row, column = np.divmod(np.arange(n_poses), columns)
    room_m = _size(n_poses, rows, row_m / shape) - ENDS_M
    gap_m = float(np.clip(room_m / max(columns - 1, 1), GAP_M, _WIDEST_M))
    width_m = (way_m if way_m > 0 else gap_m * (columns - 1)) + ENDS_M
    shift = (column - (columns - 1) / 2) * gap_m if way_m <= 0 else np.zeros(n_poses)
    height_m = row_m * (int(row.max()) + 1)
    return Layout(shift_m=shift, drop_m=row_m * row, row=row, width_m=width_m, height_m=height_m)


def _size(n_poses: int, rows: int, row_wide_m: float) -> float:
    """Give the width of picture, in m, that so many rows need, each of which needs one: the smaller, the larger."""
    columns = int(np.ceil(n_poses / rows))
    return max(GAP_M * (columns - 1) + ENDS_M, row_wide_m * rows)
