"""How an analysis is repeated with varied inputs: many repeats of a portion at once, portions in several processes."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np

from swinglever.arrays import Array
from swinglever.causes.explanation import Legs, find_forces, find_shares, judge, send_ghosts
from swinglever.causes.other_sharing import share_all_otherwise
from swinglever.certainty.headline import headline_curves, headline_numbers
from swinglever.certainty.variation import Variation, draw_variation, solve_variations, vary_swings
from swinglever.errors import EngineError, SwingleverError, named
from swinglever.motion.leg_swings import LegSwings
from swinglever.muscles.choice import MuscleSolver, choose_solver
from swinglever.plugins.manager import BUILT_IN, Plugins, load_plugins
from swinglever.plugins.measuring import measure_report
from swinglever.records.report import SwingReport
from swinglever.system.partner import Partner, partner_of
from swinglever.system.stages import Stages

_SWINGS_TOGETHER = 140
"""Swings of a leg in the repeats that are made together: many, so that numpy's overhead is spread; few, so that their
arrays do not fill the memory."""

_MOST_TOGETHER = 50
"""Most repeats that are made together: few enough to hear of them, and to be made again one by one if one fails."""

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, kw_only=True)
class Original:
    """What is repeated.

    Parameters
    ----------
    report
        As measured, without its swings and playback.
    swings
        What it followed from: the swings of each leg. The parameters of their inputs say how often, from which seed and
        how far to vary.
    proved
        Swings, by their ids, whose verdict moments and rates of activation proved.
    """

    report: SwingReport
    swings: Sequence[LegSwings]
    proved: Collection[str]


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """Numbers of one repeat.

    Parameters
    ----------
    numbers, curves, verdicts, metrics
        By swing: shares and peaks in rad, and shares (K) over the swing, by the names that `Bands` gives them; the
        verdict, metrics by name.
    trial_metrics
        Metrics of the trial by name.
    """

    numbers: Mapping[str, Mapping[str, float]]
    curves: Mapping[str, Mapping[str, Array]]
    verdicts: Mapping[str, str]
    metrics: Mapping[str, Mapping[str, float]]
    trial_metrics: Mapping[str, float]


def make_repeats(
    original: Original, plugins: Plugins, jobs: int, partner: Partner | None
) -> Iterator[Repeat | SwingleverError]:
    """Repeat an analysis with varied inputs; what failed stands in the place of a repeat.

    Every so manieth portion is made here, the others by as many partners.

    Parameters
    ----------
    original
        What is repeated.
    plugins
        Who measures.
    jobs
        Processes that share the repeats, this one among them.
    partner
        The second of those processes, where it is there already.
    """
    portions = _portions(original.swings)
    jobs, names = min(jobs, len(portions)), tuple(plugins.loaded)
    with ExitStack() as stack:
        known = [] if partner is None else [partner]
        started = [stack.enter_context(partner_of(2)) for _ in range(jobs - 1 - len(known))]
        partners = [each for each in [*known, *started] if each is not None]
        for each in partners:
            legs = original.swings
            each.share(original, *legs, *(leg.inputs for leg in legs), *(leg.kinematics for leg in legs))
        asked = [
            partners[k % jobs - 1].begin(
                make_portion_elsewhere, original, (plugins.folders, plugins.patience_s), names, numbers
            )
            for k, numbers in enumerate(portions)
            if k % jobs
        ]
        for numbers in portions[::jobs]:
            yield from _make_portion(original, plugins, numbers)
        for answer in asked:
            yield from answer()


def make_portion_elsewhere(
    original: Original,
    asked: tuple[Sequence[str], float],
    plugin_names: Sequence[str],
    numbers: Sequence[int],
) -> list[Repeat | SwingleverError]:
    """Make a portion of repeats in another process, with the plugins loaded anew: from which folders, how patiently.

    Raises
    ------
    EngineError
        When the plugins are not the same ones.
    """
    plugins = load_plugins(asked[0], patience_s=asked[1])
    if set(plugins.loaded) != set(plugin_names):
        raise EngineError(
            f"expected the plugins {named(sorted(plugin_names))} in another process too, got "
            f"{named(sorted(plugins.loaded))}; run with one job"
        )
    return _make_portion(original, plugins, numbers)


def _portions(swings: Sequence[LegSwings]) -> list[range]:
    """Numbers of the repeats that are made together, as one more dimension: the same whoever makes them.

    How many they are is part of what a seed means to the last digit.
    """
    count = swings[0].inputs.parameters.uncertainty
    size = min(_MOST_TOGETHER, max(1, _SWINGS_TOGETHER // max(len(leg.events) for leg in swings)))
    return [range(k, min(k + size, count)) for k in range(0, count, size)]


def _make_portion(original: Original, plugins: Plugins, numbers: Sequence[int]) -> list[Repeat | SwingleverError]:
    swings, whole = original.swings, _wanted_whole(plugins)
    solver = choose_solver(swings[0].inputs, plugins.muscle_solvers())
    ours = plugins.offers("swinglever_muscle_solvers")[solver.name][0] == BUILT_IN
    drawn = _alone(partial(_draw, swings), numbers)
    moved = _together(partial(_move, swings), drawn)
    # A plugin's solver is asked once for each repeat, whatever it says of the others.
    forced = (_together if ours else _alone)(partial(_find_forces, solver), moved)
    found = _together(partial(_find_shares, original, whole=whole), forced)
    sent = _together(partial(send_ghosts, stage=Stages(), whole=whole), found)
    return _alone(partial(_measure, original.report, plugins), sent)


def _together(
    make: Callable[[Sequence[T]], Sequence[U]], given: Sequence[T | SwingleverError]
) -> list[U | SwingleverError]:
    """Make something of all that has not failed yet, at once; where one of them spoils it for all, each goes alone."""
    alive = [each for each in given if not isinstance(each, SwingleverError)]
    made = _attempt(partial(make, alive)) if alive else ()
    if isinstance(made, SwingleverError):
        return _alone(make, given)
    rest = iter(made)
    return [each if isinstance(each, SwingleverError) else next(rest) for each in given]


def _alone(
    make: Callable[[Sequence[T]], Sequence[U]], given: Sequence[T | SwingleverError]
) -> list[U | SwingleverError]:
    """Make something of each that has not failed yet, by itself."""
    found: list[U | SwingleverError] = []
    for each in given:
        made = [each] if isinstance(each, SwingleverError) else _attempt(partial(make, [each]))
        found.append(made if isinstance(made, SwingleverError) else made[0])
    return found


def _attempt(make: Callable[[], T]) -> T | SwingleverError:
    """What was made, or what went wrong with it."""
    try:
        return make()
    except SwingleverError as error:
        return error
    except (ArithmeticError, ValueError) as error:  # numpy's and scipy's, of numbers that went astray
        return EngineError(f"{type(error).__name__}: {error}")


@dataclass(frozen=True, kw_only=True)
class _Draw:
    """What is drawn of a repeat: its inputs, and at which quantile of load sharing the runner is."""

    variation: Variation
    quantile: float


def _draw(swings: Sequence[LegSwings], numbers: Sequence[int]) -> list[_Draw]:
    """Draw repeats; their numbers and the seed say which."""
    seed = swings[0].inputs.parameters.seed
    randoms = [np.random.default_rng([seed, number]) for number in numbers]
    return [_Draw(variation=draw_variation(swings, random), quantile=random.uniform()) for random in randoms]


def _move(swings: Sequence[LegSwings], drawn: Sequence[_Draw]) -> list[tuple[float, tuple[LegSwings, ...]]]:
    """Find how the joints moved; with each repeat goes its quantile."""
    moved = solve_variations(swings, [each.variation for each in drawn])
    return [(d.quantile, vary_swings(swings, d.variation, m)) for d, m in zip(drawn, moved, strict=True)]


def _find_forces(
    solver: MuscleSolver, moved: Sequence[tuple[float, tuple[LegSwings, ...]]]
) -> list[tuple[float, Legs]]:
    found = find_forces([legs for _, legs in moved], solver, Stages())
    return list(zip((quantile for quantile, _ in moved), found, strict=True))


def _find_shares(original: Original, forced: Sequence[tuple[float, Legs]], *, whole: bool) -> tuple[Legs, ...]:
    """Find shares with the load shared otherwise; a verdict rests on what it rested on as measured."""
    size = original.swings[0].inputs.parameters.sizes.load_sharing
    sharing = partial(share_all_otherwise, quantiles=[quantile for quantile, _ in forced], size=size)
    return find_shares([legs for _, legs in forced], Stages(), sharing, whole=whole, proved=original.proved)


def _wanted_whole(plugins: Plugins) -> bool:
    """Whether a plugin may look at all of a swing: bands and our own metrics need some bounds, and ghosts' peaks."""
    return any(plugin != BUILT_IN for plugin, _ in plugins.offers("swinglever_metrics").values())


def _measure(report: SwingReport, plugins: Plugins, analyses: Sequence[Legs]) -> list[Repeat]:
    """End repeats."""
    found = []
    for legs in analyses:
        again, kinematics = judge(legs, Stages()), legs[0].dynamics.swings.kinematics
        found.append(measure_report(replace(report, kinematics=kinematics, swings=again), plugins))
    return [_repeat(measured) for measured in found]


def _repeat(measured: SwingReport) -> Repeat:
    """Numbers of a repeat."""
    return Repeat(
        numbers={s.id: headline_numbers(s) for s in measured.swings},
        curves={s.id: headline_curves(s) for s in measured.swings},
        verdicts={s.id: s.verdict for s in measured.swings},
        metrics={s.id: {name: m.value for name, m in s.metrics.items()} for s in measured.swings},
        trial_metrics={name: m.value for name, m in measured.metrics.items()},
    )
