"""Where a camera stood and how long its lens was, from points that were clicked in its picture; numpy alone.

A pinhole camera in the convention of OpenCV: a point X of the world is at R X + t before the camera, whose axes are to
the right, down and ahead, and at (f x / z + cx, f y / z + cy) in the picture, in pixels from its upper left corner.

Notes
-----
The rotation vector, the place and the logarithm of the focal length are found together by the method of Levenberg and
Marquardt (Marquardt 1963, doi:10.1137/0111030), from many directions, so that no first guess is needed. Seven unknowns
need four points, each of which gives two equations.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from .result import ResultError

#: Points that are needed, and the largest misfit of a camera that is said to match, as a share of the picture's width.
LEAST_POINTS, _MISFIT = 4, 0.03
#: Starts: focal lengths in widths of the picture, and directions round the points, degrees.
_LENGTHS, _ROUND_DEG, _UP_DEG = (0.7, 1.2, 2.5), range(0, 360, 30), (0.0, 25.0, 60.0)
_ROUGH_STEPS, _FINE_STEPS, _KEPT = 12, 100, 6
#: A step by which nothing changes any more.
_STILL = 1e-12


#: Rotation, shift and logarithm of the focal length in widths of the picture.
_Guess: TypeAlias = tuple[np.ndarray, np.ndarray, float]


@dataclass(frozen=True, kw_only=True, eq=False)
class Viewpoint:
    """A pinhole camera.

    Parameters
    ----------
    rotation
        (3, 3) from the world's axes to the camera's.
    shift_m
        (3,) where the world's origin is before the camera.
    focal
        Focal length, pixels.
    centre
        (2,) where the camera looks straight at, pixels.
    size
        Width and height of the picture, pixels.
    """

    rotation: np.ndarray
    shift_m: np.ndarray
    focal: float
    centre: np.ndarray
    size: tuple[int, int]

    @property
    def place_m(self) -> np.ndarray:
        """Give where the camera stands in the world, (3,)."""
        return -self.rotation.T @ self.shift_m

    def project(self, points_m: np.ndarray) -> np.ndarray:
        """Give where points (n, 3) are in the picture, (n, 2) pixels; nan for what is behind the camera."""
        seen = points_m @ self.rotation.T + self.shift_m
        ahead = np.where(seen[:, 2:] > 0, seen[:, 2:], np.nan)
        return self.focal * seen[:, :2] / ahead + self.centre


def match_viewpoint(points_m: np.ndarray, pixels: np.ndarray, size: tuple[int, int]) -> tuple[Viewpoint, float]:
    """Find the camera that sees points (n, 3) at pixels (n, 2), looking straight at the picture's middle.

    Returns
    -------
    Viewpoint, float
        The camera, and its root mean square distance from what was clicked, pixels.
    """
    points_m, pixels = np.asarray(points_m, dtype=float), np.asarray(pixels, dtype=float)
    _check(points_m, pixels)
    middle = points_m.mean(axis=0)
    spread = np.sqrt(((points_m - middle) ** 2).sum(axis=1).mean())
    scaled, target = (points_m - middle) / spread, (pixels - np.array(size) / 2) / size[0]
    starts = [_start(target, length, a, b) for length in _LENGTHS for a in _ROUND_DEG for b in _UP_DEG]
    rough = sorted((_fit(scaled, target, start, _ROUGH_STEPS) for start in starts), key=lambda found: found[1])
    best = min((_fit(scaled, target, found, _FINE_STEPS) for found, _ in rough[:_KEPT]), key=lambda found: found[1])
    (rotation, shift, length), misfit = best
    if not misfit <= _MISFIT:
        raise ResultError(
            f"expected points that one camera sees so, got {misfit * size[0]:.0f} pixels (root mean square) between "
            f"the best camera and the {len(pixels)} points; look at their names, and at the film's time offset"
        )
    found = Viewpoint(
        rotation=rotation,
        shift_m=spread * shift - rotation @ middle,
        focal=float(np.exp(length)) * size[0],
        centre=np.array(size) / 2,
        size=size,
    )
    return found, misfit * size[0]


def _check(points_m: np.ndarray, pixels: np.ndarray) -> None:
    if len(pixels) < LEAST_POINTS or len(np.unique(points_m.round(4), axis=0)) < LEAST_POINTS:
        raise ResultError(
            f"expected {LEAST_POINTS} points or more to match a camera, got {len(pixels)}; click others too"
        )
    if not (np.isfinite(points_m).all() and np.isfinite(pixels).all()):
        raise ResultError("expected points that are known where they were clicked, got some without a place")
    size = np.linalg.svd(points_m - points_m.mean(axis=0), compute_uv=False)
    if size[1] < 1e-3 * size[0]:
        raise ResultError("expected points that are not all on one line, got such; click others too")


def _start(target: np.ndarray, length: float, round_deg: float, up_deg: float) -> _Guess:
    """Look at the points' middle from a direction, from as far as their size in the picture tells."""
    a, b = np.radians(round_deg), np.radians(up_deg)
    ahead = -np.array([np.cos(b) * np.cos(a), np.cos(b) * np.sin(a), np.sin(b)])
    right = np.array([-np.sin(a), np.cos(a), 0.0])
    rotation = np.stack([right, np.cross(ahead, right), ahead])
    about = target - target.mean(axis=0)
    far = length / max(float(np.sqrt((about**2).sum(axis=1).mean())), 1e-6) * np.sqrt(2 / 3)
    return rotation, np.array([*(target.mean(axis=0) * far / length), far]), float(np.log(length))


def _fit(points: np.ndarray, target: np.ndarray, start: _Guess, steps: int) -> tuple[_Guess, float]:
    """Improve a guess; gives it with its root mean square misfit."""
    guess, damping = start, 1e-3
    misfit, slope = _misfit(points, target, guess)
    for _ in range(steps):
        square, downhill = slope.T @ slope, slope.T @ misfit
        step = np.linalg.lstsq(square + damping * np.diag(np.diag(square) + 1e-12), -downhill, rcond=None)[0]
        tried = _stepped(guess, step)
        after, its_slope = _misfit(points, target, tried)
        if after @ after < misfit @ misfit:
            done = misfit @ misfit - after @ after < _STILL * (misfit @ misfit)
            guess, misfit, slope, damping = tried, after, its_slope, max(damping / 5, 1e-12)
            if done:
                break
        else:
            damping *= 5
            if damping > 1e12:
                break
    return guess, float(np.sqrt(misfit @ misfit / len(points)))


def _misfit(points: np.ndarray, target: np.ndarray, guess: _Guess) -> tuple[np.ndarray, np.ndarray]:
    """Give the distances from what was clicked (2n,) and their slopes by turn, shift and length (2n, 7)."""
    rotation, shift, length = guess
    turned = points @ rotation.T
    x, y, z = (turned + shift).T
    z = np.where(z > 1e-3, z, 1e-3)  # behind the camera: no picture, and a large misfit
    f = np.exp(length)
    u, v = f * x / z, f * y / z
    nothing, one = np.zeros_like(z), f / z
    by_place = np.stack([np.stack([one, nothing, -u / z], axis=1), np.stack([nothing, one, -v / z], axis=1)], axis=1)
    by_turn = np.cross(turned[:, np.newaxis], by_place)
    slope = np.concatenate([by_turn, by_place, np.stack([u, v], axis=1)[..., np.newaxis]], axis=2)
    return (np.stack([u, v], axis=1) - target).ravel(), slope.reshape(-1, 7)


def _stepped(guess: _Guess, step: np.ndarray) -> _Guess:
    rotation, shift, length = guess
    return turn_by(step[:3]) @ rotation, shift + step[3:6], float(np.clip(length + step[6], -3.0, 5.0))


def turn_by(vector: np.ndarray) -> np.ndarray:
    """Give the rotation (3, 3) about a vector by its length in radians (Rodrigues' formula)."""
    angle = float(np.linalg.norm(vector))
    if angle < 1e-15:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
