"""Playback: what a viewer needs to show a trial, as plain arrays in OpenSim's ground frame (x forward, y up, z right).

Bodies, muscle paths and markers live on the trial's own sampling times; the lever and the ghost legs of a swing live on
the swing's times. Nothing here knows how it will be drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from swinglever.errors import InputError
from swinglever.records.surfaces import BoneMesh

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

#: Who can fold the knee, as the heel path shows it: muscles that cross the knee, or what is left when they are silent.
FOLDERS = ("pull", "momentum")


def _freeze(record: object) -> None:
    """Make every array of a record read-only, and every mapping a read-only view."""
    for item in fields(record):  # type: ignore[arg-type]
        value = getattr(record, item.name)
        if isinstance(value, np.ndarray):
            view = value.view()
            view.setflags(write=False)
            object.__setattr__(record, item.name, view)
        elif isinstance(value, dict):
            object.__setattr__(record, item.name, MappingProxyType(dict(value)))


def _expect_shape(owner: str, name: str, array: FloatArray, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise InputError(f"{owner}.{name}: expected shape {shape}, got {array.shape}")


def _expect_increasing(owner: str, time_s: FloatArray) -> None:
    if time_s.ndim != 1 or time_s.size == 0 or not bool(np.all(np.diff(time_s) > 0)):
        raise InputError(f"{owner}.time_s: expected one row of increasing times, got shape {time_s.shape}")


@dataclass(frozen=True, kw_only=True)
class GhostPlayback:
    """The swing leg as it would have moved without some of its forces.

    Parameters
    ----------
    time_s
        (J,) times of the ghost.
    body_names
        (g,) bodies of the swing leg.
    body_pose
        (J, g, 4, 4) their poses in the ground frame.
    hip_m, heel_m
        (J, 3) ends of the ghost's lever.
    """

    time_s: FloatArray
    body_names: tuple[str, ...]
    body_pose: FloatArray
    hip_m: FloatArray
    heel_m: FloatArray

    def __post_init__(self) -> None:
        _expect_increasing("ghost", self.time_s)
        n_times = self.time_s.size
        _expect_shape("ghost", "body_pose", self.body_pose, (n_times, len(self.body_names), 4, 4))
        for name in ("hip_m", "heel_m"):
            _expect_shape("ghost", name, getattr(self, name), (n_times, 3))
        _freeze(self)


@dataclass(frozen=True, kw_only=True)
class SwingPlayback:
    """The lever of one swing, who folds the knee, and the ghosts.

    Parameters
    ----------
    time_s
        (K,) times of the swing, toe-off to foot strike.
    hip_m, heel_m
        (K, 3) hip centre and heel in the ground frame.
    radius_of_gyration_m
        (K,) of the leg about the hip.
    folding_rad_s
        (K, 2) knee flexion velocity gained since toe-off through each of `FOLDERS`, scope `shank`; nan where not known.
    ghosts
        Ablation case to ghost leg.
    """

    time_s: FloatArray
    hip_m: FloatArray
    heel_m: FloatArray
    radius_of_gyration_m: FloatArray
    folding_rad_s: FloatArray
    ghosts: Mapping[str, GhostPlayback] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _expect_increasing("swing playback", self.time_s)
        n_times = self.time_s.size
        for name in ("hip_m", "heel_m"):
            _expect_shape("swing playback", name, getattr(self, name), (n_times, 3))
        _expect_shape("swing playback", "radius_of_gyration_m", self.radius_of_gyration_m, (n_times,))
        _expect_shape("swing playback", "folding_rad_s", self.folding_rad_s, (n_times, len(FOLDERS)))
        _freeze(self)


@dataclass(frozen=True, kw_only=True)
class Playback:
    """A whole trial, ready to be shown.

    Parameters
    ----------
    time_s
        (T,) the trial's own sampling times.
    body_names
        (b,) names of the bodies, ground left out.
    body_pose
        (T, b, 4, 4) body to ground.
    muscle_names
        (m,) names of the muscles that have a path.
    muscle_path_m
        (T, m, k, 3) points along every path in the ground frame, origin first.
    muscle_activation
        (T, m) 0 to 1; nan outside the swings, where nothing was solved.
    muscle_power_w
        (T, m) positive where the muscle shortens under load; nan outside the swings.
    muscle_contribution_rad_s2
        (T, m) knee flexion acceleration that the muscle causes in its leg's swing (scope `leg`); nan outside.
    muscle_crosses_knee
        (m,) true for muscles that have a moment arm at a knee.
    marker_names
        (p,) names of the measured markers.
    marker_position_m
        (T, p, 3) where they were measured; nan where they were not seen.
    force_bodies
        (f,) body that each external force acts on.
    force_n, force_point_m
        (T, f, 3) force and its point of application in the ground frame.
    belt_speed_m_s
        How fast the ground moves backwards under the stance foot; 0 over ground.
    meshes
        Surfaces of the bodies.
    swings
        Swing identifier to its lever and ghosts.
    """

    time_s: FloatArray
    body_names: tuple[str, ...]
    body_pose: FloatArray
    muscle_names: tuple[str, ...] = ()
    muscle_path_m: FloatArray | None = None
    muscle_activation: FloatArray | None = None
    muscle_power_w: FloatArray | None = None
    muscle_contribution_rad_s2: FloatArray | None = None
    muscle_crosses_knee: NDArray[np.bool_] | None = None
    marker_names: tuple[str, ...] = ()
    marker_position_m: FloatArray | None = None
    force_bodies: tuple[str, ...] = ()
    force_n: FloatArray | None = None
    force_point_m: FloatArray | None = None
    belt_speed_m_s: float = 0.0
    meshes: tuple[BoneMesh, ...] = ()
    swings: Mapping[str, SwingPlayback] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _expect_increasing("playback", self.time_s)
        n_times, n_muscles, n_forces = self.time_s.size, len(self.muscle_names), len(self.force_bodies)
        expected: dict[str, tuple[int, ...]] = {
            "body_pose": (n_times, len(self.body_names), 4, 4),
            "muscle_activation": (n_times, n_muscles),
            "muscle_power_w": (n_times, n_muscles),
            "muscle_contribution_rad_s2": (n_times, n_muscles),
            "muscle_crosses_knee": (n_muscles,),
            "marker_position_m": (n_times, len(self.marker_names), 3),
            "force_n": (n_times, n_forces, 3),
            "force_point_m": (n_times, n_forces, 3),
        }
        if self.muscle_path_m is not None:
            expected["muscle_path_m"] = (n_times, n_muscles, self.muscle_path_m.shape[-2], 3)
        for name, shape in expected.items():
            array = getattr(self, name)
            if array is not None:
                _expect_shape("playback", name, array, shape)
        self._expect_known_bodies()
        _freeze(self)

    def _expect_known_bodies(self) -> None:
        known = set(self.body_names)
        for mesh in self.meshes:
            if mesh.body not in known:
                raise InputError(f"mesh '{mesh.name}' belongs to body '{mesh.body}'; there are {sorted(known)}")


def spread_path_points(points_m: FloatArray, n_points: int) -> FloatArray:
    """Give a muscle path that changes its number of points the same number of points at all times.

    Every point of the path is kept, so its shape is exact; the missing points are laid on its longest segments.

    Parameters
    ----------
    points_m
        (T, p, 3) path points in order; rows of nan are points that are not on the path at that time.
    n_points
        Points wanted; at least the largest number of points that the path has.

    Returns
    -------
    FloatArray
        (T, n_points, 3).
    """
    present = ~np.isnan(points_m[..., 0])
    most = int(present.sum(axis=1).max())
    if most > n_points or int(present.sum(axis=1).min()) < 2:
        raise InputError(f"a path needs 2 to {n_points} points; it has {present.sum(axis=1).min()} to {most}")
    spread = np.empty((len(points_m), n_points, 3))
    patterns, pattern_of_row = np.unique(present, axis=0, return_inverse=True)
    for index, pattern in enumerate(patterns):
        rows = np.flatnonzero(pattern_of_row.ravel() == index)
        spread[rows] = _split_longest_segments(points_m[rows][:, pattern], n_points)
    return spread


def _split_longest_segments(points_m: FloatArray, n_points: int) -> FloatArray:
    """Insert points on the segments that are longest on average, the same ones in every row."""
    lengths = np.linalg.norm(np.diff(points_m, axis=1), axis=2).mean(axis=0)
    pieces = np.ones(lengths.size, dtype=int)
    for _ in range(n_points - points_m.shape[1]):
        pieces[np.argmax(lengths / pieces)] += 1
    start = np.repeat(np.arange(lengths.size), pieces)
    along = np.concatenate([np.arange(n) / n for n in pieces])[:, np.newaxis]
    inside = (1.0 - along) * points_m[:, start] + along * points_m[:, start + 1]
    return np.concatenate([inside, points_m[:, -1:]], axis=1)


def place_on_trial(trial_time_s: FloatArray, swing_time_s: FloatArray, values: FloatArray) -> FloatArray:
    """Bring values of one swing, (K, n), to the trial's times, (T, n); nan outside the swing."""
    placed = np.full((trial_time_s.size, values.shape[1]), np.nan)
    inside = (trial_time_s >= swing_time_s[0]) & (trial_time_s <= swing_time_s[-1])
    for column in range(values.shape[1]):
        placed[inside, column] = np.interp(trial_time_s[inside], swing_time_s, values[:, column])
    return placed


def measure_belt_speed(time_s: FloatArray, foot_m: FloatArray) -> float:
    """Say how fast the ground runs backwards under the stance foot, in m/s; 0 where the foot rests on still ground.

    Parameters
    ----------
    time_s
        (T,) times.
    foot_m
        (T, n, 3) points of the feet in the ground frame, x forward and y up.

    Notes
    -----
    A foot is taken to stand while it is within 20 mm of the lowest fifth of its heights; below 0.3 m/s the runner is
    taken to move over still ground, since a planted foot that rolls over its sole drifts about as fast.
    """
    speed = np.gradient(foot_m[..., 0], time_s, axis=0)
    stands = foot_m[..., 1] < np.percentile(foot_m[..., 1], 20, axis=0) + 0.02
    backwards = -float(np.median(speed[stands]))
    return backwards if backwards > 0.3 else 0.0
