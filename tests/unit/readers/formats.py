"""Every format that is read from a user's folder: small files of it, what reads them, and what it promises."""

import contextlib
import gzip
import io
import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from tests.unit.readers.damage import damaged
from tests.unit.readers.damage_of_hdf5 import rewoven
from tests.unit.readers.test_c3d import moving_body, write_c3d
from tests.unit.readers.test_meshes import write_vtp

from swinglever.cli.app import cli
from swinglever.engines.apart import load_apart
from swinglever.output.store import write_report
from swinglever.readers.c3d import read_c3d
from swinglever.readers.emg import read_emg
from swinglever.readers.external_loads import ExternalLoads, read_external_loads
from swinglever.readers.ground_forces import read_ground_forces
from swinglever.readers.ik_setup import read_ik_setup
from swinglever.readers.meshes import Surface, read_mesh
from swinglever.readers.motion_bids import read_motion
from swinglever.readers.names import read_names
from swinglever.readers.session import open_session
from swinglever.readers.storage import Storage, read_storage
from swinglever.readers.trc import read_trc
from swinglever.records.parameters import Parameters
from swinglever.records.trial import EmgRecording, GroundForce, Markers
from swinglever.study.folders import read_study
from swinglever.study.manifest import read_manifest
from swinglever.study.store import OUTCOME, kept_outcome
from swinglever.synthetic.trials import bundled_trial
from swinglever.system.resources import model_file
from swinglever.testing import example_report

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
STEM = "sub-01_task-run"
MOTION = f"sub-01/motion/{STEM}_tracksys-omc_motion"
EMG_STEM = f"sub-01/emg/{STEM}"
BIDS = {
    "dataset_description.json": b'{"Name": "runs", "BIDSVersion": "1.10.0"}',
    "participants.tsv": b"participant_id\tage\tsex\nsub-01\t31\tF\n",
    "sourcedata/model.osim": b"<OpenSimDocument/>",
    f"{MOTION}.tsv": b"1\t2\t3\n1.1\t2\t3\n1.2\t2\t3.5\n",
    f"{MOTION[:-7]}_channels.tsv": (
        b"name\tcomponent\ttype\ttracked_point\tunits\treference_frame\n"
        b"RASI_x\tx\tPOS\tRASI\tm\tglobal\nRASI_y\ty\tPOS\tRASI\tm\tglobal\nRASI_z\tz\tPOS\tRASI\tm\tglobal\n"
    ),
    f"{MOTION[:-7]}_channels.json": (
        b'{"reference_frame": {"Levels": {"global": {"SpatialAxes": "FRU", "RotationRule": "n/a"}}}}'
    ),
    f"{MOTION}.json": b'{"SamplingFrequency": 100, "TaskName": "run", "MotionChannelCount": 3}',
    f"sub-01/motion/{STEM}_physio.tsv.gz": gzip.compress(b"1\t2\t3\t0\t0\t0\n" * 3, mtime=0),
    f"sub-01/motion/{STEM}_physio.json": (
        b'{"SamplingFrequency": 100, "StartTime": 0.5, "Columns": ["r_vx", "r_vy", "r_vz", "r_px", "r_py", "r_pz"]}'
    ),
    f"{EMG_STEM}_channels.tsv": b"name\ttype\tunits\ttarget_muscle\nEMG0\tEMG\tuV\tBF_R\nEMG1\tEMG\tuV\tRF_R\n",
    "sub-01/sub-01_scans.tsv": (
        f"filename\tacq_time\nmotion/{STEM}_tracksys-omc_motion.tsv\t2024-05-09T10:00:00\n"
        f"emg/{STEM}_emg.edf\t2024-05-09T10:00:00.010\n"
    ).encode(),
}
OPENCAP = (
    b"MarkerData/run.trc\nMarkerData/static.trc\nOpenSimData/Kinematics/run.mot\nOpenSimData/Model/a/lai_scaled.osim\n"
)
POSE2SIM = b"pose-3d/run.trc\nkinematics/run.mot\nkinematics/run.osim\n"
SUBJECTS = b"s1/run.trc\ns1/run_grf.mot\ns1/run_grf.xml\ns1/model.osim\ns2/run.trc\ns2/model.osim\nmodel.osim\n"
OUTCOME_OF_TRIAL = (
    b'{"address": "a1", "status": "failed", "kind": "input", "line": "no", "limit": 0.0, "swings": 0, '
    b'"elapsed_s": null, "cpu_s": 1.5, "peak_bytes": 3}'
)


# --- what is promised of what is read


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


def check_emg(emg: EmgRecording) -> None:
    assert emg.values.shape == (len(emg.time_s), len(emg.names)) == (len(emg.time_s), len(emg.units))
    assert np.isfinite(emg.time_s).all()
    assert (np.diff(emg.time_s) > 0).all()
    assert not np.isinf(emg.values).any()


def check_forces(read: tuple[tuple[GroundForce, ...], tuple[str, ...]]) -> None:
    for force in read[0]:
        assert np.isfinite(force.time_s).all()
        assert (np.diff(force.time_s) > 0).all()


def check_motion(read: tuple[Any, Any, Any, Any]) -> None:
    markers, angles, forces, _ = read
    if markers is not None:
        check_markers(markers)
    if angles is not None:
        assert np.isfinite(angles.time_s).all()
        assert not np.isinf(angles.q).any()
    check_forces((forces, ()))


def check_setup(setup: Any) -> None:
    assert setup.tasks.marker_weights or setup.tasks.coordinate_tasks
    assert setup.time_range[0] < setup.time_range[1]


def check_loads(loads: ExternalLoads) -> None:
    assert all(force.applied_to_body and force.force_identifier for force in loads.forces)


def check_surface(surface: Surface) -> None:
    assert np.isfinite(surface.vertices).all()
    assert surface.loop_start[0] == 0
    assert (np.diff(surface.loop_start) >= 0).all()
    assert surface.loop_start[-1] <= len(surface.loop_vertex)


def check_c3d(read: Any) -> None:
    check_markers(read.markers)
    assert all(np.isfinite(event.time_s) for event in read.events)
    for platform in read.platforms:
        assert len(platform.force_n) == len(platform.time_s)


def nothing(read: Any) -> None:
    """Promise no more than that it was read."""


# --- the formats

Damage = Callable[[bytes, random.Random, Sequence[bytes]], bytes]


@dataclass(frozen=True, kw_only=True)
class Format:
    """What is damaged, what reads it, and how.

    Attributes
    ----------
    name
        What it is called.
    file
        Which file is damaged, in a folder of its own.
    read
        Reads it; is given the folder.
    seeds
        Contents that it reads.
    beside
        Further files of the folder.
    keeps
        Fails where what was read breaks a promise.
    damage
        How it is damaged.
    examples
        How many are tried with every test run: a second or two of them.
    """

    name: str
    file: str
    read: Callable[[Path], Any]
    seeds: Callable[[], list[bytes]]
    beside: Mapping[str, bytes] = field(default_factory=dict)
    keeps: Callable[[Any], None] = nothing
    damage: Damage = damaged
    examples: int = 300


def _file(
    name: str, read: Callable[[Path], Any], *small: bytes, real: Callable[[], list[bytes]] = list, **more: Any
) -> Format:
    """Make a format of one file that its reader is given by its path."""
    more = {"file": f"a.{name.split()[0]}"} | more
    return Format(
        name=name, read=lambda folder: read(folder / more["file"]), seeds=cache(lambda: [*small, *real()]), **more
    )


def _of_tree(
    name: str, file: str, read: Callable[[Path], Any], at: str, *, packed: bool = False, **more: Any
) -> Format:
    """Make a format of a file of the BIDS tree; what is packed is damaged as it was before."""
    content = BIDS[file]
    damage = (
        (lambda c, chance, others: gzip.compress(damaged(gzip.decompress(c), chance, ()), 1)) if packed else damaged
    )
    beside = {other: text for other, text in BIDS.items() if other != file} | {f"{EMG_STEM}_emg.edf": write_edf()[0]}
    return Format(
        name=name,
        file=file,
        read=lambda folder: read(folder / at),
        seeds=lambda: [content],
        beside=beside,
        damage=damage,
        **more,
    )


def _head(path: Path, lines: int = 40) -> bytes:
    return b"".join(path.read_bytes().splitlines(keepends=True)[:lines])


def _pulled() -> dict[str, Path]:
    pulled = bundled_trial("pulled")
    files = pulled.files
    return {"trc": files.trial, "mot": files.grf, "xml": files.external_loads, "ik": files.ik_setup, "emg": pulled.emg}


def _real(kind: str, lines: int = 100_000) -> Callable[[], list[bytes]]:
    return lambda: [_head(_pulled()[kind], lines)]


@cache
def write_edf() -> tuple[bytes, bytes]:
    """Give two channels as EDF and as BDF."""
    import edfio

    values = np.random.default_rng(1).normal(size=(2, 100))
    found = []
    for kind, signal in ((edfio.Edf, edfio.EdfSignal), (edfio.Bdf, edfio.BdfSignal)):
        signals = [
            signal(v, 100, label=f"EMG{k}", physical_dimension="uV", physical_range=(-9, 9))
            for k, v in enumerate(values)
        ]
        stream = io.BytesIO()
        kind(signals).write(stream)
        found.append(stream.getvalue())
    return found[0], found[1]


@cache
def _c3d() -> list[bytes]:
    values = np.random.default_rng(1).normal(size=(200, 3))
    analog = (["BF_R", "RF_R", "Fz1"], ["mV", "mV", "N"], values, 10)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.c3d"
        return [
            write_c3d(path, moving_body(), events=[("Foot Strike", "Right", 0.05)], analog=a).read_bytes()
            for a in (None, analog)
        ]


def _vtp() -> list[bytes]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.vtp"
        kinds = [
            (layout, zipped)
            for layout in ("ascii", "binary", "appended-raw", "appended-base64")
            for zipped in (False, True)
        ]
        return [write_vtp(path, layout, header="I", zipped=zipped).read_bytes() for layout, zipped in kinds]


def _binary_stl() -> list[bytes]:
    facets = np.zeros(2, np.dtype([("floats", "<f4", 12), ("attribute", "<u2")]))
    facets["floats"][:, 3:] = np.arange(18).reshape(2, 9)
    return [bytes(80) + (2).to_bytes(4, "little") + facets.tobytes()]


@cache
def _result() -> list[bytes]:
    with TemporaryDirectory() as folder:
        return [write_report(example_report(), Path(folder) / "a.h5").read_bytes()]


def _show(folder: Path) -> None:
    """Show a result as people and as programs ask for it."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for how in ("--tables", "--json"):
            cli.main(["show", str(folder / "a.h5"), how], standalone_mode=False)


def _laid_out(read: Callable[[Path], Any]) -> Callable[[Path], Any]:
    """Lay out empty files by a list of them, as far as a system takes the names, and read the folder."""

    def read_folder(folder: Path) -> Any:
        with TemporaryDirectory(dir=folder) as place:
            root = Path(place) / "list"
            root.mkdir()
            for name in (folder / "list").read_bytes().split(b"\n"):
                path = root / os.fsdecode(name).replace("\0", "").strip("/").replace("..", "dots")
                with contextlib.suppress(OSError, RecursionError):  # a folder is made by a call inside of a call
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.touch()
            return read(root)

    return read_folder


def formats() -> list[Format]:
    """Give every format."""
    motion, emg = f"{MOTION}.tsv", f"{EMG_STEM}_emg.edf"
    channels, physio = f"{MOTION[:-7]}_channels", f"sub-01/motion/{STEM}_physio"
    return [
        _file("trc", read_trc, TRC, real=_real("trc", 12), keeps=check_markers),
        _file("mot", read_storage, MOT, real=_real("mot", 30), keeps=check_storage),
        _file(
            "sto ground forces", lambda path: read_ground_forces(path, None), real=_real("mot", 30), keeps=check_forces
        ),
        _file("xml IK setup", read_ik_setup, IK, real=_real("ik"), keeps=check_setup),
        _file("xml external loads", read_external_loads, LOADS, real=_real("xml"), keeps=check_loads),
        _file("toml names", read_names, NAMES),
        _file("toml parameters", Parameters.from_toml, PARAMETERS),
        _file("csv manifest", read_manifest, MANIFEST),
        _file("toml manifest", read_manifest, TABLE),
        _file("csv EMG", read_emg, EMG, keeps=check_emg),
        _file("sto EMG", read_emg, real=_real("emg", 40), keeps=check_emg),
        _file("edf", read_emg, real=lambda: [write_edf()[0]], keeps=check_emg),
        _file("bdf", read_emg, real=lambda: [write_edf()[1]], keeps=check_emg),
        _file("c3d EMG", read_emg, real=lambda: _c3d()[1:], keeps=check_emg, examples=8),
        _file("c3d", read_c3d, real=_c3d, keeps=check_c3d, examples=8),
        _of_tree("BIDS motion", motion, read_motion, motion, keeps=check_motion),
        _of_tree("BIDS motion facts", f"{MOTION}.json", read_motion, motion, keeps=check_motion),
        _of_tree("BIDS channels", f"{channels}.tsv", read_motion, motion, keeps=check_motion),
        _of_tree("BIDS channels facts", f"{channels}.json", read_motion, motion, keeps=check_motion),
        _of_tree("BIDS physio", f"{physio}.tsv.gz", read_motion, motion, keeps=check_motion, packed=True),
        _of_tree("BIDS physio, packed", f"{physio}.tsv.gz", read_motion, motion, keeps=check_motion),
        _of_tree("BIDS physio facts", f"{physio}.json", read_motion, motion, keeps=check_motion),
        _of_tree("BIDS EMG channels", f"{EMG_STEM}_channels.tsv", read_emg, emg, keeps=check_emg),
        _of_tree("BIDS scans", "sub-01/sub-01_scans.tsv", read_emg, emg, keeps=check_emg),
        _of_tree("BIDS participants", "participants.tsv", read_study, "."),
        _of_tree("BIDS study channels", f"{channels}.tsv", read_study, "."),
        _file(
            "obj",
            read_mesh,
            OBJ,
            real=lambda: [model_file("Geometry/runner_toes_r.obj").read_bytes()],
            keeps=check_surface,
        ),
        _file("stl", read_mesh, STL, real=_binary_stl, keeps=check_surface),
        _file("vtp", read_mesh, VTP, real=_vtp, keeps=check_surface),
        Format(
            name="session folder",
            file="list",
            read=_laid_out(lambda folder: open_session(folder, None)),
            seeds=lambda: [OPENCAP, POSE2SIM],
            examples=100,
        ),
        Format(name="study folder", file="list", read=_laid_out(read_study), seeds=lambda: [SUBJECTS], examples=100),
        Format(
            name="outcome of a trial",
            file=f"a1/{OUTCOME}",
            read=lambda folder: kept_outcome(folder, "a1"),
            seeds=lambda: [OUTCOME_OF_TRIAL],
        ),
        Format(name="result, bytes", file="a.h5", read=_show, seeds=_result, examples=60),
        Format(name="result, entries", file="a.h5", read=_show, seeds=_result, damage=rewoven, examples=20),
        _file("osim", load_apart, real=lambda: [model_file("runner.osim").read_bytes()], examples=3),
    ]
