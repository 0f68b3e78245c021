"""Bone meshes: VTK's XML polygons (.vtp), Wavefront (.obj) and stereolithography (.stl), read with numpy alone.

Notes
-----
The .vtp layout follows the VTK file formats document (https://docs.vtk.org, "XML file formats"): arrays as text, as
base64 inside the element, or appended after it, raw or base64, whole or in zlib blocks, with 32 or 64 bit headers.
"""

import base64
import itertools
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from swinglever.errors import InputError, MissingFileError
from swinglever.readers.text import read_bytes

_DTYPES = {"Float32": "f4", "Float64": "f8", "Int8": "i1", "UInt8": "u1", "Int16": "i2", "UInt16": "u2"} | {
    "Int32": "i4",
    "UInt32": "u4",
    "Int64": "i8",
    "UInt64": "u8",
}


ENDINGS = (".vtp", ".obj", ".stl")
"""What a mesh's name ends in."""
_FAULTS = (
    *(ValueError, ArithmeticError, LookupError, AttributeError, MemoryError, RecursionError),
    *(zlib.error, ElementTree.ParseError),
)
_MOST_BYTES = 2**28
"""Longest array of a mesh, unpacked: a bone has a hundredth of that."""
_FARTHEST = 1e9
"""Largest coordinate of a vertex: a kilometre in micrometres."""
_LARGEST_BYTES = 2**28
"""Largest file."""


@dataclass(frozen=True, kw_only=True)
class Surface:
    """Polygons: (V, 3) vertices, (L,) vertex of every face corner, (F,) where each face begins among the corners."""

    vertices: NDArray[np.float64]
    loop_vertex: NDArray[np.int32]
    loop_start: NDArray[np.int32]


def read_mesh(path: Path) -> Surface:
    """Read the polygons of a mesh file, in the file's own units."""
    if path.suffix.lower() not in ENDINGS:
        raise InputError(f"{path}: expected a mesh ending in {', '.join(ENDINGS)}")
    if not path.is_file():
        raise MissingFileError(f"{path}: no such mesh")
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _read(path: Path, changed_ns: int) -> Surface:
    """Read a mesh as it was at that time."""
    readers = {".vtp": _read_vtp, ".obj": _read_obj, ".stl": _read_stl}
    try:
        with np.errstate(all="ignore"):  # what overflows is found below
            surface = readers[path.suffix.lower()](read_bytes(path, _LARGEST_BYTES))
    except _FAULTS as error:
        raise InputError(f"{path}: not a readable {path.suffix} mesh ({error})") from error
    if len(surface.vertices) == 0 or len(surface.loop_start) == 0:
        raise InputError(f"{path}: the mesh has {len(surface.vertices)} vertices and {len(surface.loop_start)} faces")
    if not (np.abs(surface.vertices) <= _FARTHEST).all():
        raise InputError(f"{path}: a vertex lies at no number, or beyond {_FARTHEST:g}")
    ends = np.append(surface.loop_start[1:], len(surface.loop_vertex))
    if (ends <= surface.loop_start).any():
        raise InputError(f"{path}: a face has no corner")
    if int(surface.loop_vertex.min()) < 0 or int(surface.loop_vertex.max()) >= len(surface.vertices):
        raise InputError(f"{path}: a face names a vertex outside 0 to {len(surface.vertices) - 1}")
    return surface


def _surface_of_polygons(vertices: NDArray[Any], corners: NDArray[Any], sizes: NDArray[Any]) -> Surface:
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]) if len(sizes) else np.empty(0)
    return Surface(
        vertices=np.asarray(vertices, dtype=np.float64).reshape(-1, 3),
        loop_vertex=np.asarray(corners, dtype=np.int32),
        loop_start=np.asarray(starts, dtype=np.int32),
    )


# --- VTK polygons


class _VtpFile:
    """The text part of a .vtp file as a tree, and its appended bytes."""

    def __init__(self, content: bytes) -> None:
        head, separator, tail = content.partition(b"<AppendedData")
        self.appended, encoding = b"", "raw"
        if separator:
            opening, _, rest = tail.partition(b">")
            encoding = "base64" if b"base64" in opening else "raw"
            self.appended = rest[rest.index(b"_") + 1 : rest.rindex(b"</AppendedData")]
            head += b"</VTKFile>"
        self.appended_is_text = encoding == "base64"
        self.root = ElementTree.fromstring(head)
        self.order = "<" if self.root.get("byte_order", "LittleEndian") == "LittleEndian" else ">"
        self.header = np.dtype(self.order + _DTYPES[self.root.get("header_type", "UInt32")])
        self.packed = self.root.get("compressor") is not None

    def values(self, array: ElementTree.Element) -> NDArray[Any]:
        """Read one DataArray, whatever its format."""
        dtype = np.dtype(self.order + _DTYPES[array.attrib["type"]])
        layout = array.get("format", "ascii")
        if layout == "ascii":
            return np.array((array.text or "").split(), dtype=dtype)
        if layout == "appended":
            data = self.appended[int(array.attrib["offset"]) :]
            return self._decode(data, dtype, is_text=self.appended_is_text)
        return self._decode((array.text or "").encode(), dtype, is_text=True)

    def _decode(self, data: bytes, dtype: np.dtype[Any], *, is_text: bool) -> NDArray[Any]:
        if is_text:
            data = _decode_base64(data)
        if not self.packed:
            n_bytes = int(np.frombuffer(data, self.header, 1)[0])
            return np.frombuffer(data[self.header.itemsize :][:n_bytes], dtype)
        n_blocks = int(np.frombuffer(data, self.header, 1)[0])
        sizes = np.frombuffer(data, self.header, 3 + n_blocks)[3:].astype(int)
        edges = self.header.itemsize * (3 + n_blocks) + np.concatenate([[0], np.cumsum(sizes)])
        content = bytearray()  # its length is counted: what the header says of it is not believed
        for start, end in itertools.pairwise(edges):
            content += _unpacked(data[start:end], _MOST_BYTES - len(content))
        return np.frombuffer(bytes(content), dtype)


def _unpacked(block: bytes, most: int) -> bytes:
    """Unpack a block, up to so many bytes."""
    unpacker = zlib.decompressobj()
    content = unpacker.decompress(block, most + 1)
    if len(content) > most:
        raise ValueError(f"an array is longer than {_MOST_BYTES} bytes unpacked")
    if not unpacker.eof:
        raise ValueError("a block is cut short")
    return content


def _decode_base64(text: bytes) -> bytes:
    """Decode base64 in which padded stretches follow each other, up to the first character that is not base64."""
    whole = re.match(rb"[A-Za-z0-9+/=\s]*", text)
    compact = b"".join((whole[0] if whole else b"").split())
    stretches = re.findall(rb"[A-Za-z0-9+/]+={0,2}", compact)
    return b"".join(base64.b64decode(stretch[: len(stretch) // 4 * 4]) for stretch in stretches)


def _read_vtp(content: bytes) -> Surface:
    file = _VtpFile(content)
    points, corners, sizes, n_before = [], [], [], 0
    for piece in file.root.iter("Piece"):
        vertices = file.values(_child(piece, "Points/DataArray")).reshape(-1, 3)
        for loops, of_each in _faces_of_piece(file, piece):
            corners.append(loops + n_before)
            sizes.append(of_each)
        points.append(vertices)
        n_before += len(vertices)
    nothing = [np.empty(0, dtype=np.int64)]
    return _surface_of_polygons(
        np.concatenate(points), np.concatenate(corners or nothing), np.concatenate(sizes or nothing)
    )


def _child(element: ElementTree.Element, path: str) -> ElementTree.Element:
    found = element.find(path)
    if found is None:
        raise ValueError(f"it has no {path}")
    return found


def _faces_of_piece(file: _VtpFile, piece: ElementTree.Element) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Give corners of faces, one face after the other, and how many each has."""
    for kind in ("Polys", "Strips"):
        arrays = {array.get("Name"): array for array in piece.iterfind(f"{kind}/DataArray")}
        if {"connectivity", "offsets"} <= arrays.keys() and int(piece.get(f"NumberOf{kind}", "0")) > 0:
            connectivity = file.values(arrays["connectivity"]).astype(np.int64)
            ends = file.values(arrays["offsets"]).astype(np.int64)[:-1]
            sizes = np.diff(ends, prepend=0, append=len(connectivity))
            if kind == "Polys" and (sizes >= 0).all():
                yield connectivity, sizes
                continue
            loops = np.split(connectivity, ends)
            for loop in loops if kind == "Polys" else (face for strip in loops for face in _triangles_of_strip(strip)):
                yield loop, np.array([len(loop)])


def _triangles_of_strip(strip: NDArray[Any]) -> Iterator[NDArray[Any]]:
    for index in range(len(strip) - 2):
        corner = strip[index : index + 3]
        yield corner if index % 2 == 0 else corner[[1, 0, 2]]


# --- Wavefront and stereolithography


def _read_obj(content: bytes) -> Surface:
    vertices: list[list[float]] = []
    corners: list[int] = []
    sizes: list[int] = []
    for line in content.decode("utf-8", errors="replace").splitlines():
        words = line.split()
        if words[:1] == ["v"]:
            vertices.append([float(word) for word in words[1:4]])
        elif words[:1] == ["f"]:
            named = [int(word.split("/")[0]) for word in words[1:]]
            corners += [index - 1 if index > 0 else len(vertices) + index for index in named]
            sizes.append(len(named))
    return _surface_of_polygons(np.array(vertices), np.array(corners), np.array(sizes))


def _read_stl(content: bytes) -> Surface:
    n_facets = int.from_bytes(content[80:84], "little")
    if len(content) == 84 + 50 * n_facets:
        facets = np.frombuffer(content, np.dtype([("floats", "<f4", 12), ("attribute", "<u2")]), n_facets, 84)
        soup = facets["floats"][:, 3:].reshape(-1, 3)
    else:
        words = re.findall(r"vertex\s+(\S+)\s+(\S+)\s+(\S+)", content.decode("ascii", errors="replace"))
        soup = np.array(words, dtype=np.float64).reshape(-1, 3)
    # The format repeats a vertex in every facet that meets there; joined again, the surface can be shaded smoothly.
    vertices, corners = np.unique(soup, axis=0, return_inverse=True)
    return _surface_of_polygons(vertices, corners.ravel(), np.full(len(soup) // 3, 3))
