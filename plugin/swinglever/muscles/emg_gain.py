"""How large is an EMG channel's activation? Timing comes from EMG, size from the joint moments: one size a channel.

With s_kt the course of channel k (one at its peak), x_k its size, X_k the size at which excitation reaches one and
e = D (s x) what it asks of the muscles, the sizes are those of least

    V(x) = sum_t min_a [ sum_m w_m (a_m - e_m)^2 + sum_c (r_c / s_c)^2 ] + sum_t sum_m e_m^2,      0 <= x_k <= X_k

where the inner problem is that of `swinglever.muscles.static_optimization`. The last sum is the effort of what EMG
asks for, at the price that static optimization puts on any activation. Without it, nothing but the moments holds the
sizes: antagonists grow together for nothing, and a measured muscle takes over the work of one that was not, because
that one costs; without the first sum they would shrink to nothing. Both are quadratic, so V is convex, strictly so in
every channel that is not silent: there is one answer, whatever the start.

Notes
-----
By the envelope theorem the slope of V is -2 D'w(a - e) s + 2 D'e s, with a the inner solution: no second derivative
of the inner problem is needed (Danskin 1967). The effort of excitations beside their distance from EMG is in the cost
of hybrid methods too (Sartori et al. 2014, *J. Biomech.* 47:3613; Pizzolato et al. 2015, *J. Biomech.* 48:3929).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from swinglever.arrays import Array
from swinglever.errors import EngineError
from swinglever.muscles.static_optimization import solve_activations

SETTLED = 1e-3
"""Sizes that change by less between rounds are settled; activation dynamics bend a course a little with its size."""
ROUNDS = 12
"""Three or four are usual."""
_START = 0.3


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What the muscles have to do, and who asks for it.

    Attributes
    ----------
    gain_nm, moment_nm
        Moment of each muscle at full activation (T, c, m), and the moments to be made (T, c).
    reserve_optimal_nm
        Reserve that costs as much as one full activation.
    shares
        (m, k) how much of a muscle's activation each channel asks for.
    weight
        (m) of the distance from it; one for muscles that no channel tells of.
    """

    gain_nm: Array
    moment_nm: Array
    reserve_optimal_nm: float
    shares: Array
    weight: Array

    def cost(self, size: Array, course: Array) -> tuple[float, Array]:
        """V and its slope for sizes (k) of courses (T, k)."""
        wanted = (course * size) @ self.shares.T
        solution = solve_activations(
            self.gain_nm, self.moment_nm, self.reserve_optimal_nm, wanted=wanted, weight=self.weight
        )
        away, reserve = solution.activation - wanted, solution.reserve_nm / self.reserve_optimal_nm
        value = (self.weight * away**2).sum() + (reserve**2).sum() + (wanted**2).sum()
        slope = ((wanted - self.weight * away) @ self.shares * course).sum(axis=0)
        return float(value), 2.0 * slope


def fit_sizes(demand: Demand, course_at: Callable[[Array], Array], most: Array) -> Array:
    """Find every channel's size: the excitation, 0 to 1, at the peak of its envelope.

    Parameters
    ----------
    demand
        What the muscles have to do in some frames (T).
    course_at
        Gives the activations (T, k) that sizes (k) lead to.
    most
        (k) largest size that is allowed; zero for a silent channel.

    Notes
    -----
    The course of an activation depends a little on its size, for activation dynamics are slower at a higher one. So
    the sizes are fitted to the courses of the sizes before, until they stay.
    """
    size = np.minimum(_START, most)
    bounds = [(0.0, x) for x in most]
    for _ in range(ROUNDS):
        # A channel of size zero still has a course, which may want it back.
        trial = np.maximum(size, 1e-3)
        course = course_at(trial) / trial
        found = minimize(demand.cost, size, (course,), jac=True, method="L-BFGS-B", bounds=bounds).x
        moved, size = float(np.abs(found - size).max(initial=0.0)), found
        if moved < SETTLED:
            return size
    raise EngineError(f"the sizes of EMG did not settle in {ROUNDS} rounds; give them (emg_gain = 'given')")
