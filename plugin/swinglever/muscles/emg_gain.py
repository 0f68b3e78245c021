"""How large is an EMG channel's activation? Timing comes from EMG, its gain from the joint moments: one gain a channel.

With s_kt the course of channel k (one at its peak), x_k its gain, X_k the gain at which excitation reaches one and
e = D (s x) what it asks of the muscles, the gains are those of least

    V(x) = sum_t min_a [ sum_m w_m (a_m - e_m)^2 + sum_c (r_c / s_c)^2 ] + sum_t sum_m e_m^2,      0 <= x_k <= X_k

where the inner problem is that of `swinglever.muscles.static_optimization`. The last sum is the effort of what EMG
asks for, at the price that static optimization puts on any activation. Without it, nothing but the moments holds the
gains: antagonists grow together for nothing, and a measured muscle takes over the work of one that was not, because
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
from swinglever.muscles.static_optimization import Wish, solve_activations

SETTLED = 1e-3
"""Gains that change by less between rounds are settled; activation dynamics bend a course a little with its gain."""
ROUNDS = 12
"""Three or four are usual."""
_START = 0.3
"""Where the search starts: the usual size of an activation. The problem is convex: any start has the same end."""
_LEAST = 1e-3
"""A channel of gain zero still has a course, which may want it back: that of a gain as small as this."""


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What the muscles have to do, and who asks for it.

    Attributes
    ----------
    strength_nm, moment_nm
        Moment of each muscle at full activation (T, c, m), and the moments to be made (T, c).
    reserve_optimal_nm
        Reserve that costs as much as one full activation.
    shares
        (m, k) how much of a muscle's activation each channel asks for.
    weight
        (m) of the distance from it; one for muscles that no channel tells of.
    """

    strength_nm: Array
    moment_nm: Array
    reserve_optimal_nm: float
    shares: Array
    weight: Array

    def cost(self, gain: Array, course: Array) -> tuple[float, Array]:
        """V and its slope for gains (k) of courses (T, k)."""
        wanted = (course * gain) @ self.shares.T
        solution = solve_activations(
            self.strength_nm, self.moment_nm, self.reserve_optimal_nm, wish=Wish(wanted=wanted, weight=self.weight)
        )
        away, reserve = solution.activation - wanted, solution.reserve_nm / self.reserve_optimal_nm
        value = (self.weight * away**2).sum() + (reserve**2).sum() + (wanted**2).sum()
        slope = ((wanted - self.weight * away) @ self.shares * course).sum(axis=0)
        return float(value), 2.0 * slope


def fit_gains(demand: Demand, course_at: Callable[[Array], Array], most: Array) -> Array:
    """Find every channel's gain: the excitation, 0 to 1, at the peak of its envelope.

    Parameters
    ----------
    demand
        What the muscles have to do in some frames (T).
    course_at
        Gives the activations (T, k) that gains (k) lead to.
    most
        (k) largest gain that is allowed; zero for a silent channel.

    Notes
    -----
    The course of an activation depends a little on its gain, for activation dynamics are slower at a higher one. So
    the gains are fitted to the courses of the gains before, until they stay.
    """
    gain = np.minimum(_START, most)
    bounds = [(0.0, x) for x in most]
    for _ in range(ROUNDS):
        trial = np.maximum(gain, _LEAST)
        course = course_at(trial) / trial
        found = minimize(demand.cost, gain, (course,), jac=True, method="L-BFGS-B", bounds=bounds).x
        moved, gain = float(np.abs(found - gain).max(initial=0.0)), found
        if moved < SETTLED:
            return gain
    raise EngineError(f"the gains of EMG did not settle in {ROUNDS} rounds; give them (emg_gain = 'given')")
