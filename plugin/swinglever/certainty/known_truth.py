"""What was so of a simulated swing: how much its hamstrings folded the knee, and what is lost without them."""

from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import listed
from swinglever.causes.attribution import attribute
from swinglever.causes.sources import Sources
from swinglever.causes.tail import tail_of
from swinglever.dynamics.limb import Dynamics
from swinglever.signals import interpolate
from swinglever.synthetic.motion import Motion
from swinglever.synthetic.simulation import SimulatedSwing
from swinglever.synthetic.truth import HAMSTRINGS, exact_dynamics

_LEAST_GAIN_RAD, _LEAST_PEAK_RAD = np.radians(10.0), np.radians(50.0)
_PEAK_SHARE = (0.30, 0.65)
"""A swing that gains less in the first half of folding, or has a lower peak, or not there, is none of a runner."""
_PARTS = ("whole", "tail", "net")


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What was so, in degrees of flexion, scope ``shank``; lists are along the swing's samples (K).

    Attributes
    ----------
    gained, whole, tail, net
        Flexion since toe-off; part of the hamstrings' active force, what of it is a tail of stance, and part of the
        net knee moment.
    peak
        Sample of the peak.
    lost_half, lost_peak
        Flexion at half of folding, and peak flexion, less those of the leg simulated again without hamstrings.
    effort
        Sum of squared activations from toe-off until each sample.
    """

    gained: list[float]
    whole: list[float]
    tail: list[float]
    net: list[float]
    peak: int
    lost_half: float
    lost_peak: float
    effort: list[float]


def why_refused(swing: SimulatedSwing, without: SimulatedSwing) -> str:
    """Say why a simulated swing, and the same one with silent hamstrings, are no runner's; nothing where they are."""
    knee = swing.knee_flexion_rad
    if not (np.isfinite(knee).all() and np.isfinite(without.knee_flexion_rad).all()):
        return "the leg ran away"
    peak = int(np.argmax(knee))
    if not _PEAK_SHARE[0] <= peak / len(knee) <= _PEAK_SHARE[1]:
        return "the knee folds too early or too late"
    if knee[peak] < _LEAST_PEAK_RAD or knee[peak // 2] - knee[0] < _LEAST_GAIN_RAD:
        return "the knee hardly folds"
    return ""


def truth_of_simulated(model: Model, swing: SimulatedSwing, without: SimulatedSwing, motion: Motion) -> Truth:
    """Tell what was so, from a swing, the same one with silent hamstrings, and the whole body's motion."""
    dynamics = exact_dynamics(model, swing, motion)
    shares = attribute(dynamics, "shank", _sources(swing, dynamics))
    parts = {name: shares.angle[0][:, shares.names.index(name)] for name in _PARTS}
    knee, knee_without = np.degrees(swing.knee_flexion_rad), np.degrees(without.knee_flexion_rad)
    peak = int(np.argmax(knee))
    flexion = np.degrees(dynamics.knee_flexion_rad[0])
    activation = interpolate(dynamics.time_s[0], swing.time_s, swing.activation)
    return Truth(
        gained=listed(flexion - flexion[0]),
        whole=listed(np.degrees(parts["whole"])),
        tail=listed(np.degrees(parts["tail"])),
        net=listed(np.degrees(parts["net"])),
        peak=int(np.argmax(flexion)),
        lost_half=float(knee[peak // 2] - knee_without[peak // 2]),
        lost_peak=float(knee[peak] - knee_without[: int(1.2 * peak) + 1].max()),
        effort=listed(np.cumsum((activation**2).sum(axis=1))),
    )


def _sources(swing: SimulatedSwing, dynamics: Dynamics) -> Sources:
    """Active force of the hamstrings, what of it is a tail of stance, and the net moments."""
    mine = [swing.muscle_names.index(f"{name}_r") for name in HAMSTRINGS]
    active, activation = swing.active_force_n, swing.activation
    strength = np.divide(active, activation, out=np.zeros_like(active), where=activation > 0)
    tail = tail_of(activation, swing.time_s - swing.time_s[0]) * strength
    pulls = [np.einsum("km,kmf->kf", force[:, mine], swing.moment_arm_m[:, mine]) for force in (active, tail)]
    at_samples = [interpolate(dynamics.time_s[0], swing.time_s, moment) for moment in pulls]
    moments = np.stack([*at_samples, dynamics.released_moment[0]])
    force = np.moveaxis(dynamics.at_released(moments), 0, -1)[None]
    return Sources(names=_PARTS, groups=_PARTS, force=force)
