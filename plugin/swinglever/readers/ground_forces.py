"""Ground forces from OpenSim's tables: which columns are a force, and which foot each acts on."""

from pathlib import Path

import numpy as np

from swinglever.arrays import Array
from swinglever.errors import InputError, named
from swinglever.readers.external_loads import ExternalForce, ExternalLoads, read_external_loads
from swinglever.readers.storage import Storage, read_storage
from swinglever.records.faults import Fault, error, require_no_errors
from swinglever.records.trial import GroundForce
from swinglever.signals import resample_evenly

_GROUND = {"ground", "/ground", ""}
_LOST_STEPS = 1.5
"""A step longer than this many others is one with rows missing; rounded times differ by less."""


def read_ground_forces(
    grf: str | Path | None, external_loads: str | Path | None
) -> tuple[tuple[GroundForce, ...], tuple[str, ...]]:
    """Read the ground forces of a trial.

    Parameters
    ----------
    grf
        Table of forces (``.mot``, ``.sto``); found through ``external_loads`` when not given.
    external_loads
        OpenSim's ExternalLoads file; without it, columns like ``ground_force_vx`` are taken for forces, and which foot
        each acts on stays open.

    Returns
    -------
    forces, warnings
        Cells that are empty in the table are nan in the forces.

    Raises
    ------
    MissingFileError, InputError
        When there is no such file, or the columns of a force are not in it; all that is wrong is in its faults.
    """
    loads = read_external_loads(external_loads) if external_loads is not None else None
    named = grf if grf is not None else (loads.datafile if loads is not None else None)
    if named is None:
        raise InputError(f"'{external_loads}' names no data file; give the ground forces with --grf")
    return forces_of_table(read_storage(named), loads)


def forces_of_table(
    table: Storage, loads: ExternalLoads | None = None
) -> tuple[tuple[GroundForce, ...], tuple[str, ...]]:
    """Give the ground forces of a table, and warnings; without ``loads``, by the names of its columns.

    Raises
    ------
    InputError
        When the columns of a force are not in it; all that is wrong is in its faults.
    """
    forces = loads.forces if loads is not None else _guess_forces(table)
    require_no_errors([fault for force in forces for fault in _check_columns(table, force, loads)])
    told = [*_lost_rows(table), *(_unused(table, forces) if loads is None else _switched_off(loads))]
    return tuple(_ground_force(table, force) for force in forces), (*table.warnings, *told)


def _switched_off(loads: ExternalLoads) -> list[str]:
    off = loads.switched_off
    mend = "set appliesForce to true, or isDisabled to false, to have them used"
    return [f"{loads.path.name}: forces that are switched off are left out: {named(off)}; {mend}"] if off else []


def _unused(table: Storage, forces: tuple[ExternalForce, ...]) -> list[str]:
    """Name columns that no force was made of: another plate may be among them."""
    used = {
        label
        for force in forces
        for identifier in (force.force_identifier, force.point_identifier, force.torque_identifier)
        for label in _labels(table, identifier)
    }
    spare = [name for name in table.names if name not in used]
    mend = "say which force they are with --external-loads"
    return [f"{table.path.name}: columns not known as ground forces, left out: {named(spare)}; {mend}"] if spare else []


def _lost_rows(table: Storage) -> list[str]:
    """Name the longest stretch in which rows are missing: what lies between is interpolated."""
    if not _has_holes(table.time_s):
        return []
    at = int(np.diff(table.time_s).argmax())
    span = f"{table.time_s[at]:.3f} to {table.time_s[at + 1]:.3f} s"
    return [f"{table.path.name}: rows are missing from {span}; the forces are interpolated there"]


def _has_holes(time_s: Array) -> bool:
    step_s = np.diff(time_s)
    return bool(step_s.size and step_s.max() > _LOST_STEPS * np.median(step_s))


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
            f"{named(table.names)}; say which they are with --external-loads"
        )
    return tuple(found)


def _check_columns(table: Storage, force: ExternalForce, loads: ExternalLoads | None) -> list[Fault]:
    """Faults of one force: columns that are not in the table, and axes other than the ground's."""
    place, faults = f"{table.path if loads is None else loads.path} force {force.name!r}", list[Fault]()
    frames = {force.force_expressed_in_body, force.point_expressed_in_body} - _GROUND
    if frames:
        got = f"a force expressed in {named(sorted(frames))}"
        faults.append(error("force-frame", place, "ground forces in ground axes", got, "write them in ground axes"))
    for identifier in (force.force_identifier, force.point_identifier, force.torque_identifier):
        absent = [name for name in _labels(table, identifier) if name not in table.names]
        if not absent:
            continue
        expected = f"columns {', '.join(absent)} in {table.path}"
        twice = [name for name in absent if name in table.ambiguous]
        got = f"several that differ called {', '.join(twice)}" if twice else "none of that name"
        alike = [name for name in table.names if "force" in name or "grf" in name.lower()] or table.names
        more = f" and {len(alike) - 20} more" if len(alike) > 20 else ""
        mend = f"the file has {', '.join(alike[:20])}{more}"
        faults.append(error("force-columns", place, expected, got, mend))
    return faults


def _labels(table: Storage, identifier: str) -> list[str]:
    """Columns of a force or point: those that end in x, y, z, else the three that begin with the identifier.

    OpenSim takes the columns that begin with it too; its own C3D reader writes ``f1_1``, ``f1_2``, ``f1_3``.
    """
    if not identifier:
        return []
    named = [f"{identifier}{axis}" for axis in "xyz"]
    begin = [name for name in table.names if name.startswith(identifier)]
    return begin if len(begin) == 3 and not set(named) & set(table.names) else named


def _ground_force(table: Storage, force: ExternalForce) -> GroundForce:
    identifiers = (force.force_identifier, force.point_identifier, force.torque_identifier)
    time_s, joined = _evenly(table.time_s, np.concatenate([_triple(table, name) for name in identifiers], axis=1))
    return GroundForce(
        name=force.name,
        body=force.applied_to_body.rsplit("/", 1)[-1],
        time_s=time_s,
        force_n=joined[:, :3],
        point_m=joined[:, 3:6],
        moment_nm=joined[:, 6:],
    )


def _triple(table: Storage, identifier: str) -> Array:
    if not identifier:
        return np.zeros((len(table.time_s), 3))
    return np.stack([table.column(label) for label in _labels(table, identifier)], axis=1)


def _evenly(time_s: Array, columns: Array) -> tuple[Array, Array]:
    """Sample a force's nine columns evenly, straight where a spline would go astray: over lost rows and empty cells.

    What lies beside an empty cell is empty, but a point of application counts up to the next sample: it is not measured
    in the air, and a foot comes down between two samples.
    """
    filled = np.nan_to_num(columns)
    even, smooth = resample_evenly(time_s, filled)
    if smooth is filled:  # even to a millisecond
        return even, columns
    holes = _has_holes(time_s)
    for k, column in enumerate(columns.T):
        known = np.isfinite(column)
        if known.all() and not holes:
            continue
        is_point = 3 <= k < 6 and known.any()
        straight = np.interp(even, time_s[known], column[known]) if is_point else np.interp(even, time_s, column)
        smooth[:, k] = np.where(np.interp(even, time_s, known) > 0, straight, np.nan)
    return even, smooth
