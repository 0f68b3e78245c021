"""Tail or pull: how much of an activation is what toe-off left behind, and how much is new.

Hamstrings drive the leg back until toe-off. When their excitation ends there, their activation decays with the time
constant of deactivation, and what is left of it still flexes the knee: no pull, only a tail. What is beyond the fastest
decay must have been excited anew.

Where activation never falls faster than it can, the tail is what it was at toe-off times the decay, which is linear in
activations: `swinglever.causes.bounds` bounds the new part that way.
"""

import numpy as np

from swinglever.arrays import Array
from swinglever.emg.activation import DEACTIVATION_S


def tail_of(activation: Array, since_toe_off_s: Array) -> Array:
    """What of activations (..., K, m) may be left from toe-off; the rest is new.

    Parameters
    ----------
    activation
        Of each muscle; the first sample is toe-off.
    since_toe_off_s
        (..., K).
    """
    return np.minimum(activation, activation[..., :1, :] * decay_of(since_toe_off_s)[..., None])


def decay_of(since_toe_off_s: Array) -> Array:
    """What is left of an activation after some time (...) without excitation, as a share of it."""
    return np.asarray(np.exp(-since_toe_off_s / DEACTIVATION_S))
