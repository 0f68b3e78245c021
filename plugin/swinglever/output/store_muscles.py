"""Muscle forces <-> the group `muscles` of a swing in a result file."""

import json

import h5py
import numpy as np

from swinglever.output.store_arrays import read_names, write_array, write_scale
from swinglever.records.results import MUSCLE_ARRAYS, MuscleForces

_TEXTS = {
    "activation": ("1", "activation"),
    "force_n": ("N", "force along the tendon"),
    "active_force_n": ("N", "active force along the tendon"),
    "passive_force_n": ("N", "passive fibre force along the tendon"),
    "length_m": ("m", "length from origin to insertion"),
    "lengthening_speed_m_s": ("m/s", "lengthening speed of the path"),
    "fibre_length_m": ("m", "fibre length, rigid tendon"),
    "fibre_velocity_m_s": ("m/s", "fibre lengthening speed, rigid tendon"),
    "power_w": ("W", "power given to the skeleton, positive while shortening"),
    "passive_fibre_energy_j": ("J", "energy in the passive fibres"),
    "tendon_energy_j": ("J", "energy in the tendon at its force"),
}


def write_muscles(group: h5py.Group, forces: MuscleForces) -> None:
    """Write the muscles of a swing into an empty group."""
    write_scale(group, "names", np.array(forces.names, object), "", "muscles of the swing leg")
    write_scale(
        group, "coordinate_names", np.array(forces.coordinate_names, object), "", "coordinates of the swing leg"
    )
    write_array(group, "groups", np.array(forces.groups, object), "", "group of each muscle", ("names",))
    for name, (unit, text) in _TEXTS.items():
        write_array(group, name, getattr(forces, name), unit, text, ("time_s", "names"))
    arms = ("time_s", "names", "coordinate_names")
    write_array(group, "moment_arm_m", forces.moment_arm_m, "m", "moment arm, -dL/dq, the model's own signs", arms)
    text = "net joint moment that the muscles did not deliver"
    write_array(group, "reserve_nm", forces.reserve_nm, "N m", text, ("time_s", "coordinate_names"))
    group.attrs["solver"], group.attrs["passive_included"] = forces.solver, int(forces.passive_included)
    group.attrs["reserve_flags"] = json.dumps(forces.reserve_flags)


def read_muscles(group: h5py.Group) -> MuscleForces:
    """Read what `write_muscles` wrote."""
    return MuscleForces(
        solver=str(group.attrs["solver"]),
        passive_included=bool(group.attrs["passive_included"]),
        names=read_names(group["names"]),
        groups=read_names(group["groups"]),
        coordinate_names=read_names(group["coordinate_names"]),
        reserve_flags=tuple(json.loads(group.attrs["reserve_flags"])),
        **{name: group[name][...] for name in (*MUSCLE_ARRAYS, "moment_arm_m", "reserve_nm")},
    )
