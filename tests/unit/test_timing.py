"""What EMG's timing leaves of a part: windows, rates, contradictions, by hand."""

import numpy as np
import pytest

from swinglever.causes.effort import Sharing
from swinglever.causes.timing import OFF, OffWindows, off_windows, range_by_timing, range_without_contradicting

STEP_S = 0.004
DECAY = np.exp(-STEP_S / 0.040)
RISE = np.exp(-STEP_S / 0.010)


def two_flexors(first: list[float], second: list[float]) -> Sharing:
    """Two flexors of 10 N m; each frame of the first at full activation makes 0.1 rad."""
    activation = np.array([first, second]).T
    return Sharing(
        gain_nm=np.full((len(first), 1, 2), 10.0),
        activation=activation,
        effect_rad=np.tile([0.1, 0.0], (len(first), 1)),
    )


def windows(off: list[list[bool]], drives: list[list[bool]] | None = None) -> OffWindows:
    """Channels named a, b, ... of as many muscles, unless told."""
    n = len(off[0])
    return OffWindows(
        channels=tuple("abc"[:n]),
        off=np.array(off),
        drives=np.eye(n) if drives is None else drives,
        size=np.ones((len(off), n)),
    )


def test_a_moment_that_jumps_may_be_missed_by_half_as_much_again_as_it_must() -> None:
    """Two flexors make 10 N m, then none, 4 ms later. What they have in the first frame can only decay, to DECAY of it.

    In full activations, each moment missed by x: 1 - x in the first frame leaves DECAY (1 - x) = x in the second, so x
    is DECAY/(1 + DECAY). With 1.5 x, the first flexor alone may have 1.5 x in the second frame and 1.5 x/DECAY before.
    """
    missed = 1.5 * DECAY / (1.0 + DECAY)
    found, contradictions = range_by_timing(two_flexors([0.5, 0.0], [0.5, 0.0]), STEP_S)
    assert contradictions == {}
    assert found == pytest.approx((0.0, 0.1 * missed * (1.0 + 1.0 / DECAY)), abs=1e-6)


def test_a_falling_moment_leaves_what_the_decay_leaves() -> None:
    """Ten N m, then as much less as activation can fall: both decay as fast as they can, and any split does it."""
    found, _ = range_by_timing(two_flexors([0.5, 0.5 * DECAY], [0.5, 0.5 * DECAY]), STEP_S)
    assert found == pytest.approx((0.0, 0.1 * (1.0 + DECAY)), abs=1e-7)


def test_a_rising_moment_needs_both_as_fast_as_they_can() -> None:
    """From nothing to 2 (1 - RISE) of full activation in a step: neither can be without the other."""
    risen = 1.0 - RISE
    found, _ = range_by_timing(two_flexors([0.0, risen], [0.0, risen]), STEP_S)
    assert found == pytest.approx((0.1 * risen, 0.1 * risen), abs=1e-7)


def test_a_muscle_that_is_off_has_a_twentieth_at_most() -> None:
    sharing = two_flexors([0.4, 0.4], [0.4, 0.4])
    found, contradictions = range_by_timing(sharing, STEP_S, windows([[True, False], [True, False]]))
    assert found == pytest.approx((0.0, 0.1 * 2 * OFF), abs=1e-7)
    assert contradictions == {}
    found, _ = range_by_timing(sharing, STEP_S, windows([[False, True], [False, True]]))
    assert found == pytest.approx((0.1 * 2 * (0.8 - OFF), 0.1 * 2 * 0.8), abs=1e-7)


def test_channels_that_leave_nobody_to_make_the_moment_are_named() -> None:
    """0.8 of a full activation, a flexor off that may have 0.05: with the other at 1 there is no contradiction.

    With 1.5 the silent one must have 0.5 at least: it is off by 0.45.
    """
    silent = windows([[True, False], [True, False]])
    found, contradictions = range_by_timing(two_flexors([0.75] * 2, [0.75] * 2), STEP_S, silent)
    assert found is None
    assert contradictions == pytest.approx({"a": 0.45}, abs=1e-6)
    found, contradictions = range_by_timing(two_flexors([0.75] * 2, [0.75] * 2), STEP_S, silent.without(("a",)))
    assert found == pytest.approx((0.1, 0.2), abs=1e-7)
    assert contradictions == {}


def test_moments_that_no_muscles_make_contradict_every_channel() -> None:
    """Three full activations are asked of two muscles, then none: no miss below a whole gain does it."""
    silent = windows([[True, False], [True, False]])
    found, against = range_without_contradicting(two_flexors([3.0, 0.0], [3.0, 0.0]), STEP_S, silent)
    assert found is None
    assert against == ("a", "b")


def test_a_muscle_of_two_channels_is_off_when_both_are() -> None:
    drives = [[True, True], [False, False]]
    told = windows([[True, False], [True, True], [False, True]], drives)
    np.testing.assert_array_equal(told.muscles_off, [[False, False], [True, False], [False, False]])


def test_a_muscle_stays_on_for_a_while_after_its_emg() -> None:
    """EMG on from 0.1 to 0.2 s: with 50 ms of delay the muscle is off before 0.1 s and after 0.25 s."""
    emg_s = np.arange(501) / 1000.0
    on = ((emg_s >= 0.1) & (emg_s <= 0.2))[:, None]
    time_s = np.array([0.04, 0.06, 0.099, 0.1, 0.2, 0.249, 0.252, 0.5, 0.51])
    # 40 ms: what came just before the recording is not known. 510 ms: the recording is over.
    expected = [False, True, True, False, False, False, True, True, False]
    np.testing.assert_array_equal(off_windows(time_s, emg_s, on, np.zeros(1), np.array([0.05]))[:, 0], expected)


def test_each_channel_has_its_own_delay() -> None:
    emg_s = np.arange(501) / 1000.0
    on = np.repeat(((emg_s >= 0.1) & (emg_s <= 0.2))[:, None], 2, axis=1)
    found = off_windows(np.array([0.08, 0.24]), emg_s, on, np.array([0.0, 0.03]), np.array([0.03, 0.1]))
    np.testing.assert_array_equal(found, [[True, False], [True, False]])
