"""Groups of arrays in an HDF5 file, with dimension scales, units and long names, so that xarray opens them too."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import h5py
import numpy as np

from swinglever.errors import InputError
from swinglever.output.heaps import text_bytes
from swinglever.output.join import Stitched
from swinglever.output.packing import FILTERS, Packing, packing
from swinglever.output.unstack import Read
from swinglever.output.variables import AT_ROOT, Group, Scale, Variable
from swinglever.records.fields import EXACT, FIXED

NOTHING: Mapping[str, slice] = MappingProxyType({})
LIBVER = ("v110", "v110")
"""HDF5's format since 1.10 has checksums in its structure: damage is an error there, not a crash or rubbish."""
_NO_VARIABLE = "This is a netCDF dimension but not a netCDF variable."
"""What netCDF-4 calls a dimension scale that is a length alone."""
_ONE_CHUNK = 2**20
"""Bytes of a chunk, about: small chunks pack badly, and who reads a result wants arrays whole."""
_UNPACKED, _UNPACKED_AT_LEAST = 200, 2**26
"""Bytes that arrays may take for each byte of a file, and at least: ours take up to ten."""
_MOST_ENTRIES = 2000
"""Groups and arrays of a file: ours have up to two hundred, whatever the number of swings."""
_KINDS = "fiuO"
"""What arrays are of: numbers, whole numbers, texts."""
_AT_ONCE = 2**24
"""Bytes, about, that are held of an array that is put together from parts while it is written."""
_SMALL = 1000
"""Entries up to which packing costs more than it saves."""


def write_groups(file: h5py.File, groups: Mapping[str, Group]) -> None:
    """Write groups into a file, beside those that it has; dimensions that mean the same everywhere stand at its root.

    Raises
    ------
    InputError
        When swings have different numbers of instants.
    """
    sizes, scales = _sizes(groups), Scales(file=file, known=_scales_in(file))
    with packing() as pack:
        if "percent" in sizes:
            percent = np.linspace(0.0, 100.0, sizes["percent"])
            scales.add("", "percent", _write_numbers(file, "percent", percent, "%", "part of the swing", pack))
        for path, group in groups.items():
            target = file.require_group(path) if path else file
            target.attrs.update(group.attributes)
            for name, scale in group.scales.items():
                scales.add(path, name, _write_names(target, name, scale))
            for name, variable in group.variables.items():
                dataset = _write_variable(target, name, variable, pack)
                for axis, (dimension, size) in enumerate(zip(variable.dimensions, variable.values.shape, strict=True)):
                    dataset.dims[axis].attach_scale(scales.find(path, dimension, size))


@dataclass(frozen=True, kw_only=True)
class Scales:
    """What the dimensions of a file are called: those of a group are known to the groups in it."""

    file: h5py.File
    known: dict[tuple[str, str], h5py.Dataset] = field(default_factory=dict)

    def add(self, path: str, dimension: str, dataset: h5py.Dataset, name: str = "") -> h5py.Dataset:
        """Make an array the scale of a dimension."""
        dataset.make_scale(name or dimension)
        self.known[path, dimension] = dataset
        return dataset

    def find(self, path: str, dimension: str, size: int) -> h5py.Dataset:
        """Give the scale of a dimension, of the group or of one above it; make one where there is none."""
        parts = path.split("/")
        for k in range(len(parts), 0, -1):
            if ("/".join(parts[:k]), dimension) in self.known:
                return self.known["/".join(parts[:k]), dimension]
        if dimension in FIXED:
            first, text = "/".join(parts[:2]), dimension.replace("_", " ")
            scale = Scale(labels=FIXED[dimension], meaning=text, templates=FIXED[dimension])
            return self.add(first, dimension, _write_names(self.file[first], dimension, scale))
        length = self.file[path].create_dataset(dimension, shape=(size,), dtype=np.float32, fletcher32=size > 0)
        length.attrs["units"], length.attrs["long_name"] = "", dimension.replace("_", " ")
        return self.add(path, dimension, length, f"{_NO_VARIABLE}{size:10d}")


def _scales_in(file: h5py.File) -> dict[tuple[str, str], h5py.Dataset]:
    """Give the scales that a file has, by the path of their group and the dimension."""
    known: dict[tuple[str, str], h5py.Dataset] = {}

    def note(place: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and item.is_scale:
            path, _, name = place.rpartition("/")
            known[f"/{path}" if path else "", name] = item

    file.visititems(note)
    return known


def _sizes(groups: Mapping[str, Group]) -> dict[str, int]:
    """Sizes of the dimensions that mean the same everywhere.

    Raises
    ------
    InputError
        When one of them has two sizes.
    """
    sizes: dict[str, int] = {}
    for path, group in groups.items():
        for name, variable in group.variables.items():
            for dimension, size in zip(variable.dimensions, variable.values.shape, strict=True):
                if dimension in AT_ROOT and sizes.setdefault(dimension, size) != size:
                    raise InputError(
                        f"expected {sizes[dimension]} entries along '{dimension}' in '{path}/{name}' as elsewhere, "
                        f"got {size}"
                    )
    return sizes


def _write_names(group: h5py.Group, name: str, scale: Scale) -> h5py.Dataset:
    """Write the names of a dimension's entries; where they have a side, the templates stand beside them."""
    dataset = _write_texts(group, name, np.array(scale.labels, object), scale.meaning)
    if scale.templates != scale.labels:
        names = np.array([storable(name) for name in scale.templates], object)
        dataset.attrs.create("names", names, dtype=h5py.string_dtype())
    return dataset


def _write_variable(group: h5py.Group, name: str, variable: Variable, pack: Packing) -> h5py.Dataset:
    if variable.values.dtype == object:
        dataset = _write_texts(group, name, variable.values, variable.meaning)
    else:
        dataset = _write_numbers(group, name, variable.values, variable.unit, variable.meaning, pack)
    if variable.step != EXACT:
        dataset.attrs["rounded_to"] = variable.step
    dataset.attrs["dimensions"] = " ".join(variable.dimensions)
    return dataset


def storable(text: str) -> str:
    """Write out what is no letter in any alphabet: bytes of a path that are no UTF-8, zeros."""
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")


def _write_texts(group: h5py.Group, name: str, texts: Any, meaning: str) -> h5py.Dataset:
    kept = np.array([storable(text) for text in np.ravel(texts)], object).reshape(np.shape(texts))
    dataset = group.create_dataset(name, data=kept, dtype=h5py.string_dtype())
    dataset.attrs["units"], dataset.attrs["long_name"] = "", meaning
    return dataset


def _write_numbers(group: h5py.Group, name: str, values: Any, unit: str, meaning: str, pack: Packing) -> h5py.Dataset:
    packed = {"chunks": _chunk(values.shape, values.itemsize), **FILTERS} if values.size > _SMALL else {}
    if isinstance(values, Stitched) or packed:
        whole = {"shape": values.shape, "dtype": values.dtype}
        dataset = group.create_dataset(name, fletcher32=values.size > 0, **whole, **packed)
    else:
        dataset = group.create_dataset(name, data=values, fletcher32=values.size > 0)
    if isinstance(values, Stitched):
        for rows, some in values.blocks(_rows_at_once(dataset.chunks, values)):
            dataset[rows] = some
    elif packed:
        pack.add(dataset, values)
    dataset.attrs["units"], dataset.attrs["long_name"] = unit, meaning
    return dataset


def _rows_at_once(chunk: tuple[int, ...] | None, values: Stitched) -> int:
    """Give the rows of an array that are written together: whole chunks, about `_AT_ONCE` bytes."""
    row = max(values.itemsize * values.size // max(values.shape[0], 1), 1)
    whole = 1 if chunk is None else chunk[0]
    return max(_AT_ONCE // row // whole, 1) * whole


def _chunk(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    """Give a chunk of about a mebibyte: the last dimensions whole, the first ones in part."""
    chunk, left = [1] * len(shape), max(_ONE_CHUNK // itemsize, 1)
    for k in range(len(shape) - 1, -1, -1):
        chunk[k] = max(min(shape[k], left), 1)
        left //= chunk[k]
    return tuple(chunk)


Cut = Mapping[str, slice]
"""Which entries of a dimension are wanted; all of one that it does not name."""


def read_groups(file: h5py.File, without: Collection[str] = (), cut: Cut = NOTHING) -> dict[str, Read]:
    """Read every group of a file; those at its root of some names are left.

    Parameters
    ----------
    file
        The file.
    without
        Names of groups at its root that are not wanted.
    cut
        Which part of it is wanted along some dimensions.

    Raises
    ------
    InputError
        When a part of it lies in another file.
    """
    return _Reading(cut=cut, without=without).read(file)


def see_groups(file: h5py.File) -> dict[str, Read]:
    """Do the same for a file that stays open, and leave the arrays in it.

    Raises
    ------
    InputError
        When a part of it lies in another file.
    """
    return _Reading(stay=True).read(file)


def expect_in_proportion(file: h5py.File) -> None:
    """Look at how many entries a file has, and how long its arrays say they are, before room is made for them.

    Raises
    ------
    InputError
        When that is out of all proportion, or a part of it lies in another file.
    ValueError
        As `text_bytes`.
    """
    most, entries = _UNPACKED * file.id.get_filesize() + _UNPACKED_AT_LEAST, 0

    def measure(left: int, group: h5py.Group) -> int:
        nonlocal entries
        entries += len(group)
        if entries > _MOST_ENTRIES:
            raise InputError(
                f"expected up to {_MOST_ENTRIES} groups and arrays in a result, got more at '{group.name}'"
            )
        for name in group:
            item = _own(group, name)
            if isinstance(item, h5py.Group):
                left = measure(left, item)
            elif item.dtype == object:
                left -= int(item.size) * item.dtype.itemsize + text_bytes(item)
            elif not item.is_scale:
                left -= int(item.size) * item.dtype.itemsize
            if left < 0:
                raise InputError(f"expected arrays of up to {most} bytes in this file, '{group.name}/{name}' is beyond")
        return left

    measure(most, file)


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """Reads the groups of a file: which part of it, or whether the arrays stay there."""

    cut: Cut = NOTHING
    without: Collection[str] = ()
    stay: bool = False
    found: dict[str, Read] = field(default_factory=dict)

    def read(self, file: h5py.File) -> dict[str, Read]:
        self._into("", file, {}, self.without)
        return self.found

    def _into(
        self, path: str, group: h5py.Group, shared: Mapping[str, tuple[str, ...]], without: Collection[str] = ()
    ) -> None:
        labels, templates, own = dict(shared), {}, {}
        arrays: dict[str, tuple[tuple[str, ...], Any]] = {}
        about: dict[str, Variable] = {}
        inner: list[tuple[str, h5py.Group]] = []
        for name in group:
            if name in without:
                continue
            item = _own(group, name)
            if isinstance(item, h5py.Group):
                inner.append((f"{path}/{name}", item))
            elif not item.is_scale:
                about[name] = _about(item)
                arrays[name] = about[name].dimensions, self._values(item, about[name].dimensions)
            elif item.dtype == object:
                part = self.cut.get(name, slice(None))
                own[name] = str(item.attrs.get("long_name", name))
                labels[name] = tuple(item.asstr()[part].tolist())
                templates[name] = tuple(map(str, item.attrs["names"]))[part] if "names" in item.attrs else labels[name]
        self.found[path] = Read(
            attributes=dict(group.attrs), labels=labels, templates=templates, arrays=arrays, own=own, about=about
        )
        for where, deeper in inner:
            self._into(where, deeper, labels if not path else shared)

    def _values(self, item: h5py.Dataset, dimensions: tuple[str, ...]) -> Any:
        if self.stay:
            return item
        part = tuple(self.cut.get(dimension, slice(None)) for dimension in dimensions) or ...
        return item.asstr()[part] if item.dtype == object else item[part]


def _about(item: h5py.Dataset) -> Variable:
    """Give what an array is, without its values."""
    kept = item.attrs
    if item.dtype.kind not in _KINDS:
        raise InputError(f"expected numbers or texts in '{item.name}', got {item.dtype}")
    return Variable(
        dimensions=tuple(str(kept["dimensions"]).split()),
        values=None,
        unit=str(kept.get("units", "")),
        meaning=str(kept.get("long_name", "")),
        step=float(kept.get("rounded_to", EXACT)),
    )


def _own(group: h5py.Group, name: str) -> Any:
    """Give a member of a group that lies in the file itself: a result never sends its reader elsewhere."""
    link = group.get(name, getlink=True)
    item = group[name] if isinstance(link, h5py.HardLink) else None
    elsewhere = item is None or h5py.h5o.get_info(item.id).rc > 1  # a group in two places is walked through twice, ...
    if elsewhere or (isinstance(item, h5py.Dataset) and (item.external or item.is_virtual)):
        raise InputError(
            f"expected '{name}' of the group '{group.name}' in the file itself, it points to another place"
        )
    return item
