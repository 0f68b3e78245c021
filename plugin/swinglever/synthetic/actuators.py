"""Muscles of our own model: paths and architecture of a runner of some stature and mass."""

from dataclasses import dataclass

import numpy as np

from swinglever.synthetic.joints import leg_length_m
from swinglever.synthetic.tables import (
    SIDES,
    Array,
    Table,
    body_on_side,
    check_size,
    length_scale,
    mirror_point,
    read_table,
    side_sign,
)


@dataclass(frozen=True, kw_only=True)
class PathPoint:
    """A point of a muscle's path in the frame of a body, in metres.

    ``polynomial_m`` is (3, k): x, y and z as powers of the coordinate in radians, lowest first; k is 1 if fixed.
    """

    body: str
    polynomial_m: Array
    coordinate: str | None = None


@dataclass(frozen=True, kw_only=True)
class Muscle:
    """A muscle: newtons, metres, radians; ``max_contraction_velocity`` in optimal fibre lengths a second.

    ``passive_strain``: of the fibre, where its passive force begins, and where it equals the maximum force.
    """

    name: str
    max_force_n: float
    optimal_fibre_m: float
    tendon_slack_m: float
    pennation_rad: float
    max_contraction_velocity: float
    passive_strain: tuple[float, float]
    path: tuple[PathPoint, ...]


def build_muscles(stature_m: float, mass_kg: float) -> tuple[Muscle, ...]:
    """Every muscle of a runner of this stature and mass, right leg first.

    Notes
    -----
    Paths and tendons scale with stature, fibres with leg length. Muscle volume goes as mass times stature (Handsfield
    et al. 2014), and force as volume over fibre length.
    """
    check_size(stature_m, mass_kg)
    table = read_table("runner_muscles.toml")
    scale = length_scale(table, stature_m)
    fibre_scale = scale * leg_length_m(read_table("runner_segments.toml")) / table["reference"]["source_leg_m"]
    force_scale = _volume_ratio(table, stature_m, mass_kg) / fibre_scale
    return tuple(
        Muscle(
            name=f"{entry['name']}_{side}",
            max_force_n=entry["max_force_n"] * force_scale,
            optimal_fibre_m=entry["optimal_fibre_m"] * fibre_scale,
            tendon_slack_m=entry["tendon_slack_m"] * scale,
            pennation_rad=entry["pennation_rad"],
            max_contraction_velocity=table["millard"]["max_contraction_velocity"],
            passive_strain=tuple(entry.get("passive_strain", table["millard"]["passive_strain"])),
            path=tuple(_point(point, side, scale) for point in entry["path"]),
        )
        for side in SIDES
        for entry in table["muscle"]
    )


def _volume_ratio(table: Table, stature_m: float, mass_kg: float) -> float:
    reference, rule = table["reference"], table["scaling"]

    def volume(kilograms: float, metres: float) -> float:
        return float(rule["volume_slope"] * kilograms * metres + rule["volume_intercept"])

    return volume(mass_kg, stature_m) / volume(reference["source_mass_kg"], reference["source_stature_m"])


def _point(entry: Table, side: str, scale: float) -> PathPoint:
    body = body_on_side(entry["body"], side)
    if "at" in entry:
        return PathPoint(body=body, polynomial_m=mirror_point(entry["at"], side)[:, None] * scale)
    powers = np.zeros((3, max(len(entry["x"]), len(entry["y"]))))
    powers[0, : len(entry["x"])] = entry["x"]
    powers[1, : len(entry["y"])] = entry["y"]
    powers[2, 0] = entry["z"] * side_sign(side)
    return PathPoint(body=body, polynomial_m=powers * scale, coordinate=f"{entry['coordinate']}_{side}")
