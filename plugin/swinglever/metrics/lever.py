"""The lever: how short the leg gets, as a pendulum about the hip and as the height of the heel. Claims 1 to 3."""

from typing import TYPE_CHECKING

import numpy as np

from swinglever.arrays import Array
from swinglever.errors import UndefinedError
from swinglever.metrics.base import metric
from swinglever.metrics.reading import at, motion_of
from swinglever.records.segments import SwingMotion, inertia_about

if TYPE_CHECKING:
    from swinglever.records.report import Swing

_PENDULUM = "Compound pendulum: Huygens 1673; any mechanics text, as Winter 2009, Biomechanics of Human Movement, 4.1"
_PARALLEL_AXES = "sum over segments by parallel axes: Winter 2009, Biomechanics of Human Movement, 4.1"
_OWN = "no published definition; defined here"

SITTING_BONE_BACK, SITTING_BONE_DOWN = 0.050, 0.042
"""Where the hamstrings spring from the sitting bone, behind and below the hip centre, as shares of the leg's length
(hip to knee to heel): 42 mm, 36 mm and 0.850 m in the generic model of Rajagopal et al. 2016, IEEE Trans Biomed Eng 63:
2068-2079 (semimembranosus)."""


def leg_length_m(motion: SwingMotion) -> float:
    """Length of the leg: hip to knee and knee to heel, mean over the swing."""
    thigh = np.linalg.norm(motion.knee_m - motion.hip_m, axis=1)
    shank = np.linalg.norm(motion.heel_m - motion.knee_m, axis=1)
    return float(np.mean(thigh + shank))


def lever_curves(motion: SwingMotion) -> dict[str, Array]:
    """Curves (K) of the lever, by name.

    Notes
    -----
    The leg is the rigid pendulum that it would be if frozen at that instant: I its moment of inertia about the lateral
    axis through the hip, m its mass, r the distance of its centre of mass from that axis. Radius of gyration
    sqrt(I / m); length of the simple pendulum of the same period I / (m r); period of small swings
    2 pi sqrt(I / (m g r)).
    """
    legs = motion.of("thigh", "shank", "foot")
    mass = motion.mass_kg[legs]
    total = float(mass.sum())
    inertia = inertia_about(mass, motion.centre_m[:, legs], motion.inertia_kg_m2[:, legs], motion.hip_m, motion.lateral)
    away = (mass[:, None] * motion.centre_m[:, legs]).sum(axis=1) / total - motion.hip_m
    reach = np.sqrt((away**2).sum(axis=1) - (away @ motion.lateral) ** 2)
    hip_heel = np.linalg.norm(motion.heel_m - motion.hip_m, axis=1)
    return {
        "hip_heel_distance_m": hip_heel,
        "hip_heel_share": hip_heel / leg_length_m(motion),
        "heel_buttock_distance_m": np.linalg.norm(motion.heel_m - _sitting_bone(motion), axis=1),
        "heel_height_m": motion.heel_m @ motion.up - _ground_height(motion),
        "leg_inertia_kg_m2": inertia,
        "straight_leg_inertia_kg_m2": motion.straight_inertia_kg_m2,
        "radius_of_gyration_m": np.sqrt(inertia / total),
        "pendulum_length_m": inertia / (total * reach),
        "pendulum_period_s": 2.0 * np.pi * np.sqrt(inertia / (total * motion.gravity_m_s2 * reach)),
    }


def _sitting_bone(motion: SwingMotion) -> Array:
    """(K,3) where the hamstrings spring from the pelvis."""
    turn = motion.rotation[:, motion.of("pelvis")[0]]
    length = leg_length_m(motion)
    offset = np.array([-SITTING_BONE_BACK * length, -SITTING_BONE_DOWN * length, 0.0])
    return np.asarray(motion.hip_m + turn @ offset)


def _ground_height(motion: SwingMotion) -> float:
    """Height at which the other foot stands; without another leg, the lowest that this one comes."""
    feet = np.concatenate([motion.stance_heel_m, motion.stance_toes_m]) @ motion.up
    if not np.isfinite(feet).all():
        feet = np.concatenate([motion.heel_m, motion.toes_m]) @ motion.up
    return float(feet.min())


def _curve(swing: "Swing", name: str) -> Array:
    if name not in swing.lever:
        raise UndefinedError("no segment motion in this result")
    return swing.lever[name]


@metric(
    unit="1",
    citation=_PARALLEL_AXES,
    claim=1,
    meaning="How much lighter the leg is to swing when folded most: 0.5 means half the resistance of toe-off.",
)
def leg_inertia_minimum_over_maximum(swing: "Swing") -> float:
    """Smallest over largest moment of inertia of the leg about the lateral axis through the hip, within the swing."""
    inertia = _curve(swing, "leg_inertia_kg_m2")
    return float(inertia.min() / inertia.max())


@metric(
    unit="1",
    citation=_PARALLEL_AXES,
    claim=1,
    meaning="How much lighter the leg is to swing at its most folded than it was when the toes left the ground.",
)
def leg_inertia_minimum_over_toe_off(swing: "Swing") -> float:
    """Smallest moment of inertia of the leg about the hip over that at toe-off."""
    inertia = _curve(swing, "leg_inertia_kg_m2")
    return float(inertia.min() / inertia[0])


@metric(
    unit="1",
    citation=_PARALLEL_AXES,
    claim=1,
    meaning="How much lighter the leg is to swing at its most folded than a leg with a straight knee would be.",
)
def leg_inertia_minimum_over_straight(swing: "Swing") -> float:
    """Smallest ratio of the leg's moment of inertia about the hip to that with a straight knee at the same instant."""
    return float((_curve(swing, "leg_inertia_kg_m2") / _curve(swing, "straight_leg_inertia_kg_m2")).min())


@metric(
    unit="kg m2",
    citation=_PARALLEL_AXES,
    claim=1,
    meaning="How hard the leg is to swing when it is folded most; smaller is easier.",
)
def leg_inertia_minimum(swing: "Swing") -> float:
    """Smallest moment of inertia of the leg about the lateral axis through the hip."""
    return float(_curve(swing, "leg_inertia_kg_m2").min())


@metric(
    unit="m",
    citation=_PENDULUM,
    claim=1,
    meaning="How far from the hip the leg's mass sits when the leg is folded most.",
)
def radius_of_gyration_minimum(swing: "Swing") -> float:
    """Smallest radius of gyration of the leg about the hip."""
    return float(_curve(swing, "radius_of_gyration_m").min())


@metric(
    unit="m",
    citation=_PENDULUM,
    claim=1,
    meaning="Length of the plain pendulum that would swing as fast as the leg does when it swings fastest.",
)
def pendulum_length_minimum(swing: "Swing") -> float:
    """Smallest length of the simple pendulum with the period of the leg, I / (m r)."""
    return float(_curve(swing, "pendulum_length_m").min())


@metric(
    unit="s",
    citation=_PENDULUM,
    claim=1,
    meaning="How long a full to-and-fro swing of the folded leg would take if it just hung from the hip.",
)
def pendulum_period_minimum(swing: "Swing") -> float:
    """Shortest period of the leg as a frozen pendulum about the hip, small swings."""
    return float(_curve(swing, "pendulum_period_s").min())


@metric(
    unit="s",
    citation=_PENDULUM,
    claim=1,
    meaning="The same for the leg as it left the ground: the difference is what folding buys.",
)
def pendulum_period_at_toe_off(swing: "Swing") -> float:
    """Period of the leg as a frozen pendulum about the hip at toe-off, small swings."""
    return float(_curve(swing, "pendulum_period_s")[0])


@metric(
    unit="1",
    citation=_OWN,
    claim=2,
    meaning="How short the leg gets: 0.5 means that the heel comes within half a leg's length of the hip.",
)
def hip_heel_share_minimum(swing: "Swing") -> float:
    """Smallest distance from hip centre to heel, over the leg's length (hip to knee and knee to heel)."""
    return float(_curve(swing, "hip_heel_share").min())


@metric(
    unit="1",
    citation=_OWN,
    claim=2,
    meaning="How short the leg is as the foot passes under the body.",
)
def hip_heel_share_at_pass(swing: "Swing") -> float:
    """Distance from hip centre to heel over the leg's length, when the ankle passes under the hip."""
    return at(swing, "pass_s", _curve(swing, "hip_heel_share"))


@metric(
    unit="m",
    citation=_OWN + "; sitting bone from Rajagopal et al. 2016, scaled to the leg",
    claim=2,
    meaning="How near the heel comes to the sitting bone; the buttock's flesh lies between.",
)
def heel_buttock_distance_minimum(swing: "Swing") -> float:
    """Smallest distance from heel to sitting bone."""
    return float(_curve(swing, "heel_buttock_distance_m").min())


@metric(
    unit="m",
    citation=_OWN,
    claim=3,
    meaning="How high the heel is as the foot passes under the body.",
)
def heel_height_at_pass(swing: "Swing") -> float:
    """Height of the heel above the lowest point of the other foot, when the ankle passes under the hip."""
    return at(swing, "pass_s", _curve(swing, "heel_height_m"))


@metric(
    unit="m",
    citation=_OWN,
    claim=3,
    meaning="How high the heel gets at all.",
)
def heel_height_maximum(swing: "Swing") -> float:
    """Greatest height of the heel above the lowest point of the other foot."""
    return float(_curve(swing, "heel_height_m").max())


@metric(
    unit="1",
    citation=_OWN,
    claim=3,
    meaning="What the heel passes at the height of: 0 the ground, 1 the other leg's calf, 2 its knee, 3 the buttock.",
)
def heel_height_class_at_pass(swing: "Swing") -> float:
    """Which height of the other leg is nearest to the heel's as it passes: ground, mid-calf, knee or hip (0 to 3)."""
    motion = motion_of(swing)
    up = motion.up
    heights = [at(swing, "pass_s", p @ up) for p in (motion.stance_ankle_m, motion.stance_knee_m, motion.stance_hip_m)]
    if not np.isfinite(heights).all():
        raise UndefinedError("the model has no other leg to compare with")
    ankle, knee, hip = heights
    ground = _ground_height(motion)
    marks = np.array([ground, 0.5 * (ankle + knee), knee, hip])
    heel = at(swing, "pass_s", motion.heel_m @ up)
    return float(np.argmin(np.abs(marks - heel)))


METRICS = (
    leg_inertia_minimum,
    leg_inertia_minimum_over_maximum,
    leg_inertia_minimum_over_toe_off,
    leg_inertia_minimum_over_straight,
    radius_of_gyration_minimum,
    pendulum_length_minimum,
    pendulum_period_minimum,
    pendulum_period_at_toe_off,
    hip_heel_share_minimum,
    hip_heel_share_at_pass,
    heel_buttock_distance_minimum,
    heel_height_at_pass,
    heel_height_maximum,
    heel_height_class_at_pass,
)
