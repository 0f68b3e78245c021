"""From a recording of EMG to the envelopes of the channels that can be used, and every fault on the way."""

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.checks.emg import (
    check_channels,
    check_envelopes,
    check_signals,
    check_times,
    known_sides,
    sound_channels,
)
from swinglever.emg.channels import read_channels
from swinglever.emg.envelopes import EmgSignals, process_emg
from swinglever.records.faults import Fault, is_sound
from swinglever.records.parameters import Parameters
from swinglever.records.trial import EmgRecording


def examine_emg(
    recording: EmgRecording, model: Model | None, time_s: Array, parameters: Parameters
) -> tuple[EmgSignals | None, list[Fault]]:
    """Make the envelopes of the channels that are known, and find every fault.

    Parameters
    ----------
    recording
        As it was read.
    model
        For the names of its muscles; None where it could not be loaded.
    time_s
        Times of the motion; none where it could not be read.
    parameters
        Choices of the analysis.

    Returns
    -------
    signals, faults
        No signals where a fault forbids their use.
    """
    place = str(recording.path)
    if wrong := check_times(recording, time_s):
        return None, wrong
    muscles = () if model is None or model.musculature is None else model.musculature.names
    known = read_channels(recording.names, muscles, parameters.emg_names)
    sided, faults = known_sides(known, parameters, place)
    faults += check_channels(recording, known, sided)
    channels, broken = sound_channels(recording, sided, parameters) if sided else ((), [])
    faults += [*broken, *(check_signals(recording, channels, parameters) if channels else [])]
    if not is_sound(faults):
        return None, faults
    signals = process_emg(recording, channels, parameters)
    told = [Fault(code="emg-signal", severity="warning", place=place, got=text) for text in signals.warnings]
    return signals, [*faults, *check_envelopes(signals, place), *told]
