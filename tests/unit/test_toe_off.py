"""Toe-off and foot strike from motion alone: feet drawn by hand, and what must not change them."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.motions import running_like

from swinglever.arrays import Array
from swinglever.engines.planar import planar_model
from swinglever.motion.foot_events import find_events
from swinglever.motion.foot_path import FootPath, follow_feet, gait_of
from swinglever.motion.foot_strike import find_foot_strikes
from swinglever.motion.kinematics import kinematics_of
from swinglever.motion.toe_off import LEG_IS_LATE_S, find_toe_offs, leg_is_longest, tip_rises
from swinglever.records.event_errors import MEASURED_SD_S, toe_off_sd_s
from swinglever.records.foot_event import FootEvent, Gait
from swinglever.records.parameters import Parameters
from swinglever.records.spread import InputSpread

STRIDE_S, LEAVES_S, LANDS_S, SPEED_M_S = 0.7, 0.24, 0.60, 3.5
RISE_M_S = 1.2


def drawn_foot(rate_hz: float = 250.0, carried_m_s: float = 0.0, floor_m: float = 0.0) -> FootPath:
    """A foot that lies on a belt until 0.24 s of each stride of 0.7 s, rises at 1.2 m/s, and comes down by 0.60 s.

    It falls from 15 cm in the last 0.2 s, ever faster (7.5 m/s2), to 1.5 m/s where the ground stops it. The pelvis is
    0.9 m up and bounces twice a stride.
    """
    time_s = np.arange(0.0, 5.0 * STRIDE_S, 1.0 / rate_hz)
    phase = time_s % STRIDE_S
    along = np.interp(phase, [0.0, 0.35, 0.56, LANDS_S, STRIDE_S], [0.25, -0.60, 0.40, 0.35, 0.25])
    rise = np.clip(RISE_M_S * (phase - LEAVES_S), 0.0, 0.15)
    fallen = 0.5 * 7.5 * np.clip(phase - (LANDS_S - 0.2), 0.0, 0.2) ** 2
    height = rise - fallen
    pelvis = 0.9 + 0.04 * np.cos(4.0 * np.pi * time_s / STRIDE_S)

    def point(ahead_m: Array, up_m: Array) -> Array:
        return np.stack([ahead_m + carried_m_s * time_s, up_m + floor_m], axis=1)

    return FootPath(
        time_s=time_s,
        pelvis_m=point(np.zeros_like(along), pelvis),
        hip_m=point(np.zeros_like(along), pelvis),
        heel_m=point(along - 0.18, height),
        ball_m=point(along, height),
        toe_tip_m=point(along + 0.06, height),
    )


def test_a_tip_that_rises_evenly_left_the_ground_where_its_rise_began() -> None:
    """From 0.1 s at 1.5 m/s: it crosses 2 cm at 0.1133 s, and 0.02 / 1.5 = 0.0133 s before it lay still."""
    time_s = np.linspace(0.0, 0.3, 76)
    assert tip_rises(time_s, 0.01 + 1.5 * np.maximum(time_s - 0.1, 0.0)) == pytest.approx(0.1, abs=1e-9)


def test_a_tip_that_stays_low_never_left() -> None:
    time_s = np.linspace(0.0, 0.3, 76)
    assert np.isnan(tip_rises(time_s, 0.019 * time_s / 0.3))


def test_a_tip_that_falls_from_one_frame_to_the_next_as_far_as_it_rose_never_left() -> None:
    """Its tangent at 2 cm points down, and would be carried forward to a time after the recording."""
    height_m = np.array([0.0, 0.019, 0.021, -0.05, -0.05])
    assert np.isnan(tip_rises(np.linspace(0.0, 0.02, 5), height_m))


def test_a_leg_is_longest_where_its_parabola_turns() -> None:
    time_s = np.linspace(0.0, 0.2, 51)
    length = 0.9 - 4.0 * (time_s - 0.0931) ** 2
    leg = length[:, np.newaxis] * [0.6, 0.8]  # 3-4-5: as long as it says
    assert leg_is_longest(time_s, leg) == pytest.approx(0.0931, abs=1e-9)
    assert np.isnan(leg_is_longest(time_s[:20], leg[:20])), "it still grows at the end"


def test_the_tip_alone_tells_when_a_walker_leaves() -> None:
    offs = find_toe_offs(drawn_foot(), "walking")
    assert offs == pytest.approx(LEAVES_S + STRIDE_S * np.arange(5), abs=0.001)


def test_a_runner_leaves_halfway_between_what_tip_and_leg_say() -> None:
    """The drawn leg is longest when the toes are rearmost, at 0.35 s: (0.24 + 0.35 - 0.042) / 2 = 0.274."""
    path = drawn_foot()
    straight = replace(path, hip_m=np.stack([0.0 * path.time_s, np.full_like(path.time_s, 0.2)], axis=1))
    offs = find_toe_offs(straight, "running")
    assert offs[1:-1] == pytest.approx(0.5 * (LEAVES_S + 0.35 - LEG_IS_LATE_S) + STRIDE_S * np.arange(1, 4), abs=0.004)


def test_a_foot_strikes_where_its_fall_is_stopped() -> None:
    """Its speed is greatest at 0.60 s; the ground's force comes 3 ms before that, by the detector's constant.

    The recording ends too soon after the fifth to show that the heel had been foremost.
    """
    strikes = find_foot_strikes(drawn_foot(1000.0))
    assert strikes == pytest.approx(LANDS_S - 0.003 + STRIDE_S * np.arange(4), abs=0.002)  # two samples


@pytest.mark.parametrize("gait", ["running", "walking"])
def test_belt_floor_and_sampling_change_no_event(gait: Gait) -> None:
    """The same steps on a belt, over ground at 3.5 m/s, on a floor 1.3 m lower, and sampled twice as often."""
    here = find_toe_offs(drawn_foot(), gait)
    for other in (drawn_foot(carried_m_s=SPEED_M_S), drawn_foot(floor_m=-1.3)):
        assert find_toe_offs(other, gait) == pytest.approx(here, abs=1e-9)
        assert find_foot_strikes(other) == pytest.approx(find_foot_strikes(drawn_foot()), abs=1e-9)
    assert find_foot_strikes(drawn_foot(500.0)) == pytest.approx(find_foot_strikes(drawn_foot()), abs=0.004)
    assert find_toe_offs(drawn_foot(500.0), gait) == pytest.approx(here, abs=0.004)


def test_a_recording_that_begins_in_the_swing_has_no_toe_off_there() -> None:
    path = drawn_foot()
    late = path.time_s > LEAVES_S + 0.02
    points = ("pelvis_m", "hip_m", "heel_m", "ball_m", "toe_tip_m")
    cut = replace(path, time_s=path.time_s[late], **{name: getattr(path, name)[late] for name in points})
    assert find_toe_offs(cut, "walking") == pytest.approx(LEAVES_S + STRIDE_S * np.arange(1, 5), abs=0.001)


def test_only_a_runner_falls_freely() -> None:
    """0.04 m twice a stride of 0.7 s: (4 pi / 0.7)^2 0.04 = 12.9 m/s2, and a quarter of that at a quarter of it."""
    path = drawn_foot()
    flat = replace(path, pelvis_m=path.pelvis_m * [1.0, 0.25])
    assert (gait_of(path), gait_of(flat)) == ("running", "walking")


def test_the_planar_runner_without_toes_still_has_a_tip() -> None:
    model = planar_model()
    time_s = np.linspace(0.0, 2.0, 401)
    path = follow_feet(model, kinematics_of(model.coordinate_names, time_s, running_like(time_s, model)))["r"]
    foot = path.toe_tip_m - path.heel_m
    assert np.linalg.norm(foot, axis=1) == pytest.approx(0.24, abs=1e-9)  # 0.18 m and a third more
    assert foot / 0.24 == pytest.approx((path.ball_m - path.heel_m) / 0.18, abs=1e-9)


def test_labels_of_the_file_come_before_motion() -> None:
    """A foot that the file labels whole has those times; the other one, with a toe-off alone, is looked at."""
    model = planar_model()
    time_s = np.linspace(0.0, 3.0, 601)
    kinematics = kinematics_of(model.coordinate_names, time_s, running_like(time_s, model))
    labels = tuple(
        FootEvent(side=side, kind=kind, time_s=at)
        for side, kind, at in (
            ("r", "toe_off", 1.3),
            ("r", "toe_off", 0.6),
            ("r", "foot_strike", 1.0),
            ("l", "toe_off", 0.9),
        )
    )
    events = find_events(model, kinematics, (), Parameters(), labels)
    assert (events["r"].source, events["l"].source) == ("labels", "kinematics")
    assert (events["r"].toe_off_s, events["r"].foot_strike_s) == ((0.6, 1.3), (1.0,))
    assert 0.9 not in events["l"].toe_off_s


def test_monte_carlo_moves_toe_offs_by_what_was_measured() -> None:
    sizes = InputSpread()
    assert sizes.toe_off_kinematics_s == toe_off_sd_s("kinematics", "running") == MEASURED_SD_S
    assert sizes.toe_off_force_s == toe_off_sd_s("ground_force", "walking")
    assert toe_off_sd_s("a plugin's", "running") == MEASURED_SD_S
