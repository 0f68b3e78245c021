"""Runs OpenSim's ScaleTool. For a process of its own: the tool writes where it stands and can end the process."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from swinglever.errors import EngineError

SETUP, SCALED, PLACED, FACTORS, POSE = "Setup_Scale.xml", "scaled.osim", "placed.osim", "factors.xml", "pose.mot"


@dataclass(frozen=True, kw_only=True)
class ScaleRun:
    """What the tool wrote.

    Attributes
    ----------
    model
        The scaled model as XML; with its markers placed when the setup places them.
    factors
        Scale factors (x, y, z) by body; bodies that were not scaled are left out.
    mass_kg
        Mass of the scaled model.
    marker_error_m
        Distance between each measured marker and the scaled model's, in the static pose, before markers are placed;
        empty when the setup places none.
    """

    model: str
    factors: dict[str, tuple[float, float, float]]
    mass_kg: float
    marker_error_m: dict[str, float]


def run_scale_tool(setup: str, static_m: dict[str, NDArray[np.float64]]) -> ScaleRun:
    """Scale a model in the present folder.

    Parameters
    ----------
    setup
        Setup as XML; its inputs are absolute paths, its outputs the names at the top of this module.
    static_m
        Mean position (3) of each marker in the static pose, m.
    """
    import opensim

    opensim.Logger.setLevelString("Warn")
    Path(SETUP).write_text(setup, encoding="utf-8")
    done = opensim.ScaleTool(SETUP).run()
    result = PLACED if Path(PLACED).exists() else SCALED
    if not done or not Path(result).exists():
        raise EngineError("OpenSim's ScaleTool ended without a model")
    model = opensim.Model(result)
    mass_kg = float(model.getTotalMass(model.initSystem()))
    errors = _marker_errors(SCALED, static_m) if Path(POSE).exists() else {}
    return ScaleRun(
        model=Path(result).read_text(encoding="utf-8"), factors=_factors(), mass_kg=mass_kg, marker_error_m=errors
    )


def _factors() -> dict[str, tuple[float, float, float]]:
    """Scale factors that are not 1; OpenSim lists every frame of the model."""
    import opensim

    scales = opensim.ScaleSet(FACTORS)
    entries = [scales.get(i) for i in range(scales.getSize())]
    vectors = {entry.getSegmentName(): entry.getScaleFactors() for entry in entries if entry.getApply()}
    factors = {name: (float(v.get(0)), float(v.get(1)), float(v.get(2))) for name, v in vectors.items()}
    return {name: factor for name, factor in factors.items() if factor != (1.0, 1.0, 1.0)}


def _marker_errors(model_file: str, static_m: dict[str, NDArray[np.float64]]) -> dict[str, float]:
    """Put the model into the static pose and measure how far its markers are from those of the body."""
    import opensim

    from swinglever.readers.storage import read_storage

    pose, model = read_storage(POSE), opensim.Model(model_file)
    state = model.initSystem()
    for name, column in pose.coordinates().items():
        if not model.getCoordinateSet().contains(name):
            continue
        coordinate = model.updCoordinateSet().get(name)
        turns = pose.in_degrees and coordinate.getMotionType() == opensim.Coordinate.Rotational
        value = float(pose.values[0, column])
        if not coordinate.getLocked(state):
            coordinate.setValue(state, np.deg2rad(value) if turns else value, False)
    model.assemble(state)
    model.realizePosition(state)
    markers = model.getMarkerSet()
    errors = {}
    for name, measured in static_m.items():
        if markers.contains(name):
            place = markers.get(name).getLocationInGround(state)
            errors[name] = float(np.linalg.norm([place.get(i) - measured[i] for i in range(3)]))
    return errors
