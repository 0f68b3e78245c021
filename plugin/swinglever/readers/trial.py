"""What was measured: markers or coordinates, and the ground forces with the foot that each one acts on."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from swinglever.arrays import Array, check_shapes, freeze_fields
from swinglever.errors import InputError, MissingFileError, UnknownNameError
from swinglever.readers.c3d import C3D, ForcePlatform, read_c3d, vertical_forces
from swinglever.readers.external_loads import ExternalForce, ExternalLoads, read_external_loads
from swinglever.readers.ik_setup import IKSetup, read_ik_setup
from swinglever.readers.markers import Markers
from swinglever.readers.storage import Storage, read_storage
from swinglever.readers.trc import read_trc
from swinglever.records.foot_event import FootEvent
from swinglever.signals import interpolate, resample_evenly


@dataclass(frozen=True, kw_only=True)
class GroundForce:
    """One measured ground force, in ground axes.

    Parameters
    ----------
    name
        Its name in the file.
    body
        The body that it acts on; empty where no file says so.
    time_s
        (T) even.
    force_n, point_m, moment_nm
        (T,3) force, where it acts (nan where not measured) and free moment; the second axis is up.
    """

    name: str
    body: str
    time_s: Array
    force_n: Array
    point_m: Array
    moment_nm: Array

    def __post_init__(self) -> None:
        freeze_fields(self, "time_s", "force_n", "point_m", "moment_nm")
        check_shapes(self, time_s="T", force_n=("T", 3), point_m=("T", 3), moment_nm=("T", 3))

    def at(self, time_s: Array) -> tuple[Array, Array, Array]:
        """Force, point and moment (...,3) at any times, by straight interpolation; zero outside the recording."""
        columns = np.concatenate([self.force_n, self.point_m, self.moment_nm], axis=1)
        values = interpolate(time_s, self.time_s, columns, outside=0.0)
        return values[..., :3], values[..., 3:6], values[..., 6:]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A recording: either markers or coordinates, with the forces and the setup that go with it."""

    name: str
    path: Path
    sha256: str
    markers: Markers | None = None
    coordinates: Storage | None = None
    setup: IKSetup | None = None
    ground_forces: tuple[GroundForce, ...] = ()
    events: tuple[FootEvent, ...] = ()
    warnings: tuple[str, ...] = ()


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
        Markers (``.trc``, ``.c3d``) or coordinates (``.mot``, ``.sto``).
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
    path = Path(path)
    if path.is_dir():
        raise InputError(f"expected a trial, got the folder '{path}'; give one of its .trc, .c3d, .mot or .sto files")
    if not path.is_file():
        raise MissingFileError(f"expected a trial, found no file at '{path}'; give a .trc, .c3d, .mot or .sto file")
    markers, coordinates, forces, events = _read_motion(path, units or None)
    recording = markers if markers is not None else coordinates
    warnings: tuple[str, ...] = ()
    if grf is not None or external_loads is not None:
        forces, warnings = _read_ground_forces(grf, external_loads)
    return Trial(
        name=path.stem,
        path=path,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        markers=markers,
        coordinates=coordinates,
        setup=read_ik_setup(ik_setup) if ik_setup is not None else None,
        ground_forces=forces,
        events=events,
        warnings=(*(recording.warnings if recording is not None else ()), *warnings),
    )


def _read_motion(
    path: Path, units: str | None
) -> tuple[Markers | None, Storage | None, tuple[GroundForce, ...], tuple[FootEvent, ...]]:
    match path.suffix.lower():
        case ".trc":
            return read_trc(path, units=units), None, (), ()
        case ".c3d":
            recording = read_c3d(path, units=units)
            return *_markers_and_forces(recording), recording.events
        case ".mot" | ".sto":
            return None, read_storage(path), (), ()
        case other:
            raise InputError(
                f"expected a trial as .trc, .c3d, .mot or .sto, got '{path.name}' ({other or 'no ending'})"
            )


def _markers_and_forces(recording: C3D) -> tuple[Markers, None, tuple[GroundForce, ...]]:
    """Forces of the platforms; without any, vertical forces of plain channels, good for events alone."""
    if recording.platforms:
        return recording.markers, None, tuple(_platform_force(k, p) for k, p in enumerate(recording.platforms, 1))
    channels, doubts = vertical_forces(recording)
    forces = tuple(_vertical_force(name, recording.analog.time_s, force) for name, force in channels.items())
    told = [f"no force platform described; channel {name!r} taken as vertical force, for events" for name in channels]
    warnings = (f"{recording.path.name}: {text}" for text in (*told, *doubts))
    return replace(recording.markers, warnings=(*recording.markers.warnings, *warnings)), None, forces


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


def _read_ground_forces(
    grf: str | Path | None, external_loads: str | Path | None
) -> tuple[tuple[GroundForce, ...], tuple[str, ...]]:
    loads = read_external_loads(external_loads) if external_loads is not None else None
    named = grf if grf is not None else (loads.datafile if loads is not None else None)
    if named is None:
        raise InputError(f"'{external_loads}' names no data file; give the ground forces with --grf")
    table = read_storage(named)
    forces = loads.forces if loads is not None else _guess_forces(table)
    chosen = tuple(_ground_force(table, force, loads) for force in forces)
    return chosen, table.warnings


def _guess_forces(table: Storage) -> tuple[ExternalForce, ...]:
    """Find column triples like ``ground_force_vx`` with ``ground_force_px``; which foot they act on stays open."""
    found = []
    for name in table.names:
        stem = name.removesuffix("vy")
        if name.endswith("vy") and {f"{stem}vx", f"{stem}vz"} <= set(table.names):
            torque = stem.replace("force", "torque")
            found.append(
                ExternalForce(
                    name=stem.rstrip("_"),
                    applied_to_body="",
                    force_identifier=f"{stem}v",
                    point_identifier=f"{stem}p" if f"{stem}px" in table.names else "",
                    torque_identifier=torque if f"{torque}x" in table.names else "",
                    force_expressed_in_body="ground",
                    point_expressed_in_body="ground",
                )
            )
    if not found:
        raise InputError(
            f"expected ground force columns like 'ground_force_vx', '…vy', '…vz' in '{table.path}', got "
            f"{list(table.names)[:12]}; say which they are with --external-loads"
        )
    return tuple(found)


def _ground_force(table: Storage, force: ExternalForce, loads: ExternalLoads | None) -> GroundForce:
    frames = {force.force_expressed_in_body, force.point_expressed_in_body} - {"ground", "/ground", ""}
    if frames:
        raise InputError(f"expected ground forces in ground axes, {force.name!r} is expressed in {sorted(frames)}")
    columns = {
        "force": _triple(table, force.force_identifier, loads),
        "point": _triple(table, force.point_identifier, loads),
        "moment": _triple(table, force.torque_identifier, loads),
    }
    if not np.isfinite(columns["force"]).all():
        rows = int((~np.isfinite(columns["force"]).all(axis=1)).sum())
        raise InputError(
            f"expected numbers in the force columns {force.force_identifier}x..z of '{table.path}', got nan in "
            f"{rows} rows; write zeros where the foot is in the air"
        )
    time_s, joined = resample_evenly(table.time_s, np.concatenate(list(columns.values()), axis=1))
    return GroundForce(
        name=force.name,
        body=force.applied_to_body.rsplit("/", 1)[-1],
        time_s=time_s,
        force_n=joined[:, :3],
        point_m=joined[:, 3:6],
        moment_nm=joined[:, 6:],
    )


def _triple(table: Storage, identifier: str, loads: ExternalLoads | None) -> Array:
    if not identifier:
        return np.zeros((len(table.time_s), 3))
    try:
        return np.stack([table.column(f"{identifier}{axis}") for axis in "xyz"], axis=1)
    except UnknownNameError as error:
        asked = f" that '{loads.path}' asks for" if loads is not None else ""
        raise InputError(f"expected columns {identifier}x, {identifier}y, {identifier}z{asked}: {error}") from error
