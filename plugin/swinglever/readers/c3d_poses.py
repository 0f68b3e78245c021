"""The ROTATION group of a C3D file: a pose of each body segment in each frame, as Theia and others export it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from swinglever.errors import InputError, named
from swinglever.readers.axes import Axes, axis_vector, signed_axis
from swinglever.records.poses import SEGMENTS, SegmentPoses

_SIDES = {"right": "r", "left": "l"}
_PARTS = {"thorax": "torso", "trunk": "torso", "shin": "shank", "leg": "shank", "toe": "toes"}
_LABEL = re.compile(
    r"(?P<before>(.*?[^a-z])??)((?P<side>r|l|right|left)[_. -]?)?"
    r"(?P<part>pelvis|torso|thorax|trunk|thigh|shank|shin|leg|foot|toes?)(_4x4)?",
    re.IGNORECASE,
)
"""Labels as Theia (``r_shank_4X4``) and Visual3D (``RSHANK``, ``Right Shank``) write them."""
_SQUARE = 0.02
"""Most that an entry of a rotation times its transpose is off: 32-bit numbers leave 1e-6."""
_MOST_ODD = 0.01
"""Share of the poses that may be no rotation before the file is refused."""


def read_poses(path: Path, raw: Mapping[str, Any], scale: float, start_s: float) -> SegmentPoses | None:
    """Give the poses of segments in the file's own axes; None where it holds none.

    Parameters
    ----------
    path, raw
        The file, and what `parse_c3d` found in it.
    scale
        Metres in its unit of length.
    start_s
        Time of the first frame.

    Raises
    ------
    InputError
        When what it holds is no pose of one person.
    """
    matrices = raw["rotations"]
    columns, told = _columns(path, raw["rotation_labels"][: matrices.shape[1]])
    if not columns or not len(matrices):
        return None
    rate_hz = _rate(path, raw["rotation_rate_hz"], raw["rotation_rate_stated_hz"])
    matrices = matrices[:, list(columns.values())]
    missing = ~np.isfinite(matrices).all(axis=(2, 3)) | _is_blank(matrices)
    doubted = raw["reliability"][:, list(columns.values())] < 0.0
    missing |= doubted & ~doubted.all()  # where every pose is, nobody set it
    matrices, mended = _by_columns(path, np.where(missing[..., None, None], np.nan, matrices), missing)
    matrices, lost = _without_odd(path, tuple(columns), matrices)
    return SegmentPoses(
        time_s=start_s + np.arange(len(matrices)) / rate_hz,
        names=tuple(columns),
        rotation=matrices[..., :3, :3],
        origin_m=matrices[..., :3, 3] * scale,
        units=raw["units"],
        path=path,
        warnings=tuple(f"{path.name}: {text}" for text in (*told, *mended, *lost)),
    )


def _rate(path: Path, by_ratio_hz: float, stated_hz: float) -> float:
    """Frames a second: by the header's rate and ROTATION:RATIO, and by ROTATION:RATE, which have to agree."""
    known = [rate for rate in (by_ratio_hz, stated_hz) if rate > 0]
    if not known or max(known) > 1.01 * min(known):
        raise InputError(
            f"{path}: expected one rate of the poses in Hz, got {by_ratio_hz:g} by POINT:RATE and ROTATION:RATIO and "
            f"{stated_hz:g} in ROTATION:RATE"
        )
    return known[0]


def turn_poses(poses: SegmentPoses, rotation: NDArray[np.float64]) -> SegmentPoses:
    """Give the poses in other ground axes: ``new = rotation @ old``."""
    return replace(poses, rotation=rotation @ poses.rotation, origin_m=poses.origin_m @ rotation.T)


def axes_of_poses(poses: SegmentPoses) -> Axes:
    """Which way is up, from the feet and knees to the hips, and forward, across the line between the hips."""
    pairs = [(f"{side}_thigh", f"{side}_{part}") for side in "rl" for part in ("shank", "foot")]
    up = signed_axis(_middle([_seen(poses, hip) - _seen(poses, lower) for hip, lower in pairs]))
    if up is None:
        return Axes(up=None, forward=None, right_by_names=None)
    across = _middle([_seen(poses, "r_thigh") - _seen(poses, "l_thigh")])
    return Axes(up=up, forward=signed_axis(np.cross(axis_vector(up), across)), right_by_names=None)


def _seen(poses: SegmentPoses, name: str) -> NDArray[np.float64]:
    return poses.origin(name) if name in poses.names else np.full((len(poses.time_s), 3), np.nan)


def _middle(vectors: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Median (3) of vectors (T, 3) that were seen."""
    together = np.concatenate(vectors)
    whole = together[np.isfinite(together).all(axis=1)]
    return np.asarray(np.median(whole, axis=0)) if len(whole) else np.full(3, np.nan)


def _columns(path: Path, labels: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Column of each segment by its name, and what is not used."""
    columns, unused, owners = dict[str, int](), list[str](), set[str]()
    for column, label in enumerate(labels):
        name, before = segment_of(label)
        if not name:
            unused.append(label)
            continue
        owners.add(before)
        if name in columns or len(owners) > 1:
            both = f"{labels[columns[name]]!r} and {label!r}" if name in columns else f"{label!r} beside others"
            raise InputError(f"{path}: expected poses of one person, got {both}; export one person at a time")
        columns[name] = column
    return columns, [f"poses of segments that are not used: {named(unused)}"] if unused and columns else []


def segment_of(label: str) -> tuple[str, str]:
    """Name of a segment by its label, and what stands before it; both empty for one that cannot be followed.

    Examples
    --------
    >>> segment_of("r_shank_4X4"), segment_of("LEFT FOOT"), segment_of("Ann:pelvis_4X4"), segment_of("head_4X4")
    (('r_shank', ''), ('l_foot', ''), ('pelvis', 'Ann:'), ('', ''))
    """
    found = _LABEL.fullmatch(label.strip())
    if found is None:
        return "", ""
    side, part = (found["side"] or "").lower(), found["part"].lower()
    name = "_".join(filter(None, (_SIDES.get(side, side), _PARTS.get(part, part))))
    return (name, found["before"]) if name in SEGMENTS else ("", "")


def _by_columns(
    path: Path, matrices: NDArray[np.float64], missing: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], list[str]]:
    """Matrices whose last row is 0, 0, 0, 1; those that were stored row by row are turned over, and that is said."""
    some = matrices[~missing]
    last = np.array([0.0, 0.0, 0.0, 1.0])
    if not len(some) or np.abs(some[:, 3] - last).max() < _SQUARE:
        return matrices, []
    if np.abs(some[:, :, 3] - last).max() < _SQUARE:
        return np.swapaxes(matrices, -1, -2), ["poses were stored row by row, not column by column; turned over"]
    row = ", ".join(f"{number:.3g}" for number in some[np.argmax(np.abs(some[:, 3] - last).max(axis=1)), 3])
    raise InputError(f"{path}: expected poses whose last row is 0, 0, 0, 1, got {row}; they are no 4 x 4 poses")


def _is_blank(matrices: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Poses (T, s) without any turn or place: zeros, or an origin of exactly 0, 0, 0, where no joint is."""
    nowhere = (matrices[..., :3, 3] == 0.0).all(axis=2) & (matrices[..., 3, :3] == 0.0).all(axis=2)
    return np.asarray(nowhere | (matrices[..., :3, :3] == 0.0).all(axis=(2, 3)))


def _without_odd(
    path: Path, names: Sequence[str], matrices: NDArray[np.float64]
) -> tuple[NDArray[np.float64], list[str]]:
    """Take single poses that are no right-handed rotations for missing, and say so; raise where there are many."""
    rotation = matrices[..., :3, :3]
    with np.errstate(invalid="ignore"):  # of poses that were not seen
        off = np.abs(rotation @ np.swapaxes(rotation, -1, -2) - np.eye(3)).max(axis=(2, 3))
        odd = (off > _SQUARE) | (np.linalg.det(rotation) < 0.0)
    if not odd.any():
        return matrices, []
    frame, column = np.argwhere(odd)[0]
    got = f"{np.count_nonzero(odd)} that are none, the first of {names[column]} in frame {frame + 1}"
    if odd.mean() > _MOST_ODD:
        raise InputError(f"{path}: expected right-handed rotations of segments, got {got}; export the poses again")
    return np.where(odd[..., None, None], np.nan, matrices), [
        f"expected right-handed rotations of segments, got {got}; treated as missing"
    ]
