"""What the stages give and result files hold: frozen records of arrays, with numpy alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from swinglever.arrays import Array, check_shapes, freeze_fields
from swinglever.errors import UnknownNameError

if TYPE_CHECKING:
    from scipy.interpolate import BSpline


@dataclass(frozen=True, kw_only=True)
class Kinematics:
    """How the joints moved.

    Parameters
    ----------
    coordinate_names
        (n) free coordinates, the model's own names and signs.
    time_s
        (T) even.
    q, u, udot
        (T,n) filtered coordinates (rad, m) and their first and second time derivatives.
    marker_rms_m, marker_max_m
        (T) marker error of the inverse kinematics before filtering; nan where there were no markers.
    filter_hz
        Cut-off of the zero-lag filter.
    ik_engine
        What turned markers into coordinates; ``none`` for a trial of coordinates.
    warnings
        What the user should know of it.
    """

    coordinate_names: tuple[str, ...]
    time_s: Array
    q: Array
    u: Array
    udot: Array
    marker_rms_m: Array
    marker_max_m: Array
    filter_hz: float
    ik_engine: str
    warnings: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        freeze_fields(self, "time_s", "q", "u", "udot", "marker_rms_m", "marker_max_m")
        check_shapes(self, time_s="T", q="Tn", u="Tn", udot="Tn", marker_rms_m="T", marker_max_m="T")

    @cached_property
    def curve(self) -> "BSpline":
        """Quintic spline of q over time."""
        # Imported here: whoever reads a result needs numpy alone.
        from swinglever.signals import smooth_curve

        return smooth_curve(self.time_s, self.q)

    def at(self, time_s: Array) -> tuple[Array, Array, Array]:
        """Give q, u, udot (..., n) at any times inside the recording."""
        return self.curve(time_s), self.curve(time_s, 1), self.curve(time_s, 2)


@dataclass(frozen=True, kw_only=True)
class MuscleForces:
    """Muscles of the swing leg along one swing.

    Attributes
    ----------
    solver
        What found the forces.
    passive_included
        Whether passive fibre forces took part in making the joint moments.
    names, groups
        Muscles (m) and their groups.
    coordinate_names
        Free coordinates of the leg (c).
    activation
        0 to 1, shape (K, m).
    force_n, active_force_n, passive_force_n
        Along the tendon, (K, m); the first is the sum of the others.
    length_m, lengthening_speed_m_s
        Of the path from origin to insertion, (K, m).
    fibre_length_m, fibre_velocity_m_s
        With a rigid tendon, (K, m).
    power_w
        Power that the muscle gives to the skeleton, positive while it shortens, (K, m).
    passive_fibre_energy_j, tendon_energy_j
        Stored elastic energy, (K, m).
    moment_arm_m
        -dL/dq, the model's signs, (K, m, c).
    reserve_nm
        Net joint moment that the muscles did not deliver, (K, c).
    reserve_flags
        Coordinates whose reserve's peak is above a tenth of the joint moment's peak.
    """

    solver: str
    passive_included: bool
    names: tuple[str, ...]
    groups: tuple[str, ...]
    coordinate_names: tuple[str, ...]
    activation: Array
    force_n: Array
    active_force_n: Array
    passive_force_n: Array
    length_m: Array
    lengthening_speed_m_s: Array
    fibre_length_m: Array
    fibre_velocity_m_s: Array
    power_w: Array
    passive_fibre_energy_j: Array
    tendon_energy_j: Array
    moment_arm_m: Array
    reserve_nm: Array
    reserve_flags: tuple[str, ...]

    def __post_init__(self) -> None:
        per_muscle = MUSCLE_ARRAYS
        freeze_fields(self, *per_muscle, "moment_arm_m", "reserve_nm")
        m, c = len(self.names), len(self.coordinate_names)
        check_shapes(self, **dict.fromkeys(per_muscle, ("K", m)), moment_arm_m=("K", m, c), reserve_nm=("K", c))

    def of(self, muscle: str) -> int:
        """Column of a muscle.

        Raises
        ------
        UnknownNameError
            Saying which there are.
        """
        if muscle not in self.names:
            raise UnknownNameError(f"there is no muscle {muscle!r} in the swing leg; there are {list(self.names)}")
        return self.names.index(muscle)

    def in_group(self, group: str) -> list[int]:
        """Columns of the muscles of a group."""
        return [k for k, name in enumerate(self.groups) if name == group]

    def generalised_force(self, force_n: Array) -> Array:
        """Moments (K, m, c) of forces (K, m) along the tendons."""
        return np.asarray(force_n[..., None] * self.moment_arm_m)


MUSCLE_ARRAYS = (
    "activation",
    "force_n",
    "active_force_n",
    "passive_force_n",
    "length_m",
    "lengthening_speed_m_s",
    "fibre_length_m",
    "fibre_velocity_m_s",
    "power_w",
    "passive_fibre_energy_j",
    "tendon_energy_j",
)
"""Fields of `MuscleForces` of shape (K, m)."""


@dataclass(frozen=True, kw_only=True)
class Bands:
    """How far a swing's headline numbers spread when its inputs are varied within what is known of them.

    Parameters
    ----------
    names
        (b) ``shares/<scope>/<group>``: flexion from toe-off to the peak; ``ablation/<case>``: peak flexion.
    p05_rad, p95_rad
        (b) percentiles over the repeats.
    verdicts
        How many repeats gave each verdict.
    """

    names: tuple[str, ...]
    p05_rad: Array
    p95_rad: Array
    verdicts: Mapping[str, int]

    def __post_init__(self) -> None:
        freeze_fields(self, "p05_rad", "p95_rad")
        check_shapes(self, p05_rad=(len(self.names),), p95_rad=(len(self.names),))

    def degrees(self, name: str) -> tuple[float, float]:
        """Give the 5th and 95th percentile of one number in degrees.

        Raises
        ------
        UnknownNameError
            Saying which there are.
        """
        if name not in self.names:
            raise UnknownNameError(f"there is no band of {name!r}; there are {list(self.names)}")
        k = self.names.index(name)
        return float(np.degrees(self.p05_rad[k])), float(np.degrees(self.p95_rad[k]))


@dataclass(frozen=True, kw_only=True)
class Attribution:
    """The knee's motion by source, in one scope; flexion positive, row 0 is toe-off.

    Parameters
    ----------
    scope
        What was released: ``shank``, ``leg`` or ``body``.
    released
        Names of the released coordinates.
    time_s
        (K).
    sources, groups
        (S) each source, and its group.
    knee_flexion_rad, knee_flexion_velocity_rad_s, knee_flexion_acceleration_rad_s2
        (K,S) every source's share; the rows of the first sum to the change of the knee angle since toe-off.
    closure_rad
        Largest difference between that sum and the recorded change, from toe-off to peak flexion.
    peak_index
        Sample of peak flexion.
    """

    scope: str
    released: tuple[str, ...]
    time_s: Array
    sources: tuple[str, ...]
    groups: tuple[str, ...]
    knee_flexion_rad: Array
    knee_flexion_velocity_rad_s: Array
    knee_flexion_acceleration_rad_s2: Array
    closure_rad: float
    peak_index: int

    def __post_init__(self) -> None:
        names = ("knee_flexion_rad", "knee_flexion_velocity_rad_s", "knee_flexion_acceleration_rad_s2")
        freeze_fields(self, "time_s", *names)
        check_shapes(self, time_s="K", **{name: ("K", len(self.sources)) for name in names})

    def degrees(self, source: str, until: int | None = None) -> float:
        """Degrees of flexion from one source, from toe-off to peak flexion (or to sample ``until``)."""
        if source not in self.sources:
            raise UnknownNameError(f"there is no source {source!r}; there are {list(self.sources)}")
        row = self.peak_index if until is None else until
        return float(np.degrees(self.knee_flexion_rad[row, self.sources.index(source)]))

    def degrees_by_group(self, until: int | None = None) -> dict[str, float]:
        """Degrees of flexion from every group, from toe-off to peak flexion (or to sample ``until``)."""
        row = self.knee_flexion_rad[self.peak_index if until is None else until]
        totals = dict.fromkeys(self.groups, 0.0)
        for group, share in zip(self.groups, np.degrees(row), strict=True):
            totals[group] += float(share)
        return totals


@dataclass(frozen=True, kw_only=True)
class Ablation:
    """A swing as it would have gone in one case.

    Parameters
    ----------
    case
        What was removed.
    time_s
        (K).
    coordinate_names
        (f) the coordinates that were integrated.
    q
        (K,f) the model's own signs, rad.
    knee_flexion_rad, hip_flexion_rad
        (K) flexion positive.
    peak_flexion_rad
        Highest knee flexion from toe-off until a fifth longer than the recorded folding took.
    stopped_by
        Coordinates that ran into the end of their range on the way to that peak; empty for a free swing.
    """

    case: str
    time_s: Array
    coordinate_names: tuple[str, ...]
    q: Array
    knee_flexion_rad: Array
    hip_flexion_rad: Array
    peak_flexion_rad: float
    stopped_by: tuple[str, ...]

    def __post_init__(self) -> None:
        freeze_fields(self, "time_s", "q", "knee_flexion_rad", "hip_flexion_rad")
        shape = ("K", len(self.coordinate_names))
        check_shapes(self, time_s="K", q=shape, knee_flexion_rad="K", hip_flexion_rad="K")
