"""The inputs of an analysis, whole and sound: everything after the examination starts from this record."""

from dataclasses import dataclass

from swinglever.anatomy.model import Model
from swinglever.emg.envelopes import EmgSignals
from swinglever.readers.storage import Storage
from swinglever.readers.trial import Trial
from swinglever.records.parameters import Parameters


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What an analysis follows from.

    Attributes
    ----------
    trial
        The recording, mended where that was safe.
    model
        The model that moves, with its knees widened where that was asked for.
    parameters
        Choices of the analysis.
    emg
        Envelopes of the EMG channels that are used; None without EMG.
    forces
        A table of muscle forces from outside, N, a column a muscle; None where they are to be solved for.
    warnings
        What was mended or is doubtful.
    """

    trial: Trial
    model: Model
    parameters: Parameters
    emg: EmgSignals | None = None
    forces: Storage | None = None
    warnings: tuple[str, ...] = ()
