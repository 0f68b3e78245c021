"""Poses of segments: do they mean what they should, and the markers that take their place where there are no others."""

from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.checks.names import respell
from swinglever.checks.pose_gaps import angle_from, while_measured, without_contradictions
from swinglever.checks.reading import Found
from swinglever.motion.pose_markers import ModelSegment, follow_poses, line_in_segment, segments_of
from swinglever.records.faults import Fault, error, is_sound, warning
from swinglever.records.parameters import Parameters
from swinglever.records.poses import PELVIS, TRUNK, SegmentPoses
from swinglever.records.trial import Trial

_FEWEST_MARKERS = 3
"""With fewer of the model, poses are followed instead."""
_LINE_RAD = np.radians(10.0)
"""Visual3D's axes lie on the line between a segment's ends; the median of a whole recording is off by less."""
_AXIS_RAD, _ODD_AXIS_RAD = np.radians(25.0), np.radians(10.0)
"""Knees turn sideways and inwards too while they bend, but less; beyond the second angle that is told."""
_ASIDE_RAD = np.radians(45.0)
_BENT_RAD = np.radians(30.0)
"""A knee that bends no further does not tell about which axis."""
_NOT_POSES = "these are not poses from the segment to the laboratory, in Visual3D's axes"
_LENGTHS = (0.5, 2.0)
"""Shares of the model's length beyond which the unit of length is another."""
_LONGER = 0.03
"""Share by which a segment may differ from the model's before that is told."""


def settle_poses(found: Found, parameters: Parameters) -> tuple[Found, list[Fault]]:
    """Make markers of the poses of a recording, where it has no markers of the model, and put them on the model.

    Parameters
    ----------
    found
        What was read. Where its poses are followed, the trial keeps them, beside the markers; else it loses them.
    parameters
        Choices of the analysis.
    """
    trial, model = found.trial, found.model
    if trial.poses is None or model is None:
        return found, []
    if _has_markers(trial, model):
        got, mend = f"poses of {len(trial.poses.names)} segments beside markers of the model", "the markers are used"
        told = Fault(code="poses-unused", severity="note", place=trial.place, got=got, mend=mend)
        return replace(found, trial=replace(trial, poses=None)), [told]
    poses, faults = while_measured(trial.place, trial.poses)
    faults += check_poses(trial.place, poses, model)
    if parameters.ik_engine == "opensim":
        mend = "leave --ik-engine out"
        faults.append(error("poses-engine", trial.place, "markers for OpenSim's solver", "poses of segments", mend))
    if not is_sound(faults):
        return replace(found, trial=replace(trial, markers=None), opened=False), faults
    poses, odd = without_contradictions(trial.place, poses, segments_of(model))
    faults += odd
    markers, sites = follow_poses(poses, model)
    if trial.markers is not None:
        got = f"{len(trial.markers.names)} markers that are none of the model's"
        faults.append(warning("poses", trial.place, "", got, "the poses of segments are followed"))
    if trial.tasks is not None:
        weights = dict.fromkeys(markers.names, 1.0)
        faults.append(warning("poses", trial.place, "", "weights of markers where poses are followed", "all are alike"))
        trial = replace(trial, tasks=replace(trial.tasks, marker_weights=weights))
    trial = replace(trial, markers=markers, poses=poses)
    return replace(found, trial=trial, model=replace(model, markers=sites)), faults


def _has_markers(trial: Trial, model: Model) -> bool:
    on_model = {site.name for site in model.markers}
    names = () if trial.markers is None else respell(trial.markers.names, on_model)[0]
    return len(on_model.intersection(names)) >= _FEWEST_MARKERS


def check_poses(place: str, poses: SegmentPoses, model: Model) -> list[Fault]:
    """Every fault of the poses of a recording that a model is to follow."""
    segments = segments_of(model)
    needed = [PELVIS, *(f"{side}_{part}" for side in model.legs for part in ("thigh", "shank", "foot"))]
    if missing := [name for name in needed if not _is_seen(poses, name)]:
        got, mend = f"none of {', '.join(missing)}", "export the poses of the whole body, or joint angles as .mot"
        return [error("poses-absent", place, f"poses of {', '.join(needed)}", got, mend)]
    lines = {name: line_in_segment(poses, name) for name in segments}
    faults = _check_sizes(place, poses, segments, lines) or _check_sides(place, poses)
    faults += [fault for name in segments if (fault := _check_line(place, name, lines[name]))]
    if is_sound(faults):
        faults += [fault for side in model.legs if (fault := _check_knee(place, poses, side))]
    if is_sound(faults):
        faults += _tell_what_is_taken(place, poses, model, TRUNK in segments)
    return faults


def _is_seen(poses: SegmentPoses, name: str) -> bool:
    return name in poses.names and bool(np.isfinite(poses.origin(name)).any())


def _check_sizes(
    place: str, poses: SegmentPoses, segments: dict[str, ModelSegment], lines: dict[str, Array]
) -> list[Fault]:
    """Compare the lengths of thighs and shanks with the model's: units first, then scale."""
    legs = [name for name in segments if name.endswith(("thigh", "shank"))]
    shares = {name: float(np.nanmedian(np.linalg.norm(lines[name], axis=1))) / segments[name].length_m for name in legs}
    typical = float(np.median(list(shares.values())))
    if not _LENGTHS[0] <= typical <= _LENGTHS[1]:
        expected = "thighs and shanks about as long as the model's"
        got = f"some {typical:.3g} times as long with units {poses.units!r}"
        return [error("poses-units", place, expected, got, "give the unit of their origins with --units")]
    other = [f"{name} {100 * (share - 1):+.0f} %" for name, share in shares.items() if abs(share - 1) > _LONGER]
    if not other:
        return []
    mend = "the angles do not rest on lengths; masses and where the feet meet forces do: scale the model"
    return [warning("poses-length", place, "segments as long as the model's", ", ".join(other), mend)]


def _check_sides(place: str, poses: SegmentPoses) -> list[Fault]:
    """The right hip lies to the right of the left one."""
    line = line_in_segment(poses, PELVIS)
    if not np.isfinite(line).any():
        return []  # one leg alone
    across = _middle(line)
    if across[0] >= np.cos(_ASIDE_RAD) * np.linalg.norm(across):
        return []
    got = f"one along {_told(across)} in the axes of the pelvis"
    mend = "left and right are exchanged, or these are not Visual3D's axes"
    return [error("poses-sides", place, "a line from the left hip to the right one along +x of the pelvis", got, mend)]


def _check_line(place: str, name: str, line: Array) -> Fault | None:
    """The next joint of thigh and shank lies on -z; that of a foot before x; and it stays where it is."""
    if name == PELVIS or not np.isfinite(line).any():
        return None
    middle = _middle(line)
    moved = float(np.nanpercentile(angle_from(line, middle), 90.0))
    if moved > _LINE_RAD:
        got = f"one that moves by {np.degrees(moved):.0f} deg in them"
        return error("poses-axes", f"{place} {name}", "a far end that rests in the segment's own axes", got, _NOT_POSES)
    if name.endswith("foot"):
        off, expected = abs(np.pi / 2 - angle_from(middle, np.array([1.0, 0.0, 0.0]))), "toes before its x axis"
        most = _ASIDE_RAD
    else:
        off, expected, most = angle_from(middle, np.array([0.0, 0.0, -1.0])), "its far end along -z", _LINE_RAD
    if off <= most:
        return None
    return error("poses-axes", f"{place} {name}", expected, f"it along {_told(middle)}", _NOT_POSES)


def _check_knee(place: str, poses: SegmentPoses, side: str) -> Fault | None:
    """A knee bends about the x axis of its thigh, the shank backwards."""
    between = np.swapaxes(poses.turn(f"{side}_thigh"), 1, 2) @ poses.turn(f"{side}_shank")
    turned = Rotation.from_matrix(between[np.isfinite(between).all(axis=(1, 2))]).as_rotvec()
    bent = turned[np.linalg.norm(turned, axis=1) > _BENT_RAD]
    if not len(bent):
        return None
    axis = _middle(bent)
    off = float(angle_from(axis, np.array([-1.0, 0.0, 0.0])))
    expected = "a knee that bends about x, to the right, the shank backwards"
    place, got = f"{place} {side}_shank", f"one that turns about {_told(axis)}"
    if off > _AXIS_RAD:
        return error("poses-axes", place, expected, got, _NOT_POSES)
    if off > _ODD_AXIS_RAD:
        mend = (
            "the thigh or the shank is turned about its own length, and the angles of hip and knee may be off as much"
        )
        return warning("poses-axes", place, expected, f"{got}, {np.degrees(off):.0f} deg off", mend)
    return None


def _tell_what_is_taken(place: str, poses: SegmentPoses, model: Model, has_trunk: bool) -> list[Fault]:
    """Say what no joint tells: how the pelvis tilts; without toes, how the foot lies; without torso, how it stands."""
    taken = ["the pelvis stands upright where its z axis does"]
    if any(f"{side}_toes" not in poses.names for side in model.legs):
        taken.append("a foot without toes lies flat where its y axis does")
    if has_trunk and TRUNK not in poses.names:
        taken.append("the trunk stands on the pelvis as the model has it")
    got = f"poses of {len(poses.names)} segments in place of markers: {', '.join(taken)}"
    return [Fault(code="poses", severity="note", place=place, got=got)]


def _middle(vectors: Array) -> Array:
    return np.asarray(np.nanmedian(vectors, axis=0))


def _told(vector: Array) -> str:
    parts = np.round(vector / np.linalg.norm(vector), 2) + 0.0  # no -0
    return f"({', '.join(f'{part:.2f}' for part in parts)})"
