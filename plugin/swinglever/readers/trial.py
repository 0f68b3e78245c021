"""Reads a recording from a file of any known format, and what belongs to it."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from swinglever.arrays import Array
from swinglever.errors import InputError, MissingFileError
from swinglever.readers.c3d import C3D, ForcePlatform, read_c3d
from swinglever.readers.c3d_channels import vertical_forces
from swinglever.readers.ground_forces import read_ground_forces
from swinglever.readers.ik_setup import read_ik_setup
from swinglever.readers.motion_bids import read_motion
from swinglever.readers.storage import Storage, read_storage
from swinglever.readers.text import read_bytes
from swinglever.readers.trc import read_trc
from swinglever.records.poses import SegmentPoses
from swinglever.records.trial import Angles, AngleUnit, GroundForce, Markers, Trial

_EXPORT = "export markers as .c3d or .trc, or joint angles as .mot, from the program that wrote it"
_INSTEAD = {".osim": "that is a model: give it with --model", ".zip": "unpack it first", ".gz": "unpack it first"}
_BIDS = "_motion.tsv"
_ANGLE_UNITS: dict[bool | None, AngleUnit] = {True: "degrees", False: "radians", None: ""}


def read_trial(
    path: str | Path,
    grf: str | Path | None = None,
    external_loads: str | Path | None = None,
    ik_setup: str | Path | None = None,
    *,
    units: str = "",
) -> Trial:
    """Read a recording and what belongs to it.

    Parameters
    ----------
    path
        Markers (``.trc``, ``.c3d``), coordinates (``.mot``, ``.sto``), or either of a BIDS tree (``_motion.tsv``).
    grf
        Ground forces (``.mot``, ``.sto``); found through ``external_loads`` where that names it. A ``.c3d`` file brings
        those of its own platforms; which foot each acts on is then found step by step.
    external_loads
        OpenSim's ExternalLoads file: which force acts on which foot.
    ik_setup
        Inverse kinematics setup: weights of markers and coordinate tasks.
    units
        Length unit of markers, to use instead of the file's.

    Raises
    ------
    MissingFileError, InputError
        When a file is not there or cannot be read.
    """
    trial = read_recording(path, units)
    if grf is not None or external_loads is not None:
        forces, warnings = read_ground_forces(grf, external_loads)
        trial = replace(trial, ground_forces=forces, warnings=(*trial.warnings, *warnings))
    return trial if ik_setup is None else replace(trial, tasks=read_ik_setup(ik_setup).tasks)


def read_recording(path: str | Path, units: str = "") -> Trial:
    """Read the file of a recording alone.

    Parameters
    ----------
    path, units
        As for `read_trial`.

    Raises
    ------
    MissingFileError, InputError
        When the file is not there or cannot be read.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"expected a trial, got the folder '{path}'; give one of its .trc, .c3d, .mot or .sto files")
    if not path.is_file():
        raise MissingFileError(f"expected a trial, found no file at '{path}'; give a .trc, .c3d, .mot or .sto file")
    name = path.stem.encode("utf-8", "backslashreplace").decode("utf-8")
    trial = Trial(name=name, path=path, sha256=hashlib.sha256(read_bytes(path)).hexdigest())
    match path.suffix.lower():
        case ".trc":
            return _with_markers(trial, read_trc(path, units=units or None), ())
        case ".c3d":
            recording = read_c3d(path, units=units or None)
            with_markers = replace(_with_markers(trial, *_markers_and_forces(recording)), events=recording.events)
            return with_markers if recording.poses is None else _with_poses(with_markers, recording.poses)
        case ".mot" | ".sto":
            return _with_angles(trial, read_storage(path))
        case ".tsv":
            return _of_bids(trial, path)
        case other:
            raise InputError(
                f"expected a trial as .trc, .c3d, .mot or .sto, got '{path.name}' ({other or 'no ending'}); "
                f"{_INSTEAD.get(other, _EXPORT)}"
            )


def _of_bids(trial: Trial, path: Path) -> Trial:
    if not path.name.lower().endswith(_BIDS):
        raise InputError(f"expected a .tsv of Motion-BIDS (…{_BIDS}), got '{path.name}'; {_EXPORT}")
    markers, angles, forces, warnings = read_motion(path)
    return replace(trial, markers=markers, angles=angles, ground_forces=forces, warnings=warnings)


def _with_markers(trial: Trial, markers: Markers, forces: tuple[GroundForce, ...]) -> Trial:
    return replace(trial, markers=markers, ground_forces=forces, warnings=markers.warnings)


def _with_poses(trial: Trial, poses: SegmentPoses) -> Trial:
    """Give the poses too; a file without labelled markers has no others."""
    markers = trial.markers if trial.markers is not None and trial.markers.names else None
    return replace(trial, markers=markers, poses=poses, warnings=(*trial.warnings, *poses.warnings))


def _with_angles(trial: Trial, table: Storage) -> Trial:
    columns = table.coordinates()
    angles = Angles(
        names=tuple(columns),
        time_s=table.time_s,
        q=table.values[:, list(columns.values())],
        unit=_ANGLE_UNITS[table.in_degrees],
    )
    return replace(trial, angles=angles, warnings=table.warnings)


def _markers_and_forces(recording: C3D) -> tuple[Markers, tuple[GroundForce, ...]]:
    """Forces of the platforms; without any, vertical forces of plain channels, good for events alone."""
    if recording.platforms:
        return recording.markers, tuple(_platform_force(k, p) for k, p in enumerate(recording.platforms, 1))
    channels, doubts = vertical_forces(recording)
    forces = tuple(_vertical_force(name, recording.analog.time_s, force) for name, force in channels.items())
    told = [f"no force platform described; channel {name!r} taken as vertical force, for events" for name in channels]
    warnings = (f"{recording.path.name}: {text}" for text in (*told, *doubts))
    return replace(recording.markers, warnings=(*recording.markers.warnings, *warnings)), forces


def _vertical_force(name: str, time_s: Array, vertical_n: Array) -> GroundForce:
    up, nowhere = np.zeros((len(time_s), 3)), np.full((len(time_s), 3), np.nan)
    up[:, 1] = vertical_n
    return GroundForce(name=name, body="", time_s=time_s, force_n=up, point_m=nowhere, moment_nm=nowhere)


def _platform_force(number: int, platform: ForcePlatform) -> GroundForce:
    return GroundForce(
        name=f"platform {number}",
        body="",
        time_s=platform.time_s,
        force_n=platform.force_n,
        point_m=platform.centre_of_pressure_m,
        moment_nm=platform.free_moment_nm,
    )
