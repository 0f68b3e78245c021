"""The parts of the add-on that are arithmetic: axes, quaternions, time, colours, plots."""

import colorsys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swinglever_blender import axes, palette
from swinglever_blender.causes import choose_causes, merge
from swinglever_blender.muscles import given_so_far
from swinglever_blender.result import Result
from swinglever_blender.timing import TimeMap, map_at_speed, map_by_events


def rotation(axis: np.ndarray, angle: float) -> np.ndarray:
    """Rodrigues' formula."""
    x, y, z = axis / np.linalg.norm(axis)
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * skew + (1 - np.cos(angle)) * skew @ skew


def matrix_of(q: np.ndarray) -> np.ndarray:
    w, x, y, z = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def test_axes_go_there_and_back() -> None:
    points = np.arange(12.0).reshape(4, 3)
    np.testing.assert_array_equal(axes.blender_to_opensim(axes.opensim_to_blender(points)), points)
    up = axes.opensim_to_blender(np.array([0.0, 1.0, 0.0]))
    np.testing.assert_array_equal(up, [0, 0, 1])
    turned = rotation(np.array([1.0, 0, 0]), axes.ROOT_ROTATION[0]) @ [1.0, 2.0, 3.0]
    np.testing.assert_allclose(turned, axes.opensim_to_blender(np.array([1.0, 2.0, 3.0])), atol=1e-15)


@given(st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1), st.floats(0.01, 3.0))
def test_a_full_turn_has_one_smooth_quaternion(axis: tuple[float, float, float], step: float) -> None:
    """Through 0, 180 and 360 degrees, where matrices meet every branch and the sign would flip."""
    angles = np.linspace(-7.0, 7.0, 200) * min(step, 1.0)
    pose = np.tile(np.eye(4), (200, 1, 1))
    pose[:, :3, :3] = [rotation(np.array(axis), angle) for angle in angles]
    quaternions = axes.quaternions_from_poses(pose)
    for q, matrix in zip(quaternions[::20], pose[::20], strict=True):
        np.testing.assert_allclose(matrix_of(q), matrix[:3, :3], atol=1e-12)
    largest = 2 * np.sin(np.diff(angles).max() / 4)  # chord between unit quaternions that far apart
    assert np.linalg.norm(np.diff(quaternions, axis=0), axis=1).max() < largest * 1.001


@given(st.floats(-100, 100), st.floats(0.01, 2))
def test_frames_and_seconds_are_each_others_inverse(time_s: float, speed: float) -> None:
    time_map = map_at_speed(0.25, fps=24, speed=speed)
    assert float(time_map.to_seconds(time_map.to_frames(time_s))) == pytest.approx(time_s, abs=1e-9)


def test_quarter_speed_takes_four_times_the_frames() -> None:
    time_map = map_at_speed(2.0, fps=30, speed=0.25)
    np.testing.assert_allclose(time_map.to_frames(np.array([2.0, 3.0])), [1.0, 121.0])


def test_events_fall_on_the_others_events() -> None:
    first = map_at_speed(0.0, fps=10, speed=1.0)
    second = map_by_events([1.0, 1.2, 1.5], [2.0, 2.3, 2.4], first)
    np.testing.assert_allclose(second.to_frames(np.array([1.0, 1.1, 1.2, 1.5])), [21, 22.5, 24, 25])


def test_a_time_map_refuses_to_run_backwards() -> None:
    with pytest.raises(ValueError, match="increasing anchors"):
        TimeMap(times_s=(0.0, 1.0), frames=(10.0, 1.0))


def test_contribution_is_warm_for_pull_cool_for_momentum_and_violet_for_unfolding() -> None:
    values = np.array([[100.0, 100.0, -100.0, np.nan]])
    colours = palette.colour_contribution(values, np.array([True, False, True, True]))[0]
    expected = [palette.WARM, palette.COOL, palette.UNFOLD, palette.IDLE]
    np.testing.assert_allclose(colours, [palette.linear(colour) for colour in expected], atol=1e-12)


def test_the_heel_path_is_coloured_by_who_folds() -> None:
    """Pull, momentum, both alike, neither (one holds back, the other is unknown), and a knee that unfolds.

    Then twice as much of one as of the other, and a little less: no mixture, which would be violet as unfolding is.
    """
    speeds = [[3.0, -1.0], [-2.0, 5.0], [2.0, 2.0], [-1.0, np.nan], [3.0, -9.0]]
    speeds = np.array([*speeds, [2.1, 1.0], [1.9, 1.0], [1.0, 1.9], [1.0, 2.1]])
    folds = np.array([True, True, True, True, False, True, True, True, True])
    expected = [palette.WARM, palette.COOL, palette.BOTH, palette.IDLE, palette.IDLE]
    expected += [palette.WARM, palette.BOTH, palette.BOTH, palette.COOL]
    colours = palette.colour_folder(speeds, folds=folds)
    np.testing.assert_allclose(colours, [palette.linear(c) for c in expected], atol=1e-12)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_words_in_every_colour_can_be_read(theme: str) -> None:
    """Level AA of the Web Content Accessibility Guidelines, on the picture's ground and on the plot's."""
    groups = ["hamstrings", "momentum", "knee_extensors", "gravity", "foot", "hip_flexors", "something_else"]
    inks = [palette.colour_of_group(name) for name in groups] + [palette.THEMES[theme]["lever"], "#777777"]
    for ink in inks:
        said = palette.for_theme(ink, theme)
        for ground in ("background", "ground"):
            assert palette.contrast(said, palette.THEMES[theme][ground]) >= 4.5


def test_contrast_is_that_of_the_guidelines() -> None:
    assert palette.contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert palette.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


def test_nothing_but_momentum_has_the_hue_of_momentum() -> None:
    """Within 25 degrees of the colour circle, where a colour is saturated enough to have a hue."""

    def hue(colour: str) -> tuple[float, float]:
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        h, s, _ = colorsys.rgb_to_hsv(red, green, blue)
        return 360 * h, s

    others = [
        colour for name, colour in palette._GROUPS.items() if name not in ("momentum", "hip flexors", "hip moment")
    ]
    others += [*palette._SPARE, *(ink for theme in palette.THEMES.values() for ink in theme.values())]
    close = [colour for colour in others if abs(hue(colour)[0] - hue(palette.COOL)[0]) < 25 and hue(colour)[1] > 0.3]
    assert close == []


def test_causes_that_are_left_out_are_summed_up_and_what_is_asked_is_kept() -> None:
    groups = {f"g{size}": np.full(3, float(size)) for size in range(1, 8)} | {"hamstrings": np.full(3, 0.1)}
    kept = choose_causes(groups, peak=1, most=4)
    assert list(kept) == ["hamstrings", "g7", "g6", "g5", "all others"]
    np.testing.assert_allclose(sum(kept.values()), 28.1)


def test_parts_of_one_cause_are_one_curve() -> None:
    """Active and passive forces of a group; the speeds at toe-off and those of the thigh since."""
    ones = np.ones(2)
    given = {"hamstrings": ones, "hip_flexors_passive": 3 * ones, "hamstrings_passive": 2 * ones}
    merged = merge(given | {"initial": 4 * ones, "proximal": 5 * ones})
    assert {name: float(values[0]) for name, values in merged.items()} == {
        "hamstrings": 3.0,
        "hip_flexors": 3.0,
        "momentum": 9.0,
    }


def test_a_muscle_is_coloured_by_what_it_has_given_since_toe_off(result: Result) -> None:
    """A steady acceleration of 20 rad/s2 gives 10 t2; outside the swings of its own leg nothing is known."""
    swing = result.swings["r_1"]
    given = given_so_far(result, np.full((len(result.time_s), len(result.muscle_names)), 20.0))
    inside = (result.time_s >= swing.events_s["toe_off"]) & (result.time_s <= swing.events_s["foot_strike"])
    since = result.time_s[inside] - result.time_s[inside][0]
    column = result.muscle_names.index("semimem_r")
    np.testing.assert_allclose(given[inside, column], 10.0 * since**2, atol=1e-9)
    assert np.isnan(given[~inside, column]).all()
