"""Checks of who finds the muscle forces: a table from outside that fits model and trial, or a solver that there is."""

from collections.abc import Collection, Sequence

import numpy as np

from swinglever.anatomy.model import Model, Side
from swinglever.arrays import Array
from swinglever.checks.names import some
from swinglever.errors import ModelError
from swinglever.muscles.legs import spanned_coordinates
from swinglever.readers.storage import Storage
from swinglever.records.faults import Fault, error
from swinglever.records.parameters import Parameters


def check_solver(parameters: Parameters, known: Collection[str]) -> list[Fault]:
    """Is there such a muscle solver."""
    if parameters.muscle_solver in known:
        return []
    got = f"{parameters.muscle_solver!r}"
    return [error("muscle-solver", "muscle_solver", f"one of {sorted(known)}", got, "choose one with --muscle-solver")]


def check_muscle_forces(table: Storage, model: Model, time_s: Array, parameters: Parameters) -> list[Fault]:
    """Faults of a table of muscle forces: no muscles in the model, missing columns, empty cells, other times."""
    place = str(table.path)
    try:
        lacking = muscles_without_forces(table, model)
    except ModelError as failure:
        return [error("muscle-forces", place, "a model with muscles", str(failure), "leave out --forces")]
    wanted = {side: names for side, names in lacking.items() if parameters.side in (side, "both")}
    faults = [_check_columns(table, side, names, all(wanted.values())) for side, names in wanted.items() if names]
    if blank := [
        name for name, column in zip(table.names, table.values.T, strict=True) if not np.isfinite(column).all()
    ]:
        got = f"empty or nan cells in {some(blank)}"
        faults.append(error("muscle-forces", place, "a number in every row", got, "fill or cut these rows"))
    begin, end = table.time_s[[0, -1]]
    if len(time_s) and (end <= time_s[0] or begin >= time_s[-1]):
        expected, got = f"times inside {time_s[0]:g} to {time_s[-1]:g} s", f"{begin:g} to {end:g} s"
        faults.append(error("muscle-forces-time", place, expected, got, "shift one of them"))
    return faults


def _check_columns(table: Storage, side: str, missing: Sequence[str], everywhere: bool) -> Fault:
    """Fault of one leg; an error where no leg has all its columns."""
    expected = f"a column for each muscle of the leg {side}"
    got = f"none for {len(missing)}, such as {some(missing, 3)}; it has {some(table.names, 3)}"
    if everywhere:
        mend = "name the columns as the model does, or leave out --forces"
        return error("muscle-forces", str(table.path), expected, got, mend)
    mend = "swings of this leg are left out"
    return Fault(
        code="muscle-forces-leg", severity="note", place=str(table.path), expected=expected, got=got, mend=mend
    )


def muscles_without_forces(table: Storage, model: Model) -> dict[Side, list[str]]:
    """Names of the muscles that act on each leg and have no column in a table.

    Raises
    ------
    ModelError
        When the model has no muscles.
    """
    paths = model.require_muscles().paths
    spans, columns = spanned_coordinates(model, paths), {label.split("/")[-1] for label in table.names}
    return {
        side: [
            name
            for name, acts in zip(paths.names, spans[:, list(leg.released)].any(axis=1), strict=True)
            if acts and name not in columns
        ]
        for side, leg in model.legs.items()
    }
