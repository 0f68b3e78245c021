"""Damaged files of the smaller formats, and C3D: an error of ours, in one line that names a file, or a record."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.readers.test_c3d import moving_body, write_c3d
from tests.unit.readers.test_fuzz import damaged

from swinglever.errors import InputError
from swinglever.readers.c3d import read_c3d
from swinglever.readers.emg import read_emg
from swinglever.readers.meshes import read_mesh
from swinglever.readers.motion_bids import read_motion
from swinglever.readers.names import read_names
from swinglever.records.parameters import Parameters
from swinglever.study.manifest import read_manifest

NAMES = b'[r]\nknee = "knee_angle_r"\nthigh = "femur_r"\n[muscles]\nhamstrings = ["bflh_r", "semimem_r"]\n'
PARAMETERS = b'filter_hz = 12.0\nside = "both"\nturn_axes = false\nuncertainty = 20\n'
MANIFEST = b"trial,model,subject,end_s,names\nrun.trc,m.osim,s1,2.5,n.toml\nwalk.trc,m.osim,s2,,\n"
TABLE = (
    b'[defaults]\nmodel = "{subject}.osim"\n[parameters]\nfilter_hz = 15\n[[trials]]\ntrial = "run.trc"\n'
    b'model = "m.osim"\nend_s = 2\n'
)
EMG = b"time,BF_R,RF_R\n0.000,0.1,0.2\n0.001,-0.1,0.3\n0.002,0.2,-0.4\n0.003,0.3,-0.2\n"
OBJ = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 2 3\nf 1/1/1 2//2 4\n"
STL = (
    b"solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n"
    b"endsolid a\n"
)
VTP = (
    b'<VTKFile type="PolyData" version="0.1" byte_order="LittleEndian"><PolyData><Piece NumberOfPoints="3" '
    b'NumberOfPolys="1"><Points><DataArray type="Float32" NumberOfComponents="3" format="ascii">0 0 0 1 0 0 0 1 0'
    b'</DataArray></Points><Polys><DataArray type="Int32" Name="connectivity" format="ascii">0 1 2</DataArray>'
    b'<DataArray type="Int32" Name="offsets" format="ascii">3</DataArray></Polys></Piece></PolyData></VTKFile>'
)
STEM = "sub-01_task-run_tracksys-omc"
BIDS = {
    f"{STEM}_motion.tsv": b"1\t2\t3\n1.1\t2\t3\n1.2\t2\t3.5\n",
    f"{STEM}_channels.tsv": (
        b"name\tcomponent\ttype\ttracked_point\tunits\treference_frame\n"
        b"RASI_x\tx\tPOS\tRASI\tm\tglobal\nRASI_y\ty\tPOS\tRASI\tm\tglobal\nRASI_z\tz\tPOS\tRASI\tm\tglobal\n"
    ),
    f"{STEM}_motion.json": b'{"SamplingFrequency": 100, "TaskName": "run", "MotionChannelCount": 3}',
}
bounded = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@dataclass(frozen=True)
class Format:
    """A reader, and a small file that it reads."""

    read: Callable[[Path], object]
    name: str
    content: bytes


FORMATS = [
    Format(read_names, "names.toml", NAMES),
    Format(Parameters.from_toml, "parameters.toml", PARAMETERS),
    Format(read_manifest, "manifest.csv", MANIFEST),
    Format(read_manifest, "manifest.toml", TABLE),
    Format(read_emg, "emg.csv", EMG),
    Format(read_mesh, "mesh.obj", OBJ),
    Format(read_mesh, "mesh.stl", STL),
    Format(read_mesh, "mesh.vtp", VTP),
]


def read_or_refuse(read: Callable[[Path], object], path: Path) -> bool:
    """Whether it was read; when it was not, one clear line."""
    try:
        read(path)
    except InputError as error:
        assert str(error).strip()
        assert "\n" not in str(error)
        return False
    return True


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_a_damaged_file_is_read_or_refused_in_one_line(tmp_path: Path, known: Format) -> None:
    (tmp_path / known.name).write_bytes(known.content)
    assert read_or_refuse(known.read, tmp_path / known.name)

    @bounded
    @given(content=st.one_of(damaged(known.content), st.binary(max_size=200)))
    def damage(content: bytes) -> None:
        (tmp_path / known.name).write_bytes(content)
        read_or_refuse(known.read, tmp_path / known.name)

    damage()


@pytest.mark.parametrize("hurt", BIDS)
def test_a_damaged_bids_recording_is_read_or_refused_in_one_line(tmp_path: Path, hurt: str) -> None:
    for name, content in BIDS.items():
        (tmp_path / name).write_bytes(content)
    motion = tmp_path / f"{STEM}_motion.tsv"
    assert read_or_refuse(read_motion, motion)

    @bounded
    @given(content=st.one_of(damaged(BIDS[hurt]), st.binary(max_size=200)))
    def damage(content: bytes) -> None:
        (tmp_path / hurt).write_bytes(content)
        read_or_refuse(read_motion, motion)

    damage()


def test_a_damaged_c3d_file_is_read_or_refused_in_one_line(tmp_path: Path) -> None:
    """Parsing is done by a child, so few are tried; the damage is in the header and the parameters."""
    path = write_c3d(tmp_path / "a.c3d", moving_body(), events=[("Foot Strike", "Right", 0.05)])
    whole = path.read_bytes()
    assert read_or_refuse(read_c3d, path)

    @settings(bounded, max_examples=12)
    @given(seed=st.integers(0, 2**16), count=st.integers(1, 12))
    def damage(seed: int, count: int) -> None:
        random, content = np.random.default_rng(seed), bytearray(whole)
        for place in random.integers(0, min(len(content), 3000), count):
            content[place] = random.integers(256)
        path.write_bytes(bytes(content))
        read_or_refuse(read_c3d, path)

    damage()
