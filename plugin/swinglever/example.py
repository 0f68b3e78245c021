"""A running body small enough to need no engine, and how it moves: the mean runner, in the plane.

It is what plugins are tried on, and what tests of the whole analysis run on in a second.
"""

import tomllib
from dataclasses import replace
from typing import Any

import numpy as np

from swinglever.arrays import Array
from swinglever.engines.base import Model
from swinglever.engines.legs import find_legs
from swinglever.engines.planar import planar_model
from swinglever.engines.tree import MassProperties
from swinglever.errors import UnknownNameError
from swinglever.resources import model_file

_HEEL_M, _TOES_M = np.array([-0.05, -0.07, 0.0]), np.array([0.13, -0.07, 0.0])
"""Heel and ball of the foot from the ankle, foot flat: round figures for a man of 1.77 m."""


def planar_runner() -> Model:
    """Give the planar runner with feet to stand on: the foot's origin is its heel, and it has toes without mass."""
    model = planar_model()
    tree, masses = model.tree, model.masses
    feet = [k for k, name in enumerate(model.body_names) if name.startswith("calcn")]
    position, centre = tree.body_position.copy(), masses.centre_m.copy()
    position[feet] += _HEEL_M
    centre[feet] -= _HEEL_M
    tree = replace(
        tree,
        body_joint=np.concatenate([tree.body_joint, tree.body_joint[feet]]),
        body_rotation=np.concatenate([tree.body_rotation, tree.body_rotation[feet]]),
        body_position=np.concatenate([position, np.broadcast_to(_TOES_M, (len(feet), 3))]),
    )
    names = (*model.body_names, *(model.body_names[k].replace("calcn", "toes") for k in feet))
    return replace(
        model,
        tree=tree,
        masses=MassProperties(
            mass_kg=np.concatenate([masses.mass_kg, np.zeros(len(feet))]),
            centre_m=np.concatenate([centre, np.zeros((len(feet), 3))]),
            inertia_kg_m2=np.concatenate([masses.inertia_kg_m2, np.zeros((len(feet), 3, 3))]),
        ),
        body_names=names,
        legs=find_legs(tree, model.coordinates, names),
    )


def running_coordinates(speed_m_s: float = 3.5, n_strides: int = 5, rate_hz: float = 200.0) -> tuple[Array, Array]:
    """Times (T) and coordinates (T,9) of the mean runner at 2.5, 3.5 or 4.5 m/s, on a treadmill.

    Notes
    -----
    Mean curves of 23 runners, from the data of Fukuchi et al. 2017 (``models/running_norms.toml`` has the details).
    """
    table = tomllib.loads(model_file("running_norms.toml").read_text(encoding="utf-8"))
    speeds = {entry["speed_m_s"]: entry for entry in table["speed"]}
    if speed_m_s not in speeds:
        raise UnknownNameError(f"there is no mean runner at {speed_m_s} m/s; there are {sorted(speeds)}")
    stride_s, curve = speeds[speed_m_s]["stride_time_s"]["mean"], speeds[speed_m_s]["curve"]
    time_s = np.arange(int(n_strides * stride_s * rate_hz)) / rate_hz
    phase = time_s / stride_s
    columns = [_curve(curve["pelvis_tx"], phase), 0.95 + _curve(curve["pelvis_ty"], phase)]
    columns.append(np.radians(_curve(curve["pelvis_tilt"], phase)))
    for shift in (0.0, 0.5):
        columns += [
            np.radians(_curve(curve[name], phase + shift))
            for name in ("hip_flexion", "knee_flexion", "ankle_dorsiflexion")
        ]
    return time_s, np.stack(columns, axis=1)


def _curve(coefficients: list[Any], phase: Array) -> Array:
    """Evaluate c0 + sum of a_k cos(2 pi k p) + b_k sin(2 pi k p)."""
    k = 2.0 * np.pi * np.arange(1, len(coefficients) // 2 + 1)
    pairs = np.array(coefficients[1:]).reshape(-1, 2)
    turns = phase[:, None] * k
    return np.asarray(coefficients[0] + np.cos(turns) @ pairs[:, 0] + np.sin(turns) @ pairs[:, 1])
