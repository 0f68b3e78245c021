"""Checks of who finds the muscle forces: a table from outside that fits model and trial, or a solver that there is."""

from collections.abc import Collection, Sequence

import numpy as np

from swinglever.anatomy.model import Model, Side
from swinglever.arrays import Array
from swinglever.checks.names import some
from swinglever.errors import ModelError, named
from swinglever.muscles.choice import NONE
from swinglever.muscles.legs import spanned_coordinates
from swinglever.readers.storage import Storage
from swinglever.records.faults import Fault, error
from swinglever.records.parameters import Parameters

_STRONGEST = 10.0
"""Lengthening fibres of the usual models bear 1.4 times their isometric force, stretched ones a few times; none ten."""


def check_solver(parameters: Parameters, known: Collection[str]) -> list[Fault]:
    """Is there such a muscle solver."""
    if parameters.muscle_solver in known:
        return []
    got = f"{parameters.muscle_solver!r}"
    return [
        error(
            "muscle-solver",
            "muscle_solver",
            f"one of {named(sorted(known), last='or')}",
            got,
            "choose one with --muscle-solver",
        )
    ]


def check_muscles_asked(model: Model, parameters: Parameters) -> list[Fault]:
    """Muscles that are asked for, of a model that has none: net moments take their place."""
    if model.musculature is not None or parameters.muscle_solver == NONE:
        return []
    return [Fault(code="no-muscles", severity="warning", place="", got=f"no muscle forces: {model.no_muscles}")]


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
    faults += _check_size(table, model)
    begin, end = table.time_s[[0, -1]]
    if len(time_s) and (end <= time_s[0] or begin >= time_s[-1]):
        expected, got = f"times inside {time_s[0]:g} to {time_s[-1]:g} s", f"{begin:g} to {end:g} s"
        faults.append(error("muscle-forces-time", place, expected, got, "shift one of them"))
    return faults


def _check_size(table: Storage, model: Model) -> list[Fault]:
    """Forces that no muscle of the model bears, active and passive together."""
    muscles = model.require_muscles().muscles
    strength_n = dict(zip(muscles.names, muscles.parameters.max_isometric_force_n, strict=True))
    tops = {
        label.split("/")[-1]: float(np.nanmax(np.abs(v))) for label, v in zip(table.names, table.values.T, strict=True)
    }
    beyond = [name for name, top in tops.items() if name in strength_n and top > _STRONGEST * strength_n[name]]
    if not beyond:
        return []
    expected = f"forces up to {_STRONGEST:g} times what a muscle of the model holds, in N"
    got = f"{tops[beyond[0]]:.3g} of {beyond[0]}, which holds {strength_n[beyond[0]]:.0f} N"
    return [error("muscle-forces-size", str(table.path), expected, got, "look at the unit of the forces")]


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
