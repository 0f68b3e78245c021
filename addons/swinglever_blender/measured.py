"""What was measured: markers as dots, ground forces as lines from where they act."""

import bpy
import numpy as np

from .build import Spot
from .lookup import PART
from .muscles import add_strands
from .palette import linear
from .result import Result
from .unpack import plain_strands

MARKER_COLOUR, FORCE_COLOUR = "#C6F04D", "#5FE08A"
#: Length of a force line: a runner's 2 kN in stance becomes a metre.
METRES_PER_NEWTON = 0.0005
#: A plate that carries nobody still reads a few newtons.
LEAST_NEWTON = 20.0
_DOT_M, _FORCE_M = 0.007, 0.009


def add_measured(result: Result, spot: Spot) -> None:
    """Add the markers and forces that the result holds."""
    if result.marker_position_m is not None and result.marker_names:
        # A dot is a strand as short as it is thick; one that was not seen has no length, and is not drawn.
        place = np.nan_to_num(result.marker_position_m)
        reach = np.where(np.isfinite(result.marker_position_m[..., 0]), 0.8 * _DOT_M, 0.0)[..., np.newaxis]
        ends = np.stack([place - reach * [0, 1, 0], place + reach * [0, 1, 0]], axis=2)
        dots = _add("Markers", ends, MARKER_COLOUR, _DOT_M, spot)
        dots[PART], dots["names"] = "markers", list(result.marker_names)
    if result.force_n is not None and result.force_point_m is not None and result.force_n.shape[1]:
        start = np.nan_to_num(result.force_point_m)
        force = np.nan_to_num(result.force_n)
        reach = np.where(np.linalg.norm(force, axis=-1, keepdims=True) > LEAST_NEWTON, METRES_PER_NEWTON * force, 0.0)
        ends = np.stack([start, start + reach], axis=2)
        _add("Ground forces", ends, FORCE_COLOUR, _FORCE_M, spot)


def _add(name: str, ends: np.ndarray, colour: str, radius_m: float, spot: Spot) -> bpy.types.Object:
    colours = np.broadcast_to(linear(colour), (*ends.shape[:2], 4))
    return add_strands(name, plain_strands(ends), {"colour": colours}, spot, radius_m=radius_m, colour_by="colour")
