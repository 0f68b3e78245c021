"""What EMG channels tell of one leg's muscles over a swing: how large each was lately, when it is off, and when on."""

from collections.abc import Sequence

import numpy as np

from swinglever.arrays import Array, Bools
from swinglever.causes.timing import OffWindows, off_windows, recent_size
from swinglever.emg.envelopes import EmgSignals
from swinglever.muscles.drive import shares_of
from swinglever.signals import interpolate


def windows_of(
    signals: EmgSignals, muscles: Sequence[str], side: str, time_s: Array, on_share: float
) -> tuple[OffWindows, Bools]:
    """What the channels (c) of one leg tell at some times (K), and whether they are on, (K, c).

    Parameters
    ----------
    signals
        Every channel of the recording; those of the other leg are left out.
    muscles, side
        Names (m) of the leg's muscles, and which leg it is.
    time_s
        (K) times asked about.
    on_share
        Share of its peak above which a channel is on. A silent channel never is; one that measured nothing has full
        size all along, so that it limits no muscle.
    """
    mine = signals.of_side(side)
    peak = np.maximum(signals.peak[mine], np.finfo(float).tiny)
    share = np.where(signals.unmeasured[mine], 1.0, signals.envelope[:, mine] / peak)
    on = (share > on_share) & ~signals.silent[mine]
    windows = OffWindows(
        channels=tuple(signals.channels[k].name for k in mine),
        off=off_windows(time_s, signals.time_s, on),
        drives=shares_of(signals, muscles, side)[:, mine] > 0,
        size=recent_size(time_s, signals.time_s, share),
    )
    return windows, interpolate(time_s, signals.time_s, on.astype(float)) > 0.5
