"""Bodies of our own model: masses, mass centres and inertias of a runner of some stature and mass."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.synthetic.tables import (
    SIDES,
    Array,
    Table,
    body_on_side,
    check_size,
    length_scale,
    mirror_point,
    read_table,
)


@dataclass(frozen=True, kw_only=True)
class Mass:
    """A mass in the axes of some body: kilograms, (3,) centre in metres, (3, 3) inertia about that centre in kg·m²."""

    mass_kg: float
    centre_m: Array
    inertia_kg_m2: Array


@dataclass(frozen=True, kw_only=True)
class Body(Mass):
    """A body of the model."""

    name: str


def build_bodies(stature_m: float, mass_kg: float) -> tuple[Body, ...]:
    """Every body of a runner of this stature and mass, pelvis first.

    Raises
    ------
    InputError
        When stature or mass are no person's.
    """
    check_size(stature_m, mass_kg)
    table = read_table("runner_segments.toml")
    scale = length_scale(table, stature_m)
    masses: dict[str, Mass] = {"pelvis": _pelvis(table), "torso": _torso(table)}
    for side in SIDES:
        for body, mass in _leg(table).items():
            masses[body_on_side(body, side)] = _mirrored(mass, side)
    return tuple(
        Body(
            name=name,
            mass_kg=m.mass_kg * mass_kg,
            centre_m=m.centre_m * scale,
            inertia_kg_m2=m.inertia_kg_m2 * mass_kg * scale**2,
        )
        for name, m in masses.items()
    )


def add_masses(parts: Sequence[Mass]) -> Mass:
    """One mass that moves as the parts do together: parallel axes theorem."""
    total = sum(part.mass_kg for part in parts)
    centre = sum((part.mass_kg * part.centre_m for part in parts), np.zeros(3)) / total
    inertia = sum(
        (part.inertia_kg_m2 + _shift(part.mass_kg, part.centre_m - centre) for part in parts), np.zeros((3, 3))
    )
    return Mass(mass_kg=total, centre_m=centre, inertia_kg_m2=inertia)


def take_mass(whole: Mass, parts: Sequence[Mass]) -> Mass:
    """What is left of the whole when the parts are taken out of it."""
    removed = [Mass(mass_kg=-p.mass_kg, centre_m=p.centre_m, inertia_kg_m2=-p.inertia_kg_m2) for p in parts]
    return add_masses([whole, *removed])


def _shift(mass_kg: float, by_m: Array) -> Array:
    return mass_kg * (by_m @ by_m * np.eye(3) - np.outer(by_m, by_m))


def _mirrored(mass: Mass, side: str) -> Mass:
    flip = np.diag(mirror_point([1.0, 1.0, 1.0], side))
    return Mass(mass_kg=mass.mass_kg, centre_m=flip @ mass.centre_m, inertia_kg_m2=flip @ mass.inertia_kg_m2 @ flip)


def _segment(entry: Table, centre_m: Sequence[float] | Array, turn: Array | None = None) -> Mass:
    """One segment of the table as a share of body mass, its long axis turned by ``turn``."""
    principal = np.diag(entry["mass_share"] * (np.array(entry["gyration"]) * entry["length_m"]) ** 2)
    turned = principal if turn is None else turn @ principal @ turn.T
    return Mass(mass_kg=entry["mass_share"], centre_m=np.asarray(centre_m, dtype=float), inertia_kg_m2=turned)


def _pelvis(table: Table) -> Mass:
    entry, posture = table["lower_trunk"], table["posture"]
    up = (1.0 - entry["centre"]) * entry["length_m"] * posture["trunk_shrink"]
    return _segment(entry, [posture["pelvis_centre_forward_m"], up, 0.0])


def _torso(table: Table) -> Mass:
    """Trunk above the omphalion, head, and both arms as a runner carries them."""
    posture, shrink = table["posture"], table["posture"]["trunk_shrink"]
    forward = posture["trunk_centre_forward_m"] - table["joint"]["back"]["at"][0]
    parts, below = [], 0.0
    for name in ("middle_trunk", "upper_trunk", "head"):
        entry = table[name]
        height = shrink * (below + (1.0 - entry["centre"]) * entry["length_m"])
        parts.append(_segment(entry, [forward, height, 0.0]))
        below += entry["length_m"]
    arms = [_mirrored(part, side) for side in SIDES for part in _arm(table)]
    return add_masses([*parts, *arms])


def arm_axes(table: Table) -> tuple[Array, Array]:
    """Axes of the right upper arm and of the forearm with the hand: columns x, y (from the hand to the shoulder), z."""
    posture = table["posture"]
    upper = _turn_z(-posture["upper_arm_back_rad"]) @ _turn_x(-posture["upper_arm_out_rad"])
    lower = upper @ _turn_z(posture["elbow_flexion_rad"]) @ _turn_x(posture["forearm_in_rad"])
    return upper, lower


def _arm(table: Table) -> list[Mass]:
    upper, lower = arm_axes(table)
    at, parts = np.array(table["posture"]["shoulder_m"]), []
    for name, axes in (("upper_arm", upper), ("forearm", lower), ("hand", lower)):
        entry = table[name]
        parts.append(_segment(entry, at - axes[:, 1] * entry["centre"] * entry["length_m"], axes))
        at = at - axes[:, 1] * entry["length_m"]
    return parts


def _leg(table: Table) -> dict[str, Mass]:
    thigh, shank = table["thigh"], table["shank"]
    return {
        "femur": _segment(thigh, [0.0, -thigh["centre"] * thigh["length_m"], 0.0]),
        "tibia": _segment(shank, [0.0, -shank["centre"] * shank["length_m"], 0.0]),
        **_foot(table),
    }


def _foot(table: Table) -> dict[str, Mass]:
    """De Leva's foot split over talus, calcaneus and toes, each in its own frame."""
    entry, parts, joint = table["foot"], table["foot_parts"], table["joint"]
    heel_to_centre = parts["heel_tip_m"] + entry["centre"] * entry["length_m"]
    whole = _segment(entry, [heel_to_centre, parts["foot_centre_up_m"], 0.0])
    ankle, ball = -np.array(joint["subtalar"]["at"]), np.array(joint["mtp"]["at"])
    talus = _ball(entry["mass_share"] * parts["talus_mass_share"], [0.0] * 3, [parts["talus_radius_m"]] * 3)
    toes = _ball(entry["mass_share"] * parts["toes_mass_share"], parts["toes_centre_m"], parts["toes_half_axes_m"])
    rest = take_mass(whole, [_moved(talus, ankle), _moved(toes, ball)])
    return {"talus": talus, "calcn": rest, "toes": toes}


def _ball(mass_kg: float, centre_m: Sequence[float], half_axes_m: Sequence[float]) -> Mass:
    squares = np.array(half_axes_m) ** 2
    return Mass(
        mass_kg=mass_kg,
        centre_m=np.array(centre_m, dtype=float),
        inertia_kg_m2=np.diag(mass_kg / 5.0 * (squares.sum() - squares)),
    )


def _moved(mass: Mass, by_m: Array) -> Mass:
    return Mass(mass_kg=mass.mass_kg, centre_m=mass.centre_m + by_m, inertia_kg_m2=mass.inertia_kg_m2)


def _turn_x(angle_rad: float) -> Array:
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def _turn_z(angle_rad: float) -> Array:
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
