"""A simulated swing as a laboratory records it: markers with noise, raw EMG of every electrode, toe-off known."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.emg.channels import read_channels
from swinglever.emg.envelopes import EmgSignals, process_emg
from swinglever.motion.inputs import Inputs
from swinglever.motion.swings import SwingEvents
from swinglever.records.parameters import Parameters
from swinglever.records.trial import EmgRecording, Trial
from swinglever.synthetic.capture import record_markers
from swinglever.synthetic.motion import Motion
from swinglever.synthetic.norms import mean_runner
from swinglever.synthetic.simulation import SimulatedSwing
from swinglever.synthetic.surface_emg import ELECTRODES, RATE_HZ, record_emg

_AROUND_S = 0.26
"""Recorded before toe-off and after foot strike: room for the filter."""


def record_swing(model: Model, swing: SimulatedSwing, motion: Motion, random: np.random.Generator) -> Inputs:
    """Give what a laboratory has of a swing: its markers at 200 Hz, with noise, and the model."""
    begin = float(swing.time_s[0]) - _AROUND_S
    time_s = np.arange(np.floor((swing.time_s[-1] + _AROUND_S - begin) * 200.0) + 1.0) / 200.0
    seed = int(random.integers(2**31))
    markers = record_markers(model, mean_runner(swing.speed_m_s), motion, begin, time_s, seed)
    return Inputs(trial=Trial(name="simulated", markers=markers), model=model, parameters=Parameters())


def events_of(swing: SimulatedSwing) -> SwingEvents:
    """Give toe-off and foot strike, which are known, in the recording's time."""
    unknown = float("nan")
    return SwingEvents(
        side="r",
        number=1,
        toe_off_s=_AROUND_S,
        thigh_reversal_s=unknown,
        peak_flexion_s=unknown,
        pass_s=unknown,
        foot_strike_s=_AROUND_S + _lasting_s(swing),
        event_source="simulation",
    )


def _lasting_s(swing: SimulatedSwing) -> float:
    return float(swing.time_s[-1] - swing.time_s[0])


def record_signals(swing: SimulatedSwing, muscle_names: Sequence[str], random: np.random.Generator) -> EmgSignals:
    """Give what `swinglever.emg` makes of raw signals of every electrode, over these muscles."""
    lasting = _lasting_s(swing) + 2.0 * _AROUND_S
    time_s = np.arange(np.floor(lasting * RATE_HZ) + 1.0) / RATE_HZ
    recording = EmgRecording(
        path=Path("simulated"),
        time_s=time_s,
        names=tuple(ELECTRODES),
        units=("V",) * len(ELECTRODES),
        values=record_emg(swing, float(swing.time_s[0]) - _AROUND_S, time_s, int(random.integers(2**31))),
    )
    return process_emg(recording, read_channels(recording.names, muscle_names), Parameters())
