"""Which way is up, forward and right in a recording, from its markers; and the turn to OpenSim's axes.

OpenSim's axes: x forward, y up, z to the right.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Marker names by where they sit, over the usual sets (Plug-in Gait, Cleveland, CAST, OpenCap, Helen Hayes).
_HIGH = re.compile(r"asi|psi|sacr|iliac|c7|top.?head|[lr][fb]hd|stern|clav|acrom|should|sho\b", re.IGNORECASE)
_FORE_FOOT = re.compile(r"toe|mt\d|mtp|meta|hallux", re.IGNORECASE)
_HEEL = re.compile(r"heel|hee\b|calc", re.IGNORECASE)
_PELVIS_FRONT = re.compile(r"asi", re.IGNORECASE)
_PELVIS_BACK = re.compile(r"psi|sacr", re.IGNORECASE)

# How names say the side: R.ASIS, RASI, r_heel, RightHeel; heel_r, Heel.R, HeelRight; r_knee beside L_knee (OpenCap).
_SIDE_SWAPS = (
    (r"^R(?=[._ A-Z0-9])", "L"),
    (r"^r(?=[._ A-Z0-9])", "l"),
    (r"^r(?=[._])", "L"),
    (r"^Right", "Left"),
    (r"^right", "left"),
    (r"(?<=[._ ])R$", "L"),
    (r"(?<=[._ ])r$", "l"),
    (r"Right$", "Left"),
    (r"right$", "left"),
)

# A direction counts as found when its largest component is at least this share of it: within 45 degrees of an axis.
_CLEAR = np.cos(np.pi / 4)


@dataclass(frozen=True, kw_only=True)
class Axes:
    """Directions of a recording in its own axes.

    Attributes
    ----------
    up, forward
        Signed axes, as ``+y`` and ``+x``; None where the markers do not tell.
    right_by_names
        Where the right-side markers lie from the left-side ones; None where they do not tell.
    """

    up: str | None
    forward: str | None
    right_by_names: str | None

    @property
    def sides_swapped(self) -> bool:
        """Whether right-side markers lie on the left of a body that faces forward."""
        if not (self.up and self.forward and self.right_by_names):
            return False
        right = np.cross(axis_vector(self.forward), axis_vector(self.up))
        return bool(right @ axis_vector(self.right_by_names) < 0)


def find_axes(names: Sequence[str], position_m: NDArray[np.float64]) -> Axes:
    """Up, forward and right of a standing, walking or running body.

    Up is from the feet to the pelvis and trunk; forward from the heels to the fore-feet and from the back of the pelvis
    to its front; each the median over the frames.

    Parameters
    ----------
    names
        (m) marker names.
    position_m
        (T, m, 3), nan where missing.
    """
    foot = [n for n in names if (_FORE_FOOT.search(n) or _HEEL.search(n))]
    up = signed_axis(_between(names, position_m, foot, [n for n in names if _HIGH.search(n) and n not in foot]))
    forward = [
        _between(names, position_m, [n for n in names if back.search(n)], [n for n in names if front.search(n)])
        for back, front in ((_HEEL, _FORE_FOOT), (_PELVIS_BACK, _PELVIS_FRONT))
    ]
    pairs = side_pairs(names)
    right = _right(names, position_m, pairs)
    level = np.ones(3) if up is None else 1.0 - np.abs(axis_vector(up))
    return Axes(
        up=up, forward=signed_axis(np.nansum(forward, axis=0) * level), right_by_names=signed_axis(right * level)
    )


def side_pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    """(right, left) marker names that differ in nothing but the side."""
    known = set(names)
    pairs = []
    for name in names:
        for pattern, side in _SIDE_SWAPS:
            other = re.sub(pattern, side, name)
            if other != name and other in known:
                pairs.append((name, other))
                break
    return pairs


def turn_to_opensim(axes: Axes) -> NDArray[np.float64]:
    """Rotation (3, 3) from the recording's axes to OpenSim's: ``position @ rotation.T``; up must be known.

    Without a forward direction the turn is about a horizontal axis only, and the heading stays as recorded.
    """
    if axes.up is None:
        raise ValueError("the turn to OpenSim's axes needs to know which way is up")
    up = axis_vector(axes.up)
    if axes.forward is not None:
        forward = axis_vector(axes.forward)
    else:
        forward = axis_vector("+x" if axes.up[1] != "x" else "+y")
    return np.array([forward, up, np.cross(forward, up)])


def axis_vector(axis: str) -> NDArray[np.float64]:
    """Unit vector of a signed axis: ``-z`` is (0, 0, -1)."""
    vector = np.zeros(3)
    vector["xyz".index(axis[1])] = 1.0 if axis[0] == "+" else -1.0
    return vector


def _between(
    names: Sequence[str], position_m: NDArray[np.float64], start: Sequence[str], end: Sequence[str]
) -> NDArray[np.float64]:
    """Median over frames of the vector between the means of two groups of markers; nan when a group is empty."""
    groups = []
    for group in (start, end):
        seen = position_m[:, [names.index(name) for name in group]]
        seen = seen[
            :, np.isfinite(seen[:, :, 0]).mean(axis=0) > 0.5
        ]  # a marker that is mostly missing would blank the rest
        groups.append(seen.sum(axis=1) / max(seen.shape[1], 1) if seen.shape[1] else np.full((len(seen), 3), np.nan))
    return _median(groups[1] - groups[0])


def _right(
    names: Sequence[str], position_m: NDArray[np.float64], pairs: Sequence[tuple[str, str]]
) -> NDArray[np.float64]:
    """Median over pairs of side markers of the median over frames of left to right."""
    index = [[names.index(r), names.index(left)] for r, left in pairs]
    return _median(np.array([_median(position_m[:, r] - position_m[:, left]) for r, left in index]).reshape(-1, 3))


def _median(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median (3) of the vectors (n, 3) that are whole; nan when there is none."""
    whole = np.isfinite(vectors).all(axis=1)
    return np.median(vectors[whole], axis=0) if whole.any() else np.full(3, np.nan)


def signed_axis(vector: NDArray[np.float64]) -> str | None:
    """Axis that a vector is within 45 degrees of; None when there is none."""
    length = np.linalg.norm(vector)
    if not np.isfinite(length) or length == 0.0:
        return None
    axis = int(np.argmax(np.abs(vector)))
    if np.abs(vector[axis]) < _CLEAR * length:
        return None
    return ("+" if vector[axis] > 0 else "-") + "xyz"[axis]
