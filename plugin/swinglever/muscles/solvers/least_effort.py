"""Static optimization: the activations of least effort that make the net joint moments."""

from swinglever.arrays import Array
from swinglever.muscles.choice import STATIC_OPTIMIZATION
from swinglever.muscles.forces import LegForces, forces_of_activation
from swinglever.muscles.legs import LegMuscles
from swinglever.muscles.static_optimization import Wish, solve_activations


def solve_least_effort(legs: LegMuscles) -> LegForces:
    """Find muscle forces by static optimization, all frames of all swings at once."""
    passive = legs.dynamics.swings.inputs.parameters.passive_force
    activation = least_activation(legs, passive)
    return forces_of_activation(legs, STATIC_OPTIMIZATION, activation, passive=passive)


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
    gain, target = legs.demand(passive)
    frames = gain.shape[:2]
    solution = solve_activations(
        gain.reshape(-1, *gain.shape[2:]),
        target.reshape(-1, target.shape[2]),
        legs.dynamics.swings.inputs.parameters.reserve_optimal_nm,
        wish=Wish(wanted=None if wanted is None else wanted.reshape(-1, wanted.shape[2]), weight=weight),
    )
    return solution.activation.reshape(*frames, -1)
