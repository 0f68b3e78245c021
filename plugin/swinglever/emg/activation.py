"""How activation follows excitation: first order, faster up than down; and the excitation that makes an activation.

    da/dt = (u - a) / tau(u, a),    tau = t_act (0.5 + 1.5 a) while u > a,  t_deact / (0.5 + 1.5 a) otherwise

after Thelen (2003), *J. Biomech. Eng.* 125:70, as OpenSim's muscles have it, with 10 and 40 ms.
"""

from itertools import pairwise

import numpy as np

from swinglever.arrays import Array

ACTIVATION_S, DEACTIVATION_S = 0.010, 0.040
"""Time constants of OpenSim's muscles."""


def activate(excitation: Array, step_s: float) -> Array:
    """Activations (T, m) that excitations (T, m), 0 to 1, lead to; the first ones are the excitations themselves.

    Notes
    -----
    Each step is exact for a time constant and an excitation that stay as they are meanwhile, so activation stays
    between 0 and 1 however long the step.
    """
    activation = np.empty_like(excitation)
    now = excitation[0]
    activation[0] = now
    for k, (before, after) in enumerate(pairwise(excitation), start=1):
        drive = 0.5 * (before + after)
        pace = 0.5 + 1.5 * now
        time_s = np.where(drive > now, ACTIVATION_S * pace, DEACTIVATION_S / pace)
        now = drive + (now - drive) * np.exp(-step_s / time_s)
        activation[k] = now
    return activation


def excite(activation: Array, step_s: float) -> Array:
    """Excitations (T, m) that make activations (T, m): u = a + tau da/dt, as far as 0 to 1 can."""
    rate = np.gradient(activation, step_s, axis=0)
    pace = 0.5 + 1.5 * activation
    time_s = np.where(rate > 0, ACTIVATION_S * pace, DEACTIVATION_S / pace)
    return np.clip(activation + time_s * rate, 0.0, 1.0)
