"""Damaged files: a reader gives an error of ours, or a record that keeps its promises; never a crash or rubbish."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swinglever.errors import InputError
from swinglever.readers.external_loads import read_external_loads
from swinglever.readers.ik_setup import read_ik_setup
from swinglever.readers.storage import Storage, read_storage
from swinglever.readers.trc import read_trc
from swinglever.records.trial import Markers

TRC = (
    b"PathFileType\t4\t(X/Y/Z)\ta.trc\n"
    b"DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames\n"
    b"100\t100\t3\t2\tmm\t100\t1\t3\nFrame#\tTime\tRASI\t\t\tLASI\t\t\n\t\tX1\tY1\tZ1\tX2\tY2\tZ2\n\n"
    b"1\t0.00\t1\t2\t3\t4\t5\t6\n2\t0.01\t1\t2\t3\t4\t5\t7\n3\t0.02\t\t\t\t4\t5\t8\n"
)
MOT = (
    b"Coordinates\nversion=1\nnRows=3\nnColumns=3\ninDegrees=yes\n\nUnits are S.I. units\n\nendheader\n"
    b"time\tknee_angle_r\thip_flexion_r\n0.0\t1.5\t-2\n0.1\t2.5\t-3\n0.2\t2.75\t-4e-3\n"
)
IK = (
    b'<?xml version="1.0"?><OpenSimDocument Version="40500"><InverseKinematicsTool><IKTaskSet><objects>'
    b'<IKMarkerTask name="RASI"><apply>true</apply><weight>10</weight></IKMarkerTask>'
    b'<IKCoordinateTask name="mtp"><weight>1</weight><value_type>manual_value</value_type><value>0.1</value>'
    b"</IKCoordinateTask></objects></IKTaskSet><time_range>0 1</time_range></InverseKinematicsTool></OpenSimDocument>"
)
LOADS = (
    b'<OpenSimDocument><ExternalLoads><objects><ExternalForce name="r"><applied_to_body>calcn_r</applied_to_body>'
    b"<force_identifier>r_v</force_identifier></ExternalForce></objects><datafile>a.mot</datafile></ExternalLoads>"
    b"</OpenSimDocument>"
)
# Pieces that labs' files have where they should not: signs of other locales, of Windows, of broken exports.
ODD = (
    b"",
    b"\t",
    b"\n",
    b"\r\n",
    b",",
    b"nan",
    b"1e999",
    b"-",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\0",
    b"<",
    b"&x;",
    b"1_0",
    b"x",
)

bounded = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """Return the content with up to four cuts, each filled with something odd."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 40)))
        filling = draw(st.one_of(st.sampled_from(ODD), st.binary(max_size=8)))
        content = content[:start] + filling + content[end:]
    return content


def check_markers(markers: Markers) -> None:
    assert markers.position_m.shape == (len(markers.time_s), len(markers.names), 3)
    assert np.isfinite(markers.time_s).all()
    assert (np.diff(markers.time_s) > 0).all()
    assert len(set(markers.names)) == len(markers.names)
    missing = np.isnan(markers.position_m)
    assert (missing.any(axis=2) == missing.all(axis=2)).all()
    assert not np.isinf(markers.position_m).any()


def check_storage(table: Storage) -> None:
    assert table.values.shape == (len(table.time_s), len(table.names))
    assert np.isfinite(table.time_s).all()
    assert (np.diff(table.time_s) > 0).all()
    assert len(set(table.names)) == len(table.names)
    assert not np.isinf(table.values).any()


def read_or_refuse(read: Callable[[Path], object], path: Path, content: bytes) -> object | None:
    path.write_bytes(content)
    try:
        return read(path)
    except InputError as error:
        assert path.name in str(error)
        assert "\n" not in str(error)
        return None


@bounded
@given(content=st.one_of(damaged(TRC), st.binary(max_size=400)))
def test_a_damaged_marker_file_is_refused_or_keeps_its_promises(tmp_path, content):
    markers = read_or_refuse(read_trc, tmp_path / "a.trc", content)
    if isinstance(markers, Markers):
        check_markers(markers)


@bounded
@given(content=st.one_of(damaged(MOT), st.binary(max_size=400)))
def test_a_damaged_table_is_refused_or_keeps_its_promises(tmp_path, content):
    table = read_or_refuse(read_storage, tmp_path / "a.mot", content)
    if isinstance(table, Storage):
        check_storage(table)


@bounded
@given(content=st.one_of(damaged(IK), st.binary(max_size=400)))
def test_a_damaged_inverse_kinematics_setup_is_refused_or_has_a_task(tmp_path, content):
    setup = read_or_refuse(read_ik_setup, tmp_path / "a.xml", content)
    if setup is not None:
        assert setup.tasks.marker_weights or setup.tasks.coordinate_tasks
        assert setup.time_range[0] < setup.time_range[1]


@bounded
@given(content=st.one_of(damaged(LOADS), st.binary(max_size=400)))
def test_damaged_external_loads_are_refused_or_name_bodies(tmp_path, content):
    loads = read_or_refuse(read_external_loads, tmp_path / "a.xml", content)
    if loads is not None:
        assert all(force.applied_to_body and force.force_identifier for force in loads.forces)


@pytest.mark.parametrize(
    ("read", "content"), [(read_trc, TRC), (read_storage, MOT), (read_ik_setup, IK), (read_external_loads, LOADS)]
)
def test_the_undamaged_files_are_read(tmp_path, read, content):
    assert read_or_refuse(read, tmp_path / "a", content) is not None
