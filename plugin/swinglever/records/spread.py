"""How far off each input of an analysis may be: one documented table, for the bands around its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from swinglever.errors import InputError, named
from swinglever.records.event_errors import MEASURED_SD_S


@dataclass(frozen=True, kw_only=True)
class InputSpread:
    """How far off each input may be: standard deviations, unless told otherwise.

    Parameters
    ----------
    marker_noise_m
        Each coordinate of each marker in each frame. 0.5 mm (Merriaux et al. 2017, *Sensors* 17:1591: under 2 mm for
        markers that move).
    soft_tissue_thigh_m, soft_tissue_shank_m, soft_tissue_foot_m, soft_tissue_trunk_m
        Movement of markers over the bone, below 4 Hz, three quarters of it common to the segment. 6, 4, 3 and 4 mm an
        axis (Andersen et al. 2012: largest residuals of 16 to 27 mm at the thigh, 15 to 24 mm at the shank; Tranberg &
        Karlsson 1998, *Clin. Biomech.* 13:71: 2 to 4 mm at the foot); running pelvis and trunk: assumed.
    misplacement_m
        A marker's place on its segment, the same all along the trial. 4.5 mm an axis: one examiner's repeated palpation
        scatters by 8 mm (1993, *Int. J. Ind. Ergon.* 11:145).
    coordinate_rad
        Instead of the three above where the trial has coordinates: smooth error of every turning joint, 1 degree
        (Myers et al. 2015, *Ann. Biomed. Eng.* 43:1098: bounds of 2.7 to 6.4 degrees around walking joint angles).
    filter_share
        Cut-off of the filter, log-uniform: up to a quarter up or a fifth down, so 9.6 to 15 Hz of 12.
    segment_mass_share
        Mass of each segment, both sides alike, before the whole body's is restored. 10 % (Rossi et al. 2013, *J. Sports
        Sci. Med.* 12:761: five methods are off by more than that in one segment at least).
    segment_centre_share
        Distance of a segment's centre of mass from its joint. 7 %, which is 3 % of the segment's length; assumed.
    gyration_share
        A segment's radii of gyration. 6 %, so 12 % of its inertia at equal mass; assumed.
    strength_share
        Strength of all muscles together, and of each on its own. 18 % each, a quarter together; assumed, as between
        bodies the volume of a muscle scatters by 36 % (Montefiori et al. 2020, *PLoS ONE* 15:e0242973).
    moment_arm_share
        Moment arm of each muscle about each coordinate. 10 %: between bodies, 5 % at the Achilles tendon (Manal et al.
        2013, *Physiol. Rep.* 1), and at the hip about what a centre misplaced by 13 mm makes (Fiorentino et al.,
        *Ann. Biomed. Eng.*, doi:10.1007/s10439-015-1522-1).
    emg_time_s
        EMG against the markers, all channels alike: delays of the hardware and between muscle and tendon. 10 ms;
        assumed.
    emg_slack_s
        How long a muscle's force outlasts its EMG, all channels alike: 30 to 100 ms, and up to 200 until nothing is
        left (``models/emg_timing.toml``). 20 ms.
    load_sharing
        How far off the hamstrings' part may be, as net moments leave it open: 1 for as far as in simulated swings
        (`docs/validity.md`), 0 for not at all. One draw for all swings.
    toe_off_force_s, toe_off_kinematics_s
        Time of toe-off where it comes from ground force, 3 ms (assumed), and where it comes from the foot's motion,
        6 ms (measured on three runners at 2.5 to 4.5 m/s: `records.event_errors`).
    """

    marker_noise_m: float = 0.0005
    soft_tissue_thigh_m: float = 0.006
    soft_tissue_shank_m: float = 0.004
    soft_tissue_foot_m: float = 0.003
    soft_tissue_trunk_m: float = 0.004
    misplacement_m: float = 0.0045
    coordinate_rad: float = 0.0175
    filter_share: float = 0.25
    segment_mass_share: float = 0.10
    segment_centre_share: float = 0.07
    gyration_share: float = 0.06
    strength_share: float = 0.18
    moment_arm_share: float = 0.10
    emg_time_s: float = 0.010
    emg_slack_s: float = 0.020
    load_sharing: float = 1.0
    toe_off_force_s: float = 0.003
    toe_off_kinematics_s: float = MEASURED_SD_S

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            known = isinstance(value, (int, float)) and not isinstance(value, bool)
            if field.name == "load_sharing":
                good, expected = known and 0 <= value <= 1, "from 0 to 1"
            else:
                good, expected = known and 0 <= value < 1, "from 0 up and below 1"
            if not good:
                raise InputError(f"sizes.{field.name}: expected a number {expected}, got {value!r}")

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Self:
        """Make sizes of a table of names and values.

        Raises
        ------
        InputError
            When there is no size of that name.
        """
        known = [field.name for field in fields(cls)]
        unknown = sorted(set(table) - set(known))
        if unknown:
            raise InputError(f"there is no size {unknown[0]!r}; there are {named(known, 99)}")
        return cls(**table)
