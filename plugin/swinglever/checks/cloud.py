"""How the markers lie as a whole, against where the model has them: which way is up and forward, mirrored or not.

No name says anything here but which marker is which: a rigid turn takes the model's markers, in its default pose, as
near as can be to the recorded ones, and so does a turn with a mirror.
"""

from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import Model, trunk_of
from swinglever.arrays import Array
from swinglever.records.trial import Markers

_PLAINLY = 0.9
"""The ratio of both root mean squares is 1.33 and more for public and bundled recordings, 0.75 and less for their
mirror images."""
_FRAMES = 60
"""Evenly over the recording: some strides, in which arms and legs swing to both sides."""
_FEWEST = 5
"""Four of them lie in no plane, as a rule."""


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """The fit of the model's markers to the recorded ones.

    Attributes
    ----------
    turn
        (F,3,3) rotation from the model's axes to the recording's, frame by frame, without mirror.
    rms_m, mirrored_rms_m
        What the fit leaves without and with a mirror, root mean square over markers, median over frames.
    """

    turn: Array
    rms_m: float
    mirrored_rms_m: float

    @property
    def is_mirrored(self) -> bool:
        """Whether a mirror brings the model plainly nearer: sides exchanged by name, or axes of the other hand."""
        return self.mirrored_rms_m < _PLAINLY * self.rms_m

    @property
    def heading_rad(self) -> Array:
        """(F) how far the body is turned about the recording's second axis, upwards positive, from facing along x."""
        return np.asarray(np.unwrap(np.arctan2(-self.turn[:, 2, 0], self.turn[:, 0, 0])))

    def direction(self, of_model: Array) -> Array:
        """A direction (3) of the model's body in the recording, unit length, the mean over the frames."""
        mean = (self.turn @ of_model).mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12))


def fit_cloud(markers: Markers, model: Model) -> Cloud | None:
    """Fit the model's markers to the recorded ones; None where too few of them are seen together.

    Parameters
    ----------
    markers, model
        Those that both have, of pelvis and trunk, and of each two neighbours of the legs: the joint between bends far
        less than the two are turned by a mirror. The turn is that of the first that has enough of them.
    """
    sites = [s for s in model.markers if s.name in markers.names and np.isfinite(s.location_m).all()]
    default = np.array([[c.default for c in model.coordinates]])
    frames = np.unique(np.linspace(0, len(markers.time_s) - 1, _FRAMES).astype(int))
    turn, plain, mirrored = None, list[Array](), list[Array]()
    for bodies in _neighbours(model):
        mine = [s for s in sites if s.body in bodies]
        body, place = np.array([s.body for s in mine], dtype=int), np.array([s.location_m for s in mine]).reshape(-1, 3)
        seen = markers.position_m[frames][:, [markers.names.index(s.name) for s in mine]]
        whole = np.isfinite(seen).all(axis=(1, 2))
        if len(mine) < _FEWEST or not whole.any():
            continue
        turns, left, other = _kabsch(model.place(default).stations(body, place)[0], seen[whole])
        turn = turns if turn is None else turn
        plain.append(left)
        mirrored.append(other)
    if turn is None:
        return None
    rms = [float(np.sqrt(np.mean([np.median(error) for error in errors]))) for errors in (plain, mirrored)]
    return Cloud(turn=turn, rms_m=rms[0], mirrored_rms_m=rms[1])


def _neighbours(model: Model) -> list[set[int]]:
    """Sets of bodies that move little against each other: pelvis and trunk first, then along each leg."""
    legs = list(model.legs.values())
    pelvis = legs[0].pelvis_body
    pairs = [{leg.shank, leg.ankle_body, leg.foot} for leg in legs] + [{leg.thigh, leg.shank} for leg in legs]
    return [{pelvis, *trunk_of(model)}, {pelvis, *(leg.thigh for leg in legs)}, *pairs]


def _kabsch(own: Array, there: Array) -> tuple[Array, Array, Array]:
    """Rotations (F,3,3) from points (m,3) to others (F,m,3), and the mean squares (F) left without, with a mirror."""
    a, b = own - own.mean(axis=0), there - there.mean(axis=1, keepdims=True)
    left, size, right = np.linalg.svd(np.swapaxes(b, 1, 2) @ a)
    way = np.sign(np.linalg.det(left @ right))
    best = (a**2).sum() + (b**2).sum(axis=(1, 2)) - 2.0 * size[:, :2].sum(axis=1)
    errors = [(best - 2.0 * sign * way * size[:, 2]) / len(own) for sign in (1.0, -1.0)]
    flip = np.ones((len(there), 1, 3))
    flip[:, 0, 2] = way
    return (left * flip) @ right, errors[0], errors[1]
