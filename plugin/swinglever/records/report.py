"""Everything that an analysis found, swing by swing, with where it came from. Plain arrays: no model, no engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np

from swinglever.arrays import Array, check_shapes, freeze_fields
from swinglever.errors import UnknownNameError
from swinglever.records.emg import EmgRecord
from swinglever.records.results import Ablation, Attribution, Bands, Kinematics, MuscleForces
from swinglever.records.segments import SwingMotion


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One metric of one swing: a value with its unit, who measured it, and why it is nan where it is.

    ``p05`` and ``p95`` bound it where uncertainty was asked for, nan elsewhere.
    """

    value: float
    unit: str
    plugin: str = "swinglever"
    reason: str = ""
    p05: float = float("nan")
    p95: float = float("nan")


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Net joint moments (K,c) of the swing leg, N m, in the model's own signs."""

    coordinate_names: tuple[str, ...]
    net_moment_nm: Array

    def __post_init__(self) -> None:
        freeze_fields(self, "net_moment_nm")
        check_shapes(self, net_moment_nm=("K", len(self.coordinate_names)))

    def of(self, coordinate: str) -> Array:
        """Net moment (K) about one coordinate."""
        if coordinate not in self.coordinate_names:
            raise UnknownNameError(f"there is no moment of {coordinate!r}; there are {list(self.coordinate_names)}")
        return np.asarray(self.net_moment_nm[:, self.coordinate_names.index(coordinate)])


@dataclass(frozen=True, kw_only=True)
class Swing:
    """One swing and all that was found of it.

    Parameters
    ----------
    id, side
        ``r_1`` and ``r``.
    toe_off_s, thigh_reversal_s, peak_flexion_s, pass_s, foot_strike_s
        Events; nan where the swing has none.
    event_source
        ``ground_force`` or ``kinematics``.
    verdict, verdict_reason
        What initiated the fold, and what that rests on.
    time_s
        (K) from toe-off to foot strike.
    knee_flexion_rad, hip_flexion_rad
        (K) flexion positive.
    knee_sign
        Sign of knee flexion in the model's own coordinates.
    moments
        Net joint moments.
    attribution, classical
        The knee's motion by source in each scope; with velocity terms shared out, and as a source of their own.
    ablation
        The swing as it would have gone, by case.
    lever
        (K) curves of the shortened lever by name, SI.
    metrics
        Numbers by name.
    muscles
        Muscle forces, where a muscle solution was made.
    emg
        Surface EMG of the swing leg, where it was recorded.
    bands
        How sure the headline numbers are, where that was asked for.
    motion
        How the segments moved, from which metrics are computed; None in results of an earlier version.
    """

    id: str
    side: str
    toe_off_s: float
    thigh_reversal_s: float
    peak_flexion_s: float
    pass_s: float
    foot_strike_s: float
    event_source: str
    verdict: str
    verdict_reason: str
    time_s: Array
    knee_flexion_rad: Array
    hip_flexion_rad: Array
    knee_sign: float
    knee_coordinate: str
    moments: Moments
    attribution: Mapping[str, Attribution]
    classical: Mapping[str, Attribution]
    ablation: Mapping[str, Ablation]
    lever: Mapping[str, Array] = field(default_factory=dict)
    metrics: Mapping[str, Measurement] = field(default_factory=dict)
    muscles: MuscleForces | None = None
    emg: EmgRecord | None = None
    bands: Bands | None = None
    motion: SwingMotion | None = None

    def __post_init__(self) -> None:
        freeze_fields(self, "time_s", "knee_flexion_rad", "hip_flexion_rad")
        check_shapes(self, time_s="K", knee_flexion_rad="K", hip_flexion_rad="K")

    @property
    def peak_flexion_deg(self) -> float:
        """Highest knee flexion of the swing."""
        return float(np.degrees(self.knee_flexion_rad.max()))

    @property
    def knee_flexion_moment_nm(self) -> Array:
        """Net knee moment (K), positive where it flexes."""
        return self.knee_sign * self.moments.of(self.knee_coordinate)


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where a report came from."""

    trial_name: str
    trial_sha256: str
    model_name: str
    model_sha256: str
    mass_kg: float
    parameters: Mapping[str, Any]
    command: str
    created_utc: str
    swinglever_version: str
    opensim_version: str
    plugins: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SwingReport:
    """The result of analysing one trial; ``metrics`` are those about the trial as a whole."""

    provenance: Provenance
    kinematics: Kinematics
    swings: tuple[Swing, ...]
    warnings: tuple[str, ...] = ()
    timing: Mapping[str, float] = field(default_factory=dict)
    playback: Any = None
    metrics: Mapping[str, Measurement] = field(default_factory=dict)

    @property
    def plot(self) -> Any:
        """Static figures for papers, ``report.plot.contributions()`` among them; needs matplotlib."""
        # By its name: figures stand above records.
        return import_module("swinglever.figures").Plots(self)

    def to_dataframe(self, table: str = "metrics") -> Any:
        """Give ``metrics``, ``shares``, ``swings``, ``ablations`` or ``curves`` as a tidy pandas data frame."""
        return import_module("swinglever.output.frames").to_dataframe(self, table)

    def to_xarray(self) -> Any:
        """Give curves and metrics as an xarray dataset over swing and percent of the swing."""
        return import_module("swinglever.output.frames").to_xarray(self)

    def swing(self, name: str) -> Swing:
        """Give one swing by its id.

        Raises
        ------
        UnknownNameError
            Saying which there are.
        """
        for swing in self.swings:
            if swing.id == name:
                return swing
        raise UnknownNameError(f"there is no swing {name!r}; there are {[s.id for s in self.swings]}")
