"""What a recording proves of a group of muscles: how much of the fold it made at least, and how much at most.

Net joint moments do not say which muscle made them. A group's part of the flexion is a weighted sum of its activations
(`swinglever.causes.influence`), so its least and its largest value can be found exactly, on three levels.

moments
    All that the joint moments allow, with every muscle between rest and full activation. Nothing else is assumed.
plausible
    What a runner may have done who spends little more effort than he needs (`swinglever.causes.effort`).
emg
    What is left when muscles are no more active than their EMG is large, and activation takes its time
    (`swinglever.causes.timing`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from swinglever.arrays import Array, check_shapes, freeze_fields
from swinglever.causes.attribution import released_in
from swinglever.causes.effort import DEAREST, EffortCurve, Sharing, follow_effort
from swinglever.causes.influence import influence
from swinglever.causes.tail import decay_of, tail_of
from swinglever.causes.timing import least_by_rates
from swinglever.dynamics.limb import Dynamics
from swinglever.muscles.forces import LegForces
from swinglever.muscles.legs import LegMuscles

EXTRA_EFFORT = (0.0, 0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
"""Extra efforts at which a record keeps the range, as shares of the least effort."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How much of the fold a group of muscles made by its active force, of one swing until one instant.

    Attributes
    ----------
    group, scope, until
        Which muscles, which released coordinates (``shank`` or ``leg``), and ``half`` of folding or its ``peak``.
    gained_rad
        Flexion from toe-off until then.
    part_rad, tail_rad
        The group's part as the muscles were solved, and what of it came from activation left over from toe-off.
    moments_rad
        Least and largest part that the moments allow, (2).
    new_moments_rad
        The same of the new part alone, (2); nan where it was not asked for.
    pull_extra, driven_extra
        Extra effort at which the new part reaches the share of a pull, and at which it falls below that of momentum,
        with the tail of the least effort; 0 where it is there with the least effort, inf where the moments never allow
        it.
    curve_extra, curve_rad
        Extra efforts (n), and the least and largest part that each can buy, (n, 2).
    """

    group: str
    scope: str
    until: str
    gained_rad: float
    part_rad: float
    tail_rad: float
    moments_rad: Array
    new_moments_rad: Array
    pull_extra: float
    driven_extra: float
    curve_extra: Array
    curve_rad: Array

    def __post_init__(self) -> None:
        pairs = ("moments_rad", "new_moments_rad")
        freeze_fields(self, *pairs, "curve_extra", "curve_rad")
        check_shapes(self, **dict.fromkeys(pairs, (2,)), curve_extra="n", curve_rad=("n", 2))

    @property
    def new_rad(self) -> float:
        """The group's part by activation that is not left over from toe-off."""
        return self.part_rad - self.tail_rad


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Whose part is asked for: the group's name, its columns among the leg's muscles, the scope, and the instant.

    ``released`` are the scope's coordinates, by index into the limb's model; ``samples`` (S) is the instant in each
    swing, and ``until`` its name. ``new`` asks for the new part's ranges too, by what rates of activation
    leave of it but in the swings ``without_rates``.
    """

    group: str
    columns: tuple[int, ...]
    scope: str
    released: tuple[int, ...]
    until: str
    samples: tuple[int, ...]
    new: bool = False
    without_rates: frozenset[int] = frozenset()


def ask(legs: LegMuscles, group: str, scope: str, until: str, samples: Sequence[int], *, new: bool = False) -> Asked:
    """Ask for the part of a group of the leg's own muscles, by the names of group and scope."""
    return Asked(
        group=group,
        columns=legs.in_group(group),
        scope=scope,
        released=released_in(legs.dynamics, scope),
        until=until,
        samples=tuple(samples),
        new=new,
    )


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Shares of the flexion gained at which a part is a pull, and below which it is momentum."""

    pull: float
    driven: float


def sharings_until(forces: LegForces, asked: Asked) -> tuple[Sharing, ...]:
    """How the muscles shared the load until the instant of each swing, and what the group's part was."""
    (found,) = sharings_together([forces], [asked])
    return found


def sharings_together(analyses: Sequence[LegForces], asked: Sequence[Asked]) -> tuple[tuple[Sharing, ...], ...]:
    """Do the same for several analyses of one leg at once, asked for the same group and scope."""
    (found,) = _sharings_of_all(analyses, [asked])
    return found


def _sharings_of_all(
    analyses: Sequence[LegForces], questions: Sequence[Sequence[Asked]]
) -> list[tuple[tuple[Sharing, ...], ...]]:
    """Do the same for several questions; weights are found once for all groups in one scope until one instant."""
    if not analyses:
        return [() for _ in questions]
    dynamics, weights, found = [forces.legs.dynamics for forces in analyses], {}, []
    for asked in questions:
        key = asked[0].released, tuple(each.samples for each in asked)
        if key not in weights:
            weights[key] = influence(dynamics, *key)
        found.append(tuple(map(_sharings, analyses, asked, weights[key])))
    return found


def _sharings(forces: LegForces, asked: Asked, weights: Array) -> tuple[Sharing, ...]:
    """Let forces whose weights (S,K,f) in the knee's turn are known tell the group's part."""
    gain, _ = forces.legs.demand(forces.passive_included)
    rows, chosen = forces.legs.dynamics.released_columns(asked.released), list(asked.columns)
    effect = np.zeros_like(forces.activation)
    effect[..., chosen] = np.einsum("skcm,skc->skm", gain[:, :, rows], weights)[..., chosen]
    return tuple(
        Sharing(
            gain_nm=gain[k, : sample + 1],
            activation=forces.activation[k, : sample + 1],
            effect_rad=effect[k, : sample + 1],
        )
        for k, sample in enumerate(asked.samples)
    )


def without_tail(sharing: Sharing, since_toe_off_s: Array) -> Sharing:
    """The same load sharing, where what a group's activation at toe-off leaves behind does not count as its part.

    Notes
    -----
    New is a(t) - a(toe-off) decay(t): where activation falls no faster than it can, that is never negative, and linear.
    """
    effect = sharing.effect_rad.copy()
    effect[0] -= decay_of(since_toe_off_s) @ sharing.effect_rad
    return replace(sharing, effect_rad=effect)


def tail_part(sharing: Sharing, since_toe_off_s: Array) -> float:
    """Part, rad, that came from activation left over from toe-off."""
    return float((sharing.effect_rad * tail_of(sharing.activation, since_toe_off_s)).sum())


def new_part(sharing: Sharing, time_s: Array) -> float:
    """Part, rad, without what came from activation left over from toe-off, the first of its swing's times (K)."""
    return sharing.part_rad - tail_part(sharing, time_s[: len(sharing.activation)] - time_s[0])


def find_bounds(
    forces: LegForces,
    questions: Sequence[Asked],
    shares: Shares,
) -> tuple[tuple[Bounds, ...], ...]:
    """Bound parts of the swings of one leg, all questions at once.

    Parameters
    ----------
    forces
        The muscle forces of the swings, with the least effort.
    questions
        Whose parts, in which scopes, until when.
    shares
        What counts as a pull.

    Returns
    -------
    tuple of tuple of Bounds
        For each swing, what bounds each question.
    """
    (found,) = find_bounds_together([forces], [questions], shares)
    return found


def find_bounds_together(
    analyses: Sequence[LegForces],
    questions: Sequence[Sequence[Asked]],
    shares: Shares,
    dearest: tuple[float, float] = (DEAREST, DEAREST),
) -> tuple[tuple[tuple[Bounds, ...], ...], ...]:
    """Do the same for several analyses of one leg at once, each with the same questions about its own swings.

    ``dearest`` are the extra efforts up to which the ranges are wanted, of smaller and of larger parts.
    """
    by_question = _sharings_of_all(analyses, list(zip(*questions, strict=True)))
    parts = [
        _Part(dynamics=forces.legs.dynamics, swing=k, asked=asked, sharing=sharing)
        for forces, mine, sharings in zip(analyses, questions, zip(*by_question, strict=True), strict=True)
        for asked, found in zip(mine, sharings, strict=True)
        for k, sharing in enumerate(found)
    ]
    curves = follow_effort([part.sharing for part in parts], dearest)
    found = iter([_bounds(part, curve, shares) for part, curve in zip(parts, curves, strict=True)])
    return tuple(
        tuple(zip(*([next(found) for _ in asked.samples] for asked in mine), strict=True)) for mine in questions
    )


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What is asked of one swing, and how its muscles shared the load."""

    dynamics: Dynamics
    swing: int
    asked: Asked
    sharing: Sharing


def _bounds(part: _Part, curve: EffortCurve, shares: Shares) -> Bounds:
    asked, sharing, sample = part.asked, part.sharing, part.asked.samples[part.swing]
    time_s, flexion = part.dynamics.time_s[part.swing], part.dynamics.knee_flexion_rad[part.swing]
    since_s = time_s[: sample + 1] - time_s[0]
    gained = float(flexion[sample] - flexion[0])
    tail = tail_part(sharing, since_s)
    new = without_tail(sharing, since_s) if asked.new else None
    return Bounds(
        group=asked.group,
        scope=asked.scope,
        until=asked.until,
        gained_rad=gained,
        part_rad=sharing.part_rad,
        tail_rad=tail,
        moments_rad=np.array([curve.least_rad, curve.most_rad]),
        new_moments_rad=_NOTHING
        if new is None
        else _new_by_moments(new, since_s, curve, shares.driven * gained, rates=part.swing not in asked.without_rates),
        pull_extra=_price(curve, sharing.part_rad, shares.pull * gained + tail, upwards=True),
        driven_extra=_price(curve, sharing.part_rad, shares.driven * gained + tail, upwards=False),
        curve_extra=np.array(EXTRA_EFFORT),
        curve_rad=np.array([curve.range_at(extra) for extra in EXTRA_EFFORT]),
    )


_NOTHING = np.full(2, np.nan)


def _new_by_moments(new: Sharing, since_s: Array, curve: EffortCurve, driven_rad: float, *, rates: bool) -> Array:
    """Range of the new part that moments and rates of activation allow.

    It is never more than the whole part. How little it can be matters only where the whole part is beyond momentum's:
    then, where rates are wanted, a program over all frames finds it; else nothing at all may be new.
    """
    least = min(0.0, curve.least_rad)
    if rates and curve.least_rad >= driven_rad and len(since_s) > 1:
        found = least_by_rates(new, float(since_s[1]))
        least = least if found is None else found
    return np.array([least, curve.most_rad])


def _price(curve: EffortCurve, part_rad: float, wanted_rad: float, *, upwards: bool) -> float:
    """Extra effort until the part has come as far as wanted, or is beyond it already."""
    there = part_rad >= wanted_rad if upwards else part_rad <= wanted_rad
    return 0.0 if there else curve.cost(wanted_rad)
