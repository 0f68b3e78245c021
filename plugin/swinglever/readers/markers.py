"""Marker trajectories, the same from every file format."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from swinglever.errors import InputError, UnknownNameError

METRES_PER_UNIT: Mapping[str, float] = {
    "m": 1.0,
    "meters": 1.0,
    "metres": 1.0,
    "cm": 1e-2,
    "mm": 1e-3,
    "millimeters": 1e-3,
    "millimetres": 1e-3,
}


@dataclass(frozen=True, kw_only=True)
class Markers:
    """Marker trajectories in metres, in the file's own axes unless the reader's warnings say that they were turned.

    Attributes
    ----------
    path
        The file.
    time_s
        (T), rising.
    names
        (m), each once.
    position_m
        (T, m, 3); nan where a marker was not seen.
    rate_hz
        Sampling rate.
    units
        Length unit as the file states it.
    warnings
        What was mended or looks wrong.
    """

    path: Path
    time_s: NDArray[np.float64]
    names: tuple[str, ...]
    position_m: NDArray[np.float64]
    rate_hz: float
    units: str
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the shapes and make the arrays read-only."""
        shape = (len(self.time_s), len(self.names), 3)
        if self.position_m.shape != shape:
            raise ValueError(f"expected positions of shape {shape} (times, names, 3), got {self.position_m.shape}")
        self.time_s.setflags(write=False)
        self.position_m.setflags(write=False)

    def marker(self, name: str) -> NDArray[np.float64]:
        """Trajectory (T, 3) of one marker, m."""
        if name not in self.names:
            raise UnknownNameError(f"{self.path} has no marker {name!r}; it has {list(self.names)}")
        return self.position_m[:, self.names.index(name)]


def metres_per_unit(path: Path, units: str, place: str) -> float:
    """Factor from a stated length unit to metres; the error says where the unit was stated."""
    factor = METRES_PER_UNIT.get(units.strip().lower())
    if factor is None:
        got = f"{units!r}" if units.strip() else "empty"
        raise InputError(f"{path}: {place} is {got}; expected mm, cm or m")
    return factor


def refuse_repeated_names(path: Path, names: list[str]) -> None:
    """Raise when a marker name appears twice, with its places counted from 1."""
    for index, name in enumerate(names):
        first = names.index(name)
        if first != index:
            where = f"as marker {first + 1} and marker {index + 1}"
            raise InputError(f"{path}: marker {name!r} appears twice ({where}); rename or remove one")


def zeros_as_missing(names: list[str], position_m: NDArray[np.float64]) -> list[str]:
    """Set exact (0, 0, 0) to nan in place, and say which markers had it: no camera system measures the origin exactly.

    Several systems write zeros for a marker that they did not see.
    """
    zero = (position_m == 0.0).all(axis=2)
    position_m[zero] = np.nan
    return [
        f"marker {names[m]} is exactly 0, 0, 0 in {_ranges(np.flatnonzero(zero[:, m]) + 1)}; treated as missing"
        for m in np.flatnonzero(zero.any(axis=0))
    ]


def _ranges(frames: NDArray[np.intp]) -> str:
    """Rows as text: 'rows 1-5, 9'."""
    runs = np.split(frames, np.flatnonzero(np.diff(frames) > 1) + 1)
    parts = [f"{run[0]}" if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    more = f" and {len(parts) - 5} more runs" if len(parts) > 5 else ""
    return f"rows {', '.join(parts[:5])}{more}"
