"""A running body small enough to need no engine, and how it moves: the mean runner, in the plane.

It is what plugins are tried on, and what tests of the whole analysis run on in a second.
"""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from swinglever.anatomy.legs import find_legs
from swinglever.anatomy.model import Model
from swinglever.anatomy.multibody.tree import MassProperties
from swinglever.arrays import Array
from swinglever.engines.planar import PlanarBody, planar_model
from swinglever.system.resources import model_table

ANKLE_HEIGHT_M = 0.07
_HEEL_M, _TOES_M = np.array([-0.05, -ANKLE_HEIGHT_M, 0.0]), np.array([0.13, -ANKLE_HEIGHT_M, 0.0])
"""Heel and ball of the foot from the ankle, foot flat: round figures for a man of 1.77 m."""


def planar_runner(body: PlanarBody | None = None) -> Model:
    """Give the planar runner with feet to stand on: the foot's origin is its heel, and it has toes without mass."""
    model = planar_model(body)
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


def running_coordinates(
    speed_m_s: float = 3.5, n_strides: int = 5, rate_hz: float = 200.0, stride_s: float | None = None
) -> tuple[Array, Array]:
    """Times (T) and coordinates (T,9) of the mean runner on a treadmill.

    Parameters
    ----------
    speed_m_s
        Pace. Between the paces of the norms (2.5, 3.5, 4.5 m/s) and beyond them curves are drawn on straight.
    n_strides, rate_hz
        How long and how dense.
    stride_s
        Time of a stride; the norms' when not given.

    Notes
    -----
    Mean curves of 23 runners, from the data of Fukuchi et al. 2017 (``models/running_norms.toml`` has the details).
    """
    curve = {name: _between(speed_m_s, "curve", name) for name in _CURVES}
    stride_s = stride_s or mean_stride(speed_m_s)[1]
    time_s = np.arange(int(n_strides * stride_s * rate_hz)) / rate_hz
    phase = time_s / stride_s
    columns = [_curve(curve["pelvis_tx"], phase), 0.95 + _curve(curve["pelvis_ty"], phase)]
    columns.append(np.radians(_curve(curve["pelvis_tilt"], phase)))
    for shift in (0.0, 0.5):
        columns += [np.radians(_curve(curve[name], phase + shift)) for name in _CURVES[3:]]
    return time_s, np.stack(columns, axis=1)


def mean_stride(speed_m_s: float) -> tuple[float, float]:
    """Share of the stride that the foot stands, and time of a stride, s, of the mean runner at a pace."""
    stance = _between(speed_m_s, "stance_percent", "mean")
    return float(stance) / 100.0, float(_between(speed_m_s, "stride_time_s", "mean"))


_CURVES = ("pelvis_tx", "pelvis_ty", "pelvis_tilt", "hip_flexion", "knee_flexion", "ankle_dorsiflexion")


@cache
def _norms() -> tuple[dict[str, Any], ...]:
    table = model_table("running_norms.toml")
    return tuple(sorted(table["speed"], key=lambda entry: float(entry["speed_m_s"])))


def _between(speed_m_s: float, table: str, name: str) -> Array:
    """Draw a straight line through the norms of the two nearest paces, of one entry of one table."""
    norms = _norms()
    upper = int(np.clip(sum(entry["speed_m_s"] < speed_m_s for entry in norms), 1, len(norms) - 1))
    low, high = norms[upper - 1], norms[upper]
    part = (speed_m_s - low["speed_m_s"]) / (high["speed_m_s"] - low["speed_m_s"])
    return np.asarray((1.0 - part) * np.array(low[table][name]) + part * np.array(high[table][name]))


def _curve(coefficients: Array, phase: Array) -> Array:
    """Evaluate c0 + sum of a_k cos(2 pi k p) + b_k sin(2 pi k p)."""
    pairs = coefficients[1:].reshape(-1, 2)
    turns = phase[:, None] * (2.0 * np.pi * np.arange(1, len(pairs) + 1))
    return np.asarray(coefficients[0] + np.cos(turns) @ pairs[:, 0] + np.sin(turns) @ pairs[:, 1])
