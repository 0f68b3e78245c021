"""Do the markers of one segment come later than all others: then they miss their sites by some time of their speed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import MarkerSite, Model, Side
from swinglever.arrays import Array, Bools, Ints
from swinglever.checks.size import some_frames
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import MarkerTask, marker_task
from swinglever.records.faults import Fault, warning
from swinglever.records.kinematics import Kinematics

_WITHIN_S: Mapping[str, tuple[float, float]] = {
    "pelvis": (-0.012, 0.0175),
    "thigh": (-0.016, 0.012),
    "shank": (-0.010, 0.010),
    "foot": (-0.010, 0.010),
}
"""How much earlier and later a segment's markers may seem to come; soft parts make some of it. In public and bundled
trials, whole and in parts of 3 s, with a setup's weights and without, those of a pelvis seem to be -1 to 11 ms late, of
thighs -10 to 1, of shanks -1 to 7, of feet -5 to 1. Moved by 33 ms, they seem to be off by 18 ms at least (pelvis), 20
(thighs late; early 29), 26 and 24 ms; shanks and feet that are moved by 17 ms by 12 at least."""
_SHARE = 0.02
"""What explains less of the squared distances of the markers is not known well enough, as of the pelvis of a walk."""
_FRAMES = 60
"""Evenly over the recording."""
_FLOOR = 1e-9
"""Of the stiffest coordinate: what no marker holds stays where it is, and everything where none is seen."""


@dataclass(frozen=True, kw_only=True)
class Delay:
    """How late the markers of a segment are, if they alone are late.

    Attributes
    ----------
    segment
        Pelvis, thigh, shank or foot.
    sides
        Of which legs; none for the pelvis.
    late_s
        How much later than the others they come.
    share
        How much of the squared distances of all markers that explains.
    """

    segment: str
    sides: tuple[Side, ...]
    late_s: float
    share: float

    @property
    def words(self) -> str:
        """Whose markers they are."""
        if not self.sides:
            return f"the {self.segment}"
        if len(self.sides) == 1:
            return f"the {self.segment} of leg {self.sides[0]}"
        return "both feet" if self.segment == "foot" else f"both {self.segment}s"


def check_delays(inputs: Inputs, kinematics: Kinematics) -> list[Fault]:
    """Name the segment whose markers come late or early, as of cameras or filters of their own.

    Parameters
    ----------
    inputs, kinematics
        The markers, and the motion that was solved of them. Of joint angles nothing is said.
    """
    found = max(measure_delays(inputs, kinematics), key=lambda delay: delay.share, default=None)
    if found is None or found.share < _SHARE:
        return []
    earliest_s, latest_s = _WITHIN_S[found.segment]
    if earliest_s <= found.late_s <= latest_s:
        return []
    got = f"those of {found.words} {1e3 * abs(found.late_s):.0f} ms {'later' if found.late_s > 0 else 'earlier'}"
    mend = "look for cameras, gaps or a filter that moved them in time"
    return [warning("marker-late", inputs.trial.place, "markers of all segments at one time", got, mend)]


def measure_delays(inputs: Inputs, kinematics: Kinematics) -> list[Delay]:
    """Find how late the markers of each segment, and of both legs' alike segments, seem to come; nothing without any.

    Parameters
    ----------
    inputs, kinematics
        The markers, and the motion that was solved of them.

    Notes
    -----
    Markers that are ``late`` by a short time miss their sites by ``-late v``, where v is their speed. Inverse
    kinematics follows a part of that, and leaves what no coordinate can follow. The speeds are stripped of the same
    part, and ``late`` is that of least squares. How far markers are off their sites all the time is no lateness.
    """
    markers, model = inputs.trial.markers, inputs.model
    if markers is None:
        return []
    task = marker_task(inputs.trial, some_frames(markers, kinematics, _FRAMES), model)
    sites = {site.name: site for site in model.markers}
    chosen = [sites[name] for name in task.markers.names]
    segments = _segments(model, np.array([site.body for site in chosen]))
    left = _left_over(model, kinematics, task, chosen, list(segments.values()))
    products = np.einsum("tki,tkj->ij", left, left)
    off, own, mixed = float(products[0, 0]), products.diagonal()[1:].tolist(), products[0, 1:].tolist()
    return [
        Delay(segment=segment, sides=sides, late_s=-both / size, share=both**2 / (size * off))
        for (segment, sides), size, both in zip(segments, own, mixed, strict=True)
        if size > 0.0 and off > 0.0
    ]


def _left_over(
    model: Model, kinematics: Kinematics, task: MarkerTask, sites: Sequence[MarkerSite], segments: Sequence[Bools]
) -> Array:
    """What no coordinate can follow, (T,3m,1+s): of how far markers are off their sites, of the speeds of segments."""
    body, location = np.array([site.body for site in sites]), np.array([site.location_m for site in sites])
    q, u, _ = kinematics.at(task.markers.time_s)
    placed, seen_m = model.place(q), task.markers.position_m
    seen = np.isfinite(seen_m).all(axis=-1, keepdims=True)
    off_m = np.where(seen, seen_m - placed.stations(body, location), 0.0)
    off_m = off_m - _steady(off_m, seen, placed.body_rotation[:, body])
    speed = placed.station_velocities(u, body, location)
    columns = np.stack([off_m, *(speed * own[:, None] for own in segments)], axis=-1)
    follows = np.stack([placed.station_jacobian(*each) for each in zip(body, location, strict=True)], axis=1)
    root = np.sqrt(np.where(seen, np.array(task.weights)[:, None], 0.0))[..., None]
    return _unfollowed(root * follows[..., [not c.locked for c in model.coordinates]], root * columns)


def _steady(off_m: Array, seen: Bools, turned: Array) -> Array:
    """How far each marker (T,m,3) is off its site in its segment, turned by (T,m,3,3), in the mean over the frames."""
    own = np.swapaxes(turned, -1, -2) @ off_m[..., None]
    mean = own.sum(axis=0) / np.maximum(seen.sum(axis=0), 1)[..., None]
    return np.asarray((turned @ mean)[..., 0])


def _segments(model: Model, body: Ints) -> dict[tuple[str, tuple[Side, ...]], Bools]:
    """Which markers (m), on their bodies, are those of pelvis, thighs, shanks and feet: of each leg, and of both."""
    found = {("pelvis", tuple[Side, ...]()): body == next(iter(model.legs.values())).pelvis_body}
    each = {side: leg.segments for side, leg in model.legs.items()}
    for segment in next(iter(each.values())):
        for sides in dict.fromkeys([*((side,) for side in each), tuple(each)]):
            found[segment, sides] = np.isin(body, [b for side in sides for b in each[side][segment]])
    return found


def _unfollowed(follows: Array, columns: Array) -> Array:
    """What (T,3m,k) is left of columns (T,m,3,k) when all coordinates follow them as near as they can (T,m,3,n)."""
    ways, moved = (values.reshape(len(values), -1, values.shape[-1]) for values in (follows, columns))
    back = np.swapaxes(ways, 1, 2)
    square, index = back @ ways, np.arange(ways.shape[2])
    square[:, index, index] += _FLOOR * np.maximum(np.einsum("tii->ti", square).max(axis=1, keepdims=True), _FLOOR)
    return np.asarray(moved - ways @ np.linalg.solve(square, back @ moved))
