"""What was measured: markers or joint angles, ground forces and EMG, as plain arrays that anybody can make."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from swinglever.arrays import Array, check_shapes, freeze_fields
from swinglever.errors import UnknownNameError, named
from swinglever.records.foot_event import FootEvent
from swinglever.records.poses import SegmentPoses
from swinglever.signals import interpolate
from swinglever.system.isolation import read_only

AngleUnit = Literal["radians", "degrees", ""]


@dataclass(frozen=True, kw_only=True)
class Markers:
    """Marker trajectories in metres, in the axes of the recording unless the warnings say that they were turned.

    Attributes
    ----------
    time_s
        (T), rising.
    names
        (m), each once.
    position_m
        (T, m, 3); nan where a marker was not seen.
    rate_hz
        Sampling rate; that of the times when not given.
    units
        Length unit as the file states it; ``position_m`` is in metres whatever it says.
    path
        The file; empty where there is none.
    warnings
        What was mended or looks wrong.
    """

    time_s: Array
    names: tuple[str, ...]
    position_m: Array
    rate_hz: float = np.nan
    units: str = "m"
    path: Path = Path()
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        freeze_fields(self, "time_s", "position_m")
        check_shapes(self, time_s="T", position_m=("T", len(self.names), 3))
        if np.isnan(self.rate_hz) and len(self.time_s) > 1:
            object.__setattr__(self, "rate_hz", float(1.0 / np.median(np.diff(self.time_s))))

    def marker(self, name: str) -> Array:
        """Trajectory (T, 3) of one marker, m."""
        if name not in self.names:
            raise UnknownNameError(f"{self.path} has no marker {name!r}; it has {named(self.names)}")
        return self.position_m[:, self.names.index(name)]


@dataclass(frozen=True, kw_only=True)
class Angles:
    """Joint angles and translations, by the names of the model's coordinates.

    Attributes
    ----------
    names
        (n) coordinates.
    time_s
        (T), rising.
    q
        (T, n) rad and m.
    unit
        Unit of the rotations among ``q`` while a file's word is not weighed yet: ``degrees``, or empty where the file
        says nothing. Only the model knows which coordinates turn; the examination of the inputs settles it once, and
        everything after it has ``radians``.
    """

    names: tuple[str, ...]
    time_s: Array
    q: Array
    unit: AngleUnit = "radians"

    def __post_init__(self) -> None:
        freeze_fields(self, "time_s", "q")
        check_shapes(self, time_s="T", q=("T", len(self.names)))

    def columns(self) -> dict[str, Array]:
        """Give the curve (T) of each coordinate."""
        return {name: self.q[:, k] for k, name in enumerate(self.names)}


@dataclass(frozen=True, kw_only=True)
class GroundForce:
    """One measured ground force, in ground axes.

    Attributes
    ----------
    name
        Its name in the recording.
    body
        The body that it acts on; empty where nothing says so.
    time_s
        (T) even.
    force_n, point_m, moment_nm
        (T,3) force on the body, where it acts (nan where not measured) and free moment; the second axis is up.
    """

    name: str
    body: str = ""
    time_s: Array
    force_n: Array
    point_m: Array
    moment_nm: Array

    def __post_init__(self) -> None:
        freeze_fields(self, "time_s", "force_n", "point_m", "moment_nm")
        check_shapes(self, time_s="T", force_n=("T", 3), point_m=("T", 3), moment_nm=("T", 3))

    def at(self, time_s: Array) -> tuple[Array, Array, Array]:
        """Force, point and moment (...,3) at any times, by straight interpolation; zero outside the recording."""
        force, point, moment = (
            interpolate(time_s, self.time_s, values, outside=0.0)
            for values in (self.force_n, self.point_m, self.moment_nm)
        )
        return force, point, moment


@dataclass(frozen=True, kw_only=True)
class EmgRecording:
    """Surface EMG as it was recorded, raw or as an envelope.

    Attributes
    ----------
    time_s
        (T), rising.
    names, units
        (n) channels as the recording calls them; a unit that it does not tell is empty.
    values
        (T, n) in these units.
    path
        The file; ``EMG`` where there is none.
    warnings
        What was mended while reading.
    """

    time_s: Array
    names: tuple[str, ...]
    values: Array
    units: tuple[str, ...] = ()
    path: Path = Path("EMG")
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", self.units or ("",) * len(self.names))
        freeze_fields(self, "time_s", "values")
        check_shapes(self, time_s="T", values=("T", len(self.names)))

    @property
    def rate_hz(self) -> float:
        """Samples a second."""
        return float((len(self.time_s) - 1) / (self.time_s[-1] - self.time_s[0]))


@dataclass(frozen=True, kw_only=True)
class CoordinateTask:
    """A coordinate that inverse kinematics is to keep near a value.

    Attributes
    ----------
    name
        The coordinate.
    weight
        It multiplies a squared error in rad (or m), a marker's a squared error in m.
    source
        ``default_value`` (the model's default), ``manual_value`` (`value`) or ``from_file`` (a file of coordinates).
    value
        For ``manual_value``, rad or m.
    """

    name: str
    weight: float
    source: str = "default_value"
    value: float = 0.0


@dataclass(frozen=True, kw_only=True)
class IKTasks:
    """What inverse kinematics is to follow, and how strictly.

    Attributes
    ----------
    marker_weights
        Weight by marker name; markers without one are not used.
    coordinate_tasks
        Coordinates to stay near a value.
    """

    marker_weights: Mapping[str, float] = field(default_factory=dict)
    coordinate_tasks: tuple[CoordinateTask, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "marker_weights", read_only(self.marker_weights))


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A recording: markers or joint angles, with the ground forces, the EMG and the tasks that go with it.

    Attributes
    ----------
    name
        What results call it.
    path
        The file; None for a trial that was made by hand.
    sha256
        Of the file; empty where there is none.
    markers, angles
        What the motion follows from: one of them.
    poses
        Poses of segments, which take the place of markers where there are none of the model. Once a model is there to
        put markers on, the examination of the inputs makes `markers` of them.
    tasks
        Weights of the markers and coordinate tasks; every marker of the model alike when not given.
    ground_forces
        What pushed on the feet.
    emg
        Surface EMG.
    events
        Foot strikes and toe-offs that the file labels.
    warnings
        What was mended while reading, or looks wrong.

    Examples
    --------
    >>> time_s = np.linspace(0.0, 1.0, 101)
    >>> q = np.column_stack([np.sin(time_s), 0.1 * time_s])
    >>> trial = Trial(name="by hand", angles=Angles(names=("knee_angle_r", "pelvis_tx"), time_s=time_s, q=q))
    >>> trial.place, trial.time_s.shape
    ('by hand', (101,))
    """

    name: str
    path: Path | None = None
    sha256: str = ""
    markers: Markers | None = None
    angles: Angles | None = None
    poses: SegmentPoses | None = None
    tasks: IKTasks | None = None
    ground_forces: tuple[GroundForce, ...] = ()
    emg: EmgRecording | None = None
    events: tuple[FootEvent, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """What messages call it: its file, or its name."""
        return self.name if self.path is None else str(self.path)

    @property
    def time_s(self) -> Array:
        """Times (T) of the motion; none where there is none."""
        motion = self.markers or self.angles or self.poses
        return np.empty(0) if motion is None else motion.time_s
