"""Segment poses as markers that a model can follow: points of its own bodies, turned as the segments were.

Which way a body lies in a segment's axes follows from how both are built: the line from its joint to the next one, and
the side; so a model need not have the axes of whoever exported the poses. The markers of each body stand where the
model's own joints put them once every body is turned as its segment was, so segments of another length than the model's
bend no joint.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.spatial.transform import Rotation

from swinglever.anatomy.model import Leg, MarkerSite, Model, Side, trunk_of
from swinglever.anatomy.multibody.configuration import Configuration
from swinglever.arrays import Array
from swinglever.motion.soles import BALL_WITHOUT_TOES_M
from swinglever.records.poses import LEG_SEGMENTS, PELVIS, TRUNK, SegmentPoses
from swinglever.records.trial import Markers

_PELVIS_REACH_M = 0.15
"""Of the points above and before the hips."""
_TRUNK_REACH_M = 0.3
_BETWEEN = " "
"""Between the names of a segment and of a point on it."""
_SIDEWAYS_SHARE = 1.0 / 3.0
"""Of a segment's length, from its middle to its points at the side and in front."""


@dataclass(frozen=True, kw_only=True)
class ModelSegment:
    """A body that follows a segment.

    Attributes
    ----------
    name
        Of the segment.
    body
        Index.
    before
        The segment that carries it; empty for the pelvis.
    joint_m
        (3) where it hangs on that, in its own axes; of the pelvis the middle between the hips.
    end_m
        (3) where the next segment hangs on it.
    axes
        (3,3) to the right, forward and along the segment, in the body's axes, as columns.
    level
        (3,3) to the right, forward and upwards as the model stands, in the body's axes, as columns.
    """

    name: str
    body: int
    before: str
    joint_m: Array
    end_m: Array
    axes: Array
    level: Array

    @property
    def length_m(self) -> float:
        """From joint to joint."""
        return float(np.linalg.norm(self.end_m - self.joint_m))

    def points_m(self) -> dict[str, Array]:
        """Points (3) to put markers on, in the body's axes: in no plane, so that they hold it on their own."""
        right, front, along = self.axes.T
        if self.name == PELVIS:
            half = self.end_m - self.joint_m
            up, before = (self.joint_m + _PELVIS_REACH_M * axis for axis in (along, front))
            return {"right": self.joint_m + half, "left": self.joint_m - half, "up": up, "front": before}
        aside = _TRUNK_REACH_M if self.name == TRUNK else _SIDEWAYS_SHARE * self.length_m
        middle = 0.5 * (self.joint_m + self.end_m)
        return {
            "near": self.joint_m,
            "far": self.end_m,
            "side": middle + aside * right,
            "front": middle + aside * front,
        }


def segments_of(model: Model) -> dict[str, ModelSegment]:
    """Find the bodies that follow segments, and how they lie, in the pose in which the model's angles are zero."""
    placed, legs = model.place(neutral(model)), model.legs
    pelvis = next(iter(legs.values())).pelvis_body
    hips = [_joint(model, placed, leg.thigh, pelvis) for leg in legs.values()]
    right = hips[0] - hips[1] if len(hips) == 2 else 2.0 * _PELVIS_REACH_M * placed.body_rotation[pelvis][:, 2]
    right = right * np.sign(right @ placed.body_rotation[pelvis][:, 2])
    level, middle = _axes_by_side(right, model.up), np.mean(hips, axis=0)
    found = {PELVIS: _segment(PELVIS, "", placed, pelvis, (middle, middle + 0.5 * right), (level, level))}
    for trunk in trunk_of(model)[:1]:
        start = _joint(model, placed, trunk, pelvis)
        ends = start, start + _TRUNK_REACH_M * model.up
        found[TRUNK] = _segment(TRUNK, PELVIS, placed, trunk, ends, (level, level))
    for side, leg in legs.items():
        found |= _leg_segments(model, placed, side, leg, level)
    return found


def neutral(model: Model) -> Array:
    """Coordinates (n) of a model that stands: no angle, as far as ranges and locks allow; translations by default."""
    angles = [np.clip(0.0, c.minimum, c.maximum) if c.turns and not c.locked else c.default for c in model.coordinates]
    return np.array(angles)


def _leg_segments(model: Model, placed: Configuration, side: Side, leg: Leg, level: Array) -> dict[str, ModelSegment]:
    chain = leg.pelvis_body, leg.thigh, leg.shank, leg.ankle_body
    hip, knee, ankle = (_joint(model, placed, body, before) for before, body in pairwise(chain))
    if leg.toes >= 0:
        ball = _joint(model, placed, leg.toes, leg.foot)
    else:
        ball = placed.body_position[leg.foot] + BALL_WITHOUT_TOES_M * placed.body_rotation[leg.foot][:, 0]
    hinge = _knee_axis(model, leg, level[:, 0])
    found, before = dict[str, ModelSegment](), PELVIS
    for part, body, start, end in (
        ("thigh", leg.thigh, hip, knee),
        ("shank", leg.shank, knee, ankle),
        ("foot", leg.foot, ankle, ball),
    ):
        axes, name = _axes_along(start - end, level[:, 0] if part == "foot" else hinge), f"{side}_{part}"
        found[name] = _segment(name, before, placed, body, (start, end), (axes, level))
        before = name
    return found


def _segment(
    name: str, before: str, placed: Configuration, body: int, ends: tuple[Array, Array], axes: tuple[Array, Array]
) -> ModelSegment:
    """Make one of places and axes in ground."""
    turn, origin = placed.body_rotation[body], placed.body_position[body]
    (start, end), (own, level) = ((turn.T @ (end - origin) for end in ends), (turn.T @ each for each in axes))
    return ModelSegment(name=name, body=body, before=before, joint_m=start, end_m=end, axes=own, level=level)


def _joint(model: Model, placed: Configuration, body: int, before: int) -> Array:
    """Where a body hangs on the one that carries it, in ground; of one that is welded to it the body's own origin."""
    tree, origin = model.tree, placed.body_position[body]
    if tree.body_joint[body] == tree.body_joint[before]:
        return np.asarray(origin)
    return np.asarray(origin - placed.body_rotation[body] @ tree.body_rotation[body].T @ tree.body_position[body])


def _knee_axis(model: Model, leg: Leg, right: Array) -> Array:
    """The axis (3) about which the shank turns in ground while the thigh stands, to the right."""
    q = np.stack([neutral(model)] * 2)
    q[1, leg.knee] = q[0, leg.knee] + leg.knee_sign
    turned = model.place(q).body_rotation[:, leg.shank]
    axis = Rotation.from_matrix(turned[1] @ turned[0].T).as_rotvec()
    return np.asarray(axis * np.sign(axis @ right))


def _axes_along(along: Array, right: Array) -> Array:
    """Axes (3,3) as columns: along a line, and as near as can be to the right."""
    z = along / np.linalg.norm(along)
    x = right - (right @ z) * z
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(z, x), z], axis=1)


def _axes_by_side(right: Array, up: Array) -> Array:
    """Axes (3,3) as columns: to the right, and as near as can be upwards."""
    x = right / np.linalg.norm(right)
    z = up - (up @ x) * x
    z /= np.linalg.norm(z)
    return np.stack([x, np.cross(z, x), z], axis=1)


def line_in_segment(poses: SegmentPoses, name: str) -> Array:
    """Line (T,3) to the joint at a segment's far end in its axes, m; of the pelvis from the left hip to the right one.

    nan where a segment was not seen, and throughout where the file has no such segment.
    """
    side, _, part = name.partition("_")
    if name == PELVIS:
        ends = ("l_thigh", "r_thigh")
    else:
        beyond = dict(pairwise(LEG_SEGMENTS)).get(part, "")
        ends = (name, f"{side}_{beyond}")
    if not {name, *ends} <= set(poses.names):
        return np.full((len(poses.time_s), 3), np.nan)
    line = poses.origin(ends[1]) - poses.origin(ends[0])
    return np.asarray((np.swapaxes(poses.turn(name), 1, 2) @ line[..., None])[..., 0])


def segment_of(marker: str) -> str:
    """Name of the segment that a marker was made of."""
    return marker.partition(_BETWEEN)[0]


def _body_turn(poses: SegmentPoses, segment: ModelSegment) -> Array:
    """Rotation (T,3,3) of a body to ground: by the line to its next joint, else by how it stands upright."""
    line = line_in_segment(poses, segment.name)
    seen = line[np.isfinite(line).all(axis=1)]
    if not len(seen):
        return np.asarray(poses.turn(segment.name) @ segment.level.T)
    x, _, z = np.eye(3)
    middle = np.median(seen, axis=0)
    axes = _axes_by_side(middle, z) if segment.name == PELVIS else _axes_along(-middle, x)
    return np.asarray(poses.turn(segment.name) @ axes @ segment.axes.T)


def follow_poses(poses: SegmentPoses, model: Model) -> tuple[Markers, tuple[MarkerSite, ...]]:
    """Make markers of poses, and put them on the model.

    Parameters
    ----------
    poses
        With pelvis, thighs, shanks and feet of the model's legs.
    model
        Its own markers play no part.

    Returns
    -------
    markers
        (T, m, 3); nan where a segment, or one that carries it, was not seen.
    sites
        (m) where they are on the model.
    """
    segments = {name: s for name, s in segments_of(model).items() if name in poses.names}
    turns = {name: _body_turn(poses, segment) for name, segment in segments.items()}
    joints = _joints(poses, model, segments, turns)
    names, sites, position = list[str](), list[MarkerSite](), list[Array]()
    for name, segment in segments.items():
        for point, place_m in segment.points_m().items():
            names.append(f"{name}{_BETWEEN}{point}")
            sites.append(MarkerSite(name=names[-1], body=segment.body, location_m=place_m))
            position.append(joints[name] + turns[name] @ (place_m - segment.joint_m))
    markers = Markers(
        time_s=poses.time_s,
        names=tuple(names),
        position_m=np.stack(position, axis=1),
        path=poses.path,
        units=poses.units,
    )
    return markers, tuple(sites)


def _joints(
    poses: SegmentPoses, model: Model, segments: Mapping[str, ModelSegment], turns: Mapping[str, Array]
) -> dict[str, Array]:
    """Where the joint (T,3) of each body is, from the hips of the poses on along the model's own bodies."""
    carried = [segment for segment in segments.values() if segment.before]
    bent = _knees_bent(model, segments, turns)
    away = model.place_in_turn(bent, lambda placed: [_from_carrier(placed, s, segments[s.before]) for s in carried])
    along = {s.name: (turns[s.before] @ each[..., None])[..., 0] for s, each in zip(carried, away, strict=True)}
    hips = np.stack([poses.origin(f"{side}_thigh") - along[f"{side}_thigh"] for side in model.legs])
    seen = np.isfinite(hips)
    joints = {PELVIS: np.where(seen, hips, 0.0).sum(axis=0) / np.where(seen.any(axis=0), seen.sum(axis=0), np.nan)}
    for segment in carried:
        joints[segment.name] = joints[segment.before] + along[segment.name]
    return joints


def _from_carrier(placed: Configuration, segment: ModelSegment, carrier: ModelSegment) -> Array:
    """Vector (T,3) from the joint of a body to that of one that it carries, in its axes."""
    here = placed.stations(np.array([segment.body]), segment.joint_m[None])[:, 0]
    away = here - placed.body_position[:, carrier.body]
    inside = np.swapaxes(placed.body_rotation[:, carrier.body], 1, 2) @ away[..., None]
    return np.asarray(inside[..., 0] - carrier.joint_m)


def _knees_bent(model: Model, segments: Mapping[str, ModelSegment], turns: Mapping[str, Array]) -> Array:
    """Coordinates (T,n) of the model as it stands, with the knees bent as the poses say: some roll while they bend."""
    q = np.repeat(neutral(model)[None], len(turns[PELVIS]), axis=0)
    for side, leg in model.legs.items():
        thigh, shank = segments[f"{side}_thigh"], segments[f"{side}_shank"]
        between = np.swapaxes(turns[thigh.name] @ thigh.axes, 1, 2) @ turns[shank.name] @ shank.axes
        # Flexion turns the shank backwards: against the axis to the right.
        flexion, knee = np.arctan2(-between[:, 2, 1], between[:, 1, 1]), model.coordinates[leg.knee]
        q[:, leg.knee] = np.clip(leg.knee_sign * np.nan_to_num(flexion), knee.minimum, knee.maximum)
    return q
