"""Causes of simulated swings: what they impose, and as their table gives them."""

import numpy as np
import pytest

from swinglever.errors import UnknownNameError
from swinglever.synthetic.cause import Burst, Cause, read_cause


def test_a_burst_rises_from_nothing_to_one_and_falls_back() -> None:
    burst = Burst(activation={"bflh": 0.5}, start=0.1, end=0.5)
    shares = np.linspace(0.0, 1.0, 101)
    heights = burst.height(shares)
    assert heights.max() == heights[30] == pytest.approx(1.0)
    assert not heights[shares <= 0.1].any()
    assert heights[shares >= 0.5].max() < 1e-12
    # Smooth: over a hundredth of the swing it changes by less than pi/2 times that over half its length.
    assert np.abs(np.diff(heights)).max() < np.pi / 2 * 0.01 / 0.2


def test_bursts_and_tail_add_up_to_full_activation_at_most() -> None:
    """A burst of half a swing of 0.4 s has its middle, and its height, at 0.1 s; a tail of 0.3 is 0.3/e at 0.04 s."""
    burst = Burst(activation={"bflh": 0.5}, start=0.0, end=0.5)
    cause = Cause(name="test", bursts=(burst,), tail={"bflh": 0.2, "recfem": 0.3})
    since = np.array([0.0, 0.04, 0.1])
    assert cause.activation("recfem", since, 0.4) == pytest.approx(0.3 * np.exp(-since / 0.04))
    assert cause.activation("bflh", since, 0.4)[[0, 2]] == pytest.approx([0.2, 0.5 + 0.2 * np.exp(-2.5)])
    assert cause.activation("vasmed", since, 0.4) == pytest.approx(np.zeros(3))
    assert cause.muscles == {"bflh", "recfem"}
    twice = Cause(name="test", bursts=(Burst(activation={"bflh": 0.9}, start=0.0, end=0.5),) * 2)
    assert twice.activation("bflh", since, 0.4)[2] == 1.0


def test_the_three_causes_name_the_muscles_that_they_say() -> None:
    assert not read_cause("passive").muscles
    assert read_cause("pulled").muscles == {"bflh", "bfsh", "semimem", "semiten"}
    assert read_cause("braked").muscles == {"recfem", "vasint", "vaslat", "vasmed"}


def test_an_unknown_cause_is_named() -> None:
    with pytest.raises(UnknownNameError, match=r"no cause 'kicked'; there are passive, pulled and braked"):
        read_cause("kicked")
