"""Where the soles are: the points of each foot that may lie on the ground, from a moving model or from its markers."""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from swinglever.anatomy.model import Leg, Model, Side
from swinglever.anatomy.multibody.configuration import Configuration
from swinglever.arrays import Array, check_shapes, freeze_fields
from swinglever.records.kinematics import Kinematics
from swinglever.records.trial import Markers
from swinglever.signals import interpolate

TOES_SHARE = 1.0 / 3.0
"""Length of the toes, as a share of the foot from heel to ball: a quarter of the whole foot. Models lock the joint
between, and laboratories put their markers elsewhere, so the tip is carried on along the sole."""
BALL_WITHOUT_TOES_M = 0.18
"""Distance of the ball before the heel where the model has no toes."""
_FLOOR = 5.0
"""Percentile of the heights of a sole's lowest point that counts as its floor."""
_SEEN_SHARE = 0.5
"""A marker that is missing for longer tells nothing of a foot."""


@dataclass(frozen=True, kw_only=True)
class Sole:
    """Points (p) along one sole over time: heel, ball and tip of the toes, or the foot's markers.

    Parameters
    ----------
    time_s
        (T).
    points_m
        (T,p,3) in ground axes, the second up; nan where a marker is missing.
    """

    time_s: Array
    points_m: Array

    def __post_init__(self) -> None:
        freeze_fields(self, "time_s", "points_m")
        check_shapes(self, time_s="T", points_m=("T", "P", 3))

    @cached_property
    def lowest(self) -> tuple[Array, Array]:
        """Times (t) at which any point is seen, and the height (t) of the lowest one then, m."""
        height = self.points_m[..., 1]
        lowest = np.where(np.isfinite(height), height, np.inf).min(axis=1)
        seen = np.isfinite(lowest)
        return self.time_s[seen], lowest[seen]

    @cached_property
    def floor_m(self) -> float:
        """Height of its floor: a low percentile of where its lowest point comes; nan where it was never seen."""
        heights = self.lowest[1]
        return float(np.percentile(heights, _FLOOR)) if heights.size else float("nan")

    def at(self, time_s: Array) -> Array:
        """Points (k,p,3) at some times (k), held at the ends of the recording."""
        flat = self.points_m.reshape(len(self.time_s), -1)
        return interpolate(time_s, self.time_s, flat).reshape(len(time_s), -1, 3)

    def gap_m(self, time_s: Array, place_m: Array) -> Array:
        """Distance (k) of some places (k,3) from the sole at some times (k): to the nearest line between two points."""
        points = self.at(time_s)
        pairs = list(combinations(range(points.shape[1]), 2)) or [(0, 0)]
        gaps = [_from_line(place_m, points[:, a], points[:, b]) for a, b in pairs]
        return np.asarray(np.fmin.reduce(gaps))

    def height_m(self, time_s: Array) -> Array:
        """Mean height (k) of its points at some times (k); nan where none was seen."""
        height_m = self.at(time_s)[..., 1]
        seen = np.isfinite(height_m)
        total_m = np.where(seen, height_m, 0.0).sum(axis=1)
        return np.asarray(np.divide(total_m, seen.sum(axis=1), out=np.full(len(seen), np.nan), where=seen.any(axis=1)))


def _from_line(place_m: Array, start_m: Array, end_m: Array) -> Array:
    """Distance (k) of places (k,3) from the lines between starts and ends (k,3)."""
    along = end_m - start_m
    length = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((place_m - start_m) * along).sum(axis=1) / length, 0.0, 1.0)
    return np.asarray(np.linalg.norm(place_m - start_m - share[:, None] * along, axis=1))


def soles_of_motion(model: Model, kinematics: Kinematics) -> dict[Side, Sole]:
    """Follow the sole of every leg along a solved motion."""
    points = model.place_in_turn(
        kinematics.q, lambda placed: [np.stack(sole_points(leg, placed), axis=1) for leg in model.legs.values()]
    )
    return {side: Sole(time_s=kinematics.time_s, points_m=own) for side, own in zip(model.legs, points, strict=True)}


def sole_points(leg: Leg, placed: Configuration) -> tuple[Array, Array, Array]:
    """Heel, ball and tip of the toes (...,3) of a leg."""
    heel = placed.body_position[..., leg.foot, :]
    if leg.toes >= 0:
        ball = placed.body_position[..., leg.toes, :]
    else:
        ball = heel + BALL_WITHOUT_TOES_M * placed.body_rotation[..., leg.foot, :, 0]
    return heel, ball, ball + TOES_SHARE * (ball - heel)


def soles_of_markers(model: Model, markers: Markers) -> dict[Side, Sole]:
    """Follow the markers of each foot; a foot without any that is seen for half of the time is left out."""
    soles: dict[Side, Sole] = {}
    for side, leg in model.legs.items():
        own = leg.segments["foot"]
        columns = [markers.names.index(s.name) for s in model.markers if s.body in own and s.name in markers.names]
        columns = [c for c in columns if np.isfinite(markers.position_m[:, c, 0]).mean() > _SEEN_SHARE]
        if columns:
            soles[side] = Sole(time_s=markers.time_s, points_m=markers.position_m[:, columns])
    return soles
