"""Draws of swings: reproducible one by one, as wide as they say, of every kind."""

from collections import Counter

import numpy as np

from swinglever.synthetic.draws import HIP_DRIVE, KINDS, SPEEDS_M_S, TAIL, TAIL_HEIGHT, TONE, UNEVEN, draw

MANY = 600
DRAWS = [draw(0, number) for number in range(MANY)]
FOUR_SD = float(np.exp(4.5 * UNEVEN))
"""No muscle of so many lies farther above its group's height: 4.5 standard deviations, once in 300 000."""


def test_a_draw_depends_on_its_seed_and_number_alone() -> None:
    assert draw(0, 17) == DRAWS[17]
    assert draw(1, 17) != DRAWS[17]


def test_kinds_come_as_often_as_their_weights() -> None:
    """Within four standard deviations of a binomial count."""
    counts, total = Counter(d.kind for d in DRAWS), sum(kind.weight for kind in KINDS.values())
    for name, kind in KINDS.items():
        share = kind.weight / total
        assert abs(counts[name] - MANY * share) < 4.0 * np.sqrt(MANY * share * (1.0 - share)), name


def test_pace_and_hip_drive_fill_their_ranges() -> None:
    for values, (low, high) in (
        ([d.speed_m_s for d in DRAWS], SPEEDS_M_S),
        ([d.cause.hip_drive for d in DRAWS], HIP_DRIVE),
    ):
        assert low <= min(values) < low + 0.05 * (high - low)
        assert high - 0.05 * (high - low) < max(values) <= high


def test_only_the_muscles_of_a_kind_burst() -> None:
    """Beside them there is tone alone, which lasts longer than the swing."""
    for d in DRAWS:
        tone, *bursts = d.cause.bursts
        assert max(tone.activation.values()) <= TONE * FOUR_SD
        assert tone.start < 0.0 < 1.0 < tone.end
        named = {muscle for muscles, _ in KINDS[d.kind].groups for muscle in muscles}
        assert {muscle for burst in bursts for muscle in burst.activation} == named


def test_bursts_are_as_high_and_as_long_as_the_kind_says() -> None:
    for d in DRAWS:
        kind = KINDS[d.kind]
        for burst, (_, (_, most)) in zip(d.cause.bursts[1:], kind.groups, strict=True):
            assert max(burst.activation.values()) <= min(1.0, most * FOUR_SD)
            assert kind.start[0] - 0.05 <= burst.start <= kind.start[1] + 0.05
            assert kind.lasting[0] <= burst.end - burst.start <= kind.lasting[1]


def test_stance_leaves_a_tail_in_some() -> None:
    tails = [d.cause.tail for d in DRAWS if d.cause.tail]
    assert abs(len(tails) - MANY * TAIL) < 4.0 * np.sqrt(MANY * TAIL * (1.0 - TAIL))
    assert max(max(tail.values()) for tail in tails) <= TAIL_HEIGHT * FOUR_SD
