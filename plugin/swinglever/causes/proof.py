"""What a recording proves of the swings of one leg: bounds, price and tail of the hamstrings' part, and the verdict.

Net moments leave open which muscle made them. So beside what static optimization finds stands what the moments allow,
what little more effort would buy, and what EMG leaves; and the verdict says which of them it rests on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from swinglever.arrays import Array
from swinglever.causes.attribution import LIMB_SCOPES
from swinglever.causes.bounds import (
    EXTRA_EFFORT,
    Asked,
    Bounds,
    Shares,
    ask,
    find_bounds_together,
    new_part,
    sharings_until,
    tail_part,
    without_tail,
)
from swinglever.causes.effort import DEAREST, Sharing
from swinglever.causes.emg_windows import windows_of
from swinglever.causes.evidence import Judgement, judge
from swinglever.causes.grading import likely_part
from swinglever.causes.hip_turn import new_parts_without_turn
from swinglever.causes.influence import part_of_net_moments
from swinglever.causes.known import Emg, Known, ToeOff
from swinglever.causes.limits import Limits, calibrated_limits
from swinglever.causes.timing import range_without_contradicting
from swinglever.dynamics.limb import compute_dynamics
from swinglever.motion.leg_swings import LegSwings, line_up_leg
from swinglever.motion.swings import move_toe_offs
from swinglever.muscles.choice import FILE, STATIC_OPTIMIZATION
from swinglever.muscles.forces import LegForces
from swinglever.muscles.legs import LegMuscles, prepare_muscles_together
from swinglever.muscles.solvers.least_effort import solve_least_effort_together
from swinglever.records.bounds import HAMSTRINGS, HEADLINE, UNTIL_PEAK, SwingBounds, bound_name
from swinglever.records.folding import half_fold

_OTHERS = ("gastrocnemius", "biceps_short_head")
"""Flexors that may have pulled in the hamstrings' place; the short head is one of them, and does not cross the hip."""
_LEVELS = ("least_effort", "moments", "plausible", "emg")
_NEEDED = (HEADLINE, UNTIL_PEAK)
_BY_FORCE = "ground_force"


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What is proved of one swing, and what may be said of it."""

    bounds: SwingBounds
    judgement: Judgement


def prove(forces: LegForces, *, whole: bool = True) -> tuple[Proof, ...]:
    """Bound the parts of the swings of a leg, and judge each swing."""
    (proofs,) = prove_together([forces], whole=whole)
    return proofs


def prove_together(
    analyses: Sequence[LegForces], *, whole: bool = True, proved: Collection[str] = ()
) -> tuple[tuple[Proof, ...], ...]:
    """Bound the parts of the swings of a leg in each of several analyses, and judge each swing.

    Parameters
    ----------
    analyses
        The muscle solutions. Bounds start from the least effort, whatever solver found these forces; where EMG informed
        it, the verdict knows of it.
    whole
        Whether to ask all questions; else those that the verdict and another load sharing rest on, no farther than
        is plausible: what a part costs beyond that is not told then.
    proved
        Where not all is asked: the swings, by their ids, in which moments and rates of activation proved the verdict
        before. Of others it is not asked again what rates leave, which takes as long as all else.
    """
    limits = calibrated_limits()
    by_effort = all(forces.solver == STATIC_OPTIMIZATION for forces in analyses)
    least = analyses if by_effort else solve_least_effort_together([forces.legs for forces in analyses])
    questions = [_questions(one.legs) if whole else _needed(one.legs, proved) for one in least]
    shares = Shares(pull=limits.pull_share, driven=limits.driven_share)
    rows = find_bounds_together(least, questions, shares, (DEAREST, DEAREST) if whole else _plausible_extra(limits))
    headline = next(k for k, asked in enumerate(questions[0]) if asked.new)
    beside = _beside(least, [mine[headline] for mine in questions])
    each = zip(analyses, least, questions, rows, beside, strict=True)
    return tuple(_proofs(forces, one, mine[headline], headline, row, b) for forces, one, mine, row, b in each)


@dataclass(frozen=True, kw_only=True)
class _Beside:
    """What stands beside the bounds of one analysis, swing by swing (S).

    What net moments made, rad; the new part without the moment that turns the thigh, rad, or None; and new shares with
    other toe-offs.
    """

    net_rad: Array
    unturned_rad: Sequence[float | None]
    moved: Sequence[tuple[float, ...]]


def _beside(least: Sequence[LegForces], asked: Sequence[Asked]) -> list[_Beside]:
    """Find it for the same question to several analyses of a leg."""
    dynamics = [forces.legs.dynamics for forces in least]
    net = part_of_net_moments(dynamics, asked[0].released, [each.samples for each in asked])
    unturned = new_parts_without_turn(least, asked) or [[None] * len(each.samples) for each in asked]
    moved = _new_shares_with_other_toe_offs(least)
    return [_Beside(net_rad=n, unturned_rad=u, moved=m) for n, u, m in zip(net, unturned, moved, strict=True)]


def _proofs(
    forces: LegForces,
    least: LegForces,
    asked: Asked,
    headline: int,
    rows: Sequence[Sequence[Bounds]],
    beside: _Beside,
) -> tuple[Proof, ...]:
    """Judge the swings of one analysis, each with its row of bounds; the verdict rests on those of the headline."""
    limits = calibrated_limits()
    emg, given = _told_by_emg(forces, least, asked), _given(forces, asked)
    proofs = []
    for k, row in enumerate(rows):
        events = least.legs.dynamics.swings.events[k]
        error_s = events.toe_off_band_s[1] - events.toe_off_s
        toe_off = ToeOff(source=events.event_source, error_s=error_s, new_shares=beside.moved[k])
        known = _known(row, headline, float(np.degrees(beside.net_rad[k])), toe_off, emg[k])
        unturned = _degrees_of(beside.unturned_rad[k])
        known = replace(known, given_deg=given[k], unturned_deg=unturned, gait=events.gait)
        record = _informed(_record(row, emg[k]), known)
        proofs.append(Proof(bounds=record, judgement=judge(known, limits)))
    return tuple(proofs)


def _questions(legs: LegMuscles) -> list[Asked]:
    """Hamstrings in both scopes until half and peak; other flexors until half, with only the knee released."""
    flexion = legs.dynamics.knee_flexion_rad
    until = {"half": tuple(map(half_fold, flexion)), "peak": tuple(int(k) for k in flexion.argmax(axis=1))}
    asked = [(scope, instant, HAMSTRINGS) for scope, instant in product(LIMB_SCOPES, until)]
    asked += [("shank", "half", group) for group in _OTHERS if legs.in_group(group)]
    return [
        ask(legs, group, scope, instant, until[instant], new=bound_name(scope, instant, group) == HEADLINE)
        for scope, instant, group in asked
    ]


def _needed(legs: LegMuscles, proved: Collection[str]) -> list[Asked]:
    """What the verdict and another load sharing rest on; what rates leave, only where it proved a verdict."""
    others = frozenset(k for k, events in enumerate(legs.dynamics.swings.events) if events.id not in proved)
    return [replace(asked, without_rates=others) for asked in _questions(legs) if _name(asked) in _NEEDED]


def _name(asked: Asked) -> str:
    return bound_name(asked.scope, asked.until, asked.group)


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What EMG leaves of the hamstrings' whole part, rad, and what the verdict has to know of it."""

    whole_rad: Array
    emg: Emg


def _told_by_emg(forces: LegForces, least: LegForces, asked: Asked) -> list[_Told | None]:
    """What EMG says of each swing; None where it has no channel of the leg, or does not reach over the swing."""
    swings = least.legs.dynamics.swings
    signals = swings.inputs.emg
    if signals is None or not signals.of_side(swings.side):
        return [None] * len(swings.events)
    informed = sharings_until(forces, asked) if forces.drive is not None else None
    sharings = sharings_until(least, asked)
    return [
        _told(swings.time_s[k], sharing, None if informed is None else informed[k], least, asked.samples[k])
        if signals.covers(events.toe_off_s, events.foot_strike_s)
        else None
        for k, (events, sharing) in enumerate(zip(swings.events, sharings, strict=True))
    ]


def _told(time_s: Array, sharing: Sharing, informed: Sharing | None, least: LegForces, sample: int) -> _Told:
    swings, since_s = least.legs.dynamics.swings, time_s[: sample + 1] - time_s[0]
    signals, step_s = swings.inputs.emg, float(since_s[1])
    assert signals is not None
    parameters = swings.inputs.parameters
    told, on = windows_of(signals, least.legs.names, swings.side, time_s[: sample + 1], parameters)
    windows = told.by_size()
    new, against = range_without_contradicting(without_tail(sharing, since_s), step_s, windows)
    whole, _ = range_without_contradicting(sharing, step_s, windows.without(against))
    best = None if informed is None else new_part(informed, time_s)
    # A channel that moments and model contradict does not say whether its muscles were off.
    names = [signals.channels[k].name for k in signals.telling_of(HAMSTRINGS, swings.side)]
    mine = [k for k, name in enumerate(windows.channels) if name in names and name not in against]
    return _Told(
        whole_rad=np.full(2, np.nan) if whole is None else np.array(whole),
        emg=Emg(
            allowed_deg=None if new is None else _degrees(np.array(new)),
            best_deg=None if best is None else float(np.degrees(best)),
            contradictions=against,
            on=tuple(float(share) for share in on[:, mine].mean(axis=0)),
            channels=tuple(windows.channels[k] for k in mine),
        ),
    )


def _new_shares_with_other_toe_offs(analyses: Sequence[LegForces]) -> list[list[tuple[float, ...]]]:
    """New shares of the early flexion (S) with toe-off as early and as late as it may be; none where force tells it."""
    each = [least.legs.dynamics.swings for least in analyses]
    if all(events.event_source == _BY_FORCE for swings in each for events in swings.events):
        return [[()] * len(swings.events) for swings in each]
    legs = prepare_muscles_together([compute_dynamics(_moved(swings, end)) for end in (0, 1) for swings in each])
    found = [_new_shares(least) for least in solve_least_effort_together(legs)]
    return [
        [
            () if events.event_source == _BY_FORCE else (float(early[k]), float(late[k]))
            for k, events in enumerate(swings.events)
        ]
        for swings, early, late in zip(each, found[: len(each)], found[len(each) :], strict=True)
    ]


def _moved(swings: LegSwings, end: int) -> LegSwings:
    """The swings with toe-off as early (0) or as late (1) as it may be."""
    late = np.array([events.toe_off_band_s[end] - events.toe_off_s for events in swings.events])
    moved = move_toe_offs(swings.inputs.model, swings.kinematics, swings.events, late)
    return line_up_leg(swings.inputs, swings.kinematics, swings.limb, moved)


def _new_shares(least: LegForces) -> Array:
    """New part of the hamstrings over the early flexion of each swing (S)."""
    dynamics = least.legs.dynamics
    asked = next(question for question in _questions(least.legs) if question.new)
    sharings = sharings_until(least, asked)
    parts = [new_part(sharing, time_s) for sharing, time_s in zip(sharings, dynamics.time_s, strict=True)]
    gained = [f[n] - f[0] for f, n in zip(dynamics.knee_flexion_rad, asked.samples, strict=True)]
    return np.asarray(parts) / np.asarray(gained)


def _given(forces: LegForces, asked: Asked) -> list[tuple[float, float] | None]:
    """New part and tail, degrees, of forces that were given from outside; None where they were solved for."""
    swings = forces.legs.dynamics.swings
    if forces.solver != FILE:
        return [None] * len(swings.events)
    # A muscle that could not pull at all has no activation; it made no part either.
    able = replace(forces, activation=np.nan_to_num(forces.activation))
    found = []
    for k, sharing in enumerate(sharings_until(able, asked)):
        tail = tail_part(sharing, swings.time_s[k][: asked.samples[k] + 1] - swings.time_s[k][0])
        found.append((float(np.degrees(sharing.part_rad - tail)), float(np.degrees(tail))))
    return list(found)


def _known(row: Sequence[Bounds], headline: int, net_deg: float, toe_off: ToeOff, told: _Told | None) -> Known:
    """Put together what the verdict rests on, degrees."""
    mine, limits = row[headline], calibrated_limits()
    others = {b.group.replace("_", " "): _plausible(b, limits) for b in row if b.group in _OTHERS}
    low, high = _plausible(mine, limits)
    tail = float(np.degrees(mine.tail_rad))
    return Known(
        gained_deg=float(np.degrees(mine.gained_rad)),
        net_knee_deg=net_deg,
        new_deg=float(np.degrees(mine.new_rad)),
        tail_deg=tail,
        moments_deg=_degrees(mine.new_moments_rad),
        plausible_deg=(low - tail, high - tail),
        whole_deg=_degrees(mine.moments_rad),
        pull_extra=mine.pull_extra,
        driven_extra=mine.driven_extra,
        toe_off=toe_off,
        emg=None if told is None else told.emg,
        others_deg=others,
    )


def _plausible_extra(limits: Limits) -> tuple[float, float]:
    """Extra efforts up to which `_plausible` has to know ranges."""
    less, more = (min(e for e in EXTRA_EFFORT if e >= extra) for extra in (limits.less_extra, limits.more_extra))
    return less, more


def _plausible(bounds: Bounds, limits: Limits) -> tuple[float, float]:
    """Whole part, degrees, from what may be saved to what may be spent."""
    low, high = np.degrees(bounds.curve_rad).T
    extra = bounds.curve_extra
    return float(np.interp(limits.less_extra, extra, low)), float(np.interp(limits.more_extra, extra, high))


def _degrees(ends: Array) -> tuple[float, float]:
    return float(np.degrees(ends[0])), float(np.degrees(ends[1]))


def _degrees_of(angle_rad: float | None) -> float | None:
    return None if angle_rad is None else float(np.degrees(angle_rad))


def _record(row: Sequence[Bounds], told: _Told | None) -> SwingBounds:
    """Lay the answers of one swing on one another."""
    limits, names = calibrated_limits(), tuple(bound_name(b.scope, b.until, b.group) for b in row)
    headline = names.index(HEADLINE)
    nothing = np.full(2, np.nan)
    ends = np.array(
        [
            [
                np.full(2, b.part_rad),
                b.moments_rad,
                np.radians(_plausible(b, limits)),
                told.whole_rad if told is not None and name == HEADLINE else nothing,
            ]
            for name, b in zip(names, row, strict=True)
        ]
    )
    mine = row[headline]
    return SwingBounds(
        names=names,
        levels=_LEVELS,
        tail_rad=np.array([b.tail_rad for b in row]),
        low_rad=ends[..., 0],
        high_rad=ends[..., 1],
        efforts=tuple(f"{extra:g}" for extra in EXTRA_EFFORT),
        reach_rad=mine.curve_rad[:, 1],
        pull_extra=mine.pull_extra,
    )


def _informed(bounds: SwingBounds, known: Known) -> SwingBounds:
    """The bounds of one swing, with the part that is likeliest by EMG where there is some."""
    if known.emg is None:
        return bounds
    new_deg, (low_deg, high_deg) = likely_part(known, calibrated_limits())
    new, low, high = (float(np.radians(part)) for part in (new_deg, low_deg, high_deg))
    return replace(bounds, informed_new_rad=new, informed_low_rad=low, informed_high_rad=high)
