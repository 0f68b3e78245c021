"""Swings whose cause is known, analysed as recordings are: what an analysis finds beside what was so.

A drawn swing is simulated, and simulated again with silent hamstrings; that is the truth. Its markers, with noise, go
through inverse kinematics, the filter, static optimization and the bounds: with the model that was simulated, and with
another one, whose markers, masses, strengths and moment arms are off as documented (`swinglever.records.spread`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from swinglever.anatomy.model import Model
from swinglever.causes.attribution import attribute
from swinglever.causes.bounds import Asked, Shares, ask, find_bounds, sharings_until, tail_part, without_tail
from swinglever.causes.effort import follow_effort
from swinglever.causes.emg_windows import windows_of
from swinglever.causes.influence import part_of_net_moments
from swinglever.causes.limits import calibrated_limits
from swinglever.causes.sources import Sources
from swinglever.causes.tail import tail_of
from swinglever.causes.timing import OffWindows, range_without_contradicting
from swinglever.certainty.variation import another_runner, vary
from swinglever.dynamics.limb import Dynamics, compute_dynamics
from swinglever.emg.channels import read_channels
from swinglever.emg.envelopes import EmgSignals, process_emg
from swinglever.errors import EngineError
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import LegSwings, line_up
from swinglever.motion.swings import SwingEvents
from swinglever.muscles.legs import LegMuscles, prepare_muscles
from swinglever.muscles.solvers.emg_informed import solve_with_emg
from swinglever.muscles.solvers.least_effort import solve_least_effort
from swinglever.records.folding import half_fold
from swinglever.records.parameters import Parameters
from swinglever.records.trial import EmgRecording, Trial
from swinglever.signals import interpolate
from swinglever.synthetic.capture import record_markers
from swinglever.synthetic.draws import Draw, draw
from swinglever.synthetic.motion import Motion, simulated_motion
from swinglever.synthetic.norms import mean_runner
from swinglever.synthetic.simulation import SimulatedSwing, simulate_swings
from swinglever.synthetic.surface_emg import ELECTRODES, RATE_HZ, record_emg
from swinglever.synthetic.truth import HAMSTRINGS, exact_dynamics

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
MODELS = ("same model", "other model")
BAND_CHANNELS = "5 channels"
"""With which bands are tried."""
REPEATS, REPEATS_WITH_EMG = 8, 4
"""Repeats with varied inputs of each swing, and how many of them are solved with EMG too."""
_AROUND_S = 0.26
"""Recorded before toe-off and after foot strike: room for the filter."""
_LEAST_GAIN_RAD, _LEAST_PEAK_RAD = np.radians(10.0), np.radians(50.0)
_PEAK_SHARE = (0.30, 0.65)
"""A swing that gains less in the first half of folding, or has a lower peak, or not there, is none of a runner."""
_SHARES = Shares(pull=0.25, driven=0.10)


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What was so, in degrees of flexion, scope ``shank``; lists are along the swing's samples (K).

    Attributes
    ----------
    gained, whole, tail, net
        Flexion since toe-off; part of the hamstrings' active force, what of it is a tail of stance, and part of the
        net knee moment.
    peak
        Sample of the peak.
    lost_half, lost_peak
        Flexion at half of folding, and peak flexion, less those of the leg simulated again without hamstrings.
    effort
        Sum of squared activations from toe-off until each sample.
    """

    gained: list[float]
    whole: list[float]
    tail: list[float]
    net: list[float]
    peak: int
    lost_half: float
    lost_peak: float
    effort: list[float]


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


@dataclass(frozen=True, kw_only=True)
class KnownSwing:
    """A drawn swing: what was so, and what analyses find, by `MODELS`; ``refused`` says why it is no runner's swing."""

    number: int
    kind: str
    speed_m_s: float
    hip_drive: float
    refused: str
    truth: Truth | None
    found: dict[str, Found]

    def as_table(self) -> dict[str, Any]:
        """Names and values, for a JSON file."""
        return asdict(self)

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> "KnownSwing":
        """Read what `as_table` gave."""
        truth = None if table["truth"] is None else Truth(**table["truth"])
        found = {name: _found(values) for name, values in table["found"].items()}
        return cls(**{**table, "truth": truth, "found": found})


def _found(values: Mapping[str, Any]) -> Found:
    return Found(**{**values, "peaks": [Peak(**each) for each in values["peaks"]]})


def know_swings(
    model: Model, seed: int, numbers: Sequence[int], repeats: tuple[int, int] = (REPEATS, REPEATS_WITH_EMG)
) -> tuple[KnownSwing, ...]:
    """Draw, simulate and analyse some swings.

    Parameters
    ----------
    model
        Our own model, loaded.
    seed, numbers
        Of the draws.
    repeats
        With varied inputs, for each swing; and how many of them are solved with EMG too.
    """
    draws = [draw(seed, number) for number in numbers]
    causes, speeds = [d.cause for d in draws], [d.speed_m_s for d in draws]
    swings = simulate_swings(model, causes, speeds)
    activation = np.nan_to_num(np.stack([swing.activation for swing in swings], axis=1))
    without = simulate_swings(model, causes, speeds, replay=activation, silent=HAMSTRINGS)
    return tuple(
        _know(model, seed, drawn, (swing, other), repeats)
        for drawn, swing, other in zip(draws, swings, without, strict=True)
    )


def _know(
    model: Model, seed: int, drawn: Draw, simulated: tuple[SimulatedSwing, SimulatedSwing], repeats: tuple[int, int]
) -> KnownSwing:
    swing, without = simulated
    refused = _refusal(swing, without)
    truth, found = None, {}
    if not refused:
        motion = simulated_motion(model, swing)
        truth = _truth(model, swing, without, motion)
        random = np.random.default_rng([seed, drawn.number, 1])
        for name in MODELS:
            inputs, other = _record(model, swing, motion, random), name != MODELS[0]
            if other:
                inputs = another_runner(inputs, random)
            found[name] = _analyse(inputs, swing, random, EMG if other else (), repeats)
    return KnownSwing(
        number=drawn.number,
        kind=drawn.kind,
        speed_m_s=drawn.speed_m_s,
        hip_drive=drawn.cause.hip_drive,
        refused=refused,
        truth=truth,
        found=found,
    )


def _refusal(swing: SimulatedSwing, without: SimulatedSwing) -> str:
    knee = swing.knee_flexion_rad
    if not (np.isfinite(knee).all() and np.isfinite(without.knee_flexion_rad).all()):
        return "the leg ran away"
    peak = int(np.argmax(knee))
    if not _PEAK_SHARE[0] <= peak / len(knee) <= _PEAK_SHARE[1]:
        return "the knee folds too early or too late"
    if knee[peak] < _LEAST_PEAK_RAD or knee[peak // 2] - knee[0] < _LEAST_GAIN_RAD:
        return "the knee hardly folds"
    return ""


def _truth(model: Model, swing: SimulatedSwing, without: SimulatedSwing, motion: Motion) -> Truth:
    dynamics = exact_dynamics(model, swing, motion)
    shares = attribute(dynamics, "shank", _true_sources(swing, dynamics))
    parts = {name: shares.angle[0][:, shares.names.index(name)] for name in _TRUE_PARTS}
    knee, knee_without = np.degrees(swing.knee_flexion_rad), np.degrees(without.knee_flexion_rad)
    peak = int(np.argmax(knee))
    flexion = np.degrees(dynamics.knee_flexion_rad[0])
    activation = interpolate(dynamics.time_s[0], swing.time_s, swing.activation)
    return Truth(
        gained=_listed(flexion - flexion[0]),
        whole=_listed(np.degrees(parts["whole"])),
        tail=_listed(np.degrees(parts["tail"])),
        net=_listed(np.degrees(parts["net"])),
        peak=int(np.argmax(flexion)),
        lost_half=float(knee[peak // 2] - knee_without[peak // 2]),
        lost_peak=float(knee[peak] - knee_without[: int(1.2 * peak) + 1].max()),
        effort=_listed(np.cumsum((activation**2).sum(axis=1))),
    )


_TRUE_PARTS = ("whole", "tail", "net")


def _true_sources(swing: SimulatedSwing, dynamics: Dynamics) -> Sources:
    """Active force of the hamstrings, what of it is a tail of stance, and the net moments."""
    mine = [swing.muscle_names.index(f"{name}_r") for name in HAMSTRINGS]
    active, activation = swing.active_force_n, swing.activation
    strength = np.divide(active, activation, out=np.zeros_like(active), where=activation > 0)
    tail = tail_of(activation, swing.time_s - swing.time_s[0]) * strength
    pulls = [np.einsum("km,kmf->kf", force[:, mine], swing.moment_arm_m[:, mine]) for force in (active, tail)]
    at_samples = [interpolate(dynamics.time_s[0], swing.time_s, moment) for moment in pulls]
    moments = np.stack([*at_samples, dynamics.released_moment[0]])
    force = np.moveaxis(dynamics.at_released(moments), 0, -1)[None]
    return Sources(names=_TRUE_PARTS, groups=_TRUE_PARTS, force=force)


def _record(model: Model, swing: SimulatedSwing, motion: Motion, random: np.random.Generator) -> Inputs:
    """Markers of the swing at 200 Hz, with noise."""
    begin = float(swing.time_s[0]) - _AROUND_S
    time_s = np.arange(np.floor((swing.time_s[-1] + _AROUND_S - begin) * 200.0) + 1.0) / 200.0
    seed = int(random.integers(2**31))
    markers = record_markers(model, mean_runner(swing.speed_m_s), motion, begin, time_s, seed)
    return Inputs(trial=Trial(name="simulated", markers=markers), model=model, parameters=Parameters())


def _analyse(
    inputs: Inputs, swing: SimulatedSwing, random: np.random.Generator, sets: Sequence[str], repeats: tuple[int, int]
) -> Found:
    legs = _prepare(inputs, swing)
    forces = solve_least_effort(legs)
    half = half_fold(legs.dynamics.knee_flexion_rad[0])
    asked = ask(legs, "hamstrings", "shank", "half", (half,), new=True)
    rivals = [ask(legs, name, "shank", "half", (half,)) for name in ("gastrocnemius", "biceps_short_head")]
    ((mine, *others),) = find_bounds(forces, [asked, *rivals], _SHARES)
    signals = _record_signals(legs, swing, random)
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
        moments=_listed(np.degrees(mine.moments_rad)),
        new_moments=_listed(np.degrees(mine.new_moments_rad)),
        extra=_listed(mine.curve_extra),
        bought=[_listed(row) for row in np.degrees(mine.curve_rad)],
        least_effort=sharing.effort,
        pull_extra=_finite(mine.pull_extra),
        driven_extra=_finite(mine.driven_extra),
        others={found.group: [_listed(row) for row in np.degrees(found.curve_rad)] for found in others},
        emg={name: None if ends is None else _listed(np.degrees(ends)) for name, (ends, _) in emg.items()},
        contradictions={name: list(against) for name, (_, against) in emg.items()},
        informed={
            name: _informed(_with_signals(legs, _only(signals, CHANNELS[name])), asked) for name in CHANNELS if sets
        },
        peaks=peaks,
        on=_listed(on[:, [windows.channels.index(name) for name in OF_HAMSTRINGS]].mean(axis=0)),
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
        plausible=_listed(np.degrees(plausible)),
        moments=_listed(np.degrees([curve.least_rad, curve.most_rad])),
        informed=None if informed is None else informed[0],
    )


def _prepare(inputs: Inputs, swing: SimulatedSwing) -> LegMuscles:
    """The swing leg's muscles from markers, as an analysis takes them; toe-off and foot strike are known."""
    unknown = float("nan")
    events = SwingEvents(
        side="r",
        number=1,
        toe_off_s=_AROUND_S,
        thigh_reversal_s=unknown,
        peak_flexion_s=unknown,
        pass_s=unknown,
        foot_strike_s=_AROUND_S + float(swing.time_s[-1] - swing.time_s[0]),
        event_source="simulation",
    )
    (swings,) = line_up(inputs, solve_kinematics(inputs), [events])
    return prepare_muscles(compute_dynamics(swings))


def _record_signals(legs: LegMuscles, swing: SimulatedSwing, random: np.random.Generator) -> EmgSignals:
    """What `swinglever.emg` makes of raw signals of every electrode."""
    lasting = float(swing.time_s[-1] - swing.time_s[0]) + 2.0 * _AROUND_S
    time_s = np.arange(np.floor(lasting * RATE_HZ) + 1.0) / RATE_HZ
    recording = EmgRecording(
        path=Path("simulated"),
        time_s=time_s,
        names=tuple(ELECTRODES),
        units=("V",) * len(ELECTRODES),
        values=record_emg(swing, float(swing.time_s[0]) - _AROUND_S, time_s, int(random.integers(2**31))),
    )
    return process_emg(recording, read_channels(recording.names, legs.names), Parameters())


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
    return _listed(np.degrees([sharing.part_rad, tail_part(sharing, time_s - time_s[0])]))


def _told(windows: OffWindows, name: str) -> OffWindows:
    """What a set of `EMG` tells."""
    channels, _, timing = name.partition(" by ")
    told = windows.without(tuple(c for c in windows.channels if c not in CHANNELS[channels]))
    return told.by_timing() if timing else told.by_size()


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _listed(values: npt.ArrayLike) -> list[float]:
    return [round(float(x), 5) for x in np.asarray(values)]
