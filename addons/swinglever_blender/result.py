"""Read a swinglever result file into plain records; nothing here knows Blender.

The file lays swings on one another: an array has a place for each swing, and time runs along its last dimension.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .forces import read_forces
from .heaps import expect_sound_heaps, text_bytes
from .unpack import Strands, poses_of, unpack_paths
from .whole import Group

#: The layout of result files that this add-on understands.
SCHEMA = 2
#: Bytes that a file may unpack to, beside fifty times its own size: more is an empty array of an absurd shape.
_SPARE_BYTES, _UNPACKED = 100_000_000, 50
#: What arrays are of: numbers, whole numbers, yes or no, texts.
_KINDS = "fiubO"
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
    muscle_paths: Strands | None = None
    muscle_activation: np.ndarray | None = None
    muscle_power_w: np.ndarray | None = None
    muscle_contribution_rad_s2: np.ndarray | None = None
    muscle_force_n: np.ndarray | None = None
    muscle_crosses_knee: np.ndarray | None = None
    marker_names: list[str] = field(default_factory=list)
    marker_position_m: np.ndarray | None = None
    force_n: np.ndarray | None = None
    force_point_m: np.ndarray | None = None
    belt_speed_m_s: float = 0.0
    meshes: list[Mesh] = field(default_factory=list)
    swings: dict[str, Swing] = field(default_factory=dict)

    @property
    def muscle_path_m(self) -> np.ndarray | None:
        """Give the muscles' paths, (T, m, k, 3) in m."""
        return None if self.muscle_paths is None else self.muscle_paths.path_m


def read_result(path: str | Path) -> Result:
    """Read a result file whole, so that a fault in it shows before anything is built."""
    import h5py  # Lazily: on Windows a loaded binary wheel cannot be unloaded when the add-on is switched off.

    path = Path(path)
    if not path.is_file():
        raise ResultError(f"{path.name}: no such file")
    if not h5py.is_hdf5(path):
        raise ResultError(f"{path.name} is not a swinglever result: expected an HDF5 file made by 'swinglever analyse'")
    try:
        expect_sound_heaps(path)
        with h5py.File(path, "r") as file:
            _check_kind(file, path.name)
            _check_size(file, path)
            return _read_file(Group(file), path)
    except (OSError, LookupError, RuntimeError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise ResultError(f"{path.name} is truncated or damaged ({error}); run 'swinglever analyse' again") from error


def _check_kind(file: Any, name: str) -> None:
    kind = file.attrs.get("format")
    if kind != "swinglever":
        raise ResultError(f"{name} is not a swinglever result: its format is {kind!r}, expected 'swinglever'")
    schema = int(file.attrs.get("schema", 1))
    if schema > SCHEMA:
        raise ResultError(f"{name} has schema {schema}; this add-on reads up to {SCHEMA}: install a newer add-on")
    if schema < SCHEMA:
        raise ResultError(f"{name} has schema {schema}, this add-on reads {SCHEMA}: run 'swinglever analyse' again")
    if "playback" not in file:
        raise ResultError(
            f"{name} holds no playback: run 'swinglever analyse' again with --playback full for poses and ghosts"
        )


def _check_size(file: Any, path: Path) -> None:
    """Look at how long a file's arrays say they are before room is made for them, and that they lie in the file."""
    allowed, links = _SPARE_BYTES + _UNPACKED * path.stat().st_size, dict[str, Any]()
    file.visititems_links(links.__setitem__)
    size = sum(_size_of(file, name, link) for name, link in links.items())
    if size > allowed:
        raise ResultError(
            f"{path.name}: expected at most {allowed / 1e6:.0f} MB unpacked from a file of this size, got "
            f"{size / 1e6:.0f} MB; run 'swinglever analyse' again"
        )


def _size_of(file: Any, name: str, link: Any) -> int:
    """Give the bytes that a member of a file takes by the file's own words."""
    import h5py

    item = file[name] if isinstance(link, h5py.HardLink) else None
    if isinstance(item, h5py.Group):
        return 0
    if not isinstance(item, h5py.Dataset) or item.external or item.is_virtual or item.dtype.kind not in _KINDS:
        raise ValueError(f"expected a group, numbers or texts in the file itself at {name!r:.60}")
    return int(item.size or 0) * item.dtype.itemsize + (text_bytes(item) if item.dtype == object else 0)


def _read_file(file: Any, path: Path) -> Result:
    playback = file["playback"]
    arrays: tuple[str, ...] = ("muscle_activation", "muscle_power_w", "muscle_contribution_rad_s2")
    arrays += ("marker_position_m", "force_n", "force_point_m")
    body_pose = poses_of(_time_first(playback["body_pose"], behind=2))
    names = _texts(file, "swing")
    swings = {name: _read_swing(file, k, name) for k, name in enumerate(names)}
    return Result(
        path=str(path),
        trial_name=str(file.attrs.get("trial_name", path.stem)),
        model_name=str(file.attrs.get("model_name", "")),
        time_s=playback["time_s"][()],
        body_names=_texts(playback, "body"),
        body_pose=body_pose,
        muscle_names=_texts(playback, "muscle"),
        muscle_paths=_read_paths(playback["paths"], body_pose) if "paths" in playback else None,
        muscle_force_n=read_forces(file, playback["time_s"][()], _texts(playback, "muscle")),
        muscle_crosses_knee=playback["muscle_crosses_knee"][()] if "muscle_crosses_knee" in playback else None,
        marker_names=_texts(playback, "marker"),
        belt_speed_m_s=float(playback.attrs.get("belt_speed_m_s", 0.0)),
        meshes=_read_meshes(playback["meshes"]) if "meshes" in playback else [],
        swings=dict(sorted(swings.items(), key=lambda item: item[1].events_s["toe_off"])),
        **{name: _time_first(playback[name]) for name in arrays if name in playback},
    )


def _texts(group: Any, name: str) -> list[str]:
    return list(group[name].asstr()[()]) if name in group else []


def _time_first(dataset: Any, at: Any = (), behind: int | None = None) -> np.ndarray:
    """Give an array, or its part at a place, with time in front of the others, or of the last few of them."""
    values = dataset[at]
    return np.ascontiguousarray(np.moveaxis(values, -1, 0 if behind is None else values.ndim - 1 - behind))


def _read_paths(group: Any, body_pose: np.ndarray) -> Strands:
    kind, place, share = (group[name][()] for name in ("point_body", "point_m", "point_share"))
    return unpack_paths(kind, place, share, _time_first(group["moving_m"]), body_pose)


def _read_meshes(group: Any) -> list[Mesh]:
    """Cut the surfaces out of arrays in which they lie end to end."""
    arrays = {"vertices_m": "vertex", "loop_vertex": "corner", "loop_start": "face"}
    cuts = {name: np.cumsum(group[f"{what}_count"][()])[:-1] for name, what in arrays.items()}
    parts = {name: np.split(group[name][()], cut) for name, cut in cuts.items()}
    return [
        Mesh(body=body, colour=colour, **{name: part[k] for name, part in parts.items()})
        for k, (body, colour) in enumerate(zip(_texts(group, "body"), group["colour"][()], strict=True))
    ]


def _read_swing(file: Any, k: int, name: str) -> Swing:
    swings = file["swings"]
    lever = _read_lever(file, k) if _has(file["playback"].get("swings"), "swing", k) else None
    side = str(swings["side"].asstr()[k])
    return Swing(
        swing_id=name,
        side=side,
        events_s={event: float(swings[f"{event}_s"][k]) for event in EVENTS if f"{event}_s" in swings},
        verdict=str(swings["verdict"].asstr()[k]),
        verdict_reason=str(swings["verdict_reason"].asstr()[k]),
        time_s=swings["time_s"][k],
        knee_flexion_deg=np.degrees(swings["knee_flexion_rad"][k]),
        contributions_deg=_read_contributions(file["attribution"], k) if "attribution" in file else {},
        ablation_peak_deg=_read_peaks(file["ablation"], k) if "ablation" in file else {},
        metrics=_read_metrics(file["metrics"], k) if "metrics" in file else [],
        lever=lever,
        ghosts={} if lever is None else _read_ghosts(file["playback"].get("ghosts"), k, side, lever),
    )


def _has(group: Any | None, dimension: str, *at: int) -> bool:
    """Whether there is something at a place along a dimension: everywhere, where no order says otherwise."""
    if group is None:
        return False
    order = group.get(f"{dimension}_order")
    return order is None or int(order[at]) >= 0


def _own(group: Any, dimension: str, *at: int) -> list[int]:
    """Numbers of the entries of a dimension that a swing has."""
    return [j for j in range(len(group[dimension])) if _has(group, dimension, *at, j)]


def _text_of(group: Any, name: str, at: tuple[int, ...]) -> list[str]:
    """Texts along the last dimension, whether the file keeps them once or for every swing."""
    found = group[name]
    return list(found.asstr()[()] if found.ndim == 1 else found.asstr()[at])


def _read_contributions(group: Any, k: int) -> dict[str, dict[str, np.ndarray]]:
    """Sum up the sources of each group, scope by scope."""
    found = {}
    for j in _own(group, "scope", k):
        columns, names = np.degrees(group["knee_flexion_rad"][k, j]), _text_of(group, "group", (k, j))
        own = _own(group, "source", k, j)
        found[str(group["scope"].asstr()[j])] = {
            name: columns[[i for i in own if names[i] == name]].sum(axis=0)
            for name in dict.fromkeys(names[i] for i in own)
        }
    return found


def _read_peaks(group: Any, k: int) -> dict[str, float]:
    peaks, cases = np.degrees(group["peak_flexion_rad"][k]), _texts(group, "case")
    return {cases[j]: float(peaks[j]) for j in _own(group, "case", k)}


def _read_lever(file: Any, k: int) -> Lever:
    """Read what moves with a swing; what the swing has itself is not kept a second time."""
    group = file["playback/swings"]
    found = {name: _time_first(group[name], k) for name in ("hip_m", "heel_m", "folding_rad_s") if name in group}
    for name in ("hip_m", "heel_m"):
        if name not in found:
            points = _texts(file["motion"], "point")
            found[name] = _time_first(file["motion/points"], (k, points.index(name)))
    if "radius_of_gyration_m" in group:
        radius = group["radius_of_gyration_m"][k]
    else:
        radius = file["lever/curves"][k, _texts(file["lever"], "curve").index("radius_of_gyration_m")]
    return Lever(time_s=group.get("time_s", file["swings/time_s"])[k], radius_of_gyration_m=radius, **found)


def _read_ghosts(group: Any | None, k: int, side: str, lever: Lever) -> dict[str, Ghost]:
    if group is None:
        return {}
    labels, cases = group["leg_body"], _texts(group, "case")
    bodies = [name.replace("{side}", side) for name in labels.attrs.get("names", labels.asstr()[()])]
    found = {}
    for j in _own(group, "case", k):
        times = group["time_s"][k, j] if "time_s" in group else lever.time_s
        found[cases[j]] = Ghost(
            time_s=times,
            body_names=bodies,
            body_pose=poses_of(_time_first(group["body_pose"], (k, j), behind=2)),
            hip_m=_time_first(group["hip_m"], (k, j)) if "hip_m" in group else lever.hip_m,
            heel_m=_time_first(group["heel_m"], (k, j)),
        )
    return found


def _read_metrics(group: Any, k: int) -> list[Metric]:
    names, values = _texts(group, "metric"), group["value"][k]
    low, high = (group[name][k] if name in group else np.full(len(names), np.nan) for name in ("p05", "p95"))
    units, reasons = _text_of(group, "unit", (k,)), _text_of(group, "reason", (k,))
    return [
        Metric(
            name=names[j],
            value=float(values[j]),
            unit=units[j],
            low=float(low[j]),
            high=float(high[j]),
            reason=reasons[j],
        )
        for j in _own(group, "metric", k)
    ]
