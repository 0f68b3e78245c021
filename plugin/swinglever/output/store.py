"""Result files: a report as HDF5 and back, with nothing but numpy and h5py.

The layout opens in xarray too: every array has dimension scales, a unit and a long name. A file is written under a
temporary name and renamed when it is whole, so there is never half a result.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import h5py
import numpy as np

from swinglever.errors import InputError, MissingFileError
from swinglever.output.store_arrays import find_scale, read_names, write_array, write_scale
from swinglever.output.store_bands import read_bands, write_bands
from swinglever.output.store_emg import read_emg, write_emg
from swinglever.output.store_metrics import read_metrics, write_metrics
from swinglever.output.store_motion import read_motion, write_motion
from swinglever.output.store_muscles import read_muscles, write_muscles
from swinglever.output.store_playback import read_playback, write_playback
from swinglever.records.report import Moments, Provenance, Swing, SwingReport
from swinglever.records.results import Ablation, Attribution, Kinematics
from swinglever.system.whole_files import write_whole

SCHEMA = 1
_SWING_ATTRIBUTES = [
    "side",
    "toe_off_s",
    "thigh_reversal_s",
    "peak_flexion_s",
    "pass_s",
    "foot_strike_s",
    "event_source",
    "verdict",
    "verdict_reason",
    "knee_sign",
    "knee_coordinate",
]
_ATTRIBUTION_ARRAYS = {
    "knee_flexion_rad": ("rad", "knee flexion since toe-off by source"),
    "knee_flexion_velocity_rad_s": ("rad/s", "knee flexion velocity by source"),
    "knee_flexion_acceleration_rad_s2": ("rad/s2", "knee flexion acceleration by source"),
}


def write_report(report: SwingReport, path: str | Path) -> Path:
    """Write a report to one HDF5 file.

    Raises
    ------
    InputError
        When the folder does not exist or cannot be written to; whatever stood there before is unharmed.
    """
    path = Path(path)
    with _replacing(path) as file:
        _write_root(file, report)
        _write_kinematics(file.create_group("kinematics"), report.kinematics)
        swings = file.create_group("swings")
        for swing in report.swings:
            _write_swing(swings.create_group(swing.id), swing)
        if report.playback is not None:
            write_playback(file.create_group("playback"), report.playback)
        if report.metrics:
            write_metrics(file.create_group("metrics"), report.metrics)
    return path


def read_report(path: str | Path) -> SwingReport:
    """Read a result file.

    Raises
    ------
    MissingFileError, InputError
        When there is no such file, it is not one of ours, it is cut short, or it is from a newer version.
    """
    path = Path(path)
    if not path.is_file():
        raise MissingFileError(f"expected a result file, found nothing at '{path}'")
    try:
        with h5py.File(path, "r") as file:
            _check_format(file, path)
            return _read_root(file)
    except InputError:
        raise
    except (OSError, LookupError, ValueError, TypeError, RuntimeError, AttributeError, MemoryError) as error:
        raise InputError(f"expected a whole swinglever result in '{path}': {error}") from error


@contextmanager
def _replacing(path: Path) -> Iterator[h5py.File]:
    """Open a file in memory that is written to ``path`` when all went well.

    HDF5 itself crashes the process when a disk is full or a folder goes away under it. Its format since 1.10 has
    checksums in its structure: damage is an error there, not a crash or rubbish.
    """
    # The name never reaches a disk; HDF5 wants one for each file that is open at a time.
    with h5py.File(uuid4().hex, "w", driver="core", backing_store=False, libver=("v110", "v110")) as file:
        yield file
        file.flush()
        content = file.id.get_file_image()
    write_whole(path, content)


def _check_format(file: h5py.File, path: Path) -> None:
    if file.attrs.get("format") != "swinglever":
        raise InputError(f"expected a swinglever result, '{path}' is another kind of HDF5 file")
    schema = int(file.attrs["schema"])
    if schema > SCHEMA:
        raise InputError(
            f"'{path}' has schema {schema}, this version reads up to {SCHEMA}; update swinglever to open it"
        )


def _write_root(file: h5py.File, report: SwingReport) -> None:
    file.attrs["format"], file.attrs["schema"] = "swinglever", SCHEMA
    for name, value in vars(report.provenance).items():
        file.attrs[name] = json.dumps(value) if isinstance(value, Mapping) else value
    file.attrs["warnings"], file.attrs["timing"] = json.dumps(report.warnings), json.dumps(dict(report.timing))


def _read_root(file: h5py.File) -> SwingReport:
    provenance = Provenance(**{name: _attribute(file, name) for name in Provenance.__dataclass_fields__})
    return SwingReport(
        provenance=provenance,
        kinematics=_read_kinematics(file["kinematics"]),
        swings=tuple(sorted((_read_swing(k, g) for k, g in file["swings"].items()), key=lambda s: s.toe_off_s)),
        warnings=tuple(json.loads(file.attrs["warnings"])),
        timing=json.loads(file.attrs["timing"]),
        playback=read_playback(file["playback"]) if "playback" in file else None,
        metrics=read_metrics(file["metrics"]) if "metrics" in file else {},
    )


def _attribute(group: h5py.Group, name: str) -> Any:
    value = group.attrs[name]
    if name in ("parameters", "plugins"):
        return json.loads(value)
    return value.item() if isinstance(value, np.generic) else value


def _write_kinematics(group: h5py.Group, kinematics: Kinematics) -> None:
    write_scale(group, "time_s", kinematics.time_s, "s", "time")
    write_scale(group, "coordinate_names", kinematics.coordinate_names, "", "free coordinates, the model's own names")
    for name, unit, text in (
        ("q", "rad or m", "coordinate"),
        ("u", "rad/s or m/s", "speed"),
        ("udot", "rad/s2 or m/s2", "acceleration"),
    ):
        write_array(group, name, getattr(kinematics, name), unit, text, ("time_s", "coordinate_names"))
    write_array(group, "marker_rms_m", kinematics.marker_rms_m, "m", "root mean square marker error")
    write_array(group, "marker_max_m", kinematics.marker_max_m, "m", "largest marker error")
    group.attrs["filter_hz"], group.attrs["ik_engine"] = kinematics.filter_hz, kinematics.ik_engine
    group.attrs["warnings"] = json.dumps(kinematics.warnings)


def _read_kinematics(group: h5py.Group) -> Kinematics:
    arrays = {n: group[n][...] for n in ("time_s", "q", "u", "udot", "marker_rms_m", "marker_max_m")}
    return Kinematics(
        coordinate_names=read_names(group["coordinate_names"]),
        filter_hz=float(group.attrs["filter_hz"]),
        ik_engine=str(group.attrs["ik_engine"]),
        warnings=tuple(json.loads(group.attrs["warnings"])),
        **arrays,
    )


def _write_swing(group: h5py.Group, swing: Swing) -> None:
    for name in _SWING_ATTRIBUTES:
        group.attrs[name] = getattr(swing, name)
    write_scale(group, "time_s", swing.time_s, "s", "time")
    write_array(group, "knee_flexion_rad", swing.knee_flexion_rad, "rad", "knee flexion")
    write_array(group, "hip_flexion_rad", swing.hip_flexion_rad, "rad", "hip flexion")
    moments = group.create_group("moments")
    write_scale(moments, "coordinate_names", swing.moments.coordinate_names, "", "coordinates of the swing leg")
    dimensions = ("time_s", "coordinate_names")
    write_array(moments, "net_moment_nm", swing.moments.net_moment_nm, "N m", "net joint moment", dimensions)
    for folder, attributions in (("attribution", swing.attribution), ("classical", swing.classical)):
        for scope, attribution in attributions.items():
            _write_attribution(group.require_group(folder).create_group(scope), attribution, group["time_s"])
    for case, ablation in swing.ablation.items():
        _write_ablation(group.require_group("ablation").create_group(case), ablation)
    for name, curve in swing.lever.items():
        write_array(group.require_group("lever"), name, curve, _unit_of(name), name.replace("_", " "))
    if swing.muscles is not None:
        write_muscles(group.create_group("muscles"), swing.muscles)
    if swing.emg is not None:
        write_emg(group.create_group("emg"), swing.emg)
    write_metrics(group.create_group("metrics"), swing.metrics)
    if swing.bands is not None:
        write_bands(group.create_group("bands"), swing.bands)
    if swing.motion is not None:
        write_motion(group.create_group("motion"), swing.motion)


def _read_swing(name: str, group: h5py.Group) -> Swing:
    moments = group["moments"]
    return Swing(
        id=name,
        **{n: _attribute(group, n) for n in _SWING_ATTRIBUTES},
        time_s=group["time_s"][...],
        knee_flexion_rad=group["knee_flexion_rad"][...],
        hip_flexion_rad=group["hip_flexion_rad"][...],
        moments=Moments(
            coordinate_names=read_names(moments["coordinate_names"]), net_moment_nm=moments["net_moment_nm"][...]
        ),
        attribution={s: _read_attribution(s, g) for s, g in group.get("attribution", {}).items()},
        classical={s: _read_attribution(s, g) for s, g in group.get("classical", {}).items()},
        ablation={c: _read_ablation(c, g) for c, g in group.get("ablation", {}).items()},
        lever={n: d[...] for n, d in group.get("lever", {}).items()},
        metrics=read_metrics(group["metrics"]),
        motion=read_motion(group["motion"]) if "motion" in group else None,
        muscles=read_muscles(group["muscles"]) if "muscles" in group else None,
        emg=read_emg(group["emg"]) if "emg" in group else None,
        bands=read_bands(group["bands"]) if "bands" in group else None,
    )


def _write_attribution(group: h5py.Group, attribution: Attribution, time_s: h5py.Dataset) -> None:
    write_scale(group, "sources", attribution.sources, "", "sources")
    sources = group["sources"]
    write_array(group, "groups", np.array(attribution.groups, object), "", "group of each source", (sources,))
    for name, (unit, text) in _ATTRIBUTION_ARRAYS.items():
        write_array(group, name, getattr(attribution, name), unit, text, (time_s, sources))
    group.attrs["closure_rad"], group.attrs["peak_index"] = attribution.closure_rad, attribution.peak_index
    group.attrs["released"] = list(attribution.released)


def _read_attribution(scope: str, group: h5py.Group) -> Attribution:
    scale = find_scale(group, "time_s")
    time_s = np.empty(0) if scale is None else scale[...]
    return Attribution(
        scope=scope,
        released=tuple(str(n) for n in group.attrs["released"]),
        time_s=time_s,
        sources=read_names(group["sources"]),
        groups=read_names(group["groups"]),
        closure_rad=float(group.attrs["closure_rad"]),
        peak_index=int(group.attrs["peak_index"]),
        **{name: group[name][...] for name in _ATTRIBUTION_ARRAYS},
    )


def _write_ablation(group: h5py.Group, ablation: Ablation) -> None:
    write_scale(group, "time_s", ablation.time_s, "s", "time")
    write_scale(group, "coordinate_names", ablation.coordinate_names, "", "coordinates that were integrated")
    write_array(group, "q", ablation.q, "rad", "coordinates, the model's own signs", ("time_s", "coordinate_names"))
    write_array(group, "knee_flexion_rad", ablation.knee_flexion_rad, "rad", "knee flexion")
    write_array(group, "hip_flexion_rad", ablation.hip_flexion_rad, "rad", "hip flexion")
    group.attrs["peak_flexion_rad"] = ablation.peak_flexion_rad
    group.attrs["stopped_by"] = json.dumps(ablation.stopped_by)


def _read_ablation(case: str, group: h5py.Group) -> Ablation:
    return Ablation(
        case=case,
        coordinate_names=read_names(group["coordinate_names"]),
        peak_flexion_rad=float(group.attrs["peak_flexion_rad"]),
        stopped_by=tuple(json.loads(group.attrs["stopped_by"])),
        **{n: group[n][...] for n in ("time_s", "q", "knee_flexion_rad", "hip_flexion_rad")},
    )


def _unit_of(name: str) -> str:
    """Give the unit that the name of a curve ends in."""
    for ending, unit in (
        ("_kg_m2", "kg m2"),
        ("_m_s", "m/s"),
        ("_rad", "rad"),
        ("_m", "m"),
        ("_s", "s"),
        ("_w", "W"),
        ("_j", "J"),
    ):
        if name.endswith(ending):
            return unit
    return "1"
