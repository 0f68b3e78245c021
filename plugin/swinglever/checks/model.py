"""Checks of the model: what it needs for swings, and what its engine doubted."""

from dataclasses import replace

from swinglever.anatomy.model import Model
from swinglever.checks.names import some
from swinglever.checks.ranges import check_model_ranges
from swinglever.records.faults import Fault, error, warning
from swinglever.records.parameters import Parameters


def check_model(model: Model) -> list[Fault]:
    """Legs that were not found, and what the user should know of how the model was loaded."""
    place = model.name if model.file is None else str(model.file)
    faults = [Fault(code="model", severity="note", place=place, got=doubt) for doubt in model.doubts]
    absent = [side for side in ("r", "l") if side not in model.legs]
    if absent:
        faults.append(
            Fault(
                code="model-legs",
                severity="warning" if model.legs else "error",
                place=place,
                expected="a knee, hip, thigh, shank and foot on both sides",
                got=f"none on {' and '.join(absent)} (coordinates: {some(model.coordinate_names, 40)})",
                mend="name its knees, hips and bones as model families do: knee_angle_r, femur_r, tibia_r, calcn_r",
            )
        )
    return faults + check_model_ranges(place, model)


def settle_side(model: Model, parameters: Parameters) -> tuple[Parameters, list[Fault]]:
    """Leave out the leg whose knee is locked, and tell of it; an error where no leg is left that was asked for."""
    place, side = model.name if model.file is None else str(model.file), parameters.side
    locked = {s: model.coordinates[leg.knee] for s, leg in model.legs.items() if model.coordinates[leg.knee].locked}
    free = [s for s in model.legs if s not in locked and side in (s, "both")]
    if not any(side in (s, "both") for s in locked):
        return parameters, []
    expected, got = "knees that may bend", f"{some([c.name for c in locked.values()])} locked"
    if not free:
        return parameters, [error("model-knee", place, expected, got, "unlock it in the model")]
    mend = f"only leg {free[0]} is analysed; unlock it in the model for both"
    return replace(parameters, side=free[0]), [warning("model-knee", place, expected, got, mend)]
