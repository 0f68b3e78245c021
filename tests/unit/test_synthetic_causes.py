"""Causes of simulated swings, as their table gives them."""

import numpy as np
import pytest

from swinglever.errors import UnknownNameError
from swinglever.synthetic.simulation import Cause, read_cause


def test_a_burst_rises_from_nothing_to_one_and_falls_back() -> None:
    cause = Cause(name="test", activation={"bflh": 0.5}, start=0.1, end=0.5)
    shares = np.linspace(0.0, 1.0, 101)
    heights = np.array([cause.burst(share) for share in shares])
    assert heights.max() == heights[30] == pytest.approx(1.0)
    assert not heights[shares <= 0.1].any()
    assert heights[shares >= 0.5].max() < 1e-12
    # Smooth: over a hundredth of the swing it changes by less than pi/2 times that over half its length.
    assert np.abs(np.diff(heights)).max() < np.pi / 2 * 0.01 / 0.2


def test_the_three_causes_name_the_muscles_that_they_say() -> None:
    assert not read_cause("passive").activation
    assert set(read_cause("pulled").activation) == {"bflh", "bfsh", "semimem", "semiten"}
    assert set(read_cause("braked").activation) == {"recfem", "vasint", "vaslat", "vasmed"}


def test_an_unknown_cause_is_named() -> None:
    with pytest.raises(UnknownNameError, match=r"no cause 'kicked'; there are \['passive', 'pulled', 'braked'\]"):
        read_cause("kicked")
