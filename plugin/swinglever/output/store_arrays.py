"""Arrays in a result file: unit, long name and dimension scales, so that xarray opens them too."""

from collections.abc import Mapping, Sequence
from typing import Any

import h5py
import numpy as np

_NO_VARIABLE = "This is a netCDF dimension but not a netCDF variable."
"""What netCDF-4 calls a dimension scale that is a length alone."""
_ONE_CHUNK = 2**20
"""Bytes up to which an array is one chunk: that packs better than h5py's small ones, and its readers want it whole."""


def write_array(
    group: h5py.Group,
    name: str,
    values: Any,
    unit: str,
    long_name: str,
    dimensions: Sequence[str | h5py.Dataset] = ("time_s",),
) -> None:
    """Write one array with its unit, long name and dimension scales (arrays, or their names in the group or above)."""
    data = np.asarray(values)
    large = data.size > 1000
    kind = h5py.string_dtype() if data.dtype.kind in "UO" else data.dtype
    data = data.astype(object) if data.dtype.kind == "U" else data
    packing: Mapping[str, Any] = {
        "chunks": data.shape if data.nbytes <= _ONE_CHUNK else True,
        "compression": "gzip",
        "compression_opts": 1,  # 4 takes a fifth longer to write a result and saves one hundredth
        "shuffle": True,
    }
    dataset = group.create_dataset(
        name,
        data=data,
        dtype=kind,
        fletcher32=data.ndim > 0 and data.size > 0 and data.dtype != object,
        **(packing if large else {}),
    )
    dataset.attrs["units"], dataset.attrs["long_name"] = unit, long_name
    for axis, dimension in enumerate(dimensions):
        scale = find_scale(group, dimension) if isinstance(dimension, str) else dimension
        if scale is not None:
            dataset.dims[axis].attach_scale(scale)


def write_scale(group: h5py.Group, name: str, values: Any, unit: str, long_name: str) -> None:
    """Write an array that others are laid out along: times, or names."""
    write_array(group, name, values, unit, long_name, ())
    group[name].make_scale(name)


def write_dimension(group: h5py.Group, name: str, size: int, long_name: str) -> None:
    """Name a dimension that has a length and nothing else; nothing is stored for its entries."""
    dataset = group.create_dataset(name, shape=(size,), dtype=np.float32, fletcher32=size > 0)
    dataset.attrs["units"], dataset.attrs["long_name"] = "", long_name
    dataset.make_scale(f"{_NO_VARIABLE}{size:10d}")


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
