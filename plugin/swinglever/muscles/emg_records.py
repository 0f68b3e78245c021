"""What EMG told of each swing, beside the forces that were found with it or without it."""

from dataclasses import replace

import numpy as np

from swinglever.arrays import Array
from swinglever.emg.envelopes import EmgSignals
from swinglever.motion.leg_swings import LegSwings
from swinglever.muscles.drive import shares_of
from swinglever.muscles.forces import LegForces
from swinglever.records.emg import EmgRecord
from swinglever.signals import interpolate

AT_BOUND = 0.01
"""A gain nearer to its bound than this share of it sits there: the moments want more than EMG can give."""


def record_emg(swings: LegSwings, forces: LegForces | None) -> tuple[EmgRecord | None, ...]:
    """Put together what EMG tells of each swing; None where it has no channel of the leg or does not reach over it.

    Parameters
    ----------
    swings
        The swings, whose inputs have EMG or not.
    forces
        Their muscles, and what EMG asked of them; None where no muscles were solved for.
    """
    signals = swings.inputs.emg
    if signals is None or not signals.of_side(swings.side):
        return (None,) * len(swings.events)
    return tuple(
        _record(swings, k, signals, forces) if signals.covers(swing.toe_off_s, swing.foot_strike_s) else None
        for k, swing in enumerate(swings.events)
    )


def _record(swings: LegSwings, k: int, signals: EmgSignals, forces: LegForces | None) -> EmgRecord:
    mine, time_s = signals.of_side(swings.side), swings.time_s[k]
    on_share = swings.inputs.parameters.emg_on_share
    muscles = () if forces is None else forces.legs.names
    shares = shares_of(signals, muscles, swings.side)[:, mine]
    drive = None if forces is None else forces.drive
    nothing = np.full((len(time_s), len(mine)), np.nan)
    envelope, peak = interpolate(time_s, signals.time_s, signals.envelope[:, mine]), signals.peak[mine]
    gain, activation, bounded = nothing[0], nothing, np.zeros(len(mine), dtype=bool)
    if drive is not None:
        gain = np.divide(drive.gain[mine], peak, out=nothing[0].copy(), where=peak > 0)
        activation = interpolate(time_s, signals.time_s, drive.activation[:, mine])
        bounded = drive.gain[mine] > (1.0 - AT_BOUND) * drive.most[mine]
    record = EmgRecord(
        source=signals.source,
        kind=signals.kind,
        drives=drive is not None,
        names=tuple(signals.channels[c].name for c in mine),
        units=tuple(signals.units[c] for c in mine),
        groups=tuple(signals.channels[c].group for c in mine),
        muscles=tuple(tuple(muscles[m] for m in np.flatnonzero(column)) for column in shares.T),
        envelope=envelope,
        activation=activation,
        gain=gain,
        on=envelope > on_share * np.where(peak > 0, peak, np.inf),
        on_share=on_share,
        measured=~signals.unmeasured[mine],
        bounded=bounded,
        misfit=nothing[0],
    )
    if drive is None or forces is None:
        return record
    return replace(record, misfit=_misfit(record, forces.activation[k], muscles))


def _misfit(record: EmgRecord, activation: Array, names: tuple[str, ...]) -> Array:
    """RMS (c) over the swing and each channel's muscles, of activation found (K,m) less activation asked for."""
    away = activation - record.wish(names)[0]
    columns = [[names.index(muscle) for muscle in muscles] for muscles in record.muscles]
    return np.array([np.sqrt(np.mean(away[:, told] ** 2)) if told else np.nan for told in columns])
