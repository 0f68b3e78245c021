"""What a C3D file holds, as ezc3d parses it. For a process of its own: a damaged file can crash the parser."""

import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from swinglever.readers.c3d_bytes import has_odd_zeros, is_sgi, to_floats, to_intel

_MODEL_OUTPUTS = ("ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS")  # of Vicon's models, stored among the points


def parse_c3d(path: str) -> dict[str, Any]:
    """Return what a C3D file holds, as plain arrays and lists."""
    raw = Path(path).read_bytes()
    plain = to_intel(raw) if is_sgi(raw) else raw
    plain = to_floats(plain) if has_odd_zeros(plain) else plain
    if plain is raw:
        return _parse(path)
    with TemporaryDirectory() as folder:
        turned = Path(folder) / "turned.c3d"
        turned.write_bytes(plain)
        return _parse(str(turned))


def _parse(path: str) -> dict[str, Any]:
    import ezc3d

    warnings = []
    try:
        file = ezc3d.c3d(path, extract_forceplat_data=True)
        platforms = [dict(platform) for platform in file["data"]["platform"]]
    except (RuntimeError, ValueError, IndexError, KeyError) as error:
        file, platforms = ezc3d.c3d(path), []
        reason = str(error).partition(", please")[0]
        mend = "give their forces as a table with --grf, or export the plates as type 2"
        warnings.append(f"the force platforms cannot be read and are left out ({reason}); {mend}")
    parameters = {
        group: {key: entry["value"] for key, entry in content.items() if key != "__METADATA__"}
        for group, content in file["parameters"].items()
    }
    point, analog = parameters.get("POINT", {}), parameters.get("ANALOG", {})
    points = np.asarray(file["data"]["points"][:3], dtype=np.float64)
    unseen = np.asarray(file["data"]["meta_points"]["residuals"])[0] < 0
    points[:, unseen] = np.nan
    event, header = parameters.get("EVENT", {}), file["header"]
    promised = _promised_frames(path)
    if points.shape[2] < promised:
        warnings.append(f"the header promises {promised} frames, {points.shape[2]} are there: the file is cut short")
    return {
        "warnings": warnings,
        "units": _text(point.get("UNITS"), ""),
        "rate_hz": float(header["points"]["frame_rate"]),
        "first_frame": _first_frame(int(header["points"]["first_frame"]), parameters.get("TRIAL", {})),
        "points": points.transpose(2, 1, 0).copy(),
        "names": _labels(point, "LABELS"),
        "descriptions": _labels(point, "DESCRIPTIONS"),
        **_rotations(file, parameters.get("ROTATION", {})),
        "outputs": [name for group in _MODEL_OUTPUTS for name in _labels(point, group)],
        "screen_up": _text(point.get("Y_SCREEN"), ""),
        "analog": np.asarray(file["data"]["analogs"], dtype=np.float64)[0].T.copy(),
        "analog_rate_hz": float(header["analogs"]["frame_rate"]),
        "analog_names": _labels(analog, "LABELS"),
        "analog_units": _labels(analog, "UNITS"),
        "platforms": platforms,
        "event_labels": _labels(event, "LABELS"),
        "event_contexts": _labels(event, "CONTEXTS"),
        "event_times_s": _event_times(event.get("TIMES")),
        "header_events": list(zip(header["events"]["events_label"], header["events"]["events_time"], strict=False)),
    }


def _rotations(file: Any, group: Mapping[str, Any]) -> dict[str, Any]:
    """Poses of segments (T, s, 4, 4), their reliability (T, s; negative where one means nothing), labels and rate."""
    matrices = np.asarray(file["data"]["rotations"], dtype=np.float64).transpose(3, 2, 0, 1)
    count, per_frame = matrices.shape[1], max(1, len(matrices) // max(1, file["data"]["points"].shape[2]))
    frames = file.c3d_swig.data()
    each = (frames.frame(t // per_frame).rotations().subframe(t % per_frame) for t in range(len(matrices)))
    reliability = [[of_all.rotation(s).reliability() for s in range(count)] for of_all in each]
    return {
        "rotations": matrices.copy(),
        "reliability": np.array(reliability, dtype=np.float64).reshape(matrices.shape[:2]),
        "rotation_labels": _labels(group, "LABELS"),
        "rotation_rate_hz": float(file["header"]["rotations"]["frame_rate"]),
        "rotation_rate_stated_hz": float(np.ravel(group.get("RATE", 0.0))[0]),
    }


def _first_frame(by_header: int, trial: Mapping[str, Any]) -> int:
    """Frames before the first; beyond 65535 the header holds what is left, and TRIAL:ACTUAL_START_FIELD the number."""
    words = [int(word) & 0xFFFF for word in np.ravel(trial.get("ACTUAL_START_FIELD", ()))]
    whole = sum(word << 16 * k for k, word in enumerate(words[:2])) - 1
    return whole if whole > 0xFFFF and (whole - by_header) % 0x10000 == 0 else by_header


def _promised_frames(path: str) -> int:
    """Count of frames by the header's own words for the first and the last; ezc3d gives what it found instead."""
    with Path(path).open("rb") as file:
        start = file.read(10)
    first, last = int.from_bytes(start[6:8], "little"), int.from_bytes(start[8:10], "little")
    return last - first + 1 if 0 < first <= last < 65535 else 0


def _text(value: Any, default: str) -> str:
    """First string of a parameter."""
    return str(value[0]).strip() if value is not None and len(value) else default


def _labels(group: Mapping[str, Any], key: str) -> list[str]:
    """Strings of a parameter; beyond 255 they go on in LABELS2, LABELS3, ..."""
    more = [name for name in group if re.fullmatch(rf"{key}\d*", name)]
    return [str(label).strip() for name in sorted(more, key=lambda n: (len(n), n)) for label in group[name]]


def _event_times(times: Any) -> list[float]:
    """Seconds: each time is stored as minutes and seconds."""
    if times is None or not np.size(times):
        return []
    minutes, seconds = np.asarray(times, dtype=np.float64).reshape(2, -1)
    return list(map(float, 60.0 * minutes + seconds))
