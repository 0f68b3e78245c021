"""Checks of recorded coordinates against the model that they move."""

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.checks.names import nearest, some
from swinglever.readers.storage import Storage
from swinglever.records.faults import Fault, error, warning

_NEAR_BOUND_RAD = np.radians(1.0)


def check_coordinates(table: Storage, model: Model, angles: str = "") -> list[Fault]:
    """Every fault of a coordinate file: missing columns, empty cells, the wrong unit of angles, ranges.

    Parameters
    ----------
    table
        The file.
    model
        The model.
    angles
        ``degrees`` or ``radians`` where the user says it; empty to go by the file.
    """
    columns, place = table.coordinates(), str(table.path)
    missing = [c.name for c in model.coordinates if c.name not in columns and not c.locked]
    spare = [name for name in columns if name not in model.all_coordinate_names]
    faults = _check_columns(place, missing, spare, list(columns))
    known = {c.name: table.values[:, columns[c.name]] for c in model.coordinates if c.name in columns}
    for name, values in known.items():
        if not np.isfinite(values).all():
            got = f"{np.count_nonzero(~np.isfinite(values))} empty or nan cells in {name!r}"
            faults.append(error("coordinate-nan", place, "a number in every row", got, "fill or cut these rows"))
    faults += _check_angles(table, model, known, angles)
    return faults


def _check_columns(place: str, missing: list[str], spare: list[str], columns: list[str]) -> list[Fault]:
    """One fault for each missing column that has a likely other name, and one for all the rest."""
    near = {name: other for name in missing if (other := nearest(name, spare))}
    faults = [
        error(
            "coordinate-missing",
            place,
            f"a column for coordinate {name!r}",
            "none",
            f"nearest column {other!r}: rename it",
        )
        for name, other in near.items()
    ]
    lost = [name for name in missing if name not in near]
    if lost:
        expected = "a column for every free coordinate of the model"
        faults.append(error("coordinate-missing", place, expected, f"none for {some(lost)}", f"it has {some(columns)}"))
    return faults


def _check_angles(table: Storage, model: Model, known: dict[str, Array], angles: str) -> list[Fault]:
    """Weigh the header's word on degrees and radians against the range of the knees."""
    turning = {c.name for c in model.coordinates if c.turns}
    knees = [model.coordinates[leg.knee].name for leg in model.legs.values()]
    values = [known[name] for name in knees if name in known and np.isfinite(known[name]).any()]
    if not values:
        return []
    place, most = str(table.path), max(float(np.nanmax(np.abs(v))) for v in values)
    degrees = {"degrees": True, "radians": False}.get(angles, table.in_degrees)
    looks_degrees = most > 2 * np.pi
    faults = []
    if degrees is None:
        unit = "degrees" if looks_degrees else "radians"
        got = f"no word on it, and a knee that reaches {most:.3g}"
        mend = f"taken as {unit}; say --angles {unit} to be sure"
        faults.append(warning("angle-unit", place, "inDegrees=yes or no in the header", got, mend))
        degrees = looks_degrees
    elif not degrees and looks_degrees:
        got = f"a knee that reaches {most:.3g} rad"
        faults.append(
            error("angle-unit", place, "angles in radians", got, "if they are degrees, give --angles degrees")
        )
    elif degrees and most < np.radians(200) and _all_small(known, turning):
        got = f"no angle beyond {most:.3g} degrees"
        faults.append(
            error("angle-unit", place, "angles in degrees", got, "if they are radians, give --angles radians")
        )
    scale = np.pi / 180 if degrees else 1.0
    return faults + _check_bounds(place, model, {n: v * (scale if n in turning else 1.0) for n, v in known.items()})


def _all_small(known: dict[str, Array], turning: set[str]) -> bool:
    """Whether no angle of the file leaves plus or minus pi: whole strides in degrees do."""
    return all(float(np.nanmax(np.abs(values))) < np.pi for name, values in known.items() if name in turning)


def _check_bounds(place: str, model: Model, known: dict[str, Array]) -> list[Fault]:
    """Coordinates of the legs that stay at the end of their range, where the solver held them."""
    faults = []
    for leg in model.legs.values():
        for k in (leg.knee, *leg.hip):
            c = model.coordinates[k]
            if c.name not in known or not c.clamped or c.locked or not c.turns:
                continue
            q = known[c.name]
            held = (q > c.maximum - _NEAR_BOUND_RAD) | (q < c.minimum + _NEAR_BOUND_RAD)
            if held.any():
                low, high = np.degrees([c.minimum, c.maximum])
                got = f"{c.name} at it in {np.count_nonzero(held)} of {len(q)} rows"
                mend = "widen the range in the model (a knee to 160 degrees) and solve again"
                faults.append(warning("at-bound", place, f"angles inside {low:.0f} to {high:.0f} degrees", got, mend))
    return faults
