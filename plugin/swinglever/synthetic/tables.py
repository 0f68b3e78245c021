"""Read the tables that our own model is built from, and mirror what they say of the right side to the left."""

import tomllib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from swinglever.errors import InputError
from swinglever.system.resources import model_file

Array = NDArray[np.float64]
Table = dict[str, Any]

SIDES = ("r", "l")
CENTRAL_BODIES = ("pelvis", "torso")

_STATURE_M = (1.0, 2.3)
_MASS_KG = (20.0, 200.0)


def read_table(name: str) -> Table:
    """Read one of the tables in ``models/``, by its file name."""
    with model_file(name).open("rb") as stream:
        return tomllib.load(stream)


def length_scale(table: Table, stature_m: float) -> float:
    """How many times longer a runner of this stature is than the one the table speaks of."""
    return stature_m / float(table["reference"]["stature_m"])


def check_size(stature_m: float, mass_kg: float) -> None:
    """Refuse a stature or a mass that is no person's, in whichever unit it was meant.

    Raises
    ------
    InputError
        When the stature is not within 1.0 to 2.3 m or the mass not within 20 to 200 kg.
    """
    for value, (low, high), what in ((stature_m, _STATURE_M, "stature in m"), (mass_kg, _MASS_KG, "mass in kg")):
        if not low <= value <= high:
            raise InputError(f"expected a {what} from {low:g} to {high:g}, got {value:g}")


def side_sign(side: str) -> float:
    """Sign of z on this side: +1 right, −1 left."""
    return 1.0 if side == "r" else -1.0


def mirror_point(point: Any, side: str) -> Array:
    """Place of a right-side point (x, y, z in metres) on this side."""
    mirrored: Array = np.asarray(point, dtype=float) * np.array([1.0, 1.0, side_sign(side)])
    return mirrored


def mirror_axis(axis: Any, side: str) -> Array:
    """Rotation axis on this side such that positive means the same movement as on the right.

    Notes
    -----
    A rotation is an axial vector: in the mirror z → −z it is x and y that change sign.
    """
    sign = side_sign(side)
    mirrored: Array = np.asarray(axis, dtype=float) * np.array([sign, sign, 1.0])
    return mirrored


def body_on_side(body: str, side: str) -> str:
    """Name of the body on this side: ``femur`` is ``femur_r``, ``pelvis`` stays."""
    return body if body in CENTRAL_BODIES else f"{body}_{side}"
