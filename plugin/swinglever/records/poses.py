"""Poses of body segments, as laboratories without markers export them: where each segment is, and how it is turned."""

from dataclasses import dataclass
from pathlib import Path

from swinglever.arrays import Array, check_shapes, freeze_fields

TRUNK, PELVIS = "torso", "pelvis"
LEG_SEGMENTS = ("thigh", "shank", "foot", "toes")
"""Of one leg, from the hip down; their poses begin with the side: ``r_thigh``."""
SEGMENTS = (PELVIS, TRUNK, *(f"{side}_{segment}" for side in "rl" for segment in LEG_SEGMENTS))
"""Segments that can be followed."""


@dataclass(frozen=True, kw_only=True)
class SegmentPoses:
    """Poses of segments over time, in OpenSim's ground axes: x forward, y up, z to the right.

    A segment's own axes are Visual3D's: x to the body's right, on both sides; z from its far end to its origin, the
    joint nearer to the trunk. A foot may have y along it instead.

    Attributes
    ----------
    time_s
        (T), rising.
    names
        (s) of `SEGMENTS`.
    rotation
        (T, s, 3, 3) from the segment's axes to ground; nan where the segment was not seen.
    origin_m
        (T, s, 3) of its origin; nan where it was not seen.
    units
        Length unit as the file states it; ``origin_m`` is in metres whatever it says.
    path
        The file; empty where there is none.
    warnings
        What was mended or left out.
    """

    time_s: Array
    names: tuple[str, ...]
    rotation: Array
    origin_m: Array
    units: str = "m"
    path: Path = Path()
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        freeze_fields(self, "time_s", "rotation", "origin_m")
        check_shapes(self, time_s="T", rotation=("T", len(self.names), 3, 3), origin_m=("T", len(self.names), 3))

    def origin(self, name: str) -> Array:
        """Origin (T,3) of a segment, m."""
        return self.origin_m[:, self.names.index(name)]

    def turn(self, name: str) -> Array:
        """Rotation (T,3,3) of a segment."""
        return self.rotation[:, self.names.index(name)]
