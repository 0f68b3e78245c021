"""C3D files in the byte order of Silicon Graphics machines, written anew in Intel's, which parsers read."""

import struct
from collections.abc import Iterator

_BLOCK, _HEADER = 512, 4
INTEL, SGI = 84, 86
"""What the fourth byte of the parameters says of the processor."""
_HEADER_INTEGERS, _HEADER_FLOATS = (2, 4, 6, 8, 10, 16, 18), (12, 20)
"""Places in the file's header: counts, frames and the start of the data; the scale and the frame rate."""
_INTEGER, _FLOAT = 2, 4
"""Types of parameters whose bytes have an order."""


def is_sgi(raw: bytes) -> bool:
    """Whether a C3D file says that a Silicon Graphics (MIPS) machine wrote it."""
    start = (raw[0] - 1) * _BLOCK if raw else 0
    return 0 < start < len(raw) - _HEADER and raw[start + 3] == SGI


def to_intel(raw: bytes) -> bytes:
    """Give the same file in Intel's byte order.

    Raises
    ------
    ValueError
        When the parameters do not lead from one to the next.
    """
    out, start = bytearray(raw), (raw[0] - 1) * _BLOCK
    for at in _HEADER_INTEGERS:
        _turn(out, at, 2, 1)
    for at in _HEADER_FLOATS:
        _turn(out, at, 4, 1)
    out[start + 3] = INTEL
    for at, size, count in _parameters(raw, start + _HEADER):
        _turn(out, at, size, count)
    first = (int.from_bytes(raw[16:18], "big") - 1) * _BLOCK
    size = 4 if struct.unpack(">f", raw[12:16])[0] < 0.0 else 2
    if not 0 < first <= len(raw):
        raise ValueError("the data begin outside the file")
    _turn(out, first, size, (len(raw) - first) // size)
    return bytes(out)


def _turn(out: bytearray, at: int, size: int, count: int) -> None:
    """Turn the bytes of some numbers round."""
    if at + size * count > len(out):
        raise ValueError("a parameter reaches beyond the file")
    part = out[at : at + size * count]
    for k in range(size):
        out[at + k : at + size * count : size] = part[size - 1 - k :: size]


def _parameters(raw: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Places of the numbers of every parameter: where, bytes of one, and how many."""
    seen = set[int]()
    while at + 2 <= len(raw) and at not in seen:
        seen.add(at)
        name, group = abs(struct.unpack_from("b", raw, at)[0]), struct.unpack_from("b", raw, at + 1)[0]
        following = at + 2 + name
        if name == 0 or group == 0 or following + 4 > len(raw):
            return
        yield following, 2, 1
        if group > 0:
            kind, dimensions = struct.unpack_from("b", raw, following + 2)[0], raw[following + 3]
            first, count = following + 4 + dimensions, 1
            for size in raw[following + 4 : first]:
                count *= size
            if kind in (_INTEGER, _FLOAT):
                yield first, kind, count
        offset = int.from_bytes(raw[following : following + 2], "big")
        if offset == 0:
            return
        at = following + offset
