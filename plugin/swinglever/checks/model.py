"""Checks of the model: what it needs for swings, and what its engine doubted."""

from swinglever.anatomy.model import Model
from swinglever.checks.names import some
from swinglever.records.faults import Fault


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
                mend="add its names to models/families.toml",
            )
        )
    return faults
