"""Tail or pull: what toe-off left, and what is new."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from swinglever.causes.tail import tail_of

TIME_S = np.array([0.0, 0.02, 0.04, 0.08])


def test_a_decaying_activation_is_all_tail() -> None:
    """At 1/e after 40 ms."""
    activation = 0.8 * np.exp(-TIME_S / 0.04)[:, None]
    np.testing.assert_allclose(tail_of(activation, TIME_S), activation)


def test_what_rises_above_the_decay_is_new() -> None:
    """0.4 at toe-off leaves 0.4/e = 0.147 after 40 ms; a muscle silent at toe-off has no tail."""
    activation = np.array([[0.4, 0.0], [0.4, 0.1], [0.4, 0.2], [0.01, 0.3]])
    expected = [[0.4, 0.0], [0.4 * np.exp(-0.5), 0.0], [0.4 / np.e, 0.0], [0.01, 0.0]]
    np.testing.assert_allclose(tail_of(activation, TIME_S), expected)


@given(arrays(float, (4, 3), elements=st.floats(0.0, 1.0)))
def test_a_tail_is_never_more_than_the_activation_and_starts_as_all_of_it(activation: np.ndarray) -> None:
    tail = tail_of(activation, TIME_S)
    assert (tail <= activation).all()
    assert (tail >= 0.0).all()
    np.testing.assert_array_equal(tail[0], activation[0])
