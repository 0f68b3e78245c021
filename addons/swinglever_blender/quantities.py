"""All that a result file holds along a swing, found by how the file describes itself; nothing here knows Blender.

Whatever array has a value for each swing and percent is a quantity, a laboratory's own too: its description, with the
label of its second dimension where there is one, is its name. Metrics are quantities of the trial: a value a swing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

#: Groups whose arrays are told elsewhere, or are not for reading.
_LEFT_OUT = ("playback", "ablation", "classical", "motion")
#: Quantities that a swing may have, and letters of their names.
_MOST, _LONGEST = 3000, 90
#: Units by the end of a name, where the file says that they are in it.
_ENDINGS = {"_rad_s2": "rad/s2", "_rad_s": "rad/s", "_rad": "rad", "_kg_m2": "kg m2", "_m_s": "m/s", "_nm": "N m"}
_ENDINGS |= {"_m": "m", "_s": "s", "_n": "N", "_w": "W", "_j": "J"}
_WRITTEN = {"1": "", "kg m2": "kg m²", "rad": "°", "rad/s": "°/s", "rad/s2": "°/s²", "m/s2": "m/s²", "deg": "°"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Quantity:
    """A curve: times (K,) in s of the trial, values (K,), and their unit as people write it.

    `stepped` tells that values hold until the next one, as those of swings do; else they lie on a smooth curve. `note`
    is said beside the number.
    """

    time_s: np.ndarray
    values: np.ndarray
    unit: str
    stepped: bool = False
    note: str = ""


def read_quantities(path: str | Path, swing: str) -> dict[str, tuple[str, np.ndarray]]:
    """Read every quantity of a swing: name to unit and values (K,); none where the file holds no such swing."""
    import h5py

    found: dict[str, tuple[str, np.ndarray]] = {}
    with h5py.File(path, "r") as file:
        names = [str(name) for name in file["swing"].asstr()[()]] if "swing" in file else []
        if swing not in names or "percent" not in file:
            return {}
        for group in (file[name] for name in file if name not in _LEFT_OUT and isinstance(file[name], h5py.Group)):
            for dataset in (item for item in group.values() if isinstance(item, h5py.Dataset)):
                for name, unit, values in _curves_of(file, group, dataset, names.index(swing)):
                    if len(found) < _MOST and name not in found and np.isfinite(values).sum() > 1:
                        found[name] = unit, values
    return found


def _curves_of(file: Any, group: Any, dataset: Any, row: int) -> Iterator[tuple[str, str, np.ndarray]]:
    """Give name, unit and values of each curve in an array of swings by percent, or of swings by labels by percent."""
    n_swings, n_percent = len(file["swing"]), len(file["percent"])
    fits = dataset.ndim in (2, 3) and dataset.dtype.kind == "f"
    if not fits or (dataset.shape[0], dataset.shape[-1]) != (n_swings, n_percent):
        return
    meaning, unit = _text(dataset, "long_name"), _text(dataset, "units")
    values = np.asarray(dataset[row], dtype=float)
    if dataset.ndim == 2:
        if not dataset.name.endswith("/time_s"):
            yield _named(meaning or dataset.name, "", unit, values)
        return
    for label, place, curve in zip(_labels(dataset), _order(group, dataset, row), values, strict=False):
        if place >= 0 and unit != "in the name":
            yield _named(meaning, label, unit, curve)
        elif place >= 0:
            ending = next((ending for ending in _ENDINGS if label.endswith(ending)), "")
            yield _named("", label.removesuffix(ending), _ENDINGS.get(ending, ""), curve)


def _labels(dataset: Any) -> list[str]:
    """Give the labels of the second dimension, without a side where the file keeps both legs under one name."""
    scales = dataset.dims[1]
    if not len(scales) or scales[0].shape != dataset.shape[1:2] or scales[0].dtype.kind != "O":
        return [str(number) for number in range(1, dataset.shape[1] + 1)]
    return [str(label) for label in scales[0].asstr()[()]]


def _order(group: Any, dataset: Any, row: int) -> np.ndarray:
    """Give which of the labels a swing has: all of them, where no order says otherwise; negative for none."""
    scales = dataset.dims[1]
    order = group.get(f"{scales[0].name.rpartition('/')[2]}_order") if len(scales) else None
    if order is None or order.shape != (len(group.file["swing"]), dataset.shape[1]):
        return np.zeros(dataset.shape[1])
    return np.asarray(order[row])


def _named(meaning: str, label: str, unit: str, values: np.ndarray) -> tuple[str, str, np.ndarray]:
    said = meaning.partition(",")[0].strip()
    name = ": ".join(part for part in (said, label.replace("_", " ").strip()) if part)
    return " ".join(name.split())[:_LONGEST], *in_degrees(unit, values)


def in_degrees(unit: str, values: np.ndarray) -> tuple[str, np.ndarray]:
    """Write a unit as people do, and angles in degrees."""
    return _WRITTEN.get(unit, unit), np.degrees(values) if unit.startswith("rad") else values


def _text(dataset: Any, name: str) -> str:
    value = dataset.attrs.get(name, "")
    return value if isinstance(value, str) else ""


def over_swings(swings: dict[str, dict[str, Any]], key: str, metric: str) -> Quantity | None:
    """Give a metric swing by swing, from the summary of a trial: swings of the same leg, each until the next toe-off.

    None where the swing has no such metric, or no value of it.
    """
    own = {name: entry for name, entry in swings.items() if entry["side"] == swings[key]["side"]}
    held = {name: next((m for m in entry["metrics"] if m["name"] == metric), None) for name, entry in own.items()}
    known = [(own[name]["events_s"]["toe_off"], m) for name, m in held.items() if m and np.isfinite(m["value"])]
    chosen = held.get(key)
    if chosen is None or not np.isfinite(chosen["value"]):
        return None
    times, values = (np.array(part, dtype=float) for part in ([t for t, _ in known], [m["value"] for _, m in known]))
    last = max(entry["events_s"]["foot_strike"] for entry in own.values())
    unit, values = in_degrees(chosen["unit"], values)
    low, high = in_degrees(chosen["unit"], np.array([chosen["low"], chosen["high"]], dtype=float))[1]
    band = f"{low:.3g} to {high:.3g} {unit}".strip() if np.isfinite(low) and np.isfinite(high) else ""
    return Quantity(
        time_s=np.append(times, max(last, times[-1] + 1e-3)),
        values=np.append(values, values[-1]),
        unit=unit,
        stepped=True,
        note=band,
    )
