"""What really folded the knee of a simulated swing: the shares of its known forces, without markers or noise."""

from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.groups import group_of
from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.causes.attribution import Source, attribute
from swinglever.dynamics.limb import Dynamics, compute_dynamics
from swinglever.motion.kinematics import kinematics_of
from swinglever.motion.swings import SwingEvents
from swinglever.muscles.legs import prepare_muscles
from swinglever.records.parameters import Parameters
from swinglever.records.results import Attribution, Kinematics
from swinglever.signals import interpolate
from swinglever.synthetic.motion import Motion, simulated_motion
from swinglever.synthetic.simulation import Cause, SimulatedSwing, replay_moments, simulate_swing

HAMSTRINGS = ("bflh", "bfsh", "semimem", "semiten")
SCOPES = ("shank", "leg")

_MARGIN_S = 0.03
"""Motion known on either side of the swing, so that a spline through it is not at its end."""


@dataclass(frozen=True, kw_only=True)
class Truth:
    """A simulated swing with its shares and with what becomes of it without hamstrings.

    Parameters
    ----------
    swing
        As simulated.
    attribution
        By scope; sources are muscles, ``<muscle>|active`` and ``<muscle>|passive``, groups alike.
    without_hamstrings
        The same leg under the same activations, save the hamstrings': simulated again from toe-off.
    replayed_knee_rad
        (K) knee flexion of the same leg under the same joint moments over time, less the hamstrings' active share.
    """

    swing: SimulatedSwing
    attribution: dict[str, Attribution]
    without_hamstrings: SimulatedSwing
    replayed_knee_rad: Array

    @property
    def peak_without_hamstrings_rad(self) -> float:
        """Highest flexion without them when everything else is activated as it was."""
        return self._peak(self.without_hamstrings.knee_flexion_rad)

    @property
    def peak_replayed_rad(self) -> float:
        """Highest flexion without them when every other moment is replayed as it was."""
        return self._peak(self.replayed_knee_rad)

    def _peak(self, knee_rad: Array) -> float:
        """Highest flexion until a fifth longer than the fold took with them."""
        return float(knee_rad[: int(1.2 * int(np.argmax(self.swing.knee_flexion_rad))) + 1].max())


def find_truth(model: Model, cause: Cause, speed_m_s: float) -> Truth:
    """Simulate a swing with a known cause, and split its fold by the forces that made it."""
    swing = simulate_swing(model, cause, speed_m_s)
    dynamics = exact_dynamics(model, swing, simulated_motion(model, swing))
    sources = known_sources(model, swing, dynamics)
    return Truth(
        swing=swing,
        attribution={scope: attribute(dynamics, scope, sources) for scope in SCOPES},
        without_hamstrings=simulate_swing(model, cause, speed_m_s, replay=swing.activation, silent=HAMSTRINGS),
        replayed_knee_rad=replay_moments(model, swing, HAMSTRINGS),
    )


def exact_dynamics(model: Model, swing: SimulatedSwing, motion: Motion) -> Dynamics:
    """Equation of motion along the simulated swing, from the motion itself: no markers, no filter, no ground force."""
    kinematics = exact_kinematics(model, swing, motion)
    knee = swing.knee_flexion_rad
    events = SwingEvents(
        side="r",
        number=1,
        toe_off_s=float(swing.time_s[0]),
        thigh_reversal_s=float("nan"),
        peak_flexion_s=float(swing.time_s[np.argmax(knee)]),
        pass_s=float("nan"),
        foot_strike_s=float(swing.time_s[-1]),
        event_source="simulation",
    )
    return compute_dynamics(model, kinematics, [events], (), Parameters())[0]


def exact_kinematics(model: Model, swing: SimulatedSwing, motion: Motion) -> Kinematics:
    """The motion around the simulated swing as kinematics, sampled at the simulation's own steps."""
    step = swing.time_s[1] - swing.time_s[0]
    extra = int(np.ceil(_MARGIN_S / step))
    time_s = swing.time_s[0] + step * np.arange(-extra, len(swing.time_s) + extra)
    return kinematics_of(model.coordinate_names, time_s, motion(time_s))


def known_sources(model: Model, swing: SimulatedSwing, dynamics: Dynamics) -> list[Source]:
    """Active and passive force of every muscle as sources of the knee's motion, and what they leave of the moments."""
    kinematics = exact_kinematics(model, swing, simulated_motion(model, swing))
    legs = prepare_muscles(model, kinematics, [dynamics])[0]
    arms = legs.paths.moment_arm_m
    sources = []
    for kind, force in (("active", swing.active_force_n), ("passive", swing.passive_force_n)):
        on_grid = interpolate(dynamics.time_s, swing.time_s, force)
        for k, name in enumerate(legs.paths.names):
            push = _released(dynamics, on_grid[:, k, None] * arms[:, k])
            sources.append(Source(name=f"{name}|{kind}", group=f"{group_of(name)}|{kind}", force=push))
    rest = dynamics.net_moment - sum((s.force for s in sources), np.zeros_like(dynamics.net_moment))
    rest = _released(dynamics, rest[:, list(dynamics.limb.leg.released)])
    return [*sources, Source(name="unexplained", group="unexplained", force=rest)]


def _released(dynamics: Dynamics, values: Array) -> Array:
    force = np.zeros_like(dynamics.net_moment)
    force[:, list(dynamics.limb.leg.released)] = values
    return force
