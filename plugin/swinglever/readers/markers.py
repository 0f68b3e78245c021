"""What the readers of markers share: length units, repeated names, zeros that mean unseen."""

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from swinglever.errors import InputError

METRES_PER_UNIT: Mapping[str, float] = {"m": 1.0, "cm": 1e-2, "mm": 1e-3}
"""Metres in each unit that files state."""
_SPELLINGS = (("mm", r"mm|mill?i? ?m(et(er|re))?s?"), ("cm", r"cm|centi ?m(et(er|re))?s?"), ("m", r"m|met(er|re)s?"))
"""How they are spelt, in small letters and without brackets, quotes and points."""


def unit_of(stated: str) -> str:
    """``mm``, ``cm`` or ``m``, however it is spelt; empty for what is none of them.

    Examples
    --------
    >>> unit_of("[Millimeters]"), unit_of("milimetre"), unit_of("Meter"), unit_of("inches")
    ('mm', 'mm', 'm', '')
    """
    plain = stated.strip().strip("[]()\"'.").lower()
    return next((unit for unit, spelling in _SPELLINGS if re.fullmatch(spelling, plain)), "")


def metres_per_unit(path: Path, units: str, place: str) -> float:
    """Factor from a stated length unit to metres; the error says where the unit was stated."""
    if unit := unit_of(units):
        return METRES_PER_UNIT[unit]
    got = f"{units!r}" if units.strip() else "empty"
    raise InputError(f"{path}: {place} is {got}; expected mm, cm or m: say which with --units")


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

    Of copies one is kept.

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
        if all(np.array_equal(position_m[:, columns[0]], position_m[:, c], equal_nan=True) for c in columns[1:]):
            told.append(f"marker {name} came {len(columns)} times with the same places; one is kept")
            continue
        if seen[:, columns].sum(axis=1).max() > 1 or not seen[:, columns].any(axis=0).all():
            refuse_repeated_names(path, names)
        for other in columns[1:]:
            position_m[seen[:, other], columns[0]] = position_m[seen[:, other], other]
        told.append(f"marker {name} came in {len(columns)} pieces that do not overlap; joined")
    keep = [columns[0] for columns in places.values()]
    return list(places), position_m[:, keep], told


def zeros_as_missing(names: list[str], position_m: NDArray[np.float64]) -> list[str]:
    """Set (0, 0, 0), and any number that stands for all three, to nan in place, and say which markers had it.

    Several systems write zeros, or -9999, for a marker that they did not see; no camera system measures one number
    three times, to the last digit.
    """
    zero = (position_m == position_m[..., :1]).all(axis=2)
    told = list[str]()
    for m in np.flatnonzero(zero.any(axis=0)):
        number = "{0:g}, {0:g}, {0:g}".format(position_m[np.argmax(zero[:, m]), m, 0])
        told.append(
            f"marker {names[m]} is exactly {number} in {_ranges(np.flatnonzero(zero[:, m]) + 1)}; treated as missing"
        )
    position_m[zero] = np.nan
    return told


def _ranges(frames: NDArray[np.intp]) -> str:
    """Rows as text: 'rows 1-5, 9'."""
    runs = np.split(frames, np.flatnonzero(np.diff(frames) > 1) + 1)
    parts = [f"{run[0]}" if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    more = f" and {len(parts) - 5} more runs" if len(parts) > 5 else ""
    return f"rows {', '.join(parts[:5])}{more}"
