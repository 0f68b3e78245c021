"""A camera found again from points that it saw."""

import numpy as np
import pytest

from swinglever_blender.result import ResultError
from swinglever_blender.viewpoint import Viewpoint, match_viewpoint, turn_by

SIZE = (1280, 720)


def looking(place: list[float], at: list[float], focal: float, size: tuple[int, int] = SIZE) -> Viewpoint:
    """A camera at a place, upright, that looks at a point; z is up."""
    ahead = np.array(at, dtype=float) - place
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    rotation = np.stack([right, np.cross(ahead, right), ahead])
    return Viewpoint(rotation=rotation, shift_m=-rotation @ place, focal=focal, centre=np.array(size) / 2, size=size)


CAMERAS = {
    "from the side": looking([0.3, -4.0, 1.1], [0.0, 0.0, 0.9], 1100.0),
    "from behind and above": looking([-5.0, 2.0, 2.6], [0.2, 0.0, 0.8], 1900.0),
    "a wide lens, near": looking([1.5, 1.2, 0.6], [0.0, 0.0, 1.0], 700.0),
    "upright": looking([0.0, 6.0, 1.4], [0.1, 0.0, 0.9], 1500.0, (720, 1280)),
}
JOINTS = np.array(
    [[0.0, 0.1, 0.95], [0.25, 0.12, 0.6], [-0.05, 0.1, 0.35], [0.0, -0.1, 0.95], [-0.1, -0.1, 0.5], [-0.5, -0.1, 0.45],
     [0.05, 0.2, 1.4], [0.3, 0.3, 1.15], [-0.1, -0.25, 1.4]]
)  # fmt: skip
BELT = np.array([[-0.9, -0.3, 0.0], [0.9, -0.3, 0.0], [0.9, 0.3, 0.0], [-0.9, 0.3, 0.0]])


@pytest.mark.parametrize("name", CAMERAS)
@pytest.mark.parametrize("points", [JOINTS, JOINTS[[0, 2, 4, 6, 7]], np.concatenate([BELT, JOINTS[:1]])])
def test_a_camera_is_found_exactly_from_what_it_saw(name: str, points: np.ndarray) -> None:
    known = CAMERAS[name]
    found, misfit = match_viewpoint(points, known.project(points), known.size)
    assert misfit < 1e-3
    np.testing.assert_allclose(found.place_m, known.place_m, atol=1e-3)
    assert found.focal == pytest.approx(known.focal, rel=1e-3)
    elsewhere = np.random.default_rng(1).uniform([-0.6, -0.4, 0.0], [0.6, 0.4, 1.7], (50, 3))
    np.testing.assert_allclose(found.project(elsewhere), known.project(elsewhere), atol=0.1)


@pytest.mark.parametrize("name", CAMERAS)
def test_four_corners_of_a_belt_are_enough(name: str) -> None:
    known = CAMERAS[name]
    found, misfit = match_viewpoint(BELT, known.project(BELT), known.size)
    assert misfit < 1e-3
    np.testing.assert_allclose(found.project(JOINTS), known.project(JOINTS), atol=1.0)


def test_clicks_beside_the_point_move_the_picture_by_no_more() -> None:
    """Clicks that are off by 1 pixel (standard deviation) at 36 points: four instants of nine joints."""
    known, random = CAMERAS["from the side"], np.random.default_rng(0)
    points = np.concatenate([JOINTS @ turn_by(np.array([0, 0.3 * k, 0])).T for k in range(4)])
    found, misfit = match_viewpoint(points, known.project(points) + random.normal(0, 1.0, (36, 2)), SIZE)
    assert 0.8 < misfit < 1.8
    off = np.linalg.norm(found.project(points) - known.project(points), axis=1)
    assert np.sqrt((off**2).mean()) < 1.0


def test_the_slopes_are_those_of_finite_differences() -> None:
    from swinglever_blender.viewpoint import _misfit, _stepped

    guess = (turn_by(np.array([0.3, -0.2, 0.9])), np.array([0.1, -0.2, 4.0]), 0.3)
    points, target = JOINTS - JOINTS.mean(axis=0), np.zeros((len(JOINTS), 2))
    _, slope = _misfit(points, target, guess)
    for k, step in enumerate(1e-6 * np.eye(7)):
        ahead, behind = (_misfit(points, target, _stepped(guess, sign * step))[0] for sign in (1, -1))
        np.testing.assert_allclose((ahead - behind) / 2e-6, slope[:, k], atol=1e-6)


@pytest.mark.parametrize(
    ("points", "pixels", "said"),
    [
        (JOINTS[:3], np.zeros((3, 2)), "4 points or more"),
        (np.linspace([0, 0, 0], [1, 1, 1], 6), np.zeros((6, 2)), "on one line"),
        (np.where(np.arange(9)[:, None] == 2, np.nan, JOINTS), np.zeros((9, 2)), "without a place"),
        (JOINTS, CAMERAS["from the side"].project(JOINTS)[::-1], "look at their names"),
    ],
)
def test_what_no_camera_sees_is_refused(points: np.ndarray, pixels: np.ndarray, said: str) -> None:
    with pytest.raises(ResultError, match=said):
        match_viewpoint(points, pixels, SIZE)
