"""Muscles: elastic recoil of the hip flexors, what the hamstrings do and what it costs, the drive. Claims 6, 7, 8, 11.

All of these need muscle forces; without them each is nan, with that as its reason.
"""

from typing import TYPE_CHECKING

import numpy as np

from swinglever.arrays import Array, Bools
from swinglever.errors import UndefinedError
from swinglever.metrics.base import metric
from swinglever.metrics.reading import folding, in_group, instant, integral, motion_of, muscles_of, percent

if TYPE_CHECKING:
    from swinglever.records.report import Swing

_ELASTIC = (
    "definition after Alexander 2002, Comp Biochem Physiol A 133: 1001-1011; no published value for running found"
)
_SCHACHE = "Schache et al. 2012, Med Sci Sports Exerc 44: 647-658"
_CHUMANOV = "Chumanov et al. 2011, Med Sci Sports Exerc 43: 525-532"
_MARGARIA = "Margaria 1968, Int Z angew Physiol 25: 339-351: efficiencies 0.25 shortening, 1.20 lengthening"

SHORTENING_EFFICIENCY, LENGTHENING_EFFICIENCY = 0.25, 1.20


def group_power_w(swing: "Swing", group: str) -> Array:
    """Power (K) that a group gives to the skeleton, W; positive while its muscles shorten, each counted apart."""
    return np.asarray(muscles_of(swing).power_w[:, in_group(swing, group)])


def elastic_energy_j(swing: "Swing", group: str) -> Array:
    """Energy (K) stored in passive fibres and tendons of a group, J.

    A fibre whose passive force was left out of the solution stores nothing either.
    """
    muscles, columns = muscles_of(swing), in_group(swing, group)
    pulls = muscles.passive_force_n[:, columns] > 0
    stored = np.where(pulls, muscles.passive_fibre_energy_j[:, columns], 0.0) + muscles.tendon_energy_j[:, columns]
    if not np.isfinite(stored).all():
        raise UndefinedError("the muscle forces come without elastic energies")
    return np.asarray(stored.sum(axis=1))


def _returned_j(swing: "Swing") -> float:
    stored = elastic_energy_j(swing, "hip_flexors")
    peak = int(np.argmax(np.where(folding(swing), stored, -np.inf)))
    return float(stored[peak] - stored[peak:].min())


def _unfolding(swing: "Swing") -> Bools:
    return ~folding(swing)


@metric(
    unit="J",
    citation=_ELASTIC,
    claim=6,
    meaning="How much energy the stretched hip flexors hold like an elastic band, at most, while the leg folds.",
)
def hip_flexor_elastic_energy_peak(swing: "Swing") -> float:
    """Greatest energy in passive fibres and tendons of the hip flexors between toe-off and peak flexion."""
    return float(elastic_energy_j(swing, "hip_flexors")[folding(swing)].max())


@metric(
    unit="J",
    citation=_ELASTIC,
    claim=6,
    meaning="How much of that energy the hip flexors give back as the thigh comes forward.",
)
def hip_flexor_elastic_energy_returned(swing: "Swing") -> float:
    """Fall of the hip flexors' elastic energy from its greatest during folding to its least afterwards."""
    return _returned_j(swing)


@metric(
    unit="%",
    citation=_ELASTIC,
    claim=6,
    meaning="How much of what the hip flexors do comes from recoil rather than from contracting.",
)
def hip_flexor_elastic_share(swing: "Swing") -> float:
    """Elastic energy returned by the hip flexors, in percent of their positive work in the swing."""
    work = integral(swing, np.maximum(group_power_w(swing, "hip_flexors"), 0.0).sum(axis=1))
    if work < 0.1:
        raise UndefinedError("the hip flexors do less than 0.1 J of positive work")
    return 100.0 * _returned_j(swing) / work


@metric(
    unit="J",
    citation=_CHUMANOV,
    claim=8,
    meaning="How much the hamstrings pull while shortening as the leg folds: the pull that the article warns of.",
)
def hamstring_positive_work_folding(swing: "Swing") -> float:
    """Work of the hamstrings while they shorten, from toe-off to peak flexion; muscle by muscle."""
    power = np.maximum(group_power_w(swing, "hamstrings"), 0.0).sum(axis=1)
    return integral(swing, power, folding(swing))


@metric(
    unit="J",
    citation=_CHUMANOV,
    claim=7,
    meaning="How much the hamstrings brake while being stretched as the leg unfolds: their proper job; below 0.",
)
def hamstring_negative_work_unfolding(swing: "Swing") -> float:
    """Work of the hamstrings while they lengthen, from peak flexion to foot strike; muscle by muscle."""
    power = np.minimum(group_power_w(swing, "hamstrings"), 0.0).sum(axis=1)
    return integral(swing, power, _unfolding(swing))


@metric(
    unit="N s",
    citation=_SCHACHE,
    claim=8,
    meaning="How hard and how long the hamstrings pull while the leg folds.",
)
def hamstring_impulse_folding(swing: "Swing") -> float:
    """Integral of the hamstrings' summed force over time, from toe-off to peak flexion."""
    return integral(swing, _force(swing), folding(swing))


@metric(
    unit="N s",
    citation=_SCHACHE,
    claim=7,
    meaning="How hard and how long the hamstrings pull while the leg unfolds.",
)
def hamstring_impulse_unfolding(swing: "Swing") -> float:
    """Integral of the hamstrings' summed force over time, from peak flexion to foot strike."""
    return integral(swing, _force(swing), _unfolding(swing))


@metric(unit="N", citation=_SCHACHE, claim=7, meaning="The hamstrings' greatest pull in the swing.")
def hamstring_force_peak(swing: "Swing") -> float:
    """Greatest summed force of the hamstrings."""
    return float(_force(swing).max())


@metric(unit="N", citation=_SCHACHE, claim=8, meaning="The hamstrings' greatest pull while the leg folds.")
def hamstring_force_peak_folding(swing: "Swing") -> float:
    """Greatest summed force of the hamstrings from toe-off to peak flexion."""
    return float(_force(swing)[folding(swing)].max())


@metric(
    unit="%",
    citation=_SCHACHE,
    claim=7,
    meaning="When the hamstrings pull hardest: late means braking, early means pulling the heel up.",
)
def hamstring_force_peak_percent(swing: "Swing") -> float:
    """Time of the hamstrings' greatest summed force, in percent of the swing."""
    return percent(swing, float(swing.time_s[int(np.argmax(_force(swing)))]))


@metric(
    unit="W",
    citation=_MARGARIA,
    claim=8,
    meaning="What the hamstrings burn while the leg folds, as a mean power.",
)
def hamstring_metabolic_rate_folding(swing: "Swing") -> float:
    """Metabolic power of the hamstrings from toe-off to peak flexion: fibre work over Margaria's efficiencies.

    Isometric force costs nothing in this model, so the rate is a lower bound.
    """
    muscles, columns = muscles_of(swing), in_group(swing, "hamstrings")
    power = -muscles.active_force_n[:, columns] * muscles.fibre_velocity_m_s[:, columns]
    burnt = np.where(power > 0, power / SHORTENING_EFFICIENCY, -power / LENGTHENING_EFFICIENCY).sum(axis=1)
    return integral(swing, burnt, folding(swing)) / (instant(swing, "peak_flexion_s") - swing.toe_off_s)


def _force(swing: "Swing") -> Array:
    return np.asarray(muscles_of(swing).force_n[:, in_group(swing, "hamstrings")].sum(axis=1))


@metric(
    unit="deg",
    citation="Fukuchi et al. 2017, PeerJ 5: e3298",
    claim=11,
    meaning="How far the thigh moves between its furthest back and its furthest forward.",
)
def hip_flexion_range(swing: "Swing") -> float:
    """Range of hip flexion within the swing."""
    return float(np.degrees(np.ptp(swing.hip_flexion_rad)))


@metric(
    unit="deg",
    citation="Fukuchi et al. 2017, PeerJ 5: e3298",
    claim=11,
    meaning="How far back the hip goes after the toes leave the ground.",
)
def hip_extension_peak(swing: "Swing") -> float:
    """Greatest hip extension within the swing."""
    return float(-np.degrees(swing.hip_flexion_rad.min()))


@metric(
    unit="deg/s",
    citation="Dorn et al. 2012, J Exp Biol 215: 1944-1956",
    claim=11,
    meaning="How fast the thigh is driven back again before the foot comes down.",
)
def hip_extension_speed_peak(swing: "Swing") -> float:
    """Greatest hip extension velocity within the swing."""
    return float(-np.degrees(np.gradient(swing.hip_flexion_rad, swing.time_s, edge_order=2).min()))


@metric(
    unit="J",
    citation="Dorn et al. 2012, J Exp Biol 215: 1944-1956",
    claim=11,
    meaning="How much the buttock muscle pulls the thigh back within the swing.",
)
def gluteus_maximus_positive_work(swing: "Swing") -> float:
    """Work of the gluteus maximus while it shortens, toe-off to foot strike; part by part."""
    muscles = muscles_of(swing)
    columns = [
        k for k, name in enumerate(muscles.names) if name.lower().startswith(("glmax", "glut_max", "gluteus_max"))
    ]
    if not columns:
        raise UndefinedError("the model has no gluteus maximus")
    return integral(swing, np.maximum(muscles.power_w[:, columns], 0.0).sum(axis=1))


@metric(
    unit="deg",
    citation="no published source was found for a limit; the range is defined here",
    claim=12,
    meaning="How far the pelvis turns about the vertical during the swing.",
)
def pelvis_rotation_range(swing: "Swing") -> float:
    """Range of the pelvis's heading (turn about the vertical) within the swing."""
    motion = motion_of(swing)
    facing = motion.rotation[:, motion.of("pelvis")[0], :, 0]
    heading = np.unwrap(np.arctan2(facing @ motion.lateral, facing @ motion.forward))
    return float(np.degrees(np.ptp(heading)))


METRICS = (
    hip_flexor_elastic_energy_peak,
    hip_flexor_elastic_energy_returned,
    hip_flexor_elastic_share,
    hamstring_positive_work_folding,
    hamstring_negative_work_unfolding,
    hamstring_impulse_folding,
    hamstring_impulse_unfolding,
    hamstring_force_peak,
    hamstring_force_peak_folding,
    hamstring_force_peak_percent,
    hamstring_metabolic_rate_folding,
    hip_flexion_range,
    hip_extension_peak,
    hip_extension_speed_peak,
    gluteus_maximus_positive_work,
    pelvis_rotation_range,
)
