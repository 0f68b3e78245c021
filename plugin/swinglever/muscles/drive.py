"""What the EMG of one leg asks of its muscles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.arrays import Array, freeze_fields
from swinglever.emg.channels import drive_shares
from swinglever.emg.envelopes import EmgSignals


@dataclass(frozen=True, kw_only=True)
class EmgDrive:
    """What one leg's channels ask of its muscles.

    Attributes
    ----------
    gain
        Excitation at the peak of every channel, (c); nan for those that drive no muscle of this leg.
    most
        The gain, (c), at which a channel's excitation reaches one somewhere in the swings: no larger is allowed.
    activation
        (T, c) along the recording.
    """

    gain: Array
    most: Array
    activation: Array

    def __post_init__(self) -> None:
        freeze_fields(self, "gain", "most", "activation")


def shares_of(signals: EmgSignals, muscles: Sequence[str], side: str) -> Array:
    """How much (m, c) of a muscle's activation each channel asks for, as if unmeasured ones were not there."""
    told = np.flatnonzero(~signals.unmeasured)
    shares = np.zeros((len(muscles), len(signals.channels)))
    shares[:, told] = drive_shares([signals.channels[k] for k in told], muscles, side)
    return shares
