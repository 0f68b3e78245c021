"""Up, forward and side are read off the markers, and a swap of sides is noticed."""

import itertools

import numpy as np
import pytest

from swinglever.readers.axes import axis_vector, find_axes, side_pairs, turn_to_opensim
from swinglever.readers.trc import read_trc

NAMES = ["R.ASIS", "L.ASIS", "V.Sacral", "R.Heel", "L.Heel", "R.Toe.Tip", "L.Toe.Tip"]
BODY = np.array(
    [[0.1, 1, 0.1], [0.1, 1, -0.1], [-0.1, 1, 0], [-0.1, 0, 0.1], [-0.1, 0, -0.1], [0.1, 0, 0.1], [0.1, 0, -0.1]]
)


def proper_turns() -> list[np.ndarray]:
    """Return the 24 turns that take axes to axes."""
    signed = [
        np.diag(s) @ np.eye(3)[list(p)]
        for p in itertools.permutations(range(3))
        for s in itertools.product((1, -1), repeat=3)
    ]
    return [turn for turn in signed if np.linalg.det(turn) > 0]


@pytest.mark.parametrize("turn", proper_turns())
def test_the_turn_to_opensim_undoes_any_turn_of_the_laboratory(turn):
    axes = find_axes(NAMES, np.tile(BODY @ turn.T, (5, 1, 1)))
    assert turn_to_opensim(axes) @ turn == pytest.approx(np.eye(3), abs=0)
    assert not axes.sides_swapped


def test_swapped_side_names_are_noticed():
    swapped = [{"R": "L", "L": "R"}.get(name[0], name[0]) + name[1:] for name in NAMES]
    assert find_axes(swapped, np.tile(BODY, (5, 1, 1))).sides_swapped


def test_markers_without_known_names_tell_nothing():
    axes = find_axes(["a", "b"], np.random.default_rng(0).normal(size=(5, 2, 3)))
    assert (axes.up, axes.forward, axes.right_by_names, axes.sides_swapped) == (None, None, None, False)


def test_a_direction_far_from_every_axis_is_left_open():
    along = np.array([1.0, 1.0, 1.0]) / np.sqrt(3)  # 55 degrees from each axis
    position = np.array([along, along, along, [0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]])
    assert find_axes(NAMES, np.tile(position, (5, 1, 1))).up is None


def test_a_marker_that_is_never_seen_does_not_blind_the_others():
    position = np.tile(BODY, (5, 1, 1))
    position[:, 0] = np.nan
    assert find_axes(NAMES, position).up == "+y"
    assert find_axes(NAMES, position).right_by_names == "+z"


@pytest.mark.parametrize(
    "pair",
    [
        ("RASI", "LASI"),
        ("R.Heel", "L.Heel"),
        ("r_toe", "l_toe"),
        ("r_knee_study", "L_knee_study"),
        ("r.ASIS_study", "L.ASIS_study"),
        ("RightKnee", "LeftKnee"),
        ("knee_r", "knee_l"),
        ("Toe.R", "Toe.L"),
    ],
)
def test_sides_are_paired_in_every_naming_style(pair):
    assert side_pairs(["Sternum", *pair, "Rib.2"]) == [pair]


def test_an_axis_has_its_vector():
    assert axis_vector("-z").tolist() == [0.0, 0.0, -1.0]


@pytest.mark.parametrize(
    "name",
    [
        "hamner2010_run/subject02_running.trc",
        "gait2392_walk/subject01_walk1.trc",
        "fukuchi2017_run/RBDS03/RBDS03static.trc",
    ],
)
def test_published_trials_stand_in_opensims_axes(data_file, name):
    markers = read_trc(data_file(name))
    axes = find_axes(markers.names, markers.position_m)
    assert (axes.up, axes.forward, axes.right_by_names, axes.sides_swapped) == ("+y", "+x", "+z", False)
