"""What an analysis finds of a simulated swing, with any set of EMG channels, and with varied inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from swinglever.arrays import listed
from swinglever.causes.bounds import Asked, Shares, ask, find_bounds, sharings_until, tail_part, without_tail
from swinglever.causes.effort import follow_effort
from swinglever.causes.emg_windows import windows_of
from swinglever.causes.influence import part_of_net_moments
from swinglever.causes.limits import calibrated_limits
from swinglever.causes.timing import OffWindows, range_without_contradicting
from swinglever.certainty.known_recording import events_of, record_signals
from swinglever.certainty.variation import vary
from swinglever.dynamics.limb import compute_dynamics
from swinglever.emg.envelopes import EmgSignals
from swinglever.errors import EngineError
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import LegSwings, line_up
from swinglever.muscles.legs import LegMuscles, prepare_muscles
from swinglever.muscles.solvers.emg_informed import solve_with_emg
from swinglever.muscles.solvers.least_effort import solve_least_effort
from swinglever.records.folding import half_fold
from swinglever.records.parameters import Parameters
from swinglever.synthetic.simulation import SimulatedSwing
from swinglever.synthetic.surface_emg import ELECTRODES

CHANNELS: Mapping[str, tuple[str, ...]] = {
    "1 channel": ("R_Biceps_Femoris",),
    "3 channels": ("R_Biceps_Femoris", "R_Semitendinosus", "R_Gastrocnemius_Medialis"),
    "5 channels": (
        "R_Biceps_Femoris",
        "R_Semitendinosus",
        "R_Gastrocnemius_Medialis",
        "R_Rectus_Femoris",
        "R_Vastus_Lateralis",
    ),
    "all channels": tuple(ELECTRODES),
}
"""What laboratories record: biceps femoris; both hamstrings and a gastrocnemius; quadriceps too; all electrodes."""

OF_HAMSTRINGS = ("R_Biceps_Femoris", "R_Semitendinosus")
"""Channels of hamstrings, of which `Found.on` tells."""
EMG = (*CHANNELS, "5 channels by timing")
"""Muscles are limited by the size of their EMG; or, by timing, to next to nothing below the usual share of its peak."""
BAND_CHANNELS = "5 channels"
"""With which bands are tried."""
_SHARES = Shares(pull=0.25, driven=0.10)


@dataclass(frozen=True, kw_only=True)
class Peak:
    """What one analysis finds of the hamstrings' part until the peak of folding, degrees of flexion, scope ``shank``.

    Attributes
    ----------
    gained
        Flexion since toe-off.
    part, plausible, moments
        Part with the least effort; least and largest part that is plausible, and that the moments allow.
    informed
        Part by static optimization with EMG of `BAND_CHANNELS`; None where it was not asked or has no answer.
    """

    gained: float
    part: float
    plausible: list[float]
    moments: list[float]
    informed: float | None


@dataclass(frozen=True, kw_only=True)
class Found:
    """What an analysis finds until half of folding, in degrees of flexion, scope ``shank``.

    Attributes
    ----------
    sample
        Where it takes half of folding to be.
    gained, net
        Flexion since toe-off, and part of the net knee moment.
    part, tail
        The hamstrings' part with the least effort, and what of it is a tail.
    moments, new_moments
        What the moments allow the whole and the new part to be.
    extra, bought
        Extra efforts, as shares of the least, and ranges of the whole part that they buy.
    least_effort
        Sum of squared activations.
    pull_extra, driven_extra
        Price of a pull, and of momentum alone; None where no effort buys it.
    others
        Ranges of other flexors' parts at each extra effort.
    emg
        With the other model, by set of channels: range of the new part, None where nothing agrees.
    contradictions
        By set of channels, those that moments and model contradict.
    informed
        By set of channels, the hamstrings' part by static optimization with EMG, and what of it is a tail; None where
        it finds no answer.
    peaks
        Until the peak, with the other model: as analysed, and of repeats with varied inputs.
    on
        For how much of early folding biceps femoris and semitendinosus are above the usual share of their peak.
    """

    sample: int
    gained: float
    net: float
    part: float
    tail: float
    moments: list[float]
    new_moments: list[float]
    extra: list[float]
    bought: list[list[float]]
    least_effort: float
    pull_extra: float | None
    driven_extra: float | None
    others: dict[str, list[list[float]]]
    emg: dict[str, list[float] | None]
    contradictions: dict[str, list[str]]
    informed: dict[str, list[float] | None]
    peaks: list[Peak]
    on: list[float]


def find_in(
    inputs: Inputs, swing: SimulatedSwing, random: np.random.Generator, sets: Sequence[str], repeats: tuple[int, int]
) -> Found:
    """Analyse a recorded swing.

    Parameters
    ----------
    inputs
        Its markers, and a model.
    swing
        From which EMG is recorded; what was so is not looked at.
    random
        For EMG, and for varied inputs.
    sets
        Of `EMG`: with which it is analysed too.
    repeats
        With varied inputs, where there are sets; and how many of them are solved with EMG too.
    """
    legs = _prepare(inputs, swing)
    forces = solve_least_effort(legs)
    half = half_fold(legs.dynamics.knee_flexion_rad[0])
    asked = ask(legs, "hamstrings", "shank", "half", (half,), new=True)
    rivals = [ask(legs, name, "shank", "half", (half,)) for name in ("gastrocnemius", "biceps_short_head")]
    ((mine, *others),) = find_bounds(forces, [asked, *rivals], _SHARES)
    signals = record_signals(swing, legs.names, random)
    time_s = legs.dynamics.time_s[0, : half + 1]
    windows, on = windows_of(signals, legs.names, "r", time_s, Parameters())
    (sharing,) = sharings_until(forces, asked)
    new, step_s = without_tail(sharing, time_s - time_s[0]), float(time_s[1] - time_s[0])
    emg = {name: range_without_contradicting(new, step_s, _told(windows, name)) for name in sets}
    ((net,),) = part_of_net_moments([legs.dynamics], asked.released, [asked.samples])
    flexion = legs.dynamics.knee_flexion_rad[0]
    few = _with_signals(legs, _only(signals, CHANNELS[BAND_CHANNELS])).dynamics.swings
    peaks = _peaks(few, random, repeats) if sets else []
    return Found(
        sample=half,
        gained=float(np.degrees(flexion[half] - flexion[0])),
        net=float(np.degrees(net)),
        part=float(np.degrees(mine.part_rad)),
        tail=float(np.degrees(mine.tail_rad)),
        moments=listed(np.degrees(mine.moments_rad)),
        new_moments=listed(np.degrees(mine.new_moments_rad)),
        extra=listed(mine.curve_extra),
        bought=[listed(row) for row in np.degrees(mine.curve_rad)],
        least_effort=sharing.effort,
        pull_extra=_finite(mine.pull_extra),
        driven_extra=_finite(mine.driven_extra),
        others={found.group: [listed(row) for row in np.degrees(found.curve_rad)] for found in others},
        emg={name: None if ends is None else listed(np.degrees(ends)) for name, (ends, _) in emg.items()},
        contradictions={name: list(against) for name, (_, against) in emg.items()},
        informed={
            name: _informed(_with_signals(legs, _only(signals, CHANNELS[name])), asked) for name in CHANNELS if sets
        },
        peaks=peaks,
        on=listed(on[:, [windows.channels.index(name) for name in OF_HAMSTRINGS]].mean(axis=0)),
    )


def _peaks(swings: LegSwings, random: np.random.Generator, repeats: tuple[int, int]) -> list[Peak]:
    """What is found until the peak as the swing was recorded, and with varied inputs, as bands are made."""
    varied = [swings, *(vary([swings], random)[0] for _ in range(repeats[0]))]
    return [_peak(each, with_emg=k <= repeats[1]) for k, each in enumerate(varied)]


def _peak(swings: LegSwings, *, with_emg: bool) -> Peak:
    legs, limits = prepare_muscles(compute_dynamics(swings)), calibrated_limits()
    flexion = legs.dynamics.knee_flexion_rad[0]
    peak = int(np.argmax(flexion))
    asked = ask(legs, "hamstrings", "shank", "peak", (peak,))
    (sharing,) = sharings_until(solve_least_effort(legs), asked)
    (curve,) = follow_effort([sharing])
    informed = _informed(legs, asked) if with_emg else None
    plausible = curve.range_at(limits.less_extra)[0], curve.range_at(limits.more_extra)[1]
    return Peak(
        gained=float(np.degrees(flexion[peak] - flexion[0])),
        part=float(np.degrees(sharing.part_rad)),
        plausible=listed(np.degrees(plausible)),
        moments=listed(np.degrees([curve.least_rad, curve.most_rad])),
        informed=None if informed is None else informed[0],
    )


def _prepare(inputs: Inputs, swing: SimulatedSwing) -> LegMuscles:
    """The swing leg's muscles from markers, as an analysis takes them."""
    (swings,) = line_up(inputs, solve_kinematics(inputs), [events_of(swing)])
    return prepare_muscles(compute_dynamics(swings))


def _only(signals: EmgSignals, names: Sequence[str]) -> EmgSignals:
    """Some of the channels."""
    mine = [k for k, channel in enumerate(signals.channels) if channel.name in names]
    return replace(
        signals,
        channels=tuple(signals.channels[k] for k in mine),
        units=tuple(signals.units[k] for k in mine),
        envelope=signals.envelope[:, mine],
        peak=signals.peak[mine],
        silent=signals.silent[mine],
        unmeasured=signals.unmeasured[mine],
        noise=signals.noise[mine],
    )


def _with_signals(legs: LegMuscles, signals: EmgSignals) -> LegMuscles:
    """The same muscles beside some EMG."""
    swings = legs.dynamics.swings
    told = replace(swings, inputs=replace(swings.inputs, emg=signals))
    return replace(legs, dynamics=replace(legs.dynamics, swings=told))


def _informed(legs: LegMuscles, asked: Asked) -> list[float] | None:
    """Part and tail by static optimization that stays near EMG; None where its gains do not settle."""
    try:
        forces = solve_with_emg(legs)
    except EngineError:
        return None
    (sharing,) = sharings_until(forces, asked)
    time_s = legs.dynamics.time_s[0, : len(sharing.activation)]
    return listed(np.degrees([sharing.part_rad, tail_part(sharing, time_s - time_s[0])]))


def _told(windows: OffWindows, name: str) -> OffWindows:
    """What a set of `EMG` tells."""
    channels, _, timing = name.partition(" by ")
    told = windows.without(tuple(c for c in windows.channels if c not in CHANNELS[channels]))
    return told.by_timing() if timing else told.by_size()


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
