"""Poses that were not measured: before anybody is seen, where one is only repeated, where they contradict others."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np

from swinglever.arrays import Array, Bools, runs_of
from swinglever.checks.gaps import is_held
from swinglever.motion.pose_markers import line_in_segment
from swinglever.records.faults import Fault, warning
from swinglever.records.poses import SegmentPoses

_LINE_RAD, _FOOT_LINE_RAD = np.radians(10.0), np.radians(25.0)
"""As far as the next joint strays, in a segment's axes, from where it is as a rule; a foot is a third as long."""


def while_measured(place: str, poses: SegmentPoses) -> tuple[SegmentPoses, list[Fault]]:
    """Leave out the frames in which nobody is seen yet or any more, and take for missing what only repeats itself."""
    poses, faults = _while_seen(place, poses)
    return _settle(_repeated, place, poses, poses.names, faults)


def without_contradictions(
    place: str, poses: SegmentPoses, followed: Collection[str]
) -> tuple[SegmentPoses, list[Fault]]:
    """Take for missing, of segments that are followed and whose axes are right, the poses that belong elsewhere."""
    return _settle(_contradicted, place, poses, [name for name in poses.names if name in followed], [])


def _settle(
    find: Callable[[str, SegmentPoses, str], tuple[SegmentPoses, list[Fault]]],
    place: str,
    poses: SegmentPoses,
    names: Sequence[str],
    faults: list[Fault],
) -> tuple[SegmentPoses, list[Fault]]:
    for name in names:
        poses, told = find(place, poses, name)
        faults = [*faults, *told]
    return poses, faults


def _while_seen(place: str, poses: SegmentPoses) -> tuple[SegmentPoses, list[Fault]]:
    """Leave out the frames before anybody is seen and after: people run into the view of the cameras and out of it."""
    frames = np.flatnonzero(np.isfinite(poses.origin_m).any(axis=(1, 2)))
    first, after = (int(frames[0]), int(frames[-1]) + 1) if len(frames) else (0, len(poses.time_s))
    if after - first == len(poses.time_s):
        return poses, []
    kept = slice(first, after)
    seen = replace(poses, time_s=poses.time_s[kept], rotation=poses.rotation[kept], origin_m=poses.origin_m[kept])
    got = f"nobody is seen before {seen.time_s[0]:.3f} s and after {seen.time_s[-1]:.3f} s"
    mend = f"these {len(poses.time_s) - len(seen.time_s)} frames are left out"
    return seen, [Fault(code="poses-unseen", severity="mended", place=place, got=got, mend=mend)]


def _repeated(place: str, poses: SegmentPoses, name: str) -> tuple[SegmentPoses, list[Fault]]:
    """A segment that keeps its last pose to the last digit while others move was not seen."""
    still = (np.diff(poses.turn(name), axis=0) == 0.0).all(axis=(1, 2)) & (
        np.diff(poses.origin(name), axis=0) == 0.0
    ).all(axis=1)
    held = np.zeros(len(poses.time_s), bool)
    for first, last in runs_of(still).tolist():
        held[first + 1 : last + 1] = is_held(poses.time_s, poses.origin_m, first, last)
    if not held.any():
        return poses, []
    return _without(place, poses, name, held, "keeps one pose")


def _contradicted(place: str, poses: SegmentPoses, name: str) -> tuple[SegmentPoses, list[Fault]]:
    """A pose in whose axes the next joint is not where it rests belongs to another segment, or to another time."""
    line = line_in_segment(poses, name)
    seen = np.isfinite(line).all(axis=1)
    if not seen.any():
        return poses, []
    middle = np.median(line[seen], axis=0)
    astray = seen & (angle_from(line, middle) > (_FOOT_LINE_RAD if name.endswith("foot") else _LINE_RAD))
    if not astray.any():
        return poses, []
    return _without(place, poses, name, astray, "has the next joint elsewhere in its axes")


def angle_from(vectors: Array, axis: Array) -> Array:
    """Angle (...), rad, of vectors (...,3) from an axis (3)."""
    along = vectors @ axis / (np.linalg.norm(vectors, axis=-1) * np.linalg.norm(axis))
    return np.asarray(np.arccos(np.clip(along, -1.0, 1.0)))


def _without(place: str, poses: SegmentPoses, name: str, gone: Bools, what: str) -> tuple[SegmentPoses, list[Fault]]:
    """Take a segment for missing in some frames (T)."""
    rotation, origin_m, k = poses.rotation.copy(), poses.origin_m.copy(), poses.names.index(name)
    rotation[gone, k], origin_m[gone, k] = np.nan, np.nan
    times = poses.time_s[gone]
    got = f"segment {name} {what} in {len(times)} frames from {times[0]:.3f} to {times[-1]:.3f} s"
    told = warning("poses-odd", place, "", got, "treated as missing")
    return replace(poses, rotation=rotation, origin_m=origin_m), [told]
