"""Playback: what a viewer needs to show a trial, as plain arrays in OpenSim's ground frame (x forward, y up, z right).

Bodies, muscle paths and markers live on the trial's own sampling times; the lever and the ghost legs of a swing live on
the swing's times. Nothing here knows how it will be drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np

from swinglever.arrays import Bools, Floats
from swinglever.errors import InputError, named
from swinglever.records.fields import EXACT, FIXED, described, held, labels
from swinglever.records.record import Record
from swinglever.records.surfaces import BoneMesh

#: Who can fold the knee, as the heel path shows it: muscles that cross the knee, or what is left when they are silent.
FOLDERS = FIXED["folder"]

LOOK_M = 2.0**-14
"""What is only looked at is kept to 0.06 mm."""


def _expect_increasing(record: Record, time_s: Floats) -> None:
    if time_s.ndim != 1 or time_s.size == 0 or not bool(np.all(np.diff(time_s) > 0)):
        raise InputError(
            f"{type(record).__name__}.time_s: expected one row of increasing times, got shape {time_s.shape}"
        )


@dataclass(frozen=True, kw_only=True)
class GhostPlayback(Record):
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

    time_s: Annotated[Floats, described("percent", "s", "time", step=EXACT, from_holder="time_s")]
    body_names: Annotated[tuple[str, ...], labels("leg_body", "body of the swing leg")]
    body_pose: Annotated[
        Floats, described("percent leg_body row column", "1 or m", "body to ground", step=2**-12, coded="twist")
    ]
    hip_m: Annotated[
        Floats, described("percent axis", "m", "hip centre, ground frame", step=LOOK_M, from_holder="hip_m")
    ]
    heel_m: Annotated[Floats, described("percent axis", "m", "heel, ground frame", step=2**-13)]

    def __post_init__(self) -> None:
        super().__post_init__()
        _expect_increasing(self, self.time_s)


@dataclass(frozen=True, kw_only=True)
class SwingPlayback(Record):
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

    time_s: Annotated[Floats, described("percent", "s", "time", step=EXACT, from_holder="time_s")]
    hip_m: Annotated[
        Floats, described("percent axis", "m", "hip centre, ground frame", step=LOOK_M, from_holder="motion.hip_m")
    ]
    heel_m: Annotated[
        Floats, described("percent axis", "m", "heel, ground frame", step=LOOK_M, from_holder="motion.heel_m")
    ]
    radius_of_gyration_m: Annotated[
        Floats,
        described("percent", "m", "of the leg about the hip", step=LOOK_M, from_holder="lever.radius_of_gyration_m"),
    ]
    folding_rad_s: Annotated[
        Floats, described("percent folder", "rad/s", "knee flexion velocity gained since toe-off, scope shank")
    ]
    ghosts: Annotated[Mapping[str, GhostPlayback], held("the leg without some forces", by="case")] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        _expect_increasing(self, self.time_s)


@dataclass(frozen=True, kw_only=True)
class Playback(Record):
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

    time_s: Annotated[Floats, described("frame", "s", "time of the trial's samples", step=EXACT)]
    body_names: Annotated[tuple[str, ...], labels("body", "body of the model, ground left out")]
    body_pose: Annotated[
        Floats, described("frame body row column", "1 or m", "body to ground", step=2**-19, coded="twist")
    ]
    muscle_names: Annotated[tuple[str, ...], labels("muscle", "muscle that has a path")] = ()
    muscle_path_m: Annotated[
        Floats | None, described("frame muscle path_point axis", "m", "path, origin first, ground frame", coded="paths")
    ] = None
    muscle_activation: Annotated[
        Floats | None, described("frame muscle", "1", "activation; nan outside of swings", step=2**-10)
    ] = None
    muscle_power_w: Annotated[
        Floats | None, described("frame muscle", "W", "power, positive while shortening", step=2**-4)
    ] = None
    muscle_contribution_rad_s2: Annotated[
        Floats | None,
        described("frame muscle", "rad/s2", "knee flexion acceleration by the muscle, scope leg", step=2**-4),
    ] = None
    muscle_crosses_knee: Annotated[Bools | None, described("muscle", "1", "the muscle has a moment arm at a knee")] = (
        None
    )
    marker_names: Annotated[tuple[str, ...], labels("marker", "measured marker")] = ()
    marker_position_m: Annotated[
        Floats | None, described("frame marker axis", "m", "where the marker was measured, ground frame", step=LOOK_M)
    ] = None
    force_bodies: Annotated[tuple[str, ...], labels("force", "body that the external force acts on")] = ()
    force_n: Annotated[
        Floats | None, described("frame force axis", "N", "external force, ground frame", step=2**-4)
    ] = None
    force_point_m: Annotated[
        Floats | None, described("frame force axis", "m", "where it acts, ground frame", step=LOOK_M)
    ] = None
    belt_speed_m_s: Annotated[float, described("", "m/s", "how fast the ground moves backwards; 0 over ground")] = 0.0
    meshes: Annotated[tuple[BoneMesh, ...], held("surfaces of the bodies", by="mesh", key="name")] = ()
    swings: Annotated[Mapping[str, SwingPlayback], held("the lever of each swing", by="swing")] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        _expect_increasing(self, self.time_s)
        self._expect_known_bodies()

    def _expect_known_bodies(self) -> None:
        known = set(self.body_names)
        for mesh in self.meshes:
            if mesh.body not in known:
                raise InputError(f"mesh '{mesh.name}' belongs to body '{mesh.body}'; there are {named(sorted(known))}")


def spread_path_points(points_m: Floats, n_points: int) -> Floats:
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
    Floats
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


def _split_longest_segments(points_m: Floats, n_points: int) -> Floats:
    """Insert points on the segments that are longest on average, the same ones in every row."""
    lengths = np.linalg.norm(np.diff(points_m, axis=1), axis=2).mean(axis=0)
    pieces = np.ones(lengths.size, dtype=int)
    for _ in range(n_points - points_m.shape[1]):
        pieces[np.argmax(lengths / pieces)] += 1
    start = np.repeat(np.arange(lengths.size), pieces)
    along = np.concatenate([np.arange(n) / n for n in pieces])[:, np.newaxis]
    inside = (1.0 - along) * points_m[:, start] + along * points_m[:, start + 1]
    return np.concatenate([inside, points_m[:, -1:]], axis=1)


def place_on_trial(trial_time_s: Floats, swing_time_s: Floats, values: Floats) -> Floats:
    """Bring values of one swing, (K, n), to the trial's times, (T, n); nan outside the swing."""
    placed = np.full((trial_time_s.size, values.shape[1]), np.nan)
    inside = (trial_time_s >= swing_time_s[0]) & (trial_time_s <= swing_time_s[-1])
    for column in range(values.shape[1]):
        placed[inside, column] = np.interp(trial_time_s[inside], swing_time_s, values[:, column])
    return placed


def measure_belt_speed(time_s: Floats, foot_m: Floats) -> float:
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
