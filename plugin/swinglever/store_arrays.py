"""Arrays in a result file: unit, long name and dimension scales, so that xarray opens them too."""

from collections.abc import Sequence
from typing import Any

import h5py
import numpy as np


def write_array(
    group: h5py.Group, name: str, values: Any, unit: str, long_name: str, dimensions: Sequence[str] = ("time_s",)
) -> None:
    """Write one array with its unit, long name and dimension scales (names of arrays in the same group or above)."""
    data = np.asarray(values)
    large = data.size > 1000
    kind = h5py.string_dtype() if data.dtype.kind in "UO" else data.dtype
    data = data.astype(object) if data.dtype.kind == "U" else data
    dataset = group.create_dataset(
        name,
        data=data,
        dtype=kind,
        compression="gzip" if large else None,
        shuffle=large,
        fletcher32=data.ndim > 0 and data.size > 0 and data.dtype != object,
    )
    dataset.attrs["units"], dataset.attrs["long_name"] = unit, long_name
    for axis, dimension in enumerate(dimensions):
        scale = find_scale(group, dimension)
        if scale is not None:
            dataset.dims[axis].attach_scale(scale)


def write_scale(group: h5py.Group, name: str, values: Any, unit: str, long_name: str) -> None:
    """Write an array that others are laid out along: times, or names."""
    write_array(group, name, values, unit, long_name, ())
    group[name].make_scale(name)


def find_scale(group: h5py.Group, name: str) -> h5py.Dataset | None:
    """Find an array of this name in the group or above it."""
    while True:
        if name in group:
            return group[name]
        if group.name == "/":
            return None
        group = group.parent


def read_names(dataset: h5py.Dataset) -> tuple[str, ...]:
    """Read an array of names."""
    return tuple(str(name) for name in dataset.asstr()[...])
