"""Checks of ground forces: the numbers, the foot that each is said to act on, the weight that they carry."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array, Bools
from swinglever.checks.feet import check_feet, soles_of
from swinglever.checks.names import some
from swinglever.checks.ranges import LOADED_N, hold
from swinglever.checks.threshold import check_cut_off
from swinglever.records.faults import Fault, error, is_sound, warning
from swinglever.records.trial import GroundForce, Trial

_STEP_WEIGHTS = (0.3, 8.0)
"""Peak of a step in body weights: a walker's 1.1, a runner's 2 to 3, a sprinter's 4; half on a plate it is less."""
_NOISE_SHARE = 0.3
"""A plate that nobody stands on reads as far below zero as above; one with steps on it does not."""
_WEIGHT_TOLERANCE = 0.1
"""Mean vertical force over whole strides is the weight; a tenth covers a drifting plate and strides that are cut."""
_MOST_WEIGHTS = (0.5, 2.0)
"""Beyond these the forces are not this model's, whoever it is scaled for, or are in another unit."""
_SHORT_S = 0.1
"""Forces that begin so much later than the motion, or end so much earlier, miss a part of a step."""
_POUND_N = 4.448
_SLOWEST_HZ = 30.0
"""A contact of a tenth of a second has three samples."""
_CUT_SHARE, _NOTHING_N = 0.3, 20.0
"""From one sample to the next a step comes or goes by 0.12 of its peak at most in public recordings, from 60 Hz up."""
_STEP_S, _FEWEST_SAMPLES = 0.002, 500
"""Weight is looked for in a second or more; running has about three steps in it."""


def check_ground_forces(trial: Trial, model: Model, believed: bool, threshold_n: float) -> list[Fault]:
    """Faults of ground forces: numbers, bodies, times, direction and weight, and whether they lie under their foot.

    Parameters
    ----------
    trial
        With forces and, as far as it could be read, the motion.
    model
        For its bodies and its mass.
    believed
        Whether the motion is sound; if not, it would blame the forces too.
    threshold_n
        Vertical force that counts as contact.
    """
    forces, time_s, faults = trial.ground_forces, trial.time_s, list[Fault]()
    fit = list[GroundForce]()
    for force in forces:
        wrong = [*_check_body(force, model), *_check_numbers(force)]
        faults += wrong or [*_check_times(force, time_s), *_check_direction(force), *_check_cuts(force)]
        fit += [] if wrong else [force]
    faults += check_feet(fit, model, soles_of(trial, model), threshold_n) if believed and fit else []
    faults += _check_copies(forces)
    bodies = [force.body for force in forces if force.body]
    for body in sorted({body for body in bodies if bodies.count(body) > 1}):
        names = [force.name for force in forces if force.body == body]
        got, mend = f"{len(names)} ({some(names)})", "their sum acts on it"
        faults.append(warning("force-body", "ground forces", f"one force on {body!r}", got, mend))
    sound = is_sound(faults)
    faults += check_cut_off(fit)
    faults += _check_unit(forces, model) if sound else []
    return faults + (_check_weight(forces, model, time_s) if sound and len(time_s) else [])


def _check_body(force: GroundForce, model: Model) -> list[Fault]:
    if not force.body or force.body in model.body_names:
        return []
    expected = f"a body of the model ({some(model.body_names, 40)})"
    return [error("force-body", _place(force), expected, f"applied_to_body {force.body!r}", "name one of these")]


def _check_numbers(force: GroundForce) -> list[Fault]:
    """Empty cells: never in a force; in a point of application only while the foot is in the air."""
    blank = ~np.isfinite(force.force_n)
    if blank.any():
        return [_nan_fault(force, "a number in every row", blank, "write zeros where the foot is in the air")]
    if not np.isfinite(force.point_m).any():
        return []  # forces without points, as plain channels have them, serve to find the steps alone
    wild = hold("force-range", _place(force), "ground force", [force.name], force.force_n)
    # A platform without load divides noise by noise: its point of application and free moment mean nothing.
    loaded = force.force_n[:, 1] > LOADED_N
    moment = np.where(loaded[:, None], np.nan_to_num(force.moment_nm), 0.0)
    wild += hold("force-range", _place(force), "free moment", [force.name], moment)
    if wild:
        return wild
    blank = loaded[:, None] & ~np.isfinite(force.point_m)
    if blank.any():
        return [_nan_fault(force, f"a point of application under {LOADED_N:g} N or more", blank, "fill these rows")]
    return []


def _check_copies(forces: Sequence[GroundForce]) -> list[Fault]:
    """Two forces that read the same columns: each foot would bear the other's steps."""
    copies = [
        f"{a.name!r} and {b.name!r}"
        for a, b in combinations(forces, 2)
        if (a.body != b.body or not a.body) and a.force_n.any() and np.array_equal(a.force_n, b.force_n)
    ]
    if not copies:
        return []
    mend = "look at force_identifier in the external loads, or at the channels of each platform"
    return [error("force-columns", "ground forces", "a force of its own for every foot", f"one for {copies[0]}", mend)]


def _nan_fault(force: GroundForce, expected: str, blank: Bools, mend: str) -> Fault:
    axes = " and ".join(axis for axis, some_blank in zip("xyz", blank.any(axis=0), strict=True) if some_blank)
    when = force.time_s[blank.any(axis=1)]
    got = f"empty or nan cells ({axes}) {len(when)} times, from {when[0]:.3f} to {when[-1]:.3f} s"
    return error("force-nan", _place(force), expected, got, mend)


def _place(force: GroundForce) -> str:
    return f"ground force {force.name!r}"


def _check_times(force: GroundForce, time_s: Array) -> list[Fault]:
    if not len(time_s):
        return []
    first, last, begin, end = *time_s[[0, -1]], *force.time_s[[0, -1]]
    if (rate_hz := 1.0 / float(np.median(np.diff(force.time_s)))) < _SLOWEST_HZ:
        expected, mend = f"{_SLOWEST_HZ:g} Hz or more", "look at the unit of its times: they are in s"
        return [error("force-time", _place(force), expected, f"{rate_hz:.3g} Hz", mend)]
    expected, got = f"times inside {first:g} to {last:g} s", f"{force.name!r} from {begin:g} to {end:g} s"
    if end > first and begin < last:
        if max(begin - first, last - end) < _SHORT_S:
            return []
        mend = "the steps before and after go by the feet's motion"
        return [warning("force-time", "ground forces", f"times from {first:g} to {last:g} s", got, mend)]
    return [error("force-time", "ground forces", expected, got, "shift one of them")]


def _check_cuts(force: GroundForce) -> list[Fault]:
    """Steps that begin or end from one sample to the next, as where rows were lost or filled with zeros."""
    up = force.force_n[:, 1]
    least = np.minimum(up[:-1], up[1:])
    cut = np.flatnonzero((np.abs(np.diff(up)) > max(_CUT_SHARE * up.max(), LOADED_N)) & (least < _NOTHING_N))
    if not cut.size:
        return []
    when = f"{len(cut)} that do from one sample to the next, the first at {force.time_s[cut[0]]:.3f} s"
    mend = "look for rows that were lost there: its toe-off or foot strike is not the foot's"
    return [warning("force-cut", _place(force), "steps that come and go by degrees", when, mend)]


def _check_direction(force: GroundForce) -> list[Fault]:
    total = force.force_n.sum(axis=0)
    axis = int(np.argmax(np.abs(total)))
    if (axis == 1 and total[1] > 0) or not np.abs(total).max() > LOADED_N:
        return []
    got = f"most of it along {'-+'[int(total[axis] > 0)]}{'xyz'[axis]}"
    mend = "turn the forces to x forward, y up, z right, as they act on the body"
    return [error("force-axes", _place(force), "a force that pushes along +y", got, mend)]


def _check_unit(forces: tuple[GroundForce, ...], model: Model) -> list[Fault]:
    """Forces too small or too large for steps of the model's weight, and the unit that would fit them."""
    most = max((float(force.force_n[:, 1].max()) for force in forces), default=0.0)
    weight_n = model.mass_kg * float(np.linalg.norm(model.gravity))
    low, high = _STEP_WEIGHTS
    if min((float(force.force_n[:, 1].min()) for force in forces), default=0.0) < -_NOISE_SHARE * most:
        return []
    if most <= 0.0 or weight_n <= 0.0 or low * weight_n <= most <= high * weight_n:
        return []
    units = {"kN": 1e3, "body weights": weight_n, "kg": 9.81, "pounds": _POUND_N}
    fit = [unit for unit, size in units.items() if low * weight_n <= size * most <= high * weight_n]
    if not fit and most < LOADED_N:
        return []  # told as a force that is not used
    # Body weights and kN have the same size for a hundred kilograms: over whole strides the mean force is the weight.
    mean = max(sum(float(force.force_n[:, 1].mean()) for force in forces), 1e-9 * weight_n)
    fit.sort(key=lambda unit: abs(np.log(units[unit] * mean / weight_n)))
    mend = f"these look like {fit[0]}: write them in N" if fit else "look at their unit, and at the model's mass"
    expected = f"steps whose peak is {low:g} to {high:g} of the model's weight, {weight_n:.0f} N"
    return [error("force-units", "ground forces", expected, f"no more than {most:.3g}", mend)]


def _check_weight(forces: tuple[GroundForce, ...], model: Model, time_s: Array) -> list[Fault]:
    """Compare the mean vertical force with the model's weight, where there are enough steps to tell."""
    if not forces:
        return []
    begin, end = max(time_s[0], *(f.time_s[0] for f in forces)), min(time_s[-1], *(f.time_s[-1] for f in forces))
    even_s = np.arange(begin, end, _STEP_S)
    if len(even_s) < _FEWEST_SAMPLES:
        return []
    up = np.sum([force.at(even_s)[0][:, 1] for force in forces], axis=0)
    strikes = np.flatnonzero((up[1:] > LOADED_N) & (up[:-1] <= LOADED_N))
    # Running on a treadmill or an instrumented track: flight between steps, and no step without a force.
    if len(strikes) < 6 or np.diff(even_s[strikes]).max() > 1.5 * np.median(np.diff(even_s[strikes])):
        return []
    if not model.gravity.any():
        return []
    mass_kg = float(up[strikes[0] : strikes[-1]].mean() / np.linalg.norm(model.gravity))
    if abs(mass_kg / model.mass_kg - 1) <= _WEIGHT_TOLERANCE:
        return []
    share, got = mass_kg / model.mass_kg, f"{mass_kg:.1f} kg over {len(strikes) - 1} steps"
    pounds = abs(share * _POUND_N - 1) <= _WEIGHT_TOLERANCE
    mend = "scale the model's mass, or look at the unit and zero of the forces"
    mend = "these look like pounds: write them in N" if pounds else mend
    make = warning if _MOST_WEIGHTS[0] <= share <= _MOST_WEIGHTS[1] else error
    return [make("force-mass", "ground forces", f"forces that carry the model's {model.mass_kg:.1f} kg", got, mend)]
