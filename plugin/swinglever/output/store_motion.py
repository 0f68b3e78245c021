"""Motion of the segments <-> the group ``motion`` of a swing in a result file.

In single precision: metrics need six digits, and a trial has many swings.
"""

from typing import Any

import h5py
import numpy as np

from swinglever.output.store_arrays import write_array, write_dimension, write_scale
from swinglever.records.segments import ARRAYS, SwingMotion

_TAILS = {
    "n": ("coordinate_names",),
    "b": ("bodies",),
    "b3": ("bodies", "axis"),
    "b33": ("bodies", "axis", "other_axis"),
    "3": ("axis",),
    "": (),
}
_VECTORS = {"mass_kg": ("b", "kg"), "body_inertia_kg_m2": ("b33", "kg m2"), "forward": ("3", "1"), "up": ("3", "1")}
_NUMBERS = ("gravity_m_s2", "body_mass_kg", "stride_s", "pelvis_speed_m_s")
_NAMES = ("coordinate_names", "bodies", "parts")


def write_motion(group: h5py.Group, motion: SwingMotion) -> None:
    """Write a motion into an empty group whose parent has the times."""
    write_scale(
        group, "coordinate_names", np.array(motion.coordinate_names, object), "", "coordinates of pelvis and leg"
    )
    write_scale(group, "bodies", np.array(motion.bodies, object), "", "bodies of pelvis and leg")
    write_array(group, "parts", np.array(motion.parts, object), "", "pelvis, thigh, shank or foot", ("bodies",))
    write_scale(group, "axis", np.array(("x", "y", "z"), object), "", "axis")
    write_dimension(group, "other_axis", 3, "axis of a matrix's columns")
    scales = {name: group[name] for name in ("coordinate_names", "bodies", "axis", "other_axis")}
    along = {kind: [scales[name] for name in names] for kind, names in _TAILS.items()}
    time = group.parent["time_s"]
    for name, (kind, unit, long_name) in ARRAYS.items():
        data = np.asarray(getattr(motion, name), np.float32)
        write_array(group, name, data, unit, long_name, (time, *along[kind]))
    for name, (kind, unit) in _VECTORS.items():
        write_array(group, name, getattr(motion, name), unit, name.replace("_", " "), along[kind])
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
