"""A stick figure from poses alone: which bodies hang on which, read off how they move."""

from collections.abc import Sequence

import numpy as np

from swinglever.arrays import Array, Floats
from swinglever.page.surfaces import Surface

Stick = tuple[int, int, tuple[float, float, float]]
"""From the origin of one body to a point in the frame of another (itself, for the tip of a chain)."""


def find_sticks(poses: Floats, surfaces: Sequence[Surface], names: Sequence[str]) -> list[Stick]:
    """Join each body to the one that it hangs on, and give the last of each chain a tip.

    Parameters
    ----------
    poses
        (T, b, 4, 4) body to ground.
    surfaces
        Surfaces of bodies; a tip is the point of one that is furthest from its origin.
    names
        Names of the bodies (b).

    Notes
    -----
    The origin of a body stays in place, as seen from the body that it hangs on. Where several fit as well (a joint that
    is locked), the nearest is taken.
    """
    parents = [_parent(poses, k) for k in range(poses.shape[1])]
    sticks: list[Stick] = [(p, k, (0.0, 0.0, 0.0)) for k, p in enumerate(parents) if p is not None]
    by_body = {surface.body: surface for surface in surfaces}
    for k, name in enumerate(names):
        if name in by_body:
            tip = far_point(by_body[name])
            if k not in parents or _stands_alone(tip, poses, k, parents):
                sticks.append((k, k, (float(tip[0]), float(tip[1]), float(tip[2]))))
    return sticks


def far_point(surface: Surface) -> Array:
    """The vertex (3) that is furthest from the body's origin."""
    return np.asarray(surface.vertices_m[np.argmax((surface.vertices_m**2).sum(1))])


def _stands_alone(tip: Floats, poses: Floats, body: int, parents: Sequence[int | None]) -> bool:
    """Whether the far end of a body that others hang on is far from all of them: a head, not a knee."""
    turn, origin = poses[0, body, :3, :3], poses[0, body, :3, 3]
    hung = [turn.T @ (poses[0, k, :3, 3] - origin) for k, parent in enumerate(parents) if parent == body]
    return bool(np.linalg.norm(tip) > 0.3 and min(np.linalg.norm(tip - at) for at in hung) > 0.2)


def _parent(poses: Floats, child: int) -> int | None:
    """Index of the body before this one, by the model's order, in whose frame this one's origin moves least."""
    if child == 0:
        return None
    away = poses[:, child, None, :3, 3] - poses[:, :child, :3, 3]
    local = np.einsum("tbji,tbj->tbi", poses[:, :child, :3, :3], away)
    wander = np.linalg.norm(local.std(axis=0), axis=-1)
    reach = np.linalg.norm(away, axis=-1).mean(axis=0)
    # A hundredth of a millimetre is rounding; a knee whose centre slides wanders by less than a centimetre.
    rigid = wander <= max(float(wander.min()), 1e-5) * 1.5
    return int(np.argmin(np.where(rigid, reach, np.inf)))
