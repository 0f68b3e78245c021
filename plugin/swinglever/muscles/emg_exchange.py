"""Do two EMG channels look exchanged, or the two legs? Compare what it costs to believe the names with other names.

Believing EMG costs what `swinglever.muscles.emg_gain` minimises: how far muscles must leave their EMG to make the joint
moments, and how much activation EMG asks for. With channels under each other's names the moments are met at a higher
price. So the price is computed again with the channels of two places exchanged, and with those of the two legs: when
that is cheaper by a margin, the names are doubted. Only exchanges that touch a flexor of the knee are tried: they alone
bear on who folded it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy.optimize import minimize

from swinglever.arrays import Array
from swinglever.emg.channels import EmgChannel, drive_shares
from swinglever.emg.envelopes import EmgSignals
from swinglever.motion.inputs import Inputs
from swinglever.muscles.emg_gain import Demand
from swinglever.muscles.frames import LegFrames, pick_frames
from swinglever.muscles.legs import LegMuscles
from swinglever.records.parameters import Parameters
from swinglever.signals import interpolate

MARGIN = 0.02
"""Another naming is believed when it saves this share of the cost: of the bundled swings of known cause, no exchange of
right names saves more than 0.011, and every one that changes the hamstrings' early activation by a tenth costs 0.035 to
0.79 more."""
FRAMES = 24
"""Of each leg, spread over its swings: enough to tell exchanged channels, and as fast for many swings as for two."""
DELAYS_S = (0.0, -0.02, 0.02)
"""EMG whose clock is off is no exchange: names are compared at the delay that suits each best."""
_NEARLY = 0.5
"""Share of the best exchange's saving with which another one is named beside it."""
_SCREENED, _REFINED, _KEPT = 8, 60, 3
"""Steps of the search for sizes while exchanges are compared, and for those that are kept as the best."""
_START, _LOWEST = 0.3, 0.2
"""Sizes to begin with; and the peak in the swings below which a course is not raised to one."""
_FLEXORS = ("hamstrings", "other_knee_flexors")
_OTHER = {"r": "l", "l": "r"}


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Names that the joint moments doubt.

    Attributes
    ----------
    names
        The channels that look exchanged with each other; all of them where the legs do.
    legs
        Whether it is the legs.
    saved
        Share of the cost that is saved by believing so.
    instead
        Other pairs that explain it nearly as well.
    """

    names: tuple[str, ...]
    legs: bool
    saved: float
    instead: tuple[tuple[str, ...], ...] = ()

    def __str__(self) -> str:
        saved = f"the joint moments then agree better with EMG (cost {self.saved:.0%} lower)"
        if self.legs:
            return f"the left and right channels of EMG look exchanged: {saved}"
        pairs = ", or ".join(" and ".join(pair) for pair in (self.names, *self.instead))
        return f"EMG channels {pairs} look exchanged: {saved}"


@dataclass(frozen=True, kw_only=True)
class _Leg:
    """What a leg's muscles have to do in some frames (T), with the courses of all channels there, one at their peak.

    The courses (d, T, c) are given for every delay of `DELAYS_S`.
    """

    frames: LegFrames
    courses: Array


def frames_for_names(legs: LegMuscles, signals: EmgSignals) -> LegFrames:
    """Pick the frames by which names are judged, spread over all swings of a leg that EMG reaches over.

    Parameters
    ----------
    legs
        The muscles along all swings of the leg, or along some of them, which give their part of the frames.
    signals
        EMG.
    """
    time_s = legs.dynamics.swings.time_of_all_s
    reached = np.array([signals.covers(begin, end) for begin, end in time_s[:, [0, -1]]])
    numbers = np.arange(time_s.size).reshape(time_s.shape)[reached].ravel()
    if not numbers.size:
        return pick_frames(legs, numbers)
    spread = np.linspace(0, len(numbers) - 1, min(FRAMES, len(numbers))).round().astype(int)
    return pick_frames(legs, numbers[np.unique(spread)])


def doubt_names(legs: Sequence[LegFrames], inputs: Inputs) -> tuple[str, ...]:
    """Say which EMG channels look exchanged, for people; nothing where EMG reaches over no swing.

    Parameters
    ----------
    legs
        What the muscles of each leg have to do, in frames by which names can be judged.
    inputs
        What was asked for, with EMG or without.
    """
    signals = inputs.emg
    return () if signals is None else tuple(map(str, find_exchanges(legs, signals, inputs.parameters)))


def find_exchanges(legs: Sequence[LegFrames], signals: EmgSignals, parameters: Parameters) -> tuple[Exchange, ...]:
    """Find the channels whose names the joint moments doubt: the legs, or at most two places of each leg.

    Parameters
    ----------
    legs
        What the muscles of each leg have to do, in frames by which names can be judged.
    signals
        EMG.
    parameters
        Choices.
    """
    sides = [_leg(frames, signals) for frames in legs if len(frames.time_s)]
    if len(sides) == 2 and (exchange := _legs_exchanged(sides, signals, parameters)):
        return (exchange,)
    return tuple(exchange for leg in sides if (exchange := _places_exchanged(leg, signals, parameters)))


def _leg(frames: LegFrames, signals: EmgSignals) -> _Leg:
    half = np.full(len(signals.channels), 0.5)
    activation = signals.activation(half) / half
    courses = np.stack([interpolate(frames.time_s - late_s, signals.time_s, activation) for late_s in DELAYS_S])
    return _Leg(frames=frames, courses=np.where(signals.silent, 0.0, courses))


def _places_exchanged(leg: _Leg, signals: EmgSignals, parameters: Parameters) -> Exchange | None:
    sound = signals.stands_out
    own = [k for k, c in enumerate(signals.channels) if c.side == leg.frames.side and sound[k]]
    fits = [
        (_fit(leg, signals, exchanged, parameters, _SCREENED), pair, exchanged)
        for pair, exchanged in _exchanges(signals.channels, own)
    ]
    if not fits:
        return None
    kept = sorted(fits, key=lambda fit: fit[0])[:_KEPT]
    cost = _cheapest(leg, signals, signals.channels, parameters)
    saved = sorted(((1.0 - _cheapest(leg, signals, c, parameters) / cost, pair) for _, pair, c in kept), reverse=True)
    names = [tuple(signals.channels[k].name for k in pair) for most, pair in saved if most > _NEARLY * saved[0][0]]
    if saved[0][0] <= MARGIN:
        return None
    return Exchange(names=names[0], legs=False, saved=saved[0][0], instead=tuple(names[1:]))


def _exchanges(
    channels: Sequence[EmgChannel], own: Sequence[int]
) -> Iterator[tuple[tuple[int, int], tuple[EmgChannel, ...]]]:
    """Two channels of different groups, one of them of a flexor of the knee, and the channels with these exchanged."""
    for i, j in combinations(own, 2):
        groups = channels[i].group, channels[j].group
        if groups[0] != groups[1] and set(groups) & set(_FLEXORS):
            places = {i: channels[j].site, j: channels[i].site}
            yield (i, j), tuple(replace(c, site=places.get(k, c.site)) for k, c in enumerate(channels))


def _legs_exchanged(sides: Sequence[_Leg], signals: EmgSignals, parameters: Parameters) -> Exchange | None:
    """Whether both legs' moments are met more cheaply with the other's channels, a leg without any by least effort."""
    other = tuple(replace(c, side=_OTHER[c.side]) for c in signals.channels)
    cost, crossed = (
        sum(_cheapest(leg, signals, channels, parameters) for leg in sides) for channels in (signals.channels, other)
    )
    saved = 1.0 - crossed / cost
    names = tuple(c.name for c in signals.channels)
    return Exchange(names=names, legs=True, saved=saved) if saved > MARGIN else None


def _cheapest(leg: _Leg, signals: EmgSignals, channels: Sequence[EmgChannel], parameters: Parameters) -> float:
    """Least cost of these names at any delay."""
    return min(_fit(leg, signals, channels, parameters, _REFINED, d) for d in range(len(DELAYS_S)))


def _fit(
    leg: _Leg, signals: EmgSignals, channels: Sequence[EmgChannel], parameters: Parameters, steps: int, delay: int = 0
) -> float:
    """Least cost of believing these names."""
    course = leg.courses[delay]
    shares = np.where(signals.unmeasured, 0.0, drive_shares(channels, leg.frames.muscles, leg.frames.side))
    demand = Demand(
        strength_nm=leg.frames.strength_nm,
        moment_nm=leg.frames.moment_nm,
        reserve_optimal_nm=parameters.reserve_optimal_nm,
        shares=shares,
        weight=np.where(shares.any(axis=1), parameters.emg_weight, 1.0),
    )
    highest = course.max(axis=0)
    most = np.where(shares.any(axis=0) & (highest > 0), 1.0 / np.maximum(highest, _LOWEST), 0.0)
    bounds = [(0.0, x) for x in most]
    found = minimize(
        demand.cost,
        np.minimum(_START, most),
        (course,),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": steps},
    )
    return float(found.fun)
