"""Functions that joints follow: value, slope and curvature, also beyond their ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import BPoly, CubicSpline, PPoly

from swinglever.anatomy.multibody.joint_functions import JointFunctions, straight_line
from swinglever.anatomy.piecewise import Piecewise, Polynomial, joined


@given(st.integers(min_value=0, max_value=1000), st.integers(min_value=2, max_value=6))
def test_a_curve_is_scipys_with_its_derivatives(seed: int, n_knots: int) -> None:
    """At knots, between them, and where the pieces at the ends go on."""
    random = np.random.default_rng(seed)
    knots = np.cumsum(random.uniform(0.1, 1.0, n_knots))
    spline = CubicSpline(knots, random.normal(size=n_knots))
    curve = PPoly(spline.c, spline.x)
    q = np.concatenate([knots, random.uniform(knots[0] - 0.5, knots[-1] + 0.5, 20)])
    ours = Polynomial(curve.c, curve.x)
    functions = JointFunctions(source=np.array([1, 0]), functions=(ours, straight_line(2.0, 0.5)), n_sources=2)
    found = functions.evaluate(np.stack([np.zeros_like(q), q], axis=-1))
    for order, values in enumerate((found.value, found.slope, found.curvature)):
        np.testing.assert_allclose(values[:, 0], curve(q, order), rtol=1e-11, atol=1e-11 * np.abs(spline.c).max())
    np.testing.assert_allclose([found.value[0, 1], found.slope[0, 1], found.curvature[0, 1]], [0.5, 2.0, 0.0])


def test_polynomials_side_by_side_do_not_see_each_other() -> None:
    """Of other degrees, with pieces elsewhere, one of them twice; far beyond their ends, and where nothing is known."""
    flat = PPoly(np.array([[2.0]]), np.array([0.0, 1.0]))
    bent = PPoly(np.array([[1.0, -3.0, 0.5], [0.0, 1.0, 2.0]]), np.array([-4.0, -2.0, 0.3, 9.0]))
    cubic = PPoly(np.arange(8.0).reshape(4, 2), np.array([50.0, 60.0, 61.0]))
    columns = [bent, cubic, flat, bent]
    x = np.linspace(-1e3, 1e3, 4001)[:, None] * np.ones(4)
    side_by_side = Piecewise.of(columns)
    for order, found in enumerate(side_by_side.evaluate(x)):
        expected = np.stack([curve(x[:, k], order) for k, curve in enumerate(columns)], axis=1)
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    np.testing.assert_array_equal(side_by_side.values(x), side_by_side.evaluate(x)[0])
    assert np.isnan(side_by_side.values(np.full(4, np.nan))[[0, 1, 3]]).all()


@given(st.integers(min_value=0, max_value=1000), st.integers(min_value=1, max_value=3))
def test_places_are_joined_as_scipy_does_to_the_last_digit(seed: int, n_known: int) -> None:
    """Values, values and slopes, and these with curvatures."""
    random = np.random.default_rng(seed)
    x, known = np.cumsum(random.uniform(0.01, 2.0, 12)), random.normal(size=(12, n_known))
    scipys = PPoly.from_bernstein_basis(BPoly.from_derivatives(x, known))
    np.testing.assert_array_equal(joined(x, known).c, scipys.c)


@pytest.mark.parametrize("x", [[], [1.0], [1.0, 1.0], [2.0, 1.0], [0.0, np.nan], [0.0, 1.0, 2.0]])
def test_pieces_that_do_not_go_on_from_one_another_are_refused(x: list[float]) -> None:
    with pytest.raises(ValueError, match="rising places"):
        Polynomial(np.ones((2, 1)), np.array(x))


@pytest.mark.parametrize("finest", [0.05, 1e-9])
def test_every_piece_begins_where_the_one_before_ends(finest: float) -> None:
    """Steps, at their edges and the nearest numbers beside them: whether edges are looked up in cells or searched."""
    random = np.random.default_rng(3)
    edges = [np.cumsum(random.uniform(finest, 1.0, n)) for n in (30, 4, 80)]
    edges[2][41:] += finest - (edges[2][41] - edges[2][40])
    steps = [PPoly(random.normal(size=(1, len(x) - 1)), x) for x in edges]
    together = Piecewise.of(steps)
    assert (together._cells is None) == (finest < 1e-6)
    for k, (x, step) in enumerate(zip(edges, steps, strict=True)):
        inner = x[1:-1]
        near = np.concatenate([inner, np.nextafter(inner, -9.0), np.nextafter(inner, 99.0), [x[0] - 2, x[-1] + 2]])
        found = together.values(near[:, None] * np.ones(3))[:, k]
        # side by side, an edge may be as far off as the last digit of the common axis
        sure = np.abs(near[:, None] - inner).min(axis=1) > 1e-13 if k else np.ones(len(near), dtype=bool)
        np.testing.assert_array_equal(found[sure], step(near)[sure])
