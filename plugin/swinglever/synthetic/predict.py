"""Would the leg fold by itself? The passive fold by pace, leg length, foot mass and stride rate (claim 10).

The mean runner in the plane is scaled, made to run as its norms say, and its swing is replayed with every knee moment
taken away: pelvis as it moved, hip and ankle moments as they were. What folds the knee then is momentum.
"""

from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.causes.replay import moment_cases, replay
from swinglever.dynamics.limb import Dynamics, compute_dynamics
from swinglever.engines.planar import PlanarBody, Segment
from swinglever.errors import InputError
from swinglever.motion.kinematics import kinematics_of
from swinglever.motion.leg_swings import line_up
from swinglever.motion.swings import SwingEvents
from swinglever.records.ablation import Ablation
from swinglever.records.kinematics import Kinematics
from swinglever.synthetic.planar_runner import ANKLE_HEIGHT_M, mean_stride, planar_runner, running_coordinates
from swinglever.synthetic.unrecorded import inputs_of_a_motion

HEIGHTS = ("calf", "knee", "buttock")
"""What the heel may reach, from low to high: the middle of the standing leg's shank, its knee, and the buttock, which
stops the knee at 160 degrees."""

SLOWEST_M_S, FASTEST_M_S = 1.5, 6.0
"""Paces that can be asked for."""
NORMS_M_S = (2.5, 4.5)
"""Paces from which to which the norms reach; beyond them they are drawn on straight."""


def is_beyond_norms(speed_m_s: float) -> bool:
    """Whether a pace lies outside the norms, so that what is said of it is extrapolated."""
    return not NORMS_M_S[0] <= speed_m_s <= NORMS_M_S[1]


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """A passive swing.

    Parameters
    ----------
    speed_m_s
        Pace.
    leg_length, foot_mass, stride_rate
        As shares of the mean runner's.
    peak_flexion_deg
        As the norms have it, all moments at work.
    passive_flexion_deg
        Highest flexion without any knee moment.
    passive_heel_m
        Height of the heel over the ground at its highest in the passive swing, until the passive peak.
    heights_m
        Heights of calf and knee of the standing leg.
    extrapolated
        Whether the pace lies outside the norms.
    stopped
        Whether the heel met the buttock: the knee ran into its stop.
    """

    speed_m_s: float
    leg_length: float
    foot_mass: float
    stride_rate: float
    peak_flexion_deg: float
    passive_flexion_deg: float
    passive_heel_m: float
    heights_m: tuple[float, float]
    extrapolated: bool
    stopped: bool

    @property
    def reaches(self) -> str:
        """Highest of `HEIGHTS` that the heel of the passive swing reaches; ``ground`` where it reaches none."""
        if self.stopped:
            return "buttock"
        reached = [name for name, height in zip(HEIGHTS, self.heights_m, strict=False) if self.passive_heel_m >= height]
        return reached[-1] if reached else "ground"


def predict(
    speed_m_s: float, *, leg_length: float = 1.0, foot_mass: float = 1.0, stride_rate: float = 1.0
) -> Prediction:
    """Predict the passive swing of the mean runner.

    Parameters
    ----------
    speed_m_s
        Pace, 1.5 to 6 m/s.
    leg_length
        Share of the mean runner's: lengths and the pelvis's path grow with it, inertias with its square, masses stay.
    foot_mass
        Share of the mean runner's: shoes.
    stride_rate
        Share of the mean runner's at that pace: the same joint angles in less time.

    Raises
    ------
    InputError
        When a value is out of range.
    """
    if not SLOWEST_M_S <= speed_m_s <= FASTEST_M_S:
        raise InputError(f"expected a pace of {SLOWEST_M_S} to {FASTEST_M_S} m/s, got {speed_m_s}")
    for name, share in (("leg length", leg_length), ("foot mass", foot_mass), ("stride rate", stride_rate)):
        if not 0.25 <= share <= 4.0:
            raise InputError(f"expected {name} as a share of 0.25 to 4 of the mean runner's, got {share}")
    body = _scaled(leg_length, foot_mass)
    model = planar_runner(body)
    stance, stride_s = mean_stride(speed_m_s)
    stride_s /= stride_rate
    kinematics = _kinematics(model, speed_m_s, stride_s, leg_length)
    swing = _swing(stride_s * (1.0 + stance), stride_s * 2.0)
    (swings,) = line_up(inputs_of_a_motion(model), kinematics, [swing])
    dynamics = compute_dynamics(swings)
    (cases,) = replay(dynamics, {"passive": moment_cases(dynamics)["no_knee_muscles"]}).records()
    passive = cases["passive"]
    return Prediction(
        speed_m_s=speed_m_s,
        leg_length=leg_length,
        foot_mass=foot_mass,
        stride_rate=stride_rate,
        peak_flexion_deg=float(np.degrees(dynamics.knee_flexion_rad.max())),
        passive_flexion_deg=float(np.degrees(passive.peak_flexion_rad)),
        passive_heel_m=_heel_height(dynamics, passive),
        heights_m=_heights(body),
        extrapolated=is_beyond_norms(speed_m_s),
        stopped="knee_angle_r" in passive.stopped_by,
    )


def first_speeds(*, leg_length: float = 1.0, foot_mass: float = 1.0, stride_rate: float = 1.0) -> dict[str, float]:
    """Slowest pace, m/s, at which the heel of the passive swing reaches calf, knee and buttock; to 0.02 m/s.

    The slowest pace that can be asked for where it reaches that height there; nan where it never does.
    """
    shares = {"leg_length": leg_length, "foot_mass": foot_mass, "stride_rate": stride_rate}
    return {name: _first_speed(level, shares) for level, name in enumerate(HEIGHTS)}


def _first_speed(level: int, shares: dict[str, float]) -> float:
    def reached(speed_m_s: float) -> bool:
        found = predict(speed_m_s, **shares).reaches
        return found in HEIGHTS[level:]

    slow, fast = SLOWEST_M_S, FASTEST_M_S
    if reached(slow):
        return slow
    if not reached(fast):
        return float("nan")
    while fast - slow > 0.02:
        middle = 0.5 * (slow + fast)
        slow, fast = (slow, middle) if reached(middle) else (middle, fast)
    return fast


def _scaled(leg_length: float, foot_mass: float) -> PlanarBody:
    body = PlanarBody()

    def longer(segment: Segment, mass: float = 1.0) -> Segment:
        return Segment(
            mass_kg=mass * segment.mass_kg,
            length_m=leg_length * segment.length_m,
            centre_m=leg_length * segment.centre_m,
            inertia_kg_m2=mass * leg_length**2 * segment.inertia_kg_m2,
        )

    return PlanarBody(thigh=longer(body.thigh), shank=longer(body.shank), foot=longer(body.foot, foot_mass))


def _kinematics(model: Model, speed_m_s: float, stride_s: float, leg_length: float) -> Kinematics:
    phase, q = running_coordinates(speed_m_s, n_strides=3, rate_hz=200.0, stride_s=1.0)
    q[:, :2] *= leg_length
    time_s = phase * stride_s
    return kinematics_of(model.coordinate_names, time_s, q)


def _swing(toe_off_s: float, foot_strike_s: float) -> SwingEvents:
    return SwingEvents(
        side="r",
        number=1,
        toe_off_s=toe_off_s,
        thigh_reversal_s=np.nan,
        peak_flexion_s=np.nan,
        pass_s=np.nan,
        foot_strike_s=foot_strike_s,
        event_source="norms",
    )


def _heel_height(dynamics: Dynamics, passive: Ablation) -> float:
    """Highest the heel of the one swing comes over the standing leg's, m, until the passive peak."""
    limb, model = dynamics.limb, dynamics.swings.inputs.model
    q = dynamics.q[0].copy()
    q[:, [limb.model.coordinate(name) for name in passive.coordinate_names]] = passive.q
    heel = limb.model.place(q).body_position[:, limb.leg.foot, 1]
    other = model.legs["l"]
    standing = model.place(dynamics.swings.q[0]).body_position[:, [other.foot, other.toes], 1]
    return float(heel[: _last(passive) + 1].max() - standing.min())


def _last(passive: Ablation) -> int:
    """Sample of the passive peak."""
    return int(np.argmin(np.abs(passive.knee_flexion_rad - passive.peak_flexion_rad)))


def _heights(body: PlanarBody) -> tuple[float, float]:
    return ANKLE_HEIGHT_M + 0.5 * body.shank.length_m, ANKLE_HEIGHT_M + body.shank.length_m
