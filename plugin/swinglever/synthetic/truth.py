"""What really folded the knee of a simulated swing: the shares of its known forces, without markers or noise."""

from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.causes.attribution import LIMB_SCOPES, attribute
from swinglever.causes.sources import Sources, unexplained
from swinglever.dynamics.limb import Dynamics, compute_dynamics
from swinglever.motion.kinematics import kinematics_of
from swinglever.motion.leg_swings import line_up
from swinglever.motion.swings import SwingEvents
from swinglever.muscles.legs import prepare_muscles
from swinglever.records.attribution import Attribution
from swinglever.records.kinematics import Kinematics
from swinglever.signals import interpolate
from swinglever.synthetic.cause import Cause
from swinglever.synthetic.motion import Motion, simulated_motion
from swinglever.synthetic.simulation import SimulatedSwing, replay_moments, simulate_swing
from swinglever.synthetic.unrecorded import inputs_of_a_motion

HAMSTRINGS = ("bflh", "bfsh", "semimem", "semiten")

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
    sources = known_sources(swing, dynamics)
    return Truth(
        swing=swing,
        attribution={scope: attribute(dynamics, scope, sources).records()[0] for scope in LIMB_SCOPES},
        without_hamstrings=simulate_swing(model, cause, speed_m_s, replay=swing.activation, silent=HAMSTRINGS),
        replayed_knee_rad=replay_moments(model, swing, HAMSTRINGS),
    )


def exact_dynamics(model: Model, swing: SimulatedSwing, motion: Motion) -> Dynamics:
    """Equation of motion along the one simulated swing, from the motion itself: no markers, no filter."""
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
    (swings,) = line_up(inputs_of_a_motion(model), exact_kinematics(model, swing, motion), [events])
    return compute_dynamics(swings)


def exact_kinematics(model: Model, swing: SimulatedSwing, motion: Motion) -> Kinematics:
    """The motion around the simulated swing as kinematics, sampled at the simulation's own steps."""
    step = swing.time_s[1] - swing.time_s[0]
    extra = int(np.ceil(_MARGIN_S / step))
    time_s = swing.time_s[0] + step * np.arange(-extra, len(swing.time_s) + extra)
    return kinematics_of(model.coordinate_names, time_s, motion(time_s))


def known_sources(swing: SimulatedSwing, dynamics: Dynamics) -> Sources:
    """Active and passive force of every muscle as sources of the knee's motion, and what they leave of the moments."""
    legs = prepare_muscles(dynamics)
    tension = {"active": swing.active_force_n, "passive": swing.passive_force_n}
    on_grid = {kind: interpolate(dynamics.time_s, swing.time_s, force) for kind, force in tension.items()}
    pulls = [dynamics.at_released(force[..., None] * legs.moment_arm_m) for force in on_grid.values()]
    known = Sources(
        names=tuple(f"{name}|{kind}" for kind in tension for name in legs.names),
        groups=tuple(f"{group}|{kind}" for kind in tension for group in legs.groups),
        force=np.swapaxes(np.concatenate(pulls, axis=-2), -1, -2),
    )
    left = dynamics.at_released(dynamics.released_moment) - known.force.sum(axis=-1)
    return known.and_then(unexplained(left))
