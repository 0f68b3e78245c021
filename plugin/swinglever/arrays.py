"""Read-only arrays with a checked shape: what every record of this package is made of."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from swinglever.errors import ShapeError

Array = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.floating[Any]]
"""Of any precision."""
Wholes = npt.NDArray[np.integer[Any]]
"""Of any width."""


def given_away(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Make an array read-only that its maker just made and keeps no hold of, so that a record needs no copy."""
    array.setflags(write=False)
    return array


def frozen(values: Any, dtype: Any = float) -> npt.NDArray[Any]:
    """Give a read-only array that nobody else can write to.

    Parameters
    ----------
    values
        Anything that numpy reads; copied unless it is read-only already.
    dtype
        Element type, float64 unless told; None keeps the one that it has.
    """
    if isinstance(values, np.ndarray) and not values.flags.writeable and values.dtype == (dtype or values.dtype):
        return values
    return given_away(np.array(values, dtype))


def freeze_fields(record: Any, *names: str, dtype: Any = float) -> None:
    """Replace the named fields of a frozen dataclass by read-only arrays, from its ``__post_init__``."""
    for name in names:
        object.__setattr__(record, name, frozen(getattr(record, name), dtype))


def check_shapes(record: Any, **expected: Sequence[int | str]) -> dict[str, int]:
    """Check that array fields agree on their dimensions, and return the size of each dimension letter.

    Parameters
    ----------
    record
        Whose fields, arrays or tuples, are looked at.
    **expected
        Field to its dimensions: a size, or a name that means one size in all fields.

    Raises
    ------
    ShapeError
        Naming the field, the shape expected and the shape that came.
    """
    sizes: dict[str, int] = {}
    for name, shape in expected.items():
        value = getattr(record, name)
        got = value.shape if isinstance(value, np.ndarray) else (len(value),)
        wanted = tuple(
            sizes.setdefault(d, got[i] if i < len(got) else -1) if isinstance(d, str) else d
            for i, d in enumerate(shape)
        )
        if got != wanted:
            raise ShapeError(f"{type(record).__name__}.{name}: expected shape {tuple(shape)} = {wanted}, got {got}")
    return sizes


def unwritable(record: Any) -> None:
    """Make every array field of a dataclass read-only."""
    for value in vars(record).values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)


def runs_of(flags: Bools) -> Ints:
    """Stretches (n,2) of a row of flags (K) that are set: the first of each, and the one after its last.

    Examples
    --------
    >>> runs_of(np.array([True, True, False, True])).tolist()
    [[0, 2], [3, 4]]
    """
    return np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]))).reshape(-1, 2)


def listed(values: npt.ArrayLike) -> list[float]:
    """Give values (n) as a list for a JSON file, to five decimals."""
    return [round(float(x), 5) for x in np.asarray(values)]
