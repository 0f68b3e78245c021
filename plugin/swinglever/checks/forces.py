"""Checks of ground forces: the numbers, the foot that each is said to act on, the weight that they carry."""

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array, Bools
from swinglever.checks.names import some
from swinglever.readers.external_loads import ExternalForce, ExternalLoads
from swinglever.readers.markers import Markers
from swinglever.readers.storage import Storage
from swinglever.readers.trial import GroundForce
from swinglever.records.faults import Fault, error, warning

_LOADED_N = 50.0
_WEIGHT_TOLERANCE = 0.1
"""Mean vertical force over whole strides is the weight; a tenth covers a drifting plate and strides that are cut."""


def check_force_table(table: Storage, loads: ExternalLoads | None, model: Model | None) -> list[Fault]:
    """Faults of a table of ground forces, and of the ExternalLoads that names its columns.

    Parameters
    ----------
    table
        The forces.
    loads
        Which columns act on which body; None when there is no such file.
    model
        For the names of its bodies; None when it could not be loaded.
    """
    if loads is None:
        return _check_numbers(table, [name for name in table.names if "force" in name.lower()], ())
    faults = []
    for force in loads.forces:
        faults += _check_names(table, loads, force, model)
    bodies = [force.applied_to_body for force in loads.forces]
    for body in sorted({body for body in bodies if bodies.count(body) > 1}):
        names = [force.name for force in loads.forces if force.applied_to_body == body]
        got = f"{len(names)} ({some(names)})"
        faults.append(warning("force-body", str(loads.path), f"one force on {body!r}", got, "their sum acts on it"))
    labels = [f"{f.force_identifier}{axis}" for f in loads.forces for axis in "xyz"]
    return faults + _check_numbers(table, [name for name in labels if name in table.names], loads.forces)


def _check_names(table: Storage, loads: ExternalLoads, force: ExternalForce, model: Model | None) -> list[Fault]:
    faults, place = [], f"{loads.path} force {force.name!r}"
    body = force.applied_to_body.rsplit("/", 1)[-1]
    if model is not None and body not in model.body_names:
        expected = f"a body of the model ({some(model.body_names, 40)})"
        faults.append(error("force-body", place, expected, f"applied_to_body {body!r}", "name one of these"))
    for identifier in (force.force_identifier, force.point_identifier, force.torque_identifier):
        absent = [f"{identifier}{axis}" for axis in "xyz" if identifier and f"{identifier}{axis}" not in table.names]
        if absent:
            expected = f"columns {', '.join(absent)} in {table.path}"
            twice = [name for name in absent if name in table.ambiguous]
            got = f"several that differ called {', '.join(twice)}" if twice else "none of that name"
            alike = [name for name in table.names if "force" in name or "grf" in name.lower()] or table.names
            mend = f"the file has {some(alike, 20)}"
            faults.append(error("force-columns", place, expected, got, mend))
    return faults


def _check_numbers(table: Storage, labels: list[str], forces: tuple[ExternalForce, ...]) -> list[Fault]:
    """Empty cells: never in a force; in a point of application only while the foot is in the air."""
    faults, place = [], str(table.path)
    for label in labels:
        bad = ~np.isfinite(table.column(label))
        if bad.any():
            faults.append(_nan_fault(place, label, bad, "every row", "write zeros where the foot is in the air"))
    for force in forces:
        up = f"{force.force_identifier}y"
        if up not in table.names:
            continue
        loaded = table.column(up) > _LOADED_N
        for axis in "xyz":
            label = f"{force.point_identifier}{axis}"
            if label not in table.names:
                continue
            bad = loaded & ~np.isfinite(table.column(label))
            if bad.any():
                faults.append(_nan_fault(place, label, bad, "every row with force", "fill these rows"))
    return faults


def _nan_fault(place: str, label: str, bad: Bools, rows: str, mend: str) -> Fault:
    got = f"{np.count_nonzero(bad)} empty or nan cells in {label!r}"
    return error("force-nan", place, f"a number in {rows}", got, mend)


def check_ground_forces(
    forces: tuple[GroundForce, ...], model: Model, time_s: Array, markers: Markers | None
) -> list[Fault]:
    """Faults of forces that were read: their time, direction and weight, and whether they lie under their foot."""
    faults = []
    first, last = float(time_s[0]), float(time_s[-1])
    for force in forces:
        begin, end = float(force.time_s[0]), float(force.time_s[-1])
        if end <= first or begin >= last:
            got = f"{force.name!r} from {begin:g} to {end:g} s"
            faults.append(
                error("force-time", "ground forces", f"times inside {first:g} to {last:g} s", got, "shift one of them")
            )
        faults += _check_direction(force)
        if markers is not None:
            faults += _check_foot(force, model, markers)
    return faults + _check_weight(forces, model, first, last)


def _check_direction(force: GroundForce) -> list[Fault]:
    total = force.force_n.sum(axis=0)
    axis = int(np.argmax(np.abs(total)))
    if (axis == 1 and total[1] > 0) or not np.abs(total).max() > _LOADED_N:
        return []
    got = f"most of it along {'-+'[int(total[axis] > 0)]}{'xyz'[axis]}"
    mend = "turn the forces to x forward, y up, z right, as they act on the body"
    return [error("force-axes", f"ground force {force.name!r}", "a force that pushes along +y", got, mend)]


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
    place = f"ground force {force.name!r}"
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


def _check_weight(forces: tuple[GroundForce, ...], model: Model, first: float, last: float) -> list[Fault]:
    """Compare the mean vertical force with the model's weight, where there are enough steps to tell."""
    if not forces:
        return []
    time_s = np.arange(max(first, *(f.time_s[0] for f in forces)), min(last, *(f.time_s[-1] for f in forces)), 0.002)
    if len(time_s) < 500:
        return []
    up = np.sum([force.at(time_s)[0][:, 1] for force in forces], axis=0)
    strikes = np.flatnonzero((up[1:] > _LOADED_N) & (up[:-1] <= _LOADED_N))
    # Running on a treadmill or an instrumented track: flight between steps, and no step without a force.
    if len(strikes) < 6 or np.diff(time_s[strikes]).max() > 1.5 * np.median(np.diff(time_s[strikes])):
        return []
    mass_kg = float(up[strikes[0] : strikes[-1]].mean() / np.linalg.norm(model.gravity))
    if abs(mass_kg / model.mass_kg - 1) <= _WEIGHT_TOLERANCE:
        return []
    got = f"{mass_kg:.1f} kg over {len(strikes) - 1} steps"
    mend = "scale the model's mass, or look at the unit and zero of the forces"
    return [warning("force-mass", "ground forces", f"forces that carry the model's {model.mass_kg:.1f} kg", got, mend)]
