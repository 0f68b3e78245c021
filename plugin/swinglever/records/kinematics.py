"""How the joints of a trial moved."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from swinglever.arrays import Array
from swinglever.records.fields import EXACT, described, labels
from swinglever.records.record import Record

if TYPE_CHECKING:
    from scipy.interpolate import BSpline


@dataclass(frozen=True, kw_only=True)
class Kinematics(Record):
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

    coordinate_names: Annotated[tuple[str, ...], labels("coordinate", "free coordinates, the model's own names")]
    time_s: Annotated[Array, described("frame", "s", "time, even", step=EXACT)]
    q: Annotated[Array, described("frame coordinate", "rad or m", "coordinate, the model's own sign", step=EXACT)]
    u: Annotated[Array, described("frame coordinate", "rad/s or m/s", "speed of the coordinate", step=EXACT)]
    udot: Annotated[Array, described("frame coordinate", "rad/s2 or m/s2", "its acceleration", step=EXACT)]
    marker_rms_m: Annotated[
        Array, described("frame", "m", "root mean square marker error, before filtering", step=EXACT)
    ]
    marker_max_m: Annotated[Array, described("frame", "m", "largest marker error, before filtering", step=EXACT)]
    filter_hz: Annotated[float, described("", "Hz", "cut-off of the zero-lag filter")]
    ik_engine: Annotated[str, described("", "", "what turned markers into coordinates")]
    warnings: Annotated[tuple[str, ...], described("", "", "what the user should know of it")] = ()

    @cached_property
    def curve(self) -> "BSpline":
        """Quintic spline of q over time."""
        # Imported here: whoever reads a result needs numpy alone.
        from swinglever.signals import smooth_curve

        return smooth_curve(self.time_s, self.q)

    def at(self, time_s: Array) -> tuple[Array, Array, Array]:
        """Give q, u, udot (..., n) at any times inside the recording."""
        return self.curve(time_s), self.curve(time_s, 1), self.curve(time_s, 2)
