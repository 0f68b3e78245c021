"""How sure the numbers are: the causes found again with varied inputs, and the bands that the numbers then fill."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np

from swinglever.arrays import Array
from swinglever.causes.explanation import Legs, find_forces, find_shares, judge, send_ghosts
from swinglever.causes.grading import PROVED
from swinglever.causes.other_sharing import share_all_otherwise
from swinglever.causes.verdict import UNDECIDED, settle
from swinglever.certainty.variation import Variation, draw_variation, solve_variations, vary_swings
from swinglever.errors import EngineError, SwingleverError, named
from swinglever.motion.leg_swings import LegSwings
from swinglever.muscles.choice import MuscleSolver, choose_solver
from swinglever.plugins.manager import BUILT_IN, Plugins, load_plugins
from swinglever.plugins.measuring import measure_report
from swinglever.records.bands import Bands
from swinglever.records.report import Measurement, Swing, SwingReport
from swinglever.system.partner import Partner, partner_of
from swinglever.system.stages import OnStage, Stages

PERCENTILES = (5.0, 95.0)

_FAILED_SHARE = 0.1
"""Share of repeats that may fail before the bands are worth nothing."""

_SWINGS_TOGETHER = 140
"""Swings of a leg in the repeats that are made together: many, so that numpy's overhead is spread; few, so that their
arrays do not fill the memory."""

_MOST_TOGETHER = 50
"""Most repeats that are made together: few enough to hear of them, and to be made again one by one if one fails."""

T = TypeVar("T")
U = TypeVar("U")


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


def add_bands(
    report: SwingReport,
    swings: Sequence[LegSwings],
    plugins: Plugins,
    jobs: int = 1,
    on_stage: OnStage | None = None,
    partner: Partner | None = None,
) -> SwingReport:
    """Find the causes of a recording again and again with varied inputs, and bound the numbers of its report.

    Parameters
    ----------
    report
        As measured.
    swings
        What it followed from: the swings of each leg. The parameters of their inputs say how often, from which seed and
        how far to vary.
    plugins
        Who measures.
    jobs
        Processes that share the repeats, this one among them.
    on_stage
        Called with each repeat that is done.
    partner
        The second of those processes, where it is there already.

    Returns
    -------
    SwingReport
        The same numbers, with 5th and 95th percentiles beside them, and verdicts that stand only where nearly all
        repeats give them.

    Raises
    ------
    SwingleverError
        When more than a tenth of the repeats cannot be analysed.
    """
    count = swings[0].inputs.parameters.uncertainty
    light = replace(report, swings=(), playback=None)
    portions, proved = _portions(swings, count), frozenset(s.id for s in report.swings if s.evidence == PROVED)
    repeats: list[Repeat] = []
    failed: list[SwingleverError] = []
    for number, found in enumerate(_share_out(light, swings, plugins, portions, proved, jobs, partner), start=1):
        if on_stage is not None:
            on_stage(f"repeat {number} of {count}")
        if isinstance(found, Repeat):
            repeats.append(found)
        else:
            failed.append(found)
    doubts = [f"{len(failed)} of {count} repeats with varied inputs failed, the first with: {e}" for e in failed[:1]]
    if len(failed) > _FAILED_SHARE * count:
        raise SwingleverError(doubts[0])
    return replace(
        report,
        swings=tuple(_bounded(swing, repeats) for swing in report.swings),
        metrics=_bound(report.metrics, [r.trial_metrics for r in repeats]),
        warnings=(*report.warnings, *doubts),
    )


def _portions(swings: Sequence[LegSwings], count: int) -> list[range]:
    """Numbers of the repeats that are made together, as one more dimension: the same whoever makes them.

    How many they are is part of what a seed means to the last digit.
    """
    size = min(_MOST_TOGETHER, max(1, _SWINGS_TOGETHER // max(len(leg.events) for leg in swings)))
    return [range(k, min(k + size, count)) for k in range(0, count, size)]


def _make_portion(
    report: SwingReport, swings: Sequence[LegSwings], plugins: Plugins, proved: Collection[str], numbers: Sequence[int]
) -> list[Repeat | SwingleverError]:
    inputs, whole = swings[0].inputs, _wanted_whole(plugins)
    solver = choose_solver(inputs, plugins.muscle_solvers())
    ours = plugins.offers("swinglever_muscle_solvers")[solver.name][0] == BUILT_IN
    drawn = _alone(partial(_draw, swings), numbers)
    moved = _together(partial(_move, swings), drawn)
    # A plugin's solver is asked once for each repeat, whatever it says of the others.
    forced = (_together if ours else _alone)(partial(_find_forces, solver), moved)
    found = _together(partial(_find_shares, inputs.parameters.sizes.load_sharing, proved, whole=whole), forced)
    sent = _together(partial(send_ghosts, stage=Stages(), whole=whole), found)
    return _alone(partial(_measure, report, plugins), sent)


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


def _find_shares(
    size: float, proved: Collection[str], forced: Sequence[tuple[float, Legs]], *, whole: bool
) -> tuple[Legs, ...]:
    """Find shares with the load shared otherwise; a verdict rests on what it rested on as measured."""
    sharing = partial(share_all_otherwise, quantiles=[quantile for quantile, _ in forced], size=size)
    return find_shares([legs for _, legs in forced], Stages(), sharing, whole=whole, proved=proved)


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
        curves={s.id: _curves(s) for s in measured.swings},
        verdicts={s.id: s.verdict for s in measured.swings},
        metrics={s.id: {name: m.value for name, m in s.metrics.items()} for s in measured.swings},
        trial_metrics={name: m.value for name, m in measured.metrics.items()},
    )


def _share_out(
    report: SwingReport,
    swings: Sequence[LegSwings],
    plugins: Plugins,
    portions: Sequence[range],
    proved: Collection[str],
    jobs: int,
    partner: Partner | None,
) -> Iterator[Repeat | SwingleverError]:
    """Make the repeats; every so manieth portion is made here, the others by as many partners."""
    jobs, names = min(jobs, len(portions)), tuple(plugins.loaded)
    with ExitStack() as stack:
        known = [] if partner is None else [partner]
        started = [stack.enter_context(partner_of(2)) for _ in range(jobs - 1 - len(known))]
        partners = [each for each in [*known, *started] if each is not None]
        for each in partners:
            each.share(report, *swings, *(leg.inputs for leg in swings), *(leg.kinematics for leg in swings))
        asked = [
            partners[k % jobs - 1].begin(
                make_repeats, report, swings, (plugins.folders, plugins.patience_s), names, proved, numbers
            )
            for k, numbers in enumerate(portions)
            if k % jobs
        ]
        for numbers in portions[::jobs]:
            yield from _make_portion(report, swings, plugins, proved, numbers)
        for answer in asked:
            yield from answer()


def make_repeats(
    report: SwingReport,
    swings: Sequence[LegSwings],
    asked: tuple[Sequence[str], float],
    plugin_names: Sequence[str],
    proved: Collection[str],
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
    return _make_portion(report, swings, plugins, proved, numbers)


def _bounded(swing: Swing, repeats: Sequence[Repeat]) -> Swing:
    """Give a swing bands, and settle its verdict."""
    names, curves = tuple(headline_numbers(swing)), tuple(_curves(swing))
    low, high = _percentiles([[_number(r, swing.id, name) for name in names] for r in repeats])
    low_curve, high_curve = _percentiles([_curve_row(r, swing, curves) for r in repeats])
    verdicts = Counter(r.verdicts[swing.id] for r in repeats)
    verdict, reason = settle(swing.verdict, swing.verdict_reason, verdicts)
    return replace(
        swing,
        bands=Bands(
            names=names,
            p05_rad=low,
            p95_rad=high,
            verdicts=dict(verdicts),
            curves=curves,
            p05_curve_rad=low_curve.reshape(-1, len(curves)),
            p95_curve_rad=high_curve.reshape(-1, len(curves)),
        ),
        metrics=_bound(swing.metrics, [r.metrics[swing.id] for r in repeats]),
        verdict=verdict,
        evidence=UNDECIDED if verdict == UNDECIDED and swing.evidence else swing.evidence,
        verdict_reason=reason,
    )


def _number(repeat: Repeat, swing: str, name: str) -> float:
    """One number of a repeat: a group that does nothing has no share, a case that was not made has no peak."""
    return repeat.numbers[swing].get(name, float("nan") if name.startswith("ablation/") else 0.0)


def _curve_row(repeat: Repeat, swing: Swing, names: Sequence[str]) -> Array:
    """Curves of a repeat one after another, (K·c); zeros for a group that does nothing in it."""
    found, nothing = repeat.curves[swing.id], np.zeros(len(swing.time_s))
    return np.stack([found.get(name, nothing) for name in names], axis=1).ravel()


def _curves(swing: Swing) -> dict[str, Array]:
    """Shares over the swing (K), rad, by the names that `Bands` gives them."""
    return {
        f"{scope}/{group}": attribution.flexion_of_group(group)
        for scope, attribution in swing.attribution.items()
        for group in dict.fromkeys(attribution.groups)
    }


def headline_numbers(swing: Swing) -> dict[str, float]:
    """Shares of the fold and peaks of the ablation, rad, by the names that `Bands` gives them."""
    shares = {
        f"shares/{scope}/{group}": float(np.radians(degrees))
        for scope, attribution in swing.attribution.items()
        for group, degrees in attribution.degrees_by_group().items()
    }
    return shares | {f"ablation/{case}": a.peak_flexion_rad for case, a in swing.ablation.items()}


def _bound(metrics: Mapping[str, Measurement], repeats: Sequence[Mapping[str, float]]) -> dict[str, Measurement]:
    """Metrics with their percentiles; one that too many repeats do not have gets none."""
    names = list(metrics)
    low, high = _percentiles([[again[name] for name in names] for again in repeats])
    return {name: replace(metrics[name], p05=float(low[k]), p95=float(high[k])) for k, name in enumerate(names)}


def _percentiles(rows: Sequence[Sequence[float] | Array]) -> tuple[Array, Array]:
    """5th and 95th percentile of each column; nan where more than a tenth of the rows have none."""
    table = np.array(rows, dtype=float)
    known = np.isfinite(table).mean(axis=0) >= 1.0 - _FAILED_SHARE
    bounds = np.full((2, table.shape[1]), np.nan)
    whole = np.isfinite(table).all(axis=0)  # numpy sorts such columns together, and any with a gap one by one
    bounds[:, whole] = np.percentile(table[:, whole], PERCENTILES, axis=0)
    bounds[:, known & ~whole] = np.nanpercentile(table[:, known & ~whole], PERCENTILES, axis=0)
    return bounds[0], bounds[1]
