"""Laws of the least-squares split of joint moments over muscles, and other solvers' answers to it."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear, minimize

from swinglever.arrays import Array
from swinglever.muscles.static_optimization import Wish, pose, solve, solve_activations


def leg_like(seed: int, n_frames: int = 6, n_coordinates: int = 5, n_muscles: int = 20) -> tuple[Array, Array]:
    """Sparse random gains of the size of a leg's (N m), and moments that muscles can, mostly, make."""
    rng = np.random.default_rng(seed)
    gain = rng.normal(scale=60, size=(n_frames, n_coordinates, n_muscles))
    gain *= rng.random((1, n_coordinates, n_muscles)) < 0.4
    made = (gain @ rng.uniform(0, 0.7, (n_frames, n_muscles, 1)))[..., 0]
    return gain, made + rng.normal(scale=rng.choice([0.1, 30.0]), size=made.shape)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), reserve=st.sampled_from([0.1, 1.0, 10.0, 100.0]))
def test_the_solution_meets_the_optimality_conditions(seed: int, reserve: float) -> None:
    """Karush-Kuhn-Tucker: moments met, bounds kept, and no muscle could cheaply do more or less."""
    gain, moment = leg_like(seed)
    solution = solve_activations(gain, moment, reserve)
    a, r, y = solution.activation, solution.reserve_nm, solution.multiplier
    scale = 1 + np.abs(moment).max()
    np.testing.assert_allclose((gain @ a[..., None])[..., 0] + r, moment, atol=1e-9 * scale)
    assert ((a >= 0) & (a <= 1)).all()
    np.testing.assert_allclose(2 * r / reserve**2, y, atol=1e-9 * (1 + np.abs(y).max()))
    slope = 2 * a - (y[:, None, :] @ gain)[:, 0]  # of the Lagrangian, by activation
    tolerance = 1e-9 * (1 + np.abs(y).max() * np.abs(gain).max())
    assert (np.abs(slope[(a > 0) & (a < 1)]) <= tolerance).all()
    assert (slope[a == 0] >= -tolerance).all()
    assert (slope[a == 1] <= tolerance).all()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), heaviest=st.sampled_from([0.1, 1.0, 10.0, 1000.0]))
def test_the_solution_near_wanted_activations_meets_the_optimality_conditions(seed: int, heaviest: float) -> None:
    """Karush-Kuhn-Tucker with a wish e and weights w: the Lagrangian's slope is 2w(a - e) - G'y."""
    gain, moment = leg_like(seed)
    rng = np.random.default_rng(seed)
    wanted, weight = rng.uniform(0, 1, gain.shape[::2]), rng.uniform(0.1, 1.0, gain.shape[2]) * heaviest
    solution = solve_activations(gain, moment, 1.0, wish=Wish(wanted=wanted, weight=weight))
    a, r, y = solution.activation, solution.reserve_nm, solution.multiplier
    np.testing.assert_allclose((gain @ a[..., None])[..., 0] + r, moment, atol=1e-9 * (1 + np.abs(moment).max()))
    slope = 2 * weight * (a - wanted) - (y[:, None, :] @ gain)[:, 0]
    tolerance = 1e-9 * (1 + heaviest + np.abs(y).max() * np.abs(gain).max())
    assert (np.abs(slope[(a > 0) & (a < 1)]) <= tolerance).all()
    assert (slope[a == 0] >= -tolerance).all()
    assert (slope[a == 1] <= tolerance).all()


def test_two_muscles_by_hand_one_of_them_with_a_wish() -> None:
    """Least a1² + 4 (a2 - 0.3)² with 40 a1 + 20 a2 = 10: a1 = 20 y and a2 = 0.3 + 2.5 y, so y = 4/850."""
    gain, moment = np.array([[[40.0, 20.0]]]), np.array([[10.0]])
    wanted, weight = np.array([[0.0, 0.3]]), np.array([1.0, 4.0])
    a = solve_activations(gain, moment, 1e-4, wish=Wish(wanted=wanted, weight=weight)).activation[0]
    np.testing.assert_allclose(a, [80 / 850, 0.3 + 10 / 850], rtol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_a_huge_weight_gives_what_is_wanted_and_leaves_the_rest_to_the_reserves(seed: int) -> None:
    gain, moment = leg_like(seed)
    wanted = np.random.default_rng(seed).uniform(0, 1, gain.shape[::2])
    solution = solve_activations(gain, moment, 1.0, wish=Wish(wanted=wanted, weight=np.full(gain.shape[2], 1e12)))
    np.testing.assert_allclose(solution.activation, wanted, atol=1e-6)
    np.testing.assert_allclose(solution.reserve_nm, moment - (gain @ wanted[..., None])[..., 0], atol=1e-3)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_wanted_is_the_least_sum_of_squares_to_the_last_digit(seed: int) -> None:
    gain, moment = leg_like(seed, n_frames=30)
    plain = solve_activations(gain, moment, 1.0)
    wished = solve_activations(
        gain, moment, 1.0, wish=Wish(wanted=np.zeros((30, gain.shape[2])), weight=np.ones(gain.shape[2]))
    )
    np.testing.assert_array_equal(wished.activation, plain.activation)
    np.testing.assert_array_equal(wished.reserve_nm, plain.reserve_nm)


@pytest.mark.parametrize("seed", range(6))
def test_it_agrees_with_bounded_least_squares_and_with_a_general_optimiser(seed: int) -> None:
    reserve = 2.0
    gain, moment = leg_like(seed, n_frames=3)
    solution = solve_activations(gain, moment, reserve)
    for k in range(len(gain)):
        # with the reserves put in from the constraint, the problem is a plain bounded least-squares one
        matrix = np.vstack([gain[k] / reserve, np.eye(gain.shape[2])])
        target = np.concatenate([moment[k] / reserve, np.zeros(gain.shape[2])])
        bounded = lsq_linear(matrix, target, (0, 1), method="bvls", tol=1e-14).x
        np.testing.assert_allclose(solution.activation[k], bounded, atol=1e-8)

    def cost(a: Array) -> float:
        return float((a**2).sum() + (((moment[0] - gain[0] @ a) / reserve) ** 2).sum())

    n = gain.shape[2]
    options = {"maxiter": 500, "ftol": 1e-14}
    general = minimize(cost, np.full(n, 0.1), bounds=[(0, 1)] * n, method="SLSQP", options=options)
    assert cost(solution.activation[0]) <= general.fun * (1 + 1e-9)


def test_one_muscle_by_hand() -> None:
    """50 N m at full activation, 25 asked: with reserves that cost nearly everything, half activation."""
    solution = solve_activations(np.array([[[50.0]]]), np.array([[25.0]]), 0.01)
    # exact: a = 50 * 25 / (50^2 + 0.01^2)
    assert solution.activation[0, 0] == pytest.approx(50 * 25 / (50**2 + 0.01**2), rel=1e-12)


def test_a_muscle_cannot_push_so_the_reserve_does() -> None:
    solution = solve_activations(np.array([[[50.0]]]), np.array([[-25.0]]), 1.0)
    assert solution.activation[0, 0] == 0
    assert solution.reserve_nm[0, 0] == pytest.approx(-25.0)


def test_too_weak_muscles_saturate_and_the_rest_is_reserve() -> None:
    solution = solve_activations(np.array([[[50.0, 30.0]]]), np.array([[200.0]]), 1.0)
    np.testing.assert_array_equal(solution.activation, [[1, 1]])
    assert solution.reserve_nm[0, 0] == pytest.approx(120.0)


def test_the_load_is_shared_in_proportion_to_gain() -> None:
    """Least squares: where nothing is at a bound, activation goes with the moment at full activation."""
    solution = solve_activations(np.array([[[40.0, 20.0, -10.0]]]), np.array([[10.0]]), 1e-3)
    a = solution.activation[0]
    assert a[0] == pytest.approx(2 * a[1], rel=1e-9)
    assert a[2] == 0


@given(seed=st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_frames_do_not_know_of_each_other(seed: int) -> None:
    gain, moment = leg_like(seed)
    together = solve_activations(gain, moment, 1.0).activation
    alone = np.concatenate(
        [solve_activations(gain[k : k + 1], moment[k : k + 1], 1.0).activation for k in range(len(gain))]
    )
    np.testing.assert_allclose(together, alone, atol=1e-9)


def test_frames_of_a_problem_may_be_asked_about_in_any_order_and_twice() -> None:
    gain, moment = leg_like(5, n_frames=6)
    rows, wanted = np.array([4, 1, 4, 0]), np.random.default_rng(5).uniform(0, 1, (4, gain.shape[2]))
    found = solve(pose(gain, moment, 1.0), rows=rows, wish=Wish(wanted=wanted))
    alone = solve_activations(gain[rows], moment[rows], 1.0, wish=Wish(wanted=wanted))
    np.testing.assert_array_equal(found.activation, alone.activation)
    np.testing.assert_array_equal(found.reserve_nm, alone.reserve_nm)


def test_a_start_far_away_leads_to_the_same_solution() -> None:
    gain, moment = leg_like(7, n_frames=30)
    found = solve_activations(gain, moment, 1.0, start=np.random.default_rng(7).normal(size=moment.shape))
    np.testing.assert_allclose(found.activation, solve_activations(gain, moment, 1.0).activation, atol=1e-8)


def test_far_too_large_moments_still_have_an_answer() -> None:
    gain, moment = leg_like(3, n_frames=40, n_coordinates=12, n_muscles=60)
    solution = solve_activations(gain, moment * 50, 0.1)
    np.testing.assert_allclose(
        (gain @ solution.activation[..., None])[..., 0] + solution.reserve_nm, moment * 50, atol=1e-5
    )


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"wanted": np.zeros((2, 5))}, "expected wanted"),
        ({"weight": np.zeros(4)}, "above zero"),
        ({"wanted": np.full((2, 4), np.nan)}, "finite activations"),
    ],
)
def test_a_bad_wish_is_named(wish: dict[str, Array], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        solve_activations(np.ones((2, 3, 4)), np.ones((2, 3)), 1.0, wish=Wish(**wish))


@pytest.mark.parametrize(
    ("gain", "moment", "reserve", "message"),
    [
        (np.ones((2, 3, 4)), np.ones((2, 4)), 1.0, "expected gains"),
        (np.full((1, 1, 1), np.nan), np.ones((1, 1)), 1.0, "finite"),
        (np.ones((1, 1, 1)), np.ones((1, 1)), 0.0, "positive"),
    ],
)
def test_bad_input_is_named(gain: Array, moment: Array, reserve: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        solve_activations(gain, moment, reserve)


def test_a_thousand_frames_take_less_than_four_milliseconds_each() -> None:
    """A hundredth of what OpenSim's tool takes (about 400 ms a frame); measured at about 0.3 ms."""
    gain, moment = leg_like(1, n_frames=1000, n_coordinates=20, n_muscles=92)
    start = time.perf_counter()
    solve_activations(gain, moment, 1.0)
    assert (time.perf_counter() - start) / 1000 < 4e-3
