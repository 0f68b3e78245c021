"""Functions that joints follow: value, slope and curvature, also beyond their ends."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline, PPoly

from swinglever.anatomy.multibody.joint_functions import JointFunctions, straight_line


@given(st.integers(min_value=0, max_value=1000), st.integers(min_value=2, max_value=6))
def test_a_curve_is_scipys_with_its_derivatives(seed: int, n_knots: int) -> None:
    """At knots, between them, and where the pieces at the ends go on."""
    random = np.random.default_rng(seed)
    knots = np.cumsum(random.uniform(0.1, 1.0, n_knots))
    spline = CubicSpline(knots, random.normal(size=n_knots))
    curve = PPoly(spline.c, spline.x)
    q = np.concatenate([knots, random.uniform(knots[0] - 0.5, knots[-1] + 0.5, 20)])
    functions = JointFunctions(source=np.array([1, 0]), functions=(curve, straight_line(2.0, 0.5)), n_sources=2)
    found = functions.evaluate(np.stack([np.zeros_like(q), q], axis=-1))
    for order, values in enumerate((found.value, found.slope, found.curvature)):
        np.testing.assert_allclose(values[:, 0], curve(q, order), rtol=1e-11, atol=1e-11 * np.abs(spline.c).max())
    np.testing.assert_allclose([found.value[0, 1], found.slope[0, 1], found.curvature[0, 1]], [0.5, 2.0, 0.0])
