"""Builds the playback of an analysed trial: poses, paths, lever and ghosts from the model and what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from swinglever.anatomy.groups import without_side
from swinglever.anatomy.limb import Limb
from swinglever.anatomy.model import Model
from swinglever.anatomy.multibody.configuration import Configuration
from swinglever.anatomy.paths.geometry import trace_paths
from swinglever.anatomy.paths.records import PathSet
from swinglever.arrays import Array, Floats
from swinglever.metrics.lever import lever_curves
from swinglever.motion.inputs import Inputs
from swinglever.motion.leg_swings import LegSwings
from swinglever.muscles.crossing import crosses
from swinglever.records.ablation import Ablation
from swinglever.records.attribution import Attribution
from swinglever.records.kinematics import Kinematics
from swinglever.records.playback import (
    FOLDERS,
    GhostPlayback,
    Playback,
    SwingPlayback,
    measure_belt_speed,
    place_on_trial,
    spread_path_points,
)
from swinglever.records.report import Swing
from swinglever.records.trial import Trial
from swinglever.signals import interpolate

LONGEST_FULL_S = 60.0
"""Trials up to this keep all of their playback when nothing is asked."""
LONGEST_THIN_S = 300.0
"""Trials up to this keep a thin one: playback is made as a whole, in some 3 MB of memory for each second."""
MOST_POSES_HZ = 60.0
"""Of a thin playback: what screens show."""
FIRST_GHOSTS = (
    ("silent_hamstrings", "no_hamstrings", "no_knee_flexor_moment"),
    ("silent_knee_crossing_muscles", "no_knee_muscles"),
    ("no_hip_muscles",),
)
"""Ghosts of a thin playback: the first of each that a swing has, as page and scene choose."""
#: The scope whose shares colour the muscles: which muscle, on hip or knee, folded it.
_SCOPE = "leg"
#: The scope whose shares colour the heel's path: what folded the shank, as the thigh moved. With the leg free, muscles
#: about the ankle undo each other by hundreds of degrees, and their sum says little about pull.
_FOLDING_SCOPE = "shank"
_PASSIVE = "_passive"
#: Groups of sources that pull across the knee. What extends it, holds it or stays open is neither pull nor momentum.
_PULL = ("hamstrings", "other_knee_flexors", "knee_moment")
_NEITHER = ("knee_extensors", "unexplained", "ground_force")


def choose_playback(asked: str, time_s: Array) -> tuple[str, tuple[str, ...]]:
    """Say how much of a trial's playback is kept, as asked or by its length, and what the user should know of it."""
    lasts_s = float(time_s[-1] - time_s[0])
    if asked or lasts_s <= LONGEST_FULL_S:
        return asked or "full", ()
    if lasts_s > LONGEST_THIN_S:
        told = (
            f"the trial lasts {lasts_s:.0f} s, above {LONGEST_THIN_S:g} s: no playback is kept; --playback thin asks it"
        )
        return "none", (told,)
    told = (
        f"the trial lasts {lasts_s:.0f} s, above {LONGEST_FULL_S:g} s: its playback is thinned to "
        f"{MOST_POSES_HZ:g} poses a second at most and to the ghosts that are shown first; --playback full keeps it all"
    )
    return "thin", (told,)


def build_playback(legs: Sequence[LegSwings], swings: Sequence[Swing], kept: str = "full") -> Playback | None:
    """Gather what a viewer needs.

    Parameters
    ----------
    legs
        Who moved, and how: the swings of each leg.
    swings
        What was found of each swing.
    kept
        How much of it: ``full``, ``thin`` or ``none``; see `Parameters`.
    """
    frames = build_frames(legs[0].inputs, legs[0].kinematics, kept)
    return None if frames is None else add_swings(frames, swings, build_swings(legs, swings, kept))


def add_swings(frames: Playback | None, swings: Sequence[Swing], shown: Mapping[str, SwingPlayback]) -> Playback | None:
    """Add what was found of the swings, and what `build_swings` gathered of them, to what `build_frames` did."""
    return None if frames is None else replace(lay_muscles(frames, swings), swings=shown)


def build_frames(inputs: Inputs, kinematics: Kinematics, kept: str) -> Playback | None:
    """Gather what a viewer needs of the trial's own frames, whatever was found of the swings; None for ``none``."""
    if kept == "none":
        return None
    model = inputs.model
    frames = slice(None, None, _every(kinematics.time_s) if kept == "thin" else 1)
    placed, time_s = model.place(kinematics.q[frames]), kinematics.time_s[frames]
    paths = None if model.musculature is None else model.musculature.paths
    return Playback(
        time_s=time_s,
        body_names=model.body_names,
        body_pose=_poses(placed, range(len(model.body_names))),
        muscle_names=paths.names if paths is not None else (),
        muscle_path_m=None if paths is None else trace_at_fixed_count(placed, paths),
        belt_speed_m_s=_belt_speed(model, placed, time_s),
        meshes=model.surfaces,
        **_measured(inputs.trial, time_s),  # type: ignore[arg-type]
    )


def build_swings(legs: Sequence[LegSwings], swings: Sequence[Swing], kept: str) -> dict[str, SwingPlayback]:
    """Gather what a viewer needs of each swing."""
    limbs = {leg.side: leg.limb for leg in legs}
    return {s.id: _build_swing(legs[0].kinematics, limbs[s.side], s, kept) for s in swings}


def _every(time_s: Array) -> int:
    """Of how many samples a thin playback keeps one; a rate of 60 Hz to within a percent is kept whole."""
    rate_hz = (time_s.size - 1) / float(time_s[-1] - time_s[0])
    return max(1, int(np.ceil(0.99 * rate_hz / MOST_POSES_HZ)))


def _poses(placed: Configuration, bodies: Sequence[int]) -> Array:
    """Poses (T, b, 4, 4) of some bodies."""
    chosen = list(bodies)
    pose = np.zeros((*placed.body_position.shape[:-2], len(chosen), 4, 4))
    pose[..., :3, :3] = placed.body_rotation[..., chosen, :, :]
    pose[..., :3, 3] = placed.body_position[..., chosen, :]
    pose[..., 3, 3] = 1.0
    return pose


def _belt_speed(model: Model, placed: Configuration, time_s: Array) -> float:
    feet = [leg.foot for leg in model.legs.values()]
    return measure_belt_speed(time_s, placed.body_position[:, feet]) if feet else 0.0


# --- Muscles


def lay_muscles(playback: Playback, swings: Sequence[Swing]) -> Playback:
    """Lay what muscles did in some swings on the trial's times; what was laid there before stays."""
    solved = [swing for swing in swings if swing.muscles is not None]
    if not solved or playback.muscle_path_m is None:
        return playback
    names, time_s = playback.muscle_names, playback.time_s
    activations, powers = (
        [(s, s.muscles.names, getattr(s.muscles, source)) for s in solved if s.muscles is not None]
        for source in ("activation", "power_w")
    )
    contributions = [(s, *_contributions(s.attribution[_SCOPE])) for s in solved if _SCOPE in s.attribution]
    crosses_knee = np.isin(names, sorted(_knee_crossing(solved)))
    known = playback.muscle_crosses_knee
    return replace(
        playback,
        muscle_activation=_over_trial(names, time_s, activations, playback.muscle_activation),
        muscle_power_w=_over_trial(names, time_s, powers, playback.muscle_power_w),
        muscle_contribution_rad_s2=_over_trial(names, time_s, contributions, playback.muscle_contribution_rad_s2),
        muscle_crosses_knee=crosses_knee if known is None else crosses_knee | known,
    )


def trace_at_fixed_count(placed: Configuration, paths: PathSet) -> Array:
    """Trace all paths with the same number of points, (T, m, k, 3) in single precision: the most that any has."""
    lines = [_without_repeats(line) for line in trace_paths(paths, placed)]
    most = max(int((~np.isnan(line[..., 0])).sum(axis=1).max()) for line in lines)
    return np.stack([spread_path_points(line, most) for line in lines], axis=1).astype(np.float32)


def _without_repeats(line: Array) -> Array:
    """Mark points (T, k, 3) that repeat the one before as not being there."""
    repeats = np.linalg.norm(np.diff(line, axis=1), axis=2) < 1e-9
    cleaned = line.copy()
    cleaned[:, 1:][repeats] = np.nan
    return cleaned


def _over_trial(
    names: Sequence[str],
    time_s: Floats,
    columns: Sequence[tuple[Swing, Sequence[str], Array]],
    before: Floats | None = None,
) -> Floats:
    """Lay values of swings, each (swing, muscle names, (K, m')), on the trial's times; elsewhere as before, or nan."""
    out = np.full((time_s.size, len(names)), np.nan) if before is None else before.copy()
    for swing, muscles, values in columns:
        rows = slice(*np.searchsorted(time_s, [swing.time_s[0], np.nextafter(swing.time_s[-1], np.inf)]))
        placed = place_on_trial(time_s[rows], swing.time_s, values)
        for column, muscle in enumerate(muscles):
            if muscle in names and np.isfinite(placed[:, column]).any():
                out[rows, names.index(muscle)] = placed[:, column]
    return out


def _contributions(attribution: Attribution) -> tuple[tuple[str, ...], Array]:
    """Knee flexion acceleration (K, m) by muscle, its active and passive force together."""
    totals: dict[str, Array] = {}
    for column, source in enumerate(attribution.sources):
        name = source.removesuffix(_PASSIVE)
        share = attribution.knee_flexion_acceleration_rad_s2[:, column]
        totals[name] = totals[name] + share if name in totals else share
    return tuple(totals), np.stack(list(totals.values()), axis=1)


def _knee_crossing(swings: Sequence[Swing]) -> set[str]:
    """Names of muscles with a moment arm at the knee; the other side's namesakes count too."""
    crossing = set()
    for swing in swings:
        found = swing.muscles
        if found is not None and swing.knee_coordinate in found.coordinate_names:
            arm = found.moment_arm_m[:, :, found.coordinate_names.index(swing.knee_coordinate)]
            crossing |= {found.names[k] for k in np.flatnonzero(crosses(arm))}
    plain = {without_side(name) for name in crossing}
    return crossing | {f"{name}{side}" for name in plain for side in ("_r", "_l")}


# --- Swings


def _build_swing(kinematics: Kinematics, limb: Limb, swing: Swing, kept: str) -> SwingPlayback:
    motion = swing.motion
    assert motion is not None, "an analysis gives every swing its motion"
    # A leg that ran away from the integration cannot be shown.
    shown = {case: a for case, a in swing.ablation.items() if case != "none" and np.isfinite(a.q).all()}
    if kept == "thin":
        first = [next((case for case in cases if case in shown), "") for cases in FIRST_GHOSTS]
        shown = {case: shown[case] for case in first if case}
    return SwingPlayback(
        time_s=swing.time_s,
        hip_m=motion.hip_m,
        heel_m=motion.heel_m,
        radius_of_gyration_m=lever_curves(motion)["radius_of_gyration_m"],
        folding_rad_s=split_folding(swing.attribution.get(_FOLDING_SCOPE), swing.time_s.size),
        ghosts=_build_ghosts(kinematics, limb, swing.time_s, shown),
    )


def split_folding(attribution: Attribution | None, n_times: int) -> Array:
    """Split knee flexion velocity by who folds: what pulls across the knee, and momentum; (K, 2) as `FOLDERS`.

    Momentum is all that folds the shank without a muscle that crosses the knee: speeds at toe-off, the thigh and what
    carries it, gravity, and, where they are released, muscles of hip and ankle through coupling.
    """
    if attribution is None:
        return np.full((n_times, len(FOLDERS)), np.nan)
    plain = [group.removesuffix(_PASSIVE) for group in attribution.groups]
    pull = np.array([group in _PULL for group in plain])
    momentum = np.array([group not in _PULL + _NEITHER for group in plain])
    velocity = attribution.knee_flexion_velocity_rad_s
    return np.stack([velocity[:, pull].sum(axis=1), velocity[:, momentum].sum(axis=1)], axis=1)


def _build_ghosts(
    kinematics: Kinematics, limb: Limb, time_s: Array, shown: Mapping[str, Ablation]
) -> dict[str, GhostPlayback]:
    """Place the leg as each ablation moved it, on a pelvis that moved as recorded."""
    if not shown:
        return {}
    q = np.repeat(kinematics.at(time_s)[0][None, :, limb.coordinates], len(shown), axis=0)
    for mine, ablation in zip(q, shown.values(), strict=True):
        mine[:, [limb.model.coordinate_names.index(name) for name in ablation.coordinate_names]] = ablation.q
    placed, bodies = limb.model.place(q), limb.leg.bodies
    poses = _poses(placed, bodies)
    return {
        case: GhostPlayback(
            time_s=ablation.time_s,
            body_names=tuple(limb.model.body_names[index] for index in bodies),
            body_pose=poses[k],
            hip_m=placed.body_position[k, :, limb.leg.thigh],
            heel_m=placed.body_position[k, :, limb.leg.foot],
        )
        for k, (case, ablation) in enumerate(shown.items())
    }


# --- What was measured


def _measured(trial: Trial, time_s: Array) -> Mapping[str, Array | tuple[str, ...]]:
    """Markers and ground forces at the trial's times."""
    found: dict[str, Array | tuple[str, ...]] = {}
    if trial.markers is not None:
        found["marker_names"] = trial.markers.names
        found["marker_position_m"] = _interpolate(time_s, trial.markers.time_s, trial.markers.position_m)
    if trial.ground_forces:
        at = [force.at(time_s) for force in trial.ground_forces]
        found["force_bodies"] = tuple(force.body for force in trial.ground_forces)
        found["force_n"] = np.stack([force for force, _, _ in at], axis=1)
        found["force_point_m"] = np.stack([point for _, point, _ in at], axis=1)
    return found


def _interpolate(time_s: Array, known_s: Array, values: Array) -> Array:
    """Values (T, p, 3) at other times; nan where either neighbour is."""
    flat = interpolate(time_s, known_s, values.reshape(len(known_s), -1), outside=np.nan)
    return flat.reshape(time_s.size, *values.shape[1:])
