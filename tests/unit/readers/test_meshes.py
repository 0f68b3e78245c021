"""Bone meshes in every form that VTK, Wavefront and stereolithography files take."""

import base64
import itertools
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from swinglever.errors import InputError, MissingFileError
from swinglever.readers import meshes
from swinglever.readers.meshes import read_mesh

POINTS = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0.5, 0.5, 0.25]])
#: A square and two triangles: corners, and where each face ends.
CORNERS, ENDS = np.array([0, 1, 2, 3, 0, 1, 4, 1, 2, 4]), np.array([4, 7, 10])


def pack(array: np.ndarray, header: str, *, zipped: bool) -> list[bytes]:
    """Give the header and the data of an array as VTK lays them out; zipped in two blocks."""
    data = array.tobytes()
    if not zipped:
        return [struct.pack(f"<{header}", len(data)) + data]
    half = len(data) // 2
    blocks = [zlib.compress(part) for part in (data[:half], data[half:])]
    return [struct.pack(f"<5{header}", 2, half, len(data) - half, *map(len, blocks)), b"".join(blocks)]


def write_vtp(path: Path, layout: str, *, header: str, zipped: bool) -> Path:
    """Write the mesh as VTK would: `layout` is ascii, binary, appended-raw or appended-base64."""
    arrays = {"Points": POINTS.astype("<f4"), "connectivity": CORNERS.astype("<i8"), "offsets": ENDS.astype("<i4")}
    kinds = {"Points": "Float32", "connectivity": "Int64", "offsets": "Int32"}
    appended, elements = b"", {}
    for name, array in arrays.items():
        start = f'<DataArray type="{kinds[name]}" Name="{name}" NumberOfComponents="{3 if name == "Points" else 1}" '
        parts = pack(array, header, zipped=zipped)
        coded = b"".join(base64.b64encode(part) for part in parts)
        if layout == "ascii":
            elements[name] = start + 'format="ascii">' + " ".join(str(v) for v in array.ravel()) + "</DataArray>"
        elif layout == "binary":
            elements[name] = start + 'format="binary">\n  ' + coded.decode() + "\n</DataArray>"
        else:
            elements[name] = start + f'format="appended" offset="{len(appended)}"/>'
            appended += b"".join(parts) if layout == "appended-raw" else coded
    opening = f'header_type="UInt{32 if header == "I" else 64}"' + (
        ' compressor="vtkZLibDataCompressor"' if zipped else ""
    )
    text = f"""<?xml version="1.0"?>
<VTKFile type="PolyData" version="1.0" byte_order="LittleEndian" {opening}><PolyData>
<Piece NumberOfPoints="5" NumberOfVerts="0" NumberOfLines="0" NumberOfStrips="0" NumberOfPolys="3">
<Points>{elements["Points"]}</Points><Polys>{elements["connectivity"]}{elements["offsets"]}</Polys></Piece></PolyData>"""
    tail = b""
    if layout.startswith("appended"):
        tail = f'<AppendedData encoding="{layout[9:]}">\n _'.encode() + appended + b"\n</AppendedData>"
    path.write_bytes(text.encode() + tail + b"</VTKFile>")
    return path


@pytest.mark.parametrize(
    ("layout", "header", "zipped"),
    list(itertools.product(["ascii", "binary", "appended-raw", "appended-base64"], ["I", "Q"], [False, True])),
)
def test_every_layout_of_vtp_gives_the_same_mesh(tmp_path: Path, layout: str, header: str, zipped: bool) -> None:
    surface = read_mesh(write_vtp(tmp_path / "bone.vtp", layout, header=header, zipped=zipped))
    np.testing.assert_array_equal(surface.vertices, POINTS)
    np.testing.assert_array_equal(surface.loop_vertex, CORNERS)
    np.testing.assert_array_equal(surface.loop_start, [0, 4, 7])


def test_a_triangle_strip_becomes_triangles_of_one_side(tmp_path: Path) -> None:
    path = tmp_path / "strip.vtp"
    path.write_text(
        '<VTKFile type="PolyData" byte_order="LittleEndian"><PolyData><Piece NumberOfPoints="4" NumberOfStrips="1">'
        '<Points><DataArray type="Float32" format="ascii">0 0 0 1 0 0 0 1 0 1 1 0</DataArray></Points>'
        '<Strips><DataArray type="Int32" Name="connectivity" format="ascii">0 1 2 3</DataArray>'
        '<DataArray type="Int32" Name="offsets" format="ascii">4</DataArray></Strips></Piece></PolyData></VTKFile>'
    )
    surface = read_mesh(path)
    corners = surface.vertices[surface.loop_vertex].reshape(2, 3, 3)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (normals[:, 2] > 0).all()


def test_obj_faces_may_count_from_the_end_and_name_normals(tmp_path: Path) -> None:
    path = tmp_path / "bone.obj"
    path.write_text("v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvn 0 0 1\nf 1//1 2//1 3//1 4//1\nf -4 -3 -2\n")
    surface = read_mesh(path)
    np.testing.assert_array_equal(surface.loop_vertex, [0, 1, 2, 3, 0, 1, 2])
    np.testing.assert_array_equal(surface.loop_start, [0, 4])


@pytest.mark.parametrize("binary", [True, False])
def test_stl_facets_share_the_vertices_where_they_meet(tmp_path: Path, binary: bool) -> None:
    facets = np.array([[[0, 0, 0], [1, 0, 0], [1, 1, 0]], [[0, 0, 0], [1, 1, 0], [0, 1, 0]]], dtype="<f4")
    path = tmp_path / "bone.stl"
    if binary:
        rows = b"".join(struct.pack("<3f", 0, 0, 1) + facet.tobytes() + b"\0\0" for facet in facets)
        path.write_bytes(b"solid binary files may start so".ljust(80) + struct.pack("<I", 2) + rows)
    else:
        loops = ["\n".join("vertex " + " ".join(map(str, v)) for v in facet) for facet in facets]
        path.write_text("solid x\n" + "\n".join(f"facet\nouter loop\n{loop}\nendloop\nendfacet" for loop in loops))
    surface = read_mesh(path)
    assert len(surface.vertices) == 4
    np.testing.assert_array_equal(surface.vertices[surface.loop_vertex], facets.reshape(-1, 3))


def test_a_mesh_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    whole = write_vtp(tmp_path / "bone.vtp", "binary", header="I", zipped=True).read_bytes()
    (tmp_path / "cut.vtp").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"cut\.vtp: not a readable \.vtp mesh"):
        read_mesh(tmp_path / "cut.vtp")
    with pytest.raises(MissingFileError, match=r"gone\.vtp"):
        read_mesh(tmp_path / "gone.vtp")
    with pytest.raises(InputError, match=r"\.vtp, \.obj, \.stl"):
        read_mesh(tmp_path / "bone.fbx")


def test_a_face_that_names_no_vertex_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.obj").write_text("v 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 2 9\n")
    with pytest.raises(InputError, match="outside 0 to 2"):
        read_mesh(tmp_path / "bad.obj")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"v 0 0 0\nf\n", "a face has no corner"),
        (b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 99999999999999999999\n", r"not a readable \.obj mesh"),
        (b"", "the mesh has 0 vertices and 0 faces"),
        (b"version https://git-lfs.github.com/spec/v1\n", "the mesh has 0 vertices and 0 faces"),
    ],
    ids=["no corner", "huge index", "empty", "git-lfs pointer"],
)
def test_a_damaged_obj_is_one_line(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "bad.obj").write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_mesh(tmp_path / "bad.obj")


def test_an_array_that_unpacks_to_more_than_its_header_says_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two blocks of 30 bytes, each short enough, with a header that says one byte each."""
    path = write_vtp(tmp_path / "bone.vtp", "binary", header="I", zipped=True)
    honest = pack(POINTS.astype("<f4"), "I", zipped=True)[0]
    lying = honest[:4] + struct.pack("<I", 1) + honest[8:]
    content = path.read_bytes()
    assert base64.b64encode(honest) in content
    monkeypatch.setattr(meshes, "_MOST_BYTES", 40)
    path.write_bytes(content.replace(base64.b64encode(honest), base64.b64encode(lying)))
    with pytest.raises(InputError, match="longer than 40 bytes"):
        read_mesh(path)


@pytest.mark.parametrize("number", ["nan", "inf", "1e39"])
def test_a_vertex_at_no_number_is_one_line(tmp_path: Path, number: str) -> None:
    corners = "".join(f"vertex {place} 0 0\n" for place in ("0", "1", number))
    (tmp_path / "a.stl").write_text(
        f"solid a\nfacet normal 0 0 1\nouter loop\n{corners}endloop\nendfacet\nendsolid a\n"
    )
    (tmp_path / "a.obj").write_text(f"v 0 0 0\nv 1 0 0\nv 0 {number} 0\nf 1 2 3\n")
    for name in ("a.stl", "a.obj"):
        with pytest.raises(InputError, match="a vertex lies at no number"):
            read_mesh(tmp_path / name)


def test_a_face_without_a_corner_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\nf\n")
    with pytest.raises(InputError, match="a face has no corner"):
        read_mesh(tmp_path / "a.obj")
