"""A C3D file as a laboratory without markers exports it, made of a motion that is known: segment poses, no points.

The axes are those that Theia's and Visual3D's documentation give: x to the body's right, y forward, z upwards in a body
that stands; each origin is the joint nearer to the trunk. The laboratory's own are x to the right, y forward, z up.
"""

import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from swinglever.anatomy.model import Model

WRITER = Path(__file__).resolve().parents[1] / "unit" / "readers" / "c3d_writer.py"
TO_LABORATORY = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""From x forward, y up, z to the right; its transpose holds a standing segment's axes as columns."""
BODIES: Mapping[str, tuple[str, str]] = {
    "pelvis_4X4": ("pelvis", "pelvis"),
    "torso_4X4": ("torso", "torso"),
    **{
        f"{side}_{segment}_4X4": (f"{turns}_{side}", f"{origin}_{side}")
        for side in "rl"
        for segment, turns, origin in (
            ("thigh", "femur", "femur"),
            ("shank", "tibia", "tibia"),
            ("foot", "calcn", "talus"),
            ("toes", "toes", "toes"),
        )
    },
}
"""Of each label, the bodies whose turn and whose origin its pose has."""


def poses_of(model: Model, q: np.ndarray, stretch: float = 1.0, lab: np.ndarray = TO_LABORATORY) -> np.ndarray:
    """Poses (T, s, 4, 4) in mm of a model's segments along coordinates (T, n), its lengths stretched about 0, 0, 0."""
    standing = np.array([0.0 if c.turns else c.default for c in model.coordinates])
    still, moving = model.place(standing), model.place(q)
    poses = np.zeros((len(q), len(BODIES), 4, 4))
    poses[..., 3, 3] = 1.0
    for k, (turns, origin) in enumerate(BODIES.values()):
        body, start = model.body_names.index(turns), model.body_names.index(origin)
        own_axes = still.body_rotation[body].T @ TO_LABORATORY.T
        poses[:, k, :3, :3] = lab @ moving.body_rotation[:, body] @ own_axes
        poses[:, k, :3, 3] = 1000.0 * stretch * moving.body_position[:, start] @ lab.T
    return poses


def write_markerless(
    path: Path,
    poses: np.ndarray,
    rate_hz: float,
    *,
    first_frame: int = 0,
    units: str = "mm",
    per_point: int = 1,
    points: tuple[list[str], np.ndarray] | None = None,
    label: Callable[[str], str] = str,
) -> Path:
    """Write poses (T, s, 4, 4); ``per_point`` of them go to a frame of points, of which there are none as a rule."""
    names, position_m = points or ([], np.zeros((len(poses) // per_point, 0, 3)))
    stored = [label(name) for name in BODIES], poses[: len(position_m) * per_point]
    call = (str(path), position_m, names, [], units, first_frame, [], None, stored, rate_hz / per_point)
    subprocess.run([sys.executable, WRITER], input=pickle.dumps(call), check=True, timeout=600)
    return path
