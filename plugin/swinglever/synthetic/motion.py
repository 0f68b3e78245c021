"""How the whole synthetic runner moves: the mean runner's strides, or one simulated swing let into them."""

from collections.abc import Callable

import numpy as np
from scipy.interpolate import BPoly, make_interp_spline

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.synthetic.norms import MeanRunner, mean_runner
from swinglever.synthetic.simulation import SimulatedSwing

Motion = Callable[[Array], Array]
"""Gives every coordinate of the model (T, n), rad and m, at times (T)."""

_BLEND_S = 0.12
"""How long before toe-off and after foot strike the simulated leg is led from and back to the mean runner's."""

_SOLE_M = ((-0.006, -0.020, 0.0), (0.045, -0.026, 0.0), (0.150, -0.026, 0.0))
"""Points under heel, arch and ball in the calcaneus' frame, at the stature of the table of shapes."""


def mean_motion(model: Model, speed_m_s: float) -> Motion:
    """Every coordinate of our model as the mean runner at this speed moves it, soles on the ground in stance."""
    runner = mean_runner(speed_m_s)
    height = model.coordinate_names.index("pelvis_ty")
    lift = _standing_height(model, runner)

    def move(time_s: Array) -> Array:
        q = runner.coordinates(model.coordinate_names, time_s)
        q[:, height] += lift
        return q

    return move


def simulated_motion(model: Model, swing: SimulatedSwing) -> Motion:
    """The mean runner's motion, with the right leg's first swing as it was simulated.

    Notes
    -----
    Before toe-off and after foot strike, the difference to the mean runner in angle, speed and acceleration is led in
    and out by a polynomial of fifth degree, so that all three are continuous.
    """
    around = mean_motion(model, swing.speed_m_s)
    runner = mean_runner(swing.speed_m_s)
    columns = [model.coordinate_names.index(name) for name in swing.coordinate_names]
    begin, end = swing.time_s[0], swing.time_s[-1]
    inside = make_interp_spline(swing.time_s, swing.q, k=5)
    edges = np.array([begin, end])
    reference = [runner.coordinates(swing.coordinate_names, edges, order) for order in range(3)]
    found = [swing.q[[0, -1]], swing.u[[0, -1]], swing.udot[[0, -1]]]
    gap = np.stack([f - r for f, r in zip(found, reference, strict=True)], axis=1)
    still = np.zeros_like(gap[0])
    before = BPoly.from_derivatives([begin - _BLEND_S, begin], np.stack([still, gap[0]]))
    after = BPoly.from_derivatives([end, end + _BLEND_S], np.stack([gap[1], still]))

    def move(time_s: Array) -> Array:
        q = around(time_s)
        for part, curve in ((time_s < begin, before), (time_s > end, after)):
            near = part & (time_s > begin - _BLEND_S) & (time_s < end + _BLEND_S)
            q[np.ix_(near, columns)] += curve(time_s[near])
        swinging = (time_s >= begin) & (time_s <= end)
        q[np.ix_(swinging, columns)] = inside(time_s[swinging])
        return q

    return move


def _standing_height(model: Model, runner: MeanRunner) -> float:
    """Height of the pelvis above its own mean curve that puts the lowest sole of mid-stance on the ground."""
    stance = np.linspace(0.2, 0.8, 25) * runner.stance_share * runner.stride_time_s
    placed = model.place(runner.coordinates(model.coordinate_names, stance))
    foot = model.body_names.index("calcn_r")
    soles = placed.stations(np.full(len(_SOLE_M), foot), np.array(_SOLE_M))
    return -float(soles[..., 1].min(axis=-1).mean())
