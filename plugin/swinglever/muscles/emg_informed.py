"""Muscle forces informed by EMG: static optimization that stays near the activations that EMG asks for.

After EMG-driven and EMG-assisted modelling (Lloyd & Besier 2003, *J. Biomech.* 36:765; Sartori et al. 2014,
*J. Biomech.* 47:3613; CEINMS, Pizzolato et al. 2015, *J. Biomech.* 48:3929): measured muscles follow their EMG as far
as the joint moments let them, the others do what least effort gives them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from swinglever.arrays import Array, freeze_fields
from swinglever.emg.channels import drive_shares
from swinglever.emg.envelopes import EmgSignals
from swinglever.motion.swings import SwingEvents
from swinglever.muscles.emg_gain import Demand, fit_sizes
from swinglever.muscles.legs import LegMuscles
from swinglever.muscles.solve import STATIC_OPTIMIZATION, joint_demand, solve_muscles
from swinglever.records.emg import EmgRecord
from swinglever.records.parameters import Parameters
from swinglever.records.results import MuscleForces
from swinglever.signals import interpolate

WITH_EMG = f"{STATIC_OPTIMIZATION}+emg"
"""Name of the solver in results."""
AT_BOUND = 0.01
"""A size nearer to its bound than this share of it sits there: the moments want more than EMG can give."""
FITTED_FRAMES = 4
"""Sizes are fitted to every so manieth frame: neighbours tell the same, as no signal in them is faster than 12 Hz."""


@dataclass(frozen=True, kw_only=True)
class EmgDrive:
    """What one leg's channels ask of its muscles.

    Attributes
    ----------
    size
        Excitation at the peak of every channel, (c); nan for those that drive no muscle of this leg.
    most
        The size, (c), at which a channel's excitation reaches one somewhere in the swings: no larger is allowed.
    activation
        (T, c) along the recording.
    """

    size: Array
    most: Array
    activation: Array

    def __post_init__(self) -> None:
        freeze_fields(self, "size", "most", "activation")


def solve_with_emg(
    legs: Sequence[LegMuscles], signals: EmgSignals, parameters: Parameters
) -> tuple[tuple[MuscleForces, ...], Mapping[str, EmgDrive]]:
    """Find muscle forces with the help of EMG; a leg without channels is solved without.

    Returns
    -------
    forces, drives
        Of each swing; and by side, where there are channels.
    """
    found: dict[str, MuscleForces] = {}
    drives: dict[str, EmgDrive] = {}
    for side in sorted({leg.dynamics.events.side for leg in legs}):
        mine = [leg for leg in legs if leg.dynamics.events.side == side]
        shares = _shares(signals, mine[0].paths.names, side)
        wanted, weight = {}, None
        if shares.any():
            weight = np.where(shares.any(axis=1), parameters.emg_weight, 1.0)
            most = _largest_sizes(mine, signals)
            size = _sizes(mine, signals, shares, weight, most, parameters)
            drives[side] = EmgDrive(size=size, most=most, activation=signals.activation(np.nan_to_num(size)))
            course = drives[side].activation @ shares.T
            wanted = {leg.dynamics.events.id: interpolate(leg.dynamics.time_s, signals.time_s, course) for leg in mine}
        solved = solve_muscles(
            mine,
            passive=parameters.passive_force,
            reserve_optimal_nm=parameters.reserve_optimal_nm,
            wanted=wanted,
            weight=weight,
            solver=WITH_EMG if wanted else STATIC_OPTIMIZATION,
        )
        found |= {leg.dynamics.events.id: f for leg, f in zip(mine, solved, strict=True)}
    return tuple(found[leg.dynamics.events.id] for leg in legs), drives


def _shares(signals: EmgSignals, muscles: Sequence[str], side: str) -> Array:
    """How much (m, c) of a muscle's activation each channel asks for, as if unmeasured ones were not there."""
    told = np.flatnonzero(~signals.unmeasured)
    shares = np.zeros((len(muscles), len(signals.channels)))
    shares[:, told] = drive_shares([signals.channels[k] for k in told], muscles, side)
    return shares


def _largest_sizes(legs: Sequence[LegMuscles], signals: EmgSignals) -> Array:
    """Give sizes (c) at which excitation reaches one in the swings; what is seen outside of them has no say."""
    highest = np.max(
        [interpolate(leg.dynamics.time_s, signals.time_s, signals.envelope).max(axis=0) for leg in legs], axis=0
    )
    return np.divide(signals.peak, highest, out=np.ones_like(highest), where=highest > 0)


def _sizes(
    legs: Sequence[LegMuscles], signals: EmgSignals, shares: Array, weight: Array, most: Array, parameters: Parameters
) -> Array:
    """Excitation (c) at the peak of each channel that drives a muscle of this leg; nan for the others."""
    used = shares.any(axis=0)
    if parameters.emg_gain == "given":
        return np.where(used, signals.peak, np.nan)
    gain_nm, moment_nm = joint_demand(legs, parameters.passive_force)
    frames = slice(None, None, FITTED_FRAMES)
    time_s = np.concatenate([leg.dynamics.time_s for leg in legs])[frames]
    demand = Demand(
        gain_nm=gain_nm[frames],
        moment_nm=moment_nm[frames],
        reserve_optimal_nm=parameters.reserve_optimal_nm,
        shares=shares,
        weight=weight,
    )

    def course_at(size: Array) -> Array:
        return interpolate(time_s, signals.time_s, signals.activation(size))

    return np.where(used, fit_sizes(demand, course_at, most * (used & ~signals.silent)), np.nan)


def record_emg(
    signals: EmgSignals,
    swing: SwingEvents,
    time_s: Array,
    muscles: Sequence[str],
    drive: EmgDrive | None,
    on_share: float,
    forces: MuscleForces | None = None,
) -> EmgRecord | None:
    """Put together what EMG tells of one swing; None where it has no channel of the leg or does not reach over it.

    Parameters
    ----------
    signals, swing, time_s
        The recording, and the swing with its times (K).
    muscles
        Names of the model's muscles.
    drive
        What it asked of the muscles; None where EMG is shown only.
    on_share
        Share of the peak above which a channel is on.
    forces
        What was found with it.
    """
    mine = signals.of_side(swing.side)
    if not mine or not signals.covers(swing.toe_off_s, swing.foot_strike_s):
        return None
    nothing = np.full((len(time_s), len(mine)), np.nan)
    shares = _shares(signals, muscles, swing.side)
    envelope, peak = interpolate(time_s, signals.time_s, signals.envelope[:, mine]), signals.peak[mine]
    gain, activation, bounded = nothing[0], nothing, np.zeros(len(mine), dtype=bool)
    if drive is not None:
        gain = np.divide(drive.size[mine], peak, out=nothing[0].copy(), where=peak > 0)
        activation = interpolate(time_s, signals.time_s, drive.activation[:, mine])
        bounded = drive.size[mine] > (1.0 - AT_BOUND) * drive.most[mine]
    record = EmgRecord(
        source=signals.source,
        kind=signals.kind,
        drives=drive is not None,
        names=tuple(signals.channels[k].name for k in mine),
        units=tuple(signals.units[k] for k in mine),
        groups=tuple(signals.channels[k].group for k in mine),
        muscles=tuple(tuple(m for m, share in zip(muscles, shares[:, k], strict=True) if share) for k in mine),
        envelope=envelope,
        activation=activation,
        gain=gain,
        on=envelope > on_share * np.where(peak > 0, peak, np.inf),
        on_share=on_share,
        measured=~signals.unmeasured[mine],
        bounded=bounded,
        misfit=nothing[0],
    )
    return record if drive is None or forces is None else replace(record, misfit=_misfit(record, forces))


def _misfit(record: EmgRecord, forces: MuscleForces) -> Array:
    """RMS (c) over the swing and each channel's muscles, of activation found less activation asked for."""
    away = forces.activation - record.wish(forces.names)[0]
    columns = [[forces.of(muscle) for muscle in muscles] for muscles in record.muscles]
    return np.array([np.sqrt(np.mean(away[:, told] ** 2)) if told else np.nan for told in columns])
