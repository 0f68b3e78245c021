"""Is the model as large as the body whose markers it follows, whatever the joints do."""

from dataclasses import dataclass, replace

import numpy as np

from swinglever.arrays import Array
from swinglever.motion.inputs import Inputs
from swinglever.motion.inverse_kinematics import fit_markers_near
from swinglever.motion.kinematics import marker_task
from swinglever.motion.marker_distances import MarkersToFit
from swinglever.records.faults import Fault, warning
from swinglever.records.kinematics import Kinematics
from swinglever.records.trial import Markers

_OFF, _LEFT = 0.035, 0.85
"""Size of the body beside the model's, 0.987 to 1.008 in public and bundled trials, and what a model of that size would
leave of the squared distances of their markers: 0.94 and more (``scripts/develop/fall_of_runners.py``). One that is 5 %
too large leaves the markers of RBDS020 within 17 mm, which no bar of the fit tells."""
_FRAMES = 60
"""Evenly over the recording."""
_STEP = 0.03
"""How much larger and smaller the body is tried: three points of a parabola."""
_TURNS, _REACH = 3, 0.1
"""The parabola holds so far; beyond, it is laid anew."""
_TOLERANCE = 1e-6


@dataclass(frozen=True, kw_only=True)
class Size:
    """Size of a body beside that of its model.

    Attributes
    ----------
    factor
        One where they are alike, more than one where the body is larger.
    left
        What a model of this size would leave of the squared distances of the markers.
    """

    factor: float
    left: float


def check_size(inputs: Inputs, kinematics: Kinematics) -> list[Fault]:
    """Name a model that is scaled for somebody of another size.

    Parameters
    ----------
    inputs, kinematics
        The markers, and the motion that was solved of them. Of joint angles nothing is said.
    """
    found = size_of_body(inputs, kinematics)
    if found is None or abs(found.factor - 1.0) <= _OFF or found.left >= _LEFT:
        return []
    got = f"one {100.0 * abs(found.factor - 1.0):.0f} % {'larger' if found.factor > 1.0 else 'smaller'}, by its markers"
    mend = "look whether the model was scaled for this person, and at the unit of the markers"
    return [warning("model-size", inputs.trial.place, "a body of the model's size", got, mend)]


def size_of_body(inputs: Inputs, kinematics: Kinematics) -> Size | None:
    """Find the size of the body at which the markers fit best, with all joints free to follow; None without markers.

    Parameters
    ----------
    inputs, kinematics
        The markers, and the motion that was solved of them.
    """
    markers = inputs.trial.markers
    if markers is None:
        return None
    chosen = some_frames(markers, kinematics, _FRAMES)
    asked = marker_task(inputs.trial, chosen, inputs.model).asked_of(inputs.model)
    resized, own, q = 1.0, np.nan, kinematics.curve(chosen.time_s)
    for _ in range(_TURNS):
        tried = [_resized(asked, by * resized) for by in (1.0 - _STEP, 1.0, 1.0 + _STEP)]
        fits = fit_markers_near(tried, [q] * len(tried), _TOLERANCE, in_a_row=False)
        smaller, here, larger = (float(fit.cost.sum()) for fit in fits)
        bent, slope = smaller - 2.0 * here + larger, 0.5 * (larger - smaller)
        if not (bent > 0.0 and here > 0.0):
            return None
        own = here if np.isnan(own) else own
        step = float(np.clip(-_STEP * slope / bent, -_REACH, _REACH))
        resized, q = resized * (1.0 + step), fits[1].q
        if abs(step) < _STEP:
            break
    return Size(factor=1.0 / resized, left=(here - 0.5 * slope**2 / bent) / resized**2 / own)


def some_frames(markers: Markers, kinematics: Kinematics, most: int) -> Markers:
    """Frames inside the part that was solved, evenly over it."""
    inside = np.flatnonzero((markers.time_s >= kinematics.time_s[0]) & (markers.time_s <= kinematics.time_s[-1]))
    rows = inside[np.unique(np.linspace(0, len(inside) - 1, min(most, len(inside))).astype(int))]
    return replace(markers, time_s=markers.time_s[rows], position_m=markers.position_m[rows])


def _resized(asked: MarkersToFit, size: float) -> MarkersToFit:
    """Markers of a body so many times as large, about their mean in each frame."""
    position_m = asked.position_m
    seen = np.isfinite(position_m).all(axis=-1, keepdims=True)
    count = np.maximum(seen.sum(axis=1, keepdims=True), 1)
    centre: Array = np.where(seen, position_m, 0.0).sum(axis=1, keepdims=True) / count
    return replace(asked, position_m=centre + size * (position_m - centre))
