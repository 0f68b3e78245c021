"""What numbers of a model, a motion and forces may be: one table of ranges, and one way to hold numbers to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.groups import side_of_muscle
from swinglever.anatomy.model import Leg, Model, Side
from swinglever.anatomy.musculature import Musculature
from swinglever.arrays import Array
from swinglever.checks.names import some
from swinglever.records.faults import Fault, error, warning
from swinglever.records.trial import Trial

LOADED_N = 50.0
"""A foot that bears this stands: the threshold of the published norms (`Parameters.force_threshold_n`)."""


GYRATION = {"thigh": (0.24, 0.38), "shank": (0.21, 0.34)}
"""Largest radius of gyration about the centre of mass, by the length from joint to joint. Public models and ours have
0.30 to 0.33 and 0.25 to 0.29, de Leva (1996) 0.33 and 0.26. Half or twice the inertia lies beyond."""


@dataclass(frozen=True, kw_only=True)
class Range:
    """Least and largest of a quantity, in a unit; with the reason."""

    low: float
    high: float
    unit: str
    reason: str


RANGES = {
    "gravity": Range(low=1.0, high=30.0, unit="m/s2", reason="the Moon 1.6, Jupiter 25"),
    "body mass": Range(low=5.0, high=350.0, unit="kg", reason="an infant who walks, the heaviest who did"),
    "mass": Range(low=0.0, high=200.0, unit="kg", reason="a trunk with arms and head has 0.7 of the body's mass"),
    "share of mass": Range(low=0.0, high=0.9, unit="of the body", reason="trunk, arms and head in one: 0.7"),
    "thigh": Range(low=0.05, high=0.25, unit="of the body's mass", reason="published 0.10 to 0.15"),
    "shank": Range(low=0.015, high=0.09, unit="of the body's mass", reason="a shank has 0.05"),
    "foot": Range(low=0.002, high=0.05, unit="of the body's mass", reason="published 0.012 to 0.02"),
    "inertia": Range(low=-1e-6, high=50.0, unit="kg m2", reason="a man about his long axis 1, across it 12"),
    "radius of gyration of a thigh or shank": Range(low=0.03, high=0.25, unit="m", reason="a third of its length"),
    "strength of a leg's hamstrings": Range(low=100.0, high=2e4, unit="N", reason="in public models 3400 to 4700"),
    "fibre length in early swing": Range(
        low=0.1, high=2.5, unit="optimal lengths", reason="in public models 0.4 to 1.7"
    ),
    "length of a muscle in early swing": Range(low=0.0, high=3.0, unit="m", reason="sartorius 0.6"),
    "centre of mass": Range(low=-1.0, high=1.0, unit="m", reason="inside the segment, from its joint"),
    "radius of gyration": Range(low=0.0, high=1.0, unit="m", reason="of a man from head to foot 0.5"),
    "place of a body": Range(low=-5.0, high=5.0, unit="m", reason="from the pelvis, each coordinate at its default"),
    "marker location": Range(low=-1.5, high=1.5, unit="m", reason="on the segment, from its joint"),
    "maximum isometric force": Range(low=0.0, high=3e4, unit="N", reason="all plantar flexors in one: 1e4"),
    "optimal fibre length": Range(low=1e-3, high=1.0, unit="m", reason="sartorius 0.58"),
    "tendon slack length": Range(low=0.0, high=1.0, unit="m", reason="iliotibial tract 0.45"),
    "maximum contraction velocity": Range(
        low=0.1, high=1e3, unit="optimal lengths a second", reason="in public models 10 to 15"
    ),
    "pennation": Range(low=0.0, high=0.9, unit="rad", reason="in public models up to 0.44"),
    "knee flexion": Range(low=-30.0, high=180.0, unit="deg", reason="calf on thigh 160"),
    "hip flexion": Range(low=-50.0, high=150.0, unit="deg", reason="thigh on belly 140; behind the trunk 30"),
    "joint angle": Range(low=-720.0, high=720.0, unit="deg", reason="a body that turns twice about itself"),
    "translation": Range(low=-1000.0, high=1000.0, unit="m", reason="nobody is followed further"),
    "ground force": Range(low=-3e4, high=3e4, unit="N", reason="long jumpers reach 1e4"),
    "free moment": Range(low=-1e3, high=1e3, unit="N m", reason="runners 30; with N mm 1e4 and more"),
    "EMG": Range(low=-1e8, high=1e8, unit="of any unit", reason="counts of 24 bits reach 8e6, uV 1e4"),
}
"""Beyond these a number is in another unit, or a slip of the pen. Wide enough for everybody who can be analysed."""


UNLIKE = 1.4
"""One leg of a body is not by so much heavier or stronger than the other, a prosthesis aside."""


_REVERSED = "its sign is reversed, or the model's range of this knee reaches further the way that it does not bend"


def outside(quantity: str, values: Array) -> Array:
    """Which of some values are not in the range of a quantity; what is not finite is not."""
    known = RANGES[quantity]
    return np.asarray(~((values >= known.low) & (values <= known.high)))


def _expected(quantity: str) -> str:
    known, article = RANGES[quantity], "an" if quantity[0] in "aeiou" else "a"
    return f"{article} {quantity} of {known.low:g} to {known.high:g} {known.unit} ({known.reason})"


def hold(code: str, place: str, quantity: str, names: Sequence[str], values: Array) -> list[Fault]:
    """Give an error that names those of some things (n) whose values (n, ...) are beyond a quantity's range."""
    if not names:
        return []
    values = np.asarray(values, dtype=np.float64).reshape(len(names), -1)
    wrong = outside(quantity, values).any(axis=1)
    if not wrong.any():
        return []
    worst = values[wrong][0]
    value = worst[int(np.argmax(np.where(np.isfinite(worst), np.abs(worst), np.inf)))]
    expected = _expected(quantity)
    got = f"{value:.3g} of {some([name for name, bad in zip(names, wrong, strict=True) if bad])}"
    return [error(code, place, expected, got, "look at its unit and its digits")]


def check_model_ranges(place: str, model: Model) -> list[Fault]:
    """Numbers of a model that no body has."""
    mass, total = model.masses.mass_kg, model.mass_kg
    gyration = np.sqrt(np.abs(model.masses.inertia_kg_m2).max(axis=(1, 2)) / np.maximum(mass, 1e-9))
    heavy = np.flatnonzero(mass > 1e-3)
    names = np.array(model.body_names)
    faults = [
        *hold("model-gravity", place, "gravity", ["the model"], np.array(np.linalg.norm(model.gravity))),
        *hold("model-mass", place, "mass", model.body_names, mass),
        *hold("model-mass", place, "body mass", ["the model"], np.array(total)),
    ]
    if not faults:
        faults += hold("model-mass", place, "share of mass", model.body_names, mass / total)
        faults += check_segments(place, model)
    faults += hold("model-mass", place, "centre of mass", model.body_names, model.masses.centre_m)
    faults += hold("model-mass", place, "radius of gyration", list(names[heavy]), gyration[heavy])
    faults += _check_places(place, model)
    if model.markers:
        sites = np.array([site.location_m for site in model.markers])
        faults += hold("model-marker", place, "marker location", [site.name for site in model.markers], sites)
    return faults + _check_muscle_ranges(place, model)


def _check_places(place: str, model: Model) -> list[Fault]:
    """Bodies that hang on the pelvis and lie too far from it, as where a joint is told in mm."""
    if not model.legs:
        return []
    pelvis = next(iter(model.legs.values())).pelvis_body
    hang = np.flatnonzero(model.tree.body_ancestors[:, model.tree.body_joint[pelvis]])
    with np.errstate(over="ignore", invalid="ignore"):
        at_m = _standing_m(model)
        away_m = at_m[hang] - at_m[pelvis]
    return hold("model-place", place, "place of a body", [model.body_names[b] for b in hang], away_m)


def _standing_m(model: Model) -> Array:
    """Places (b,3) of the bodies at the coordinates' defaults, m."""
    return np.asarray(model.place(np.array([[c.default for c in model.coordinates]])).body_position[0])


def _gyration_m(inertia_kg_m2: Array, mass_kg: float) -> float:
    """Radius of gyration of a body about the main axis (3 of them) in which it is largest."""
    return float(np.sqrt(max(inertia_kg_m2.max(), 0.0) / max(mass_kg, 1e-9)))


def _check_gyration(place: str, model: Model) -> list[Fault]:
    """Thighs and shanks that swing about their middle as none of an adult does, by their length."""
    with np.errstate(over="ignore", invalid="ignore"):  # of places that are told
        at_m = _standing_m(model)
    odd = list[str]()
    for leg in model.legs.values():
        for segment, body, end in (("thigh", leg.thigh, leg.shank), ("shank", leg.shank, leg.ankle_body)):
            main = np.linalg.eigvalsh(model.masses.inertia_kg_m2[body])
            length_m = float(np.linalg.norm(at_m[end] - at_m[body]))
            share = _gyration_m(main, model.masses.mass_kg[body]) / max(length_m, 1e-6)
            low, high = GYRATION[segment]
            if not low <= share <= high:
                odd.append(f"{share:.2f} of {model.body_names[body]} (a {segment} has {low:g} to {high:g})")
    if not odd:
        return []
    expected, mend = "radii of gyration of an adult's segments, by their length", "look at mass and inertia"
    return [warning("model-gyration", place, expected, some(odd), mend)]


def check_segments(place: str, model: Model) -> list[Fault]:
    """Thighs, shanks and feet that no leg has, and legs that differ."""
    faults, sizes = list[Fault](), dict[str, list[float]]()
    for side, leg in model.legs.items():
        for segment, bodies in ((name, sorted(own)) for name, own in leg.segments.items()):
            name, mass = " + ".join(model.body_names[b] for b in bodies), model.masses.mass_kg[bodies].sum()
            faults += hold("model-mass", place, segment, [name], np.array(mass / model.mass_kg))
            sizes.setdefault(f"mass of the {segment}", []).append(float(mass))
            if segment == "foot":
                continue
            main = np.linalg.eigvalsh(model.masses.inertia_kg_m2[leg.thigh if segment == "thigh" else leg.shank])
            faults += hold("model-mass", place, "inertia", [name], main)
            gyration_m = np.array(_gyration_m(main, mass))
            faults += hold("model-mass", place, "radius of gyration of a thigh or shank", [name], gyration_m)
            sizes.setdefault(f"inertia of the {segment}", []).append(float(main.max()))
        if model.musculature is not None and (own := _hamstrings(model.musculature, side)):
            strength = model.musculature.muscles.parameters.max_isometric_force_n[own].sum()
            what = f"hamstrings of leg {side}"
            faults += hold("model-muscle", place, "strength of a leg's hamstrings", [what], np.array(strength))
            sizes.setdefault("strength of the hamstrings", []).append(float(strength))
    return faults or [*_compare_sides(place, sizes), *_check_gyration(place, model)]


def _hamstrings(own: Musculature, side: Side) -> list[int]:
    sided = zip(own.names, own.groups, strict=True)
    return [k for k, (name, group) in enumerate(sided) if group == "hamstrings" and side_of_muscle(name) == side]


def _compare_sides(place: str, sizes: Mapping[str, Sequence[float]]) -> list[Fault]:
    """Legs of which one is by half again as heavy or strong as the other."""
    unlike = {name: both for name, both in sizes.items() if len(both) == 2 and max(both) > UNLIKE * min(both)}
    if not unlike:
        return []
    name, (right, left) = next(iter(unlike.items()))
    expected, got = "legs of one body", f"{right:.3g} on the right and {left:.3g} on the left for the {name}"
    return [warning("model-sides", place, expected, got, "look at both, unless the legs are unlike")]


def _check_muscle_ranges(place: str, model: Model) -> list[Fault]:
    if model.musculature is None:
        return []
    names, constants = list(model.musculature.names), model.musculature.muscles.parameters
    each = {
        "maximum isometric force": constants.max_isometric_force_n,
        "optimal fibre length": constants.optimal_fibre_length_m,
        "tendon slack length": constants.tendon_slack_length_m,
        "pennation": constants.pennation_rad,
        "maximum contraction velocity": constants.max_speed_per_s,
    }
    return [fault for what, values in each.items() for fault in hold("model-muscle", place, what, names, values)]


def check_angle_ranges(trial: Trial, model: Model) -> list[Fault]:
    """Joint angles and translations, radians and metres, that no body reaches; legs that bend the other way."""
    if trial.angles is None:
        return []
    columns, faults = trial.angles.columns(), list[Fault]()
    for turns, quantity, unit in ((True, "joint angle", np.degrees(1.0)), (False, "translation", 1.0)):
        own = [c.name for c in model.coordinates if c.turns == turns and c.name in columns]
        if own:
            faults += hold("angle-range", trial.place, quantity, own, unit * np.stack([columns[name] for name in own]))
    return faults + check_leg_ranges(trial.place, model, columns)


def check_leg_ranges(place: str, model: Model, columns: Mapping[str, Array]) -> list[Fault]:
    """Knees and hips, recorded or solved (radians by coordinate), that bend as none does."""
    return [fault for leg in model.legs.values() for fault in _check_leg(place, model, leg, columns)]


def _check_leg(place: str, model: Model, leg: Leg, columns: Mapping[str, Array]) -> list[Fault]:
    faults = list[Fault]()
    for quantity, k, sign in (("knee flexion", leg.knee, leg.knee_sign), ("hip flexion", leg.hip_flexion, 1.0)):
        name = model.coordinates[k].name
        bent = np.degrees(sign * columns[name]) if name in columns else np.zeros(0)
        if not bent.size or not outside(quantity, bent).any():
            continue
        known = RANGES[quantity]
        expected = _expected(quantity)
        got = f"{name!r} that bends by {bent.min():.0f} to {bent.max():.0f} deg"
        reverse = -bent.max() >= known.low and -bent.min() <= known.high
        mend = _REVERSED if reverse else "look at its unit and sign"
        make = error if quantity == "knee flexion" else warning
        faults.append(make("angle-range", place, expected, got, mend))
    return faults
