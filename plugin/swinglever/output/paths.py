"""Muscle paths in few numbers: most of their points do not move in some body, or lie between two others.

A point of a path is kept as one place in a body where it has one, as a share of the way between its neighbours where
it is one of those that were laid on a straight piece, and frame by frame only where it is neither: on an arc over a
bone, or where a point comes and goes.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from swinglever.arrays import Array, Bools, Floats, Ints
from swinglever.errors import InputError
from swinglever.records.fields import described
from swinglever.records.record import Record

TOLERANCE_M = 2e-5
"""Within which a point counts as one that does not move; a third of what drawings are kept to."""
MOVING, BETWEEN = -1, -2
_LOOKS = 20
"""Frames that are looked at to guess which points do not move; the guess is then checked in all frames."""


@dataclass(frozen=True, kw_only=True)
class PackedPaths(Record):
    """Muscle paths (m) of k points each.

    Parameters
    ----------
    point_body
        (m,k) index of the body that the point does not move in, -1 for a point that moves in all of them, -2 for one
        between its neighbours.
    point_m
        (m,k,3) its place in that body; nan for the others.
    point_share
        (m,k) how far it is from the nearest point before that is not itself between, to the nearest behind; nan for
        the others.
    moving_m
        (T,j,3) points that move, muscle by muscle, in the ground frame.
    """

    point_body: Annotated[Ints, described("muscle path_point", "1", "body it is fixed to; -1 moves, -2 between others")]
    point_m: Annotated[Floats, described("muscle path_point axis", "m", "place in that body", step=2.0**-17)]
    point_share: Annotated[Floats, described("muscle path_point", "1", "share of the way between its neighbours")]
    moving_m: Annotated[
        Floats, described("frame moving_point axis", "m", "points that move, ground frame", step=2.0**-13)
    ]


def pack_paths(path_m: Floats, body_pose: Floats) -> PackedPaths:
    """Pack paths (T, m, k, 3) in the ground frame, with the poses (T, b, 4, 4) of the bodies."""
    body, place = _guess_bodies(path_m, body_pose)
    fixed = _within(_placed(body, place, body_pose), path_m)
    between, share = _between(path_m, ~fixed)
    kind = np.where(fixed, body, np.where(between, BETWEEN, MOVING))
    return PackedPaths(
        point_body=kind,
        point_m=np.where(fixed[..., None], place, np.nan),
        point_share=np.where(between, share, np.nan),
        moving_m=path_m[:, kind == MOVING],
    )


def unpack_paths(packed: PackedPaths, body_pose: Floats) -> Floats:
    """Give the paths (T, m, k, 3) back, to `TOLERANCE_M`."""
    kind = packed.point_body
    if kind.size and not (kind.min() >= BETWEEN and kind.max() < body_pose.shape[1]):
        raise InputError(f"expected points of paths in one of {body_pose.shape[1]} bodies, got body {kind.max()}")
    path = np.empty((len(body_pose), *kind.shape, 3), np.float32)
    for body in np.unique(kind[kind >= 0]):
        at = kind == body
        turn, origin = body_pose[:, body, :3, :3], body_pose[:, body, :3, 3]
        path[:, at] = packed.point_m[at] @ np.swapaxes(turn, -1, -2) + origin[:, None]
    path[:, kind == MOVING] = packed.moving_m
    muscle, point, before, behind = _neighbours(kind == BETWEEN)
    share = packed.point_share[muscle, point, None]
    path[:, muscle, point] = (1 - share) * path[:, muscle, before] + share * path[:, muscle, behind]
    return path


def _guess_bodies(path_m: Floats, body_pose: Floats) -> tuple[Ints, Array]:
    """Body (m, k) in whose frame each point moves least in a few frames, and its mean place there (m, k, 3)."""
    some = _some_frames(len(path_m))
    points = np.asarray(path_m[some], float)
    body, place = np.zeros(points.shape[1:3], np.int64), np.zeros(points.shape[1:])
    least = np.full(points.shape[1:3], np.inf)
    for b in range(body_pose.shape[1]):
        turn, origin = body_pose[some, b, :3, :3], body_pose[some, b, :3, 3]
        inside = ((points - origin[:, None, None])[..., None, :] @ turn[:, None, None])[..., 0, :]
        moves = np.ptp(inside, axis=0).max(axis=-1)
        better = moves < least
        least[better], body[better], place[better] = moves[better], b, inside.mean(axis=0)[better]
    return body, place


def _some_frames(count: int) -> Ints:
    return np.unique(np.linspace(0, count - 1, _LOOKS).astype(np.int64))


def _placed(body: Ints, place: Array, body_pose: Floats) -> Floats:
    """Points (T, m, k, 3) in ground of places in bodies."""
    out = np.empty((len(body_pose), *place.shape), np.float32)
    for b in np.unique(body):
        turn, origin = body_pose[:, b, :3, :3], body_pose[:, b, :3, 3]
        out[:, body == b] = place[body == b] @ np.swapaxes(turn, -1, -2) + origin[:, None]
    return out


def _within(guess: Floats, path_m: Floats) -> Bools:
    return np.asarray(np.abs(guess - path_m).max(axis=0).max(axis=-1) < TOLERANCE_M)


def _between(path_m: Floats, free: Bools) -> tuple[Bools, Floats]:
    """Which free points (m, k) lie between their neighbours at one share of the way in all frames, and that share."""
    candidate = np.zeros_like(free)
    before, here, behind = path_m[:, :, :-2], path_m[:, :, 1:-1], path_m[:, :, 2:]
    share = _shares(before, here, behind)
    candidate[:, 1:-1] = free[:, 1:-1] & _within(before + share[..., None] * (behind - before), here)
    muscle, point, first, last = _neighbours(candidate)
    before, here, behind = path_m[:, muscle, first], path_m[:, muscle, point], path_m[:, muscle, last]
    share = _shares(before, here, behind)
    holds = np.abs(before + share[:, None] * (behind - before) - here).max(axis=0).max(axis=-1) < TOLERANCE_M
    candidate[np.unique(muscle[~holds])] = False  # the whole muscle: who is between whom must not change
    shares = np.zeros(free.shape, share.dtype)
    shares[muscle, point] = share
    return candidate, shares


def _shares(before: Floats, here: Floats, behind: Floats) -> Floats:
    """How far points are from the ones before to the ones behind, over a few frames, in their precision."""
    some = _some_frames(len(here))
    start = np.asarray(before[some], float)
    way = behind[some] - start
    along = ((here[some] - start) * way).sum(axis=(0, -1))
    length = (way**2).sum(axis=(0, -1))
    return np.asarray(np.divide(along, length, out=np.zeros_like(along), where=length > 0), here.dtype)


def _neighbours(between: Bools) -> tuple[Ints, Ints, Ints, Ints]:
    """Muscle and number of every point that is between others, and the numbers of those others."""
    muscle, point = np.nonzero(between)
    numbers = np.arange(between.shape[1])
    before = np.maximum.accumulate(np.where(between, 0, numbers), axis=1)
    behind = np.minimum.accumulate(np.where(between, between.shape[1] - 1, numbers)[:, ::-1], axis=1)[:, ::-1]
    return muscle, point, before[muscle, point], behind[muscle, point]
