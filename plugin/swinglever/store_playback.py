"""Playback <-> the group `/playback` of a result file."""

from collections.abc import Mapping
from typing import Any

import h5py
import numpy as np

from swinglever.bone_shapes import BoneMesh
from swinglever.playback import FOLDERS, GhostPlayback, Playback, SwingPlayback

#: Optional (T, ...) arrays: name in the record and in the file, unit, what it is.
_OPTIONAL = {
    "muscle_path_m": ("m", "points along each muscle path, ground frame"),
    "muscle_activation": ("1", "muscle activation"),
    "muscle_power_w": ("W", "muscle power, positive while shortening"),
    "muscle_contribution_rad_s2": ("rad/s2", "knee flexion acceleration caused by each muscle, scope leg"),
    "muscle_crosses_knee": ("1", "1 where the muscle has a moment arm at a knee"),
    "marker_position_m": ("m", "measured markers, ground frame"),
    "force_n": ("N", "external forces, ground frame"),
    "force_point_m": ("m", "points where the external forces act, ground frame"),
}
_NAMES = ("body_names", "muscle_names", "marker_names", "force_bodies")


def write_playback(group: h5py.Group, playback: Playback) -> None:
    """Write a playback into an empty group."""
    group.attrs["belt_speed_m_s"] = playback.belt_speed_m_s
    _write(group, "time_s", playback.time_s, "s", "time of the samples")
    _write(group, "body_pose", playback.body_pose, "1, m", "body to ground, homogeneous 4x4")
    for name in _NAMES:
        _write_names(group, name, getattr(playback, name))
    for name, (unit, long_name) in _OPTIONAL.items():
        array = getattr(playback, name)
        if array is not None:
            _write(group, name, _narrow(array), unit, long_name)
    for index, mesh in enumerate(playback.meshes):
        _write_mesh(group.create_group(f"meshes/{index:03d}"), mesh)
    for swing_id, swing in playback.swings.items():
        _write_swing(group.create_group(f"swings/{swing_id}"), swing)


def read_playback(group: h5py.Group) -> Playback:
    """Read what `write_playback` wrote."""
    arrays: dict[str, Any] = {name: group[name][()] for name in _OPTIONAL if name in group}
    if "muscle_crosses_knee" in arrays:
        arrays["muscle_crosses_knee"] = arrays["muscle_crosses_knee"].astype(bool)
    return Playback(
        time_s=group["time_s"][()],
        body_pose=group["body_pose"][()],
        belt_speed_m_s=float(group.attrs["belt_speed_m_s"]),
        meshes=tuple(_read_mesh(group["meshes"][key]) for key in sorted(group.get("meshes", ()))),
        swings={key: _read_swing(group["swings"][key]) for key in group.get("swings", ())},
        body_names=_read_names(group, "body_names"),
        muscle_names=_read_names(group, "muscle_names"),
        marker_names=_read_names(group, "marker_names"),
        force_bodies=_read_names(group, "force_bodies"),
        **arrays,
    )


def _narrow(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Store what is only looked at in single precision: 0.1 micrometre at 1 m, at half the size."""
    return array.astype(np.uint8) if array.dtype == bool else array.astype(np.float32)


def _write(group: h5py.Group, name: str, array: np.ndarray[Any, Any], unit: str, long_name: str) -> None:
    packing: Mapping[str, Any] = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
    data = group.create_dataset(
        name, data=array, fletcher32=array.ndim > 0 and array.size > 0, **(packing if array.size > 1000 else {})
    )
    data.attrs["units"] = unit
    data.attrs["long_name"] = long_name


def _write_names(group: h5py.Group, name: str, names: tuple[str, ...]) -> None:
    data = group.create_dataset(name, data=list(names), dtype=h5py.string_dtype())
    data.attrs["units"], data.attrs["long_name"] = "", name.replace("_", " ")


def _read_names(group: h5py.Group, name: str) -> tuple[str, ...]:
    return tuple(group[name].asstr()[()].tolist()) if name in group else ()


def _write_mesh(group: h5py.Group, mesh: BoneMesh) -> None:
    group.attrs["name"], group.attrs["body"] = mesh.name, mesh.body
    _write(group, "vertices_m", _narrow(mesh.vertices_m), "m", "vertices in the body frame")
    _write(group, "loop_vertex", mesh.loop_vertex.astype(np.int32), "1", "vertex of each face corner")
    _write(group, "loop_start", mesh.loop_start.astype(np.int32), "1", "first corner of each face")
    _write(group, "colour", _narrow(mesh.colour), "1", "linear red, green, blue and opacity")


def _read_mesh(group: h5py.Group) -> BoneMesh:
    arrays = {name: group[name][()] for name in ("vertices_m", "loop_vertex", "loop_start", "colour")}
    return BoneMesh(name=str(group.attrs["name"]), body=str(group.attrs["body"]), **arrays)


def _write_swing(group: h5py.Group, swing: SwingPlayback) -> None:
    _write(group, "time_s", swing.time_s, "s", "time of the samples")
    _write(group, "hip_m", swing.hip_m, "m", "hip centre, ground frame")
    _write(group, "heel_m", swing.heel_m, "m", "heel, ground frame")
    _write(group, "radius_of_gyration_m", swing.radius_of_gyration_m, "m", "of the leg about the hip")
    _write(
        group, "folding_rad_s", swing.folding_rad_s, "rad/s", "knee flexion velocity gained since toe-off, by folder"
    )
    _write_names(group, "folders", FOLDERS)
    for case, ghost in swing.ghosts.items():
        _write_ghost(group.create_group(f"ghosts/{case}"), ghost)


def _read_swing(group: h5py.Group) -> SwingPlayback:
    names = ("time_s", "hip_m", "heel_m", "radius_of_gyration_m", "folding_rad_s")
    ghosts = {case: _read_ghost(group["ghosts"][case]) for case in group.get("ghosts", ())}
    return SwingPlayback(ghosts=ghosts, **{name: group[name][()] for name in names})


def _write_ghost(group: h5py.Group, ghost: GhostPlayback) -> None:
    _write_names(group, "body_names", ghost.body_names)
    _write(group, "time_s", ghost.time_s, "s", "time of the samples")
    _write(group, "body_pose", _narrow(ghost.body_pose), "1, m", "body to ground, homogeneous 4x4")
    _write(group, "hip_m", ghost.hip_m, "m", "hip centre, ground frame")
    _write(group, "heel_m", ghost.heel_m, "m", "heel, ground frame")


def _read_ghost(group: h5py.Group) -> GhostPlayback:
    arrays = {name: group[name][()] for name in ("time_s", "body_pose", "hip_m", "heel_m")}
    return GhostPlayback(body_names=_read_names(group, "body_names"), **arrays)
