"""Everything that an analysis found, swing by swing, with where it came from. Plain arrays: no model, no engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Annotated, Any

import numpy as np

from swinglever.arrays import Array
from swinglever.errors import InputError, UnknownNameError, named
from swinglever.records.ablation import Ablation
from swinglever.records.attribution import Attribution
from swinglever.records.bands import Bands
from swinglever.records.bounds import SwingBounds
from swinglever.records.emg import EmgRecord
from swinglever.records.fields import EXACT, described, held, labels
from swinglever.records.kinematics import Kinematics
from swinglever.records.muscle_forces import MuscleForces
from swinglever.records.playback import Playback
from swinglever.records.record import Record
from swinglever.records.segments import SwingMotion
from swinglever.records.summary import summary_html, summary_text


@dataclass(frozen=True, kw_only=True)
class Measurement(Record):
    """One metric of one swing, or of the trial.

    Parameters
    ----------
    value, unit
        A number with its unit; nan where it is undefined.
    plugin
        Who measured it.
    reason
        Why it is nan where it is.
    p05, p95
        5th and 95th percentile where uncertainty was asked for, nan elsewhere.
    claim, meaning
        Number of the claim that it tests, 0 for none, and what it means for a coach.
    """

    value: Annotated[float, described("", "of the metric", "value; nan where it is undefined")]
    unit: Annotated[str, described("", "", "unit of the metric", per="metric")]
    plugin: Annotated[str, described("", "", "who measures it", per="metric")] = "swinglever"
    reason: Annotated[str, described("", "", "why it is undefined")] = ""
    p05: Annotated[float, described("", "of the metric", "5th percentile over the repeats")] = float("nan")
    p95: Annotated[float, described("", "of the metric", "95th percentile over the repeats")] = float("nan")
    claim: Annotated[int, described("", "1", "number of the claim that it tests; 0 for none", per="metric")] = 0
    meaning: Annotated[str, described("", "", "what it means, for a coach", per="metric")] = ""


@dataclass(frozen=True, kw_only=True)
class Moments(Record):
    """Net joint moments (K,c) of the swing leg, N m, in the model's own signs."""

    coordinate_names: Annotated[tuple[str, ...], labels("coordinate", "free coordinate of the leg")]
    net_moment_nm: Annotated[
        Array, described("percent coordinate", "N m", "net joint moment, the model's own sign", step=EXACT)
    ]

    def of(self, coordinate: str) -> Array:
        """Net moment (K) about one coordinate."""
        if coordinate not in self.coordinate_names:
            raise UnknownNameError(f"there is no moment of {coordinate!r}; there are {named(self.coordinate_names)}")
        return np.asarray(self.net_moment_nm[:, self.coordinate_names.index(coordinate)])


@dataclass(frozen=True, kw_only=True)
class Swing(Record):
    """One swing and all that was found of it.

    Parameters
    ----------
    id, side
        ``r_1`` and ``r``.
    toe_off_s, thigh_reversal_s, peak_flexion_s, pass_s, foot_strike_s
        Events; nan where the swing has none.
    event_source
        ``ground_force`` or ``kinematics``.
    verdict, evidence, verdict_reason
        What initiated the fold, how well that is supported, and what it rests on, in words.
    time_s
        (K) from toe-off to foot strike.
    knee_flexion_rad, hip_flexion_rad
        (K) flexion positive.
    knee_sign, knee_coordinate
        Sign of knee flexion in the model's own coordinates, and which coordinate that is.
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
    bounds
        What the recording allows muscles to have done, where a muscle solution was made.
    emg
        Surface EMG of the swing leg, where it was recorded.
    bands
        How sure the headline numbers are, where that was asked for.
    motion
        How the segments moved, from which metrics are computed; None in results of an earlier version.
    """

    id: Annotated[str, described("", "", "name of the swing")]
    side: Annotated[str, described("", "", "r or l")]
    toe_off_s: Annotated[float, described("", "s", "time of toe-off")]
    thigh_reversal_s: Annotated[float, described("", "s", "time at which the thigh starts forward")]
    peak_flexion_s: Annotated[float, described("", "s", "time of peak knee flexion")]
    pass_s: Annotated[float, described("", "s", "time at which the ankle passes under the hip")]
    foot_strike_s: Annotated[float, described("", "s", "time of foot strike")]
    event_source: Annotated[str, described("", "", "what the events come from: ground_force or kinematics")]
    verdict: Annotated[str, described("", "", "what initiated the fold")]
    verdict_reason: Annotated[str, described("", "", "what the verdict rests on")]
    time_s: Annotated[Array, described("percent", "s", "time", step=EXACT)]
    knee_flexion_rad: Annotated[Array, described("percent", "rad", "knee flexion, flexion positive", step=EXACT)]
    hip_flexion_rad: Annotated[Array, described("percent", "rad", "hip flexion, flexion positive", step=EXACT)]
    knee_sign: Annotated[float, described("", "1", "sign of knee flexion in the model's own coordinates")]
    knee_coordinate: Annotated[str, described("", "", "the model's coordinate of the knee")]
    moments: Annotated[Moments, held("net joint moments")]
    attribution: Annotated[
        Mapping[str, Attribution],
        held("the knee's motion by source, velocity terms shared out by cause", by="scope", key="scope"),
    ]
    classical: Annotated[
        Mapping[str, Attribution],
        held("the knee's motion by source, velocity terms as a source of their own", by="scope", key="scope"),
    ]
    ablation: Annotated[Mapping[str, Ablation], held("the swing without some of its causes", by="case", key="case")]
    lever: Annotated[
        Mapping[str, Array], described("percent", "in the name", "curves of the shortened lever", together="curve")
    ] = field(default_factory=dict)
    metrics: Annotated[Mapping[str, Measurement], held("numbers about each swing", by="metric")] = field(
        default_factory=dict
    )
    evidence: Annotated[str, described("", "", "how well the verdict is supported")] = ""
    muscles: Annotated[MuscleForces | None, held("muscles of the swing leg")] = None
    bounds: Annotated[SwingBounds | None, held("what the recording allows muscles to have done")] = None
    emg: Annotated[EmgRecord | None, held("surface EMG of the swing leg")] = None
    bands: Annotated[Bands | None, held("how far the headline numbers spread")] = None
    motion: Annotated[SwingMotion | None, held("how the segments moved")] = None

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
class SwingReport(Record):
    """The result of analysing one trial; ``metrics`` are those about the trial as a whole."""

    provenance: Provenance
    kinematics: Annotated[Kinematics, held("how the joints moved, over the whole trial")]
    swings: Annotated[tuple[Swing, ...], held("the swings of the trial", by="swing", key="id")]
    warnings: tuple[str, ...] = ()
    timing: Mapping[str, float] = field(default_factory=dict)
    playback: Annotated[Playback | None, held("what a viewer needs")] = None
    metrics: Mapping[str, Measurement] = field(default_factory=dict)

    def __repr__(self) -> str:
        return summary_text(self)

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        return summary_html(self)

    def require_playback(self) -> Playback:
        """Give what a viewer needs.

        Raises
        ------
        InputError
            When the result holds no poses.
        """
        if self.playback is None:
            raise InputError(
                f"'{self.provenance.trial_name}' holds no playback (poses, paths, ghosts); analyse the trial again "
                "with playback full"
            )
        return self.playback

    @property
    def plot(self) -> Any:
        """Static figures for papers, ``report.plot.contributions()`` among them; needs matplotlib."""
        # By its name: figures stand above records.
        return import_module("swinglever.figures").Plots(self)

    def to_dataframe(self, table: str = "metrics") -> Any:
        """Give ``metrics``, ``shares``, ``swings``, ``ablations``, ``bounds`` or ``curves`` as a tidy data frame."""
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
        raise UnknownNameError(f"there is no swing {name!r}; there are {named(s.id for s in self.swings)}")
