"""A camera from the calibration of Pose2Sim or anipose (Calib.toml); nothing here knows Blender."""

import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from .result import ResultError
from .viewpoint import Viewpoint, turn_by

#: From the axes of a calibration, z up, to those of the trials that Pose2Sim writes: y to x, z to y, x to z.
_TO_TRIAL = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
#: Difference of the two focal lengths that is taken for square pixels.
_SQUARE = 0.02


def read_camera(path: str | Path, name: str = "") -> Viewpoint:
    """Read a camera by its name, or the only one, in the axes of the trial (y up).

    The pixels are taken for square, and the distortion of the lens, which Blender's cameras have not, is left out.
    """
    cameras = _read_cameras(Path(path))
    if name not in cameras and (name or len(cameras) != 1):
        raise ResultError(f"{Path(path).name}: expected one of the cameras {list(cameras)}, got '{name}'")
    held = cameras[name] if name else next(iter(cameras.values()))
    try:
        matrix = np.array(held["matrix"], dtype=float).reshape(3, 3)
        turn, shift = (np.array(held[key], dtype=float).reshape(3) for key in ("rotation", "translation"))
        width, height = (int(part) for part in held["size"])
    except (KeyError, TypeError, ValueError) as error:
        raise ResultError(
            f"{Path(path).name}: expected a camera's size, matrix (3 x 3), rotation and translation (3), got {error}"
        ) from error
    focal = np.array([matrix[0, 0], matrix[1, 1]])
    numbers = np.concatenate([matrix.ravel(), turn, shift])
    if not np.isfinite(numbers).all() or focal.min() <= 0 or min(width, height) <= 0:
        raise ResultError(f"{Path(path).name}: expected finite numbers, a focal length and a size above 0")
    if np.ptp(focal) > _SQUARE * focal.mean():
        raise ResultError(
            f"{Path(path).name}: expected square pixels, got focal lengths of {focal[0]:.0f} and {focal[1]:.0f} pixels"
        )
    return Viewpoint(
        rotation=turn_by(turn) @ _TO_TRIAL.T,
        shift_m=shift,
        focal=float(focal.mean()),
        centre=matrix[:2, 2],
        size=(width, height),
    )


def _read_cameras(path: Path) -> dict[str, dict[str, Any]]:
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ResultError(f"{path.name}: expected the cameras of a calibration (TOML), got {error}") from error
    tables = [(key, table) for key, table in held.items() if isinstance(table, dict) and "matrix" in table]
    if not tables:
        raise ResultError(f"{path.name}: expected cameras with a matrix each, got {list(held)}")
    return {str(table.get("name", key)): table for key, table in tables}
