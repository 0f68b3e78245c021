"""Where HDF5 keeps texts: heaps without checksums, in which one damaged number makes its library go round for ever.

Notes
-----
The layout is that of the HDF5 file format specification, III.E, *Global heap*: a signature, the size of the whole, then
objects one after the other, each with its number and size. Number 0 is free room, and its size leads to what follows.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from swinglever.errors import InputError

_BEGIN = b"GCOL\x01\0\0\0"
_HEAD = 16
"""Bytes before the objects of a heap, and before the content of each."""
_AT_ONCE = 2**24
"""Bytes that are looked through together."""


def expect_sound_heaps(path: Path) -> None:
    """Look through a file for a heap in which its reader would never come to the end.

    Raises
    ------
    InputError
        When there is one.
    """
    with path.open("rb") as file:
        for place in list(_heaps(file)):
            if _goes_round(file, place):
                raise InputError(f"the texts of '{path}' are damaged at byte {place}; analyse the trial again")


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
