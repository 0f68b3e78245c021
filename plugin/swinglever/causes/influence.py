"""How far the knee has turned at an instant for each unit of force before it: the weights of a source's contribution.

The released speeds obey d/dt v = A v + M⁻¹ f, which is linear in the force f, so the knee's turn until an instant T is
a weighted sum of the force at all instants,

    θ(T) = sum_k W_k · f_k,      W_k = M_k⁻ᵀ λ_k Δt,      -dλ/dt = Aᵀ λ + e_knee,   λ(T) = 0.

Notes
-----
λ is not integrated anew. The weights are the derivative of what `swinglever.causes.equation` computes (Runge-Kutta
of fourth order with splines for the half steps, the integral of a spline through the speeds), taken backwards through
its own steps. So a source's contribution is the same by weights as by attribution, to rounding. The splines let a
force that comes after T count too, for a ten thousandth of what came before.
"""

from collections.abc import Sequence

import numpy as np

from swinglever.arrays import Array
from swinglever.causes.equation import spline_halfway, spline_integrals
from swinglever.dynamics.limb import Dynamics


def influence_of_forces(lasting_s: Array, matrix: Array, inverse_mass: Array, knee: int, until: Sequence[int]) -> Array:
    """Weights W (S,K,f) of the released coordinates' forces in the knee's turn until a sample, rad for each N m.

    Parameters
    ----------
    lasting_s
        (S) time from toe-off to foot strike of each swing, at even samples.
    matrix, inverse_mass
        A and M⁻¹ of the released coordinates, (S,K,f,f).
    knee
        Which of them is the knee.
    until
        (S) the sample T of each swing.

    Returns
    -------
    Array
        In the model's sign of the knee's coordinate.
    """
    count = matrix.shape[1]
    step = (lasting_s / (count - 1))[:, None, None]
    halves, integrals = spline_halfway(count), spline_integrals(count)
    middle = np.einsum("jk,skab->sjab", halves, matrix)
    turned = np.zeros((*matrix.shape[:3], 1))
    turned[:, :, knee, 0] = step[:, 0] * integrals[list(until)]
    whole, between = _backwards(step, np.swapaxes(matrix, 2, 3), np.swapaxes(middle, 2, 3), turned)
    drive = whole[..., 0] + np.einsum("jk,sjf->skf", halves, between[..., 0])
    return np.asarray(np.einsum("skba,skb->ska", inverse_mass, drive))


def _backwards(step: Array, transposed: Array, transposed_middle: Array, turned: Array) -> tuple[Array, Array]:
    """Weights of the drive at the samples (S,K,f,1) and halfway (S,K-1,f,1): `superpose`'s steps, last first."""
    whole, between = np.zeros_like(turned), np.zeros_like(turned[:, 1:])
    later = turned[:, -1]
    for k in range(turned.shape[1] - 2, -1, -1):
        now, middle, then = transposed[:, k], transposed_middle[:, k], transposed[:, k + 1]
        k4 = step / 6.0 * later
        k3 = step / 3.0 * later + step * (then @ k4)
        k2 = step / 3.0 * later + 0.5 * step * (middle @ k3)
        k1 = step / 6.0 * later + 0.5 * step * (middle @ k2)
        whole[:, k] += k1
        whole[:, k + 1] += k4
        between[:, k] = k2 + k3
        later = turned[:, k] + later + now @ k1 + middle @ (k2 + k3) + then @ k4
    return whole, between


def influence(
    analyses: Sequence[Dynamics], released: Sequence[int], until: Sequence[Sequence[int]]
) -> tuple[Array, ...]:
    """Weights (S,K,f) of the forces on some released coordinates, rad of flexion for each N m, until a sample (S).

    All analyses of one leg are followed at once; each has the samples of its own swings.
    """
    leg, free = analyses[0].limb.leg, list(released)
    inverse = np.linalg.inv(np.concatenate([d.mass_matrix[..., free, :][..., free] for d in analyses]))
    own = np.concatenate([d.bilinear[..., free, :][..., d.released_columns(free)] for d in analyses])
    lasting_s = np.concatenate([d.swings.lasting_s for d in analyses])
    samples = [sample for each in until for sample in each]
    weights = leg.knee_sign * influence_of_forces(lasting_s, -inverse @ own, inverse, free.index(leg.knee), samples)
    return tuple(np.split(weights, np.cumsum([len(each) for each in until])[:-1]))


def part_of_net_moments(
    analyses: Sequence[Dynamics], released: Sequence[int], until: Sequence[Sequence[int]]
) -> tuple[Array, ...]:
    """Flexion (S), rad, that net moments at released joints made until a sample; no muscle needs to be known."""
    weights = influence(analyses, released, until)
    return tuple(
        (w * dynamics.net_moment[..., list(released)]).sum(axis=(1, 2))
        for w, dynamics in zip(weights, analyses, strict=True)
    )
