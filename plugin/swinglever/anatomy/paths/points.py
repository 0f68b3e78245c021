"""What a muscle path is made of: points on bodies, points that move or count only at times, cylinders to wrap over."""

from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.multibody.joint_functions import JointFunctions
from swinglever.anatomy.paths.cylinder import Cylinder
from swinglever.arrays import Array, check_shapes, freeze_fields
from swinglever.errors import ModelError


@dataclass(frozen=True, kw_only=True)
class PathPoint:
    """A point of a path, fixed to a body unless told otherwise.

    Parameters
    ----------
    body
        Index of its body, -1 for ground.
    location_m
        Location in the body's frame, shape (3,); where it is now, for one that does not move.
    coordinate, active_range
        The point counts only while this coordinate (index among all) lies in this range; -1 for always.
    moves
        Three functions of coordinates (among all) that give the location, or None.
    """

    body: int
    location_m: Array
    coordinate: int = -1
    active_range: tuple[float, float] = (-np.inf, np.inf)
    moves: JointFunctions | None = None

    def __post_init__(self) -> None:
        freeze_fields(self, "location_m")
        check_shapes(self, location_m=(3,))


@dataclass(frozen=True, kw_only=True)
class PathWrap:
    """A cylinder that the path may wrap over, between the points ``first`` and ``last`` of the path."""

    cylinder: Cylinder
    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class MusclePath:
    """One muscle's path, from origin to insertion."""

    name: str
    points: tuple[PathPoint, ...]
    wraps: tuple[PathWrap, ...] = ()

    def __post_init__(self) -> None:
        if len(self.points) < 2:
            raise ModelError(f"the path of {self.name!r} has {len(self.points)} points; a path needs two")
