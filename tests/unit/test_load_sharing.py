"""How far sums of activations can go under the joint moments: against another solver, and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from swinglever.arrays import Array
from swinglever.errors import EngineError
from swinglever.muscles.load_sharing import most_of


def leg_like(seed: int, n_frames: int = 5, n_coordinates: int = 7, n_muscles: int = 43) -> tuple[Array, Array, Array]:
    """Sparse random gains of the size of a leg's (N m), moments that many activations make, and a few values."""
    rng = np.random.default_rng(seed)
    gain = rng.normal(scale=60, size=(n_frames, n_coordinates, n_muscles))
    gain *= rng.random((1, n_coordinates, n_muscles)) < 0.4
    rest = rng.random((n_frames, n_muscles)) < rng.choice([0.0, 0.5, 0.9])
    moment = (gain @ np.where(rest, 0.0, rng.uniform(0, 1, rest.shape))[..., None])[..., 0]
    value = np.where(rng.random(n_muscles) < 0.1, rng.normal(scale=3.0, size=(n_frames, n_muscles)), 0.0)
    return gain, moment, value


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_no_activations_that_make_the_moments_are_worth_more(seed: int) -> None:
    """HiGHS finds the same largest value; and the activations make the moments and stay from 0 to 1."""
    gain, moment, value = leg_like(seed)
    found = most_of(gain, moment, value)
    assert found.min() >= 0.0
    assert found.max() <= 1.0
    np.testing.assert_allclose((gain @ found[..., None])[..., 0], moment, atol=1e-6 * (1.0 + np.abs(moment).max()))
    for k in range(len(gain)):
        theirs = linprog(-value[k], A_eq=gain[k], b_eq=moment[k], bounds=(0, 1), method="highs")
        assert value[k] @ found[k] == pytest.approx(-theirs.fun, abs=1e-5)


def test_two_antagonists_by_hand() -> None:
    """Flexors of 40 and 20 N m against an extensor of 30, net 10: the first at most (10 + 30)/40 = 1, at least 0.

    Without the second flexor, it needs the extensor's whole 30 N m to get to 1; the second alone makes up to 20 N m.
    """
    gain, moment = np.array([[[40.0, 20.0, -30.0]]]), np.array([[10.0]])
    most = most_of(gain, moment, np.array([[1.0, 0.0, 0.0]]))
    np.testing.assert_allclose(most, [[1.0, 0.0, 1.0]], atol=1e-9)
    least = most_of(gain, moment, np.array([[-1.0, 0.0, 0.0]]))
    np.testing.assert_allclose(least, [[0.0, 0.5, 0.0]], atol=1e-9)


def test_muscles_at_the_end_of_their_strength_leave_nothing_open() -> None:
    """The moment is what full activation makes, and one coordinate has no muscle at all."""
    gain = np.array([[[40.0, 20.0, -30.0], [0.0, 0.0, 0.0]]])
    moment = np.array([[60.0, 0.0]])
    for value in (np.array([[1.0, 0.0, 0.0]]), np.array([[-1.0, 0.0, 2.0]])):
        np.testing.assert_allclose(most_of(gain, moment, value), [[1.0, 1.0, 0.0]], atol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_frames_and_sums_do_not_know_of_each_other(seed: int) -> None:
    gain, moment, value = leg_like(seed, n_frames=40)
    together = most_of(gain, moment, np.stack([value, -value]))
    for k in range(len(gain)):
        for sign, found in zip((1.0, -1.0), together, strict=True):
            alone = most_of(gain[k : k + 1], moment[k : k + 1], sign * value[k : k + 1])
            assert value[k] @ found[k] == pytest.approx(value[k] @ alone[0], abs=1e-8)


def test_motions_do_not_know_of_each_other_to_the_last_bit() -> None:
    motions = [leg_like(seed, n_frames=count) for seed, count in ((1, 21), (2, 9), (3, 30))]
    place = np.concatenate([np.arange(len(gain)) for gain, _, _ in motions])
    together = most_of(*(np.concatenate(x) for x in zip(*motions, strict=True)), place)
    alone = np.concatenate([most_of(*motion) for motion in motions])
    np.testing.assert_array_equal(together, alone)


def test_a_muscle_that_makes_no_moment_any_more_leaves_the_load_to_others() -> None:
    """Each frame has one muscle that makes moments, another than in the frame before: 20 of 40 N m are half of it."""
    gain = np.array([[[40.0, 0.0]], [[0.0, 40.0]]] * 9)
    found = most_of(gain, np.full((18, 1), 20.0), np.ones((18, 2)))
    np.testing.assert_allclose(found, [[0.5, 1.0], [1.0, 0.5]] * 9, atol=1e-9)


def test_a_moment_that_no_muscle_makes_is_refused() -> None:
    with pytest.raises(EngineError, match="not solved"):
        most_of(np.array([[[40.0]], [[40.0]]]), np.array([[10.0], [50.0]]), np.array([[1.0], [1.0]]))


def test_shapes_that_do_not_agree_are_refused() -> None:
    with pytest.raises(ValueError, match=r"values \(N, m\)"):
        most_of(np.ones((2, 1, 3)), np.ones((2, 1)), np.ones((2, 2)))
