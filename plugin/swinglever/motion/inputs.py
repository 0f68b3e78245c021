"""The inputs of an analysis, whole and sound: everything after the examination starts from this record."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from swinglever.anatomy.model import Model
from swinglever.emg.envelopes import EmgSignals
from swinglever.readers.storage import Storage
from swinglever.records.parameters import Parameters
from swinglever.records.trial import Trial


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What an analysis follows from. That `checks.examination.examine` made it says that no fault forbids to go on.

    Attributes
    ----------
    trial
        The recording, mended where that was safe; its angles are radians.
    model
        The model that moves, with its knees widened where that was asked for.
    parameters
        Choices of the analysis.
    emg
        Envelopes of the EMG channels that are used; None without EMG.
    forces
        A table of muscle forces from outside, N, a column a muscle; None where they are to be solved for.
    muscle_groups, silent_cases
        Groups of muscles, and cases of the ablation with the muscles that are silent in them, that plugins offer;
        muscles without the side.
    warnings
        What was mended or is doubtful.
    """

    trial: Trial
    model: Model
    parameters: Parameters
    emg: EmgSignals | None = None
    forces: Storage | None = None
    muscle_groups: Mapping[str, Collection[str]] = field(default_factory=dict)
    silent_cases: Mapping[str, Collection[str]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        angles = self.trial.angles
        if angles is not None and angles.unit != "radians":
            raise ValueError(f"expected angles in radians, got {angles.unit or 'an unknown unit'}: examine the inputs")
