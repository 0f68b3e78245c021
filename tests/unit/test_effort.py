"""What other ways to share the load would cost: the curve against problems solved one by one, and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from swinglever.causes.effort import DOUBLINGS, EffortCurve, Sharing, follow_effort, range_by_moments
from swinglever.muscles.static_optimization import Wish, solve_activations


def leg_like(seed: int, n_frames: int = 12, n_muscles: int = 25) -> Sharing:
    """Random gains, the least effort for moments that muscles can make, and a group of four muscles."""
    rng = np.random.default_rng(seed)
    gain = rng.normal(scale=60, size=(n_frames, 4, n_muscles)) * (rng.random((1, 4, n_muscles)) < 0.5)
    moment = (gain @ rng.uniform(0, 0.3, (n_frames, n_muscles, 1)))[..., 0]
    least = solve_activations(gain, moment, 1e-3).activation
    effect = np.zeros((n_frames, n_muscles))
    effect[:, :4] = rng.uniform(0.0, 0.05, (n_frames, 4)) * np.linspace(1.0, 0.0, n_frames)[:, None]
    return Sharing(gain_nm=gain, activation=least, effect_rad=effect)


def dearest_part(sharing: Sharing, extra: float, sign: float) -> float:
    """The part on one side that so much extra effort buys: the multiplier searched for, each problem solved anew."""

    def at(logarithm: float) -> tuple[float, float]:
        wanted = 0.5 * sign * np.exp(logarithm) * sharing.effect_rad
        found = solve_activations(sharing.gain_nm, sharing.moment_nm, 1e-3, wish=Wish(wanted=wanted)).activation
        return float((found**2).sum() / sharing.effort - 1.0), float((found * sharing.effect_rad).sum())

    if at(12.0)[0] <= extra:
        return at(12.0)[1]
    return at(brentq(lambda x: at(x)[0] - extra, -8.0, 12.0, xtol=1e-4))[1]


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), extra=st.sampled_from([0.02, 0.1, 0.5, 1.5]))
def test_the_curve_is_what_single_problems_give(seed: int, extra: float) -> None:
    """Within half a percent of the whole range, for the part that an effort buys; the price comes back."""
    sharing = leg_like(seed)
    curve = follow_effort([sharing])[0]
    span = curve.most_rad - curve.least_rad
    for sign, part in zip((-1.0, 1.0), curve.range_at(extra), strict=True):
        assert part == pytest.approx(dearest_part(sharing, extra, sign), abs=0.005 * span)
        if curve.part_rad[0] < part < curve.part_rad[-1]:  # else the whole range is cheaper than that
            assert curve.cost(part) == pytest.approx(extra, rel=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_points_of_the_curve_are_what_problems_solved_anew_give(seed: int) -> None:
    """Each is the solution of a multiplier, so many doublings away from twice the effort over the range of the part."""
    sharing = leg_like(seed)
    (curve,) = follow_effort([sharing])
    span = curve.most_rad - curve.least_rad
    parts = [sharing.part_rad]
    for price in (sign * 2.0 * sharing.effort / span * 2.0**d for sign in (-1.0, 1.0) for d in DOUBLINGS):
        wish = Wish(wanted=0.5 * price * sharing.effect_rad)
        found = solve_activations(sharing.gain_nm, sharing.moment_nm, 1e-3, wish=wish).activation
        parts.append(float((found * sharing.effect_rad).sum()))
    away = np.abs(curve.part_rad[:, None] - np.array(parts)).min(axis=1)
    assert len(curve.part_rad) > 10
    assert away.max() < 1e-7 * span


@settings(max_examples=10, deadline=None)
@given(seeds=st.lists(st.integers(0, 10**6), min_size=2, max_size=3))
def test_sharings_side_by_side_are_as_each_alone(seeds: list[int]) -> None:
    sharings = [leg_like(seed, n_frames=5 + k) for k, seed in enumerate(seeds)]
    for curve, sharing in zip(follow_effort(sharings), sharings, strict=True):
        alone = follow_effort([sharing])[0]
        np.testing.assert_allclose(curve.part_rad, alone.part_rad, atol=1e-7)
        np.testing.assert_allclose(curve.extra, alone.extra, atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_more_effort_buys_more_and_never_more_than_the_moments_allow(seed: int) -> None:
    sharing = leg_like(seed)
    (low, high), curve = range_by_moments([sharing])[0], follow_effort([sharing])[0]
    assert (curve.least_rad, curve.most_rad) == (low, high)
    ranges = np.array([curve.range_at(extra) for extra in (0.0, 0.1, 0.5, 2.0, 6.0)])
    assert (np.diff(ranges[:, 0]) <= 1e-12).all()
    assert (np.diff(ranges[:, 1]) >= -1e-12).all()
    np.testing.assert_allclose(ranges[0], sharing.part_rad, atol=1e-9)
    assert (ranges[:, 0] >= low).all()
    assert (ranges[:, 1] <= high).all()
    assert curve.cost(high + 0.01) == np.inf
    assert curve.cost(sharing.part_rad) == pytest.approx(0.0, abs=1e-9)


def two_flexors() -> tuple[Sharing, EffortCurve]:
    """Two flexors of 10 N m make 10 N m: half each, effort 1/2. The first makes 0.2 rad when fully active."""
    sharing = Sharing(
        gain_nm=np.array([[[10.0, 10.0]]]), activation=np.array([[0.5, 0.5]]), effect_rad=np.array([[0.2, 0.0]])
    )
    return sharing, follow_effort([sharing])[0]


def test_two_equal_flexors_by_hand() -> None:
    """Activations a and 1 - a cost a² + (1 - a)²: 0.625 at a = 0.75, a quarter more than 0.5 at 0.5; 1 at the ends."""
    sharing, curve = two_flexors()
    assert sharing.part_rad == pytest.approx(0.1)
    assert (curve.least_rad, curve.most_rad) == pytest.approx((0.0, 0.2), abs=1e-9)
    assert curve.range_at(0.25) == pytest.approx((0.05, 0.15), abs=1e-6)
    assert curve.cost(0.15) == pytest.approx(0.25, abs=1e-5)
    assert curve.cost(0.05) == pytest.approx(0.25, abs=1e-5)
    assert curve.cost(0.2) == pytest.approx(1.0, abs=1e-5)
    assert curve.cost(0.21) == np.inf


def test_a_group_that_nothing_can_replace_has_one_part_at_any_effort() -> None:
    """One flexor alone: its activation is the moment over its gain."""
    sharing = Sharing(
        gain_nm=np.full((3, 1, 1), 20.0), activation=np.full((3, 1), 0.25), effect_rad=np.full((3, 1), 0.1)
    )
    curve = follow_effort([sharing])[0]
    assert curve.range_at(10.0) == pytest.approx((0.075, 0.075))
    assert curve.cost(0.075) == 0.0
    assert curve.cost(0.08) == np.inf
