"""Turns of bodies."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation

from swinglever.anatomy.multibody.spatial import rotation, turned_about_own_axes
from swinglever.arrays import Array


@given(arrays(float, 3, elements=st.floats(min_value=-7.0, max_value=7.0)))
def test_turns_about_own_axes_are_scipys_to_the_last_digit(angles: Array) -> None:
    np.testing.assert_array_equal(turned_about_own_axes(angles), Rotation.from_euler("XYZ", angles).as_matrix())


@given(arrays(float, 3, elements=st.floats(min_value=-7.0, max_value=7.0)))
def test_turns_about_own_axes_follow_one_another_from_the_right(angles: Array) -> None:
    x, y, z = rotation(np.eye(3), angles)
    np.testing.assert_allclose(turned_about_own_axes(angles), x @ y @ z, atol=1e-14)
