"""Motion-BIDS (Jeung et al. 2024, *Sci. Data* 11:716): markers or joint angles, force platforms beside them."""

import gzip
import math
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from swinglever.arrays import Array
from swinglever.errors import InputError
from swinglever.readers.bids import physio_files, read_channels, read_facts
from swinglever.readers.ground_forces import forces_of_table
from swinglever.readers.storage import Storage
from swinglever.readers.text import read_text
from swinglever.records.trial import Angles, AngleUnit, GroundForce, Markers

_LEAST_HZ, _MOST_HZ = 1.0, 1e5
"""Samples a second between which recordings of motion and forces lie."""
_MOST_S = 1e7
"""Between the beginnings of two recordings that belong together: a third of a year."""
_METRES = {"m": 1.0, "cm": 0.01, "mm": 0.001}
_ANGLE_UNITS: dict[str, AngleUnit] = {"deg": "degrees", "degree": "degrees", "degrees": "degrees", "rad": "radians"}
_DIRECTIONS = {
    "F": (1.0, 0.0, 0.0),
    "B": (-1.0, 0.0, 0.0),
    "U": (0.0, 1.0, 0.0),
    "D": (0.0, -1.0, 0.0),
    "R": (0.0, 0.0, 1.0),
    "L": (0.0, 0.0, -1.0),
}
"""Where the letters of SpatialAxes point in OpenSim's axes: forward, backward, up, down, right, left."""

Motion = tuple[Markers | None, Angles | None, tuple[GroundForce, ...], tuple[str, ...]]


def read_motion(path: Path) -> Motion:
    """Read a ``_motion.tsv``, with what stands beside it.

    Returns
    -------
    markers, angles
        One of them: markers where channels of the type POS make any, else joint angles (JNTANG).
    forces
        Of ``_physio.tsv.gz`` files whose columns are called as OpenSim calls ground forces.
    warnings
        Channels that were left out, axes that were turned.

    Raises
    ------
    MissingFileError, InputError
        When a file that is needed is not there, or cannot be understood.
    """
    channels, facts = read_channels(path), read_facts(path, "motion")
    values = _numbers(path, [channel["name"] for channel in channels])
    time_s, said = _times(path, channels, values, facts), list[str]()
    kept = [(k, channel) for k, channel in enumerate(channels) if channel.get("status") != "bad"]
    dropped = [channel["name"] for channel in channels if channel.get("status") == "bad"]
    if dropped:
        said.append(f"{path.name}: {len(dropped)} channels are marked bad and left out, {dropped[0]!r} among them")
    markers = _markers(path, time_s, values, [(k, c) for k, c in kept if c["type"] == "POS"], said)
    angles = None if markers else _angles(path, time_s, values, [(k, c) for k, c in kept if c["type"] == "JNTANG"])
    if markers is None and angles is None:
        kinds = ", ".join(dict.fromkeys(channel["type"] for channel in channels))
        raise InputError(f"expected channels of the type POS or JNTANG in '{path}', got {kinds or 'none'}")
    forces = [_forces(file) for file in physio_files(path)]
    said += [text for _, warnings in forces for text in warnings]
    return markers, angles, tuple(force for found, _ in forces for force in found), tuple(said)


def _numbers(path: Path, names: Sequence[str]) -> Array:
    """Numbers (T, n) of a table without labels; n/a is nan."""
    rows = []
    for number, line in enumerate(read_text(path).lines, 1):
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) != len(names):
            raise InputError(
                f"{path} line {number}: expected {len(names)} cells, as there are channels, got {len(cells)}"
            )
        try:
            rows.append([float("nan") if cell.strip() == "n/a" else _finite(cell) for cell in cells])
        except ValueError as error:
            raise InputError(f"{path} line {number}: {error}") from None
    return np.array(rows, float).reshape(-1, len(names))


def _finite(cell: str) -> float:
    number = float(cell)
    if math.isinf(number):
        raise ValueError(f"expected a number that ends, or n/a, got {cell.strip()}")
    return number


def _times(path: Path, channels: Sequence[dict[str, str]], values: Array, facts: dict[str, Any]) -> Array:
    """Times (T): those of a LATENCY channel, else as many as the sampling frequency says."""
    latency = [k for k, channel in enumerate(channels) if channel["type"] == "LATENCY" and channel["units"] == "s"]
    if latency:
        time_s = np.asarray(values[:, latency[0]])
        if not np.isfinite(time_s).all():
            raise InputError(f"{path}: expected a time in every row of the LATENCY channel, got n/a; cut these rows")
        if not (np.diff(time_s) > 0).all():
            raise InputError(f"{path}: expected times that rise in the LATENCY channel, got some that repeat or fall")
        return time_s
    return np.arange(len(values)) / _rate_hz(path, facts)


def _rate_hz(path: Path, facts: dict[str, Any]) -> float:
    for name in ("SamplingFrequencyEffective", "SamplingFrequency"):
        rate = _number_between(facts.get(name), _LEAST_HZ, _MOST_HZ)
        if rate is not None:
            return rate
    raise InputError(
        f"expected SamplingFrequency, Hz, in the JSON file of '{path}', got {facts.get('SamplingFrequency')}"
    )


def _number_between(value: Any, least: float, most: float) -> float | None:
    """Give a number of a JSON file; None for anything else, and for one beyond these."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and least <= value <= most else None


def _markers(
    path: Path, time_s: Array, values: Array, channels: Sequence[tuple[int, dict[str, str]]], said: list[str]
) -> Markers | None:
    """Put the three components of each tracked point together, in OpenSim's axes where the axes are told."""
    places = {(c.get("tracked_point", ""), c.get("component", "")): (k, c) for k, c in channels}
    names = [n for n in dict.fromkeys(p for p, _ in places) if all((n, axis) in places for axis in "xyz")]
    if not names:
        return None
    position = np.empty((len(values), len(names), 3))
    for m, name in enumerate(names):
        for a, axis in enumerate("xyz"):
            k, channel = places[name, axis]
            position[:, m, a] = values[:, k] * _scale(path, channel)
    position[np.isnan(position).any(axis=2)] = np.nan
    axes = _axes(path, {channel.get("reference_frame", "") for _, channel in channels})
    if axes is not None:
        position = position @ axes
        if not np.array_equal(axes, np.eye(3)):
            said.append(f"{path.name}: turned to OpenSim's axes, as its reference frame says where its own point")
    rate = float(1.0 / np.median(np.diff(time_s))) if len(time_s) > 1 else float("nan")
    return Markers(time_s=time_s, names=tuple(names), position_m=position, rate_hz=rate, path=path)


def _scale(path: Path, channel: dict[str, str]) -> float:
    if channel["units"] not in _METRES:
        raise InputError(f"{path}: expected {channel['name']!r} in m, cm or mm, got {channel['units'] or 'no unit'!r}")
    return _METRES[channel["units"]]


def _axes(path: Path, frames: set[str]) -> Array | None:
    """Where the recording's axes (rows) point in OpenSim's; None where that is not told."""
    levels = _table(_table(read_facts(path, "channels").get("reference_frame")).get("Levels"))
    letters = {str(_table(levels[f]).get("SpatialAxes", "")) for f in frames if isinstance(levels.get(f), dict)}
    if len(letters) != 1:
        return None
    word = letters.pop()
    axes = np.array([_DIRECTIONS.get(letter, (0.0, 0.0, 0.0)) for letter in word])
    if axes.shape != (3, 3) or abs(np.linalg.det(axes)) < 0.5:
        raise InputError(f"expected three letters such as FRU for the SpatialAxes of '{path}', got {word!r}")
    return axes


def _table(value: Any) -> dict[str, Any]:
    """Give an object of a JSON file; an empty one where something else stands."""
    return value if isinstance(value, dict) else {}


def _angles(path: Path, time_s: Array, values: Array, channels: Sequence[tuple[int, dict[str, str]]]) -> Angles | None:
    if not channels:
        return None
    units = {channel["units"].lower() for _, channel in channels}
    if len(units) != 1 or not units <= set(_ANGLE_UNITS):
        raise InputError(
            f"{path}: expected every joint angle in deg, or every one in rad, got {', '.join(sorted(units))}"
        )
    names = tuple(channel["name"] for _, channel in channels)
    return Angles(names=names, time_s=time_s, q=values[:, [k for k, _ in channels]], unit=_ANGLE_UNITS[units.pop()])


_MOST_BYTES = 2**30
"""An hour of six forces at 1000 Hz, two plates, has half as much."""


def _unpacked(path: Path) -> str:
    """Text of a packed file, up to the longest that is taken: a megabyte may hold a gigabyte of zeros."""
    with gzip.open(path) as stream:
        content = stream.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError(f"it is longer than {_MOST_BYTES} bytes unpacked")
    return content.decode()


def _start_s(path: Path, facts: dict[str, Any]) -> float:
    start = _number_between(facts.get("StartTime", 0.0), -_MOST_S, _MOST_S)
    if start is None:
        raise InputError(f"expected StartTime, s, in the JSON file of '{path}', got {facts['StartTime']!r}")
    return start


def _forces(path: Path) -> tuple[tuple[GroundForce, ...], tuple[str, ...]]:
    """Read ground forces, N, m and N m; nothing of a file that has other columns, as heart rate."""
    facts = read_facts(path, "physio")
    columns = facts.get("Columns")
    names = [str(name) for name in columns] if isinstance(columns, list) else []
    if not any(name.endswith("vy") for name in names):
        return (), ()
    try:
        text = _unpacked(path)
        values = np.array([[_finite(c) for c in line.split("\t")] for line in text.splitlines() if line.strip()])
        values = values.reshape(-1, len(names))
        if not len(values):
            raise ValueError("no rows")
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise InputError(f"expected {len(names)} columns of numbers in '{path}': {error}") from None
    time_s = _start_s(path, facts) + np.arange(len(values)) / _rate_hz(path, facts)
    table = Storage(
        path=path, name=path.name, time_s=time_s, names=tuple(names), values=values, in_degrees=None, header={}
    )
    return forces_of_table(table)
