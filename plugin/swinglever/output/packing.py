"""Arrays packed chunk by chunk, as HDF5's own filters pack them, while the rest of a file is laid out.

HDF5 holds up the whole process while it deflates, zlib only the thread that asked: half of the time that a result takes
to write goes to another core, where there is one. A chunk's bytes are shuffled, deflated, and followed by Fletcher's
checksum; who reads the file sees no difference.
"""

import zlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType
from typing import Any

import h5py
import numpy as np

_LEVEL = 1
"""Of deflation; 4 takes half as long again and saves a tenth."""
FILTERS = MappingProxyType({"compression": "gzip", "compression_opts": _LEVEL, "shuffle": True})
"""What packs an array, besides its checksum."""
_THREADS = 2
_MOST_WAITING = 64
"""Chunks that may wait to be written; they are about a mebibyte each before they are packed."""
_MODULUS = 65535


@dataclass(frozen=True, kw_only=True)
class Packing:
    """Chunks on their way into a file, in the order in which they came."""

    threads: ThreadPoolExecutor
    waiting: "deque[tuple[h5py.Dataset, tuple[int, ...], Future[bytes]]]" = field(default_factory=deque)

    def add(self, dataset: h5py.Dataset, values: Any) -> None:
        """Have the values of an array packed that is made, with `FILTERS` and a checksum, and still empty."""
        along = zip(dataset.shape, dataset.chunks, strict=True)
        for corner in product(*(range(0, size, step) for size, step in along)):
            if len(self.waiting) == _MOST_WAITING:
                self._write_first()
            deflated = self.threads.submit(zlib.compress, _shuffled(values, corner, dataset.chunks), _LEVEL)
            self.waiting.append((dataset, corner, deflated))

    def end(self) -> None:
        """Write what waits still."""
        while self.waiting:
            self._write_first()

    def _write_first(self) -> None:
        dataset, corner, deflated = self.waiting.popleft()
        content = deflated.result()
        dataset.id.write_direct_chunk(corner, content + _fletcher32(content).to_bytes(4, "little"))


@contextmanager
def packing() -> Iterator[Packing]:
    """Give what packs the arrays of a file; all of them are written where the block ends well."""
    with ThreadPoolExecutor(_THREADS) as threads:
        pack = Packing(threads=threads)
        try:
            yield pack
            pack.end()
        except BaseException:
            threads.shutdown(cancel_futures=True)
            raise


def _shuffled(values: Any, corner: tuple[int, ...], size: tuple[int, ...]) -> bytes:
    """Give the bytes of a chunk: the first of all its numbers, then the second; zeros beyond the array's end."""
    part = values[tuple(slice(begin, begin + long) for begin, long in zip(corner, size, strict=True))]
    if part.shape != size:
        part = np.pad(part, [(0, long - has) for long, has in zip(size, part.shape, strict=True)])
    return np.ascontiguousarray(part).reshape(-1, 1).view(np.uint8).T.tobytes()


def _fletcher32(content: bytes) -> int:
    """Give Fletcher's checksum of some bytes, as HDF5 takes it: of pairs of bytes, the first one the higher."""
    pairs = np.frombuffer(content + b"\0" * (len(content) % 2), ">u2").astype(np.int64)
    first, second = pairs.sum(), pairs @ np.arange(len(pairs), 0, -1)
    low, high = (0 if total == 0 else (int(total) - 1) % _MODULUS + 1 for total in (first, second))
    return high << 16 | low
