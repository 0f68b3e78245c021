"""Checks of recorded coordinates against the model that they move; the one place where degrees become radians."""

from dataclasses import replace

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.checks.ground import check_ground
from swinglever.checks.jumps import check_jumps, unwrap_turns
from swinglever.checks.names import nearest, respell, respelt_faults, some
from swinglever.checks.ranges import check_angle_ranges
from swinglever.checks.still import check_still
from swinglever.motion.kinematics import NEAR_BOUND_RAD
from swinglever.records.faults import Fault, error, is_sound, warning
from swinglever.records.trial import Angles, Trial

_MOST_BENT_RAD = np.radians(200)
"""Beyond any knee."""
_STIFF_DEG = 3.5
"""In degrees no leg swings with a knee as stiff as this; in radians no knee bends further."""


def settle_angles(trial: Trial, model: Model, word: str = "", whole_body: bool = False) -> tuple[Trial, list[Fault]]:
    """Give the trial with its angles in radians, and every fault of them.

    Parameters
    ----------
    trial
        As it was read; one without angles stays as it is.
    model
        Says which coordinates turn.
    word
        ``degrees`` or ``radians`` where the user says it; empty to go by the file.
    whole_body
        Whether trunk and arms matter too, as for the scope of the whole body.

    Returns
    -------
    trial, faults
        Of the columns, those that the model has stay. Missing columns, empty cells, a unit of angles that does not fit
        the knees, and coordinates at the end of their range are faults.
    """
    if trial.angles is None:
        return trial, []
    place, (columns, respelt) = trial.place, _columns(trial, model)
    missing = [c.name for c in model.coordinates if c.name not in columns and not c.locked]
    spare = [name for name in columns if name not in model.all_coordinate_names]
    needless = [] if whole_body else [name for name in missing if name in _needless(model) and not nearest(name, spare)]
    faults = respelt + _check_columns(place, [n for n in missing if n not in needless], spare, list(columns))
    if needless:
        got, mend = f"none for {some(needless)}", "these keep the model's default, which no leg's numbers rest on"
        faults.append(warning("coordinate-default", place, "a column for every free coordinate", got, mend))
    known = {c.name: columns[c.name] for c in model.coordinates if c.name in columns}
    for name, values in known.items():
        if not np.isfinite(values).all():
            got = f"{np.count_nonzero(~np.isfinite(values))} empty or nan cells in {name!r}"
            faults.append(error("coordinate-nan", place, "a number in every row", got, "fill or cut these rows"))
    degrees, doubts = _are_degrees(trial, model, known, word)
    turning = {c.name for c in model.coordinates if c.turns} if degrees else set()
    settled = {name: np.radians(values) if name in turning else values for name, values in known.items()}
    q = np.stack(list(settled.values()), axis=1) if settled else np.empty((len(trial.time_s), 0))
    angles = Angles(names=tuple(settled), time_s=trial.angles.time_s, q=q)
    trial, turned = unwrap_turns(replace(trial, angles=angles), model)
    faults += [*doubts, *turned, *_check_bounds(place, model, settled)]
    # A unit that is wrong makes every joint leap; it is said once.
    sound = is_sound(faults)
    faults += [*check_angle_ranges(trial, model), *check_jumps(trial, model)] if sound else []
    faults += check_still(trial, model, degrees) if is_sound(faults) else []
    return trial, faults + (check_ground(trial, model) if is_sound(faults) else [])


def _columns(trial: Trial, model: Model) -> tuple[dict[str, Array], list[Fault]]:
    """Give the columns by name; by the model's names where most of them are only spelt otherwise."""
    assert trial.angles is not None
    columns, known = trial.angles.columns(), model.all_coordinate_names
    if 2 * sum(name in known for name in columns) > len(columns):
        return columns, []
    names, mends = respell(list(columns), known)
    told = Fault(
        code="coordinate-names",
        severity="mended",
        place=trial.place,
        expected="coordinates of the model",
        got="columns",
        mend=f"{sum(name in known for name in names)} of {len(names)} are the model's",
    )
    return dict(zip(names, columns.values(), strict=True)), respelt_faults(told, mends)


def _needless(model: Model) -> set[str]:
    """Coordinates that move neither the pelvis nor a leg: trunk, arms, head."""
    moves = (model.tree.body_ancestors @ model.tree.drives) > 0
    needed = [b for leg in model.legs.values() for b in (leg.pelvis_body, *leg.bodies)]
    return {c.name for c, used in zip(model.coordinates, moves[needed].any(axis=0), strict=True) if not used}


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


def _are_degrees(trial: Trial, model: Model, known: dict[str, Array], word: str) -> tuple[bool, list[Fault]]:
    """Weigh the user's or the file's word on degrees and radians against the range of the knees.

    Where both are silent, a knee beyond two pi can only be degrees.
    """
    assert trial.angles is not None
    place, said = trial.place, word or trial.angles.unit
    knees = [model.coordinates[leg.knee].name for leg in model.legs.values()]
    values = [known[name] for name in knees if name in known and np.isfinite(known[name]).any()]
    if not values:
        return said != "radians", []
    most = max(float(np.nanmax(np.abs(v))) for v in values)
    looks_degrees = most > 2 * np.pi
    if not said:
        unit = "degrees" if looks_degrees else "radians"
        got = f"no word on it, and a knee that reaches {most:.3g}"
        mend = f"taken as {unit}; say --angles {unit} to be sure"
        return looks_degrees, [warning("angle-unit", place, "inDegrees=yes or no in the header", got, mend)]
    if said == "radians" and looks_degrees:
        got, mend = f"a knee that reaches {most:.3g} rad", "if they are degrees, give --angles degrees"
        return False, [error("angle-unit", place, "angles in radians", got, mend)]
    turning = {c.name for c in model.coordinates if c.turns}
    stiff = [name for name in knees if name in known and np.nanmax(np.abs(known[name])) < _STIFF_DEG]
    if said == "degrees" and stiff and not _all_small(known, turning):
        got = f"{some(stiff)} that never passes {_STIFF_DEG:g} degrees, beside other angles that do"
        return True, [error("angle-unit", place, "every angle in degrees", got, "write the knees in degrees too")]
    if said == "degrees" and most < _MOST_BENT_RAD and _all_small(known, turning):
        mend = "if they are radians, give --angles radians; where nobody walks there is no swing"
        got = f"no angle beyond {most:.3g} degrees"
        return True, [error("angle-unit", place, "angles in degrees", got, mend)]
    return said == "degrees", []


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
            held = (q > c.maximum - NEAR_BOUND_RAD) | (q < c.minimum + NEAR_BOUND_RAD)
            if held.any():
                low, high = np.degrees([c.minimum, c.maximum])
                got = f"{c.name} at it in {np.count_nonzero(held)} of {len(q)} rows"
                mend = "widen the range in the model (a knee to 160 degrees) and solve again"
                faults.append(warning("at-bound", place, f"angles inside {low:.0f} to {high:.0f} degrees", got, mend))
    return faults
