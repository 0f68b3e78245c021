"""What the readers of markers share: length units, repeated names, zeros that mean unseen."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from swinglever.errors import InputError

METRES_PER_UNIT: Mapping[str, float] = {
    "m": 1.0,
    "meters": 1.0,
    "metres": 1.0,
    "cm": 1e-2,
    "mm": 1e-3,
    "millimeters": 1e-3,
    "millimetres": 1e-3,
}
"""Metres in each unit that files state, by its name in small letters."""


def metres_per_unit(path: Path, units: str, place: str) -> float:
    """Factor from a stated length unit to metres; the error says where the unit was stated."""
    factor = METRES_PER_UNIT.get(units.strip().lower())
    if factor is None:
        got = f"{units!r}" if units.strip() else "empty"
        raise InputError(f"{path}: {place} is {got}; expected mm, cm or m: say which with --units")
    return factor


def refuse_repeated_names(path: Path, names: list[str]) -> None:
    """Raise when a marker name appears twice, with its places counted from 1."""
    for index, name in enumerate(names):
        first = names.index(name)
        if first != index:
            where = f"as marker {first + 1} and marker {index + 1}"
            raise InputError(f"{path}: marker {name!r} appears twice ({where}); rename or remove one")


def join_fragments(
    path: Path, names: list[str], position_m: NDArray[np.float64]
) -> tuple[list[str], NDArray[np.float64], list[str]]:
    """Join trajectories (T, m, 3) of one name that are never seen together: pieces of one that was lost and found.

    Raises
    ------
    InputError
        When two of one name are seen in the same frame.
    """
    places: dict[str, list[int]] = {}
    for m, name in enumerate(names):
        places.setdefault(name, []).append(m)
    seen, told = np.isfinite(position_m).all(axis=2), list[str]()
    for name, columns in places.items():
        if len(columns) < 2:
            continue
        if seen[:, columns].sum(axis=1).max() > 1 or not seen[:, columns].any(axis=0).all():
            refuse_repeated_names(path, names)
        for other in columns[1:]:
            position_m[seen[:, other], columns[0]] = position_m[seen[:, other], other]
        told.append(f"marker {name} came in {len(columns)} pieces that do not overlap; joined")
    keep = [columns[0] for columns in places.values()]
    return list(places), position_m[:, keep], told


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
