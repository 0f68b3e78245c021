"""Motion of the segments <-> the group ``motion`` of a swing in a result file.

In single precision: metrics need six digits, and a trial has many swings.
"""

from typing import Any

import h5py
import numpy as np

from swinglever.motion import ARRAYS, SwingMotion

_VECTORS = {"mass_kg": "kg", "body_inertia_kg_m2": "kg m2", "forward": "1", "up": "1"}
_NUMBERS = ("gravity_m_s2", "body_mass_kg", "stride_s", "pelvis_speed_m_s")
_NAMES = {
    "coordinate_names": "coordinates of pelvis and leg",
    "bodies": "bodies of pelvis and leg",
    "parts": "pelvis, thigh, shank or foot",
}


def write_motion(group: h5py.Group, motion: SwingMotion) -> None:
    """Write a motion into an empty group whose parent has the times."""
    for name, long_name in _NAMES.items():
        made = group.create_dataset(name, data=list(getattr(motion, name)), dtype=h5py.string_dtype())
        made.attrs["units"], made.attrs["long_name"] = "", long_name
    for name, (_, unit, long_name) in ARRAYS.items():
        data = np.asarray(getattr(motion, name), np.float32)
        made = group.create_dataset(name, data=data, fletcher32=data.size > 0)
        made.attrs["units"], made.attrs["long_name"] = unit, long_name
        # No scale of time: xarray does not open arrays of which only some dimensions have names.
    for name, unit in _VECTORS.items():
        data = np.asarray(getattr(motion, name))
        made = group.create_dataset(name, data=data, fletcher32=data.size > 0)
        made.attrs["units"], made.attrs["long_name"] = unit, name.replace("_", " ")
    for name in _NUMBERS:
        group.attrs[name] = getattr(motion, name)


def read_motion(group: h5py.Group) -> SwingMotion:
    """Read what `write_motion` wrote."""
    names: dict[str, Any] = {n: tuple(str(s) for s in group[n].asstr()[...]) for n in _NAMES}
    numbers: dict[str, Any] = {n: float(group.attrs[n]) for n in _NUMBERS}
    return SwingMotion(
        **names,
        **{n: group[n][...] for n in (*ARRAYS, *_VECTORS)},
        **numbers,
    )
