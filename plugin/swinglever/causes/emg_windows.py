"""What EMG channels tell of one leg's muscles over a swing: how large each was lately, when it is off, and when on.

Force outlasts EMG, and the clocks of two devices differ: the slack is a table, ``models/emg_timing.toml``, by group of
muscles and with its sources.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from swinglever.arrays import Array, Bools
from swinglever.causes.timing import OffWindows, off_windows, recent_size
from swinglever.emg.envelopes import EmgSignals
from swinglever.muscles.drive import shares_of
from swinglever.records.parameters import Parameters
from swinglever.signals import interpolate
from swinglever.system.resources import model_table


@dataclass(frozen=True, kw_only=True)
class Slack:
    """How much earlier and later than its EMG a muscle may pull, s."""

    before_s: float
    after_s: float


@cache
def slack_by_group() -> Mapping[str, Slack]:
    """Read the table ``models/emg_timing.toml``; ``default`` is for the groups that it does not name."""
    table = model_table("emg_timing.toml")
    return {group: Slack(**entry) for group, entry in table["slack"].items()}


def windows_of(
    signals: EmgSignals, muscles: Sequence[str], side: str, time_s: Array, parameters: Parameters
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
    parameters
        Above which share of its peak a channel is on, and how much longer than the table has it force outlasts EMG. A
        silent channel never is on; one that measured nothing has full size all along, so that it limits no muscle.
    """
    mine = signals.of_side(side)
    before_s, after_s = _slack(signals, mine, parameters)
    signals = signals.near(time_s[0] - max(after_s, default=0.0), time_s[-1] + max(before_s, default=0.0))
    peak = np.maximum(signals.peak[mine], np.finfo(float).tiny)
    share = np.where(signals.unmeasured[mine], 1.0, signals.envelope[:, mine] / peak)
    on = (share > parameters.emg_on_share) & ~signals.silent[mine]
    windows = OffWindows(
        channels=tuple(signals.channels[k].name for k in mine),
        off=off_windows(time_s, signals.time_s, on, before_s, after_s),
        drives=shares_of(signals, muscles, side)[:, mine] > 0,
        size=recent_size(time_s, signals.time_s, share, before_s, after_s),
    )
    return windows, interpolate(time_s, signals.time_s, on.astype(float)) > 0.5


def _slack(signals: EmgSignals, mine: Sequence[int], parameters: Parameters) -> tuple[Array, Array]:
    """How much earlier and later than its EMG each channel's muscles may pull (c), s."""
    table = slack_by_group()
    slack = [table.get(signals.channels[k].group, table["default"]) for k in mine]
    after_s = np.array([each.after_s for each in slack]) + parameters.emg_slack_s
    return np.array([each.before_s for each in slack]), np.maximum(after_s, 0.0)
