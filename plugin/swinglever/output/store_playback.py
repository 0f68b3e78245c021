"""Playback <-> the group `/playback` of a result file."""

from collections.abc import Mapping
from typing import Any

import h5py
import numpy as np

from swinglever.output.store_arrays import write_array, write_dimension, write_scale
from swinglever.records.playback import FOLDERS, GhostPlayback, Playback, SwingPlayback
from swinglever.records.surfaces import BoneMesh

_POSE = ("time_s", "body_names", "row", "column")
_MUSCLE = ("time_s", "muscle_names")
_FORCE = ("time_s", "force_bodies", "axis")
#: Optional arrays: name in the record and in the file, unit, what it is, dimensions.
_OPTIONAL = {
    "muscle_path_m": ("m", "points along each muscle path, ground frame", (*_MUSCLE, "path_point", "axis")),
    "muscle_activation": ("1", "muscle activation", _MUSCLE),
    "muscle_power_w": ("W", "muscle power, positive while shortening", _MUSCLE),
    "muscle_contribution_rad_s2": ("rad/s2", "knee flexion acceleration caused by each muscle, scope leg", _MUSCLE),
    "muscle_crosses_knee": ("1", "1 where the muscle has a moment arm at a knee", ("muscle_names",)),
    "marker_position_m": ("m", "measured markers, ground frame", ("time_s", "marker_names", "axis")),
    "force_n": ("N", "external forces, ground frame", _FORCE),
    "force_point_m": ("m", "points where the external forces act, ground frame", _FORCE),
}
_NAMES = ("body_names", "muscle_names", "marker_names", "force_bodies")


def write_playback(group: h5py.Group, playback: Playback) -> None:
    """Write a playback into an empty group."""
    group.attrs["belt_speed_m_s"] = playback.belt_speed_m_s
    write_scale(group, "time_s", playback.time_s, "s", "time of the samples")
    for name in _NAMES:
        _write_names(group, name, getattr(playback, name))
    _write_names(group, "axis", ("x", "y", "z"))
    _write_names(group, "channel", ("red", "green", "blue", "opacity"))
    _write_names(group, "folders", FOLDERS)
    write_dimension(group, "row", 4, "row of a homogeneous matrix")
    write_dimension(group, "column", 4, "column of a homogeneous matrix")
    if playback.muscle_path_m is not None:
        write_dimension(group, "path_point", playback.muscle_path_m.shape[2], "point of a muscle path")
    write_array(group, "body_pose", playback.body_pose, "1, m", "body to ground, homogeneous 4x4", _POSE)
    for name, (unit, long_name, dimensions) in _OPTIONAL.items():
        array = getattr(playback, name)
        if array is not None:
            write_array(group, name, _narrow(array), unit, long_name, dimensions)
    shared = {name: group[name] for name in ("axis", "row", "column", "channel", "folders")}
    for index, mesh in enumerate(playback.meshes):
        _write_mesh(group.create_group(f"meshes/{index:03d}"), mesh, shared)
    for swing_id, swing in playback.swings.items():
        _write_swing(group.create_group(f"swings/{swing_id}"), swing, shared)


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


def _write_names(group: h5py.Group, name: str, names: tuple[str, ...]) -> None:
    write_scale(group, name, np.array(names, object), "", name.replace("_", " "))


def _read_names(group: h5py.Group, name: str) -> tuple[str, ...]:
    return tuple(group[name].asstr()[()].tolist()) if name in group else ()


def _write_mesh(group: h5py.Group, mesh: BoneMesh, shared: Mapping[str, h5py.Dataset]) -> None:
    group.attrs["name"], group.attrs["body"] = mesh.name, mesh.body
    write_dimension(group, "vertex", len(mesh.vertices_m), "vertex of the mesh")
    write_dimension(group, "corner", len(mesh.loop_vertex), "corner of a face")
    write_dimension(group, "face", len(mesh.loop_start), "face of the mesh")
    write_array(
        group, "vertices_m", _narrow(mesh.vertices_m), "m", "vertices in the body frame", ("vertex", shared["axis"])
    )
    write_array(group, "loop_vertex", mesh.loop_vertex.astype(np.int32), "1", "vertex of each face corner", ("corner",))
    write_array(group, "loop_start", mesh.loop_start.astype(np.int32), "1", "first corner of each face", ("face",))
    write_array(group, "colour", _narrow(mesh.colour), "1", "linear red, green, blue and opacity", (shared["channel"],))


def _read_mesh(group: h5py.Group) -> BoneMesh:
    arrays = {name: group[name][()] for name in ("vertices_m", "loop_vertex", "loop_start", "colour")}
    return BoneMesh(name=str(group.attrs["name"]), body=str(group.attrs["body"]), **arrays)


def _write_swing(group: h5py.Group, swing: SwingPlayback, shared: Mapping[str, h5py.Dataset]) -> None:
    point = ("time_s", shared["axis"])
    write_scale(group, "time_s", swing.time_s, "s", "time of the samples")
    write_array(group, "hip_m", swing.hip_m, "m", "hip centre, ground frame", point)
    write_array(group, "heel_m", swing.heel_m, "m", "heel, ground frame", point)
    write_array(group, "radius_of_gyration_m", swing.radius_of_gyration_m, "m", "of the leg about the hip")
    text = "knee flexion velocity gained since toe-off, by folder"
    write_array(group, "folding_rad_s", swing.folding_rad_s, "rad/s", text, ("time_s", shared["folders"]))
    for case, ghost in swing.ghosts.items():
        _write_ghost(group.create_group(f"ghosts/{case}"), ghost, shared)


def _read_swing(group: h5py.Group) -> SwingPlayback:
    names = ("time_s", "hip_m", "heel_m", "radius_of_gyration_m", "folding_rad_s")
    ghosts = {case: _read_ghost(group["ghosts"][case]) for case in group.get("ghosts", ())}
    return SwingPlayback(ghosts=ghosts, **{name: group[name][()] for name in names})


def _write_ghost(group: h5py.Group, ghost: GhostPlayback, shared: Mapping[str, h5py.Dataset]) -> None:
    _write_names(group, "body_names", ghost.body_names)
    point, pose = ("time_s", shared["axis"]), ("time_s", "body_names", shared["row"], shared["column"])
    write_scale(group, "time_s", ghost.time_s, "s", "time of the samples")
    write_array(group, "body_pose", _narrow(ghost.body_pose), "1, m", "body to ground, homogeneous 4x4", pose)
    write_array(group, "hip_m", ghost.hip_m, "m", "hip centre, ground frame", point)
    write_array(group, "heel_m", ghost.heel_m, "m", "heel, ground frame", point)


def _read_ghost(group: h5py.Group) -> GhostPlayback:
    arrays = {name: group[name][()] for name in ("time_s", "body_pose", "hip_m", "heel_m")}
    return GhostPlayback(body_names=_read_names(group, "body_names"), **arrays)
