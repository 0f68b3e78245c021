"""Checks of ground forces: the numbers, the foot that each is said to act on, the weight that they carry."""

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array, Bools
from swinglever.checks.names import some
from swinglever.records.faults import Fault, error, warning
from swinglever.records.trial import GroundForce, Markers, Trial

_LOADED_N = 50.0
"""A foot that bears this stands: the threshold of the published norms (`Parameters.force_threshold_n`)."""
_WEIGHT_TOLERANCE = 0.1
"""Mean vertical force over whole strides is the weight; a tenth covers a drifting plate and strides that are cut."""
_STEP_S, _FEWEST_SAMPLES = 0.002, 500
"""Weight is looked for in a second or more; running has about three steps in it."""


def check_ground_forces(trial: Trial, model: Model, sided: bool) -> list[Fault]:
    """Faults of ground forces: numbers, bodies, times, direction and weight, and whether they lie under their foot.

    Parameters
    ----------
    trial
        With forces and, as far as it could be read, the motion.
    model
        For its bodies and its mass.
    sided
        Whether the markers' names of left and right can be believed; if not, they would blame the forces too.
    """
    forces, time_s, faults = trial.ground_forces, trial.time_s, list[Fault]()
    for force in forces:
        wrong = [*_check_body(force, model), *_check_numbers(force)]
        faults += wrong or [*_check_times(force, time_s), *_check_direction(force)]
        if trial.markers is not None and sided and not wrong:
            faults += _check_foot(force, model, trial.markers)
    bodies = [force.body for force in forces if force.body]
    for body in sorted({body for body in bodies if bodies.count(body) > 1}):
        names = [force.name for force in forces if force.body == body]
        got, mend = f"{len(names)} ({some(names)})", "their sum acts on it"
        faults.append(warning("force-body", "ground forces", f"one force on {body!r}", got, mend))
    sound = not any(fault.severity == "error" for fault in faults)
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
    if not force.body and not np.isfinite(force.point_m).any():
        return []  # vertical forces of plain channels, which serve to find the steps alone
    loaded = force.force_n[:, 1] > _LOADED_N
    blank = loaded[:, None] & ~np.isfinite(force.point_m)
    if blank.any():
        return [_nan_fault(force, f"a point of application under {_LOADED_N:g} N or more", blank, "fill these rows")]
    return []


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
    if end > first and begin < last:
        return []
    expected, got = f"times inside {first:g} to {last:g} s", f"{force.name!r} from {begin:g} to {end:g} s"
    return [error("force-time", "ground forces", expected, got, "shift one of them")]


def _check_direction(force: GroundForce) -> list[Fault]:
    total = force.force_n.sum(axis=0)
    axis = int(np.argmax(np.abs(total)))
    if (axis == 1 and total[1] > 0) or not np.abs(total).max() > _LOADED_N:
        return []
    got = f"most of it along {'-+'[int(total[axis] > 0)]}{'xyz'[axis]}"
    mend = "turn the forces to x forward, y up, z right, as they act on the body"
    return [error("force-axes", _place(force), "a force that pushes along +y", got, mend)]


def _check_foot(force: GroundForce, model: Model, markers: Markers) -> list[Fault]:
    """Compare the centre of pressure with the markers of both feet, seen from above."""
    feet = {side: _foot_track(model, markers, side) for side in model.legs}
    owner = next((s for s, leg in model.legs.items() if force.body in {model.body_names[b] for b in leg.bodies}), None)
    other = next((s for s in feet if s != owner), None)
    if owner is None or other is None or feet[owner] is None or feet[other] is None:
        return []
    push, point, _ = force.at(markers.time_s)
    loaded = (push[:, 1] > _LOADED_N) & np.isfinite(point).all(axis=1) & (np.abs(point).sum(axis=1) > 0)
    distance = {
        s: np.linalg.norm((track - point)[:, [0, 2]], axis=1)[loaded] for s, track in feet.items() if track is not None
    }
    if loaded.sum() < 5:
        return []
    place = _place(force)
    if np.mean(distance[owner] > distance[other]) > 0.8:
        expected, got = f"a force under the foot of {force.body!r}", f"one under the foot of leg {other}"
        return [error("force-foot", place, expected, got, "exchange applied_to_body in the external loads")]
    if np.median(distance[owner]) > 0.5:
        got = f"one {np.median(distance[owner]):.2f} m from it, seen from above"
        mend = "forces and markers may have other axes, origins or units"
        return [warning("force-far", place, f"a force under the foot of {force.body!r}", got, mend)]
    return []


def _foot_track(model: Model, markers: Markers, side: str) -> Array | None:
    """Mean position (T, 3) of the markers of one foot; None when it has none."""
    leg = next(leg for key, leg in model.legs.items() if key == side)
    own = {leg.ankle_body, leg.foot, leg.toes}
    columns = [markers.names.index(s.name) for s in model.markers if s.body in own and s.name in markers.names]
    columns = [c for c in columns if np.isfinite(markers.position_m[:, c, 0]).mean() > 0.5]
    return markers.position_m[:, columns].mean(axis=1) if columns else None


def _check_weight(forces: tuple[GroundForce, ...], model: Model, time_s: Array) -> list[Fault]:
    """Compare the mean vertical force with the model's weight, where there are enough steps to tell."""
    if not forces:
        return []
    begin, end = max(time_s[0], *(f.time_s[0] for f in forces)), min(time_s[-1], *(f.time_s[-1] for f in forces))
    even_s = np.arange(begin, end, _STEP_S)
    if len(even_s) < _FEWEST_SAMPLES:
        return []
    up = np.sum([force.at(even_s)[0][:, 1] for force in forces], axis=0)
    strikes = np.flatnonzero((up[1:] > _LOADED_N) & (up[:-1] <= _LOADED_N))
    # Running on a treadmill or an instrumented track: flight between steps, and no step without a force.
    if len(strikes) < 6 or np.diff(even_s[strikes]).max() > 1.5 * np.median(np.diff(even_s[strikes])):
        return []
    mass_kg = float(up[strikes[0] : strikes[-1]].mean() / np.linalg.norm(model.gravity))
    if abs(mass_kg / model.mass_kg - 1) <= _WEIGHT_TOLERANCE:
        return []
    got = f"{mass_kg:.1f} kg over {len(strikes) - 1} steps"
    mend = "scale the model's mass, or look at the unit and zero of the forces"
    return [warning("force-mass", "ground forces", f"forces that carry the model's {model.mass_kg:.1f} kg", got, mend)]
