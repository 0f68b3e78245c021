"""Where a runner goes: along a straight line over the floor, which the camera and a second figure follow.

In Blender's axes; nothing here knows Blender.
"""

from dataclasses import dataclass

import numpy as np

from .axes import opensim_to_blender
from .families import find_body
from .result import Result


@dataclass(frozen=True, kw_only=True)
class Course:
    """The line that the pelvis follows, after the trial is turned so that the runner faces along +x.

    Parameters
    ----------
    turn_rad
        Quarter turns about the vertical that make the runner face so: laboratories differ in what they call forward.
    time_s
        An instant.
    x_m, y_m
        Where the pelvis is at that instant, on average over its sway.
    speed_m_s
        How fast it goes along x; about 0 on a belt.
    """

    turn_rad: float
    time_s: float
    x_m: float
    y_m: float
    speed_m_s: float

    def x_at(self, time_s: np.ndarray) -> np.ndarray:
        """Give how far along the line the runner is."""
        return self.x_m + self.speed_m_s * (np.asarray(time_s) - self.time_s)


def find_course(result: Result, *, overground: bool) -> Course:
    """Find the line that the runner follows; carried forward by the speed of the belt if `overground`."""
    pelvis = result.body_pose[:, find_body(result.body_names, "pelvis") or 0]
    forward = opensim_to_blender(pelvis[:, :3, 0].mean(axis=0))  # OpenSim's pelvis has its x axis to the front
    quarters = -round(float(np.arctan2(forward[1], forward[0])) / (np.pi / 2)) % 4
    x, y, _ = opensim_to_blender(pelvis[:, :3, 3]).T
    for _ in range(quarters):
        x, y = -y, x
    slope, start = np.polyfit(result.time_s - result.time_s[0], x, 1)
    return Course(
        turn_rad=quarters * np.pi / 2,
        time_s=float(result.time_s[0]),
        x_m=float(start),
        y_m=float(y.mean()),
        speed_m_s=float(slope) + (result.belt_speed_m_s if overground else 0.0),
    )
