"""What EMG told of one swing: a record of arrays, with numpy alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from swinglever.arrays import Array, Bools, runs_of
from swinglever.records.fields import EXACT, described, labels
from swinglever.records.record import Record

LARGEST_MISFIT = 0.1
"""EMG is usually off by 0.08; in the simulated swings at most 0.06, and 0.13 where it comes 50 ms late."""


@dataclass(frozen=True, kw_only=True)
class EmgRecord(Record):
    """Surface EMG of the swing leg along one swing.

    Attributes
    ----------
    source
        Name of the file.
    kind
        What the file had: ``raw`` signals or an ``envelope``.
    drives
        Whether the muscle forces rest on it; if not, it is shown only.
    names, units, groups, muscles
        Channels (c): name and unit in the file, group of muscles, and the muscles whose activation it stands for.
    envelope
        Rectified and smoothed, without the noise floor, in the channel's unit, shape (K, c).
    activation
        That the muscles were wanted to have, 0 to 1, shape (K, c); nan where EMG is shown only.
    gain
        Excitation for one unit of envelope, (c); nan for a silent channel, and where EMG is shown only.
    on
        Whether the envelope is above ``on_share`` of the channel's peak over the whole recording, shape (K, c).
    on_share
        That threshold.
    measured
        Whether the channel tells anything, (c): not one that has one level all along for an unknown reason.
    misfit
        RMS, along the swing and over its muscles, of the activation found less the one asked for, (c); nan where EMG is
        shown only and for a channel without muscles.
    bounded
        Whether the gain is the largest that was allowed, (c): the moments ask for more at other times than EMG has.
    """

    source: Annotated[str, described("", "", "name of the file", per="")]
    kind: Annotated[str, described("", "", "what the file had: raw signals or an envelope", per="")]
    drives: Annotated[bool, described("", "1", "the muscle forces rest on it", per="")]
    names: Annotated[tuple[str, ...], labels("channel", "EMG channel of the swing leg")]
    units: Annotated[tuple[str, ...], described("channel", "", "unit of the channel", per="", kept_as="unit")]
    groups: Annotated[
        tuple[str, ...], described("channel", "", "group of muscles of the channel", per="", kept_as="group")
    ]
    muscles: Annotated[
        tuple[tuple[str, ...], ...], described("channel", "", "muscles that the channel stands for", per="")
    ]
    envelope: Annotated[
        Array,
        described("percent channel", "of the channel", "rectified, smoothed, without the noise floor", step=EXACT),
    ]
    activation: Annotated[Array, described("percent channel", "1", "activation that EMG asks for", step=EXACT)]
    gain: Annotated[
        Array, described("channel", "1/unit of the channel", "excitation for one unit of envelope", step=EXACT)
    ]
    on: Annotated[Bools, described("percent channel", "1", "envelope above on_share of its peak in the recording")]
    on_share: Annotated[float, described("", "1", "share of the peak above which a channel is on", per="")]
    measured: Annotated[Bools, described("channel", "1", "the channel tells of its muscles")]
    misfit: Annotated[Array, described("channel", "1", "RMS of activation found less activation asked for", step=EXACT)]
    bounded: Annotated[Bools, described("channel", "1", "the gain is the largest that was allowed")]

    def wish(self, muscles: Sequence[str]) -> tuple[Array, Bools]:
        """Activations (K, m) that EMG asks of some muscles, and which of them it tells of; zero for the others."""
        shares = np.array([[muscle in told for told in self.muscles] for muscle in muscles], dtype=float)
        told = shares.any(axis=1)
        shares[told] /= shares[told].sum(axis=1, keepdims=True)
        return np.asarray(self.activation @ shares.T), told

    def contradicted(self) -> tuple[str, ...]:
        """Channels that the joint moments contradict: muscles do not follow them, or the gain is at its bound."""
        return tuple(
            n for n, x, b in zip(self.names, self.misfit, self.bounded, strict=True) if x > LARGEST_MISFIT or b
        )

    def spans_by_group(self) -> dict[str, list[tuple[float, float]]]:
        """When any channel of a measured group is on: spans in percent of the swing; none for a silent group."""
        told = {group for group, known in zip(self.groups, self.measured, strict=True) if known}
        return {
            group: spans_of(self.on[:, [g == group for g in self.groups]].any(axis=1))
            for group in dict.fromkeys(self.groups)
            if group in told
        }

    def spans(self) -> dict[str, list[tuple[float, float]]]:
        """When each channel is on, in percent of the swing."""
        return {name: spans_of(self.on[:, k]) for k, name in enumerate(self.names)}


def spans_of(on: Bools) -> list[tuple[float, float]]:
    """Spans of a row of flags (K), in percent of the way from the first to the last.

    Examples
    --------
    >>> spans_of(np.array([True, True, False, False, True]))
    [(0.0, 25.0), (100.0, 100.0)]
    """
    percent = 100.0 / max(len(on) - 1, 1)
    return [(percent * float(a), percent * float(b - 1)) for a, b in runs_of(on)]
