"""The size of an EMG channel: laws of the fit, and cases by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swinglever.arrays import Array
from swinglever.muscles.emg_gain import Demand, fit_gains


def demand(strength_nm: Array, moment_nm: Array, shares: Array, weight: float, reserve: float = 1e-3) -> Demand:
    weights = np.where(shares.any(axis=1), weight, 1.0)
    return Demand(
        strength_nm=strength_nm, moment_nm=moment_nm, reserve_optimal_nm=reserve, shares=shares, weight=weights
    )


def fit(problem: Demand, course: Array, most: Array | None = None) -> Array:
    return fit_gains(problem, lambda size: course * size, np.ones(course.shape[1]) if most is None else most)


def leg_like(seed: int) -> tuple[Demand, Array]:
    """Twelve muscles, half of them measured by four channels, and moments that they can, mostly, make."""
    random = np.random.default_rng(seed)
    gain = random.normal(scale=60, size=(30, 4, 12))
    shares = np.zeros((12, 4))
    shares[np.arange(6), [0, 0, 1, 1, 2, 3]] = 1.0
    course = np.sin(np.pi * np.linspace(0, 1, 30)[:, None] * random.uniform(1, 4, 4)) ** 2
    activation = np.hstack([(course * random.uniform(0.1, 0.9, 4)) @ shares.T[:, :6], random.uniform(0, 0.3, (30, 6))])
    return demand(gain, (gain @ activation[..., None])[..., 0], shares, 20.0, 1.0), course


def test_one_measured_muscle_by_hand() -> None:
    """50 N m at full activation, 25 asked, so a = 1/2: least w (1/2 - x)² + x² is at x = w / 2 (1 + w)."""
    one = np.ones((5, 1))
    problem = demand(np.full((5, 1, 1), 50.0), np.full((5, 1), 25.0), np.ones((1, 1)), 20.0)
    assert fit(problem, one)[0] == pytest.approx(20 / 42, abs=1e-4)


def test_a_measured_muscle_shares_with_another_as_least_effort_would() -> None:
    """Two muscles of 50 N m, one measured, 50 N m asked: a = x + d, b = 1 - a, least w d² + b² + x².

    Slopes: w d = b and x = w d, so x = b; with x + d + b = 1 it is x (2 + 1/w) = 1.
    """
    problem = demand(np.full((4, 1, 2), 50.0), np.full((4, 1), 50.0), np.array([[1.0], [0.0]]), 20.0)
    assert fit(problem, np.ones((4, 1)))[0] == pytest.approx(1 / 2.05, abs=1e-4)


def test_antagonists_do_not_grow_together() -> None:
    """Equal and opposite, nothing asked: any common size makes no moment, and only its effort keeps it at zero."""
    gain = np.tile(np.array([[[50.0, -50.0]]]), (4, 1, 1))
    sizes = fit(demand(gain, np.zeros((4, 1)), np.eye(2), 20.0), np.ones((4, 2)))
    np.testing.assert_allclose(sizes, 0.0, atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_slope_is_that_of_the_cost(seed: int) -> None:
    problem, course = leg_like(seed)
    size, step = np.random.default_rng(seed).uniform(0.05, 0.9, 4), 1e-6
    slope = problem.cost(size, course)[1]
    for k, unit in enumerate(np.eye(4)):
        ahead, behind = (problem.cost(size + s * step * unit, course)[0] for s in (1, -1))
        assert (ahead - behind) / (2 * step) == pytest.approx(slope[k], rel=1e-4, abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_cost_is_convex(seed: int) -> None:
    problem, course = leg_like(seed)
    random = np.random.default_rng(seed)
    a, b = random.uniform(0, 1, (2, 4))
    ends = 0.5 * (problem.cost(a, course)[0] + problem.cost(b, course)[0])
    assert problem.cost(0.5 * (a + b), course)[0] <= ends * (1 + 1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_no_other_sizes_near_by_cost_less(seed: int) -> None:
    problem, course = leg_like(seed)
    found = fit(problem, course)
    least = problem.cost(found, course)[0]
    for unit in np.eye(4):
        for step in (-0.01, 0.01):
            assert problem.cost(np.clip(found + step * unit, 0, 1), course)[0] >= least - 1e-6 * abs(least)


def test_the_unit_of_a_channel_does_not_matter() -> None:
    """Whoever gives a course half as large gets a size twice as large, as long as one is not reached."""
    problem, course = leg_like(1)
    problem = demand(problem.strength_nm, 0.3 * problem.moment_nm, problem.shares, 20.0, 1.0)
    whole, half = fit(problem, course), fit(problem, 0.5 * course)
    assert (whole < 0.5).all()
    np.testing.assert_allclose(half, 2 * whole, atol=1e-3)


def test_a_silent_channel_has_no_size() -> None:
    problem, course = leg_like(2)
    assert fit(problem, course, np.array([1.0, 0.0, 1.0, 1.0]))[1] == 0.0


@pytest.mark.parametrize("most", [0.2, 1.0, 3.0])
def test_no_size_passes_its_bound(most: float) -> None:
    """By hand as above, with a course of a quarter: least at four times 20 / 42, if that is allowed."""
    problem = demand(np.full((5, 1, 1), 50.0), np.full((5, 1), 25.0), np.ones((1, 1)), 20.0)
    assert fit(problem, np.full((5, 1), 0.25), np.array([most]))[0] == pytest.approx(min(most, 80 / 42), abs=1e-3)
