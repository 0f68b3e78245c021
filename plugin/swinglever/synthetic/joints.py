"""Joints and markers of our own model: which body hangs on which, where, and what may turn."""

from dataclasses import dataclass

import numpy as np

from swinglever.synthetic.tables import (
    SIDES,
    Array,
    Table,
    body_on_side,
    length_scale,
    mirror_axis,
    mirror_point,
    read_table,
)

_X, _Y, _Z = np.eye(3)


@dataclass(frozen=True, kw_only=True)
class Coordinate:
    """One degree of freedom: a turn about ``axis`` (rad) or a shift along it (m), its range and default value."""

    name: str
    axis: Array
    low: float
    high: float
    rotational: bool = True
    locked: bool = False
    clamped: bool = True
    default: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Joint:
    """The child's origin stands at ``at_m`` (3,) of the parent; the child turns by its coordinates in their order."""

    name: str
    parent: str
    child: str
    at_m: Array
    coordinates: tuple[Coordinate, ...]


@dataclass(frozen=True, kw_only=True)
class Marker:
    """A marker on a body, (3,) in metres in the body's frame, with its weight in inverse kinematics."""

    name: str
    body: str
    at_m: Array
    weight: float


def build_joints(stature_m: float) -> tuple[Joint, ...]:
    """Every joint of a runner of this stature, parents before children.

    Notes
    -----
    Signs are those of the Rajagopal family: knee flexion positive, dorsiflexion positive, hip flexion, adduction and
    internal rotation positive on both sides. The toes and the subtalar joint are locked as built.
    """
    table = read_table("runner_segments.toml")
    scale = length_scale(table, stature_m)
    joints = [_root(table, scale), _back(table, scale)]
    for side in SIDES:
        joints += _leg(table, scale, side)
    return tuple(joints)


def build_markers(stature_m: float) -> tuple[Marker, ...]:
    """The usual running marker set on a runner of this stature: right, left and central markers."""
    table = read_table("runner_markers.toml")
    scale = length_scale(table, stature_m)
    return tuple(_marker(entry, side, scale) for entry in table["marker"] for side in _sides(entry))


def leg_length_m(table: Table) -> float:
    """Length from hip to ankle centre, standing, of the man of the table of segments."""
    return float(table["thigh"]["length_m"] + table["shank"]["length_m"])


def _sides(entry: Table) -> tuple[str, ...]:
    return SIDES if entry["name"].startswith("R") else SIDES[:1]


def _marker(entry: Table, side: str, scale: float) -> Marker:
    paired = len(_sides(entry)) > 1
    return Marker(
        name=side.upper() + entry["name"][1:] if paired else entry["name"],
        body=body_on_side(entry["body"], side),
        at_m=mirror_point(entry["at"], side) * scale,
        weight=float(entry["weight"]),
    )


def _turning(table: Table, name: str, axis: Array, suffix: str = "", locked: bool = False) -> Coordinate:
    low, high = np.deg2rad(table["range_deg"][name])
    return Coordinate(name=name + suffix, axis=axis, low=float(low), high=float(high), locked=locked)


def _sliding(name: str, axis: Array, default: float = 0.0) -> Coordinate:
    # The pelvis may travel as far as a laboratory or a run reaches: a bound would only disturb the solver.
    return Coordinate(name=name, axis=axis, low=-1000.0, high=1000.0, rotational=False, clamped=False, default=default)


def _root(table: Table, scale: float) -> Joint:
    standing = (leg_length_m(table) + table["posture"]["ankle_height_m"]) * scale
    turns = [_turning(table, f"pelvis_{n}", a) for n, a in (("tilt", _Z), ("list", _X), ("rotation", _Y))]
    shifts = [_sliding("pelvis_tx", _X), _sliding("pelvis_ty", _Y, standing), _sliding("pelvis_tz", _Z)]
    return Joint(name="ground_pelvis", parent="ground", child="pelvis", at_m=np.zeros(3), coordinates=(*turns, *shifts))


def _back(table: Table, scale: float) -> Joint:
    names = (("extension", _Z), ("bending", _X), ("rotation", _Y))
    return Joint(
        name="back",
        parent="pelvis",
        child="torso",
        at_m=np.array(table["joint"]["back"]["at"]) * scale,
        coordinates=tuple(_turning(table, f"lumbar_{n}", a) for n, a in names),
    )


def _leg(table: Table, scale: float, side: str) -> list[Joint]:
    end, entries = f"_{side}", table["joint"]

    def joint(name: str, child: str, *coordinates: Coordinate) -> Joint:
        return Joint(
            name=f"{name}_{side}",
            parent=body_on_side(entries[name]["parent"], side),
            child=body_on_side(child, side),
            at_m=mirror_point(entries[name]["at"], side) * scale,
            coordinates=coordinates,
        )

    hip = (("hip_flexion", _Z), ("hip_adduction", _X), ("hip_rotation", _Y))
    ankle, subtalar = (mirror_axis(entries[name]["axis"], side) for name in ("ankle", "subtalar"))
    return [
        joint("hip", "femur", *(_turning(table, name, mirror_axis(axis, side), end) for name, axis in hip)),
        joint("knee", "tibia", _turning(table, "knee_angle", -_Z, end)),
        joint("ankle", "talus", _turning(table, "ankle_angle", ankle, end)),
        joint("subtalar", "calcn", _turning(table, "subtalar_angle", subtalar, end, locked=True)),
        joint("mtp", "toes", _turning(table, "mtp_angle", _Z, end, locked=True)),
    ]
