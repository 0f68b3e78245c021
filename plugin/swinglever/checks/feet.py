"""Does each ground force lie under the foot that it is said to act on."""

from collections.abc import Mapping

import numpy as np

from swinglever.anatomy.model import Leg, Model, Side
from swinglever.arrays import Array
from swinglever.motion.kinematics import coordinates_of
from swinglever.records.faults import Fault, error, warning
from swinglever.records.trial import GroundForce, Markers, Trial

_LOADED_N = 50.0
"""A foot that bears this stands; under less, a centre of pressure is noise."""
_FEWEST_FRAMES, _OTHER_FOOT_SHARE = 5, 0.8
"""Frames that tell, and the share of them in which the other foot is nearer when feet are exchanged: steps cross."""
_FAR_M, _FARTHEST_M = 0.5, 2.0
"""Longer than a foot with its markers beside it; and as far as no foot is from its own force, whatever the markers."""


def foot_tracks(trial: Trial, model: Model) -> dict[Side, Array]:
    """Where each foot is (T, 3): the mean of its markers, or its place on the model for a trial of joint angles."""
    if trial.markers is not None:
        tracks = {side: _mean_marker(model, trial.markers, leg) for side, leg in model.legs.items()}
        return {side: track for side, track in tracks.items() if track is not None}
    if trial.angles is None:
        return {}
    placed = model.place(coordinates_of(trial.angles, model))
    return {side: placed.stations(np.array([leg.foot]), np.zeros((1, 3)))[:, 0] for side, leg in model.legs.items()}


def _mean_marker(model: Model, markers: Markers, leg: Leg) -> Array | None:
    """Mean position (T, 3) of the markers of one foot; None when it has none."""
    own = {leg.ankle_body, leg.foot, leg.toes}
    columns = [markers.names.index(s.name) for s in model.markers if s.body in own and s.name in markers.names]
    columns = [c for c in columns if np.isfinite(markers.position_m[:, c, 0]).mean() > 0.5]
    return markers.position_m[:, columns].mean(axis=1) if columns else None


def check_foot(force: GroundForce, model: Model, time_s: Array, feet: Mapping[Side, Array]) -> list[Fault]:
    """Compare the centre of pressure with both feet, seen from above."""
    owner = next((s for s, leg in model.legs.items() if force.body in {model.body_names[b] for b in leg.bodies}), None)
    other = next((s for s in feet if s != owner), None)
    if owner is None or owner not in feet or other is None:
        return []
    push, point, _ = force.at(time_s)
    loaded = (push[:, 1] > _LOADED_N) & np.isfinite(point).all(axis=1) & (np.abs(point).sum(axis=1) > 0)
    if loaded.sum() < _FEWEST_FRAMES:
        return []
    distance = {s: np.linalg.norm((track - point)[loaded][:, [0, 2]], axis=1) for s, track in feet.items()}
    place, expected = f"ground force {force.name!r}", f"a force under the foot of {force.body!r}"
    if np.mean(distance[owner] > distance[other]) > _OTHER_FOOT_SHARE:
        got, mend = f"one under the foot of leg {other}", "exchange applied_to_body in the external loads"
        return [error("force-foot", place, expected, got, mend)]
    far = float(np.median(distance[owner]))
    got = f"one {far:.2f} m from it, seen from above"
    if far > _FARTHEST_M:
        mend = "look at its axes and its unit: points in m, moments in N m"
        return [error("force-far", place, expected, got, mend)]
    if far > _FAR_M:
        return [warning("force-far", place, expected, got, "forces and motion may have other axes, origins or units")]
    return []
