"""The chain: how energy reaches the shank, through the knee's joint force and through moments. Claims 4 and 5."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from swinglever.arrays import Array
from swinglever.errors import UndefinedError
from swinglever.metrics.base import metric
from swinglever.metrics.reading import at, folding, integral, motion_of
from swinglever.records.folding import half_fold
from swinglever.records.segments import SwingMotion

if TYPE_CHECKING:
    from swinglever.records.report import Swing

_POWER = "Robertson & Winter 1980, J Biomech 13: 845-854"
_KINETIC_CHAIN = "Putnam 1993, J Biomech 26 Suppl 1: 125-135"


@dataclass(frozen=True, kw_only=True)
class ShankPower:
    """Power that enters the shank, W, (K) each; together they are the rate of its kinetic energy.

    ``knee_force`` and ``knee_moment`` come from the thigh side, with everything that bridges the knee (bone contact,
    ligaments, muscles) reduced to a force at the knee's centre and a moment; ``ankle_force`` and ``ankle_moment`` from
    the foot; ``gravity`` is the weight's.
    """

    knee_force_w: Array
    knee_moment_w: Array
    ankle_force_w: Array
    ankle_moment_w: Array
    gravity_w: Array

    @property
    def total_w(self) -> Array:
        """(K) their sum."""
        return np.asarray(
            self.knee_force_w + self.knee_moment_w + self.ankle_force_w + self.ankle_moment_w + self.gravity_w
        )


def kinetic_energy_j(motion: SwingMotion, *parts: str) -> Array:
    """Kinetic energy (K) of some parts of the body."""
    chosen = motion.of(*parts)
    velocity, spin = motion.velocity_m_s[:, chosen], motion.angular_velocity_rad_s[:, chosen]
    moving = 0.5 * motion.mass_kg[chosen] * (velocity**2).sum(-1)
    turning = 0.5 * np.einsum("kbi,kbij,kbj->kb", spin, motion.inertia_kg_m2[:, chosen], spin)
    return np.asarray((moving + turning).sum(axis=1))


def shank_power(motion: SwingMotion) -> ShankPower:
    """Split the power that enters the shank, by Newton and Euler from the foot upwards."""
    foot_force, foot_moment = _needed(motion, "foot", motion.ankle_m)
    foot_force = foot_force - motion.foot_force_n
    foot_moment = foot_moment - motion.foot_moment_nm + np.cross(motion.ankle_m, motion.foot_force_n)
    shank_force, shank_moment = _needed(motion, "shank", motion.knee_m)
    knee_force = shank_force + foot_force
    knee_moment = shank_moment + foot_moment + np.cross(motion.ankle_m - motion.knee_m, foot_force)
    spin = motion.angular_velocity_rad_s[:, motion.of("shank")[0]]
    weight = -motion.mass_kg[motion.of("shank")] * motion.gravity_m_s2
    return ShankPower(
        knee_force_w=(knee_force * motion.knee_velocity_m_s).sum(-1),
        knee_moment_w=(knee_moment * spin).sum(-1),
        ankle_force_w=-(foot_force * motion.ankle_velocity_m_s).sum(-1),
        ankle_moment_w=-(foot_moment * spin).sum(-1),
        gravity_w=(motion.velocity_m_s[:, motion.of("shank")] @ motion.up) @ weight,
    )


def _needed(motion: SwingMotion, part: str, point: Array) -> tuple[Array, Array]:
    """Force (K,3) and moment about a point (K,3) that a part needs for its motion, besides gravity."""
    chosen = motion.of(part)
    mass, centre = motion.mass_kg[chosen], motion.centre_m[:, chosen]
    inertia, spin = motion.inertia_kg_m2[:, chosen], motion.angular_velocity_rad_s[:, chosen]
    force = mass[:, None] * (motion.acceleration_m_s2[:, chosen] + motion.gravity_m_s2 * motion.up)
    turning = np.einsum("kbij,kbj->kbi", inertia, motion.angular_acceleration_rad_s2[:, chosen])
    turning = turning + np.cross(spin, np.einsum("kbij,kbj->kbi", inertia, spin))
    return force.sum(axis=1), (turning + np.cross(centre - point[:, None], force)).sum(axis=1)


def _flexion_speed(swing: "Swing") -> Array:
    return np.gradient(swing.knee_flexion_rad, swing.time_s, edge_order=2)


def _fold_before_reversal(swing: "Swing") -> float:
    peak = float(swing.knee_flexion_rad.max())
    start = float(swing.knee_flexion_rad[0])
    if peak - start < np.radians(5.0):
        raise UndefinedError("the knee folds by less than 5 degrees")
    return (at(swing, "thigh_reversal_s", swing.knee_flexion_rad) - start) / (peak - start)


@metric(unit="deg", citation="Fukuchi et al. 2017, PeerJ 5: e3298", meaning="How far the knee bends.")
def peak_knee_flexion(swing: "Swing") -> float:
    """Highest knee flexion of the swing."""
    return swing.peak_flexion_deg


@metric(
    unit="deg/s",
    citation="Anderson et al. 2004, J Biomech 37: 731-737",
    claim=5,
    meaning="How fast the knee was bending already when the toes left the ground; below 0 it was still straightening.",
)
def knee_flexion_speed_at_toe_off(swing: "Swing") -> float:
    """Knee flexion velocity at toe-off."""
    return float(np.degrees(_flexion_speed(swing)[0]))


@metric(
    unit="deg",
    citation=_KINETIC_CHAIN,
    claim=5,
    meaning="How far the knee was bent when the thigh turned to come forward.",
)
def knee_flexion_at_thigh_reversal(swing: "Swing") -> float:
    """Knee flexion at thigh reversal."""
    return float(np.degrees(at(swing, "thigh_reversal_s", swing.knee_flexion_rad)))


@metric(
    unit="deg/s",
    citation=_KINETIC_CHAIN,
    claim=5,
    meaning="How fast the knee was bending when the thigh turned to come forward.",
)
def knee_flexion_speed_at_thigh_reversal(swing: "Swing") -> float:
    """Knee flexion velocity at thigh reversal."""
    return float(np.degrees(at(swing, "thigh_reversal_s", _flexion_speed(swing))))


@metric(
    unit="%",
    citation=_KINETIC_CHAIN,
    claim=5,
    meaning="How much of the fold was done before the thigh turned; the rest happened while the thigh came forward.",
)
def fold_before_thigh_reversal(swing: "Swing") -> float:
    """Flexion gained from toe-off to thigh reversal, in percent of that gained from toe-off to the peak."""
    return 100.0 * _fold_before_reversal(swing)


@metric(
    unit="J",
    citation=_POWER,
    claim=5,
    meaning="Energy that the thigh handed to the shank by pulling at the knee joint while the leg folded: the whip.",
)
def knee_force_work_folding(swing: "Swing") -> float:
    """Work of the knee's joint force on the shank from toe-off to peak flexion."""
    return integral(swing, shank_power(motion_of(swing)).knee_force_w, folding(swing))


@metric(
    unit="J",
    citation=_POWER,
    claim=4,
    meaning="Energy that the knee's muscles gave to the shank (or, below 0, took from it) while the leg folded.",
)
def knee_moment_work_folding(swing: "Swing") -> float:
    """Work of the knee's moment on the shank from toe-off to peak flexion."""
    return integral(swing, shank_power(motion_of(swing)).knee_moment_w, folding(swing))


@metric(
    unit="W",
    citation=_POWER,
    claim=5,
    meaning="How hard the thigh pulls energy into the shank, at most.",
)
def knee_force_power_peak(swing: "Swing") -> float:
    """Greatest power of the knee's joint force into the shank between toe-off and peak flexion."""
    return float(shank_power(motion_of(swing)).knee_force_w[folding(swing)].max())


@metric(
    unit="J",
    citation=_POWER,
    claim=5,
    meaning="How much motion the thigh has at its best while the leg folds.",
)
def thigh_energy_peak_folding(swing: "Swing") -> float:
    """Greatest kinetic energy of the thigh between toe-off and peak flexion."""
    return float(kinetic_energy_j(motion_of(swing), "thigh")[folding(swing)].max())


@metric(
    unit="J",
    citation=_POWER,
    claim=5,
    meaning="How much motion shank and foot have at their best in the swing.",
)
def shank_and_foot_energy_peak(swing: "Swing") -> float:
    """Greatest kinetic energy of shank and foot in the swing."""
    return float(kinetic_energy_j(motion_of(swing), "shank", "foot").max())


@metric(
    unit="N m/kg",
    citation="Winter 1983, J Biomech 16: 91-97; per body mass",
    claim=4,
    meaning="What the knee's muscles do on balance as the fold begins: below 0 they hold the fold back.",
)
def early_knee_moment(swing: "Swing") -> float:
    """Mean net knee moment in the first half of folding over body mass, flexion positive."""
    early = swing.knee_flexion_moment_nm[: half_fold(swing.knee_flexion_rad) + 1]
    return float(np.mean(early) / _body_mass_kg(swing))


@metric(
    unit="N m/kg",
    citation="Winter 1983, J Biomech 16: 91-97; per body mass",
    claim=4,
    meaning="How hard the knee's extensors hold the fold back, at most.",
)
def folding_knee_extensor_moment_peak(swing: "Swing") -> float:
    """Greatest net knee extensor moment from toe-off to peak flexion, over body mass."""
    return float(-swing.knee_flexion_moment_nm[folding(swing)].min() / _body_mass_kg(swing))


@metric(
    unit="N m/kg",
    citation="Schache et al. 2011, Med Sci Sports Exerc 43: 1260-1271; per body mass",
    claim=5,
    meaning="How hard the hip's flexors pull the thigh forward, at most.",
)
def hip_flexor_moment_peak(swing: "Swing") -> float:
    """Greatest net hip flexor moment from toe-off to peak flexion, over body mass."""
    motion = motion_of(swing)
    column = int(np.argmin(np.abs(motion.q - swing.hip_flexion_rad[:, None]).max(axis=0)))
    moment = swing.moments.of(motion.coordinate_names[column])
    return float(moment[folding(swing)].max() / _body_mass_kg(swing))


@metric(
    unit="N m/kg",
    citation="Schache et al. 2012, Med Sci Sports Exerc 44: 647-658; per body mass",
    claim=7,
    meaning="How hard the knee's flexors brake the shank before the foot comes down, at most.",
)
def late_knee_flexor_moment_peak(swing: "Swing") -> float:
    """Greatest net knee flexor moment after peak flexion, over body mass."""
    late = swing.time_s > float(swing.time_s[int(np.argmax(swing.knee_flexion_rad))])
    if not late.any():
        raise UndefinedError("the knee folds until foot strike")
    return float(swing.knee_flexion_moment_nm[late].max() / _body_mass_kg(swing))


def _body_mass_kg(swing: "Swing") -> float:
    return motion_of(swing).body_mass_kg


METRICS = (
    peak_knee_flexion,
    knee_flexion_speed_at_toe_off,
    knee_flexion_at_thigh_reversal,
    knee_flexion_speed_at_thigh_reversal,
    fold_before_thigh_reversal,
    knee_force_work_folding,
    knee_moment_work_folding,
    knee_force_power_peak,
    thigh_energy_peak_folding,
    shank_and_foot_energy_peak,
    early_knee_moment,
    folding_knee_extensor_moment_peak,
    hip_flexor_moment_peak,
    late_knee_flexor_moment_peak,
)
