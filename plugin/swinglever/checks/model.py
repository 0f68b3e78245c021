"""Checks of the model file: what it needs for swings, and the meshes that viewers need."""

from pathlib import Path

from swinglever.anatomy.model import Model
from swinglever.checks.names import some
from swinglever.readers.opensim_xml import parse_xml
from swinglever.records.faults import Fault


def check_model(path: Path, model: Model) -> list[Fault]:
    """Legs that were found, and how many meshes are not there."""
    faults = []
    absent = [side for side in ("r", "l") if side not in model.legs]
    if absent:
        faults.append(
            Fault(
                code="model-legs",
                severity="warning" if model.legs else "error",
                place=str(path),
                expected="a knee, hip, thigh, shank and foot on both sides",
                got=f"none on {' and '.join(absent)} (coordinates: {some(model.coordinate_names, 40)})",
                mend="add its names to models/families.toml",
            )
        )
    return faults + _check_meshes(path)


def _check_meshes(path: Path) -> list[Fault]:
    """One line for all meshes that are not found where OpenSim looks: beside the model and in Geometry."""
    files = {(element.text or "").strip() for element in parse_xml(path).iter("mesh_file")} - {""}
    folders = [path.parent, path.parent / "Geometry", path.parent.parent / "Geometry"]
    lost = sorted(file for file in files if not any((folder / file).is_file() for folder in folders))
    if not lost:
        return []
    return [
        Fault(
            code="meshes",
            severity="note",
            place=str(path),
            got=f"{len(lost)} of {len(files)} meshes not found ({some(lost, 3)})",
            mend="analysis does not need them; pictures do: put them into a folder 'Geometry' beside the model",
        )
    ]
