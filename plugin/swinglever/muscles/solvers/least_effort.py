"""Static optimization: the activations of least effort that make the net joint moments."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from swinglever.arrays import Array
from swinglever.muscles.choice import STATIC_OPTIMIZATION
from swinglever.muscles.forces import LegForces, forces_of_activation
from swinglever.muscles.legs import LegMuscles
from swinglever.muscles.static_optimization import Wish, solve_activations


def solve_least_effort(legs: LegMuscles) -> LegForces:
    """Find muscle forces by static optimization, all frames of all swings at once."""
    (forces,) = solve_least_effort_together([legs])
    return forces


def solve_least_effort_together(analyses: Sequence[LegMuscles]) -> tuple[LegForces, ...]:
    """Do the same for several analyses of one leg at once: the same muscles, other strengths, arms and moments."""
    parameters = analyses[0].dynamics.swings.inputs.parameters
    gain, target = zip(*(legs.demand(parameters.passive_force) for legs in analyses), strict=True)
    activation = least_for(np.concatenate(gain), np.concatenate(target), parameters.reserve_optimal_nm)
    spans = pairwise(np.cumsum([0, *map(len, target)]))
    return tuple(
        forces_of_activation(legs, STATIC_OPTIMIZATION, activation[a:b], passive=parameters.passive_force)
        for legs, (a, b) in zip(analyses, spans, strict=True)
    )


def least_activation(
    legs: LegMuscles, passive: bool, *, wanted: Array | None = None, weight: Array | None = None
) -> Array:
    """Find the activations (S,K,m) of least effort, or those that come nearest to what is wanted.

    Parameters
    ----------
    legs
        The muscles.
    passive
        Whether passive fibre forces make part of the moments.
    wanted, weight
        Activations (S,K,m) to stay near, and what a squared distance from them costs, (m).
    """
    wish = Wish(wanted=None if wanted is None else wanted.reshape(-1, wanted.shape[2]), weight=weight)
    return least_for(*legs.demand(passive), legs.dynamics.swings.inputs.parameters.reserve_optimal_nm, wish)


def least_for(gain: Array, target: Array, reserve_nm: float, wish: Wish | None = None) -> Array:
    """Find the activations (S,K,m) of least effort for gains (S,K,c,m) and moments (S,K,c), both N m."""
    rows = gain.reshape(-1, *gain.shape[2:]), target.reshape(-1, target.shape[2])
    return solve_activations(*rows, reserve_nm, wish=wish).activation.reshape(*gain.shape[:2], -1)
