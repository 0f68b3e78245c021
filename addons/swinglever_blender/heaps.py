"""Where HDF5 keeps texts: heaps without checksums, in which one damaged number makes its library go round for ever.

Notes
-----
The layout is that of the HDF5 file format specification, III.E, *Global heap*: a signature, the size of the whole, then
objects one after the other, each with its number and size. Number 0 is free room, and its size leads to what follows.

The package and its Blender add-on, which imports nothing of the package, each have this module; a test keeps the two
copies equal.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

_BEGIN = b"GCOL\x01\0\0\0"
_HEAD = 16
"""Bytes before the objects of a heap, and before the content of each."""
_AT_ONCE = 2**24
"""Bytes that are looked through together."""
_TEXT = np.dtype([("length", "<u4"), ("heap", "<u8"), ("number", "<u4")])
"""What an array of texts holds in the file: how long each is, and where it lies."""


def expect_sound_heaps(path: Path) -> None:
    """Look through a file for a heap in which its reader would never come to the end.

    Raises
    ------
    ValueError
        When there is one.
    """
    with path.open("rb") as file:
        for place in list(_heaps(file)):
            if _goes_round(file, place):
                raise ValueError(f"the texts of the file are damaged at byte {place}")


def text_bytes(dataset: Any) -> int:
    """Say how long an array's texts are by the file's own words: HDF5 makes room for a text as soon as it is asked for.

    Parameters
    ----------
    dataset
        An array of texts (`h5py.Dataset`); one that is not in a file of its own counts as empty.

    Raises
    ------
    ValueError
        When the array does not lie in the file as ours do, in one piece.
    """
    if not dataset.size or dataset.file.driver != "sec2":
        return 0
    offset, count = dataset.id.get_offset(), int(dataset.size)
    if offset is None or count * _TEXT.itemsize > dataset.id.get_storage_size():
        raise ValueError(f"expected the texts of {dataset.name!r} in one piece, as swinglever writes them")
    places = np.fromfile(dataset.file.filename, _TEXT, count, offset=offset)
    return int(places["length"].sum(dtype=np.int64))


def _heaps(file: BinaryIO) -> Iterator[int]:
    """Give the places where heaps begin."""
    begin, kept = 0, b""
    while block := file.read(_AT_ONCE):
        found, whole = -1, kept + block
        while (found := whole.find(_BEGIN, found + 1)) >= 0:
            yield begin - len(kept) + found
        begin, kept = begin + len(block), whole[1 - len(_BEGIN) :]


def _goes_round(file: BinaryIO, place: int) -> bool:
    file.seek(place + len(_BEGIN))
    size = int.from_bytes(file.read(_HEAD - len(_BEGIN)), "little")
    heap, at = file.read(min(max(size - _HEAD, 0), _AT_ONCE)), 0
    while at + _HEAD <= len(heap):
        number, length = (
            int.from_bytes(heap[at : at + 2], "little"),
            int.from_bytes(heap[at + 8 : at + _HEAD], "little"),
        )
        if number == 0 and length == 0:
            return True
        at += length if number == 0 else _HEAD + -(-length // 8) * 8
    return False
