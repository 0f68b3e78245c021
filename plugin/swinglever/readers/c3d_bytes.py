"""C3D files that parsers read wrongly, written anew as they read them.

Those in the byte order of Silicon Graphics machines become Intel's; analog samples without a sign, or about a zero
below 0, become floats about 0.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

_BLOCK, _HEADER = 512, 4
INTEL, SGI = 84, 86
"""What the fourth byte of the parameters says of the processor."""
_HEADER_INTEGERS, _HEADER_FLOATS = (2, 4, 6, 8, 10, 16, 18), (12, 20)
"""Places in the file's header: counts, frames and the start of the data; the scale and the frame rate."""
_TEXT, _INTEGER, _FLOAT = -1, 2, 4
"""Types of parameters; those of numbers are the bytes of one, which have an order."""
_NO_ZERO = -(2**15)
"""A sample with a sign that no signal has for its zero: without one it is in the middle."""


@dataclass(frozen=True, kw_only=True)
class _Parameter:
    """A parameter, or a group (``kind`` 0), and where its values are."""

    group: int
    name: str
    link: int
    kind: int = 0
    first: int = 0
    count: int = 0


def is_sgi(raw: bytes) -> bool:
    """Whether a C3D file says that a Silicon Graphics (MIPS) machine wrote it."""
    return _processor(raw) == SGI


def has_odd_zeros(raw: bytes) -> bool:
    """Whether an Intel file's analog samples have no sign, or a zero below 0: parsers misread both."""
    if _processor(raw) != INTEL:
        return False
    whole = struct.unpack("<f", raw[12:16])[0] > 0.0
    return bool((whole and _is_unsigned(raw)) or (_zeros(raw) < 0).any())


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
    for parameter in _parameters(raw, "big"):
        _turn(out, parameter.link, 2, 1)
        if parameter.kind in (_INTEGER, _FLOAT):
            _turn(out, parameter.first, parameter.kind, parameter.count)
    first = (int.from_bytes(raw[16:18], "big") - 1) * _BLOCK
    size = 4 if struct.unpack(">f", raw[12:16])[0] < 0.0 else 2
    if not 0 < first <= len(raw):
        raise ValueError("the data begin outside the file")
    _turn(out, first, size, (len(raw) - first) // size)
    return bytes(out)


def to_floats(raw: bytes) -> bytes:
    """Give the same file with its data as 32-bit floats, analog samples counted from their zero.

    Raises
    ------
    ValueError
        When the header does not lead to the data, or they are not those of its channels.
    """
    scale = struct.unpack("<f", raw[12:16])[0]
    n_points, n_samples, block = (int.from_bytes(raw[at : at + 2], "little") for at in (2, 4, 16))
    words, first, zeros = 4 * n_points, (block - 1) * _BLOCK, _zeros(raw)
    if not 0 < first <= len(raw) or not len(zeros) or n_samples % len(zeros):
        raise ValueError("the data begin outside the file, or are not those of its channels")
    kind, width = np.dtype("<i2" if scale > 0.0 else "<f4"), words + n_samples
    n_frames = (len(raw) - first) // (kind.itemsize * width)
    data = np.frombuffer(raw, kind, n_frames * width, first).reshape(n_frames, width)
    frames = data.astype("<f4")
    if scale > 0.0:
        frames[:, :words].reshape(n_frames, n_points, 4)[:, :, :3] *= scale
        frames[:, words:] = data[:, words:].view("<u2") if _is_unsigned(raw) else data[:, words:]
    frames[:, words:] -= np.tile(zeros & 0xFFFF if _is_unsigned(raw) else zeros, n_samples // len(zeros))
    out = bytearray(raw[:first])
    out[12:16] = struct.pack("<f", -abs(scale))
    for parameter in _of_group(raw, "POINT"):
        if parameter.name == "SCALE" and parameter.kind == _FLOAT:
            out[parameter.first : parameter.first + 4] = out[12:16]
    for parameter in _offsets(raw):
        out[parameter.first : parameter.first + 2 * parameter.count] = bytes(2 * parameter.count)
    return bytes(out) + frames.tobytes()


def _processor(raw: bytes) -> int:
    start = (raw[0] - 1) * _BLOCK if raw else 0
    return raw[start + 3] if 0 < start < len(raw) - _HEADER else 0


def _turn(out: bytearray, at: int, size: int, count: int) -> None:
    """Turn the bytes of some numbers round."""
    if at + size * count > len(out):
        raise ValueError("a parameter reaches beyond the file")
    part = out[at : at + size * count]
    for k in range(size):
        out[at + k : at + size * count : size] = part[size - 1 - k :: size]


def _is_unsigned(raw: bytes) -> bool:
    texts = {p.name: raw[p.first : p.first + p.count] for p in _of_group(raw, "ANALOG") if p.kind == _TEXT}
    stated = texts.get("FORMAT", b"").strip().upper()
    return stated == b"UNSIGNED" or (not stated and bool((_zeros(raw) == _NO_ZERO).any()))


def _zeros(raw: bytes) -> NDArray[np.int32]:
    """Sample of each channel that stands for zero, with a sign."""
    each = [np.frombuffer(raw, "<i2", p.count, p.first) for p in _offsets(raw)]
    return np.concatenate([*each, np.zeros(0, np.int16)]).astype(np.int32)


def _offsets(raw: bytes) -> list[_Parameter]:
    """ANALOG:OFFSET, which goes on in OFFSET2, ... beyond 255 channels, as far as the file holds it."""
    found = [p for p in _of_group(raw, "ANALOG") if p.name.rstrip("0123456789") == "OFFSET" and p.kind == _INTEGER]
    whole = [p for p in found if p.first + 2 * p.count <= len(raw)]
    return sorted(whole, key=lambda p: (len(p.name), p.name))


def _of_group(raw: bytes, group: str) -> list[_Parameter]:
    """Parameters of a group of an Intel file."""
    found = list(_parameters(raw, "little"))
    groups = {p.group for p in found if p.kind == 0 and p.name == group}
    return [p for p in found if p.kind and p.group in groups]


def _parameters(raw: bytes, order: Literal["little", "big"]) -> Iterator[_Parameter]:
    """Every parameter and group, one after the other; ``link`` is where the way to the next is told."""
    at, seen = (raw[0] - 1) * _BLOCK + _HEADER, set[int]()
    while at + 2 <= len(raw) and at not in seen:
        seen.add(at)
        name, group = abs(struct.unpack_from("b", raw, at)[0]), struct.unpack_from("b", raw, at + 1)[0]
        following = at + 2 + name
        if name == 0 or group == 0 or following + 4 > len(raw):
            return
        called = raw[at + 2 : following].decode("latin-1").upper()
        if group < 0:
            yield _Parameter(group=-group, name=called, link=following)
        else:
            kind, dimensions = struct.unpack_from("b", raw, following + 2)[0], raw[following + 3]
            first, count = following + 4 + dimensions, 1
            for size in raw[following + 4 : first]:
                count *= size
            yield _Parameter(group=group, name=called, link=following, kind=kind, first=first, count=count)
        offset = int.from_bytes(raw[following : following + 2], order)
        if offset == 0:
            return
        at = following + offset
