"""Recordings from C3D files: markers, events, force platforms and analog channels, in metres and OpenSim's axes.

The parsing itself is ezc3d's. It runs in a process of its own, for a damaged file can crash it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from swinglever.errors import EngineError, InputError, named
from swinglever.readers.axes import Axes, axis_vector, find_axes, turn_to_opensim
from swinglever.readers.c3d_contents import parse_c3d
from swinglever.readers.c3d_poses import axes_of_poses, read_poses, turn_poses
from swinglever.readers.events import foot_event
from swinglever.readers.markers import join_fragments, metres_per_unit, zeros_as_missing
from swinglever.readers.text import read_bytes
from swinglever.records.foot_event import FootEvent
from swinglever.records.poses import SegmentPoses
from swinglever.records.trial import Markers
from swinglever.system.isolation import Limits, call_in_child

_TIMEOUT_S = 120.0  # 30 s of recording take 0.1 s
_PROCESSOR_S, _MEMORY = (
    8.0,
    1_500_000_000,
)  # and as much again for each MB, and for each 10 MB; 30 s of running are 3 MB
_LOADED_N = 20.0  # a centre of pressure means nothing under less than this vertical force
_SHORT = 4
"""Letters of a label that some systems keep."""
_PER_NEWTON_METRE = {"Nm": 1.0, "N.m": 1.0, "N*m": 1.0, "Nmm": 1e-3, "N.mm": 1e-3, "N*mm": 1e-3}
"""Newton metres in each unit of moment."""


@dataclass(frozen=True, kw_only=True)
class ForcePlatform:
    """One force platform.

    Attributes
    ----------
    time_s
        (Ta) times of the analog samples.
    force_n
        (Ta, 3) on the body, so up is positive.
    centre_of_pressure_m
        (Ta, 3); nan under 20 N.
    free_moment_nm
        (Ta, 3) about the centre of pressure, on the body.
    corners_m
        (4, 3).
    """

    time_s: NDArray[np.float64]
    force_n: NDArray[np.float64]
    centre_of_pressure_m: NDArray[np.float64]
    free_moment_nm: NDArray[np.float64]
    corners_m: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class AnalogChannels:
    """Analog channels as the file scales them.

    Attributes
    ----------
    time_s
        (Ta).
    names, units
        (n) as stated in the file.
    values
        (Ta, n).
    """

    time_s: NDArray[np.float64]
    names: tuple[str, ...]
    units: tuple[str, ...]
    values: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class C3D:
    """A recording.

    Attributes
    ----------
    path
        The file.
    markers
        Trajectories, none in a file that holds poses of segments alone; their warnings are those of the file.
    poses
        Poses of segments; None where there are none.
    events
        Foot strikes and toe-offs stored in the file, by time.
    platforms
        Force platforms.
    analog
        Analog channels, those of the platforms among them.
    rotation
        (3, 3) that was applied to every vector of the file: ``opensim = rotation @ recorded``.
    """

    path: Path
    markers: Markers
    poses: SegmentPoses | None
    events: tuple[FootEvent, ...]
    platforms: tuple[ForcePlatform, ...]
    analog: AnalogChannels
    rotation: NDArray[np.float64]


def read_c3d(path: str | Path, *, units: str | None = None) -> C3D:
    """Read a C3D file and turn it to OpenSim's axes: x forward, y up, z to the right.

    Which way is up and forward comes from the markers, else from the platforms and the file's screen axes; the warnings
    say what was turned.

    Parameters
    ----------
    path
        The file.
    units
        Length unit (``mm``, ``cm`` or ``m``) to use instead of the file's.

    Raises
    ------
    MissingFileError, InputError
        When the file is missing, is damaged, or holds no markers.
    """
    path = Path(path)
    raw = dict(_parse(path))
    raw["units"] = units or raw["units"]
    scale = metres_per_unit(path, raw["units"], "the unit asked for" if units else "POINT:UNITS")
    start_s = raw["first_frame"] / max(raw["rate_hz"], 1e-9)
    poses, doubts = _poses(path, raw, scale, start_s)
    names, position_m, warnings = _labelled_points(path, raw, scale, needed=poses is None)
    axes = find_axes(names, position_m) if names else Axes(up=None, forward=None, right_by_names=None)
    source = "the markers"
    if axes.up is None and poses is not None:
        axes, source = axes_of_poses(poses), "the poses of segments"
    rotation, told = _rotation(path, raw, axes, source)
    events, unused = _events(raw)
    warnings = [*raw["warnings"], *warnings, *told, *doubts, *unused]
    markers = Markers(
        path=path,
        time_s=start_s + np.arange(len(position_m)) / max(raw["rate_hz"], 1e-9),
        names=tuple(names),
        position_m=position_m @ rotation.T,
        rate_hz=raw["rate_hz"],
        units=raw["units"],
        warnings=tuple(f"{path.name}: {text}" for text in warnings),
    )
    analog = _analog(raw)
    return C3D(
        path=path,
        markers=markers,
        poses=None if poses is None else turn_poses(poses, rotation),
        events=events,
        platforms=tuple(_platform(analog.time_s, platform, rotation, scale) for platform in raw["platforms"]),
        analog=analog,
        rotation=rotation,
    )


def read_analog(path: str | Path) -> AnalogChannels:
    """Read the analog channels of a C3D file that may have no markers.

    Raises
    ------
    MissingFileError, InputError
        When the file is missing or damaged.
    """
    return _analog(_parse(Path(path)))


def _parse(path: Path) -> Mapping[str, Any]:
    _refuse_other_formats(path)
    try:
        return call_in_child(parse_c3d, _limits(path.stat().st_size), str(path.resolve()))
    except EngineError as error:
        raise InputError(f"{path} is damaged or no C3D file: {error}") from None


def _limits(size: int) -> Limits:
    """What the parser may take for a file of some bytes: a damaged one asks for any time and memory."""
    return Limits(
        timeout_s=_TIMEOUT_S,
        processor_s=_PROCESSOR_S * (1.0 + size / 1e6),
        memory_bytes=round(_MEMORY * (1.0 + size / 1e7)),
    )


def _analog(raw: Mapping[str, Any]) -> AnalogChannels:
    count = min(len(raw["analog_names"]), raw["analog"].shape[1])
    units = [*raw["analog_units"], *[""] * count][:count]
    start_s = raw["first_frame"] / max(raw["rate_hz"], 1e-9)
    return AnalogChannels(
        time_s=start_s + np.arange(len(raw["analog"])) / max(raw["analog_rate_hz"], 1e-9),
        names=tuple(raw["analog_names"][:count]),
        units=tuple(units),
        values=raw["analog"][:, :count],
    )


def _refuse_other_formats(path: Path) -> None:
    """Raise unless the file has a C3D header: byte 2 is 0x50, and there is more than the header's 512 bytes."""
    raw = read_bytes(path)
    if len(raw) <= 512 or raw[1] != 0x50:
        raise InputError(
            f"{path} is no C3D file: expected 0x50 as the second byte of more than 512; export the trial anew"
        )


def _poses(path: Path, raw: Mapping[str, Any], scale: float, start_s: float) -> tuple[SegmentPoses | None, list[str]]:
    """Poses of segments; where they cannot be used beside labelled markers, why not."""
    try:
        return read_poses(path, raw, scale, start_s), []
    except InputError as failure:
        if not _labelled(raw):
            raise
        return None, [f"its poses of segments are left out: {str(failure).removeprefix(f'{path}: ')}"]


def _labelled(raw: Mapping[str, Any]) -> list[int]:
    """Points that are labelled markers."""
    labels, outputs = _marker_labels(raw)[: raw["points"].shape[1]], set(raw["outputs"])
    return [i for i, name in enumerate(labels) if name and not name.startswith("*") and name not in outputs]


def _labelled_points(
    path: Path, raw: Mapping[str, Any], scale: float, *, needed: bool
) -> tuple[list[str], NDArray[np.float64], list[str]]:
    """Names and positions (T, m, 3) of the points that are labelled markers, and what was left out."""
    points, labels, keep = raw["points"], _marker_labels(raw), _labelled(raw)
    if not keep and not needed:
        return [], np.empty((len(points), 0, 3)), []
    if not keep:
        odd = raw["rotation_labels"]
        others = f" (of its {len(odd)} rotations of segments none can be followed: {named(odd)})" if odd else ""
        raise InputError(
            f"{path}: no labelled markers among its {points.shape[1]} points{others}; export markers, or joint angles "
            "as .mot"
        )
    if not len(points):
        raise InputError(f"{path}: no frames of its {len(keep)} markers; the file is damaged or was never filled")
    names = [labels[i] for i in keep]
    if not raw["rate_hz"] > 0:
        raise InputError(f"{path}: the frame rate is {raw['rate_hz']:g}; expected a positive number of Hz")
    position_m = points[:, keep] * scale
    warnings = zeros_as_missing(names, position_m)
    names, position_m, joined = join_fragments(path, names, position_m)
    warnings += joined
    if left_out := points.shape[1] - len(keep):
        warnings.append(f"{left_out} points without a marker's name, or written by a model, are left out")
    return names, position_m, warnings


def _marker_labels(raw: Mapping[str, Any]) -> list[str]:
    """Labels of the points; their descriptions where a system cut labels short: they repeat, or are begins of these."""
    labels, whole = list(raw["names"]), list(raw["descriptions"])
    if len(whole) != len(labels) or not all(whole) or len(set(whole)) < len(whole):
        return labels
    short = max(map(len, labels), default=0) <= _SHORT and labels != whole
    begins = short and all(name.startswith(label) for label, name in zip(labels, whole, strict=True))
    return whole if begins or len(set(labels)) < len(labels) else labels


def _rotation(path: Path, raw: Mapping[str, Any], axes: Axes, source: str) -> tuple[NDArray[np.float64], list[str]]:
    """Turn to OpenSim's axes, and what to tell about it."""
    if axes.up is None:
        up, source = _stated_up(raw)
        if up is None:
            raise InputError(f"{path}: neither markers, force platforms nor POINT:Y_SCREEN tell which way is up")
        axes = Axes(up=up, forward=axes.forward, right_by_names=axes.right_by_names)
    rotation = turn_to_opensim(axes)
    if np.array_equal(rotation, np.eye(3)):
        return rotation, []
    forward = f"{axes.forward} is forward" if axes.forward else "the heading is not known and kept"
    return rotation, [f"turned to OpenSim's axes: {axes.up} is up (by {source}), {forward}"]


def _stated_up(raw: Mapping[str, Any]) -> tuple[str | None, str]:
    """Up by the ground force, else by the axis that the file shows upwards on a screen."""
    for platform in raw["platforms"]:
        total = np.nansum(platform["force"], axis=1)
        if np.abs(total).max() > 0:
            axis = int(np.argmax(np.abs(total)))
            return ("+" if total[axis] > 0 else "-") + "xyz"[axis], "the ground force"
    stated = str(raw["screen_up"]).lower()
    return (stated, "POINT:Y_SCREEN") if re.fullmatch("[+-][xyz]", stated) else (None, "")


def _platform(
    time_s: NDArray[np.float64], raw: Mapping[str, Any], rotation: NDArray[np.float64], scale: float
) -> ForcePlatform:
    """One platform in SI units and OpenSim's axes."""
    per_metre = scale if raw["unit_position"] not in ("m", "mm") else {"m": 1.0, "mm": 1e-3}[raw["unit_position"]]
    force_n = np.asarray(raw["force"]).T @ rotation.T
    centre_m = np.asarray(raw["center_of_pressure"]).T @ rotation.T * per_metre
    if len(force_n) != len(time_s):
        raise InputError(f"expected {len(time_s)} samples of a force platform, got {len(force_n)}; the file is damaged")
    centre_m[~(force_n @ axis_vector("+y") >= _LOADED_N)] = np.nan
    return ForcePlatform(
        time_s=time_s,
        force_n=force_n,
        centre_of_pressure_m=centre_m,
        free_moment_nm=np.asarray(raw["Tz"]).T @ rotation.T * _PER_NEWTON_METRE.get(raw["unit_moment"], 1e-3),
        corners_m=np.asarray(raw["corners"]).T @ rotation.T * per_metre,
    )


def _events(raw: Mapping[str, Any]) -> tuple[tuple[FootEvent, ...], list[str]]:
    """Foot strikes and toe-offs of the EVENT group and of the header, and which other events are not used."""
    contexts: Sequence[str] = [*raw["event_contexts"], *[""] * len(raw["event_labels"])]
    stored = list(zip(raw["event_labels"], contexts, raw["event_times_s"], strict=False))
    stored += [(label, "", time) for label, time in raw["header_events"] if label.strip()]
    known = [(foot_event(label, context, float(time)), label, context) for label, context, time in stored]
    others = dict.fromkeys(f"{label!r} ({context or 'no context'})" for event, label, context in known if event is None)
    unused = f"events that name no foot strike or toe-off of a side are not used: {named(others)}; call them as in "
    told = [f"{unused}'Right Foot Off'"] if others else []
    found = {event for event, _, _ in known if event is not None}
    return tuple(sorted(found, key=lambda event: (event.time_s, event.side, event.kind))), told
