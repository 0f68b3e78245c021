"""One recording as the page's script reads it: curves, poses, bones, muscles, lever and ghosts."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from swinglever.arrays import Array, Floats
from swinglever.metrics.legs import mean_of, sides_of
from swinglever.page.curves import Topic, on_percent
from swinglever.page.muscle_lines import bind_lines, neighbouring_pairs
from swinglever.page.payload import Payload, number
from swinglever.page.sticks import Stick
from swinglever.page.surfaces import Surface
from swinglever.page.view import turn_points, turn_poses, view_axes
from swinglever.records.playback import GhostPlayback, Playback
from swinglever.records.report import Swing, SwingReport
from swinglever.records.words import CASES, EVENTS, title_of

_GHOSTS = (
    ("silent_hamstrings", "no_hamstrings"),
    ("silent_knee_crossing_muscles", "no_knee_muscles"),
    ("no_hip_muscles",),
)
"""Ghosts that the figure can show; the first of each that the result has."""

_EVERY = 2
"""Lever and ghosts travel at every second percent; the figure draws straight on between them."""


def make_payload(
    report: SwingReport, topics: Sequence[Topic], surfaces: Sequence[Surface], sticks: Sequence[Stick]
) -> Payload:
    """Gather what the page's script needs of one recording."""
    arrays: dict[str, Floats] = {f"topic/{topic.id}": topic.values for topic in topics}
    for topic in topics:
        if topic.bands is not None:
            arrays |= {f"topic/{topic.id}/{end}": b for end, b in zip(("p05", "p95"), topic.bands, strict=True)}
    facts: dict[str, Any] = {
        "name": report.provenance.trial_name,
        "speed": number(mean_of(report, "running_speed"), 4),
        "swings": [_swing_facts(swing) for swing in report.swings],
        "topics": [_topic_facts(topic) for topic in topics],
    }
    if report.playback is not None and report.swings:
        told, found = _figure(report, surfaces, sticks)
        facts["figure"] = told
        arrays |= found
    return Payload(facts=facts, arrays=arrays)


def _swing_facts(swing: Swing) -> dict[str, Any]:
    length = swing.foot_strike_s - swing.toe_off_s
    events = {words: number(100.0 * (getattr(swing, f) - swing.toe_off_s) / length, 5) for f, words in EVENTS.items()}
    return {
        "id": swing.id,
        "side": swing.side,
        "start": number(swing.toe_off_s, 8),
        "length": number(length, 8),
        "events": {words: at for words, at in events.items() if at is not None and -1e-6 <= at <= 100.0 + 1e-6},
        "verdict": swing.verdict,
    }


def _topic_facts(topic: Topic) -> dict[str, Any]:
    names = ("id", "title", "unit", "keys", "labels", "stacks")
    return {name: getattr(topic, name) for name in names}


def _figure(
    report: SwingReport, surfaces: Sequence[Surface], sticks: Sequence[Stick]
) -> tuple[dict[str, Any], dict[str, Floats]]:
    playback = report.require_playback()
    axes = view_axes(report)
    position, quaternion = turn_poses(playback.body_pose, axes)
    arrays: dict[str, Floats] = {
        "time": playback.time_s,
        "position": position.transpose(1, 2, 0),
        "quaternion": quaternion.transpose(1, 2, 0),
        "lever": np.array([_lever(playback, swing, axes) for swing in report.swings]),
    }
    for k, surface in enumerate(surfaces):
        arrays[f"bone/{k}/points"] = surface.vertices_m.T
        arrays[f"bone/{k}/faces"] = surface.triangles.T.astype(float)
    facts = {
        "bodies": list(playback.body_names),
        "bones": [playback.body_names.index(surface.body) for surface in surfaces],
        "sticks": [[a, b, *(number(v, 4) for v in tip)] for a, b, tip in sticks],
        "legs": {side: leg_bodies(report, side) for side in sides_of(report)},
    }
    muscles, muscle_arrays = _muscles(playback, sticks)
    ghosts, ghost_arrays = _ghosts(report, sticks, surfaces, axes)
    return facts | {"muscles": muscles, "ghosts": ghosts}, arrays | muscle_arrays | ghost_arrays


def leg_bodies(report: SwingReport, side: str) -> list[int]:
    """Indices of the bodies of a leg, in the order of the playback; none where no swing tells its segments."""
    motion = next((s.motion for s in report.swings if s.side == side and s.motion is not None), None)
    parts = {} if motion is None else dict(zip(motion.bodies, motion.parts, strict=True))
    return [k for k, name in enumerate(report.require_playback().body_names) if parts.get(name, "pelvis") != "pelvis"]


def _lever(playback: Playback, swing: Swing, axes: Array) -> Array:
    """Hip, heel and radius of gyration, (7,51)."""
    lever = playback.swings.get(swing.id)
    if lever is None:
        return np.full((7, len(range(0, 101, _EVERY))), np.nan)
    parts = [turn_points(lever.hip_m, axes), turn_points(lever.heel_m, axes), lever.radius_of_gyration_m[:, None]]
    return on_percent(swing, np.concatenate(parts, axis=1), lever.time_s)[::_EVERY].T


# --- Muscles


def _muscles(playback: Playback, sticks: Sequence[Stick]) -> tuple[dict[str, Any] | None, dict[str, Floats]]:
    path = playback.muscle_path_m
    if path is None or not playback.muscle_names:
        return None, {}
    pairs = neighbouring_pairs([(a, b) for a, b, _ in sticks], len(playback.body_names))
    bound = bind_lines(path, playback.body_pose, pairs)
    arrays: dict[str, Floats] = {"muscle/weights": bound.weights.T}
    for name in ("activation", "contribution_rad_s2"):
        values = getattr(playback, f"muscle_{name}")
        if values is not None:
            arrays[f"muscle/{name.removesuffix('_rad_s2')}"] = values.T
    crossing = playback.muscle_crosses_knee
    facts = {
        "names": list(playback.muscle_names),
        "points": path.shape[2],
        "bodies": bound.bodies.ravel().tolist(),
        "crosses": [] if crossing is None else [bool(c) for c in crossing],
    }
    return facts, arrays


# --- Ghosts


def _ghosts(
    report: SwingReport, sticks: Sequence[Stick], surfaces: Sequence[Surface], axes: Array
) -> tuple[list[dict[str, Any]], dict[str, Floats]]:
    known = {case for swing in report.swings for case in _ghosts_of(report, swing)}
    chosen = [next((c for c in cases if c in known), None) for cases in _GHOSTS]
    facts, arrays = [], {}
    for case in filter(None, chosen):
        found = [_ghost(swing, _ghosts_of(report, swing).get(case), report, sticks) for swing in report.swings]
        most = max(len(points) for points in found if points is not None)
        empty = np.full((most, 3, len(range(0, 101, _EVERY))), np.nan)
        arrays[f"ghost/{case}"] = np.array([empty if p is None else p for p in found])
        facts.append({"case": case, "label": title_of(case, CASES)})
    return facts, {name: np.einsum("ij,spjk->spik", axes, points) for name, points in arrays.items()}


def _ghosts_of(report: SwingReport, swing: Swing) -> Mapping[str, GhostPlayback]:
    lever = report.require_playback().swings.get(swing.id)
    return {} if lever is None else lever.ghosts


def _ghost(swing: Swing, ghost: GhostPlayback | None, report: SwingReport, sticks: Sequence[Stick]) -> Array | None:
    """Ends of the ghost's sticks, two after another, (2n,3,51) in the ground frame."""
    if ghost is None:
        return None
    place = {report.require_playback().body_names.index(name): k for k, name in enumerate(ghost.body_names)}
    ends = []
    for a, b, tip in sticks:
        if a in place and b in place:
            first, second = ghost.body_pose[:, place[a]], ghost.body_pose[:, place[b]]
            ends += [first[:, :3, 3], np.einsum("tij,j->ti", second[:, :3, :3], np.array(tip)) + second[:, :3, 3]]
    return on_percent(swing, np.stack(ends, axis=1), ghost.time_s)[::_EVERY].transpose(1, 2, 0)
