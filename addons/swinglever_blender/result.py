"""Read a swinglever result file into plain records; nothing here knows Blender."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

#: The newest layout of result files that this add-on understands.
SCHEMA = 1
EVENTS = ("toe_off", "thigh_reversal", "peak_flexion", "pass", "foot_strike")


class ResultError(Exception):
    """The file cannot be shown; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """Polygons in a body's frame: vertices (V, 3), corners (L,), first corner of each face (F,), colour (4,) linear."""

    body: str
    vertices_m: np.ndarray
    loop_vertex: np.ndarray
    loop_start: np.ndarray
    colour: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Ghost:
    """The swing leg of an ablation case: times (J,), poses (J, g, 4, 4), lever ends (J, 3)."""

    time_s: np.ndarray
    body_names: list[str]
    body_pose: np.ndarray
    hip_m: np.ndarray
    heel_m: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Lever:
    """Times (K,), hip and heel (K, 3), radius of gyration (K,), folding speed by pull and by momentum (K, 2)."""

    time_s: np.ndarray
    hip_m: np.ndarray
    heel_m: np.ndarray
    radius_of_gyration_m: np.ndarray
    folding_rad_s: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One number about a swing, with its band where there is one."""

    name: str
    value: float
    unit: str
    low: float
    high: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class Swing:
    """One swing: events in seconds, the knee (K,) in degrees, contributions by scope and group (K,) in degrees."""

    swing_id: str
    side: str
    events_s: dict[str, float]
    verdict: str
    verdict_reason: str
    time_s: np.ndarray
    knee_flexion_deg: np.ndarray
    contributions_deg: dict[str, dict[str, np.ndarray]]
    ablation_peak_deg: dict[str, float]
    metrics: list[Metric]
    lever: Lever | None
    ghosts: dict[str, Ghost]


@dataclass(frozen=True, kw_only=True, eq=False)
class Result:
    """A trial, ready to be shown; each one is equal to itself alone, and can be a key."""

    path: str
    trial_name: str
    model_name: str
    time_s: np.ndarray
    body_names: list[str]
    body_pose: np.ndarray
    muscle_names: list[str] = field(default_factory=list)
    muscle_path_m: np.ndarray | None = None
    muscle_activation: np.ndarray | None = None
    muscle_power_w: np.ndarray | None = None
    muscle_contribution_rad_s2: np.ndarray | None = None
    muscle_crosses_knee: np.ndarray | None = None
    marker_names: list[str] = field(default_factory=list)
    marker_position_m: np.ndarray | None = None
    force_n: np.ndarray | None = None
    force_point_m: np.ndarray | None = None
    belt_speed_m_s: float = 0.0
    meshes: list[Mesh] = field(default_factory=list)
    swings: dict[str, Swing] = field(default_factory=dict)


def read_result(path: str | Path) -> Result:
    """Read a result file whole, so that a fault in it shows before anything is built."""
    import h5py  # Lazily: on Windows a loaded binary wheel cannot be unloaded when the add-on is switched off.

    path = Path(path)
    if not path.is_file():
        raise ResultError(f"{path.name}: no such file")
    if not h5py.is_hdf5(path):
        raise ResultError(f"{path.name} is not a swinglever result: expected an HDF5 file made by 'swinglever analyse'")
    try:
        with h5py.File(path, "r") as file:
            _check_kind(file, path.name)
            return _read_file(file, path)
    except (OSError, KeyError, RuntimeError, TypeError, ValueError, IndexError) as error:
        raise ResultError(f"{path.name} is truncated or damaged ({error}); run 'swinglever analyse' again") from error


def _check_kind(file: Any, name: str) -> None:
    kind = file.attrs.get("format")
    if kind != "swinglever":
        raise ResultError(f"{name} is not a swinglever result: its format is {kind!r}, expected 'swinglever'")
    schema = int(file.attrs.get("schema", 1))
    if schema > SCHEMA:
        raise ResultError(f"{name} has schema {schema}; this add-on reads up to {SCHEMA}: install a newer add-on")
    if "playback" not in file:
        raise ResultError(f"{name} holds no playback: run 'swinglever analyse' again to write one")


def _read_file(file: Any, path: Path) -> Result:
    playback = file["playback"]
    arrays: tuple[str, ...] = ("muscle_path_m", "muscle_activation", "muscle_power_w", "muscle_contribution_rad_s2")
    arrays += ("muscle_crosses_knee", "marker_position_m", "force_n", "force_point_m")
    levers = playback.get("swings", {})
    swings = {key: _read_swing(key, group, levers.get(key)) for key, group in file.get("swings", {}).items()}
    return Result(
        path=str(path),
        trial_name=str(file.attrs.get("trial_name", path.stem)),
        model_name=str(file.attrs.get("model_name", "")),
        time_s=playback["time_s"][()],
        body_names=_names(playback, "body_names"),
        body_pose=playback["body_pose"][()],
        muscle_names=_names(playback, "muscle_names"),
        marker_names=_names(playback, "marker_names"),
        belt_speed_m_s=float(playback.attrs.get("belt_speed_m_s", 0.0)),
        meshes=[_read_mesh(playback["meshes"][key]) for key in sorted(playback.get("meshes", {}))],
        swings=dict(sorted(swings.items(), key=lambda item: item[1].events_s["toe_off"])),
        **{name: playback[name][()] for name in arrays if name in playback},
    )


def _names(group: Any, name: str) -> list[str]:
    return list(group[name].asstr()[()]) if name in group else []


def _read_mesh(group: Any) -> Mesh:
    arrays = ("vertices_m", "loop_vertex", "loop_start", "colour")
    return Mesh(body=str(group.attrs["body"]), **{name: group[name][()] for name in arrays})


def _read_swing(key: str, group: Any, lever: Any | None) -> Swing:
    ghosts = {} if lever is None else {case: _read_ghost(g) for case, g in lever.get("ghosts", {}).items()}
    ablation = group.get("ablation", {})
    return Swing(
        swing_id=key,
        side=str(group.attrs["side"]),
        events_s={name: float(group.attrs[f"{name}_s"]) for name in EVENTS if f"{name}_s" in group.attrs},
        verdict=str(group.attrs.get("verdict", "")),
        verdict_reason=str(group.attrs.get("verdict_reason", "")),
        time_s=group["time_s"][()],
        knee_flexion_deg=np.degrees(group["knee_flexion_rad"][()]),
        contributions_deg={scope: _sum_groups(g) for scope, g in group.get("attribution", {}).items()},
        ablation_peak_deg={case: float(np.degrees(g.attrs["peak_flexion_rad"])) for case, g in ablation.items()},
        metrics=_read_metrics(group["metrics"]) if "metrics" in group else [],
        lever=None if lever is None else _read_lever(lever),
        ghosts=ghosts,
    )


def _sum_groups(group: Any) -> dict[str, np.ndarray]:
    columns = np.degrees(group["knee_flexion_rad"][()])
    names = _names(group, "groups")
    return {name: columns[:, [n == name for n in names]].sum(axis=1) for name in dict.fromkeys(names)}


def _read_lever(group: Any) -> Lever:
    names = ("time_s", "hip_m", "heel_m", "radius_of_gyration_m", "folding_rad_s")
    return Lever(**{name: group[name][()] for name in names})


def _read_ghost(group: Any) -> Ghost:
    arrays = {name: group[name][()] for name in ("time_s", "body_pose", "hip_m", "heel_m")}
    return Ghost(body_names=_names(group, "body_names"), **arrays)


def _read_metrics(group: Any) -> list[Metric]:
    names, values = _names(group, "names"), group["values"][()]
    blank = np.full(len(names), np.nan)
    low, high = (group[name][()] if name in group else blank for name in ("p05", "p95"))
    units, reasons = (_names(group, name) or [""] * len(names) for name in ("units", "reasons"))
    rows = zip(names, values, units, low, high, reasons, strict=True)
    return [Metric(name=n, value=float(v), unit=u, low=float(a), high=float(b), reason=r) for n, v, u, a, b, r in rows]
