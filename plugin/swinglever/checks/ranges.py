"""What numbers of a model, a motion and forces may be: one table of ranges, and one way to hold numbers to it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import Leg, Model
from swinglever.arrays import Array
from swinglever.checks.names import some
from swinglever.records.faults import Fault, error, warning
from swinglever.records.trial import Trial


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
    "mass of a shank or foot": Range(low=0.0, high=0.15, unit="of the body", reason="a shank has 0.05"),
    "centre of mass": Range(low=-1.0, high=1.0, unit="m", reason="inside the segment, from its joint"),
    "radius of gyration": Range(low=0.0, high=1.0, unit="m", reason="of a man from head to foot 0.5"),
    "marker location": Range(low=-1.5, high=1.5, unit="m", reason="on the segment, from its joint"),
    "maximum isometric force": Range(low=0.0, high=3e4, unit="N", reason="all plantar flexors in one: 1e4"),
    "optimal fibre length": Range(low=1e-3, high=1.0, unit="m", reason="sartorius 0.58"),
    "tendon slack length": Range(low=0.0, high=1.0, unit="m", reason="iliotibial tract 0.45"),
    "pennation": Range(low=0.0, high=1.4, unit="rad", reason="at a right angle a fibre pulls nothing"),
    "knee flexion": Range(low=-30.0, high=180.0, unit="deg", reason="calf on thigh 160"),
    "hip flexion": Range(low=-50.0, high=150.0, unit="deg", reason="thigh on belly 140; behind the trunk 30"),
    "joint angle": Range(low=-720.0, high=720.0, unit="deg", reason="a body that turns twice about itself"),
    "translation": Range(low=-1000.0, high=1000.0, unit="m", reason="nobody is followed further"),
    "ground force": Range(low=-3e4, high=3e4, unit="N", reason="long jumpers reach 1e4"),
    "free moment": Range(low=-1e3, high=1e3, unit="N m", reason="runners 30; with N mm 1e4 and more"),
    "EMG": Range(low=-1e8, high=1e8, unit="of any unit", reason="counts of 24 bits reach 8e6, uV 1e4"),
}
"""Beyond these a number is in another unit, or a slip of the pen. Wide enough for everybody who can be analysed."""


def outside(quantity: str, values: Array) -> Array:
    """Which of some values are not in the range of a quantity; what is not finite is not."""
    known = RANGES[quantity]
    return np.asarray(~((values >= known.low) & (values <= known.high)))


def hold(code: str, place: str, quantity: str, names: Sequence[str], values: Array) -> list[Fault]:
    """Give an error that names those of some things (n) whose values (n, ...) are beyond a quantity's range."""
    values = np.asarray(values, dtype=np.float64).reshape(len(names), -1)
    wrong = outside(quantity, values).any(axis=1)
    if not wrong.any():
        return []
    known, worst = RANGES[quantity], values[wrong][0]
    value = worst[int(np.argmax(np.where(np.isfinite(worst), np.abs(worst), np.inf)))]
    expected = f"a {quantity} of {known.low:g} to {known.high:g} {known.unit} ({known.reason})"
    got = f"{value:.3g} of {some([name for name, bad in zip(names, wrong, strict=True) if bad])}"
    return [error(code, place, expected, got, "look at its unit and its digits")]


def check_model_ranges(place: str, model: Model) -> list[Fault]:
    """Numbers of a model that no body has."""
    mass, total = model.masses.mass_kg, model.mass_kg
    gyration = np.sqrt(np.abs(model.masses.inertia_kg_m2).max(axis=(1, 2)) / np.maximum(mass, 1e-9))
    far = {b for leg in model.legs.values() for b in (leg.shank, leg.ankle_body, leg.foot, leg.toes) if b >= 0}
    heavy, light = np.flatnonzero(mass > 1e-3), sorted(far)
    names = np.array(model.body_names)
    faults = [
        *hold("model-gravity", place, "gravity", ["the model"], np.array(np.linalg.norm(model.gravity))),
        *hold("model-mass", place, "mass", model.body_names, mass),
        *hold("model-mass", place, "body mass", ["the model"], np.array(total)),
    ]
    if not faults:
        faults += hold("model-mass", place, "share of mass", model.body_names, mass / total)
        faults += hold("model-mass", place, "mass of a shank or foot", list(names[light]), mass[light] / total)
    faults += hold("model-mass", place, "centre of mass", model.body_names, model.masses.centre_m)
    faults += hold("model-mass", place, "radius of gyration", list(names[heavy]), gyration[heavy])
    if model.markers:
        sites = np.array([site.location_m for site in model.markers])
        faults += hold("model-marker", place, "marker location", [site.name for site in model.markers], sites)
    return faults + _check_muscle_ranges(place, model)


def _check_muscle_ranges(place: str, model: Model) -> list[Fault]:
    if model.musculature is None:
        return []
    names, constants = list(model.musculature.names), model.musculature.muscles.parameters
    each = {
        "maximum isometric force": constants.max_isometric_force_n,
        "optimal fibre length": constants.optimal_fibre_length_m,
        "tendon slack length": constants.tendon_slack_length_m,
        "pennation": constants.pennation_rad,
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
    return faults + [fault for leg in model.legs.values() for fault in _check_leg(trial, model, leg)]


def _check_leg(trial: Trial, model: Model, leg: Leg) -> list[Fault]:
    assert trial.angles is not None
    columns, faults = trial.angles.columns(), list[Fault]()
    for quantity, k, sign in (("knee flexion", leg.knee, leg.knee_sign), ("hip flexion", leg.hip_flexion, 1.0)):
        name = model.coordinates[k].name
        bent = np.degrees(sign * columns[name]) if name in columns else np.zeros(0)
        if not bent.size or not outside(quantity, bent).any():
            continue
        known = RANGES[quantity]
        expected = f"a {quantity} of {known.low:g} to {known.high:g} {known.unit} ({known.reason})"
        got = f"{name!r} that bends by {bent.min():.0f} to {bent.max():.0f} deg"
        reverse = -bent.max() >= known.low and -bent.min() <= known.high
        mend = "its sign is reversed" if reverse else "look at its unit and sign"
        make = error if quantity == "knee flexion" else warning
        faults.append(make("angle-range", trial.place, expected, got, mend))
    return faults
